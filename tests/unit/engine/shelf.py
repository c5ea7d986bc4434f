# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A kind of object that exists only in memory, declared as every module declares its own; it writes down every call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from ansible_collections.operator_platform.federation.plugins.module_utils.converge import Step
from ansible_collections.operator_platform.federation.plugins.module_utils.errors import FederationError
from ansible_collections.operator_platform.federation.plugins.module_utils.model.problems import Problems
from ansible_collections.operator_platform.federation.plugins.module_utils.resource import (
    Context,
    InfoResource,
    Resource,
)


class Shelf:
    """What is there: name -> {size, colour, rank, secret}; fails for the names in ``broken``."""

    def __init__(self, **boxes: dict[str, Any]) -> None:
        self.boxes: dict[str, dict[str, Any]] = boxes
        self.calls: list[tuple[str, str]] = []
        self.opened = 0
        self.broken: dict[str, FederationError] = {}
        self.unreadable: dict[str, FederationError] = {}


class BoxResource(Resource):
    name = "box"
    plural = "boxes"
    options = {
        "name": {"type": "str", "required": True},
        "size": {"type": "int"},
        "colour": {"type": "str"},
        "rank": {"type": "int"},
        "secret": {"type": "str", "no_log": True},
    }
    connection_options = {"shelf": {"type": "str"}}

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf

    @contextmanager
    def open(self, context: Context) -> Iterator[Shelf]:
        self.shelf.opened += 1
        yield self.shelf

    def parse(self, raw: Mapping[str, Any], state: str, problems: Problems, path: str) -> dict[str, Any]:
        problems.unknown(raw, set(self.options), path)
        problems.text(raw, "name", path, required=True)
        problems.whole_number(raw, "size", path, least=1)
        return dict(raw)

    def key(self, item: Mapping[str, Any]) -> str:
        return str(item["name"])

    def rank(self, item: Mapping[str, Any]) -> int:
        return int(item.get("rank", 0))

    def fields(self, item: Mapping[str, Any]) -> Mapping[str, Any]:
        return {name: item[name] for name in ("size", "colour") if name in item}

    def observed_fields(self, observed: Mapping[str, Any]) -> Mapping[str, Any]:
        return self.fields(observed)

    def secret_changes(self, item: Mapping[str, Any], observed: Mapping[str, Any] | None) -> Sequence[str]:
        if "secret" not in item or (observed is not None and observed.get("secret") == item["secret"]):
            return ()
        return ("secret",)

    def read(self, connection: Shelf, items: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
        connection.calls.append(("read", ",".join(self.key(item) for item in items)))
        return {**{name: dict(box) for name, box in connection.boxes.items()}, **connection.unreadable}

    def create(self, connection: Shelf, step: Step) -> dict[str, Any]:
        return self._write("create", connection, step)

    def update(self, connection: Shelf, step: Step) -> dict[str, Any]:
        return self._write("update", connection, step)

    def delete(self, connection: Shelf, step: Step) -> None:
        self._note("delete", connection, step)
        del connection.boxes[step.wanted.key]

    def describe(self, observed: Mapping[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in observed.items() if name != "secret"}

    def _write(self, verb: str, connection: Shelf, step: Step) -> dict[str, Any]:
        self._note(verb, connection, step)
        connection.boxes[step.wanted.key] = {**connection.boxes.get(step.wanted.key, {}), **step.item}
        return dict(connection.boxes[step.wanted.key])

    def _note(self, verb: str, connection: Shelf, step: Step) -> None:
        connection.calls.append((verb, step.wanted.key))
        if step.wanted.key in connection.broken:
            raise connection.broken[step.wanted.key]


class BoxInfo(InfoResource):
    options = {"name": {"type": "str"}}
    connection_options = {"shelf": {"type": "str"}}

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf

    @contextmanager
    def open(self, context: Context) -> Iterator[Shelf]:
        yield self.shelf

    def fetch(self, connection: Shelf, context: Context) -> dict[str, Any]:
        return {"boxes": sorted(connection.boxes)}
