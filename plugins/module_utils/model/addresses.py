# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Blocks of IP addresses as operators write them: addresses, ranges and CIDRs, separated by commas."""

from __future__ import annotations

import ipaddress
import itertools
from dataclasses import dataclass
from typing import TypeAlias

Address: TypeAlias = "ipaddress.IPv4Address | ipaddress.IPv6Address"


@dataclass(frozen=True, order=True)
class Range:
    """All addresses from first to last, both included."""

    version: int
    first: int
    last: int

    def __str__(self) -> str:
        kind = ipaddress.IPv4Address if self.version == 4 else ipaddress.IPv6Address
        return str(kind(self.first)) if self.first == self.last else f"{kind(self.first)}-{kind(self.last)}"


def parse_block(text: str) -> list[Range]:
    """Read a block. Raises ValueError naming the part that is wrong, given twice, or overlapping another."""
    ranges = [_parse_part(part) for part in (piece.strip() for piece in text.split(",")) if part]
    if not ranges:
        raise ValueError("names no address")
    ordered = sorted(ranges)
    for one, two in itertools.pairwise(ordered):
        if one.version == two.version and two.first <= one.last:
            raise ValueError(f"{one} and {two} overlap")
    return ranges


def _parse_part(part: str) -> Range:
    try:
        if "/" in part:
            network = ipaddress.ip_network(part, strict=True)
            return Range(network.version, int(network.network_address), int(network.broadcast_address))
        first, dash, last = part.partition("-")
        start = ipaddress.ip_address(first.strip())
        end = ipaddress.ip_address(last.strip()) if dash else start
    except ValueError as error:
        raise ValueError(f"{part!r} is not an address, a range or a CIDR ({error})") from None
    if start.version != end.version or int(end) < int(start):
        raise ValueError(f"{part!r} does not run from a lower to a higher address")
    return Range(start.version, int(start), int(end))


def addresses(block: list[Range]) -> list[Address]:
    """Every address of the block, in the order given. Meant for blocks of at most some thousand addresses."""
    result: list[Address] = []
    for part in block:
        kind = ipaddress.IPv4Address if part.version == 4 else ipaddress.IPv6Address
        result.extend(kind(number) for number in range(part.first, part.last + 1))
    return result


def contains(block: list[Range], address: Address) -> bool:
    return any(part.version == address.version and part.first <= int(address) <= part.last for part in block)


def canonical(text: str) -> str:
    """One spelling for equal blocks, so that order and blanks are no change."""
    return ",".join(str(part) for part in sorted(parse_block(text)))
