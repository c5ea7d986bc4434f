# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What all kinds of objects behind control endpoints share: which endpoint an object is behind, reading all endpoints at
once, and check mode that says what the real run would say."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

from ansible_collections.operator_platform.federation.plugins.module_utils.converge import Step, Wanted
from ansible_collections.operator_platform.federation.plugins.module_utils.errors import FederationError
from ansible_collections.operator_platform.federation.plugins.module_utils.model.names import OBJECT_NAME
from ansible_collections.operator_platform.federation.plugins.module_utils.model.problems import Problems
from ansible_collections.operator_platform.federation.plugins.module_utils.options import Options
from ansible_collections.operator_platform.federation.plugins.module_utils.resource import (
    Context,
    InfoResource,
    Resource,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.endpoints import (
    CONTROL_ENDPOINTS,
    ControlEndpoints,
    read_endpoints,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.platform import Platform, Surroundings

Model = TypeVar("Model")

PLACE: Options = {"cloudlet": {"type": "str"}, "name": {"type": "str", "required": True}}


@dataclass(frozen=True)
class Placed:
    """An object behind a control endpoint. value: the model object; None when it shall be absent and only its name counts."""

    cloudlet: str
    name: str
    value: Any


class SbiResource(Resource):
    """An object of some kind behind a control endpoint."""

    connection_options = CONTROL_ENDPOINTS

    @abstractmethod
    def parse_value(self, raw: Mapping[str, Any], problems: Problems, path: str) -> Any:
        """The options of a present object, without ``cloudlet``, as a model object."""

    @abstractmethod
    def look(self, platform: Platform, names: Sequence[str]) -> Mapping[str, Any]:
        """The objects of these names that are there, by name."""

    @abstractmethod
    def refuse(self, platform: Platform, step: Step) -> None:
        """Raise what applying the step would raise, found by reading only."""

    @abstractmethod
    def apply(self, platform: Platform, step: Step) -> Any:
        """Create or update; returns the object as it is now."""

    @abstractmethod
    def remove(self, platform: Platform, name: str) -> None:
        """Delete."""

    def outcome(self, observed: Any, wanted: Any) -> Any:
        """What an update leads to: the wanted values, and the observed ones where nothing is said."""
        return merged(observed, wanted)

    def open(self, context: Context) -> ControlEndpoints:
        return open_endpoints(context)

    def parse(self, raw: Mapping[str, Any], state: str, problems: Problems, path: str) -> Placed:
        cloudlet = problems.text(raw, "cloudlet", path) or ""
        if not cloudlet:
            problems.add(f"{path}cloudlet", "is required, because the task has several control endpoints")
        name = problems.text(raw, "name", path, required=True) or ""
        if name and not OBJECT_NAME.fullmatch(name):
            problems.add(f"{path}name", f"must match {OBJECT_NAME.pattern}, not {name!r}")
        rest = {option: value for option, value in raw.items() if option != "cloudlet"}
        # What is to be absent needs a name only; a name that is wrong was noted above and must not be noted twice.
        value = self.parse_value(rest, problems, path) if state == "present" and name else None
        return Placed(cloudlet, name, value)

    def key(self, item: Placed) -> str:
        return f"{item.cloudlet}/{item.name}"

    def fields(self, item: Placed) -> Mapping[str, Any]:
        return self.value_fields(item.value)

    def observed_fields(self, observed: Placed) -> Mapping[str, Any]:
        return self.value_fields(observed.value)

    def value_fields(self, value: Any) -> Mapping[str, Any]:
        """A model object in normal form."""
        comparable: Mapping[str, Any] = value.comparable()
        return comparable

    def describe(self, observed: Placed) -> dict[str, Any]:
        return {"cloudlet": observed.cloudlet, "name": observed.name, **self.observed_fields(observed)}

    def read(self, connection: ControlEndpoints, items: Sequence[Placed]) -> Mapping[str, Any]:
        names: dict[str, list[str]] = {}
        for item in items:
            names.setdefault(item.cloudlet, []).append(item.name)
        answers = connection.each(lambda cloudlet, platform: self.look(platform, names[cloudlet]), list(names))
        found: dict[str, Any] = {}
        for item in items:
            answer = answers[item.cloudlet]
            if isinstance(answer, FederationError):
                found[self.key(item)] = answer
            elif answer.get(item.name) is not None:
                found[self.key(item)] = Placed(item.cloudlet, item.name, answer[item.name])
        return found

    def predict(self, connection: ControlEndpoints, step: Step) -> Placed | None:
        item: Placed = step.item
        self.refuse(connection.platform(item.cloudlet), step)
        if step.action == "delete":
            return None
        return None if step.observed is None else replace(item, value=self.outcome(step.observed.value, item.value))

    def create(self, connection: ControlEndpoints, step: Step) -> Placed:
        item: Placed = step.item
        return replace(item, value=self.apply(connection.platform(item.cloudlet), step))

    def update(self, connection: ControlEndpoints, step: Step) -> Placed:
        return self.create(connection, step)

    def delete(self, connection: ControlEndpoints, step: Step) -> None:
        self.remove(connection.platform(step.item.cloudlet), step.item.name)

    def _raw_items(self, params: Mapping[str, Any]) -> list[tuple[Any, str]]:
        """With one control endpoint every object is behind it, said or not."""
        names = [endpoint.cloudlet for endpoint in read_endpoints(params)]
        items = super()._raw_items(params)
        if len(names) != 1:
            return items
        return [
            ({**raw, "cloudlet": raw.get("cloudlet") or names[0]} if isinstance(raw, Mapping) else raw, path)
            for raw, path in items
        ]

    def _wanted(self, params: Mapping[str, Any]) -> list[Wanted]:
        wanted = super()._wanted(params)
        known = {endpoint.cloudlet for endpoint in read_endpoints(params)}
        problems = Problems()
        for number, one in enumerate(wanted):
            if one.item.cloudlet not in known:
                problems.add(
                    f"{self.plural}[{number}].cloudlet",
                    f"{one.item.cloudlet} is no control endpoint of the task; there are {', '.join(sorted(known))}",
                )
        problems.refuse(f"The input of {self.plural}")
        return wanted


class SbiInfoResource(InfoResource):
    connection_options = CONTROL_ENDPOINTS

    def open(self, context: Context) -> ControlEndpoints:
        return open_endpoints(context)


def open_endpoints(context: Context) -> ControlEndpoints:
    """The task's width is shared by its control endpoints: each gets its part of it, and two at least."""
    endpoints = read_endpoints(context.params)
    width = max(2, context.concurrency // len(endpoints))
    return ControlEndpoints(endpoints, Surroundings(context.deadline, width, context.report))


def merged(observed: Model, wanted: Model) -> Model:
    """The wanted values, and the observed ones where nothing is said (None)."""
    if wanted is None:
        return observed
    kept = {
        field.name: getattr(observed, field.name)
        for field in fields(wanted)  # type: ignore[arg-type]  # every model object is a dataclass
        if getattr(wanted, field.name) is None
    }
    return replace(wanted, **kept)  # type: ignore[type-var]  # as above
