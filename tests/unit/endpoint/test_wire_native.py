# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading the native dialect: every spelling of a key, and every wrong field named."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ewbi_endpoint.model import Cloudlet
from ewbi_endpoint.problems import Problem
from ewbi_endpoint.wire.native.cloudlet import CloudletBody, CloudletChange
from ewbi_endpoint.wire.native.federation import FederationBody
from ewbi_endpoint.wire.native.filters import ShowCloudlet
from ewbi_endpoint.wire.native.rendering import render_access_changes, render_profile
from ewbi_endpoint.wire.native.reservation import ReservationBody
from ewbi_endpoint.wire.reading import read

BODY: dict[str, Any] = {
    "cloudlet_key": {"organization": "telco-north", "name": "harbour-1"},
    "cloudlet_location": {"Latitude": "53.5461", "Longitude": "9.9661"},
    "Platform_type": "OpenStack",
    "Access_vars": {"OS_AUTH_URL": "https://c.example:5000/v3", "OS_USERNAME": "u", "OS_PASSWORD": "top-secret-value"},
    "IP_support": "Static",
    "Static_IPs": "198.51.100.10-198.51.100.40,198.51.100.64/28",
    "Resource_Map": {"gpu": "nvidia-t4:2"},
}


def body(**changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(BODY), **changes}


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in body().items() if key != name}


def refusal(wrong: dict[str, Any], model: Any = CloudletBody) -> Problem:
    with pytest.raises(Problem) as caught:
        read(model, wrong)
    return caught.value


def wrong_fields(wrong: dict[str, Any], model: Any = CloudletBody) -> list[str]:
    return [item.param for item in refusal(wrong, model).invalid]


def test_other_spellings_of_the_keys_are_read() -> None:
    spelled = {
        "CLOUDLET_KEY": BODY["cloudlet_key"],
        "cloudletLocation": {"latitude": 53.5461, "LONGITUDE": "9.9661"},
        "platform_type": "openstack",
        "access_vars": {name.lower(): value for name, value in BODY["Access_vars"].items()},
        "ip_support": "Static set",
        "static_ips": BODY["Static_IPs"],
        "resource_map": BODY["Resource_Map"],
    }
    found = read(CloudletBody, spelled)
    expected = read(CloudletBody, body())
    assert found.to_cloudlet() == expected.to_cloudlet()
    assert found.access_vars == expected.access_vars


def test_a_key_given_in_two_spellings_is_refused() -> None:
    assert "in two spellings" in refusal(body(platform_type="OpenStack")).invalid[0].reason


def test_every_wrong_field_is_named_at_once() -> None:
    wrong = body(
        cloudlet_key={"organization": "-", "name": "harbour-1"},
        cloudlet_location={"Latitude": "91", "Longitude": "east"},
        Platform_type="Kubernetes",
        IP_support="sometimes",
        Static_IPs="198.51.100.300",
        Unheard_of=1,
    )
    assert set(wrong_fields(wrong)) == {
        "cloudlet_key.organization",
        "cloudlet_location.Latitude",
        "cloudlet_location.Longitude",
        "Platform_type",
        "IP_support",
        "Static_IPs",
        "Unheard_of",
    }
    assert refusal(wrong).status == 400


@pytest.mark.parametrize("name", ["cloudlet_key", "cloudlet_location", "Platform_type", "Access_vars", "IP_support"])
def test_a_missing_mandatory_field_is_named(name: str) -> None:
    assert name in wrong_fields(without(name))


@pytest.mark.parametrize("latitude", ["", "NaN", "1e1", "90.0001", "-91", "53,5", True, None, [], "\uff15"])
def test_a_malformed_latitude_is_refused(latitude: Any) -> None:
    assert wrong_fields(body(cloudlet_location={"Latitude": latitude, "Longitude": 9})) == [
        "cloudlet_location.Latitude"
    ]


@pytest.mark.parametrize(
    ("given_value", "written"),
    [("53.50", "53.5"), (53.5, "53.5"), (-0.0, "0"), ("+7", "7"), (1e-7, "0.0000001"), (90, "90")],
)
def test_coordinates_are_written_as_plain_decimal_strings(given_value: Any, written: str) -> None:
    found = read(CloudletBody, body(cloudlet_location={"Latitude": given_value, "Longitude": "9"}))
    assert found.to_cloudlet().latitude == written


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_every_place_on_earth_is_read_to_its_number(latitude: float, longitude: float) -> None:
    latitude, longitude = round(latitude, 9), round(longitude, 9)
    found = read(CloudletBody, body(cloudlet_location={"Latitude": latitude, "Longitude": longitude})).to_cloudlet()
    assert (float(found.latitude), float(found.longitude)) == (latitude, longitude)


