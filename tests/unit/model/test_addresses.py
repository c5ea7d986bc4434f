# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Blocks of addresses."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.operator_platform.federation.plugins.module_utils.model.addresses import (
    addresses,
    canonical,
    contains,
    parse_block,
)


@st.composite
def blocks(draw: st.DrawFn) -> list[str]:
    """Parts that do not overlap: every part lies in a /24 of its own."""
    numbers = draw(st.lists(st.integers(0, 255), unique=True, min_size=1, max_size=8))
    parts = []
    for number in numbers:
        low = draw(st.integers(0, 255))
        high = draw(st.integers(low, 255))
        kinds = [f"10.0.{number}.{low}-10.0.{number}.{high}", f"10.0.{number}.{low}", f"10.0.{number}.0/26"]
        parts.append(draw(st.sampled_from(kinds)))
    return parts


@given(blocks(), st.randoms(use_true_random=False))
def test_order_and_blanks_make_no_other_block(parts: list[str], random: object) -> None:
    shuffled = list(parts)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis types it as object
    assert canonical(" , ".join(shuffled)) == canonical(",".join(parts))


@given(blocks())
def test_the_canonical_text_is_its_own_canonical_text(parts: list[str]) -> None:
    text = canonical(",".join(parts))
    assert canonical(text) == text


@given(blocks())
def test_a_block_contains_its_addresses_and_each_of_them_once(parts: list[str]) -> None:
    block = parse_block(",".join(parts))
    listed = addresses(block)
    assert len(set(listed)) == len(listed) == sum(part.last - part.first + 1 for part in block)
    assert all(contains(block, address) for address in listed)


@given(blocks(), st.integers(0, 2**16 - 1))
def test_contains_agrees_with_the_list(parts: list[str], number: int) -> None:
    block = parse_block(",".join(parts))
    address = ipaddress.IPv4Address(int(ipaddress.IPv4Address("10.0.0.0")) + number)
    assert contains(block, address) == (address in addresses(block))


@given(blocks(), st.data())
def test_any_part_given_twice_overlaps(parts: list[str], data: st.DataObject) -> None:
    again = data.draw(st.sampled_from(parts))
    with pytest.raises(ValueError, match="overlap"):
        parse_block(",".join([*parts, again]))


def test_the_contracts_own_example_is_read() -> None:
    block = parse_block("198.51.100.10-198.51.100.40,198.51.100.64/28")
    assert [str(part) for part in block] == ["198.51.100.10-198.51.100.40", "198.51.100.64-198.51.100.79"]


def test_both_versions_may_stand_side_by_side() -> None:
    block = parse_block("2001:db8::1-2001:db8::4, 192.0.2.1")
    assert contains(block, ipaddress.ip_address("2001:db8::3"))
    assert not contains(block, ipaddress.ip_address("::c000:201"))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "names no address"),
        (" , ", "names no address"),
        ("192.0.2.300", "192.0.2.300"),
        ("192.0.2.9-192.0.2.1", "from a lower to a higher"),
        ("192.0.2.1-2001:db8::1", "from a lower to a higher"),
        ("192.0.2.1/24", "has host bits set"),
        ("192.0.2.0/24,192.0.2.7", "192.0.2.0-192.0.2.255 and 192.0.2.7 overlap"),
    ],
)
def test_what_is_wrong_is_named(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        parse_block(text)
