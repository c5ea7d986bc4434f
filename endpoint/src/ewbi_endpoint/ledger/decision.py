# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The arithmetic of the ledger: pure functions of amounts and time.

A hold is an amount of each resource over [start, until). What is granted over a period is the peak of the sums of
the holds in it, each resource for itself: a demand fits exactly when for every resource the peak and the demand
together do not exceed the capacity at any instant.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ewbi_endpoint.model import Amounts, ReservationState
from ewbi_endpoint.times import Instant

# Later than every instant that the wire can express; the end of a hold or period that has none.
FOREVER: Instant = 2**62


@dataclass(frozen=True, slots=True)
class Hold:
    """Amounts held over [start, until); `until` None is for ever."""

    start: Instant
    until: Instant | None
    amounts: Amounts


@dataclass(frozen=True, slots=True)
class Demand:
    """What is asked for over [start, until): `amounts`, or less, but of each at least `minimum`."""

    start: Instant
    until: Instant | None
    amounts: Amounts
    minimum: Amounts


@dataclass(frozen=True, slots=True)
class Pool:
    """Something that holds draw on. `limits_unnamed`: a resource missing in `capacity` is 0, not unlimited."""

    capacity: Amounts
    holds: tuple[Hold, ...]
    limits_unnamed: bool = True


@dataclass(frozen=True, slots=True)
class Decision:
    """What the ledger decides; `short` names the resources of which there is not enough."""

    state: ReservationState
    granted: Amounts
    free: Amounts
    short: tuple[str, ...] = ()


def peak(holds: Iterable[Hold], start: Instant, until: Instant | None) -> dict[str, int]:
    """The largest sum of each resource at any instant of [start, until)."""
    end = FOREVER if until is None else until
    steps: list[tuple[Instant, int, Amounts]] = []
    for hold in holds:
        hold_end = FOREVER if hold.until is None else hold.until
        first, last = max(hold.start, start), min(hold_end, end)
        if first < last:
            steps.append((first, +1, hold.amounts))
            steps.append((last, -1, hold.amounts))
    # At one instant what ends goes first: [a, b) and [b, c) do not overlap.
    steps.sort(key=lambda step: (step[0], step[1]))
    level: dict[str, int] = {}
    highest: dict[str, int] = {}
    for _instant, sign, amounts in steps:
        for name, amount in amounts.items():
            level[name] = level.get(name, 0) + sign * amount
            if level[name] > highest.get(name, 0):
                highest[name] = level[name]
    return highest


def free(pools: Iterable[Pool], names: Iterable[str], start: Instant, until: Instant | None) -> dict[str, int]:
    """How much of each named resource every pool has left throughout [start, until); never below 0."""
    wanted = tuple(names)
    left: dict[str, int] = {}
    for pool in pools:
        used = peak(pool.holds, start, until)
        for name in wanted:
            if name not in pool.capacity and not pool.limits_unnamed:
                continue
            there = max(0, pool.capacity.get(name, 0) - used.get(name, 0))
            left[name] = min(left.get(name, there), there)
    return left


def decide(demand: Demand, pools: Iterable[Pool]) -> Decision:
    """Grant all of it, or as much as there is down to the minimum of each resource, or reject it."""
    left = free(pools, demand.amounts, demand.start, demand.until)
    granted = {name: min(amount, left.get(name, 0)) for name, amount in demand.amounts.items()}
    short = tuple(sorted(name for name, amount in demand.amounts.items() if granted[name] < amount))
    if not short:
        return Decision(ReservationState.GRANTED, granted, left)
    below = tuple(sorted(name for name, amount in granted.items() if amount < demand.minimum.get(name, 0)))
    # A grant of nothing at all is no grant, whatever the minimum says.
    if below or not any(granted.values()):
        return Decision(ReservationState.REJECTED, {}, left, below or short)
    return Decision(ReservationState.PARTIALLY_GRANTED, granted, left, short)


def free_profile(pools: tuple[Pool, ...], names: Iterable[str], start: Instant) -> list[Hold]:
    """What is free from `start` on, as consecutive periods of constant amounts; the last one has no end."""
    wanted = tuple(names)
    moments = {start}
    for pool in pools:
        for hold in pool.holds:
            moments.update(moment for moment in (hold.start, hold.until) if moment is not None and moment > start)
    ordered: list[Instant] = sorted(moments)
    periods: list[Hold] = []
    for index, moment in enumerate(ordered):
        until = ordered[index + 1] if index + 1 < len(ordered) else None
        amounts = free(pools, wanted, moment, until)
        if periods and periods[-1].amounts == amounts:
            periods[-1] = Hold(periods[-1].start, until, amounts)
        else:
            periods.append(Hold(moment, until, amounts))
    return periods


def without_zeros(amounts: Mapping[str, int]) -> dict[str, int]:
    """Amounts that say nothing left out, so that 0 and absent compare equal."""
    return {name: amount for name, amount in amounts.items() if amount}
