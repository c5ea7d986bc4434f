# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""aggregate_demand against the ledger of a real endpoint: what is planned is granted, and planning again changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.operator_platform.federation.plugins.filter.aggregate_demand import aggregate_demand
from ansible_collections.operator_platform.federation.plugins.module_utils.ewbi import native
from ansible_collections.operator_platform.federation.plugins.module_utils.ewbi.cloudlet import list_cloudlets
from ansible_collections.operator_platform.federation.plugins.module_utils.ewbi.reservation import list_reservations
from ansible_collections.operator_platform.federation.plugins.module_utils.ewbi.session import EwbiSession
from ansible_collections.operator_platform.federation.plugins.module_utils.model.problems import Problems
from ansible_collections.operator_platform.federation.plugins.module_utils.model.reservation import Reservation
from ansible_collections.operator_platform.federation.plugins.module_utils.waiting import Deadline
from tests.integration.endpoint.server import EndpointProcess

HAMBURG = {"latitude": 53.5461, "longitude": 9.9661}
BREMEN = {"latitude": 53.0793, "longitude": 8.8017}
CAPACITY = {"vcpus": 16, "memory_mb": 65536, "disk_gb": 500, "instances": 20}
DEMAND = [
    {"client": "client-a", "application": "one", "location": HAMBURG, "flavors": {"m": 2}, "latency_ms": 5},
    {"client": "client-a", "application": "two", "location": HAMBURG, "flavors": {"m": 1}, "devices": {"gpu": 1}},
    {"client": "client-b", "application": "one", "location": BREMEN, "flavors": {"m": 3}},
    {"client": "client-c", "application": "one", "location": HAMBURG, "flavors": {"m": 2}},
    {"client": "client-d", "application": "one", "location": HAMBURG, "flavors": {"m": 9}, "minimum": {"vcpus": 4}},
    {"client": "client-e", "application": "one", "location": {"latitude": -33.9, "longitude": 18.4}, "latency_ms": 5,
     "flavors": {"m": 1}},
]  # fmt: skip
FLAVORS = {"m": {"vcpus": 4, "memory_mb": 4096, "disk_gb": 10}}


@pytest.fixture
def partner(tmp_path: Path) -> Iterator[EwbiSession]:
    """telco-south at telco-north, whose two cloudlets in one site could give more together than the site has."""
    sites = {"harbour": {"capacity": {**CAPACITY, "vcpus": 24, "devices": {"gpu": 2}}}}
    with EndpointProcess(tmp_path / "north", organization="telco-north", sites=sites) as endpoint:
        endpoint.add_client("automation", "telco-north", "operator")
        secret = endpoint.add_client("telco-south", "telco-south", "partner")
        operator = endpoint.client("automation")
        federation = {"organization": "telco-north", "partner": "telco-south"}
        assert operator.call("create/federation", {"federation_key": federation, "Status": "ACTIVE"})[0] == 201
        for name, place, more in (
            ("dock-1", HAMBURG, {"Site": "harbour", "Capacity": {**CAPACITY, "devices": {"gpu": 2}}}),
            ("dock-2", HAMBURG, {"Site": "harbour", "Capacity": CAPACITY}),
            ("weser", BREMEN, {"Capacity": CAPACITY}),
        ):
            body = {
                "cloudlet_key": {"organization": "telco-north", "name": name},
                "cloudlet_location": {"Latitude": str(place["latitude"]), "Longitude": str(place["longitude"])},
                "Platform_type": "OpenStack",
                "Access_vars": {"OS_AUTH_URL": "https://keystone.example", "OS_USERNAME": "u", "OS_PASSWORD": "p"},
                "IP_support": "DHCP",
                "Resource_Map": {"gpu": "nvidia-t4:2"},
                "Maintenance_State": "online",
                "Federated_organization": "telco-south",
                **more,
            }
            status, answer = operator.call("create/cloudlet", body)
            assert status == 201, answer
        session = EwbiSession(endpoint.url, "telco-south", secret, Deadline(120), ca_cert=str(endpoint.ca))
        try:
            yield session
        finally:
            session.close()


def planned(session: EwbiSession, demand: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return aggregate_demand(
        demand,
        [one.to_dict() for one in list_cloudlets(session, {})],
        organization="telco-south",
        flavors=FLAVORS,
        usage=[native.usage_from_wire(body) for body in session.pages("usage", {})],
        reservations=[one.to_dict() for one in list_reservations(session, {})],
        **more,
    )


def reserve(session: EwbiSession, plan: dict[str, Any], verb: str = "create") -> list[str]:
    """Ask for all of a plan; the states that the ledger answers."""
    states = []
    for raw in plan["reservations"]:
        problems = Problems()
        body = native.reservation_to_wire(Reservation.from_dict(raw, problems))
        assert problems.found == []
        states.append(session.call(verb, "reservation", body)["State"])
    return states


@pytest.mark.parametrize("period", [{}, {"start": "2035-01-01T00:00:00Z", "end": "2035-02-01T00:00:00Z"}])
def test_what_is_planned_is_granted_and_planning_again_is_the_same(
    partner: EwbiSession, period: dict[str, str]
) -> None:
    first = planned(partner, DEMAND, **period)
    assert {entry["client"] for entry in first["unplaced"]} == {"client-e"}
    assert set(reserve(partner, first)) <= {"GRANTED", "PARTIALLY_GRANTED"}
    assert planned(partner, DEMAND, **period) == first
    assert planned(partner, DEMAND, current=first["placements"], **period) == first


def test_demand_that_ends_makes_its_reservation_obsolete(partner: EwbiSession) -> None:
    first = planned(partner, DEMAND[:3])
    assert set(reserve(partner, first)) == {"GRANTED"}
    later = planned(partner, DEMAND[:1])
    kept = {entry["name"] for entry in later["reservations"]}
    assert {entry["name"] for entry in later["obsolete"]} == {entry["name"] for entry in first["reservations"]} - kept
    assert kept
