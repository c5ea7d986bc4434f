# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which demand goes to which cloudlet, and what that adds up to. Pure: same input, same answer, in any order.

Rules. A demand goes, whole, to the nearest cloudlet that accepts reservations, lies within its bounds and still has
room for all of it; when none has, to the nearest that has room for its minimum. Demands are served in an order that
does not depend on how they were listed: first those that the fewest cloudlets could ever serve, so that they do not
lose their only place to one that has a choice; among those the largest dominant share (the largest fraction of all
capacity that it takes of any one resource), because large ones fit into few gaps; last by their key.

Stability. The order uses capacity, not what is free at the moment, and what our own reservation holds counts as free.
So planning again after reserving finds every demand its own place again. With ``current`` a demand also stays where it
is when a nearer place has opened up since.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

from ansible_collections.operator_platform.federation.plugins.module_utils.model.demand import Demand, DemandKey
from ansible_collections.operator_platform.federation.plugins.module_utils.model.names import Key
from ansible_collections.operator_platform.federation.plugins.module_utils.model.offer import Amounts, Offer, Offers
from ansible_collections.operator_platform.federation.plugins.module_utils.model.resources import Resources, total

# Light in silica fibre (refractive index about 1.468) goes about 200 km a millisecond, so a round trip takes 1 ms for
# every 100 km. Cables are longer than great circles and routers add to it: that is what the base is for.
KM_PER_ROUND_TRIP_MS = 100.0


@dataclass(frozen=True)
class Latency:
    """base_rtt_ms: the round-trip time that does not depend on distance (access network, routers, last mile)."""

    base_rtt_ms: float = 0.0
    km_per_rtt_ms: float = KM_PER_ROUND_TRIP_MS

    def rtt_ms(self, distance_km: float) -> float:
        return self.base_rtt_ms + distance_km / self.km_per_rtt_ms


@dataclass(frozen=True)
class Placed:
    """whole: all of the demand has room; False: only its minimum is sure."""

    demand: Demand
    offer: Offer
    distance_km: float
    rtt_ms: float
    whole: bool = True


@dataclass(frozen=True)
class Plan:
    placed: tuple[Placed, ...] = ()
    unplaced: tuple[tuple[Demand, str], ...] = ()


@dataclass(frozen=True)
class Sum:
    """What to reserve at one cloudlet. minimum None: all or nothing."""

    offer: Offer
    resources: Resources
    minimum: Resources | None


@dataclass
class _Room:
    """What is left while demands are being placed."""

    cloudlets: dict[Key, Amounts]
    sites: dict[tuple[str, str], Amounts]

    @classmethod
    def of(cls, offers: Offers) -> _Room:
        return cls(
            {offer.key: dict(offer.free) for offer in offers.places},
            {site: dict(amounts) for site, amounts in offers.site_free.items()},
        )

    def missing(self, offer: Offer, wanted: Mapping[str, int]) -> dict[str, tuple[int, int]]:
        """What does not fit: flat name -> (wanted, left)."""
        left = self.cloudlets[offer.key]
        shared = self.sites.get(offer.site, {}) if offer.site else {}
        short: dict[str, tuple[int, int]] = {}
        for name, amount in wanted.items():
            available = min(left.get(name, 0), shared.get(name, left.get(name, 0)))
            if amount > available:
                short[name] = (amount, available)
        return short

    def take(self, offer: Offer, wanted: Mapping[str, int]) -> None:
        left = self.cloudlets[offer.key]
        shared = self.sites.get(offer.site, {}) if offer.site else {}
        for name, amount in wanted.items():
            left[name] -= amount
            if name in shared:
                shared[name] -= amount


def place(
    demands: Sequence[Demand],
    offers: Offers,
    *,
    latency: Latency | None = None,
    current: Mapping[DemandKey, Key] | None = None,
) -> Plan:
    """Place every demand, or say why not."""
    latency = latency or Latency()
    current = current or {}
    by_distance = {demand.key: _by_distance(demand, offers) for demand in demands}
    ordered = _in_order(demands, offers, by_distance, latency)
    room = _Room.of(offers)
    placed: dict[DemandKey, Placed] = {}
    for demand in ordered:
        held_at = current.get(demand.key)
        places = [(distance, offer) for distance, offer in by_distance[demand.key] if offer.key == held_at]
        _put(demand, places, latency, room, placed)
    for demand in ordered:
        if demand.key not in placed:
            _put(demand, by_distance[demand.key], latency, room, placed)
    # The minimum is the second choice only: whoever fits whole goes first.
    for demand in ordered:
        if demand.key not in placed and demand.minimum is not None:
            _put(demand, by_distance[demand.key], latency, room, placed, whole=False)
    missing = [demand for demand in ordered if demand.key not in placed]
    return Plan(
        tuple(sorted(placed.values(), key=lambda entry: (entry.offer.key, entry.demand.key))),
        tuple(
            (demand, _why_not(demand, by_distance[demand.key], latency, room))
            for demand in sorted(missing, key=lambda demand: demand.key)
        ),
    )


