# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A VDC is remembered in the tags of its project and read back from them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.operator_platform.federation.plugins.module_utils.errors import InvalidInput
from ansible_collections.operator_platform.federation.plugins.module_utils.model.location import Location
from ansible_collections.operator_platform.federation.plugins.module_utils.model.vdc import Vdc
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack import marks

VDC = Vdc("harbour-1", "telco-north", "telco-south", Location(53.5461, -9.9661), ("az-1", "az-2"), "Harbour")


def project(tags: list[str], description: str = "Harbour") -> dict[str, object]:
    return {"name": "harbour-1", "description": description, "tags": tags}


def test_a_vdc_survives_its_tags() -> None:
    assert marks.vdc_of(project(marks.tags_of(VDC))) == VDC


@given(st.text(min_size=1, max_size=20), st.floats(-90, 90), st.floats(-180, 180))
def test_any_name_and_any_place_survive_keystones_alphabet(name: str, latitude: float, longitude: float) -> None:
    vdc = Vdc("x", "north", name, Location(latitude, longitude), (name,))
    tags = marks.tags_of(vdc)
    assert not any("," in tag or "/" in tag for tag in tags)
    read = marks.vdc_of({"name": "x", "tags": tags})
    assert (read.federated_organization, read.location, read.zones) == (name, vdc.location, (name,))


def test_what_is_not_said_keeps_its_tags_and_what_is_said_replaces_them() -> None:
    observed = [*marks.tags_of(VDC), "somebody-elses", "federation:held.devices.gpu=2"]
    changed = Vdc("harbour-1", "telco-north", zones=("az-3",))
    tags = marks.tags_of(changed, observed)
    assert "somebody-elses" in tags
    assert marks.held_of(tags) == {"devices.gpu": 2}
    read = marks.vdc_of(project(tags))
    assert (read.location, read.federated_organization, read.zones) == (VDC.location, "telco-south", ("az-3",))


def test_an_unfinished_project_is_ours_and_not_complete() -> None:
    unfinished = project([*marks.tags_of(VDC), marks.INCOMPLETE])
    assert marks.is_ours(unfinished)
    assert marks.vdc_of(unfinished).organization == ""
    assert not marks.is_complete(unfinished)
    assert marks.is_complete(project(marks.tags_of(VDC)))
    assert not marks.is_complete(project([]))


def test_finishing_is_done_by_leaving_the_mark_out() -> None:
    unfinished = [*marks.tags_of(VDC), marks.INCOMPLETE]
    assert marks.INCOMPLETE in marks.tags_of(VDC, unfinished)
    assert marks.INCOMPLETE not in marks.tags_of(VDC, [tag for tag in unfinished if tag != marks.INCOMPLETE])


@pytest.mark.parametrize("latitude", ["", "north", "91", "nan"])
def test_a_location_spoilt_by_hand_counts_as_none(latitude: str) -> None:
    tags = ["federation", f"federation:latitude={latitude}", "federation:longitude=9"]
    assert marks.vdc_of(project(tags)).location is None


def test_held_amounts_are_replaced_as_a_whole() -> None:
    tags = marks.with_held(["other", "federation:held.devices.gpu=2"], {"devices.nic": 4, "disk_gb": 0})
    assert tags == ["federation:held.devices.nic=4", "other"]
    assert marks.with_held(tags, {}) == ["other"]


def test_what_keystone_would_refuse_is_refused_before_with_the_field() -> None:
    zones = tuple(f"az-{number}" for number in range(90))
    with pytest.raises(InvalidInput, match="zones: need 95 tags"):
        marks.tags_of(Vdc("harbour-1", "north", "south", Location(1, 2), zones))
    with pytest.raises(InvalidInput, match="federation:organization"):
        marks.tags_of(Vdc("harbour-1", "x" * 250))
