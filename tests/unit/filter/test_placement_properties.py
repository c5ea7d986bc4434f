# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What must hold for any demand and any cloudlets."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.operator_platform.federation.plugins.module_utils.model.aggregation import aggregate

NOW = datetime(2027, 1, 1, tzinfo=UTC)
NAMES = ("vcpus", "memory_mb")

places = st.builds(
    lambda latitude, longitude: {"latitude": latitude, "longitude": longitude},
    st.integers(-3, 3),
    st.integers(-3, 3),
)
amounts = st.fixed_dictionaries({name: st.integers(0, 12) for name in NAMES})
devices = st.dictionaries(st.sampled_from(["gpu", "nic"]), st.integers(0, 3), max_size=2)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[dict[str, Any]], list[dict[str, Any]], dict[str, dict[str, int]]]:
    """(demand, cloudlets, capacity of sites)"""
    cloudlets = [
        {
            "organization": "north",
            "name": f"c{number}",
            "location": draw(places),
            "site": draw(st.sampled_from([None, "s1", "s2"])),
            "maintenance_state": draw(st.sampled_from(["online", "online", "offline"])),
            "capacity": {**draw(amounts), "devices": draw(devices)},
        }
        for number in range(draw(st.integers(0, 4)))
    ]
    demands = []
    for number in range(draw(st.integers(0, 6))):
        wanted = {name: draw(st.integers(1, 8)) for name in NAMES}
        entry: dict[str, Any] = {
            "client": f"client-{number}",
            "application": "app",
            "location": draw(places),
            "resources": wanted,
            "devices": draw(devices),
        }
        if draw(st.booleans()):
            entry["latency_ms"] = draw(st.integers(1, 6))
        if draw(st.booleans()):
            entry["minimum"] = {name: draw(st.integers(1, amount)) for name, amount in wanted.items()}
        demands.append(entry)
    sites = {site: {name: draw(st.integers(0, 20)) for name in NAMES} for site in ("s1", "s2")}
    return demands, cloudlets, sites


class Ledger:
    """The serving operator as far as this matters: grants what fits, shows usage and what is free."""

    def __init__(self, cloudlets: list[dict[str, Any]], sites: dict[str, dict[str, int]]) -> None:
        self.cloudlets = {entry["name"]: entry for entry in cloudlets}
        self.sites = sites
        self.held: dict[str, dict[str, Any]] = {}

    def free(self, name: str, without: str | None = None) -> dict[str, Any]:
        """What is left at a cloudlet; ``without``: as if nothing were held at that cloudlet."""
        cloudlet = self.cloudlets[name]
        left: dict[str, Any] = {}
        for amount in NAMES:
            room = [cloudlet["capacity"][amount] - self.taken([name], amount, without)]
            site = cloudlet["site"]
            if site:
                siblings = [other for other, entry in self.cloudlets.items() if entry["site"] == site]
                room.append(self.sites[site][amount] - self.taken(siblings, amount, without))
            left[amount] = max(0, min(room))
        left["devices"] = {
            device: count
            - (self.held[name]["granted"]["devices"].get(device, 0) if name in self.held and name != without else 0)
            for device, count in cloudlet["capacity"]["devices"].items()
        }
        return left

    def taken(self, names: list[str], amount: str, without: str | None) -> int:
        return sum(self.held[name]["granted"][amount] for name in names if name in self.held and name != without)

    def reserve(self, wanted: list[dict[str, Any]]) -> None:
        for reservation in wanted:
            name = reservation["cloudlet"]["name"]
            if self.cloudlets[name]["maintenance_state"] == "offline":
                continue
            free = self.free(name, without=name)
            asked, least = reservation["resources"], reservation.get("minimum", reservation["resources"])
            granted = {amount: min(asked[amount], free[amount]) for amount in NAMES}
            granted_devices = {
                device: min(count, free["devices"].get(device, 0)) for device, count in asked["devices"].items()
            }
            if all(granted[amount] >= least[amount] for amount in NAMES) and all(
                granted_devices.get(device, 0) >= count for device, count in least["devices"].items()
            ):
                self.held[name] = {
                    **reservation,
                    "state": "GRANTED"
                    if granted == {amount: asked[amount] for amount in NAMES}
                    else "PARTIALLY_GRANTED",
                    "granted": {**granted, "devices": granted_devices},
                }

    def usage(self) -> list[dict[str, Any]]:
        entries = []
        for name, cloudlet in self.cloudlets.items():
            triples = {
                amount: {
                    "value": self.taken([name], amount, None),
                    "quota_max": cloudlet["capacity"][amount],
                    "infra_max": self.sites[cloudlet["site"]][amount] if cloudlet["site"] else None,
                }
                for amount in NAMES
            }
            entries.append(
                {
                    "cloudlet": {"organization": "north", "name": name},
                    "resources": triples,
                    "free": [{"start": None, "end": None, "resources": self.free(name)}],
                }
            )
        return entries


