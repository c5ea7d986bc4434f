# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deadlines and waiting. Nothing waits without end; the error carries the last state seen."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from ansible_collections.operator_platform.federation.plugins.module_utils.errors import DeadlineExceeded

Seen = TypeVar("Seen")

LONGEST_DELAY_SECONDS = 5.0


class Deadline:
    """A point in monotonic time that a whole task shares."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self._clock = clock
        self._end = clock() + seconds

    def left(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self._end - self._clock())

    def check(self, doing: str) -> None:
        """Raise DeadlineExceeded when the time is over."""
        if self.left() <= 0:
            raise DeadlineExceeded(
                f"The deadline of {self.seconds:g} s passed while {doing}.",
                remedy="Raise the option deadline, or look why the other side is slow; the task can be run again.",
            )


def wait_until(
    what: str,
    look: Callable[[], Seen],
    done: Callable[[Seen], bool],
    deadline: Deadline,
    *,
    delay: float = 0.5,
    sleep: Callable[[float], None] = time.sleep,
    report: Callable[[str], None] | None = None,
    describe: Callable[[Seen], str] = str,
) -> Seen:
    """Call ``look`` until ``done(seen)``; the pause doubles from ``delay`` to LONGEST_DELAY_SECONDS.

    what: for people, completes "waiting for ...". Raises DeadlineExceeded with the last state seen.
    """
    pause = delay
    said = None
    while True:
        seen = look()
        if done(seen):
            return seen
        state = describe(seen)
        if report is not None and state != said:
            report(f"waiting for {what}: {state}")
            said = state
        left = deadline.left()
        if left <= 0:
            raise DeadlineExceeded(
                f"The deadline of {deadline.seconds:g} s passed while waiting for {what}.",
                answered=f"last state seen: {state}",
                remedy="Raise the option deadline, or look at the object on the platform; the task can be run again.",
            )
        sleep(min(pause, left))
        pause = min(pause * 2, LONGEST_DELAY_SECONDS)
