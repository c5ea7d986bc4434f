# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""show/access: the one call that reveals access variables, audited before it answers."""

from __future__ import annotations

import logging
from typing import Any

from fastapi import APIRouter
from sqlalchemy import Connection, insert

from ewbi_endpoint.calls import Answer, Call, Calls
from ewbi_endpoint.model import Key
from ewbi_endpoint.problems import Problem, not_yours
from ewbi_endpoint.service import Service
from ewbi_endpoint.store import cloudlets, events, reservations
from ewbi_endpoint.store.tables import audit
from ewbi_endpoint.visibility import require_federation, visible_cloudlet
from ewbi_endpoint.wire.native.answers import AccessAnswer
from ewbi_endpoint.wire.native.cloudlet import CloudletReference
from ewbi_endpoint.wire.native.rendering import render_key

_NO_STORE = {"Cache-Control": "no-store"}


def router(service: Service, bodies: dict[str, Any]) -> APIRouter:
    """The route that reveals access variables."""
    routes = APIRouter(tags=["access"])
    calls = Calls(routes, service, bodies)
    calls.add("show/access", CloudletReference, show, summary="Reveal access variables", answers={200: AccessAnswer})
    return routes


async def show(call: Call[CloudletReference]) -> Answer:
    """Reveal them to the partner that holds a reservation right now; refusals are audited, too."""
    key = call.body.key.to_key()

    def work(connection: Connection) -> Answer | Problem:
        try:
            answer = _reveal(call, connection, key)
        except Problem as problem:
            # Returned and not raised: raising would take the audit's row back with everything else.
            _audit(call, connection, key, problem.cause)
            return problem
        _audit(call, connection, key, "REVEALED")
        events.record(
            connection, time=call.now, kind="access.revealed", key={"cloudlet_key": render_key(key)}, audience=None
        )
        return answer

    # Not through call.write: an Idempotency-Key must never make the store keep what is revealed.
    result = await call.service.database.write(work)
    outcome = result.cause if isinstance(result, Problem) else "REVEALED"
    _log(call, key, outcome)
    if isinstance(result, Problem):
        raise result
    return result


def _reveal(call: Call[CloudletReference], connection: Connection, key: Key) -> Answer:
    if call.caller.is_operator:
        raise not_yours("Access variables can be written by the operator and read only by the entitled partner")
    require_federation(connection, call.caller, call.service.organization, call.now)
    profile = visible_cloudlet(connection, call.caller, key).profile
    held = reservations.holding(connection, [key], call.now)
    if not any(item.key.organization == call.caller.organization and item.holds_at(call.now) for item in held):
        detail = f"You hold no reservation on {key} right now: access is revealed while one is granted and has begun"
        raise Problem(403, "NO_RESERVATION", detail)
    body: dict[str, Any] = {
        "cloudlet_key": render_key(key),
        "Platform_type": profile.platform_type,
        "Access_vars": call.service.sealer.open(cloudlets.sealed_access(connection, key), str(key)),
    }
    if profile.ca_cert is not None:
        body["CA_Cert_Data"] = profile.ca_cert
    return Answer(200, body, _NO_STORE)


def _audit(call: Call[CloudletReference], connection: Connection, key: Key, outcome: str) -> None:
    connection.execute(
        insert(audit),
        {
            "time": call.now,
            "request_id": call.request_id,
            "client_id": call.caller.client_id,
            "organization": call.caller.organization,
            "action": "show/access",
            "object": str(key),
            "outcome": outcome,
        },
    )


def _log(call: Call[CloudletReference], key: Key, outcome: str) -> None:
    call.service.metrics.reveals.labels(outcome).inc()
    fields = {
        "request_id": call.request_id,
        "client": call.caller.client_id,
        "organization": call.caller.organization,
        "cloudlet": str(key),
        "outcome": outcome,
    }
    logging.getLogger("ewbi.audit").info("show/access", extra={"fields": fields})
