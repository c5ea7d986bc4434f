# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages: limits, cursors, and objects that match a filter."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

import orjson

from ewbi_endpoint.problems import InvalidParam, invalid_params

DEFAULT_LIMIT = 200


def page_limit(asked: int | None, largest: int) -> int:
    """How many items a page has: what was asked for, within the endpoint's own limit."""
    return min(asked or DEFAULT_LIMIT, largest)


def write_cursor(*values: str | float) -> str:
    """An opaque place in a listing."""
    return base64.urlsafe_b64encode(orjson.dumps(list(values))).decode().rstrip("=")


def read_cursor(text: str, kinds: tuple[type, ...]) -> list[Any]:
    """What `write_cursor` was given; refused (400) when it is not of these kinds."""
    wrong = invalid_params([InvalidParam("cursor", "is not a next_cursor of this listing")])
    try:
        values = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (binascii.Error, ValueError):
        raise wrong from None
    if not isinstance(values, list) or len(values) != len(kinds):
        raise wrong
    if not all(isinstance(value, kind) for value, kind in zip(values, kinds, strict=True)):
        raise wrong
    return values


def matches(wanted: Any, found: Any) -> bool:
    """Whether a value satisfies a filter: an object in all its members, a list in any of its items."""
    if isinstance(wanted, Mapping):
        return isinstance(found, Mapping) and all(matches(item, found.get(name)) for name, item in wanted.items())
    if isinstance(wanted, list):
        return any(matches(item, found) for item in wanted)
    return bool(wanted == found)
