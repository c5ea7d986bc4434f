# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Static addresses of a cloudlet: single addresses, ranges and CIDR blocks in one comma-separated text."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class AddressRange:
    """Addresses first..last (both included) of one IP version, as integers, and the text they came from."""

    version: int
    first: int
    last: int
    text: str


def parse_address_range(text: str) -> AddressRange:
    """Read one entry; ValueError says what is wrong with it."""
    try:
        if "/" in text:
            network = ipaddress.ip_network(text, strict=True)
            return AddressRange(network.version, int(network[0]), int(network[-1]), text)
        first_text, dash, last_text = text.partition("-")
        first = ipaddress.ip_address(first_text.strip())
        last = ipaddress.ip_address(last_text.strip()) if dash else first
    except ValueError as error:
        raise ValueError(f"{text!r} is no address, range or CIDR block: {error}") from None
    if first.version != last.version:
        raise ValueError(f"{text!r} mixes IPv4 and IPv6")
    if int(last) < int(first):
        raise ValueError(f"{text!r} ends before it starts")
    return AddressRange(first.version, int(first), int(last), text)


def parse_static_ips(text: str) -> list[AddressRange]:
    """Read the whole text; ValueError names every entry that cannot be read."""
    entries = [entry.strip() for entry in text.split(",")]
    ranges: list[AddressRange] = []
    wrong: list[str] = []
    for entry in entries:
        if not entry:
            wrong.append("an entry is empty")
            continue
        try:
            ranges.append(parse_address_range(entry))
        except ValueError as error:
            wrong.append(str(error))
    if wrong:
        raise ValueError("; ".join(wrong))
    return ranges


def overlaps(ranges: list[AddressRange]) -> list[tuple[str, str]]:
    """Pairs of entries that share an address, each entry against the furthest-reaching one before it."""
    found: list[tuple[str, str]] = []
    furthest: AddressRange | None = None
    for current in sorted(ranges):
        if furthest is None or furthest.version != current.version or current.first > furthest.last:
            furthest = current
            continue
        found.append((furthest.text, current.text))
        if current.last > furthest.last:
            furthest = current
    return found
