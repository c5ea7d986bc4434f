# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from ansible_collections.operator_platform.federation.plugins.module_utils.errors import (
    FederationError,
    Forbidden,
    PlatformFault,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.model.problems import Problems
from ansible_collections.operator_platform.federation.plugins.module_utils.waiting import Deadline
from ansible_collections.operator_platform.federation.plugins.plugin_utils import partners
from tests.unit.inventory.populating import partner, wire


class FakeEndpoint:
    """Answers listings out of a mapping and writes down what it was asked."""

    def __init__(self, listings: Mapping[str, Any]) -> None:
        self.listings = listings
        self.asked: list[tuple[str, Any]] = []

    def pages(self, what: str, body: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        self.asked.append((what, body))
        answer = self.listings.get(what, [])
        if isinstance(answer, Exception):
            raise answer
        yield from answer


def fetched(endpoints: Mapping[str, FakeEndpoint | FederationError], raw: list[dict[str, Any]]) -> Any:
    @contextlib.contextmanager
    def session(options: Mapping[str, Any], deadline: Deadline, concurrency: int) -> Iterator[Any]:
        endpoint = endpoints[options["ewbi_url"]]
        if isinstance(endpoint, FederationError):
            raise endpoint
        yield endpoint

    problems = Problems()
    asked = partners.read_partners(raw, {}, str, problems)
    assert problems.found == []
    return partners.fetch(asked, Deadline(10), 4, session=session)


NORTH, WEST = "https://telco-north.example:8443", "https://telco-west.example:8443"
RESERVATION = {
    "reservation_key": {"organization": "telco-south", "name": "r-1"},
    "cloudlet_key": {"organization": "telco-north", "name": "harbour-1"},
    "Resources": {"vcpus": 4},
    "Granted": {"vcpus": 4},
    "State": "ACTIVE",
}
USAGE = {
    "cloudlet_key": {"organization": "telco-north", "name": "harbour-1"},
    "Resources": {"vcpus": {"value": 4, "quota_max": 64, "infra_max": 128}},
    "Free": [{"Start": "2027-01-01T00:00:00Z", "End": None, "Resources": {"vcpus": 60}}],
}


def test_each_partner_is_asked_once_per_resource_and_joined_by_key() -> None:
    north = FakeEndpoint(
        {"cloudlet": [wire("harbour-1"), wire("alps")], "reservation": [RESERVATION], "usage": [USAGE]}
    )
    (records,) = fetched({NORTH: north}, [partner("telco-north")])
    assert sorted(what for what, _body in north.asked) == ["cloudlet", "reservation", "usage"]
    alps, harbour = records
    assert alps["reservation"] is None
    assert alps["usage"] is None
    assert harbour["reservation"]["state"] == "ACTIVE"
    assert harbour["reservation"]["granted"] == {"vcpus": 4}
    assert harbour["usage"]["vcpus"] == {"value": 4, "quota_max": 64, "infra_max": 128}
    assert harbour["free"] == [{"start": "2027-01-01T00:00:00Z", "end": None, "resources": {"vcpus": 60}}]


def test_access_variables_are_left_behind_whatever_an_endpoint_sends() -> None:
    shown = wire(
        "harbour-1",
        Access_vars={"OS_PASSWORD": "hunter2"},
        Access_vars_set=["OS_PASSWORD"],
        Access_digest={"Digest": "x"},
    )
    (records,) = fetched({NORTH: FakeEndpoint({"cloudlet": [shown]})}, [partner("telco-north")])
    assert "hunter2" not in repr(records)
    assert "access" not in repr(records).lower()


def test_one_failing_partner_leaves_the_other() -> None:
    endpoints = {
        NORTH: FakeEndpoint({"cloudlet": [wire("harbour-1")]}),
        WEST: FakeEndpoint({"usage": Forbidden("No.")}),
    }
    north, west = fetched(endpoints, [partner("telco-north"), partner("telco-west")])
    assert [record["name"] for record in north] == ["harbour-1"]
    assert isinstance(west, Forbidden)


def test_a_session_that_cannot_be_opened_is_that_partners_error() -> None:
    endpoints = {NORTH: FakeEndpoint({"cloudlet": [wire("harbour-1")]}), WEST: PlatformFault("broken")}
    north, west = fetched(endpoints, [partner("telco-north"), partner("telco-west")])
    assert len(north) == 1
    assert isinstance(west, PlatformFault)


def test_cloudlets_of_another_organization_are_refused() -> None:
    (answer,) = fetched(
        {NORTH: FakeEndpoint({"cloudlet": [wire("harbour-1", "telco-evil")]})}, [partner("telco-north")]
    )
    assert isinstance(answer, PlatformFault)
    assert "telco-evil" in str(answer)


def test_the_environment_completes_the_only_partner() -> None:
    problems = Problems()
    defaults = {"ewbi_url": NORTH, "ewbi_client_id": "me", "ewbi_client_secret": "s"}
    (one,) = partners.read_partners([], defaults, str, problems)
    assert problems.found == []
    assert one.url == NORTH
    assert one.options["ewbi_client_secret"] == "s"


def test_the_environment_never_completes_one_of_several() -> None:
    problems = Problems()
    raw = [partner("telco-north"), {"url": WEST, "client_id": "me"}]
    partners.read_partners(raw, {"ewbi_client_secret": "for north only"}, str, problems)
    assert [field for field, _reason in problems.found] == ["partners[1].client_secret"]


def test_a_value_that_cannot_be_resolved_is_named_without_being_quoted() -> None:
    def resolve(value: Any) -> str:
        raise ValueError(f"cannot decrypt {value}")

    problems = Problems()
    partners.read_partners([{"url": NORTH, "client_id": "me", "client_secret": "hunter2"}], {}, resolve, problems)
    assert "partners[0].client_secret" in [field for field, _reason in problems.found]
    assert "hunter2" not in repr(problems.found)


def test_neither_repr_nor_fingerprint_shows_a_secret() -> None:
    problems = Problems()
    one, other = (
        partners.read_partners([partner("telco-north", client_secret=secret)], {}, str, problems)
        for secret in ("a1", "b2")
    )
    assert "a1" not in repr(one)
    assert partners.fingerprint(one) == partners.fingerprint(other)


@pytest.mark.parametrize("raw", ["x", {"url": NORTH}, 3])
def test_partners_must_be_a_list(raw: Any) -> None:
    problems = Problems()
    assert partners.read_partners(raw, {}, str, problems) == []
    assert problems.found[0][0] == "partners"
