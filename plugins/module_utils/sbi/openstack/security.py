# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Security rules as neutron keeps them: one group a network, of the network's name.

A direction for which no rule is given keeps what neutron gives a new group: nothing comes in, everything goes out. Rules
that we made are known by their description; that one blanket of neutron's own is not told as a rule.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.operator_platform.federation.plugins.module_utils.model.network import SecurityRule
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack.network_marks import MADE_BY
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack.rest import NETWORK, Services

Entry = Mapping[str, Any]
ETHERTYPES = {4: "IPv4", 6: "IPv6"}
EVERYWHERE = {"IPv4": "0.0.0.0/0", "IPv6": "::/0"}
# neutron reads and writes ICMP for IPv6 under several names.
ICMP_NAMES = frozenset({"icmp", "icmpv6", "ipv6-icmp", "1", "58"})


def rules_of(group: Entry) -> tuple[SecurityRule, ...]:
    """The rules of a group, without neutron's blanket for what goes out."""
    rules = [rule_of(rule) for rule in group["security_group_rules"] if not is_blanket(rule)]
    return tuple(sorted(set(rules), key=SecurityRule.sort_key))


def rule_of(rule: Entry) -> SecurityRule:
    """A neutron rule as ours. One that names another group instead of addresses is shown by that group's id."""
    remote = rule.get("remote_ip_prefix")
    if remote is None and rule.get("remote_group_id"):
        remote = f"group {rule['remote_group_id']}"
    protocol = str(rule.get("protocol") or "any").lower()
    return SecurityRule(
        direction=str(rule["direction"]),
        protocol="icmp" if protocol in ICMP_NAMES else protocol,
        port_min=rule.get("port_range_min"),
        port_max=rule.get("port_range_max"),
        remote_cidr=remote or EVERYWHERE[rule["ethertype"]],
    )


def is_blanket(rule: Entry) -> bool:
    """One of the two rules of a new group that let everything out (one for IPv4, one for IPv6)."""
    return (
        rule["direction"] == "egress"
        and rule.get("protocol") is None
        and rule.get("remote_ip_prefix") is None
        and rule.get("remote_group_id") is None
        and not str(rule.get("description") or "").startswith(MADE_BY)
    )


def rule_body(rule: SecurityRule, group_id: str) -> dict[str, Any]:
    """What neutron is asked to make."""
    version = ipaddress.ip_network(rule.remote_cidr).version
    protocol: str | None = None if rule.protocol == "any" else rule.protocol
    if protocol == "icmp" and version == 6:
        protocol = "ipv6-icmp"
    return {
        "security_group_id": group_id,
        "direction": rule.direction,
        "ethertype": ETHERTYPES[version],
        "protocol": protocol,
        "port_range_min": rule.port_min,
        "port_range_max": rule.port_max,
        "remote_ip_prefix": rule.remote_cidr,
        "description": MADE_BY,
    }


def write_rules(services: Services, group: Entry, wanted: Sequence[SecurityRule]) -> None:
    """Bring a group to exactly these rules. What goes, goes first: neutron takes a blanket and a rule for every address as
    the same one."""
    present = group["security_group_rules"]
    narrowed = any(rule.direction == "egress" for rule in wanted)
    for rule in present:
        if (narrowed and is_blanket(rule)) or (not is_blanket(rule) and rule_of(rule) not in wanted):
            services.remove(NETWORK, f"/security-group-rules/{rule['id']}")
    there = {rule_of(rule) for rule in present if not is_blanket(rule)}
    bodies = [rule_body(rule, group["id"]) for rule in wanted if rule not in there]
    if not narrowed:
        covered = {rule["ethertype"] for rule in present if is_blanket(rule)}
        bodies.extend(
            {"security_group_id": group["id"], "direction": "egress", "ethertype": ethertype}
            for ethertype in EVERYWHERE
            if ethertype not in covered
        )
    if bodies:
        services.send("POST", NETWORK, "/security-group-rules", {"security_group_rules": bodies})
