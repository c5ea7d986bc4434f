# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""RFC 3339 moments, always UTC with second precision on the way out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ansible_collections.operator_platform.federation.plugins.module_utils.model.problems import Problems


def parse_moment(text: str) -> datetime:
    """Read an RFC 3339 moment. Raises ValueError, also when the offset is missing: local time is a guess."""
    moment = datetime.fromisoformat(text.replace("Z", "+00:00").replace("z", "+00:00"))
    if moment.tzinfo is None:
        raise ValueError("no time zone")
    return moment.astimezone(UTC)


def format_moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_moment(raw: Mapping[str, Any], name: str, problems: Problems, path: str = "") -> datetime | None:
    """Read an optional moment; a bad one is noted and read as None."""
    value = raw.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        value = value.isoformat()
    try:
        return parse_moment(str(value))
    except ValueError:
        problems.add(f"{path}{name}", f"must be an RFC 3339 moment such as 2027-01-10T01:00:00Z, not {value!r}")
        return None
