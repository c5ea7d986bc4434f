# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the demand of our clients to the reservations of each cloudlet: read, place, sum up, present."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ansible_collections.operator_platform.federation.plugins.module_utils.model.demand import (
    Demand,
    DemandKey,
    read_demands,
    read_flavors,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.model.location import Location
from ansible_collections.operator_platform.federation.plugins.module_utils.model.moments import (
    format_moment,
    read_moment,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.model.names import (
    OBJECT_NAME,
    Key,
    read_key,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.model.offer import (
    PREFIX,
    Offers,
    Period,
    read_offers,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.model.placement import (
    Latency,
    Placed,
    Sum,
    place,
    sums,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.model.problems import Problems


def read_latency(base_rtt_ms: Any, problems: Problems) -> Latency:
    """The network's fixed share of a round trip, 0 or more milliseconds."""
    try:
        base = -1.0 if isinstance(base_rtt_ms, bool) else float(base_rtt_ms)
    except (TypeError, ValueError):
        base = -1.0
    if not 0 <= base < float("inf"):
        problems.add("base_rtt_ms", f"must be a number of milliseconds, 0 or more, not {base_rtt_ms!r}")
        return Latency()
    return Latency(base)


def aggregate(
    demand: Any,
    cloudlets: Any,
    *,
    organization: Any,
    now: datetime,
    flavors: Any = None,
    usage: Any = None,
    reservations: Any = None,
    current: Any = None,
    prefix: Any = "",
    start: Any = None,
    end: Any = None,
    base_rtt_ms: Any = 0,
) -> dict[str, Any]:
    """{reservations, placements, unplaced, obsolete}; raises InvalidInput naming everything that is wrong.

    now: moment of planning, UTC. start and end: RFC 3339 or None. The other arguments are explained with the filter.
    """
    problems = Problems()
    if not isinstance(organization, str) or not OBJECT_NAME.fullmatch(organization):
        problems.add("organization", f"must name the orchestrating operator ({OBJECT_NAME.pattern})")
        organization = ""
    if not isinstance(prefix, str) or not PREFIX.fullmatch(prefix):
        problems.add("prefix", f"must match {PREFIX.pattern}, not {prefix!r}")
        prefix = ""
    span = {"start": start, "end": end}
    begins, ends = read_moment(span, "start", problems), read_moment(span, "end", problems)
    if ends is not None and ends <= (begins or now):
        problems.add("end", f"must be after {format_moment(begins or now)}, when the period starts")
    demands = read_demands(demand, read_flavors(flavors, problems), problems)
    offers = read_offers(
        cloudlets,
        usage,
        reservations,
        organization=organization,
        prefix=prefix,
        period=Period(begins or now, ends),
        now=now,
        problems=problems,
    )
    stays = _read_current(current, problems)
    latency = read_latency(base_rtt_ms, problems)
    problems.refuse("The demand")

    plan = place(demands, offers, latency=latency, current=stays)
    wanted = sums(plan)
    period = {name: format_moment(moment) for name, moment in (("start", begins), ("end", ends)) if moment}
    return {
        "reservations": [_reservation(entry, organization, period) for entry in wanted],
        "placements": [_placement(entry) for entry in plan.placed],
        "unplaced": [{**_whose(one), "reason": reason} for one, reason in plan.unplaced],
        "obsolete": _obsolete(offers, wanted, organization),
    }


def nearest(
    location: Any,
    cloudlets: Any,
    *,
    now: datetime,
    organization: str = "",
    resources: Any = None,
    usage: Any = None,
    reservations: Any = None,
    distance_km: Any = None,
    latency_ms: Any = None,
    base_rtt_ms: Any = 0,
) -> dict[str, Any] | None:
    """The nearest cloudlet with room for ``resources``, with distance_km and rtt_ms; None when there is none."""
    problems = Problems()
    raw = {
        "client": "-",
        "application": "-",
        "location": location,
        "resources": resources or {"instances": 1},
        "distance_km": distance_km,
        "latency_ms": latency_ms,
    }
    demand = Demand.from_dict(raw, {}, problems)
    latency = read_latency(base_rtt_ms, problems)
    offers = read_offers(
        cloudlets,
        usage,
        reservations,
        organization=organization,
        prefix="",
        period=Period(now),
        now=now,
        problems=problems,
    )
    problems.refuse("The search for the nearest cloudlet")
    if demand is None:
        return None
    if not resources:
        # Nothing is asked for but closeness, so a cloudlet of unknown capacity will do.
        roomy = tuple(dataclasses.replace(offer, free={"instances": 1}) for offer in offers.places if offer.accepting)
        offers = Offers(roomy)
    plan = place([demand], offers, latency=latency)
    if not plan.placed:
        return None
    found = plan.placed[0]
    entry = next(one for one in cloudlets if read_key(one, Problems()) == found.offer.key)
    return {**entry, "distance_km": round(found.distance_km, 3), "rtt_ms": round(found.rtt_ms, 3)}


def _read_current(current: Any, problems: Problems) -> dict[DemandKey, Key]:
    """Placements as an earlier call returned them."""
    if current is None:
        return {}
    if not isinstance(current, (list, tuple)):
        problems.add("current", "must be the list placements of an earlier result")
        return {}
    stays: dict[DemandKey, Key] = {}
    for number, raw in enumerate(current):
        path = f"current[{number}]."
        if not isinstance(raw, Mapping) or not isinstance(raw.get("cloudlet"), Mapping):
            problems.add(path.rstrip("."), "must be a mapping with client, application, location and cloudlet")
            continue
        client = problems.text(raw, "client", path, required=True) or ""
        application = problems.text(raw, "application", path, required=True) or ""
        location = Location.from_dict(raw.get("location") or {}, problems, f"{path}location.")
        if location is not None:
            key = (client, application, location.latitude, location.longitude)
            stays[key] = read_key(raw["cloudlet"], problems, f"{path}cloudlet.")
    return stays


def _reservation(entry: Sum, organization: str, period: Mapping[str, str]) -> dict[str, Any]:
    """Only this crosses the EWBI: nothing in it comes from a client or an application but the sum."""
    reservation: dict[str, Any] = {
        "organization": organization,
        "name": entry.offer.label,
        "cloudlet": entry.offer.key.to_dict(),
        "resources": entry.resources.to_dict(),
        **period,
    }
    if entry.minimum is not None:
        reservation["minimum"] = entry.minimum.to_dict()
    return reservation


def _placement(entry: Placed) -> dict[str, Any]:
    return {
        **_whose(entry.demand),
        "cloudlet": entry.offer.key.to_dict(),
        "reservation": entry.offer.label,
        "distance_km": round(entry.distance_km, 3),
        "rtt_ms": round(entry.rtt_ms, 3),
        "resources": entry.demand.resources.to_dict(),
        "whole": entry.whole,
    }


def _whose(demand: Demand) -> dict[str, Any]:
    return {"client": demand.client, "application": demand.application, "location": demand.location.to_dict()}


def _obsolete(offers: Offers, wanted: list[Sum], organization: str) -> list[dict[str, Any]]:
    """Reservations that earlier plans made and this one has no use for."""
    kept = {entry.offer.key for entry in wanted}
    return [
        {"organization": organization, "name": offer.label, "cloudlet": offer.key.to_dict()}
        for offer in offers.places
        if offer.held and offer.key not in kept
    ]
