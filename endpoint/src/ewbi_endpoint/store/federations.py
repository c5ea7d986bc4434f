# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Federations in the database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, delete, insert, select, update

from ewbi_endpoint.model import Federation, FederationStatus
from ewbi_endpoint.store.tables import federation
from ewbi_endpoint.times import Instant

_COLUMNS = [column for column in federation.c if column.name != "recorded_status"]


def find(connection: Connection, organization: str, partner: str) -> Federation | None:
    """The federation with a partner."""
    row = connection.execute(select(*_COLUMNS).where(_is(organization, partner))).mappings().first()
    return None if row is None else _federation(row)


def all_federations(connection: Connection, partner: str | None) -> list[Federation]:
    """Every federation, or one partner's, in the order of their keys."""
    query = select(*_COLUMNS).order_by(federation.c.organization, federation.c.partner)
    if partner is not None:
        query = query.where(federation.c.partner == partner)
    return [_federation(row) for row in connection.execute(query).mappings()]


def add(connection: Connection, new: Federation) -> None:
    """Store a new federation."""
    connection.execute(insert(federation), _values(new))


def change(connection: Connection, changed: Federation) -> None:
    """Replace a federation."""
    where = _is(changed.organization, changed.partner)
    connection.execute(update(federation).where(where).values(_values(changed)))


def remove(connection: Connection, organization: str, partner: str) -> None:
    """Take a federation away."""
    connection.execute(delete(federation).where(_is(organization, partner)))


def expired_unrecorded(connection: Connection, now: Instant) -> list[Federation]:
    """Federations that have expired without an event saying so."""
    query = select(*_COLUMNS).where(
        federation.c.expires <= now,
        federation.c.status != FederationStatus.TERMINATED.value,
        federation.c.recorded_status != FederationStatus.EXPIRED.value,
    )
    return [_federation(row) for row in connection.execute(query).mappings()]


def set_recorded(connection: Connection, changed: Federation, status: FederationStatus) -> None:
    """Remember that an event told of a status."""
    where = _is(changed.organization, changed.partner)
    connection.execute(update(federation).where(where).values(recorded_status=status.value))


def _is(organization: str, partner: str) -> ColumnElement[bool]:
    return and_(federation.c.organization == organization, federation.c.partner == partner)


def _values(value: Federation) -> dict[str, Any]:
    return {
        "organization": value.organization,
        "partner": value.partner,
        "status": value.status.value,
        "partner_url": value.partner_url,
        "ca_cert": value.ca_cert,
        "expires": value.expires,
        "revision": value.revision,
        "created": value.created,
        "updated": value.updated,
        "recorded_status": value.status.value,
    }


def _federation(row: RowMapping) -> Federation:
    return Federation(**{**row, "status": FederationStatus(row["status"])})
