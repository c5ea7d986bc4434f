# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests judged before and beside the arithmetic: what can never be granted, maintenance, changes, repetition."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ewbi_endpoint.ledger.admission import (
    check_request,
    decide_change,
    decide_new,
    differences,
    effective_minimum,
    maintenance_reason,
)
from ewbi_endpoint.ledger.decision import Hold, Pool
from ewbi_endpoint.model import Cloudlet, Key, Reservation, ReservationState, Window
from ewbi_endpoint.problems import Problem
from ewbi_endpoint.times import SECOND

NOW = 1_800_000_000 * SECOND
HOUR = 3600 * SECOND
CLOUDLET = Cloudlet(
    key=Key("telco-north", "harbour-1"),
    latitude="53.5",
    longitude="9.9",
    platform_type="OpenStack",
    ip_support="dhcp",
    resource_map={"gpu": "nvidia-t4:2"},
    capacity={"vcpus": 10, "devices.gpu": 2},
)
ASKED = Reservation(
    key=Key("telco-south", "r1"),
    cloudlet=CLOUDLET.key,
    resources={"vcpus": 4},
    minimum={"vcpus": 4},
    start=NOW,
    end=NOW + HOUR,
    grace_seconds=0,
    state=ReservationState.REQUESTED,
    granted={},
)


def pools(*holds: Hold) -> tuple[Pool, ...]:
    return (Pool(CLOUDLET.capacity or {}, holds),)


def held(state: ReservationState = ReservationState.GRANTED, **changes: object) -> Reservation:
    return replace(ASKED, state=state, granted={"vcpus": 4}, **changes)  # type: ignore[arg-type]  # fields by name


def wrong_fields(asked: Reservation) -> list[str]:
    with pytest.raises(Problem) as caught:
        check_request(asked, CLOUDLET, NOW)
    assert caught.value.status == 422
    return [item.param for item in caught.value.invalid]


def test_a_device_that_the_cloudlet_does_not_have_is_refused_by_name() -> None:
    asked = replace(ASKED, resources={"devices.tpu": 1}, minimum={"devices.tpu": 1})
    assert wrong_fields(asked) == ["Resources.devices.tpu", "Minimum.devices.tpu"]


def test_asking_for_nothing_is_refused() -> None:
    assert wrong_fields(replace(ASKED, resources={"vcpus": 0}, minimum={})) == ["Resources"]


def test_a_minimum_above_the_request_is_refused() -> None:
    assert wrong_fields(replace(ASKED, minimum={"vcpus": 5, "disk_gb": 1})) == ["Minimum.disk_gb", "Minimum.vcpus"]


def test_a_period_that_ends_before_it_starts_is_refused() -> None:
    assert wrong_fields(replace(ASKED, end=NOW)) == ["End"]


def test_a_period_that_is_over_is_refused() -> None:
    assert wrong_fields(replace(ASKED, start=NOW - 2 * HOUR, end=NOW - HOUR)) == ["End"]


def test_without_a_minimum_everything_is_needed() -> None:
    assert effective_minimum({"vcpus": 4}, None) == {"vcpus": 4}
    assert effective_minimum({"vcpus": 4, "disk_gb": 5}, {"vcpus": 1}) == {"vcpus": 1, "disk_gb": 5}


def test_a_cloudlet_without_capacity_rejects_and_says_so() -> None:
    decided = decide_new(ASKED, replace(CLOUDLET, capacity=None), (Pool({}, ()),), NOW)
    assert decided.state is ReservationState.REJECTED
    assert "states no Capacity" in (decided.reason or "")


@pytest.mark.parametrize(
    ("window", "start", "refused"),
    [
        (Window(NOW - HOUR, NOW + HOUR, "switch"), NOW, True),
        (Window(NOW - HOUR, NOW + HOUR, "switch"), NOW + 9 * HOUR, True),
        (Window(NOW + HOUR, NOW + 2 * HOUR, "switch"), NOW + HOUR, True),
        (Window(NOW + HOUR, NOW + 2 * HOUR, "switch"), NOW, False),
        (Window(NOW - HOUR, NOW, "switch"), NOW, False),
    ],
)
def test_a_window_that_holds_now_or_the_start_lets_nothing_new_in(window: Window, start: int, refused: bool) -> None:
    cloudlet = replace(CLOUDLET, maintenance_windows=(window,))
    asked = replace(ASKED, start=start, end=start + HOUR)
    decided = decide_new(asked, cloudlet, pools(), NOW)
    assert (decided.state is ReservationState.REJECTED) == refused
    if refused:
        assert "switch" in (decided.reason or "")
        assert decided.granted == {}


