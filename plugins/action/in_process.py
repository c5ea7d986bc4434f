# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs this collection's modules inside the worker where that means the same as a process of their own.

A module in a process of its own costs a third of a second; most of that is starting Python. meta/runtime.yml routes every
module of the collection here. Take the routing away and all still works, only slower.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleActionFail, AnsibleError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.common.parameters import remove_values
from ansible.module_utils.errors import UnsupportedError
from ansible.plugins.action import ActionBase

from ansible_collections.operator_platform.federation.plugins.module_utils.resource import Declared, Run, execute

BUILT_IN = frozenset({str, int, float, bool, type(None)})
MODULES = "ansible_collections.operator_platform.federation.plugins.modules"


class ActionModule(ActionBase):
    """Validates the arguments as the module would, then runs its RESOURCE here; else runs the module."""

    _supports_check_mode = True
    _supports_async = True
    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result = super().run(tmp, task_vars)
        del tmp
        task_vars = task_vars or {}
        arguments = self._found_source(dict(self._task.args))
        if not self._may_run_here(task_vars):
            result.update(
                self._execute_module(
                    module_name=self._task.action,
                    module_args=arguments,
                    task_vars=task_vars,
                    wrap_async=bool(self._task.async_val),
                )
            )
            return result
        declared = self._declared()
        params, secrets = self._validated(declared, arguments)
        run = Run(
            check_mode=bool(self._task.check_mode),
            diff=bool(self._task.diff),
            no_log=bool(self._task.no_log),
            report=self._report,
        )
        outcome = execute(declared, params, run)
        # A result that is meant to hold a secret must keep it, and its task is under no_log; all others lose theirs.
        if not declared.secret_result and holds_any(outcome, secrets):
            outcome = remove_values(outcome, secrets)
        result.update(outcome)
        return result

    def _may_run_here(self, task_vars: dict[str, Any]) -> bool:
        """Only where the module would run on this machine, as this user, with this Python and this environment."""
        if self._task.async_val or any(self._task.environment or []) or self._play_context.become:
            return False
        if self._connection.transport != "local":
            return False
        interpreter = task_vars.get("ansible_python_interpreter")
        if not interpreter or str(interpreter).startswith("auto"):
            return True
        return str(self._templar.template(interpreter)) == sys.executable

    def _declared(self) -> Declared:
        name = self._task.action.rsplit(".", 1)[-1]
        return importlib.import_module(f"{MODULES}.{name}").RESOURCE

    def _found_source(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """A relative src is looked for as other actions do, in the role's files and beside the playbook; a vault is opened."""
        source = arguments.get("src")
        if isinstance(source, str) and source:
            try:
                found = source if source.startswith(("/", "~", "$")) else self._find_needle("files", source)
                arguments["src"] = self._loader.get_real_file(found)
            except AnsibleError as error:
                raise AnsibleActionFail(f"The file given as src cannot be read: {error}") from error
        return arguments

    def _validated(self, declared: Declared, arguments: dict[str, Any]) -> tuple[dict[str, Any], set[str]]:
        spec = declared.argument_spec()
        validation = ArgumentSpecValidator(spec.pop("argument_spec"), **spec).validate(plain(arguments))
        if validation.error_messages:
            messages = [
                f"Unsupported parameters for {self._task.action}: {error.msg}"
                if isinstance(error, UnsupportedError)
                else str(error.msg)
                for error in validation.errors
            ]
            raise AnsibleActionFail(remove_values("; ".join(messages), validation._no_log_values))
        return validation.validated_parameters, validation._no_log_values

    def _report(self, progress: str) -> None:
        self._display.display(f"{self._task.get_name()}: {progress}", color="bright gray")


def holds_any(value: Any, secrets: set[str]) -> bool:
    """Whether a secret turns up anywhere. remove_values compares every string with every secret, which for a thousand
    objects with a secret each takes longer than all the rest of the task; equal strings are looked at once here."""
    texts: set[str] = set()
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            texts.add(one)
        elif isinstance(one, Mapping):
            waiting.extend(one)
            waiting.extend(one.values())
        elif isinstance(one, (list, tuple)):
            waiting.extend(one)
        elif one is not None and not isinstance(one, bool):
            texts.add(str(one))
    everything = "\n".join(texts)
    return any(secret in everything for secret in secrets)


def plain(value: Any) -> Any:
    """A copy in built-in types: ansible-core 2.19 and later hand out tagged ones, which are slow to compute with."""
    if type(value) in BUILT_IN:
        return value
    if isinstance(value, Mapping):
        return {plain(name): plain(entry) for name, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(entry) for entry in value]
    for kind in (str, int, float):
        if isinstance(value, kind):
            return kind.__new__(kind, value)
    return value
