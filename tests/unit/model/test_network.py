# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks as they are read from options or a file."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.operator_platform.federation.plugins.module_utils.model.network import Network, overlapping
from ansible_collections.operator_platform.federation.plugins.module_utils.model.problems import Problems

GOOD: dict[str, Any] = {"name": "apps", "cidr": "10.1.0.0/24"}


def read(**fields: Any) -> Network:
    problems = Problems()
    network = Network.from_dict({**GOOD, **fields}, problems)
    assert problems.found == []
    return network


def test_spellings_that_mean_the_same_compare_equal() -> None:
    one = read(
        ip_block="10.1.0.20, 10.1.0.10-10.1.0.19",
        assignments={"b": "10.1.0.11", "a": "10.1.0.10"},
        security_rules=[{"protocol": "TCP", "port_min": 443}, {"protocol": "icmp"}],
    )
    two = read(
        ip_block="10.1.0.10-10.1.0.19,10.1.0.20",
        assignments={"a": "10.1.0.10", "b": "10.1.0.11"},
        security_rules=[{"protocol": "icmp"}, {"protocol": "tcp", "port_min": 443, "port_max": 443}] * 2,
    )
    assert one.comparable() == two.comparable()


def test_no_rules_said_and_no_rules_wanted_are_not_the_same() -> None:
    assert "security_rules" not in read().comparable()
    assert read(security_rules=[]).comparable()["security_rules"] == []


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"cidr": "10.1.0.1/24"}, "cidr"),
        ({"cidr": None}, "cidr"),
        ({"kind": "sideways"}, "kind"),
        ({"gateway": "10.2.0.1"}, "gateway"),
        ({"dns": ["one"]}, "dns[0]"),
        ({"dns": "10.1.0.2"}, "dns"),
        ({"dhcp": "no"}, "dhcp"),
        ({"ip_block": "10.2.0.0/28"}, "ip_block"),
        ({"ip_block": "10.1.0.1-10.1.0.9,10.1.0.9"}, "ip_block"),
        ({"assignments": ["a"]}, "assignments"),
        ({"assignments": {"a": "10.1.0.9", "b": "10.1.0.9"}}, "assignments.b"),
        ({"assignments": {"a": "10.1.0.1"}, "gateway": "10.1.0.1"}, "assignments.a"),
        ({"assignments": {"a": "10.1.0.9"}, "ip_block": "10.1.0.10"}, "assignments.a"),
        ({"security_rules": [{"protocol": "icmp", "port_min": 1}]}, "security_rules[0].port_min"),
        ({"security_rules": [{"protocol": "tcp", "port_min": 9, "port_max": 8}]}, "security_rules[0].port_max"),
        ({"security_rules": [{"protocol": "tcp", "port_min": 70000}]}, "security_rules[0].port_max"),
        ({"security_rules": [{"remote_cidr": "10.0.0.1/8"}]}, "security_rules[0].remote_cidr"),
        ({"security_rules": ["tcp"]}, "security_rules[0]"),
        ({"mtu": 1500}, "mtu"),
    ],
    ids=str,
)
def test_a_wrong_field_is_named(fields: dict[str, Any], named: str) -> None:
    problems = Problems()
    Network.from_dict({**GOOD, **fields}, problems)
    assert [name for name, _reason in problems.found] == [named]


def test_networks_that_one_router_cannot_carry_are_found() -> None:
    networks = [read(name="a"), read(name="b", cidr="10.1.0.128/25"), read(name="c", cidr="10.2.0.0/24")]
    assert overlapping(networks) == [("a", "b")]
