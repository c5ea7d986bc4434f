# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who talks to the endpoint in these tests, and the bodies that they send."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

from tests.integration.endpoint.server import EndpointClient, EndpointProcess

SITES = {"small-site": {"capacity": {"vcpus": 12, "memory_mb": 64}}}
# Long and unlike anything else, so that finding it in a file is no accident.
PASSWORD = "Kx7-sealed-or-nowhere-2f9c41"
_names = itertools.count(1)


@dataclass(frozen=True)
class Parties:
    """The operator and two partners of one endpoint."""

    north: EndpointClient
    south: EndpointClient
    east: EndpointClient


def introduce(endpoint: EndpointProcess) -> Parties:
    """Add the clients and federate with both partners."""
    for client_id, organization, role in (
        ("north-automation", "telco-north", "operator"),
        ("south-automation", "telco-south", "partner"),
        ("east-automation", "telco-east", "partner"),
    ):
        endpoint.add_client(client_id, organization, role)
    parties = Parties(*(endpoint.client(f"{side}-automation") for side in ("north", "south", "east")))
    for partner, client in (("telco-south", parties.south), ("telco-east", parties.east)):
        key = {"organization": "telco-north", "partner": partner}
        assert parties.north.call("create/federation", {"federation_key": key})[0] == 201
        accepted = {"federation_key": key, "Partner_URL": f"https://{partner}.example:8443", "Status": "ACTIVE"}
        assert client.call("update/federation", accepted)[0] == 200
    return parties


def unused(prefix: str) -> str:
    """A name that no other test has."""
    return f"{prefix}-{next(_names)}"


def cloudlet(name: str, **changes: Any) -> dict[str, Any]:
    """A cloudlet offered to telco-south; a change of None leaves a field out."""
    body = {
        "cloudlet_key": {"organization": "telco-north", "name": name},
        "cloudlet_location": {"Latitude": "53.5461", "Longitude": "9.9661"},
        "Platform_type": "OpenStack",
        "Access_vars": {
            "OS_AUTH_URL": "https://cloud.example:5000/v3",
            "OS_USERNAME": "tenant",
            "OS_PASSWORD": PASSWORD,
        },
        "IP_support": "DHCP",
        "Resource_Map": {"gpu": "nvidia-t4:2"},
        "Federated_organization": "telco-south",
        "Capacity": {"vcpus": 10, "memory_mb": 1000, "devices": {"gpu": 2}},
        **changes,
    }
    return {field: value for field, value in body.items() if value is not None}


def publish(parties: Parties, **changes: Any) -> str:
    """Publish a cloudlet and return its name."""
    name = unused("cloudlet")
    status, answer = parties.north.call("create/cloudlet", cloudlet(name, **changes))
    assert status == 201, answer
    return name


def key_of(name: str) -> dict[str, Any]:
    """The body of a call that needs only a cloudlet's key."""
    return {"cloudlet_key": {"organization": "telco-north", "name": name}}


def reservation(cloudlet_name: str, name: str, organization: str = "telco-south", **changes: Any) -> dict[str, Any]:
    """A reservation of one vCPU."""
    return {
        "reservation_key": {"organization": organization, "name": name},
        **key_of(cloudlet_name),
        "Resources": {"vcpus": 1},
        **changes,
    }


def reserve(parties: Parties, cloudlet_name: str, **changes: Any) -> str:
    """Reserve something that fits, as telco-south, and return the reservation's name."""
    name = unused("reservation")
    status, answer = parties.south.call("create/reservation", reservation(cloudlet_name, name, **changes))
    assert (status, answer.get("State")) == (201, "GRANTED"), answer
    return name


def held(name: str, organization: str = "telco-south") -> dict[str, Any]:
    """The body of a call that needs only a reservation's key."""
    return {"reservation_key": {"organization": organization, "name": name}}


def wrong_fields(problem: dict[str, Any]) -> list[str]:
    """The fields that a problem names."""
    return [item["param"] for item in problem["invalidParams"]]
