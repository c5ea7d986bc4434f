# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A kind of object, declared once, and the two ways to run it: main() as a module, execute() inside the worker.

Someone who knows one module knows all of them: options of one object stand at the top of the task or in a list of them
(or in ``src``, a file), state says present or absent, the engine does the rest.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.operator_platform.federation.plugins.module_utils import converge, options
from ansible_collections.operator_platform.federation.plugins.module_utils.errors import (
    FederationError,
    Forbidden,
    InvalidInput,
    MissingLibrary,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.model.problems import Problems
from ansible_collections.operator_platform.federation.plugins.module_utils.waiting import Deadline


@dataclass(frozen=True)
class Run:
    """How a task runs. report: told what a long operation waits for (None: nobody listens)."""

    check_mode: bool = False
    diff: bool = False
    no_log: bool = False
    report: Callable[[str], None] | None = None


@dataclass(frozen=True)
class Context:
    """What opening a connection may need of the task."""

    params: Mapping[str, Any]
    deadline: Deadline
    concurrency: int
    report: Callable[[str], None] | None = None


class Declared(ABC):
    """What every module declares: its options, how to open the other side, and what it does there."""

    connection_options: options.Options
    # True when the result holds a secret: the task then has to say no_log, or is refused.
    secret_result = False

    @abstractmethod
    def argument_spec(self) -> dict[str, Any]:
        """Keyword arguments of AnsibleModule: argument_spec, mutually_exclusive, required_one_of, ..."""

    @abstractmethod
    def open(self, context: Context) -> AbstractContextManager[Any]:
        """The connection that the other methods get."""

    @abstractmethod
    def perform(self, params: Mapping[str, Any], run: Run) -> dict[str, Any]:
        """Do the task; returns the module's result. Raises FederationError when nothing could be begun."""


class InfoResource(Declared):
    """Only reads. Declared by its options and ``fetch``."""

    options: options.Options = {}

    @abstractmethod
    def fetch(self, connection: Any, context: Context) -> dict[str, Any]:
        """What the module returns, without ``changed``."""

    def argument_spec(self) -> dict[str, Any]:
        return {"argument_spec": {**self.options, **options.CONVERGE, **self.connection_options}}

    def perform(self, params: Mapping[str, Any], run: Run) -> dict[str, Any]:
        context = _context(params, run)
        with self.open(context) as connection:
            return {"changed": False, **self.fetch(connection, context)}


class Resource(Declared):
    """A kind of object that can be present or absent, one or many of them in a task.

    name/plural: what the result and the list option call it. single: the option whose presence says that the object's
    options stand at the top of the task. options: those of one object, without state.
    """

    name: str
    plural: str
    single = "name"
    options: options.Options

    @abstractmethod
    def parse(self, raw: Mapping[str, Any], state: str, problems: Problems, path: str) -> Any:
        """Options (None: not given, already removed) to a model object; every wrong field noted in ``problems``."""

    @abstractmethod
    def key(self, item: Any) -> str:
        """What tells objects of a task apart."""

    @abstractmethod
    def fields(self, item: Any) -> Mapping[str, Any]:
        """See converge.Convergeable."""

    @abstractmethod
    def observed_fields(self, observed: Any) -> Mapping[str, Any]:
        """See converge.Convergeable."""

    @abstractmethod
    def read(self, connection: Any, items: Sequence[Any]) -> Mapping[str, Any]:
        """See converge.Convergeable."""

    @abstractmethod
    def create(self, connection: Any, step: converge.Step) -> Any:
        """See converge.Convergeable."""

    @abstractmethod
    def update(self, connection: Any, step: converge.Step) -> Any:
        """See converge.Convergeable."""

    @abstractmethod
    def delete(self, connection: Any, step: converge.Step) -> Any:
        """See converge.Convergeable."""

    @abstractmethod
    def describe(self, observed: Any) -> dict[str, Any]:
        """The object as results show it; no secret unless secret_result."""

    def secret_changes(self, item: Any, observed: Any) -> Sequence[str]:
        return ()

    def rank(self, item: Any) -> int:
        return 0

    def predict(self, connection: Any, step: converge.Step) -> Any:
        return None if step.action == "delete" else step.observed

    def argument_spec(self) -> dict[str, Any]:
        state = {"type": "str", "choices": ["present", "absent"]}
        ways = [self.plural, "src", self.single]
        return {
            "argument_spec": {
                **{name: {**option, "required": False} for name, option in self.options.items()},
                self.plural: {"type": "list", "elements": "dict", "options": {**self.options, "state": dict(state)}},
                "src": {"type": "path"},
                "state": {**state, "default": "present"},
                **options.CONVERGE,
                **self.connection_options,
            },
            "mutually_exclusive": [(one, two) for number, one in enumerate(ways) for two in ways[number + 1 :]],
            "required_one_of": [ways],
        }

    def perform(self, params: Mapping[str, Any], run: Run) -> dict[str, Any]:
        wanted = self._wanted(params)
        context = _context(params, run)
        if not wanted:
            return {"changed": False, "results": []}
        with self.open(context) as connection:
            settled = converge.converge(
                self,
                wanted,
                connection,
                check_mode=run.check_mode,
                concurrency=context.concurrency,
                deadline=context.deadline,
            )
        return self._result(settled, run)

    def _wanted(self, params: Mapping[str, Any]) -> list[converge.Wanted]:
        problems = Problems()
        state = params.get("state") or "present"
        wanted: list[converge.Wanted] = []
        seen: set[str] = set()
        if params.get("src") or params.get(self.plural) is not None:
            for name, option in self.options.items():
                if params.get(name) is not None and "default" not in option:
                    problems.add(
                        name, f"has no effect beside {self.plural} or src; say it in each of the {self.plural}"
                    )
        for raw, path in self._raw_items(params):
            if not isinstance(raw, Mapping):
                problems.add(path.rstrip("."), "must be a mapping")
                continue
            given = {name: value for name, value in raw.items() if value is not None and name != "state"}
            item_state = raw.get("state") or state
            if item_state not in ("present", "absent"):
                problems.add(f"{path}state", f"must be present or absent, not {item_state!r}")
            known_problems = len(problems.found)
            item = self.parse(given, item_state, problems, path)
            if len(problems.found) > known_problems:
                continue
            key = self.key(item)
            if key in seen:
                problems.add(path.rstrip(".") or self.single, f"names {key} a second time in one task")
            seen.add(key)
            wanted.append(converge.Wanted(key, item, item_state))
        problems.refuse(f"The input of {self.plural}")
        return wanted

    def _raw_items(self, params: Mapping[str, Any]) -> list[tuple[Any, str]]:
        if params.get("src"):
            entries = _load(str(params["src"]), self.plural)
        elif params.get(self.plural) is not None:
            entries = params[self.plural]
        else:
            return [({name: params.get(name) for name in self.options}, "")]
        return [(entry, f"{self.plural}[{number}].") for number, entry in enumerate(entries)]

    def _result(self, settled: Sequence[converge.Settled], run: Run) -> dict[str, Any]:
        result: dict[str, Any] = {
            "changed": any(entry.changed for entry in settled),
            "results": [self._item_result(entry, run) for entry in settled],
        }
        if run.diff:
            result["diff"] = [self._diff(entry.step) for entry in settled if entry.changed and entry.step]
        failed = [entry for entry in settled if entry.error is not None]
        if failed:
            listing = "; ".join(f"{entry.wanted.key}: {entry.error}" for entry in failed)
            result["failed"] = True
            result["msg"] = f"{len(failed)} of {len(settled)} {self.plural} failed. {listing}"
            first = failed[0].error
            result["failure"] = {**(first.as_failure() if first else {}), "message": result["msg"]}
            result["failure"]["details"] = {
                "failed": [entry.wanted.key for entry in failed],
                **({} if first is None else first.as_failure()["details"]),
            }
        return result

    def _item_result(self, entry: converge.Settled, run: Run) -> dict[str, Any]:
        result: dict[str, Any] = {"key": entry.wanted.key, "changed": entry.changed, "state": entry.wanted.state}
        step = entry.step
        if entry.error is not None or step is None:
            return {**result, "failed": True, "error": entry.error.as_failure() if entry.error else {}}
        result["action"] = converge.DONE_WORDS[step.action]
        if step.action == "update":
            result["changes"] = {
                name: {"before": before, "after": after} for name, (before, after) in step.changes.items()
            }
        if entry.observed is not None:
            result[self.name] = self.describe(entry.observed)
        elif run.check_mode and step.action == "create":
            result[self.name] = {name: after for name, (_before, after) in step.changes.items()}
        return result

    def _diff(self, step: converge.Step) -> dict[str, Any]:
        before = {name: values[0] for name, values in step.changes.items()}
        after = {name: values[1] for name, values in step.changes.items()}
        header = f"{self.name} {step.wanted.key}"
        return {
            "before_header": header,
            "after_header": header,
            "before": {} if step.action == "create" else before,
            "after": {} if step.action == "delete" else after,
        }


def _load(source: str, plural: str) -> list[Any]:
    """Read a YAML or JSON file: a list of objects, or a mapping that holds it under the plural name."""
    try:
        with open(source, encoding="utf-8") as stream:
            text = stream.read()
    except OSError as error:
        raise InvalidInput("The option src", [("src", f"cannot be read: {error.strerror}: {source}")]) from error
    try:
        content = json.loads(text) if source.endswith(".json") else _parse_yaml(text)
    except ValueError as error:
        raise InvalidInput("The option src", [("src", f"{source} is neither YAML nor JSON: {error}")]) from None
    entries = content.get(plural) if isinstance(content, Mapping) else content
    if not isinstance(entries, list):
        raise InvalidInput("The option src", [("src", f"{source} must hold a list, or a mapping with {plural}")])
    return entries


def _parse_yaml(text: str) -> Any:
    """Raises ValueError. libyaml's safe loader where it is there: ten times faster on thousands of objects."""
    try:
        import yaml
    except ImportError as error:
        raise MissingLibrary(
            "A YAML file given as src needs the Python library PyYAML.", remedy="Install PyYAML, or give a .json file."
        ) from error
    try:
        return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 (both are safe loaders)
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from None


def _context(params: Mapping[str, Any], run: Run) -> Context:
    problems = Problems()
    for name in ("concurrency", "deadline"):
        problems.whole_number(params, name, least=1)
    problems.refuse("The task")
    return Context(params, Deadline(params["deadline"]), params["concurrency"], run.report)


def execute(declared: Declared, params: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """Do a task and turn our errors into a failed result; this is the one place where that happens."""
    try:
        if declared.secret_result and not run.no_log:
            raise Forbidden(
                "This task returns secrets, so it only runs under no_log.", remedy="Set no_log: true on the task."
            )
        outcome = declared.perform(params, run)
    except FederationError as error:
        failure = error.as_failure()
        return {"failed": True, "changed": False, "msg": failure["message"], "failure": failure}
    return _withheld(outcome) if declared.secret_result else outcome


def _withheld(outcome: dict[str, Any]) -> dict[str, Any]:
    """Mark each entry of ``results`` as not to be shown. Ansible takes a list of that name for the results of a loop, and
    under no_log it hides such entries one by one: only those that say so (executor/task_result.py)."""
    if "results" not in outcome:
        return outcome
    return {**outcome, "results": [{**entry, "_ansible_no_log": True} for entry in outcome["results"]]}


def main(declared: Declared) -> None:
    """Run as an ordinary module in a process of its own."""
    module = AnsibleModule(supports_check_mode=True, **declared.argument_spec())
    run = Run(check_mode=module.check_mode, diff=module._diff, no_log=module.no_log)
    result = execute(declared, module.params, run)
    if result.pop("failed", False):
        module.fail_json(**result)
    module.exit_json(**result)
