# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ledger's arithmetic against a slow ledger that looks at every instant."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ewbi_endpoint.ledger.decision import Demand, Hold, Pool, decide, free, free_profile, peak
from ewbi_endpoint.model import ReservationState

LAST = 12
NAMES = ("vcpus", "memory_mb", "devices.gpu")
amounts = st.dictionaries(st.sampled_from(NAMES), st.integers(0, 6), max_size=3)
some_amounts = st.dictionaries(st.sampled_from(NAMES), st.integers(1, 6), min_size=1, max_size=3)


@st.composite
def periods(draw: st.DrawFn) -> tuple[int, int | None]:
    start = draw(st.integers(0, LAST))
    until = draw(st.one_of(st.none(), st.integers(start + 1, LAST + 1)))
    return start, until


@st.composite
def holds(draw: st.DrawFn) -> Hold:
    start, until = draw(periods())
    return Hold(start, until, draw(amounts))


def covers(hold: Hold, moment: int) -> bool:
    return hold.start <= moment and (hold.until is None or moment < hold.until)


def level(listed: list[Hold], name: str, moment: int) -> int:
    return sum(hold.amounts.get(name, 0) for hold in listed if covers(hold, moment))


def moments(start: int, until: int | None) -> range:
    # Nothing changes after LAST + 1: an open period is the same from there on.
    return range(start, LAST + 2 if until is None else until)


@given(st.lists(holds(), max_size=8), periods())
def test_the_peak_is_the_largest_sum_at_any_instant(listed: list[Hold], period: tuple[int, int | None]) -> None:
    start, until = period
    found = peak(listed, start, until)
    for name in NAMES:
        assert found.get(name, 0) == max(level(listed, name, moment) for moment in moments(start, until))


@given(st.lists(st.tuples(holds(), some_amounts), max_size=12), amounts, amounts)
def test_no_sequence_of_decisions_grants_more_than_there_is(
    requests: list[tuple[Hold, dict[str, int]]], capacity: dict[str, int], site_capacity: dict[str, int]
) -> None:
    granted: list[Hold] = []
    for wish, minimum in requests:
        pools = [Pool(capacity, tuple(granted)), Pool(site_capacity, tuple(granted), limits_unnamed=False)]
        least = {name: min(amount, minimum.get(name, 0)) for name, amount in wish.amounts.items()}
        decision = decide(Demand(wish.start, wish.until, wish.amounts, least), pools)
        if decision.state is not ReservationState.REJECTED:
            granted.append(Hold(wish.start, wish.until, decision.granted))
            assert all(decision.granted[name] >= amount for name, amount in least.items())
            assert all(decision.granted[name] <= amount for name, amount in wish.amounts.items())
    for name in NAMES:
        for moment in range(LAST + 2):
            assert level(granted, name, moment) <= capacity.get(name, 0)
            if name in site_capacity:
                assert level(granted, name, moment) <= site_capacity[name]


@given(st.lists(holds(), max_size=6), amounts, periods(), some_amounts)
def test_what_fits_is_granted_in_full_and_what_does_not_never_is(
    listed: list[Hold], capacity: dict[str, int], period: tuple[int, int | None], wish: dict[str, int]
) -> None:
    start, until = period
    fits = all(
        level(listed, name, moment) + amount <= capacity.get(name, 0)
        for name, amount in wish.items()
        for moment in moments(start, until)
    )
    decision = decide(Demand(start, until, wish, wish), [Pool(capacity, tuple(listed))])
    assert (decision.state is ReservationState.GRANTED) == fits
    if not fits:
        assert decision.state is ReservationState.REJECTED
        assert decision.short


@given(st.lists(holds(), max_size=6), amounts, st.integers(0, LAST))
def test_the_free_profile_is_gapless_and_right_at_every_instant(
    listed: list[Hold], capacity: dict[str, int], start: int
) -> None:
    profile = free_profile((Pool(capacity, tuple(listed)),), NAMES, start)
    assert profile[0].start == start
    assert profile[-1].until is None
    for before, after in itertools.pairwise(profile):
        assert before.until == after.start
        assert before.amounts != after.amounts
    for moment in range(start, LAST + 2):
        period = next(item for item in profile if covers(item, moment))
        for name in NAMES:
            assert period.amounts[name] == max(0, capacity.get(name, 0) - level(listed, name, moment))


def test_a_period_that_begins_where_another_ends_does_not_overlap_it() -> None:
    pool = Pool({"vcpus": 4}, (Hold(0, 10, {"vcpus": 4}),))
    assert decide(Demand(10, 20, {"vcpus": 4}, {"vcpus": 4}), [pool]).state is ReservationState.GRANTED
    assert decide(Demand(9, 20, {"vcpus": 4}, {"vcpus": 4}), [pool]).state is ReservationState.REJECTED


def test_a_partial_grant_stops_at_the_minimum_of_each_resource() -> None:
    pool = Pool({"vcpus": 4, "memory_mb": 100}, ())
    wish = {"vcpus": 8, "memory_mb": 50}
    partial = decide(Demand(0, None, wish, {"vcpus": 4, "memory_mb": 50}), [pool])
    assert partial.state is ReservationState.PARTIALLY_GRANTED
    assert partial.granted == {"vcpus": 4, "memory_mb": 50}
    assert partial.short == ("vcpus",)
    rejected = decide(Demand(0, None, wish, {"vcpus": 5, "memory_mb": 50}), [pool])
    assert rejected.state is ReservationState.REJECTED
    assert rejected.granted == {}
    assert rejected.free == {"vcpus": 4, "memory_mb": 100}


def test_a_grant_of_nothing_is_a_rejection_even_with_a_minimum_of_nothing() -> None:
    decision = decide(Demand(0, None, {"vcpus": 8}, {"vcpus": 0}), [Pool({"vcpus": 0}, ())])
    assert decision.state is ReservationState.REJECTED


def test_a_resource_that_a_cloudlet_does_not_state_is_not_there() -> None:
    assert free([Pool({}, ())], ["disk_gb"], 0, None) == {"disk_gb": 0}


def test_a_resource_that_a_site_does_not_state_is_limited_by_the_cloudlet_alone() -> None:
    pools = [Pool({"vcpus": 4}, ()), Pool({"memory_mb": 1}, (), limits_unnamed=False)]
    assert free(pools, ["vcpus"], 0, None) == {"vcpus": 4}


@pytest.mark.parametrize(("site", "free_vcpus"), [(10, 4), (5, 1), (3, 0)])
def test_other_cloudlets_of_a_site_leave_less_for_this_one(site: int, free_vcpus: int) -> None:
    elsewhere = Hold(0, None, {"vcpus": 4})
    pools = [Pool({"vcpus": 4}, ()), Pool({"vcpus": site}, (elsewhere,), limits_unnamed=False)]
    assert free(pools, ["vcpus"], 0, None)["vcpus"] == free_vcpus