def sums(plan: Plan) -> list[Sum]:
    """The aggregate per cloudlet, ordered by the cloudlet's key: all that the serving operator gets to know."""
    groups: dict[Key, list[Placed]] = {}
    for entry in plan.placed:
        groups.setdefault(entry.offer.key, []).append(entry)
    result: list[Sum] = []
    for _key, entries in sorted(groups.items()):
        resources = total(entry.demand.resources for entry in entries)
        minimum = total(entry.demand.least for entry in entries)
        result.append(Sum(entries[0].offer, resources, None if minimum == resources else minimum))
    return result


def within_bounds(demand: Demand, distance_km: float, latency: Latency) -> bool:
    if demand.distance_km is not None and distance_km > demand.distance_km:
        return False
    return demand.latency_ms is None or latency.rtt_ms(distance_km) <= demand.latency_ms


def wanted_of(resources: Resources) -> Amounts:
    """Flat amounts without the zeros."""
    return {name: amount for name, amount in resources.flat().items() if amount}


def _by_distance(demand: Demand, offers: Offers) -> list[tuple[float, Offer]]:
    """Nearest first; at the same distance in the order of the offers, which is that of their keys."""
    pairs = [(demand.location.distance_km(offer.location), offer) for offer in offers.places]
    return sorted(pairs, key=itemgetter(0))


def _in_order(
    demands: Sequence[Demand],
    offers: Offers,
    by_distance: Mapping[DemandKey, Sequence[tuple[float, Offer]]],
    latency: Latency,
) -> list[Demand]:
    capacity: Amounts = {}
    for offer in offers.places:
        for name, amount in offer.capacity.items():
            capacity[name] = capacity.get(name, 0) + amount

    def rank(demand: Demand) -> tuple[int, float, DemandKey]:
        wanted, least = wanted_of(demand.resources), wanted_of(demand.least)
        choices = sum(
            1
            for distance, offer in by_distance[demand.key]
            if within_bounds(demand, distance, latency)
            and all(amount <= offer.capacity.get(name, 0) for name, amount in least.items())
        )
        share = max(
            (amount / capacity[name] if capacity.get(name) else float("inf") for name, amount in wanted.items()),
            default=0.0,
        )
        return (choices, -share, demand.key)

    return sorted(demands, key=rank)


def _put(
    demand: Demand,
    places: Sequence[tuple[float, Offer]],
    latency: Latency,
    room: _Room,
    placed: dict[DemandKey, Placed],
    whole: bool = True,
) -> None:
    """Take the first of ``places`` with room; nothing happens when there is none."""
    wanted = wanted_of(demand.resources if whole else demand.least)
    for distance, offer in places:
        if within_bounds(demand, distance, latency) and not room.missing(offer, wanted):
            room.take(offer, wanted)
            placed[demand.key] = Placed(demand, offer, distance, latency.rtt_ms(distance), whole)
            return


def _why_not(demand: Demand, places: Sequence[tuple[float, Offer]], latency: Latency, room: _Room) -> str:
    if not places:
        return "no cloudlet is offered"
    near = [(distance, offer) for distance, offer in places if within_bounds(demand, distance, latency)]
    distance, nearest = places[0]
    if not near:
        bounds = []
        if demand.latency_ms is not None:
            bounds.append(f"{demand.latency_ms:g} ms")
        if demand.distance_km is not None:
            bounds.append(f"{demand.distance_km:g} km")
        return (
            f"no cloudlet within {' and '.join(bounds)}; the nearest is {nearest.key} "
            f"at {distance:.1f} km, {latency.rtt_ms(distance):.2f} ms"
        )
    wanted = wanted_of(demand.least)
    distance, nearest = near[0]
    count = "the only cloudlet" if len(near) == 1 else f"none of the {len(near)} cloudlets"
    short = ", ".join(
        f"{name} (wanted {amount}, free {left})" for name, (amount, left) in room.missing(nearest, wanted).items()
    )
    closed = "" if nearest.accepting else ", is in maintenance"
    verb = "within reach has no room" if len(near) == 1 else "within reach has room"
    return f"{count} {verb}; the nearest, {nearest.key} at {distance:.1f} km{closed}, lacks {short}"
