# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which cloudlets a caller may see and asked for, a page at a time, and how one is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from ewbi_endpoint.calls import Call
from ewbi_endpoint.listing import matches, page_limit, read_cursor, write_cursor
from ewbi_endpoint.location import distance_km
from ewbi_endpoint.model import Key
from ewbi_endpoint.store import cloudlets
from ewbi_endpoint.store.cloudlets import Selection, StoredCloudlet
from ewbi_endpoint.wire.native.filters import CloudletFilter, Near, ShowCloudlet
from ewbi_endpoint.wire.native.rendering import render_profile
from ewbi_endpoint.wire.native.values import write_time

# How many rows are read at once while filters that the database cannot judge are applied.
_CHUNK = 500
# Filters that `Selection` carries out completely.
_JUDGED_BY_DATABASE = frozenset({"cloudlet_key", "Site", "Platform_type", "Federated_organization"})

Found = tuple[list[tuple[StoredCloudlet, float | None]], str | None]


def render_cloudlet(call: Call[Any], stored: StoredCloudlet) -> dict[str, Any]:
    """A cloudlet as it is answered: the profile and what the endpoint adds, never an access variable's value."""
    rendered = render_profile(stored.profile)
    rendered["Revision"] = stored.revision
    rendered["State"] = stored.profile.effective_state(call.now)
    rendered["Compliance_state"] = "draft"
    rendered["Access_vars_set"] = list(stored.access_names)
    rendered["Created"] = write_time(stored.created)
    rendered["Updated"] = write_time(stored.updated)
    if call.caller.is_operator:
        digest = call.service.sealer.open_digest(stored.sealed_digest, str(stored.profile.key))
        rendered["Access_digest"] = {"Salt": digest.salt, "Digest": digest.digest}
    return rendered


def select_cloudlets(connection: Connection, call: Call[ShowCloudlet]) -> Found:
    """One page of the cloudlets that the caller may see and that match, and the cursor of the next page."""
    filters = [_wanted(call.body)]
    near = call.body.near
    if call.body.filter is not None:
        filters.append(_wanted(call.body.filter))
        near = near or call.body.filter.near
    selection = _selection(call, filters)
    left = [wanted for wanted in filters if wanted.keys() - _JUDGED_BY_DATABASE]

    def accepted(stored: StoredCloudlet) -> bool:
        # Rendering costs more than everything else here; most listings have nothing left to compare.
        return not left or all(matches(wanted, render_cloudlet(call, stored)) for wanted in left)

    limit = page_limit(call.body.limit, call.service.config.limits.page_limit)
    if near is None:
        return _page_by_key(connection, selection, accepted, call.body.cursor, limit)
    return _page_by_distance(connection, selection, accepted, near, call.body.cursor, limit)


def _wanted(body: CloudletFilter) -> dict[str, Any]:
    paging = {"filter", "near", "limit", "cursor"}
    return body.model_dump(by_alias=True, exclude_none=True, exclude=paging)


def _selection(call: Call[ShowCloudlet], filters: list[dict[str, Any]]) -> Selection:
    def any_of(*path: str) -> tuple[str, ...] | None:
        allowed: set[str] | None = None
        for wanted in filters:
            value: Any = wanted
            for name in path:
                value = None if value is None else value.get(name)
            if value is not None:
                allowed = set(value) if allowed is None else allowed & set(value)
        return None if allowed is None else tuple(sorted(allowed))

    return Selection(
        visible_to=None if call.caller.is_operator else call.caller.organization,
        organizations=any_of("cloudlet_key", "organization"),
        names=any_of("cloudlet_key", "name"),
        sites=any_of("Site"),
        platform_types=any_of("Platform_type"),
        federated_organizations=any_of("Federated_organization"),
    )


def _page_by_key(
    connection: Connection,
    selection: Selection,
    accepted: Callable[[StoredCloudlet], bool],
    cursor: str | None,
    limit: int,
) -> Found:
    after = Key(*read_cursor(cursor, (str, str))) if cursor else None
    page: list[tuple[StoredCloudlet, float | None]] = []
    while True:
        rows = cloudlets.listing(connection, replace(selection, after=after), _CHUNK)
        for stored in rows:
            if not accepted(stored):
                continue
            if len(page) == limit:
                last = page[-1][0].profile.key
                return page, write_cursor(last.organization, last.name)
            page.append((stored, None))
        if len(rows) < _CHUNK:
            return page, None
        after = rows[-1].profile.key


def _page_by_distance(
    connection: Connection,
    selection: Selection,
    accepted: Callable[[StoredCloudlet], bool],
    near: Near,
    cursor: str | None,
    limit: int,
) -> Found:
    latitude, longitude = float(near.latitude), float(near.longitude)
    ranked = sorted(
        (distance_km(latitude, longitude, place[1], place[2]), place[0])
        for place in cloudlets.positions(connection, selection)
    )
    if near.within_km is not None:
        ranked = [item for item in ranked if item[0] <= near.within_km]
    if cursor:
        distance, organization, name = read_cursor(cursor, (float, str, str))
        ranked = [item for item in ranked if item > (distance, Key(organization, name))]
    page: list[tuple[StoredCloudlet, float | None]] = []
    for start in range(0, len(ranked), _CHUNK):
        chunk = ranked[start : start + _CHUNK]
        stored = cloudlets.by_keys(connection, [key for _distance, key in chunk])
        for distance, key in chunk:
            if not accepted(stored[key]):
                continue
            if len(page) == limit:
                last, last_distance = page[-1][0].profile.key, page[-1][1]
                return page, write_cursor(last_distance or 0.0, last.organization, last.name)
            page.append((stored[key], distance))
    return page, None
