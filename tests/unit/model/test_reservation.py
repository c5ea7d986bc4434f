# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reservations as they are read from options or a file."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.operator_platform.federation.plugins.module_utils.model.problems import Problems
from ansible_collections.operator_platform.federation.plugins.module_utils.model.reservation import Reservation

GOOD: dict[str, Any] = {
    "organization": "telco-south",
    "name": "r-1",
    "cloudlet": {"organization": "telco-north", "name": "harbour-1"},
    "resources": {"vcpus": 8},
}


def test_only_what_was_said_is_compared_and_resources_in_full() -> None:
    problems = Problems()
    compared = Reservation.from_dict(GOOD, problems).comparable()
    assert problems.found == []
    assert sorted(compared) == ["cloudlet", "resources"]
    assert compared["resources"]["vcpus"] == 8
    assert compared["resources"]["devices"] == {}


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"start": "2027-01-02T00:00:00Z", "end": "2027-01-01T00:00:00Z"}, "end"),
        ({"start": "2027-01-02T00:00:00Z", "end": "2027-01-02T01:00:00+01:00"}, "end"),
        ({"end": "next week"}, "end"),
        ({"resources": {}}, "resources"),
        ({"resources": {"vcpus": 0}}, "resources"),
        ({"minimum": {"vcpus": 9}}, "minimum.vcpus"),
        ({"minimum": {"devices": {"gpu": 1}}}, "minimum.devices.gpu"),
        ({"name": "Client A"}, "name"),
        ({"name": "a" * 65}, "name"),
        ({"cloudlet": "harbour-1"}, "cloudlet"),
        ({"cloudlet": {"organization": "telco-north"}}, "cloudlet.name"),
        ({"grace_seconds": -1}, "grace_seconds"),
        ({"client": "Acme"}, "client"),
    ],
    ids=str,
)
def test_a_wrong_field_is_named(fields: dict[str, Any], named: str) -> None:
    problems = Problems()
    Reservation.from_dict({**GOOD, **fields}, problems)
    assert named in [name for name, _reason in problems.found]
