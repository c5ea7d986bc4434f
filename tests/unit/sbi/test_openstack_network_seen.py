# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks out of neutron's listings, and allocation pools out of blocks."""

from __future__ import annotations

import ipaddress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.operator_platform.federation.plugins.module_utils.errors import Conflict
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack import network_marks
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack.network_refusals import refuse
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack.network_seen import (
    Seen,
    network_of,
    pools,
)

NETWORK = {"id": "n", "name": "lan", "description": network_marks.kind_text("internal"), "tags": ["federation"]}
SUBNET: dict[str, Any] = {
    "id": "s",
    "network_id": "n",
    "cidr": "10.1.0.0/24",
    "enable_dhcp": True,
    "dns_nameservers": ["192.0.2.53"],
    "gateway_ip": "10.1.0.1",
    "description": network_marks.block_text("10.1.0.0/26"),
    "allocation_pools": [{"start": "10.1.0.2", "end": "10.1.0.63"}],
}
PORT: dict[str, Any] = {
    "id": "p",
    "name": "lan-web-1",
    "network_id": "n",
    "description": network_marks.instance_text("web-1"),
    "fixed_ips": [{"ip_address": "10.1.0.10"}],
    "device_owner": "",
    "device_id": "",
}
INTERFACE: dict[str, Any] = {
    "id": "i",
    "name": "",
    "network_id": "n",
    "description": "",
    "fixed_ips": [{"ip_address": "10.1.0.1"}],
    "device_owner": "network:router_interface",
    "device_id": "r",
}
ROUTER = {"id": "r", "tags": ["federation"], "external_gateway_info": {"network_id": "x"}}
SEEN = Seen(
    networks=(NETWORK,),
    subnets=(SUBNET,),
    ports=(PORT, INTERFACE),
    routers=(ROUTER,),
    groups=(),
    floatingips=(),
    external={"public": "x"},
)


def test_a_network_is_put_together_from_the_listings() -> None:
    network = network_of(SEEN, "lan")
    assert network is not None
    assert network.comparable() == {
        "cidr": "10.1.0.0/24",
        "kind": "internal",
        "routed_to": "public",
        "dhcp": True,
        "dns": ["192.0.2.53"],
        "gateway": "10.1.0.1",
        "ip_block": "10.1.0.0/26",
        "assignments": {"web-1": "10.1.0.10"},
    }


def test_a_network_without_a_subnet_is_shown_without_a_cidr_so_that_it_is_completed_or_taken_down() -> None:
    network = network_of(replace(SEEN, subnets=()), "lan")
    assert network is not None
    assert network.cidr == ""
    refuse(replace(SEEN, subnets=()), replace(network, cidr="10.1.0.0/24"), network)


def test_a_finished_network_keeps_its_cidr() -> None:
    network = network_of(SEEN, "lan")
    assert network is not None
    with pytest.raises(Conflict, match=r"10\.1\.0\.0/24"):
        refuse(SEEN, replace(network, cidr="10.2.0.0/24", ip_block=None), network)


def test_a_network_of_somebody_else_counts_as_absent() -> None:
    assert network_of(replace(SEEN, networks=({**NETWORK, "tags": [], "description": ""},)), "lan") is None


def test_a_network_killed_before_it_was_tagged_is_known_by_its_description() -> None:
    assert network_of(replace(SEEN, networks=({**NETWORK, "tags": []},)), "lan") is not None


def test_ours_is_found_beside_another_of_the_same_name() -> None:
    other = {"id": "o", "name": "lan", "description": "", "tags": []}
    found = replace(SEEN, networks=(other, NETWORK)).network("lan")
    assert found is not None
    assert found["id"] == "n"


def test_pools_changed_by_hand_show_as_they_are() -> None:
    changed = {**SUBNET, "allocation_pools": [{"start": "10.1.0.100", "end": "10.1.0.120"}]}
    network = network_of(replace(SEEN, subnets=(changed,)), "lan")
    assert network is not None
    assert network.ip_block == "10.1.0.100-10.1.0.120"


def test_on_an_external_network_an_address_without_its_floating_one_is_not_finished() -> None:
    external = {**NETWORK, "description": network_marks.kind_text("external")}
    seen = replace(SEEN, networks=(external,))
    bare = network_of(seen, "lan")
    whole = network_of(replace(seen, floatingips=({"id": "f", "port_id": "p"},)), "lan")
    assert bare is not None
    assert whole is not None
    assert (dict(bare.assignments), dict(whole.assignments)) == ({}, {"web-1": "10.1.0.10"})


def test_neighbours_are_the_networks_on_one_router() -> None:
    assert SEEN.neighbours(ROUTER) == [("lan", "10.1.0.0/24")]
    assert SEEN.router_to("x") == ROUTER
    assert SEEN.router_to("y") is None


@pytest.mark.parametrize(
    ("block", "cidr", "gateway", "expected"),
    [
        ("10.1.0.0/26", "10.1.0.0/24", None, [("10.1.0.2", "10.1.0.63")]),
        ("10.1.0.0/24", "10.1.0.0/24", None, [("10.1.0.2", "10.1.0.254")]),
        ("10.1.0.0/24", "10.1.0.0/24", "10.1.0.9", [("10.1.0.1", "10.1.0.8"), ("10.1.0.10", "10.1.0.254")]),
        ("10.1.0.5,10.1.0.7-10.1.0.8", "10.1.0.0/24", None, [("10.1.0.5", "10.1.0.5"), ("10.1.0.7", "10.1.0.8")]),
        ("10.1.0.1", "10.1.0.0/24", None, []),
        ("fd00::-fd00::ff", "fd00::/64", None, [("fd00::1", "fd00::ff")]),
    ],
)
def test_pools_leave_out_what_no_instance_may_have(
    block: str, cidr: str, gateway: str | None, expected: list[tuple[str, str]]
) -> None:
    assert [(pool["start"], pool["end"]) for pool in pools(block, cidr, gateway)] == expected


@given(st.integers(0, 255), st.integers(0, 255), st.integers(1, 254))
def test_pools_are_the_block_without_gateway_network_and_broadcast(one: int, two: int, gateway: int) -> None:
    first, last = sorted((one, two))
    found = pools(f"10.1.0.{first}-10.1.0.{last}", "10.1.0.0/24", f"10.1.0.{gateway}")
    covered = {
        number
        for pool in found
        for number in range(int(ipaddress.ip_address(pool["start"])), int(ipaddress.ip_address(pool["end"])) + 1)
    }
    base = int(ipaddress.ip_address("10.1.0.0"))
    assert covered == {base + number for number in range(first, last + 1)} - {base, base + 255, base + gateway}
