# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cloudlets and their access variables as they are read from options or a file."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.operator_platform.federation.plugins.module_utils.model.access_vars import (
    ALL_NAMES,
    SECRET_NAMES,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.model.cloudlet import Cloudlet, parse_device
from ansible_collections.operator_platform.federation.plugins.module_utils.model.problems import Problems

KEY = {"organization": "telco-north", "name": "harbour-1"}
OPENSTACK = {"OS_AUTH_URL": "https://k.example", "OS_USERNAME": "u", "OS_PASSWORD": "hush"}


def read(**fields: Any) -> Cloudlet:
    problems = Problems()
    cloudlet = Cloudlet.from_dict({**KEY, **fields}, problems)
    assert problems.found == []
    return cloudlet


def problems_of(**fields: Any) -> dict[str, str]:
    problems = Problems()
    Cloudlet.from_dict({**KEY, **fields}, problems)
    assert problems.found
    return dict(problems.found)


def test_only_what_was_said_is_compared() -> None:
    assert read(site="harbour").comparable() == {"site": "harbour"}


def test_spellings_that_mean_the_same_compare_equal() -> None:
    one = read(
        platform_type="openstack",
        ip_support="STATIC",
        static_ips="192.0.2.9, 192.0.2.1-192.0.2.3",
        ca_cert="PEM\n",
        maintenance_windows=[
            {"start": "2027-02-01T00:00:00Z", "end": "2027-02-02T00:00:00Z"},
            {"start": "2027-01-01T02:00:00+02:00", "end": "2027-01-02T00:00:00Z", "reason": None},
        ],
        capacity={"vcpus": "4", "devices": {"gpu": 0}},
    )
    two = read(
        platform_type="OpenStack",
        ip_support="static",
        static_ips="192.0.2.1-192.0.2.3,192.0.2.9",
        ca_cert="PEM",
        maintenance_windows=[
            {"start": "2027-01-01T00:00:00Z", "end": "2027-01-02T00:00:00Z", "reason": ""},
            {"start": "2027-02-01T00:00:00Z", "end": "2027-02-02T00:00:00Z", "reason": ""},
        ],
        capacity={"vcpus": 4},
    )
    assert one.comparable() == two.comparable()


def test_access_variables_are_neither_compared_nor_shown() -> None:
    cloudlet = read(platform_type="OpenStack", access_vars=OPENSTACK)
    assert cloudlet.access_vars == OPENSTACK
    assert "hush" not in repr(cloudlet)
    assert "access_vars" not in cloudlet.comparable()


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"location": {"latitude": 99, "longitude": 9}}, "location.latitude"),
        ({"platform_type": "Proxmox"}, "platform_type"),
        ({"ip_support": "static"}, "static_ips"),
        ({"ip_support": "dhcp", "static_ips": "192.0.2.1"}, "static_ips"),
        ({"static_ips": "192.0.2.0/28,192.0.2.3"}, "static_ips"),
        ({"resource_map": {"gpu": "t4"}}, "resource_map.gpu"),
        ({"resource_map": ["gpu"]}, "resource_map"),
        ({"maintenance_windows": [{"start": "2027-01-02T00:00:00Z", "end": "2027-01-01T00:00:00Z"}]},
         "maintenance_windows[0].end"),
        ({"maintenance_windows": [{"start": "2027-01-02T00:00:00Z"}]}, "maintenance_windows[0].end"),
        ({"maintenance_windows": ["soon"]}, "maintenance_windows[0]"),
        ({"maintenance_windows": "soon"}, "maintenance_windows"),
        ({"capacity": 4}, "capacity"),
        ({"capacity": {"cores": 4}}, "capacity.cores"),
        ({"access_vars": "hush"}, "access_vars"),
        ({"endpoint_scope": "galaxy"}, "endpoint_scope"),
        ({"colour": "red"}, "colour"),
        ({"name": "har bour"}, "name"),
        ({"organization": ""}, "organization"),
    ],
    ids=str,
)  # fmt: skip
def test_a_wrong_field_is_named(fields: dict[str, Any], named: str) -> None:
    assert list(problems_of(**fields)) == [named]


@pytest.mark.parametrize(
    ("platform_type", "access_vars", "named"),
    [
        ("OpenStack", {"OS_AUTH_URL": "u"}, {"access_vars": "(OS_USERNAME, OS_PASSWORD) or (OS_APPLICATION"}),
        ("OpenStack", {**OPENSTACK, "OS_COLOUR": "hush"}, {"access_vars.OS_COLOUR": "is not known for OpenStack"}),
        (
            "vCenter",
            {"VCENTER_USER": "u"},
            {"access_vars.VCENTER_ADDR": "is required", "access_vars.VCENTER_PASSWORD": "is required"},
        ),
        ("VCD", {"VCD_URL": "u", "VCD_ORG": "o", "VCD_API_TOKEN": "hush"}, {"access_vars.VDC_NAME": "is required"}),
    ],
    ids=["no-credential", "unknown", "vcenter", "vcd"],
)
def test_missing_and_unknown_access_variables_are_named_without_their_values(
    platform_type: str, access_vars: dict[str, str], named: dict[str, str]
) -> None:
    found = problems_of(platform_type=platform_type, access_vars=access_vars)
    assert sorted(found) == sorted(named)
    for field, words in named.items():
        assert words in found[field]
    assert "hush" not in str(found)


def test_every_name_that_looks_secret_is_kept_out_of_logs() -> None:
    looks_secret = {name for name in ALL_NAMES if name.endswith(("PASSWORD", "SECRET", "TOKEN"))}
    assert looks_secret == SECRET_NAMES


def test_a_device_is_written_model_and_count() -> None:
    assert parse_device("vendor:model:2") == ("vendor:model", 2)
    for wrong in ("t4", ":2", "t4:", "t4:two", "t4:-1"):
        with pytest.raises(ValueError, match="model:count"):
            parse_device(wrong)
