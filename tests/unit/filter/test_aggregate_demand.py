# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.operator_platform.federation.plugins.filter.aggregate_demand import aggregate_demand

HAMBURG = {"latitude": 53.5461, "longitude": 9.9661}
BREMEN = {"latitude": 53.0793, "longitude": 8.8017}
MUNICH = {"latitude": 48.1372, "longitude": 11.5755}


def cloudlet(name: str, location: dict[str, float], vcpus: int = 16, **more: Any) -> dict[str, Any]:
    return {
        "organization": "telco-north",
        "name": name,
        "location": location,
        "federated_organization": "telco-south",
        "maintenance_state": "online",
        "capacity": {"vcpus": vcpus, "memory_mb": 65536, "disk_gb": 500, "instances": 20, **more.pop("amounts", {})},
        **more,
    }


def demand(client: str, location: dict[str, float], vcpus: int = 4, **more: Any) -> dict[str, Any]:
    return {
        "client": client,
        "application": "inspection",
        "location": location,
        "resources": {"vcpus": vcpus, "memory_mb": 1024, "instances": 1},
        **more,
    }


def plan(demands: list[dict[str, Any]], cloudlets: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return aggregate_demand(demands, cloudlets, organization="telco-south", **more)


def where(result: dict[str, Any]) -> dict[str, str]:
    return {entry["client"]: entry["cloudlet"]["name"] for entry in result["placements"]}


def test_goes_to_the_nearest_cloudlet() -> None:
    result = plan([demand("a", HAMBURG), demand("b", MUNICH)], [cloudlet("harbour", HAMBURG), cloudlet("alps", MUNICH)])
    assert where(result) == {"a": "harbour", "b": "alps"}
    assert result["unplaced"] == []


def test_goes_to_the_next_one_when_the_nearest_is_full_and_never_splits() -> None:
    result = plan(
        [demand("a", HAMBURG, vcpus=10), demand("b", HAMBURG, vcpus=8)],
        [cloudlet("harbour", HAMBURG), cloudlet("weser", BREMEN)],
    )
    assert where(result) == {"a": "harbour", "b": "weser"}


def test_sums_amounts_flavors_and_devices_per_cloudlet() -> None:
    result = plan(
        [
            demand("a", HAMBURG, devices={"gpu": 1}),
            {
                "client": "b",
                "application": "video",
                "location": HAMBURG,
                "flavors": {"edge.small": 2, "edge.gpu": 1},
            },
        ],
        [cloudlet("harbour", HAMBURG, amounts={"devices": {"gpu": 2}})],
        flavors={
            "edge.small": {"vcpus": 2, "memory_mb": 2048, "disk_gb": 10},
            "edge.gpu": {"vcpus": 1, "memory_mb": 512, "devices": {"gpu": 1}},
        },
        start="2027-01-01T00:00:00Z",
        end="2027-02-01T01:00:00+01:00",
    )
    (reservation,) = result["reservations"]
    assert reservation == {
        "organization": "telco-south",
        "name": reservation["name"],
        "cloudlet": {"organization": "telco-north", "name": "harbour"},
        "resources": {
            "vcpus": 9,
            "memory_mb": 1024 + 2 * 2048 + 512,
            "disk_gb": 20,
            "bandwidth_mbps": 0,
            "instances": 4,
            "external_ips": 0,
            "devices": {"gpu": 2},
        },
        "start": "2027-01-01T00:00:00Z",
        "end": "2027-02-01T00:00:00Z",
    }


def test_flavors_may_be_a_list_with_names() -> None:
    result = plan(
        [{"client": "a", "application": "x", "location": HAMBURG, "flavors": {"s": 1}}],
        [cloudlet("harbour", HAMBURG)],
        flavors=[{"name": "s", "vcpus": 3, "memory_mb": 64}],
    )
    assert result["reservations"][0]["resources"]["vcpus"] == 3


def test_nothing_of_client_or_application_is_in_the_reservations() -> None:
    secret_words = {"client": "Zebra Logistics", "application": "quokka-vision"}
    cloudlets = [cloudlet("harbour", HAMBURG)]
    one = plan([{**demand("x", HAMBURG), **secret_words}], cloudlets, prefix="south-")
    other = plan([{**demand("x", HAMBURG), "client": "someone", "application": "else"}], cloudlets, prefix="south-")
    text = json.dumps(one["reservations"]).lower()
    assert "zebra" not in text
    assert "quokka" not in text
    assert one["reservations"] == other["reservations"], "the names must not depend on who asks, hashed or not"
    assert re.fullmatch(r"south-[a-z0-9-]{1,58}", one["reservations"][0]["name"])


def test_names_fit_the_contract_for_any_cloudlet_name_and_differ() -> None:
    long = "A" * 64
    names = [long, "a" * 64, "a.b", "a_b", "A-b"]
    result = plan(
        [demand(str(number), {"latitude": 10.0 * number, "longitude": 0}) for number in range(len(names))],
        [cloudlet(name, {"latitude": 10.0 * number, "longitude": 0}) for number, name in enumerate(names)],
        prefix="p" * 32,
    )
    labels = [entry["name"] for entry in result["reservations"]]
    assert len(set(labels)) == len(names)
    assert all(re.fullmatch(r"[a-z0-9-]{1,64}", label) for label in labels)


def test_latency_bound_counts_one_millisecond_per_100_km_and_the_base() -> None:
    cloudlets = [cloudlet("alps", MUNICH)]
    # Hamburg - Munich is about 612 km, so about 6.1 ms.
    assert where(plan([demand("a", HAMBURG, latency_ms=7)], cloudlets)) == {"a": "alps"}
    refused = plan([demand("a", HAMBURG, latency_ms=7)], cloudlets, base_rtt_ms=1)
    assert refused["placements"] == []
    assert "no cloudlet within 7 ms" in refused["unplaced"][0]["reason"]
    assert "telco-north/alps" in refused["unplaced"][0]["reason"]


def test_distance_bound() -> None:
    result = plan([demand("a", HAMBURG, distance_km=50)], [cloudlet("weser", BREMEN)])
    assert "within 50 km" in result["unplaced"][0]["reason"]


def test_says_what_is_lacking_at_the_nearest() -> None:
    result = plan([demand("a", HAMBURG, vcpus=4, devices={"gpu": 1})], [cloudlet("harbour", HAMBURG)])
    assert result["reservations"] == []
    assert "lacks devices.gpu (wanted 1, free 0)" in result["unplaced"][0]["reason"]


@pytest.mark.parametrize(
    "closed",
    [
        {"maintenance_state": "offline"},
        {"state": "maintenance"},
        {"maintenance_windows": [{"start": "2020-01-01T00:00:00Z", "end": "2120-01-01T00:00:00Z", "reason": "x"}]},
        {"federated_organization": "telco-west"},
    ],
)
def test_passes_over_cloudlets_that_take_no_reservation_of_ours(closed: dict[str, Any]) -> None:
    result = plan([demand("a", HAMBURG)], [cloudlet("harbour", HAMBURG, **closed), cloudlet("weser", BREMEN)])
    assert where(result) == {"a": "weser"}


def test_what_is_held_in_a_cloudlet_under_maintenance_stays_there() -> None:
    cloudlets = [cloudlet("harbour", HAMBURG), cloudlet("weser", BREMEN)]
    before = plan([demand("a", HAMBURG)], cloudlets)
    held = [{**before["reservations"][0], "state": "ACTIVE", "granted": before["reservations"][0]["resources"]}]
    cloudlets[0]["maintenance_state"] = "offline"
    after = plan([demand("a", HAMBURG), demand("b", HAMBURG)], cloudlets, reservations=held)
    assert where(after) == {"a": "harbour", "b": "weser"}


def test_the_scarce_place_is_kept_for_who_has_no_other() -> None:
    result = plan(
        [demand("free", HAMBURG, vcpus=16), demand("bound", HAMBURG, vcpus=2, distance_km=10)],
        [cloudlet("harbour", HAMBURG), cloudlet("weser", BREMEN)],
    )
    assert where(result) == {"free": "weser", "bound": "harbour"}


def test_stays_at_its_current_place_though_a_nearer_one_appeared() -> None:
    first = plan([demand("a", HAMBURG)], [cloudlet("weser", BREMEN)])
    cloudlets = [cloudlet("harbour", HAMBURG), cloudlet("weser", BREMEN)]
    assert where(plan([demand("a", HAMBURG)], cloudlets)) == {"a": "harbour"}
    assert where(plan([demand("a", HAMBURG)], cloudlets, current=first["placements"])) == {"a": "weser"}


def test_takes_the_minimum_when_the_whole_fits_nowhere() -> None:
    result = plan([demand("a", HAMBURG, vcpus=20, minimum={"vcpus": 8})], [cloudlet("harbour", HAMBURG)])
    assert result["placements"][0]["whole"] is False
    (reservation,) = result["reservations"]
    assert reservation["resources"]["vcpus"] == 20
    assert reservation["minimum"]["vcpus"] == 8


def test_free_profile_over_the_period_decides() -> None:
    cloudlets = [cloudlet("harbour", HAMBURG)]
    usage = [
        {
            "cloudlet": {"organization": "telco-north", "name": "harbour"},
            "resources": {"vcpus": {"value": 0, "quota_max": 16, "infra_max": 16}},
            "free": [
                {"start": None, "end": "2027-01-10T00:00:00Z", "resources": {"vcpus": 2}},
                {
                    "start": "2027-01-10T00:00:00Z",
                    "end": None,
                    "resources": {"vcpus": 16, "memory_mb": 65536, "instances": 20},
                },
            ],
        }
    ]
    early = plan(
        [demand("a", HAMBURG)], cloudlets, usage=usage, start="2027-01-05T00:00:00Z", end="2027-01-20T00:00:00Z"
    )
    late = plan([demand("a", HAMBURG)], cloudlets, usage=usage, start="2027-01-10T00:00:00Z")
    assert early["placements"] == []
    assert where(late) == {"a": "harbour"}


def test_cloudlets_of_one_site_share_its_capacity() -> None:
    def used(name: str) -> dict[str, Any]:
        return {
            "cloudlet": {"organization": "telco-north", "name": name},
            "resources": {
                "vcpus": {"value": 0, "quota_max": 16, "infra_max": 20},
                "memory_mb": {"value": 0, "quota_max": 65536, "infra_max": 131072},
                "instances": {"value": 0, "quota_max": 20, "infra_max": 40},
            },
            "free": [],
        }

    cloudlets = [cloudlet(name, HAMBURG, site="dock") for name in ("dock-1", "dock-2")]
    demands = [demand(str(number), HAMBURG, vcpus=10) for number in range(3)]
    result = plan(demands, cloudlets, usage=[used("dock-1"), used("dock-2")])
    assert len(result["placements"]) == 2
    assert len(result["unplaced"]) == 1


def test_names_reservations_that_nobody_needs_any_more() -> None:
    cloudlets = [cloudlet("harbour", HAMBURG)]
    before = plan([demand("a", HAMBURG)], cloudlets)
    held = [{**before["reservations"][0], "state": "GRANTED"}]
    after = plan([], cloudlets, reservations=held)
    assert after["reservations"] == []
    assert [entry["name"] for entry in after["obsolete"]] == [held[0]["name"]]


def test_every_wrong_field_is_named_at_once() -> None:
    with pytest.raises(AnsibleFilterError) as caught:
        aggregate_demand(
            [
                {
                    "client": "a",
                    "application": "x",
                    "location": {"latitude": 95, "longitude": 0},
                    "resources": {"cpu": 1},
                },
                {"client": "b", "location": HAMBURG, "flavors": {"huge": 1}, "latency_ms": -1},
                demand("c", HAMBURG, minimum={"vcpus": 5}),
                demand("d", HAMBURG),
                demand("d", HAMBURG),
                {"client": "e", "application": "x", "location": HAMBURG},
                demand("f", HAMBURG, minimum={}),
            ],
            [],
            prefix="No Good",
            start="2027-02-01T00:00:00Z",
            end="2027-01-01T00:00:00Z",
            base_rtt_ms="slow",
        )
    text = str(caught.value)
    for field in (
        "organization",
        "prefix",
        "end",
        "base_rtt_ms",
        "demand[0].location.latitude",
        "demand[0].resources.cpu",
        "demand[1].application",
        "demand[1].flavors.huge",
        "demand[1].latency_ms",
        "demand[2].minimum.vcpus",
        "demand[4]",
        "demand[5].resources",
        "demand[6].minimum",
    ):
        assert field + ": " in text
