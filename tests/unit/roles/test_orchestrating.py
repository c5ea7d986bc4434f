# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an orchestrating operator holds becomes what each step takes."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.operator_platform.federation.plugins.module_utils.errors import InvalidInput
from ansible_collections.operator_platform.federation.plugins.module_utils.model.orchestrating import (
    failed_checks,
    held_cloudlets,
    network_items,
    promises,
    release_items,
    scoped_endpoints,
    summary_rows,
)

HARBOUR = {"organization": "telco-north", "name": "harbour-1"}
CAMPUS = {"organization": "telco-north", "name": "campus-1"}


def reservation(name: str, cloudlet: dict[str, str], state: str = "ACTIVE", **more: Any) -> dict[str, Any]:
    return {
        "organization": "telco-south",
        "name": name,
        "cloudlet": cloudlet,
        "resources": {"vcpus": 4, "memory_mb": 1024, "disk_gb": 10},
        "granted": {"vcpus": 2, "memory_mb": 512, "disk_gb": 5},
        "state": state,
        **more,
    }


def test_a_cloudlet_is_held_once_however_many_reservations_are_real_there() -> None:
    reservations = [
        reservation("one", HARBOUR),
        reservation("two", HARBOUR, "EXPIRING"),
        reservation("three", CAMPUS, "GRANTED"),
    ]
    assert held_cloudlets(reservations) == [HARBOUR]


def test_a_promise_holds_what_was_granted_together_and_only_devices_that_were() -> None:
    cloudlets = [
        {**HARBOUR, "location": {"latitude": 1.0, "longitude": 2.0}, "resource_map": {"gpu": "t4:2", "nic": "sriov:8"}},
        {**CAMPUS, "location": {"latitude": 3.0, "longitude": 4.0}},
    ]
    held = [reservation("one", HARBOUR), reservation("two", HARBOUR, granted={"vcpus": 1, "devices": {"gpu": 1}})]
    (promise,) = promises(cloudlets, held)
    assert promise["cloudlet"] == "harbour-1"
    assert (promise["granted"]["vcpus"], promise["granted"]["devices"]) == (3, {"gpu": 1})
    assert promise["resource_map"] == {"gpu": "t4:2"}
    assert promise["location"] == {"latitude": 1.0, "longitude": 2.0}


def test_a_network_that_names_no_place_is_wanted_everywhere_and_others_only_there() -> None:
    networks = [
        {"name": "edge", "cidr": "10.0.0.0/24"},
        {"name": "machines", "cidr": "10.0.1.0/24", "cloudlet": "harbour-1"},
        {"name": "elsewhere", "cidr": "10.0.2.0/24", "organization": "telco-east"},
    ]
    wanted = [(item["cloudlet"], item["name"]) for item in network_items(networks, [HARBOUR, CAMPUS])]
    assert wanted == [("harbour-1", "edge"), ("campus-1", "edge"), ("harbour-1", "machines")]
    assert all("organization" not in item for item in network_items(networks, [HARBOUR]))


def test_a_control_endpoint_gets_the_published_scope() -> None:
    endpoints = [{"cloudlet": "harbour-1", "access_vars": {}}, {"cloudlet": "campus-1", "access_vars": {}}]
    cloudlets = [{**HARBOUR}, {**CAMPUS, "endpoint_scope": "multi_site"}]
    harbour, campus = scoped_endpoints(endpoints, cloudlets)
    assert "endpoint_scope" not in harbour
    assert campus["endpoint_scope"] == "multi_site"


def test_releasing_needs_nothing_but_the_key() -> None:
    assert release_items([reservation("one", HARBOUR)]) == [
        {"organization": "telco-south", "name": "one", "state": "absent"}
    ]


def test_the_summary_has_a_row_for_each_cloudlet_that_is_held() -> None:
    placements = [
        {"client": "secret", "cloudlet": HARBOUR, "distance_km": 3.4},
        {"client": "secret", "cloudlet": HARBOUR, "distance_km": 71.2},
    ]
    views = [{**HARBOUR, "cloudlet": "harbour-1", "checks": [{"check": "a", "ok": True}, {"check": "b", "ok": False}]}]
    rows = summary_rows([reservation("one", HARBOUR), reservation("two", CAMPUS, "REJECTED")], placements, views)
    assert rows == [
        {
            "cloudlet": "telco-north/harbour-1",
            "km": "3-71",
            "reserved": "4 / 1024 / 10",
            "granted": "2 / 512 / 5",
            "devices": None,
            "state": "ACTIVE",
            "checks": "1/2",
        }
    ]


def test_a_check_that_failed_is_told_with_its_cloudlet() -> None:
    views = [
        {"cloudlet": "harbour-1", "checks": [{"check": "a", "expected": 1, "found": 1, "ok": True}]},
        {"cloudlet": "campus-1", "checks": [{"check": "b", "expected": 2, "found": None, "ok": False}]},
    ]
    assert failed_checks(views) == [{"cloudlet": "campus-1", "check": "b", "expected": 2, "found": None}]


def test_what_is_no_reservation_is_refused_by_its_place() -> None:
    with pytest.raises(InvalidInput, match=r"reservations\[0\]"):
        held_cloudlets(["harbour-1"])
