# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Arithmetic of amounts."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.operator_platform.federation.plugins.module_utils.model.problems import Problems
from ansible_collections.operator_platform.federation.plugins.module_utils.model.resources import (
    AMOUNTS,
    Resources,
    Usage,
    total,
)

amounts = st.integers(0, 10**6)
resources = st.builds(
    Resources,
    **dict.fromkeys(AMOUNTS, amounts),
    devices=st.dictionaries(st.sampled_from(["gpu", "nic", "fpga"]), st.integers(1, 9)),
)


def flat(one: Resources) -> dict[str, int]:
    return {name: amount for name, amount in one.flat().items() if amount}


@given(resources, resources)
def test_addition_does_not_care_about_the_order(one: Resources, two: Resources) -> None:
    assert one + two == two + one


@given(resources)
def test_nothing_added_changes_nothing(one: Resources) -> None:
    assert flat(one + Resources()) == flat(one)


@given(resources, resources)
def test_what_was_added_can_be_taken_away_again(one: Resources, two: Resources) -> None:
    assert flat((one + two).minus(two)) == flat(one)


@given(resources, resources)
def test_no_amount_ever_goes_below_zero(one: Resources, two: Resources) -> None:
    assert all(amount >= 0 for amount in one.minus(two).flat().values())


@given(resources, st.integers(0, 5))
def test_times_is_repeated_addition(one: Resources, count: int) -> None:
    assert flat(one.times(count)) == flat(total([one] * count))


@given(resources, resources)
def test_a_shortfall_is_exactly_what_does_not_fit(wanted: Resources, free: Resources) -> None:
    short = wanted.shortfall(free)
    available = free.flat()
    for name, amount in wanted.flat().items():
        assert (name in short) == (amount > available.get(name, 0))
    assert not wanted.shortfall(free + wanted)


@given(resources)
def test_what_is_written_reads_back_the_same(one: Resources) -> None:
    problems = Problems()
    assert Resources.from_dict(one.to_dict(), problems) == one
    assert problems.found == []


def test_missing_amounts_are_zero_and_devices_of_none_are_left_out() -> None:
    problems = Problems()
    read = Resources.from_dict({"vcpus": "4", "memory_mb": None, "devices": {"gpu": 0, "nic": 1}}, problems)
    assert (read, problems.found) == (Resources(vcpus=4, devices={"nic": 1}), [])


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        ({"cpu": 1}, "r.cpu"),
        ({"vcpus": -1}, "r.vcpus"),
        ({"vcpus": 1.5}, "r.vcpus"),
        ({"vcpus": True}, "r.vcpus"),
        ({"vcpus": "four"}, "r.vcpus"),
        ({"devices": ["gpu"]}, "r.devices"),
        ({"devices": {"gpu": "many"}}, "r.devices.gpu"),
        ([1], "r"),
    ],
)
def test_a_wrong_amount_is_named_with_its_path(raw: Any, field: str) -> None:
    problems = Problems()
    Resources.from_dict(raw, problems, "r.")
    assert [name for name, _reason in problems.found] == [field]


def test_usage_is_told_as_a_triple() -> None:
    assert Usage(3, 8).to_dict() == {"value": 3, "quota_max": 8, "infra_max": None}
