# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reservations in the database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, RowMapping, and_, insert, or_, select, tuple_, update

from ewbi_endpoint.model import HOLDING_STATES, Amounts, Key, Reservation, ReservationState
from ewbi_endpoint.store.tables import reservation
from ewbi_endpoint.times import Instant

_COLUMNS = [column for column in reservation.c if column.name not in ("held_until", "recorded_state")]
_HOLDING = [state.value for state in HOLDING_STATES]
# SQLite allows 32766 bound values in a statement; larger sets are asked for in several statements.
_KEYS_PER_QUERY = 5000


def find(connection: Connection, key: Key) -> Reservation | None:
    """The reservation of a key."""
    row = connection.execute(select(*_COLUMNS).where(_is(key))).mappings().first()
    return None if row is None else _reservation(row)


def add(connection: Connection, new: Reservation) -> None:
    """Store a new reservation."""
    connection.execute(insert(reservation), _values(new))


def change(connection: Connection, changed: Reservation) -> None:
    """Replace a reservation."""
    connection.execute(update(reservation).where(_is(changed.key)).values(_values(changed)))


def holding(connection: Connection, cloudlets: Iterable[Key], now: Instant) -> list[Reservation]:
    """Reservations that hold something on some cloudlets, now or later."""
    keys = [(key.organization, key.name) for key in cloudlets]
    found: list[Reservation] = []
    for start in range(0, len(keys), _KEYS_PER_QUERY):
        query = select(*_COLUMNS).where(
            tuple_(reservation.c.cloudlet_organization, reservation.c.cloudlet_name).in_(
                keys[start : start + _KEYS_PER_QUERY]
            ),
            *_holds(now),
        )
        found.extend(_reservation(row) for row in connection.execute(query).mappings())
    return found


def held_by(connection: Connection, organization: str, now: Instant) -> list[str]:
    """Names of the reservations that an organization holds, now or later."""
    query = select(reservation.c.name).where(reservation.c.organization == organization, *_holds(now))
    return list(connection.execute(query.order_by(reservation.c.name)).scalars())


@dataclass(frozen=True, slots=True)
class Selection:
    """What a listing is narrowed to; None is no restriction, a tuple means any of it."""

    organizations: tuple[str, ...] | None = None
    names: tuple[str, ...] | None = None
    cloudlet_organizations: tuple[str, ...] | None = None
    cloudlet_names: tuple[str, ...] | None = None
    after: Key | None = None


def listing(connection: Connection, selection: Selection, limit: int) -> list[Reservation]:
    """Reservations in the order of their keys."""
    query = select(*_COLUMNS).order_by(reservation.c.organization, reservation.c.name).limit(limit)
    for column, values in (
        (reservation.c.organization, selection.organizations),
        (reservation.c.name, selection.names),
        (reservation.c.cloudlet_organization, selection.cloudlet_organizations),
        (reservation.c.cloudlet_name, selection.cloudlet_names),
    ):
        if values is not None:
            query = query.where(column.in_(values))
    if selection.after is not None:
        organization, name = selection.after.organization, selection.after.name
        query = query.where(
            or_(
                reservation.c.organization > organization,
                and_(reservation.c.organization == organization, reservation.c.name > name),
            )
        )
    return [_reservation(row) for row in connection.execute(query).mappings()]


def ended_unrecorded(connection: Connection, now: Instant) -> list[Reservation]:
    """Reservations that time alone has moved on to EXPIRING or EXPIRED without an event saying so."""
    expiring, expired = ReservationState.EXPIRING.value, ReservationState.EXPIRED.value
    query = select(*_COLUMNS).where(
        reservation.c.state.in_(_HOLDING),
        reservation.c.end <= now,
        or_(
            reservation.c.recorded_state.not_in([expiring, expired]),
            and_(reservation.c.recorded_state == expiring, reservation.c.held_until <= now),
        ),
    )
    return [_reservation(row) for row in connection.execute(query).mappings()]


def set_recorded(connection: Connection, key: Key, state: ReservationState) -> None:
    """Remember that an event told of a state."""
    connection.execute(update(reservation).where(_is(key)).values(recorded_state=state.value))


def _is(key: Key) -> ColumnElement[bool]:
    return and_(reservation.c.organization == key.organization, reservation.c.name == key.name)


def _holds(now: Instant) -> tuple[ColumnElement[bool], ...]:
    return (
        reservation.c.state.in_(_HOLDING),
        or_(reservation.c.held_until.is_(None), reservation.c.held_until > now),
    )


def _dump(amounts: Amounts) -> str:
    return orjson.dumps(dict(amounts), option=orjson.OPT_SORT_KEYS).decode()


def _values(value: Reservation) -> dict[str, Any]:
    return {
        "organization": value.key.organization,
        "name": value.key.name,
        "cloudlet_organization": value.cloudlet.organization,
        "cloudlet_name": value.cloudlet.name,
        "resources": _dump(value.resources),
        "minimum": _dump(value.minimum),
        "granted": _dump(value.granted),
        "free": None if value.free is None else _dump(value.free),
        "start_asked": value.start_asked,
        "start": value.start,
        "end": value.end,
        "grace_seconds": value.grace_seconds,
        "held_until": value.held_until,
        "state": value.state.value,
        "recorded_state": value.state.value,
        "reason": value.reason,
        "revision": value.revision,
        "created": value.created,
        "updated": value.updated,
    }


def _reservation(row: RowMapping) -> Reservation:
    return Reservation(
        key=Key(row["organization"], row["name"]),
        cloudlet=Key(row["cloudlet_organization"], row["cloudlet_name"]),
        resources=orjson.loads(row["resources"]),
        minimum=orjson.loads(row["minimum"]),
        granted=orjson.loads(row["granted"]),
        free=None if row["free"] is None else orjson.loads(row["free"]),
        start_asked=row["start_asked"],
        start=row["start"],
        end=row["end"],
        grace_seconds=row["grace_seconds"],
        state=ReservationState(row["state"]),
        reason=row["reason"],
        revision=row["revision"],
        created=row["created"],
        updated=row["updated"],
    )
