# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Deadlines and waiting, with a clock that is turned by hand."""

from __future__ import annotations

import itertools

import pytest

from ansible_collections.operator_platform.federation.plugins.module_utils.errors import DeadlineExceeded
from ansible_collections.operator_platform.federation.plugins.module_utils.waiting import (
    LONGEST_DELAY_SECONDS,
    Deadline,
    wait_until,
)


class Clock:
    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def test_a_deadline_never_has_negative_time_left() -> None:
    clock = Clock()
    deadline = Deadline(5, clock)
    assert deadline.left() == 5
    clock.now += 7
    assert deadline.left() == 0
    with pytest.raises(DeadlineExceeded, match=r"deadline of 5 s passed while listing.*Raise the option deadline"):
        deadline.check("listing")


def test_waiting_ends_as_soon_as_it_is_done_without_a_pause() -> None:
    clock = Clock()
    assert wait_until("it", lambda: "up", lambda seen: seen == "up", Deadline(5, clock), sleep=clock.sleep) == "up"
    assert clock.slept == []


def test_pauses_double_up_to_the_longest() -> None:
    clock = Clock()
    states = itertools.chain(["building"] * 6, ["active"])
    wait_until("it", lambda: next(states), lambda seen: seen == "active", Deadline(99, clock), sleep=clock.sleep)
    assert clock.slept == [0.5, 1.0, 2.0, 4.0, LONGEST_DELAY_SECONDS, LONGEST_DELAY_SECONDS]


def test_waiting_never_outlasts_the_deadline_and_tells_the_last_state() -> None:
    clock = Clock()
    with pytest.raises(DeadlineExceeded, match=r"waiting for the server\..*last state seen: building"):
        wait_until("the server", lambda: "building", lambda _seen: False, Deadline(3, clock), sleep=clock.sleep)
    assert sum(clock.slept) == 3


def test_a_state_is_reported_once_until_it_changes() -> None:
    clock = Clock()
    states = iter(["building", "building", "booting", "active"])
    told: list[str] = []
    wait_until(
        "it", lambda: next(states), lambda seen: seen == "active", Deadline(99, clock), sleep=clock.sleep,
        report=told.append,
    )  # fmt: skip
    assert told == ["waiting for it: building", "waiting for it: booting"]
