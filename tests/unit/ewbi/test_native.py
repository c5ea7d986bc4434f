# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The native dialect: exactly the contract's words on the way out, what partners may write on the way in."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.operator_platform.federation.plugins.module_utils.errors import PlatformFault
from ansible_collections.operator_platform.federation.plugins.module_utils.ewbi import native
from ansible_collections.operator_platform.federation.plugins.module_utils.model.cloudlet import Cloudlet
from ansible_collections.operator_platform.federation.plugins.module_utils.model.problems import Problems
from ansible_collections.operator_platform.federation.plugins.module_utils.model.reservation import Reservation

# The example of the contract; the certificate is cut short there, too.
CONTRACT = json.loads("""
{
  "cloudlet_key": {"organization": "telco-north", "name": "harbour-1"},
  "cloudlet_location": {"Latitude": "53.5461", "Longitude": "9.9661"},
  "Platform_type": "OpenStack",
  "Access_vars": {"OS_AUTH_URL": "https://...", "OS_USERNAME": "...", "OS_PASSWORD": "..."},
  "IP_support": "Static",
  "Static_IPs": "198.51.100.10-198.51.100.40,198.51.100.64/28",
  "Resource_Map": {"gpu": "nvidia-t4:2", "nic": "sriov:8"},
  "Maintenance_State": "online",
  "Maintenance_Windows": [
    {"Start": "2027-01-10T01:00:00Z", "End": "2027-01-10T03:00:00Z", "Reason": "switch upgrade"}
  ],
  "CA_Cert_Data": "-----BEGIN CERTIFICATE-----...",
  "Site": "harbour", "Endpoint_scope": "per_cloudlet", "Federated_organization": "telco-south",
  "Capacity": {"vcpus": 64, "memory_mb": 262144, "disk_gb": 4000, "bandwidth_mbps": 10000, "instances": 40,
               "external_ips": 16, "devices": {"gpu": 2}}
}
""")
OPTIONS: dict[str, Any] = {
    "organization": "telco-north",
    "name": "harbour-1",
    "location": {"latitude": 53.5461, "longitude": 9.9661},
    "platform_type": "OpenStack",
    "access_vars": {"OS_AUTH_URL": "https://...", "OS_USERNAME": "...", "OS_PASSWORD": "..."},
    "ip_support": "static",
    "static_ips": "198.51.100.10-198.51.100.40,198.51.100.64/28",
    "resource_map": {"gpu": "nvidia-t4:2", "nic": "sriov:8"},
    "maintenance_state": "online",
    "maintenance_windows": [
        {"start": "2027-01-10T01:00:00Z", "end": "2027-01-10T03:00:00Z", "reason": "switch upgrade"}
    ],
    "ca_cert": "-----BEGIN CERTIFICATE-----...",
    "site": "harbour",
    "endpoint_scope": "per_cloudlet",
    "federated_organization": "telco-south",
    "capacity": {
        "vcpus": 64,
        "memory_mb": 262144,
        "disk_gb": 4000,
        "bandwidth_mbps": 10000,
        "instances": 40,
        "external_ips": 16,
        "devices": {"gpu": 2},
    },
}


def cloudlet(**differs: Any) -> Cloudlet:
    problems = Problems()
    read = Cloudlet.from_dict({**OPTIONS, **differs}, problems)
    assert problems.found == []
    return read


def respelled(value: Any, spell: Any) -> Any:
    """All keys of the contract spelled another way; names of devices and access variables are data and stay."""
    if isinstance(value, list):
        return [respelled(entry, spell) for entry in value]
    if isinstance(value, dict):
        data = {"Access_vars", "Resource_Map", "devices"}
        return {spell(key): entry if key in data else respelled(entry, spell) for key, entry in value.items()}
    return value


def test_a_cloudlet_is_written_exactly_as_the_contract_spells_it() -> None:
    written = native.cloudlet_to_wire(cloudlet())
    # 198.51.100.64/28 as the range that it is: both are the contract's spelling of addresses.
    assert written.pop("Static_IPs") == "198.51.100.10-198.51.100.40,198.51.100.64-198.51.100.79"
    assert written == {name: value for name, value in CONTRACT.items() if name != "Static_IPs"}


def test_the_contracts_cloudlet_is_read() -> None:
    body = {
        **CONTRACT,
        "Revision": 3,
        "State": "online",
        "Compliance_state": "draft",
        "Access_vars_set": ["OS_USERNAME"],
    }
    read, extras = native.cloudlet_from_wire(body)
    assert read.key == cloudlet().key
    assert read.comparable() == cloudlet().comparable()
    assert read.access_vars is None
    assert extras == {
        "revision": 3,
        "state": "online",
        "compliance_state": "draft",
        "access_vars_set": ["OS_USERNAME"],
        "access_digest": None,
    }


@pytest.mark.parametrize("spell", [str.lower, str.upper], ids=["lower", "upper"])
def test_other_spellings_of_the_same_keys_are_read(spell: Any) -> None:
    body = respelled(copy.deepcopy(CONTRACT), spell)
    body[spell("cloudlet_key")] = CONTRACT["cloudlet_key"]
    body[spell("Capacity")] = CONTRACT["Capacity"]
    read, _extras = native.cloudlet_from_wire(body)
    assert read.comparable() == cloudlet().comparable()


def test_the_specifications_static_set_is_read() -> None:
    read, _extras = native.cloudlet_from_wire({**CONTRACT, "IP_support": "Static set"})
    assert read.ip_support == "static"


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_coordinates_survive_the_wire_as_plain_decimal_text(latitude: float, longitude: float) -> None:
    written = native.cloudlet_to_wire(cloudlet(location={"latitude": latitude, "longitude": longitude}))
    location = written["cloudlet_location"]
    assert "e" not in (location["Latitude"] + location["Longitude"]).lower()
    read, _extras = native.cloudlet_from_wire(written)
    assert read.location is not None
    assert (read.location.latitude, read.location.longitude) == (latitude, longitude)


