# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small pure parts: addresses, distances, times, cursors, rates."""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ewbi_endpoint.addresses import overlaps, parse_static_ips
from ewbi_endpoint.listing import matches, page_limit, read_cursor, write_cursor
from ewbi_endpoint.location import EARTH_RADIUS_KM, distance_km
from ewbi_endpoint.problems import Problem
from ewbi_endpoint.rates import RateLimiter
from ewbi_endpoint.times import SECOND, format_rfc3339, parse_rfc3339


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 5)), min_size=1, max_size=6))
def test_overlaps_are_found_exactly_where_an_address_is_in_two_entries(pairs: list[tuple[int, int]]) -> None:
    base = int(ipaddress.ip_address("198.51.100.0"))
    text = ",".join(
        f"{ipaddress.ip_address(base + first)}-{ipaddress.ip_address(base + first + length)}" for first, length in pairs
    )
    seen: list[int] = [base + first + offset for first, length in pairs for offset in range(length + 1)]
    assert bool(overlaps(parse_static_ips(text))) == (len(seen) != len(set(seen)))


def test_ipv6_and_ipv4_addresses_do_not_overlap() -> None:
    assert overlaps(parse_static_ips("2001:db8::1,0.0.0.1,2001:db8::/126"))[0] == ("2001:db8::/126", "2001:db8::1") or (
        overlaps(parse_static_ips("2001:db8::1,0.0.0.1")) == []
    )
    assert overlaps(parse_static_ips("2001:db8::1,0.0.0.1")) == []


def test_every_entry_that_cannot_be_read_is_named() -> None:
    with pytest.raises(ValueError, match=r"bad1.*bad2.*empty"):
        parse_static_ips("198.51.100.1,bad1,bad2,")


def test_distances_are_those_of_the_sphere() -> None:
    hamburg, berlin = (53.5511, 9.9937), (52.5200, 13.4050)
    assert distance_km(*hamburg, *berlin) == pytest.approx(255.3, abs=0.5)
    assert distance_km(*hamburg, *hamburg) == 0
    assert distance_km(0, 0, 0, 180) == pytest.approx(EARTH_RADIUS_KM * 3.141592653589793)
    assert distance_km(0, 179.5, 0, -179.5) == pytest.approx(111.195, abs=0.01)


@given(st.datetimes(datetime(1970, 1, 2), datetime(9899, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001  # the strategy adds the zone
def test_instants_survive_writing_and_reading(moment: datetime) -> None:
    instant = round((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()) * SECOND + moment.microsecond
    assert parse_rfc3339(format_rfc3339(instant)) == instant


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("2027-01-10T01:00:00Z", "2027-01-10T01:00:00Z"),
        ("2027-01-10T03:00:00+02:00", "2027-01-10T01:00:00Z"),
        ("2027-01-10t01:00:00.500000000z", "2027-01-10T01:00:00.5Z"),
    ],
)
def test_instants_are_written_in_utc(text: str, written: str) -> None:
    assert format_rfc3339(parse_rfc3339(text)) == written


def test_a_cursor_survives_writing_and_reading_and_a_forged_one_does_not() -> None:
    assert read_cursor(write_cursor(1.5, "a", "b"), (float, str, str)) == [1.5, "a", "b"]
    for forged in ("", "%%%", "x", write_cursor("a"), write_cursor(1.5, "a", 2), "ä"):
        with pytest.raises(Problem):
            read_cursor(forged, (float, str, str))


def test_pages_have_a_default_and_a_largest_size() -> None:
    assert [page_limit(asked, 1000) for asked in (None, 1, 5000)] == [200, 1, 1000]


def test_filters_match_members_and_any_of_a_list() -> None:
    found = {"Site": "a", "cloudlet_key": {"name": "x", "organization": "o"}}
    assert matches({"Site": ["b", "a"], "cloudlet_key": {"name": ["x"]}}, found)
    assert not matches({"Capacity": {"vcpus": 1}}, found)
    assert not matches({"Site": []}, found)


def test_a_rate_is_refused_with_when_to_come_back_and_refills() -> None:
    now = 0
    limiter = RateLimiter(0.5, 2, lambda: now)
    limiter.spend("a")
    limiter.spend("a")
    limiter.spend("b")
    with pytest.raises(Problem) as caught:
        limiter.spend("a")
    assert (caught.value.status, caught.value.headers["Retry-After"]) == (429, "2")
    now = 2 * SECOND
    limiter.spend("a")
