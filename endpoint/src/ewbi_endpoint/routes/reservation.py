# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""create, update, activate, delete and show of reservations."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fastapi import APIRouter
from sqlalchemy import Connection

from ewbi_endpoint.calls import Answer, Call, Calls, etag
from ewbi_endpoint.ledger.admission import check_request, decide_change, decide_new, differences, effective_minimum
from ewbi_endpoint.ledger.decision import Pool, without_zeros
from ewbi_endpoint.ledger.holding import pools_of
from ewbi_endpoint.listing import page_limit, read_cursor, write_cursor
from ewbi_endpoint.model import LIVE_STATES, Cloudlet, Key, Reservation, ReservationState
from ewbi_endpoint.problems import InvalidParam, Problem, invalid_params, not_found, not_yours
from ewbi_endpoint.service import Service
from ewbi_endpoint.store import events, reservations
from ewbi_endpoint.store.reservations import Selection
from ewbi_endpoint.visibility import require_federation, visible_cloudlet
from ewbi_endpoint.wire.native.answers import ReservationAnswer, ReservationPage
from ewbi_endpoint.wire.native.filters import KeyFilter, ReservationFilter, ShowReservation
from ewbi_endpoint.wire.native.rendering import render_amounts, render_key, render_reservation
from ewbi_endpoint.wire.native.reservation import ReservationBody, ReservationChange, ReservationReference

# How many rows are read at once while the state, which time changes, is compared.
_CHUNK = 500


def router(service: Service, bodies: dict[str, Any]) -> APIRouter:
    """The routes of reservations."""
    routes = APIRouter(tags=["reservation"])
    calls = Calls(routes, service, bodies)
    one = {200: ReservationAnswer}
    decided = {200: ReservationAnswer, 201: ReservationAnswer}
    calls.add("create/reservation", ReservationBody, create, summary="Reserve resources", answers=decided)
    calls.add("update/reservation", ReservationChange, update, summary="Change what is held", answers=one)
    calls.add("activate/reservation", ReservationReference, activate, summary="Say that a grant is real", answers=one)
    calls.add("delete/reservation", ReservationReference, delete, summary="Release a reservation", answers=one)
    calls.add("show/reservation", ShowReservation, show, summary="List reservations", answers={200: ReservationPage})
    return routes


async def create(call: Call[ReservationBody]) -> Answer:
    """Decide a request against everything granted; a repeated one gets the answer that it has."""
    key = call.body.key.to_key()
    _reserver_only(call, key)
    asked = _asked(call, key)

    def work(connection: Connection) -> Answer:
        require_federation(connection, call.caller, call.service.organization, call.now)
        cloudlet = visible_cloudlet(connection, call.caller, asked.cloudlet).profile
        stored = reservations.find(connection, key)
        if stored is not None and stored.effective_state(call.now) in LIVE_STATES:
            return _repeated(call, stored, asked)
        check_request(asked, cloudlet, call.now)
        pools = _pools(call, connection, cloudlet, key)
        decided = decide_new(asked, cloudlet, pools, call.now)
        if call.body.dry_run:
            return Answer(200, render_reservation(decided, call.now) | {"Dry_run": True})
        if stored is not None and _rejected_again(stored, decided):
            return _answer(call, stored, 200)
        call.service.metrics.decisions.labels(decided.state.value).inc()
        if stored is None:
            reservations.add(connection, decided)
        else:
            decided = replace(decided, revision=stored.revision + 1, created=stored.created)
            reservations.change(connection, decided)
        _tell(connection, call, decided, decided.state.value.lower())
        return _answer(call, decided, 201)

    return await (call.read(work) if call.body.dry_run else call.write(work))


async def update(call: Call[ReservationChange]) -> Answer:
    """Grow, shrink, move or extend a reservation, all or nothing, without letting go of what is held."""
    key = call.body.key.to_key()
    _reserver_only(call, key)

    def work(connection: Connection) -> Answer:
        require_federation(connection, call.caller, call.service.organization, call.now)
        held = _visible(connection, call, key)
        call.check_revision(held.revision)
        state = held.effective_state(call.now)
        if state not in LIVE_STATES:
            raise Problem(409, "NOT_HELD", f"{key} is {state.value}: there is nothing to change, create it anew")
        changed = _changed(call, held)
        cloudlet = visible_cloudlet(connection, call.caller, held.cloudlet).profile
        check_request(changed, cloudlet, call.now)
        try:
            decided = decide_change(held, changed, cloudlet, _pools(call, connection, cloudlet, key), call.now)
        except Problem as problem:
            if "Free" in problem.extra:
                problem.extra["Free"] = render_amounts(problem.extra["Free"])
            raise
        if call.body.dry_run:
            return Answer(200, render_reservation(decided, call.now) | {"Dry_run": True})
        if decided == held:
            return _answer(call, held, 200)
        decided = replace(decided, revision=held.revision + 1, updated=call.now)
        reservations.change(connection, decided)
        _tell(connection, call, decided, "updated")
        return _answer(call, decided, 200)

    return await (call.read(work) if call.body.dry_run else call.write(work))


