# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the modules ask of an endpoint: one listing, then a call for each change, and in check mode nothing that writes."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from ansible_collections.operator_platform.federation.plugins.module_utils.errors import Forbidden, NotFound
from ansible_collections.operator_platform.federation.plugins.module_utils.ewbi.access import AccessInfo
from ansible_collections.operator_platform.federation.plugins.module_utils.ewbi.cloudlet import (
    NARROW_BELOW,
    CloudletInfo,
    CloudletResource,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.ewbi.federation import FederationResource
from ansible_collections.operator_platform.federation.plugins.module_utils.ewbi.reservation import ReservationResource
from ansible_collections.operator_platform.federation.plugins.module_utils.resource import Declared, Run, execute

Body = dict[str, Any]


class Endpoint:
    """Stands for a session: listings by kind, answers by (verb, kind), and every call written down."""

    def __init__(self) -> None:
        self.listings: dict[str, list[Body]] = {}
        self.answers: dict[tuple[str, str], Any] = {}
        self.calls: list[tuple[str, str, Body]] = []
        self.revisions: list[int | None] = []

    def pages(self, what: str, body: Mapping[str, Any]) -> Iterator[Body]:
        self.calls.append(("show", what, dict(body)))
        return iter(self.listings.get(what, []))

    def call(
        self,
        verb: str,
        what: str,
        body: Mapping[str, Any],
        *,
        revision: int | None = None,
        idempotency_key: str | None = None,
    ) -> Body:
        self.calls.append((verb, what, dict(body)))
        self.revisions.append(revision)
        answer = self.answers.get((verb, what), dict(body))
        if isinstance(answer, Exception):
            raise answer
        return answer(body) if callable(answer) else answer

    @property
    def writes(self) -> list[tuple[str, str, Body]]:
        return [call for call in self.calls if call[0] != "show" and not call[2].get("Dry_run")]


def task(
    declared: Declared, endpoint: Endpoint, *, check_mode: bool = False, no_log: bool = False, **params: Any
) -> Body:
    @contextmanager
    def opened(_context: Any) -> Iterator[Endpoint]:
        yield endpoint

    declared.open = opened  # type: ignore[method-assign,assignment]  # the fake stands where the session would
    common = {"concurrency": 2, "deadline": 60, "state": "present"}
    return execute(declared, {**common, **params}, Run(check_mode=check_mode, diff=True, no_log=no_log))


KEY = {"organization": "telco-north", "name": "harbour-1"}
ACCESS = {"OS_AUTH_URL": "https://k.example", "OS_USERNAME": "u", "OS_PASSWORD": "hush"}
WANTED = {
    **KEY,
    "platform_type": "OpenStack",
    "location": {"latitude": 53.5, "longitude": 9.9},
    "access_vars": {**ACCESS, "OS_REGION_NAME": None},
    "site": "harbour",
}


def digest(access_vars: Mapping[str, str]) -> Body:
    salt = b"\x01" * 16
    text = json.dumps(dict(sorted(access_vars.items())), separators=(",", ":"))
    return {"Salt": salt.hex(), "Digest": hmac.new(salt, text.encode(), hashlib.sha256).hexdigest()}


def shown(**differs: Any) -> Body:
    return {
        "cloudlet_key": KEY,
        "Platform_type": "OpenStack",
        "cloudlet_location": {"Latitude": "53.50", "Longitude": "9.9"},
        "Site": "harbour",
        "Revision": 4,
        "Access_digest": digest(ACCESS),
        **differs,
    }


@pytest.mark.parametrize("check_mode", [False, True])
def test_a_cloudlet_that_is_as_wanted_costs_one_listing(check_mode: bool) -> None:
    endpoint = Endpoint()
    endpoint.listings["cloudlet"] = [shown()]
    result = task(CloudletResource(), endpoint, check_mode=check_mode, cloudlets=[WANTED])
    assert not result["changed"]
    assert endpoint.calls == [
        ("show", "cloudlet", {"Filter": {"cloudlet_key": {"organization": "telco-north", "name": ["harbour-1"]}}})
    ]


def test_a_new_cloudlet_is_created_and_its_secret_goes_only_there() -> None:
    endpoint = Endpoint()
    endpoint.answers["create", "cloudlet"] = shown()
    result = task(CloudletResource(), endpoint, cloudlets=[WANTED])
    ((verb, what, body),) = endpoint.writes
    assert (verb, what, body["Access_vars"]) == ("create", "cloudlet", ACCESS)
    assert "hush" not in json.dumps(result)
    assert "access_digest" not in json.dumps(result)


def test_a_changed_cloudlet_is_updated_under_the_revision_that_was_seen() -> None:
    endpoint = Endpoint()
    endpoint.listings["cloudlet"] = [shown(Site="quay", Access_digest=digest({}))]
    endpoint.answers["update", "cloudlet"] = shown()
    result = task(CloudletResource(), endpoint, cloudlets=[WANTED])
    assert endpoint.writes == [("update", "cloudlet", {"cloudlet_key": KEY, "Site": "harbour", "Access_vars": ACCESS})]
    assert endpoint.revisions == [4]
    assert result["diff"][0]["before"] == {"site": "quay", "access_vars": "(hidden) before"}
    assert result["diff"][0]["after"] == {"site": "harbour", "access_vars": "(hidden) after"}


def test_access_variables_that_are_not_given_are_left_alone() -> None:
    endpoint = Endpoint()
    endpoint.listings["cloudlet"] = [shown()]
    assert not task(CloudletResource(), endpoint, cloudlets=[{**KEY, "site": "harbour"}])["changed"]


def test_a_partner_that_sees_no_digest_would_write_them_again() -> None:
    endpoint = Endpoint()
    endpoint.listings["cloudlet"] = [shown(Access_digest=None)]
    assert task(CloudletResource(), endpoint, check_mode=True, cloudlets=[WANTED])["changed"]


def test_going_from_static_addresses_to_dhcp_takes_the_addresses_away() -> None:
    endpoint = Endpoint()
    endpoint.listings["cloudlet"] = [shown(IP_support="Static", Static_IPs="192.0.2.1")]
    endpoint.answers["update", "cloudlet"] = shown(IP_support="DHCP")
    wanted = [{**KEY, "ip_support": "dhcp"}]
    assert task(CloudletResource(), endpoint, cloudlets=wanted)["changed"]
    assert endpoint.writes[0][2] == {"cloudlet_key": KEY, "IP_support": "DHCP", "Static_IPs": None}
    endpoint.listings["cloudlet"] = [shown(IP_support="DHCP")]
    assert not task(CloudletResource(), endpoint, cloudlets=wanted)["changed"]


def test_an_empty_text_takes_an_offer_back_once() -> None:
    endpoint = Endpoint()
    endpoint.listings["cloudlet"] = [shown(Federated_organization="telco-south")]
    endpoint.answers["update", "cloudlet"] = shown()
    wanted = [{**KEY, "federated_organization": ""}]
    result = task(CloudletResource(), endpoint, cloudlets=wanted)
    assert result["results"][0]["changes"] == {"federated_organization": {"before": "telco-south", "after": None}}
    assert endpoint.writes[0][2] == {"cloudlet_key": KEY, "Federated_organization": None}
    endpoint.listings["cloudlet"] = [shown()]
    assert not task(CloudletResource(), endpoint, cloudlets=wanted)["changed"]


def test_many_cloudlets_are_listed_whole_rather_than_named_one_by_one() -> None:
    endpoint = Endpoint()
    many = [{"organization": "telco-north", "name": f"c-{number}"} for number in range(NARROW_BELOW)]
    task(CloudletResource(), endpoint, check_mode=True, cloudlets=many)
    assert endpoint.calls == [("show", "cloudlet", {"Filter": {"cloudlet_key": {"organization": "telco-north"}}})]


def test_a_cloudlet_that_somebody_else_deleted_meanwhile_is_gone_as_wanted() -> None:
    endpoint = Endpoint()
    endpoint.listings["cloudlet"] = [shown()]
    endpoint.answers["delete", "cloudlet"] = NotFound("gone")
    result = task(CloudletResource(), endpoint, state="absent", **KEY)
    assert (result["changed"], result["results"][0]["action"]) == (True, "deleted")


def test_a_wrong_value_in_a_file_is_refused_before_any_call(tmp_path: Any) -> None:
    source = tmp_path / "cloudlets.json"
    source.write_text(json.dumps([{**KEY, "access_vars": "hush", "capacity": "big", "maintenance_windows": {"a": 1}}]))
    endpoint = Endpoint()
    result = task(CloudletResource(), endpoint, src=str(source))
    fields = [entry["field"] for entry in result["failure"]["details"]["fields"]]
    assert sorted(fields) == [
        "cloudlets[0].access_vars", "cloudlets[0].capacity", "cloudlets[0].maintenance_windows",
    ]  # fmt: skip
    assert "hush" not in json.dumps(result)
    assert endpoint.calls == []


def test_the_info_module_gives_the_filter_to_the_endpoint() -> None:
    endpoint = Endpoint()
    endpoint.listings["cloudlet"] = [shown(Distance_km=3.2)]
    near = {"latitude": 53.5, "longitude": 9.9, "within_km": 10.0}
    result = task(CloudletInfo(), endpoint, platform_type="OpenStack", near=near)
    assert result["cloudlets"][0]["distance_km"] == 3.2
    assert endpoint.calls[0][2]["Near"]["Within_km"] == 10.0


# --- reservations

RESERVATION_KEY = {"organization": "telco-south", "name": "r-1"}
RESERVATION = {**RESERVATION_KEY, "cloudlet": KEY, "resources": {"vcpus": 4}}


def ledger(**differs: Any) -> Body:
    return {
        "reservation_key": RESERVATION_KEY,
        "cloudlet_key": KEY,
        "Resources": {"vcpus": 4},
        "State": "GRANTED",
        "Granted": {"vcpus": 4},
        "Revision": 1,
        **differs,
    }


def test_a_reservation_is_only_decided_in_check_mode() -> None:
    endpoint = Endpoint()
    endpoint.answers["create", "reservation"] = ledger()
    result = task(ReservationResource(), endpoint, check_mode=True, reservations=[RESERVATION])
    assert result["changed"]
    assert endpoint.calls[-1][2]["Dry_run"] is True
    assert endpoint.writes == []


@pytest.mark.parametrize("check_mode", [False, True])
def test_a_rejection_fails_with_what_is_free_also_in_check_mode(check_mode: bool) -> None:
    endpoint = Endpoint()
    rejected = ledger(State="REJECTED", Granted={}, Reason="not enough vcpus", Free={"vcpus": 1})
    endpoint.answers["create", "reservation"] = rejected
    result = task(ReservationResource(), endpoint, check_mode=check_mode, reservations=[RESERVATION])
    assert (result["failed"], result["changed"]) == (True, False)
    assert result["failure"]["code"] == "not_enough"
    assert "not enough vcpus (vcpus: asked 4, free 1)" in result["msg"]
    assert "Ask for less" in result["msg"]


@pytest.mark.parametrize("state", ["REJECTED", "EXPIRED", "RELEASED"])
def test_a_reservation_that_holds_nothing_any_more_is_asked_for_again(state: str) -> None:
    endpoint = Endpoint()
    endpoint.listings["reservation"] = [ledger(State=state)]
    endpoint.answers["create", "reservation"] = ledger()
    assert task(ReservationResource(), endpoint, reservations=[RESERVATION])["results"][0]["action"] == "created"


@pytest.mark.parametrize("state", ["GRANTED", "PARTIALLY_GRANTED", "ACTIVE", "EXPIRING", "REQUESTED"])
def test_a_reservation_that_is_held_is_left_as_it_is(state: str) -> None:
    endpoint = Endpoint()
    endpoint.listings["reservation"] = [ledger(State=state)]
    assert not task(ReservationResource(), endpoint, reservations=[RESERVATION])["changed"]


def test_a_grant_is_made_active_once_and_the_prediction_says_so() -> None:
    endpoint = Endpoint()
    endpoint.listings["reservation"] = [ledger()]
    endpoint.answers["activate", "reservation"] = ledger(State="ACTIVE")
    wanted = [{**RESERVATION_KEY, "active": True}]
    predicted = task(ReservationResource(), endpoint, check_mode=True, reservations=wanted)
    assert endpoint.writes == []
    done = task(ReservationResource(), endpoint, reservations=wanted)
    assert endpoint.writes == [("activate", "reservation", {"reservation_key": RESERVATION_KEY})]
    assert predicted == done
    endpoint.listings["reservation"] = [ledger(State="ACTIVE")]
    assert not task(ReservationResource(), endpoint, reservations=wanted)["changed"]


def test_what_is_not_granted_cannot_be_made_active() -> None:
    result = task(ReservationResource(), Endpoint(), reservations=[{**RESERVATION_KEY, "active": True}])
    assert result["failure"]["code"] == "not_found"
    assert "telco-south/r-1" in result["msg"]


def test_a_release_is_predicted_as_it_happens() -> None:
    endpoint = Endpoint()
    endpoint.listings["reservation"] = [ledger()]
    endpoint.answers["delete", "reservation"] = ledger(State="RELEASED")
    predicted = task(ReservationResource(), endpoint, check_mode=True, state="absent", **RESERVATION_KEY)
    assert endpoint.writes == []
    assert predicted == task(ReservationResource(), endpoint, state="absent", **RESERVATION_KEY)


def test_a_misspelt_field_is_refused_also_for_what_shall_go(tmp_path: Any) -> None:
    source = tmp_path / "reservations.json"
    source.write_text(json.dumps([{**RESERVATION_KEY, "state": "absent", "cloudled": KEY}]))
    result = task(ReservationResource(), Endpoint(), src=str(source))
    assert "reservations[0].cloudled: is not known here" in result["msg"]


def test_growing_is_decided_under_the_revision_that_was_seen() -> None:
    endpoint = Endpoint()
    endpoint.listings["reservation"] = [ledger()]
    endpoint.answers["update", "reservation"] = ledger(Resources={"vcpus": 6}, Revision=2)
    result = task(ReservationResource(), endpoint, reservations=[{**RESERVATION, "resources": {"vcpus": 6}}])
    assert result["changed"]
    assert sorted(endpoint.writes[0][2]) == ["Resources", "reservation_key"]
    assert endpoint.revisions == [1]


# --- federations and access


def test_a_federation_is_changed_in_the_fields_that_were_said_only() -> None:
    endpoint = Endpoint()
    key = {"organization": "telco-north", "partner": "telco-south"}
    endpoint.listings["federation"] = [{"federation_key": key, "Status": "PROPOSED", "Revision": 2}]
    endpoint.answers["update", "federation"] = {"federation_key": key, "Status": "ACTIVE", "Revision": 3}
    result = task(FederationResource(), endpoint, **key, status="ACTIVE", partner_url=None, ca_cert=None, expires=None)
    assert result["results"][0]["changes"] == {"status": {"before": "PROPOSED", "after": "ACTIVE"}}
    assert endpoint.writes == [("update", "federation", {"federation_key": key, "Status": "ACTIVE"})]


def test_access_is_revealed_only_under_no_log() -> None:
    endpoint = Endpoint()
    endpoint.answers["show", "access"] = {"cloudlet_key": KEY, "Platform_type": "OpenStack", "Access_vars": ACCESS}
    assert task(AccessInfo(), endpoint, cloudlets=[KEY])["failure"]["code"] == "forbidden"
    assert endpoint.calls == []
    revealed = task(AccessInfo(), endpoint, no_log=True, cloudlets=[KEY])
    assert revealed["control_endpoints"][0]["access_vars"] == ACCESS


def test_what_is_not_revealed_is_named_with_the_reason_of_each() -> None:
    endpoint = Endpoint()
    endpoint.answers["show", "access"] = Forbidden("No reservation.", remedy="Reserve first.")
    result = task(AccessInfo(), endpoint, no_log=True, cloudlets=[KEY, {**KEY, "name": "b"}])
    assert result["msg"].startswith("2 of 2 cloudlets do not reveal")
    assert result["failure"]["details"]["failed"]["telco-north/b"]["code"] == "forbidden"
