# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Instants as whole microseconds since 1970-01-01T00:00:00Z.

One integer kind of time everywhere inside the endpoint keeps SQLite and PostgreSQL, the ledger's arithmetic and
comparisons free of time zones; RFC 3339 exists only at the edge (section 5.6 of that RFC gives the format).
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Instant = int
Clock = Callable[[], Instant]

SECOND: Instant = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_RFC3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)


def now() -> Instant:
    """The present instant."""
    return time.time_ns() // 1000


def parse_rfc3339(text: str) -> Instant:
    """Read an RFC 3339 instant with a zone; ValueError says what is wrong with it."""
    if not _RFC3339.fullmatch(text):
        raise ValueError("is not an RFC 3339 instant with a time zone such as 2027-01-10T01:00:00Z")
    # datetime knows six decimals of a second, RFC 3339 sets no limit: more than microseconds is cut off.
    cut = re.sub(r"(\.[0-9]{6})[0-9]+", r"\1", text.upper().replace(" ", "T"))
    try:
        moment = datetime.fromisoformat(cut)
        return (moment - _EPOCH) // timedelta(microseconds=1)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"is not an instant that exists ({error})") from None


def format_rfc3339(instant: Instant) -> str:
    """Write an instant in UTC, with a fraction only where there is one."""
    moment = _EPOCH + timedelta(microseconds=instant)
    text = moment.strftime("%Y-%m-%dT%H:%M:%S")
    # strftime does not pad years before 1000 on every platform, and a fraction of zero says nothing.
    fraction = f".{moment.microsecond:06d}".rstrip("0") if moment.microsecond else ""
    return f"{text.zfill(19)}{fraction}Z"
