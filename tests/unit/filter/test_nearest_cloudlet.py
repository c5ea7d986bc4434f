# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.operator_platform.federation.plugins.filter.nearest_cloudlet import nearest_cloudlet

HERE = {"latitude": "53.5", "longitude": "10"}


def cloudlet(name: str, latitude: float, **more: Any) -> dict[str, Any]:
    return {
        "organization": "telco-north",
        "name": name,
        "location": {"latitude": latitude, "longitude": 10},
        "capacity": {"vcpus": 4, "devices": {}},
        **more,
    }


def test_returns_the_nearest_with_distance_and_round_trip_time() -> None:
    found = nearest_cloudlet(HERE, [cloudlet("far", 48), cloudlet("near", 53)], base_rtt_ms=2)
    assert found is not None
    assert found["name"] == "near"
    assert found["distance_km"] == pytest.approx(55.6, abs=0.1)
    assert found["rtt_ms"] == pytest.approx(2.556, abs=0.001)
    assert found["capacity"] == {"vcpus": 4, "devices": {}}


def test_passes_over_those_without_room_and_those_offline() -> None:
    cloudlets = [
        cloudlet("small", 53.4),
        cloudlet("closed", 53.3, capacity={"vcpus": 64}, maintenance_state="offline"),
        cloudlet("big", 50, capacity={"vcpus": 64}),
    ]
    found = nearest_cloudlet(HERE, cloudlets, resources={"vcpus": 8})
    assert found is not None
    assert found["name"] == "big"
    closest = nearest_cloudlet(HERE, cloudlets[1:])
    assert closest is not None
    assert closest["name"] == "big"


def test_nothing_within_the_bound_is_none() -> None:
    assert nearest_cloudlet(HERE, [cloudlet("far", 48)], distance_km=10) is None
    assert nearest_cloudlet(HERE, [cloudlet("far", 48)], latency_ms=1) is None
    assert nearest_cloudlet(HERE, []) is None


def test_cloudlets_offered_to_others_are_passed_over_when_told_who_asks() -> None:
    cloudlets = [cloudlet("theirs", 53.4, federated_organization="telco-west"), cloudlet("ours", 53)]
    found = nearest_cloudlet(HERE, cloudlets, organization="telco-south")
    assert found is not None
    assert found["name"] == "ours"


def test_a_wrong_location_is_refused_by_name() -> None:
    with pytest.raises(AnsibleFilterError, match=r"location\.latitude"):
        nearest_cloudlet({"latitude": 91, "longitude": 0}, [])