async def activate(call: Call[ReservationReference]) -> Answer:
    """The serving operator says that a grant is real on the platform."""
    call.operator_only("say that a reservation is real on the platform")
    key = call.body.key.to_key()

    def work(connection: Connection) -> Answer:
        held = _visible(connection, call, key)
        call.check_revision(held.revision)
        if held.state is ReservationState.ACTIVE and held.effective_state(call.now) in LIVE_STATES:
            return _answer(call, held, 200)
        state = held.effective_state(call.now)
        if state not in (ReservationState.GRANTED, ReservationState.PARTIALLY_GRANTED):
            raise Problem(409, "NOT_GRANTED", f"{key} is {state.value}: only what is granted can be made real")
        active = replace(held, state=ReservationState.ACTIVE, revision=held.revision + 1, updated=call.now)
        reservations.change(connection, active)
        _tell(connection, call, active, "active")
        return _answer(call, active, 200)

    return await call.write(work)


async def delete(call: Call[ReservationReference]) -> Answer:
    """Release a reservation; one that is released stays so."""
    key = call.body.key.to_key()

    def work(connection: Connection) -> Answer:
        require_federation(connection, call.caller, call.service.organization, call.now)
        held = _visible(connection, call, key)
        if held.state is ReservationState.RELEASED:
            return _answer(call, held, 200)
        call.check_revision(held.revision)
        released = replace(
            held,
            state=ReservationState.RELEASED,
            granted={},
            reason=None,
            free=None,
            revision=held.revision + 1,
            updated=call.now,
        )
        reservations.change(connection, released)
        _tell(connection, call, released, "released")
        return _answer(call, released, 200)

    return await call.write(work)


async def show(call: Call[ShowReservation]) -> Answer:
    """List the caller's reservations; the operator sees all."""

    def work(connection: Connection) -> Answer:
        require_federation(connection, call.caller, call.service.organization, call.now)
        limit = page_limit(call.body.limit, call.service.config.limits.page_limit)
        states = _states(call.body)
        after = Key(*read_cursor(call.body.cursor, (str, str))) if call.body.cursor else None
        page: list[dict[str, Any]] = []
        last: Key | None = None
        while True:
            selection = _selection(call, after)
            rows = reservations.listing(connection, selection, _CHUNK)
            for found in rows:
                if states is not None and found.effective_state(call.now).value not in states:
                    continue
                if len(page) == limit and last is not None:
                    return Answer(200, {"items": page, "next_cursor": write_cursor(last.organization, last.name)})
                page.append(render_reservation(found, call.now))
                last = found.key
            if len(rows) < _CHUNK:
                return Answer(200, {"items": page, "next_cursor": None})
            after = rows[-1].key

    return await call.read(work)


def _reserver_only(call: Call[Any], key: Key) -> None:
    if call.caller.is_operator:
        raise not_yours("Reservations are made and changed by the partner that holds them")
    if key.organization != call.caller.organization:
        raise not_yours(f"reservation_key.organization must be {call.caller.organization}, which is who you are")


def _visible(connection: Connection, call: Call[Any], key: Key) -> Reservation:
    found = reservations.find(connection, key)
    if found is None or not (call.caller.is_operator or found.key.organization == call.caller.organization):
        raise not_found("reservation", key.organization, key.name)
    return found


def _asked(call: Call[ReservationBody], key: Key) -> Reservation:
    body = call.body
    resources = body.resources.to_amounts()
    return Reservation(
        key=key,
        cloudlet=body.cloudlet_key.to_key(),
        resources=resources,
        minimum=effective_minimum(resources, None if body.minimum is None else body.minimum.to_amounts()),
        start_asked=body.start,
        # Whole seconds: a start that nobody chose need not be finer than what people write.
        start=call.now - call.now % 1_000_000 if body.start is None else body.start,
        end=body.end,
        grace_seconds=body.grace_seconds,
        state=ReservationState.REQUESTED,
        granted={},
        created=call.now,
        updated=call.now,
    )


