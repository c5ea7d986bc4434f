# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""show/usage: what is granted of each resource now, and what is free from now on."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from sqlalchemy import Connection

from ewbi_endpoint.calls import Answer, Call, Calls
from ewbi_endpoint.cloudlet_listing import select_cloudlets
from ewbi_endpoint.ledger.decision import Pool, free_profile, peak
from ewbi_endpoint.ledger.holding import pools_of
from ewbi_endpoint.model import Amounts, Cloudlet
from ewbi_endpoint.service import Service
from ewbi_endpoint.times import Instant
from ewbi_endpoint.visibility import require_federation
from ewbi_endpoint.wire.native.answers import UsagePage
from ewbi_endpoint.wire.native.filters import ShowCloudlet
from ewbi_endpoint.wire.native.rendering import render_amounts, render_key, render_usage
from ewbi_endpoint.wire.native.values import write_time


def router(service: Service, bodies: dict[str, Any]) -> APIRouter:
    """The route of usage."""
    routes = APIRouter(tags=["usage"])
    calls = Calls(routes, service, bodies)
    calls.add("show/usage", ShowCloudlet, show, summary="Granted and free resources", answers={200: UsagePage})
    return routes


async def show(call: Call[ShowCloudlet]) -> Answer:
    """Usage of the cloudlets that the caller may see.

    A cloudlet is offered to one partner at a time, so what is granted on it is that partner's own; of other
    cloudlets of a site nothing shows but how much less is free.
    """

    def work(connection: Connection) -> Answer:
        require_federation(connection, call.caller, call.service.organization, call.now)
        found, cursor = select_cloudlets(connection, call)
        profiles = [stored.profile for stored, _distance in found]
        sites = call.service.site_capacities
        pools = pools_of(connection, profiles, sites, call.now)
        items = [_usage(profile, pools[profile.key], sites.get(profile.site or ""), call.now) for profile in profiles]
        return Answer(200, {"items": items, "next_cursor": cursor})

    return await call.read(work)


def _usage(cloudlet: Cloudlet, pools: tuple[Pool, ...], site: Amounts | None, now: Instant) -> dict[str, Any]:
    capacity = cloudlet.capacity or {}
    granted = peak(pools[0].holds, now, now + 1)
    # What the site does not state is known no better than what the cloudlet promises.
    infrastructure = {**capacity, **{name: amount for name, amount in (site or {}).items() if name in capacity}}
    return {
        "cloudlet_key": render_key(cloudlet.key),
        "Resources": render_usage(granted, capacity, infrastructure),
        "Free": [
            {
                "Start": write_time(period.start),
                "End": write_time(period.until),
                "Resources": render_amounts(period.amounts),
            }
            for period in free_profile(pools, sorted(capacity), now)
        ],
    }
