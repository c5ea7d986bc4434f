# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""create, update, delete and show of federations."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fastapi import APIRouter
from sqlalchemy import Connection

from ewbi_endpoint.calls import Answer, Call, Calls, etag
from ewbi_endpoint.listing import matches, page_limit, read_cursor, write_cursor
from ewbi_endpoint.model import Federation, FederationStatus
from ewbi_endpoint.problems import InvalidParam, Problem, invalid_params, not_found, not_yours
from ewbi_endpoint.service import Service
from ewbi_endpoint.store import cloudlets, events, federations, reservations
from ewbi_endpoint.wire.native.answers import DeletedFederation, FederationAnswer, FederationPage
from ewbi_endpoint.wire.native.federation import FederationBody, FederationKey, FederationReference
from ewbi_endpoint.wire.native.filters import ShowFederation
from ewbi_endpoint.wire.native.rendering import render_changes, render_federation

_PARTNER_FIELDS = frozenset({"key", "partner_url", "ca_cert", "status"})


def router(service: Service, bodies: dict[str, Any]) -> APIRouter:
    """The routes of federations."""
    routes = APIRouter(tags=["federation"])
    calls = Calls(routes, service, bodies)
    made = {200: FederationAnswer, 201: FederationAnswer}
    one = {200: FederationAnswer}
    calls.add("create/federation", FederationBody, create, summary="Propose a federation", answers=made)
    calls.add("update/federation", FederationBody, update, summary="Accept or change a federation", answers=one)
    calls.add(
        "delete/federation", FederationReference, delete, summary="End a federation", answers={200: DeletedFederation}
    )
    calls.add("show/federation", ShowFederation, show, summary="List federations", answers={200: FederationPage})
    return routes


async def create(call: Call[FederationBody]) -> Answer:
    """Propose a federation to a partner; the same proposal again is no change."""
    call.operator_only("propose a federation")
    key, body = call.body.key, call.body
    if key.organization != call.service.organization:
        raise not_yours(f"federation_key.organization must be {call.service.organization}, whose endpoint this is")
    if key.partner == key.organization:
        raise invalid_params([InvalidParam("federation_key.partner", "must be another organization", impossible=True)])
    status = FederationStatus(body.status) if body.status else FederationStatus.PROPOSED
    asked = Federation(
        key.organization, key.partner, status, body.partner_url, body.ca_cert, body.expires, 1, call.now, call.now
    )

    def work(connection: Connection) -> Answer:
        stored = federations.find(connection, key.organization, key.partner)
        if stored is None:
            federations.add(connection, asked)
            _tell(connection, call, asked, "created")
            return _answer(call, asked, 201)
        # What the partner has accepted or added since is not undone, nor disputed, by repeating the proposal.
        given = {name: getattr(asked, name) for name in ("partner_url", "ca_cert", "expires") if getattr(asked, name)}
        wanted = replace(stored, **given, status=status if body.status else stored.status)
        changes = render_changes(render_federation(stored, call.now), render_federation(wanted, call.now))
        if changes:
            fields = [InvalidParam(change["Field"], "differs from the federation that is there") for change in changes]
            detail = f"There is another federation with {key.partner}: change it with update/federation"
            raise Problem(409, "ALREADY_EXISTS", detail, invalid=fields)
        return _answer(call, stored, 200)

    return await call.write(work)


async def update(call: Call[FederationBody]) -> Answer:
    """The partner accepts with its address, authority and Status ACTIVE; the operator may change everything."""
    key, body = call.body.key, call.body
    given = body.model_fields_set

    def work(connection: Connection) -> Answer:
        stored = _visible(connection, call, key)
        call.check_revision(stored.revision)
        if not call.caller.is_operator:
            _check_acceptance(call, stored)
        wanted = replace(
            stored,
            partner_url=body.partner_url if "partner_url" in given else stored.partner_url,
            ca_cert=body.ca_cert if "ca_cert" in given else stored.ca_cert,
            expires=body.expires if "expires" in given else stored.expires,
            status=FederationStatus(body.status) if body.status else stored.status,
        )
        if wanted == stored:
            return _answer(call, stored, 200)
        wanted = replace(wanted, revision=stored.revision + 1, updated=call.now)
        federations.change(connection, wanted)
        changed_status = wanted.effective_status(call.now) is not stored.effective_status(call.now)
        _tell(connection, call, wanted, wanted.status.value.lower() if changed_status else "updated")
        return _answer(call, wanted, 200)

    return await call.write(work)


