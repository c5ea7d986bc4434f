# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one engine: observed + desired -> plan (which is the diff) -> apply. One object or thousands.

Only ``apply`` writes, and in check mode it is not called. The same ``changes`` of a step are the request, the diff, the
check-mode prediction and the message.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from ansible_collections.operator_platform.federation.plugins.module_utils.errors import FederationError
from ansible_collections.operator_platform.federation.plugins.module_utils.parallel import settle_all
from ansible_collections.operator_platform.federation.plugins.module_utils.waiting import Deadline

HIDDEN_BEFORE = "(hidden) before"
HIDDEN_AFTER = "(hidden) after"

DONE_WORDS = {"create": "created", "update": "updated", "delete": "deleted", "none": "unchanged"}


@dataclass(frozen=True)
class Wanted:
    """One object as the task wants it. key: unique among the task's objects. state: present or absent."""

    key: str
    item: Any
    state: str = "present"


@dataclass(frozen=True)
class Step:
    """What has to happen to one object. changes: field -> (before, after), only what differs."""

    wanted: Wanted
    action: str
    observed: Any = None
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)

    @property
    def item(self) -> Any:
        return self.wanted.item


@dataclass
class Settled:
    """How one step ended. observed: the object as it is now (predicted, in check mode), None when it is gone."""

    wanted: Wanted
    step: Step | None = None
    observed: Any = None
    error: FederationError | None = None

    @property
    def changed(self) -> bool:
        return self.error is None and self.step is not None and self.step.action != "none"


class Convergeable(Protocol):
    """What the engine needs to know of a kind of object (resource.Resource declares it)."""

    def fields(self, item: Any) -> Mapping[str, Any]:
        """The wanted values in normal form; a field that is missing is left as it is, one that is None is taken away."""

    def observed_fields(self, observed: Any) -> Mapping[str, Any]:
        """The observed values in the same normal form."""

    def secret_changes(self, item: Any, observed: Any) -> Sequence[str]:
        """Names of secret fields that differ; their values never enter the plan."""

    def rank(self, item: Any) -> int:
        """Lower ranks are created first and deleted last."""

    def read(self, connection: Any, items: Sequence[Any]) -> Mapping[str, Any]:
        """Key -> observed object, or the FederationError that kept us from seeing it. Missing: not there."""

    def predict(self, connection: Any, step: Step) -> Any:
        """Check mode: what the step would lead to, found without writing. Raises what the step would raise."""

    def create(self, connection: Any, step: Step) -> Any:
        """Make the object; returns it as observed."""

    def update(self, connection: Any, step: Step) -> Any:
        """Bring the object to step.changes; returns it as observed."""

    def delete(self, connection: Any, step: Step) -> Any:
        """Take the object down; returns None, or what is kept of it."""


def plan_step(resource: Convergeable, wanted: Wanted, observed: Any) -> Step:
    """Compare one object, field by field. Pure."""
    if wanted.state == "absent":
        if observed is None:
            return Step(wanted, "none")
        before = resource.observed_fields(observed)
        return Step(wanted, "delete", observed, {name: (value, None) for name, value in before.items()})
    after = resource.fields(wanted.item)
    if observed is None:
        changes: dict[str, tuple[Any, Any]] = {
            name: (None, value) for name, value in after.items() if value is not None
        }
        changes.update(dict.fromkeys(resource.secret_changes(wanted.item, None), (None, HIDDEN_AFTER)))
        return Step(wanted, "create", None, changes)
    before = resource.observed_fields(observed)
    changes = {name: (before.get(name), value) for name, value in after.items() if before.get(name) != value}
    changes.update(dict.fromkeys(resource.secret_changes(wanted.item, observed), (HIDDEN_BEFORE, HIDDEN_AFTER)))
    return Step(wanted, "update" if changes else "none", observed, changes)


def converge(
    resource: Convergeable,
    wanted: Sequence[Wanted],
    connection: Any,
    *,
    check_mode: bool,
    concurrency: int,
    deadline: Deadline,
) -> list[Settled]:
    """Read once, plan, and apply unless in check mode. Results come in the order of ``wanted``."""
    observed = resource.read(connection, [one.item for one in wanted])
    settled: dict[str, Settled] = {}
    waiting: list[Step] = []
    for one in wanted:
        seen = observed.get(one.key)
        if isinstance(seen, FederationError):
            settled[one.key] = Settled(one, error=seen)
            continue
        step = plan_step(resource, one, seen)
        settled[one.key] = Settled(one, step, seen)
        if step.action != "none":
            waiting.append(step)

    def perform(step: Step) -> Any:
        return resource.predict(connection, step) if check_mode else getattr(resource, step.action)(connection, step)

    for batch in _batches(resource, waiting):
        outcomes = settle_all(perform, batch, concurrency, deadline, "applying changes")
        for step, outcome in zip(batch, outcomes, strict=True):
            entry = settled[step.wanted.key]
            if isinstance(outcome, FederationError):
                entry.error = outcome
            else:
                entry.observed = outcome
    return [settled[one.key] for one in wanted]


def _batches(resource: Convergeable, steps: Sequence[Step]) -> list[list[Step]]:
    """Deletions first, highest rank first (they free what creations may need); then the rest, lowest rank first."""
    deletions: dict[int, list[Step]] = {}
    others: dict[int, list[Step]] = {}
    for step in steps:
        ranks = deletions if step.action == "delete" else others
        ranks.setdefault(resource.rank(step.item), []).append(step)
    return [deletions[rank] for rank in sorted(deletions, reverse=True)] + [others[rank] for rank in sorted(others)]
