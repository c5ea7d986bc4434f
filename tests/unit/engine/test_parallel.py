# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bounded parallel work."""

from __future__ import annotations

import threading

import pytest

from ansible_collections.operator_platform.federation.plugins.module_utils.errors import DeadlineExceeded, NotFound
from ansible_collections.operator_platform.federation.plugins.module_utils.parallel import settle_all
from ansible_collections.operator_platform.federation.plugins.module_utils.waiting import Deadline


@pytest.mark.parametrize("concurrency", [1, 4])
def test_results_and_errors_come_in_the_order_given(concurrency: int) -> None:
    def work(number: int) -> int:
        if number % 3 == 0:
            raise NotFound(str(number))
        return number * 10

    settled = settle_all(work, range(10), concurrency, Deadline(60), "counting")
    assert [one.message if isinstance(one, NotFound) else one for one in settled] == [
        "0", 10, 20, "3", 40, 50, "6", 70, 80, "9",
    ]  # fmt: skip


def test_no_more_is_under_way_at_once_than_allowed() -> None:
    lock = threading.Lock()
    arrived = threading.Barrier(3)
    under_way: list[int] = []
    most: list[int] = []

    def work(number: int) -> None:
        with lock:
            under_way.append(number)
            most.append(len(under_way))
        arrived.wait(timeout=20)
        with lock:
            under_way.remove(number)

    settle_all(work, range(12), 3, Deadline(60), "meeting")
    assert max(most) == 3


def test_what_has_not_begun_at_the_deadline_is_not_begun() -> None:
    now = [0.0]
    deadline = Deadline(10, clock=lambda: now[0])
    begun: list[int] = []

    def work(number: int) -> int:
        begun.append(number)
        now[0] += 6
        return number

    settled = settle_all(work, range(4), 1, deadline, "counting")
    assert begun == [0, 1]
    assert [isinstance(one, DeadlineExceeded) for one in settled] == [False, False, True, True]
    assert "while counting" in str(settled[2])


def test_nothing_to_do_is_done_at_once() -> None:
    assert settle_all(str, [], 8, Deadline(0), "resting") == []
