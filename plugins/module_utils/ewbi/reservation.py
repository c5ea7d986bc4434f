# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reservations: the ledger of the serving operator's endpoint, seen and moved from either side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ansible_collections.operator_platform.federation.plugins.module_utils import options
from ansible_collections.operator_platform.federation.plugins.module_utils.converge import Step
from ansible_collections.operator_platform.federation.plugins.module_utils.errors import NotEnough, NotFound
from ansible_collections.operator_platform.federation.plugins.module_utils.ewbi import native
from ansible_collections.operator_platform.federation.plugins.module_utils.ewbi.cloudlet import NARROW_BELOW, RESOURCES
from ansible_collections.operator_platform.federation.plugins.module_utils.ewbi.resource import (
    EwbiInfoResource,
    EwbiResource,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.ewbi.session import (
    EwbiSession,
    new_idempotency_key,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.model.names import (
    RESERVATION_NAME,
    Key,
    read_key,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.model.problems import Problems
from ansible_collections.operator_platform.federation.plugins.module_utils.model.reservation import (
    FIELDS,
    HOLDING_STATES,
    Reservation,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.model.resources import Resources
from ansible_collections.operator_platform.federation.plugins.module_utils.resource import Context

STATES = (
    "REQUESTED",
    "GRANTED",
    "PARTIALLY_GRANTED",
    "REJECTED",
    "ACTIVE",
    "EXPIRING",
    "EXPIRED",
    "RELEASED",
)
KEY_OPTIONS: options.Options = {
    "organization": {"type": "str", "required": True},
    "name": {"type": "str", "required": True},
}


@dataclass(frozen=True)
class WantedReservation:
    """Either a reservation to hold, or (activate_only) one whose grant was made real on the platform."""

    key: Key
    reservation: Reservation | None
    active: bool


@dataclass(frozen=True)
class Recorded:
    """A reservation as the ledger shows it."""

    reservation: Reservation
    extras: Mapping[str, Any]

    @classmethod
    def from_wire(cls, body: Mapping[str, Any]) -> Recorded:
        return cls(*native.reservation_from_wire(body))

    @property
    def state(self) -> str:
        return str(self.extras.get("state"))

    def moved_to(self, state: str) -> Recorded:
        return replace(self, extras={**self.extras, "state": state})

    def to_dict(self) -> dict[str, Any]:
        return {**self.reservation.key.to_dict(), **self.reservation.comparable(), **self.extras}


class ReservationResource(EwbiResource):
    """present: the ledger holds it. active: true: the serving operator says that the grant is real on the platform."""

    name = "reservation"
    plural = "reservations"
    options = {
        **KEY_OPTIONS,
        "cloudlet": {"type": "dict", "options": KEY_OPTIONS},
        "resources": {"type": "dict", "options": RESOURCES},
        "minimum": {"type": "dict", "options": RESOURCES},
        "start": {"type": "str"},
        "end": {"type": "str"},
        "grace_seconds": {"type": "int"},
        "active": {"type": "bool"},
    }

    def parse(self, raw: Mapping[str, Any], state: str, problems: Problems, path: str) -> WantedReservation:
        active = problems.truth(raw, "active", path) or False
        rest = {name: value for name, value in raw.items() if name != "active"}
        if state == "absent" or (active and set(rest) <= {"organization", "name"}):
            problems.unknown(rest, FIELDS, path)
            return WantedReservation(read_key(rest, problems, path, RESERVATION_NAME), None, active)
        reservation = Reservation.from_dict(rest, problems, path)
        return WantedReservation(reservation.key, reservation, active)

    def key(self, item: WantedReservation) -> str:
        return str(item.key)

    def fields(self, item: WantedReservation) -> Mapping[str, Any]:
        said = item.reservation.comparable() if item.reservation else {}
        return {**said, **({"active": True} if item.active else {})}

    def observed_fields(self, observed: Recorded) -> Mapping[str, Any]:
        return {**observed.reservation.comparable(), "active": observed.state in ("ACTIVE", "EXPIRING")}

    def read(self, connection: EwbiSession, items: Sequence[WantedReservation]) -> Mapping[str, Any]:
        keys = [item.key for item in items]
        held = {
            str(one.reservation.key): one
            for one in list_reservations(connection, _filter_for(keys))
            if one.state in HOLDING_STATES or one.state == "REQUESTED"
        }
        return {
            **{
                str(item.key): NotFound(
                    f"The ledger holds no reservation {item.key}.",
                    remedy="Only a granted reservation can be made active; look with ewbi_reservation_info.",
                )
                for item in items
                if item.active and item.reservation is None
            },
            **held,
        }

    def predict(self, connection: EwbiSession, step: Step) -> Recorded:
        """A dry run of the ledger's decision; what follows from a decision needs no call."""
        if step.action == "delete":
            return step.observed.moved_to("RELEASED")
        recorded = step.observed
        if set(step.changes) - {"active"}:
            recorded = self._decide(connection, step.action, step, dry_run=True)
        return recorded.moved_to("ACTIVE") if "active" in step.changes else recorded

    def create(self, connection: EwbiSession, step: Step) -> Recorded:
        recorded = self._decide(connection, "create", step)
        return self._activate(connection, step, recorded)

    def update(self, connection: EwbiSession, step: Step) -> Recorded:
        recorded = step.observed
        if set(step.changes) - {"active"}:
            recorded = self._decide(connection, "update", step)
        return self._activate(connection, step, recorded)

    def delete(self, connection: EwbiSession, step: Step) -> Recorded:
        return Recorded.from_wire(connection.call("delete", "reservation", native.reservation_key(step.item.key)))

    def describe(self, observed: Recorded) -> dict[str, Any]:
        return observed.to_dict()

    def _decide(self, connection: EwbiSession, verb: str, step: Step, dry_run: bool = False) -> Recorded:
        fields = None if verb == "create" else frozenset(step.changes)
        body = native.reservation_to_wire(step.item.reservation, fields)
        if dry_run:
            body["Dry_run"] = True
        answer = connection.call(
            verb,
            "reservation",
            body,
            revision=None if step.observed is None else step.observed.extras.get("revision"),
            idempotency_key=None if dry_run else new_idempotency_key(),
        )
        recorded = Recorded.from_wire(answer)
        if recorded.state == "REJECTED":
            raise rejection(step.item.reservation, recorded)
        return recorded

    def _activate(self, connection: EwbiSession, step: Step, recorded: Recorded) -> Recorded:
        if "active" not in step.changes:
            return recorded
        return Recorded.from_wire(connection.call("activate", "reservation", native.reservation_key(step.item.key)))


class ReservationInfo(EwbiInfoResource):
    options = {
        "organization": {"type": "str"},
        "name": {"type": "list", "elements": "str"},
        "cloudlet": {"type": "dict", "options": {"organization": {"type": "str"}, "name": {"type": "str"}}},
        "state": {"type": "list", "elements": "str", "choices": list(STATES)},
    }

    def fetch(self, connection: EwbiSession, context: Context) -> dict[str, Any]:
        found = list_reservations(connection, native.reservation_filter(context.params))
        return {"reservations": [one.to_dict() for one in found]}


def list_reservations(connection: EwbiSession, body: Mapping[str, Any]) -> list[Recorded]:
    return [Recorded.from_wire(item) for item in connection.pages("reservation", body)]


def _filter_for(keys: Sequence[Key]) -> dict[str, Any]:
    organizations = {key.organization for key in keys}
    filters: dict[str, Any] = {"organization": organizations.pop()} if len(organizations) == 1 else {}
    if len(keys) < NARROW_BELOW:
        filters["name"] = sorted({key.name for key in keys})
    return native.reservation_filter(filters)


def rejection(asked: Reservation, recorded: Recorded) -> NotEnough:
    """The ledger's refusal, with what was asked and what is free, amount by amount."""
    problems = Problems()
    free_raw = recorded.extras.get("free") or {}
    free = Resources.from_dict(free_raw, problems)
    short = asked.resources.shortfall(free)
    listing = ", ".join(f"{name}: asked {wanted}, free {left}" for name, (wanted, left) in short.items())
    reason = str(recorded.extras.get("reason") or "no reason given")
    return NotEnough(
        f"The serving operator rejects the reservation {asked.key} on cloudlet {asked.cloudlet}.",
        answered=reason + (f" ({listing})" if listing else ""),
        remedy="Ask for less, give a minimum that is still useful, choose another period or another cloudlet.",
        details={"free": free_raw, "short": {name: {"asked": w, "free": f} for name, (w, f) in short.items()}},
    )
