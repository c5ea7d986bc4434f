# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Coordinates and distances."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.operator_platform.federation.plugins.module_utils.model.location import (
    EARTH_RADIUS_KM,
    Location,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.model.problems import Problems

locations = st.builds(Location, st.floats(-90, 90), st.floats(-180, 180))


@given(locations, locations)
def test_it_is_as_far_there_as_back(one: Location, two: Location) -> None:
    assert math.isclose(one.distance_km(two), two.distance_km(one), abs_tol=1e-6)


@given(locations)
def test_nowhere_is_far_from_itself(one: Location) -> None:
    assert one.distance_km(one) == 0


@given(locations, locations)
def test_nothing_is_farther_than_half_way_round(one: Location, two: Location) -> None:
    assert 0 <= one.distance_km(two) <= math.pi * EARTH_RADIUS_KM + 1e-6


@given(locations, locations, locations)
def test_a_detour_is_never_shorter(one: Location, two: Location, three: Location) -> None:
    assert one.distance_km(three) <= one.distance_km(two) + two.distance_km(three) + 1e-6


def test_a_known_distance() -> None:
    # Hamburg to Munich, town hall to town hall; great-circle distance about 612 km.
    hamburg, munich = Location(53.5504, 9.9924), Location(48.1374, 11.5755)
    assert hamburg.distance_km(munich) == pytest.approx(612, abs=2)


def test_the_date_line_is_crossed_the_short_way() -> None:
    assert Location(0, 179.5).distance_km(Location(0, -179.5)) == pytest.approx(111.2, abs=0.1)


@given(locations)
def test_what_is_written_reads_back_the_same(one: Location) -> None:
    problems = Problems()
    assert Location.from_dict(one.to_dict(), problems) == one
    texts = {name: repr(value) for name, value in one.to_dict().items()}
    assert Location.from_dict(texts, problems) == one
    assert problems.found == []


@pytest.mark.parametrize(
    ("raw", "fields"),
    [
        ({"latitude": 91, "longitude": 181}, ["location.latitude", "location.longitude"]),
        ({"latitude": "north", "longitude": 0}, ["location.latitude"]),
        ({"latitude": True, "longitude": 0}, ["location.latitude"]),
        ({"latitude": "nan", "longitude": "inf"}, ["location.latitude", "location.longitude"]),
        ({"latitude": 1}, ["location.longitude"]),
        ({"latitude": 1, "longitude": 1, "height": 3}, ["location.height"]),
        ("53,9", ["location"]),
    ],
)
def test_malformed_coordinates_are_named(raw: Any, fields: list[str]) -> None:
    problems = Problems()
    Location.from_dict(raw, problems)
    assert [name for name, _reason in problems.found] == fields
