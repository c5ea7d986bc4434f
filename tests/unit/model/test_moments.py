# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Moments in time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.operator_platform.federation.plugins.module_utils.model.moments import (
    format_moment,
    parse_moment,
    read_moment,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.model.problems import Problems

zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(datetime(1970, 1, 2), datetime(9899, 12, 30), timezones=zones).map(  # noqa: DTZ001 (timezones)
    lambda moment: moment.replace(microsecond=0)
)


@given(moments)
def test_what_is_written_reads_back_as_the_same_instant(moment: datetime) -> None:
    assert parse_moment(format_moment(moment)) == moment
    assert parse_moment(moment.isoformat()) == moment


@given(moments)
def test_every_zone_is_written_as_utc_with_seconds(moment: datetime) -> None:
    text = format_moment(moment)
    assert len(text) == 20
    assert text.endswith("Z")
    assert format_moment(parse_moment(text)) == text


@pytest.mark.parametrize(
    "text", ["2027-01-10T01:00:00Z", "2027-01-10t01:00:00z", "2027-01-10T03:00:00+02:00", "2027-01-10 01:00:00.9Z"]
)
def test_spellings_of_rfc_3339_are_one_moment(text: str) -> None:
    assert format_moment(parse_moment(text)) == "2027-01-10T01:00:00Z"


@pytest.mark.parametrize(
    "value", ["tomorrow", "2027-01-10T01:00:00", "2027-13-10T01:00:00Z", 5, "2027-02-30T00:00:00Z"]
)
def test_a_wrong_moment_or_one_without_a_zone_is_named(value: Any) -> None:
    problems = Problems()
    assert read_moment({"end": value}, "end", problems, "windows[0].") is None
    assert [name for name, _reason in problems.found] == ["windows[0].end"]


def test_what_yaml_made_of_a_moment_is_read() -> None:
    problems = Problems()
    moment = datetime(2027, 1, 10, 1, tzinfo=UTC)
    assert read_moment({"start": moment}, "start", problems) == moment
    assert read_moment({"start": None}, "start", problems) is None
    assert problems.found == []
