# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decisions on reservations: from what is asked and what is held to the reservation that results.

Nothing here writes; the routes store what comes out in the same transaction that read what went in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ewbi_endpoint.ledger.decision import Decision, Demand, Pool, decide, without_zeros
from ewbi_endpoint.model import DEVICE_PREFIX, Amounts, Cloudlet, Reservation, ReservationState
from ewbi_endpoint.problems import InvalidParam, Problem, invalid_params
from ewbi_endpoint.times import Instant, format_rfc3339


def check_request(wanted: Reservation, cloudlet: Cloudlet, now: Instant) -> None:
    """Refuse what can be read but can never be granted (422), naming every such field."""
    found = [
        InvalidParam(f"{field}.{name}", f"is no device of {cloudlet.key}", impossible=True)
        for field, amounts in (("Resources", wanted.resources), ("Minimum", wanted.minimum))
        for name in sorted(amounts)
        if name.startswith(DEVICE_PREFIX) and name.removeprefix(DEVICE_PREFIX) not in cloudlet.resource_map
    ]
    if not without_zeros(wanted.resources):
        found.append(InvalidParam("Resources", "asks for nothing", impossible=True))
    found += [
        InvalidParam(f"Minimum.{name}", f"is more than Resources.{name}", impossible=True)
        for name, amount in sorted(wanted.minimum.items())
        if amount > wanted.resources.get(name, 0)
    ]
    if wanted.end is not None and wanted.end <= wanted.start:
        found.append(InvalidParam("End", f"must be after Start ({format_rfc3339(wanted.start)})", impossible=True))
    elif wanted.end is not None and wanted.end <= now:
        found.append(InvalidParam("End", "has passed already", impossible=True))
    if found:
        raise invalid_params(found)


def effective_minimum(resources: Amounts, minimum: Amounts | None) -> Amounts:
    """The least that is useful: what `minimum` does not name is needed in full."""
    return dict(resources) if minimum is None else {**resources, **minimum}


def decide_new(wanted: Reservation, cloudlet: Cloudlet, pools: tuple[Pool, ...], now: Instant) -> Reservation:
    """A new reservation with the ledger's decision in it."""
    reason = maintenance_reason(cloudlet, wanted.start, now)
    if reason is None and cloudlet.capacity is None:
        reason = f"{cloudlet.key} states no Capacity, so nothing can be reserved on it"
    demand = Demand(max(wanted.start, now), wanted.held_until, wanted.resources, wanted.minimum)
    decision = decide(demand, pools)
    if reason is not None:
        return replace(wanted, state=ReservationState.REJECTED, granted={}, reason=reason)
    return replace(
        wanted,
        state=decision.state,
        granted=without_zeros(decision.granted),
        reason=_shortage(wanted.resources, decision),
        free=decision.free if decision.short else None,
    )


def decide_change(
    held: Reservation, changed: Reservation, cloudlet: Cloudlet, pools: tuple[Pool, ...], now: Instant
) -> Reservation:
    """A held reservation changed, all or nothing: 409 with what is free leaves it as it is.

    `changed.granted` is what it shall hold. A platform has to follow a changed amount, so an ACTIVE reservation is
    GRANTED again until the operator has made it real; a changed period leaves the state alone.
    """
    grows = any(amount > held.granted.get(name, 0) for name, amount in changed.granted.items())
    reason = maintenance_reason(cloudlet, max(changed.start, now), now) if grows else None
    if reason is not None:
        raise Problem(409, "MAINTENANCE", f"{held.key} cannot grow now: {reason}")
    demand = Demand(max(changed.start, now), changed.held_until, changed.granted, changed.granted)
    decision = decide(demand, pools)
    if decision.short:
        detail = f"{held.key} stays as it is: {_shortage(changed.granted, decision)}"
        raise _not_enough(detail, decision)
    same = without_zeros(changed.granted) == without_zeros(held.granted)
    complete = without_zeros(changed.granted) == without_zeros(changed.resources)
    state = held.state
    if not same or (complete and held.state is ReservationState.PARTIALLY_GRANTED):
        state = ReservationState.GRANTED
    partial = state is not ReservationState.GRANTED and not complete
    return replace(
        changed,
        state=state,
        granted=without_zeros(changed.granted),
        reason=held.reason if partial else None,
        free=held.free if partial else None,
    )


def maintenance_reason(cloudlet: Cloudlet, start: Instant, now: Instant) -> str | None:
    """Why maintenance forbids something new that starts then, if it does."""
    if cloudlet.maintenance_state == "offline":
        return f"{cloudlet.key} is offline for maintenance"
    window = cloudlet.maintenance_at(now) or cloudlet.maintenance_at(start)
    if window is None:
        return None
    period = f"{format_rfc3339(window.start)} to {format_rfc3339(window.end)}"
    because = f" ({window.reason})" if window.reason else ""
    return f"{cloudlet.key} is under maintenance from {period}{because}"


def differences(stored: Reservation, asked: Reservation) -> list[str]:
    """Wire names of the fields in which a repeated request differs from what it repeats."""
    found = []
    if stored.cloudlet != asked.cloudlet:
        found.append("cloudlet_key")
    other_amounts = without_zeros(stored.resources) != without_zeros(asked.resources)
    if other_amounts:
        found.append("Resources")
    # A minimum that was left out is the amounts themselves and differs with them.
    follows = other_amounts and asked.minimum == asked.resources
    if not follows and without_zeros(stored.minimum) != without_zeros(asked.minimum):
        found.append("Minimum")
    # A start left to the endpoint is repeated by leaving it out again, or by naming the one that was set.
    if asked.start_asked != stored.start_asked and asked.start_asked != stored.start:
        found.append("Start")
    if stored.end != asked.end:
        found.append("End")
    if stored.grace_seconds != asked.grace_seconds:
        found.append("Grace_seconds")
    return found


def _not_enough(detail: str, decision: Decision) -> Problem:
    # The names are flat here as everywhere; the routes nest what they send.
    return Problem(409, "NOT_ENOUGH", detail, extra={"Free": dict(decision.free)})


def _shortage(asked: Mapping[str, int], decision: Decision) -> str | None:
    if not decision.short:
        return None
    parts = [f"{name}: {asked[name]} asked, {decision.free.get(name, 0)} free" for name in decision.short]
    return f"not enough of {'; '.join(parts)}"
