# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cloudlets in the database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, RowMapping, and_, delete, insert, or_, select, tuple_, update

from ewbi_endpoint.model import Cloudlet, Key
from ewbi_endpoint.store.tables import cloudlet
from ewbi_endpoint.times import Instant

# Everything that listings need: the sealed access variables are read by name only where they are opened.
_PUBLIC = [column for column in cloudlet.c if column.name != "sealed_access"]
# SQLite allows 32766 bound values in a statement; larger sets are asked for in several statements.
_KEYS_PER_QUERY = 5000


@dataclass(frozen=True, slots=True)
class StoredCloudlet:
    """A profile with what the store adds; the access variables stay sealed in the database."""

    profile: Cloudlet
    sealed_digest: bytes
    access_names: tuple[str, ...]
    revision: int
    created: Instant
    updated: Instant


@dataclass(frozen=True, slots=True)
class SealedAccess:
    """Sealed access variables with what can be known of them without opening."""

    sealed: bytes
    sealed_digest: bytes
    names: tuple[str, ...]


def find(connection: Connection, key: Key) -> StoredCloudlet | None:
    """The cloudlet of a key."""
    row = connection.execute(select(*_PUBLIC).where(_is(key))).mappings().first()
    return None if row is None else _stored(row)


def sealed_access(connection: Connection, key: Key) -> bytes:
    """The sealed access variables of a cloudlet that is there."""
    return bytes(connection.execute(select(cloudlet.c.sealed_access).where(_is(key))).scalar_one())


def add(connection: Connection, profile: Cloudlet, access: SealedAccess, now: Instant, revision: int) -> None:
    """Store a new cloudlet."""
    values = _columns(profile) | _access_columns(access)
    values |= {"revision": revision, "created": now, "updated": now}
    connection.execute(insert(cloudlet), values)


def change(connection: Connection, profile: Cloudlet, access: SealedAccess | None, now: Instant, revision: int) -> None:
    """Replace the profile, and the access variables where given."""
    values = _columns(profile) | {"revision": revision, "updated": now}
    if access is not None:
        values |= _access_columns(access)
    connection.execute(update(cloudlet).where(_is(profile.key)).values(values))


def remove(connection: Connection, key: Key) -> None:
    """Take a cloudlet away."""
    connection.execute(delete(cloudlet).where(_is(key)))


@dataclass(frozen=True, slots=True)
class Selection:
    """What the database itself can narrow a listing to; None is no restriction, a tuple means any of it."""

    visible_to: str | None = None
    organizations: tuple[str, ...] | None = None
    names: tuple[str, ...] | None = None
    sites: tuple[str, ...] | None = None
    platform_types: tuple[str, ...] | None = None
    federated_organizations: tuple[str, ...] | None = None
    after: Key | None = None


def listing(connection: Connection, selection: Selection, limit: int | None) -> list[StoredCloudlet]:
    """Cloudlets in the order of their keys."""
    conditions = _conditions(selection)
    query = select(*_PUBLIC).where(*conditions).order_by(cloudlet.c.organization, cloudlet.c.name)
    if limit is not None:
        query = query.limit(limit)
    return [_stored(row) for row in connection.execute(query).mappings()]


def positions(connection: Connection, selection: Selection) -> list[tuple[Key, float, float]]:
    """Keys with latitude and longitude in degrees, for sorting by distance without reading profiles."""
    columns = (cloudlet.c.organization, cloudlet.c.name, cloudlet.c.latitude, cloudlet.c.longitude)
    rows = connection.execute(select(*columns).where(*_conditions(selection)))
    return [(Key(row[0], row[1]), row[2], row[3]) for row in rows]


def by_keys(connection: Connection, keys: Sequence[Key]) -> dict[Key, StoredCloudlet]:
    """The cloudlets of several keys."""
    found: dict[Key, StoredCloudlet] = {}
    for start in range(0, len(keys), _KEYS_PER_QUERY):
        part = [(key.organization, key.name) for key in keys[start : start + _KEYS_PER_QUERY]]
        query = select(*_PUBLIC).where(tuple_(cloudlet.c.organization, cloudlet.c.name).in_(part))
        for row in connection.execute(query).mappings():
            stored = _stored(row)
            found[stored.profile.key] = stored
    return found


def keys_of_sites(connection: Connection, sites: Iterable[str]) -> dict[Key, str]:
    """Every cloudlet of some sites, with its site."""
    query = select(cloudlet.c.organization, cloudlet.c.name, cloudlet.c.site).where(cloudlet.c.site.in_(list(sites)))
    return {Key(row[0], row[1]): row[2] for row in connection.execute(query)}


def offered_to(connection: Connection, partner: str) -> list[str]:
    """Names of the cloudlets offered to a partner."""
    query = select(cloudlet.c.name).where(cloudlet.c.federated_organization == partner).order_by(cloudlet.c.name)
    return list(connection.execute(query).scalars())


def _conditions(selection: Selection) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if selection.visible_to is not None:
        conditions.append(cloudlet.c.federated_organization == selection.visible_to)
    for column, values in (
        (cloudlet.c.organization, selection.organizations),
        (cloudlet.c.name, selection.names),
        (cloudlet.c.site, selection.sites),
        (cloudlet.c.platform_type, selection.platform_types),
        (cloudlet.c.federated_organization, selection.federated_organizations),
    ):
        if values is not None:
            conditions.append(column.in_(values))
    if selection.after is not None:
        organization, name = selection.after.organization, selection.after.name
        conditions.append(
            or_(
                cloudlet.c.organization > organization,
                and_(cloudlet.c.organization == organization, cloudlet.c.name > name),
            )
        )
    return conditions


def _is(key: Key) -> ColumnElement[bool]:
    return and_(cloudlet.c.organization == key.organization, cloudlet.c.name == key.name)


def _columns(profile: Cloudlet) -> dict[str, Any]:
    return {
        "organization": profile.key.organization,
        "name": profile.key.name,
        "site": profile.site,
        "platform_type": profile.platform_type,
        "federated_organization": profile.federated_organization,
        "latitude": float(profile.latitude),
        "longitude": float(profile.longitude),
        "profile": orjson.dumps(profile.to_document()).decode(),
    }


def _access_columns(access: SealedAccess) -> dict[str, Any]:
    return {
        "sealed_access": access.sealed,
        "sealed_digest": access.sealed_digest,
        "access_names": ",".join(access.names),
    }


def _stored(row: RowMapping) -> StoredCloudlet:
    return StoredCloudlet(
        profile=Cloudlet.from_document(orjson.loads(row["profile"])),
        sealed_digest=bytes(row["sealed_digest"]),
        access_names=tuple(row["access_names"].split(",")),
        revision=row["revision"],
        created=row["created"],
        updated=row["updated"],
    )