@pytest.mark.parametrize(
    ("changes", "status", "reason"),
    [
        ({"Static_IPs": "198.51.100.10,198.51.100.10"}, 422, "share addresses"),
        ({"Static_IPs": "198.51.100.0/24,198.51.100.7"}, 422, "share addresses"),
        ({"Static_IPs": "198.51.100.9-198.51.100.1"}, 400, "ends before it starts"),
        ({"Static_IPs": "198.51.100.1/24"}, 400, "host bits"),
        ({"Static_IPs": None}, 400, "is required with IP_support Static"),
        ({"IP_support": "DHCP"}, 422, "must not be given with IP_support DHCP"),
    ],
)
def test_static_addresses_that_cannot_be_are_refused(changes: dict[str, Any], status: int, reason: str) -> None:
    problem = refusal(body(**changes))
    assert (problem.status, [item.param for item in problem.invalid]) == (status, ["Static_IPs"])
    assert reason in problem.invalid[0].reason


@pytest.mark.parametrize(
    ("platform", "names", "missing"),
    [
        ("OpenStack", ["OS_AUTH_URL"], ["Access_vars.OS_USERNAME", "Access_vars.OS_PASSWORD"]),
        ("OpenStack", ["OS_AUTH_URL", "OS_USERNAME"], ["Access_vars.OS_PASSWORD"]),
        (
            "OpenStack",
            ["OS_AUTH_URL", "OS_APPLICATION_CREDENTIAL_ID"],
            ["Access_vars.OS_APPLICATION_CREDENTIAL_SECRET"],
        ),
        ("OpenStack", ["OS_USERNAME", "OS_PASSWORD", "OS_TYPO"], ["Access_vars.OS_TYPO", "Access_vars.OS_AUTH_URL"]),
        ("vCenter", ["VCENTER_ADDR", "VCENTER_USER"], ["Access_vars.VCENTER_PASSWORD"]),
        ("VCD", ["VCD_URL", "VCD_API_TOKEN"], ["Access_vars.VCD_ORG", "Access_vars.VDC_NAME"]),
    ],
)
def test_missing_and_unknown_access_variables_are_named(platform: str, names: list[str], missing: list[str]) -> None:
    assert wrong_fields(body(Platform_type=platform, Access_vars=dict.fromkeys(names, "x"))) == missing


@pytest.mark.parametrize(
    "names",
    [
        (
            "OpenStack",
            "OS_AUTH_URL",
            "OS_APPLICATION_CREDENTIAL_ID",
            "OS_APPLICATION_CREDENTIAL_SECRET",
            "OS_REGION_NAME",
        ),
        ("vCenter", "VCENTER_ADDR", "VCENTER_USER", "VCENTER_PASSWORD", "VCENTER_FOLDER"),
        ("VCD", "VCD_URL", "VCD_ORG", "VDC_NAME", "VCD_API_TOKEN"),
        ("VCD", "VCD_URL", "VCD_ORG", "VDC_NAME", "VCD_USER", "VCD_PASSWORD", "VCD_CACERT_DATA"),
    ],
)
def test_every_platforms_access_variables_are_accepted(names: tuple[str, ...]) -> None:
    read(CloudletBody, body(Platform_type=names[0], Access_vars=dict.fromkeys(names[1:], "x")))


def test_no_refusal_repeats_an_access_variable() -> None:
    secret = BODY["Access_vars"]["OS_PASSWORD"]
    for wrong in (
        body(Access_vars={**BODY["Access_vars"], "OS_AUTH_URL": 5}),
        body(Access_vars=[secret]),
        body(Access_vars=secret),
        body(Access_vars={**BODY["Access_vars"], "OS_USERNAME": {"x": secret}}),
        body(Access_vars={**BODY["Access_vars"], "OS_PASSWORD": secret + "\x00"}),
        body(Platform_type="VCD"),
    ):
        assert secret not in str(refusal(wrong).body())


def test_a_private_key_in_the_public_certificate_field_is_refused() -> None:
    problem = refusal(body(CA_Cert_Data="-----BEGIN PRIVATE KEY-----\nMII=\n-----END PRIVATE KEY-----"))
    assert "private key" in problem.invalid[0].reason


