# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a serving operator says of its cloudlets becomes what each step takes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from ansible_collections.operator_platform.federation.plugins.module_utils.errors import InvalidInput
from ansible_collections.operator_platform.federation.plugins.module_utils.model.serving import (
    credential_items,
    due_grants,
    offer_items,
    vdc_items,
)

NOW = datetime(2027, 1, 1, 12, 0, tzinfo=UTC)
HARBOUR = {
    "name": "harbour-1",
    "infrastructure": "harbour",
    "zones": ["az-harbour"],
    "description": "by the water",
    "location": {"latitude": 53.5461, "longitude": 9.9661},
    "platform_type": "OpenStack",
    "federated_organization": "telco-south",
    "capacity": {"vcpus": 8},
}
CAMPUS = {"name": "campus-1", "infrastructure": "campus", "federated_organization": "telco-south"}


def reservation(name: str, cloudlet: str = "harbour-1", state: str = "ACTIVE", **more: Any) -> dict[str, Any]:
    return {
        "organization": "telco-south",
        "name": name,
        "cloudlet": {"organization": "telco-north", "name": cloudlet},
        "resources": {"vcpus": 4},
        "granted": {"vcpus": 2},
        "state": state,
        **more,
    }


def test_a_vdc_gets_the_name_of_its_cloudlet_on_the_infrastructure_that_it_names() -> None:
    assert vdc_items([HARBOUR], "telco-north") == [
        {
            "cloudlet": "harbour",
            "name": "harbour-1",
            "organization": "telco-north",
            "federated_organization": "telco-south",
            "location": HARBOUR["location"],
            "zones": ["az-harbour"],
            "description": "by the water",
        }
    ]


def test_what_is_the_operators_own_is_not_published() -> None:
    (offer,) = offer_items([HARBOUR], "telco-north")
    assert offer["organization"] == "telco-north"
    assert not {"infrastructure", "zones", "description", "access_vars"} & set(offer)


def test_only_a_credential_that_was_issued_just_now_is_published() -> None:
    issued = [
        {"credential": {"cloudlet": "harbour", "name": "harbour-1", "access_vars": {"OS_AUTH_URL": "https://x"}}},
        {"credential": {"cloudlet": "campus", "name": "campus-1"}},
    ]
    harbour, campus = offer_items([HARBOUR, CAMPUS], "telco-north", issued)
    assert harbour["access_vars"] == {"OS_AUTH_URL": "https://x"}
    assert "access_vars" not in campus


def test_what_check_mode_says_of_a_credential_to_come_is_not_published() -> None:
    predicted = [{"credential": {"issued": True, "access_vars": "(hidden) after"}}]
    assert "access_vars" not in offer_items([HARBOUR], "telco-north", predicted)[0]


def test_a_credential_is_issued_where_the_endpoint_holds_no_access_and_there_only() -> None:
    published = [
        {"organization": "telco-north", "name": "harbour-1", "access_vars_set": ["OS_AUTH_URL"]},
        {"organization": "telco-north", "name": "campus-1", "access_vars_set": []},
    ]
    assert credential_items([HARBOUR, CAMPUS], "telco-north", published) == [
        {"cloudlet": "campus", "name": "campus-1", "rotate": True}
    ]


def test_what_several_reservations_were_granted_adds_up() -> None:
    held = [reservation("one"), reservation("two", granted={"vcpus": 3, "devices": {"gpu": 1}})]
    due = due_grants(held, [HARBOUR], "telco-north", NOW)
    (grant,) = due["grants"]
    assert (grant["cloudlet"], grant["name"], grant["state"]) == ("harbour", "harbour-1", "present")
    assert (grant["resources"]["vcpus"], grant["resources"]["devices"]) == (5, {"gpu": 1})
    assert due["activate"] == []


@pytest.mark.parametrize("state", ["EXPIRED", "RELEASED", "REJECTED", "REQUESTED"])
def test_a_reservation_that_does_not_hold_is_taken_back(state: str) -> None:
    due = due_grants([reservation("one", state=state)], [HARBOUR], "telco-north", NOW)
    assert due == {
        "grants": [{"cloudlet": "harbour", "name": "harbour-1", "state": "absent"}],
        "activate": [],
        "taken_back": ["harbour-1"],
    }


@pytest.mark.parametrize("state", ["GRANTED", "PARTIALLY_GRANTED"])
def test_a_grant_that_is_not_real_yet_is_made_so_and_told(state: str) -> None:
    due = due_grants([reservation("one", state=state)], [HARBOUR], "telco-north", NOW)
    assert due["grants"][0]["resources"]["vcpus"] == 2
    assert due["activate"] == [{"organization": "telco-south", "name": "one", "active": True}]


def test_a_reservation_that_starts_later_is_not_made_real_yet() -> None:
    later = reservation("one", state="GRANTED", start="2027-01-01T12:00:01Z")
    due = due_grants([later], [HARBOUR], "telco-north", NOW)
    assert (due["grants"][0]["state"], due["activate"]) == ("absent", [])
    assert due_grants([later], [HARBOUR], "telco-north", NOW.replace(second=1))["activate"]


def test_every_wrong_field_of_a_description_is_named() -> None:
    wrong = [{"name": "bad name", "colour": "blue"}, {**CAMPUS}, {**CAMPUS}]
    with pytest.raises(InvalidInput) as refused:
        vdc_items(wrong, "telco-north")
    assert {field for field, _reason in refused.value.fields} == {
        "federation_cloudlets[0].name",
        "federation_cloudlets[0].colour",
        "federation_cloudlets[0].infrastructure",
        "federation_cloudlets[2].name",
    }