async def delete(call: Call[FederationReference]) -> Answer:
    """End a federation that nothing is offered or held under any more."""
    call.operator_only("end a federation")
    key = call.body.key

    def work(connection: Connection) -> Answer:
        stored = _visible(connection, call, key)
        call.check_revision(stored.revision)
        offered = cloudlets.offered_to(connection, key.partner)
        held = reservations.held_by(connection, key.partner, call.now)
        if offered or held:
            parts = [f"cloudlets offered: {', '.join(offered)}"] if offered else []
            parts += [f"reservations held: {', '.join(held)}"] if held else []
            detail = f"The federation with {key.partner} cannot end yet; {'; '.join(parts)}"
            raise Problem(409, "IN_USE", detail, extra={"cloudlets": offered, "reservations": held})
        federations.remove(connection, key.organization, key.partner)
        _tell(connection, call, stored, "deleted")
        return Answer(
            200, {"federation_key": {"organization": key.organization, "partner": key.partner}, "Deleted": True}
        )

    return await call.write(work)


async def show(call: Call[ShowFederation]) -> Answer:
    """List federations; a partner sees its own, whatever its status."""
    body = call.body
    filters = [
        item.model_dump(by_alias=True, exclude_none=True, exclude={"filter", "limit", "cursor"})
        for item in (body, body.filter)
        if item is not None
    ]

    def work(connection: Connection) -> Answer:
        partner = None if call.caller.is_operator else call.caller.organization
        after = read_cursor(body.cursor, (str,))[0] if body.cursor else ""
        # One row a partner: few enough to be read at once.
        found = [
            render_federation(item, call.now)
            for item in federations.all_federations(connection, partner)
            if item.partner > after
        ]
        found = [item for item in found if all(matches(wanted, item) for wanted in filters)]
        limit = page_limit(body.limit, call.service.config.limits.page_limit)
        more = len(found) > limit
        cursor = write_cursor(found[limit - 1]["federation_key"]["partner"]) if more else None
        return Answer(200, {"items": found[:limit], "next_cursor": cursor})

    return await call.read(work)


def _visible(connection: Connection, call: Call[Any], key: FederationKey) -> Federation:
    stored = federations.find(connection, key.organization, key.partner)
    if stored is None or not (call.caller.is_operator or call.caller.organization == key.partner):
        raise not_found("federation", key.organization, key.partner)
    return stored


def _check_acceptance(call: Call[FederationBody], stored: Federation) -> None:
    """What a partner may do to a federation: give its address and authority, and accept."""
    forbidden = call.body.model_fields_set - _PARTNER_FIELDS
    if forbidden:
        raise not_yours("Only the operator may set Expires")
    status = call.body.status
    if status is not None and status != FederationStatus.ACTIVE.value:
        raise not_yours(f"A partner may set Status ACTIVE only; {status} is for the operator")
    present = stored.effective_status(call.now)
    if present not in (FederationStatus.PROPOSED, FederationStatus.ACTIVE):
        raise Problem(
            403, "FEDERATION_NOT_ACTIVE", f"The federation is {present.value}: only the operator can reopen it"
        )


def _answer(call: Call[Any], federation: Federation, status: int) -> Answer:
    return Answer(status, render_federation(federation, call.now), etag(federation.revision))


def _tell(connection: Connection, call: Call[Any], federation: Federation, what: str) -> None:
    events.record(
        connection,
        time=call.now,
        kind=f"federation.{what}",
        key={"federation_key": {"organization": federation.organization, "partner": federation.partner}},
        audience=federation.partner,
        revision=federation.revision,
    )
