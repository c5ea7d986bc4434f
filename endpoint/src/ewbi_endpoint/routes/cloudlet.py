# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""create, update, delete and show of cloudlets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from sqlalchemy import Connection

from ewbi_endpoint.calls import Answer, Call, Calls, etag
from ewbi_endpoint.cloudlet_listing import render_cloudlet, select_cloudlets
from ewbi_endpoint.ledger.holding import capacity_conflicts, reservations_on
from ewbi_endpoint.model import Cloudlet, Key
from ewbi_endpoint.problems import InvalidParam, Problem, invalid_params, not_yours
from ewbi_endpoint.security.sealing import AccessDigest
from ewbi_endpoint.service import Service
from ewbi_endpoint.store import cloudlets, events
from ewbi_endpoint.store.cloudlets import SealedAccess, StoredCloudlet
from ewbi_endpoint.times import Instant
from ewbi_endpoint.visibility import require_federation, visible_cloudlet
from ewbi_endpoint.wire.native.answers import ChangesAnswer, CloudletAnswer, CloudletPage, DeletedCloudlet
from ewbi_endpoint.wire.native.cloudlet import CloudletBody, CloudletChange, CloudletReference
from ewbi_endpoint.wire.native.filters import ShowCloudlet
from ewbi_endpoint.wire.native.rendering import render_access_changes, render_changes, render_key, render_profile
from ewbi_endpoint.wire.reading import read


def router(service: Service, bodies: dict[str, Any]) -> APIRouter:
    """The routes of cloudlets."""
    routes = APIRouter(tags=["cloudlet"])
    calls = Calls(routes, service, bodies)
    written = {200: CloudletAnswer | ChangesAnswer, 201: CloudletAnswer}
    calls.add("create/cloudlet", CloudletBody, create, summary="Publish a cloudlet", answers=written)
    calls.add("update/cloudlet", CloudletChange, update, summary="Change a cloudlet", answers={200: written[200]})
    calls.add(
        "delete/cloudlet", CloudletReference, delete, summary="Withdraw a cloudlet", answers={200: DeletedCloudlet}
    )
    calls.add("show/cloudlet", ShowCloudlet, show, summary="List cloudlets", answers={200: CloudletPage})
    return routes


async def create(call: Call[CloudletBody]) -> Answer:
    """Publish a cloudlet: the same again is no change, another one of that key a conflict."""
    _own(call, call.body.key.to_key())
    profile = call.body.to_cloudlet()
    _offered_to_others(call, profile)
    access_vars = call.body.access_vars

    def work(connection: Connection) -> Answer:
        stored = cloudlets.find(connection, profile.key)
        if stored is not None:
            changes = _changes(call.service, connection, stored, profile, access_vars)
            if call.body.dry_run:
                return _predicted(profile.key, True, changes)
            if changes:
                raise _different(profile.key, changes)
            return _written(call, stored, 200)
        if call.body.dry_run:
            changes = [*render_changes({}, render_profile(profile)), *render_access_changes({}, access_vars)]
            return _predicted(profile.key, False, changes)
        access = _seal(call.service, profile.key, access_vars)
        cloudlets.add(connection, profile, access, call.now, revision=1)
        _tell(connection, call.now, "cloudlet.created", profile.key, profile.federated_organization, 1)
        return _written(call, StoredCloudlet(profile, access.sealed_digest, access.names, 1, call.now, call.now), 201)

    return await (call.read(work) if call.body.dry_run else call.write(work))


async def update(call: Call[CloudletChange]) -> Answer:
    """Change some fields of a cloudlet; what holds reservations can not be taken from under them."""
    key = call.body.key.to_key()
    _own(call, key)

    def work(connection: Connection) -> Answer:
        stored = visible_cloudlet(connection, call.caller, key)
        call.check_revision(stored.revision)
        before = call.service.sealer.open(cloudlets.sealed_access(connection, key), str(key))
        whole = read(CloudletBody, CloudletChange.merged(stored.profile, before, call.raw))
        profile, access_vars = whole.to_cloudlet(), whole.access_vars
        _offered_to_others(call, profile)
        changes = _profile_changes(stored.profile, profile) + render_access_changes(before, access_vars)
        _refuse_overcommitment(call, connection, stored.profile, profile)
        if call.body.dry_run:
            return _predicted(key, True, changes)
        if not changes:
            return _written(call, stored, 200)
        access = None if access_vars == before else _seal(call.service, key, access_vars)
        revision = stored.revision + 1
        cloudlets.change(connection, profile, access, call.now, revision)
        _tell_of_change(connection, call.now, stored.profile, profile, revision)
        digest, names = (access or stored).sealed_digest, access.names if access else stored.access_names
        return _written(call, StoredCloudlet(profile, digest, names, revision, stored.created, call.now), 200)

    return await (call.read(work) if call.body.dry_run else call.write(work))