def test_capacity_holds_only_devices_that_the_resource_map_has() -> None:
    assert wrong_fields(body(Capacity={"devices": {"tpu": 1, "gpu": 3}})) == [
        "Capacity.devices.tpu",
        "Capacity.devices.gpu",
    ]
    assert read(CloudletBody, body(Capacity={"devices": {"gpu": 2}})).to_cloudlet().capacity == {"devices.gpu": 2}


def test_a_maintenance_window_ends_after_it_starts() -> None:
    window = {"start": "2027-01-10T03:00:00Z", "End": "2027-01-10T01:00:00Z"}
    problem = refusal(body(Maintenance_Windows=[window]))
    assert (problem.status, problem.invalid[0].param) == (422, "Maintenance_Windows.0.End")


@pytest.mark.parametrize("amount", [-1, 1.5, "4", True, 10**13])
def test_amounts_are_whole_numbers_from_zero_on(amount: Any) -> None:
    assert wrong_fields(body(Capacity={"vcpus": amount})) == ["Capacity.vcpus"]


def test_a_profile_survives_rendering_and_reading() -> None:
    capacity = {"vcpus": 4, "memory_mb": 0, "devices": {"gpu": 1}}
    windows = [{"Start": "2027-01-10T01:00:00+01:00", "End": "2027-01-10T03:00:00Z", "Reason": "x"}]
    profile = read(CloudletBody, body(Capacity=capacity, Maintenance_Windows=windows, Site="s")).to_cloudlet()
    again = read(CloudletBody, render_profile(profile) | {"Access_vars": BODY["Access_vars"]}).to_cloudlet()
    assert again == profile
    assert Cloudlet.from_document(profile.to_document()) == profile


def test_a_change_is_judged_together_with_what_is_stored() -> None:
    stored = read(CloudletBody, body()).to_cloudlet()
    change = {"cloudlet_key": BODY["cloudlet_key"], "ip_support": "DHCP"}
    read(CloudletChange, change)
    merged = CloudletChange.merged(stored, BODY["Access_vars"], change)
    assert wrong_fields(merged) == ["Static_IPs"]
    cleared = CloudletChange.merged(stored, BODY["Access_vars"], {**change, "Static_IPs": None})
    assert read(CloudletBody, cleared).to_cloudlet().static_ips is None


def test_changes_of_access_variables_show_names_and_no_values() -> None:
    changes = render_access_changes({"A": "one", "B": "same"}, {"A": "two", "B": "same", "C": "new"})
    assert changes == [
        {"Field": "Access_vars.A", "Before": "********", "After": "********"},
        {"Field": "Access_vars.C", "Before": None, "After": "********"},
    ]


def test_a_reservation_takes_no_free_text() -> None:
    wish = {
        "reservation_key": {"organization": "telco-south", "name": "Client ACME"},
        "cloudlet_key": BODY["cloudlet_key"],
        "Resources": {"vcpus": 1},
        "Description": "for ACME",
    }
    assert set(wrong_fields(wish, ReservationBody)) == {"reservation_key.name", "Description"}


@pytest.mark.parametrize(
    "start", ["2027-01-10", "2027-01-10T01:00:00", "2027-13-10T01:00:00Z", "tomorrow", 5, "0001-01-01T00:00:00+23:59"]
)
def test_a_time_without_a_zone_or_sense_is_refused(start: Any) -> None:
    wish = {
        "reservation_key": {"organization": "telco-south", "name": "r1"},
        "cloudlet_key": BODY["cloudlet_key"],
        "Resources": {"vcpus": 1},
        "Start": start,
    }
    assert wrong_fields(wish, ReservationBody) == ["Start"]


def test_a_federation_takes_only_https_addresses_and_known_statuses() -> None:
    wrong = {"federation_key": {"organization": "a", "partner": "b"}, "Partner_URL": "http://x", "Status": "EXPIRED"}
    assert wrong_fields(wrong, FederationBody) == ["Partner_URL", "Status"]


def test_filters_take_one_value_or_a_list_of_them() -> None:
    found = read(ShowCloudlet, {"Site": "a", "filter": {"platform_type": ["openstack", "VCD"]}})
    assert found.site == ["a"]
    assert found.filter is not None
    assert found.filter.platform_type == ["OpenStack", "VCD"]


def test_access_variables_are_no_filter() -> None:
    assert wrong_fields({"Access_vars": {"OS_PASSWORD": "a"}}, ShowCloudlet) == ["Access_vars"]


@pytest.mark.parametrize("not_an_object", [None, [], "x", 5])
def test_a_body_that_is_no_object_is_refused(not_an_object: Any) -> None:
    assert wrong_fields(not_an_object) == ["body"]