def _changed(call: Call[ReservationChange], held: Reservation) -> Reservation:
    body, given = call.body, call.body.model_fields_set
    resources = held.resources if body.resources is None else body.resources.to_amounts()
    minimum = held.minimum
    if body.minimum is not None:
        minimum = effective_minimum(resources, body.minimum.to_amounts())
    elif body.resources is not None:
        minimum = {name: min(amount, held.minimum.get(name, amount)) for name, amount in resources.items()}
    start = held.start if body.start is None else body.start
    if start != held.start and held.start <= call.now:
        raise invalid_params([InvalidParam("Start", "cannot change: the period has begun", impossible=True)])
    return replace(
        held,
        resources=resources,
        minimum=minimum,
        start=start,
        start_asked=held.start_asked if body.start is None else body.start,
        end=body.end if "end" in given else held.end,
        grace_seconds=held.grace_seconds if body.grace_seconds is None else body.grace_seconds,
        # Without Resources it keeps what it holds, which may be less than what was once asked for.
        granted=without_zeros(held.granted if body.resources is None else resources),
    )


def _repeated(call: Call[ReservationBody], stored: Reservation, asked: Reservation) -> Answer:
    fields = differences(stored, asked)
    if not fields:
        rendered = render_reservation(stored, call.now)
        return Answer(200, rendered | ({"Dry_run": True} if call.body.dry_run else {}), etag(stored.revision))
    invalid = [InvalidParam(field, "differs from the reservation that is there") for field in fields]
    detail = f"There is another reservation {stored.key}: change it with update/reservation"
    raise Problem(409, "ALREADY_EXISTS", detail, invalid=invalid)


def _rejected_again(stored: Reservation, decided: Reservation) -> bool:
    """Whether a repeated request is rejected as it was before, so that there is nothing new to store or to tell."""
    rejected = ReservationState.REJECTED
    return (
        stored.state is rejected
        and decided.state is rejected
        and not differences(stored, decided)
        and (stored.reason, stored.free) == (decided.reason, decided.free)
    )


def _pools(call: Call[Any], connection: Connection, cloudlet: Cloudlet, leave_out: Key) -> tuple[Pool, ...]:
    pools = pools_of(connection, [cloudlet], call.service.site_capacities, call.now, leave_out=leave_out)
    return pools[cloudlet.key]


def _answer(call: Call[Any], reservation: Reservation, status: int) -> Answer:
    return Answer(status, render_reservation(reservation, call.now), etag(reservation.revision))


def _tell(connection: Connection, call: Call[Any], reservation: Reservation, what: str) -> None:
    events.record(
        connection,
        time=call.now,
        kind=f"reservation.{what}",
        key={"reservation_key": render_key(reservation.key)},
        audience=reservation.key.organization,
        revision=reservation.revision,
    )


def _filters(body: ShowReservation) -> list[ReservationFilter]:
    return [body] if body.filter is None else [body, body.filter]


def _states(body: ShowReservation) -> set[str] | None:
    return _any_of([item.state for item in _filters(body)])


def _any_of(choices: list[list[str] | None]) -> set[str] | None:
    allowed: set[str] | None = None
    for choice in choices:
        if choice is not None:
            allowed = set(choice) if allowed is None else allowed & set(choice)
    return allowed


def _selection(call: Call[ShowReservation], after: Key | None) -> Selection:
    filters = _filters(call.body)

    def part(keys: list[KeyFilter | None], name: str) -> tuple[str, ...] | None:
        allowed = _any_of([getattr(key, name) for key in keys if key is not None])
        return None if allowed is None else tuple(sorted(allowed))

    keys = [item.key for item in filters]
    cloudlet_keys = [item.cloudlet_key for item in filters]
    organizations = part(keys, "organization")
    if not call.caller.is_operator:
        own = call.caller.organization
        organizations = (own,) if organizations is None or own in organizations else ()
    return Selection(
        organizations=organizations,
        names=part(keys, "name"),
        cloudlet_organizations=part(cloudlet_keys, "organization"),
        cloudlet_names=part(cloudlet_keys, "name"),
        after=after,
    )