def planned(demands: list[dict[str, Any]], ledger: Ledger, **more: Any) -> dict[str, Any]:
    return aggregate(
        demands,
        list(ledger.cloudlets.values()),
        organization="south",
        now=NOW,
        usage=ledger.usage(),
        reservations=list(ledger.held.values()),
        **more,
    )


@given(worlds())
@settings(max_examples=150, deadline=None)
def test_every_demand_is_placed_once_or_explained(world: Any) -> None:
    demands, cloudlets, sites = world
    result = planned(demands, Ledger(cloudlets, sites))
    seen = sorted(entry["client"] for entry in [*result["placements"], *result["unplaced"]])
    assert seen == sorted(entry["client"] for entry in demands)
    assert all(entry["reason"] for entry in result["unplaced"])


@given(worlds())
@settings(max_examples=150, deadline=None)
def test_no_cloudlet_and_no_site_is_over_filled(world: Any) -> None:
    demands, cloudlets, sites = world
    result = planned(demands, Ledger(cloudlets, sites))
    least = {entry["cloudlet"]["name"]: entry.get("minimum", entry["resources"]) for entry in result["reservations"]}
    by_name = {entry["name"]: entry for entry in cloudlets}
    for name, amounts_there in least.items():
        capacity = by_name[name]["capacity"]
        assert by_name[name]["maintenance_state"] == "online"
        assert all(amounts_there[amount] <= capacity[amount] for amount in NAMES)
        assert all(count <= capacity["devices"].get(device, 0) for device, count in amounts_there["devices"].items())
    for site, limit in sites.items():
        for amount in NAMES:
            assert sum(there[amount] for name, there in least.items() if by_name[name]["site"] == site) <= limit[amount]


@given(worlds(), st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_the_order_of_the_lists_does_not_matter(world: Any, dice: random.Random) -> None:
    demands, cloudlets, sites = world
    expected = planned(demands, Ledger(cloudlets, sites))
    shuffled_demands, shuffled_cloudlets = list(demands), list(cloudlets)
    dice.shuffle(shuffled_demands)
    dice.shuffle(shuffled_cloudlets)
    assert planned(shuffled_demands, Ledger(shuffled_cloudlets, sites)) == expected


@given(worlds(), st.booleans())
@settings(max_examples=300, deadline=None)
def test_planning_again_after_reserving_gives_the_same_answer(world: Any, with_current: bool) -> None:
    demands, cloudlets, sites = world
    ledger = Ledger(cloudlets, sites)
    first = planned(demands, ledger)
    ledger.reserve(first["reservations"])
    granted_all = all(entry["cloudlet"]["name"] in ledger.held for entry in first["reservations"])
    second = planned(demands, ledger, current=first["placements"] if with_current else None)
    if granted_all:
        assert second["reservations"] == first["reservations"]
        assert [(entry["client"], entry["cloudlet"]) for entry in second["placements"]] == [
            (entry["client"], entry["cloudlet"]) for entry in first["placements"]
        ]
    assert second["obsolete"] == []