async def delete(call: Call[CloudletReference]) -> Answer:
    """Withdraw a cloudlet that no reservation holds."""
    key = call.body.key.to_key()
    _own(call, key)

    def work(connection: Connection) -> Answer:
        stored = visible_cloudlet(connection, call.caller, key)
        call.check_revision(stored.revision)
        held = reservations_on(connection, key, call.now)
        if held:
            raise _held(key, "withdrawn", held)
        cloudlets.remove(connection, key)
        partner = stored.profile.federated_organization
        _tell(connection, call.now, "cloudlet.deleted", key, partner, stored.revision)
        return Answer(200, {"cloudlet_key": render_key(key), "Deleted": True})

    return await call.write(work)


async def show(call: Call[ShowCloudlet]) -> Answer:
    """List the cloudlets that the caller may see."""

    def work(connection: Connection) -> Answer:
        require_federation(connection, call.caller, call.service.organization, call.now)
        found, cursor = select_cloudlets(connection, call)
        items = []
        for stored, distance in found:
            item = render_cloudlet(call, stored)
            if distance is not None:
                item["Distance_km"] = round(distance, 3)
            items.append(item)
        return Answer(200, {"items": items, "next_cursor": cursor})

    return await call.read(work)


def _own(call: Call[Any], key: Key) -> None:
    call.operator_only("create, change or withdraw cloudlets")
    if key.organization != call.service.organization:
        raise not_yours(f"cloudlet_key.organization must be {call.service.organization}, whose endpoint this is")


def _offered_to_others(call: Call[Any], profile: Cloudlet) -> None:
    if profile.federated_organization == call.service.organization:
        reason = "must be another organization than the cloudlet's own"
        raise invalid_params([InvalidParam("Federated_organization", reason, impossible=True)])


def _seal(service: Service, key: Key, access_vars: Mapping[str, str]) -> SealedAccess:
    sealed = service.sealer.seal(access_vars, str(key))
    digest = service.sealer.seal_digest(AccessDigest.of(access_vars), str(key))
    return SealedAccess(sealed, digest, tuple(sorted(access_vars)))


def _profile_changes(before: Cloudlet, after: Cloudlet) -> list[dict[str, Any]]:
    return [] if before == after else render_changes(render_profile(before), render_profile(after))


def _changes(
    service: Service,
    connection: Connection,
    stored: StoredCloudlet,
    profile: Cloudlet,
    access_vars: Mapping[str, str],
) -> list[dict[str, Any]]:
    changes = _profile_changes(stored.profile, profile)
    # The digest tells equal from different without opening what is sealed.
    if not service.sealer.open_digest(stored.sealed_digest, str(profile.key)).matches(access_vars):
        before = service.sealer.open(cloudlets.sealed_access(connection, profile.key), str(profile.key))
        changes += render_access_changes(before, access_vars)
    return changes


def _written(call: Call[Any], stored: StoredCloudlet, status: int) -> Answer:
    return Answer(status, render_cloudlet(call, stored), etag(stored.revision))


def _predicted(key: Key, exists: bool, changes: list[dict[str, Any]]) -> Answer:
    return Answer(200, {"cloudlet_key": render_key(key), "Exists": exists, "Changes": changes})


def _different(key: Key, changes: list[dict[str, Any]]) -> Problem:
    fields = [InvalidParam(change["Field"], "differs from the cloudlet that is there") for change in changes]
    detail = f"There is another cloudlet {key}: change it with update/cloudlet"
    return Problem(409, "ALREADY_EXISTS", detail, invalid=fields)


def _held(key: Key, done: str, names: list[Key]) -> Problem:
    listed = ", ".join(str(name) for name in names)
    detail = f"The cloudlet {key} cannot be {done} while reservations hold it: {listed}"
    return Problem(409, "RESERVATIONS_HELD", detail, extra={"reservations": [render_key(name) for name in names]})


def _refuse_overcommitment(call: Call[Any], connection: Connection, before: Cloudlet, after: Cloudlet) -> None:
    """A change must not make less than what is granted, or take it from the partner that holds it."""
    if before.federated_organization != after.federated_organization:
        held = reservations_on(connection, before.key, call.now)
        if held:
            raise _held(before.key, "offered to somebody else", held)
    if before.capacity == after.capacity and before.site == after.site:
        return
    conflicts = capacity_conflicts(connection, after, call.service.site_capacities, call.now)
    if conflicts:
        detail = f"The reservations on {before.key} hold more than this change leaves"
        raise Problem(409, "RESERVATIONS_HELD", detail, invalid=conflicts)


def _tell(connection: Connection, now: Instant, kind: str, key: Key, partner: str | None, revision: int) -> None:
    events.record(
        connection, time=now, kind=kind, key={"cloudlet_key": render_key(key)}, audience=partner, revision=revision
    )


def _tell_of_change(connection: Connection, now: Instant, before: Cloudlet, after: Cloudlet, revision: int) -> None:
    old, new = before.federated_organization, after.federated_organization
    if old is not None and old != new:
        _tell(connection, now, "cloudlet.withdrawn", after.key, old, revision)
    kind = "cloudlet.offered" if new is not None and old != new else "cloudlet.updated"
    _tell(connection, now, kind, after.key, new, revision)
