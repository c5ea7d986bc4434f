# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Token buckets: how often one caller may do something."""

from __future__ import annotations

import math

from ewbi_endpoint.problems import Problem
from ewbi_endpoint.times import SECOND, Clock, Instant

# Buckets that are full again say nothing and are forgotten once there are this many.
_REMEMBERED = 10_000


class RateLimiter:
    """`burst` at once, refilled with `per_second`, for each name separately."""

    def __init__(self, per_second: float, burst: int, clock: Clock) -> None:
        self._per_second = per_second
        self._burst = burst
        self._clock = clock
        self._buckets: dict[str, tuple[float, Instant]] = {}

    def check(self, name: str) -> None:
        """Refuse with 429 and Retry-After when the bucket is empty; takes nothing."""
        left = self._left(name)
        if left < 1:
            seconds = math.ceil((1 - left) / self._per_second)
            detail = f"Too many requests: wait {seconds} s"
            raise Problem(429, "RATE_LIMITED", detail, headers={"Retry-After": str(seconds)})

    def spend(self, name: str) -> None:
        """Take one, or refuse as `check` does."""
        self.check(name)
        if len(self._buckets) >= _REMEMBERED:
            self._buckets = {key: item for key, item in self._buckets.items() if self._left(key) < self._burst}
        self._buckets[name] = (self._left(name) - 1, self._clock())

    def _left(self, name: str) -> float:
        left, at = self._buckets.get(name, (float(self._burst), 0))
        elapsed = max(0, self._clock() - at) / SECOND
        return min(float(self._burst), left + elapsed * self._per_second)