def test_an_update_holds_the_key_and_what_changes_only() -> None:
    written = native.cloudlet_to_wire(cloudlet(), frozenset({"site", "access_vars"}))
    assert written == {
        "cloudlet_key": CONTRACT["cloudlet_key"],
        "Site": "harbour",
        "Access_vars": CONTRACT["Access_vars"],
    }


def test_what_is_taken_away_is_written_as_null() -> None:
    written = native.cloudlet_to_wire(
        cloudlet(ip_support="dhcp", static_ips=None), frozenset({"ip_support", "static_ips"})
    )
    assert (written["IP_support"], written["Static_IPs"]) == ("DHCP", None)


@pytest.mark.parametrize(
    ("broken", "field"),
    [
        ({"cloudlet_key": "harbour-1"}, "organization"),
        ({"cloudlet_location": "here"}, "location"),
        ({"cloudlet_location": {"Latitude": "far", "Longitude": "1"}}, "location.latitude"),
        ({"Capacity": 5}, "capacity"),
        ({"Maintenance_Windows": "soon"}, "maintenance_windows"),
        ({"Maintenance_Windows": [1]}, "maintenance_windows[0]"),
        ({"Platform_type": "Proxmox"}, "platform_type"),
    ],
    ids=str,
)
def test_an_answer_that_breaks_the_contract_is_a_fault_of_the_other_side(broken: dict[str, Any], field: str) -> None:
    with pytest.raises(PlatformFault, match=r"breaks the contract.*Tell the operator of the endpoint") as refused:
        native.cloudlet_from_wire({**CONTRACT, **broken})
    assert field in [entry["field"] for entry in refused.value.details["fields"]]


def test_a_filter_uses_the_contracts_words() -> None:
    assert native.cloudlet_filter({}) == {}
    assert native.cloudlet_filter(
        {
            "organization": "telco-north",
            "name": ["a", "b"],
            "platform_type": "VCD",
            "site": None,
            "near": {"latitude": 53.5, "longitude": 9, "within_km": 100},
        }
    ) == {
        "Filter": {"cloudlet_key": {"organization": "telco-north", "name": ["a", "b"]}, "Platform_type": "VCD"},
        "Near": {"Latitude": "53.5", "Longitude": "9.0", "Within_km": 100},
    }
    assert native.reservation_filter({"cloudlet": {"organization": "o", "name": None}, "state": ["ACTIVE"]}) == {
        "Filter": {"cloudlet_key": {"organization": "o"}, "State": ["ACTIVE"]}
    }


RESERVATION: dict[str, Any] = {
    "organization": "telco-south",
    "name": "r-1",
    "cloudlet": {"organization": "telco-north", "name": "harbour-1"},
    "resources": {"vcpus": 8, "devices": {"gpu": 1}},
    "minimum": {"vcpus": 4},
    "start": "2027-01-01T00:00:00Z",
    "end": "2027-02-01T00:00:00Z",
    "grace_seconds": 60,
}


def test_a_reservation_survives_the_wire() -> None:
    problems = Problems()
    reservation = Reservation.from_dict(RESERVATION, problems)
    written = native.reservation_to_wire(reservation)
    assert sorted(written) == [
        "End", "Grace_seconds", "Minimum", "Resources", "Start", "cloudlet_key", "reservation_key",
    ]  # fmt: skip
    for spell in (str, str.lower):
        answer = {
            spell(name): value for name, value in {**written, "State": "GRANTED", "Granted": {"vcpus": 8}}.items()
        }
        read, extras = native.reservation_from_wire(answer)
        assert read == reservation
        assert extras == {"state": "GRANTED", "granted": {"vcpus": 8}}


def test_only_aggregates_and_keys_are_written_of_a_reservation() -> None:
    problems = Problems()
    written = native.reservation_to_wire(Reservation.from_dict(RESERVATION, problems), frozenset({"end"}))
    assert written == {
        "reservation_key": {"organization": "telco-south", "name": "r-1"},
        "End": "2027-02-01T00:00:00Z",
    }


def test_usage_access_and_federation_are_read() -> None:
    key = {"organization": "telco-north", "name": "harbour-1"}
    triple = {"value": 1, "quota_max": 2, "infra_max": 3}
    assert native.usage_from_wire(
        {"cloudlet_key": key, "Resources": {"vcpus": triple}, "Free": [{"Start": "s", "End": None, "Resources": {}}]}
    ) == {"cloudlet": key, "resources": {"vcpus": triple}, "free": [{"start": "s", "end": None, "resources": {}}]}
    assert native.access_from_wire({"cloudlet_key": key, "Platform_type": "VCD", "Access_vars": {"VCD_URL": "u"}}) == {
        "cloudlet": "harbour-1",
        "platform_type": "VCD",
        "access_vars": {"VCD_URL": "u"},
        "ca_cert": None,
    }
    federation = {
        "organization": "telco-north",
        "partner": "telco-south",
        "partner_url": "https://ewbi.telco-south.example",
        "ca_cert": "PEM",
        "status": "ACTIVE",
        "expires": "2028-01-01T00:00:00Z",
    }
    written = native.federation_to_wire(federation)
    assert written["federation_key"] == {"organization": "telco-north", "partner": "telco-south"}
    assert native.federation_from_wire({**written, "Revision": 1}) == {**federation, "revision": 1}