def test_offline_lets_nothing_new_in() -> None:
    assert "offline" in (maintenance_reason(replace(CLOUDLET, maintenance_state="offline"), NOW, NOW) or "")
    assert replace(CLOUDLET, maintenance_state="offline").effective_state(NOW) == "offline"


def test_a_change_that_does_not_fit_leaves_what_is_held() -> None:
    other = Hold(NOW, None, {"vcpus": 6})
    bigger = held(resources={"vcpus": 5}, minimum={"vcpus": 5})
    with pytest.raises(Problem) as caught:
        decide_change(held(), replace(bigger, granted={"vcpus": 5}), CLOUDLET, pools(other), NOW)
    assert caught.value.status == 409
    assert caught.value.extra["Free"] == {"vcpus": 4}


def test_a_changed_amount_has_to_be_made_real_again() -> None:
    active = held(ReservationState.ACTIVE)
    smaller = replace(active, resources={"vcpus": 2}, minimum={"vcpus": 2}, granted={"vcpus": 2})
    assert decide_change(active, smaller, CLOUDLET, pools(), NOW).state is ReservationState.GRANTED


def test_an_extended_period_stays_active() -> None:
    active = held(ReservationState.ACTIVE)
    longer = replace(active, end=NOW + 9 * HOUR)
    assert decide_change(active, longer, CLOUDLET, pools(), NOW).state is ReservationState.ACTIVE


def test_an_extension_into_somebody_elses_period_is_refused() -> None:
    other = Hold(NOW + 2 * HOUR, None, {"vcpus": 8})
    with pytest.raises(Problem, match="stays as it is"):
        decide_change(held(), held(end=NOW + 3 * HOUR), CLOUDLET, pools(other), NOW)


def test_growing_during_maintenance_is_refused_and_shrinking_is_not() -> None:
    offline = replace(CLOUDLET, maintenance_state="offline")
    with pytest.raises(Problem) as caught:
        decide_change(held(), replace(held(), granted={"vcpus": 5}), offline, pools(), NOW)
    assert caught.value.cause == "MAINTENANCE"
    shrunk = replace(held(), resources={"vcpus": 1}, minimum={"vcpus": 1}, granted={"vcpus": 1})
    assert decide_change(held(), shrunk, offline, pools(), NOW).granted == {"vcpus": 1}


def test_a_partial_grant_stays_partial_when_only_the_period_changes() -> None:
    partial = held(
        ReservationState.PARTIALLY_GRANTED, resources={"vcpus": 8}, minimum={"vcpus": 2}, reason="not enough"
    )
    longer = replace(partial, end=None)
    decided = decide_change(partial, longer, CLOUDLET, pools(), NOW)
    assert decided.state is ReservationState.PARTIALLY_GRANTED
    assert decided.reason == "not enough"


def test_time_alone_moves_a_reservation_through_its_grace_to_its_end() -> None:
    active = held(ReservationState.ACTIVE, grace_seconds=60)
    assert active.effective_state(NOW + HOUR - 1) is ReservationState.ACTIVE
    assert active.effective_state(NOW + HOUR) is ReservationState.EXPIRING
    assert active.holds_at(NOW + HOUR)
    assert active.effective_state(NOW + HOUR + 60 * SECOND) is ReservationState.EXPIRED
    assert not active.holds_at(NOW + HOUR + 60 * SECOND)
    assert not active.holds_at(NOW - 1)


def test_a_repeated_request_equals_what_it_repeats_whether_it_names_the_start_or_not() -> None:
    stored = replace(ASKED, start_asked=None)
    assert differences(stored, replace(ASKED, start_asked=None, start=NOW + 5)) == []
    assert differences(stored, replace(ASKED, start_asked=NOW, start=NOW)) == []
    assert differences(stored, replace(ASKED, start_asked=NOW + 5, start=NOW + 5)) == ["Start"]


def test_a_zero_and_nothing_are_the_same_request() -> None:
    assert differences(ASKED, replace(ASKED, resources={"vcpus": 4, "disk_gb": 0})) == []


def test_every_differing_field_of_a_repeated_request_is_named() -> None:
    other = replace(
        ASKED,
        cloudlet=Key("telco-north", "other"),
        resources={"vcpus": 5},
        minimum={"vcpus": 1},
        start_asked=NOW + 1,
        end=None,
        grace_seconds=1,
    )
    assert differences(ASKED, other) == ["cloudlet_key", "Resources", "Minimum", "Start", "End", "Grace_seconds"]
