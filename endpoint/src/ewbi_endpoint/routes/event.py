# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""show/event: what changed since a cursor, with a long poll."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
from fastapi import APIRouter
from sqlalchemy import Connection

from ewbi_endpoint.calls import Answer, Call, Calls
from ewbi_endpoint.listing import page_limit
from ewbi_endpoint.problems import InvalidParam, invalid_params
from ewbi_endpoint.service import Service
from ewbi_endpoint.store import events
from ewbi_endpoint.visibility import require_federation
from ewbi_endpoint.wire.native.answers import EventPage
from ewbi_endpoint.wire.native.filters import ShowEvent
from ewbi_endpoint.wire.native.values import write_time

# Changes of other processes on the same database wake nobody here: they are looked for this often.
_LOOK_SECONDS = 1.0


def router(service: Service, bodies: dict[str, Any]) -> APIRouter:
    """The route of events."""
    routes = APIRouter(tags=["event"])
    calls = Calls(routes, service, bodies)
    calls.add("show/event", ShowEvent, show, summary="What changed since a cursor", answers={200: EventPage})
    return routes


async def show(call: Call[ShowEvent]) -> Answer:
    """Events after `since`, at once or as soon as there is one within `wait_seconds`."""
    longest = call.service.config.limits.wait_seconds
    if call.body.wait_seconds > longest:
        raise invalid_params([InvalidParam("wait_seconds", f"must be {longest} at most")])
    since = int(call.body.since or "0")
    loop = asyncio.get_running_loop()
    deadline = loop.time() + call.body.wait_seconds
    while True:
        answer = await call.read(lambda connection: _page(connection, call, since))
        left = deadline - loop.time()
        if answer.body["items"] or left <= 0:
            return answer
        await call.service.changes.wait(min(left, _LOOK_SECONDS))


def _page(connection: Connection, call: Call[ShowEvent], since: int) -> Answer:
    # Long polls outlive a federation's suspension: asked anew each time, at that time.
    require_federation(connection, call.caller, call.service.organization, call.service.clock())
    limit = page_limit(call.body.limit, call.service.config.limits.page_limit)
    partner = None if call.caller.is_operator else call.caller.organization
    newest = events.last_cursor(connection)
    rows = events.since(connection, since, limit, partner)
    # With nothing left to read, the cursor passes over what the caller may not see, so it is not looked at again.
    last = rows[-1]["id"] if len(rows) == limit else max(since, newest)
    items = [
        {
            "Cursor": str(row["id"]),
            "Time": write_time(row["time"]),
            "Type": row["type"],
            "Key": orjson.loads(row["key"]),
            "Revision": row["revision"],
        }
        for row in rows
    ]
    return Answer(200, {"items": items, "next_cursor": str(last)})
