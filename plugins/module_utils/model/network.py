# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Networks inside a cloudlet: routed internal ones, external ones, address blocks and who has which address."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from ansible_collections.operator_platform.federation.plugins.module_utils.model import addresses
from ansible_collections.operator_platform.federation.plugins.module_utils.model.names import OBJECT_NAME
from ansible_collections.operator_platform.federation.plugins.module_utils.model.problems import Problems

KINDS = ("internal", "external")
PROTOCOLS = ("tcp", "udp", "icmp", "any")
DIRECTIONS = ("ingress", "egress")

FIELDS = frozenset(
    {"name", "cidr", "kind", "routed_to", "dhcp", "dns", "gateway", "ip_block", "assignments", "security_rules"}
)
RULE_FIELDS = frozenset({"direction", "protocol", "port_min", "port_max", "remote_cidr"})


@dataclass(frozen=True, order=True)
class SecurityRule:
    """Traffic that is let through; all else is dropped. Ports None: all of the protocol."""

    direction: str
    protocol: str
    port_min: int | None
    port_max: int | None
    remote_cidr: str

    def to_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in sorted(RULE_FIELDS)}

    def sort_key(self) -> tuple[str, str, int, int, str]:
        return (self.direction, self.protocol, self.port_min or 0, self.port_max or 0, self.remote_cidr)


@dataclass(frozen=True)
class Network:
    """cidr: IPv4 or IPv6. kind internal: inside the VDC; external: reaches the world through an external network.
    routed_to: the external network that a router connects it to (None: not routed). ip_block: the addresses that
    assignments come from (canonical text). assignments: instance name -> fixed address."""

    name: str
    cidr: str
    kind: str = "internal"
    routed_to: str | None = None
    dhcp: bool = True
    dns: tuple[str, ...] = ()
    gateway: str | None = None
    ip_block: str | None = None
    assignments: Mapping[str, str] = field(default_factory=dict)
    security_rules: tuple[SecurityRule, ...] | None = None

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any], problems: Problems, path: str = "") -> Network:
        problems.unknown(raw, FIELDS, path)
        name = problems.text(raw, "name", path, required=True) or ""
        if name and not OBJECT_NAME.fullmatch(name):
            problems.add(f"{path}name", f"must match {OBJECT_NAME.pattern}, not {name!r}")
        network = _read_cidr(raw, problems, path)
        dhcp = problems.truth(raw, "dhcp", path)
        gateway = _read_address(raw.get("gateway"), network, problems, f"{path}gateway")
        block = _read_block(raw, network, problems, path)
        return cls(
            name=name,
            cidr=str(network) if network else "",
            kind=problems.choice(raw, "kind", KINDS, path) or "internal",
            routed_to=problems.text(raw, "routed_to", path),
            dhcp=True if dhcp is None else dhcp,
            dns=_read_dns(raw, problems, path),
            gateway=gateway,
            ip_block=block,
            assignments=_read_assignments(raw, network, block, gateway, problems, path),
            security_rules=_read_rules(raw, problems, path),
        )

    def comparable(self) -> dict[str, Any]:
        values: dict[str, Any] = {
            "cidr": self.cidr,
            "kind": self.kind,
            "routed_to": self.routed_to,
            "dhcp": self.dhcp,
            "dns": list(self.dns),
            "gateway": self.gateway,
            "ip_block": self.ip_block,
            "assignments": dict(sorted(self.assignments.items())),
            "security_rules": None
            if self.security_rules is None
            else [rule.to_dict() for rule in sorted(self.security_rules, key=SecurityRule.sort_key)],
        }
        return {name: value for name, value in values.items() if value is not None}


IPNetwork: TypeAlias = "ipaddress.IPv4Network | ipaddress.IPv6Network"


def _read_cidr(raw: Mapping[str, Any], problems: Problems, path: str) -> IPNetwork | None:
    text = problems.text(raw, "cidr", path, required=True)
    if text is None:
        return None
    try:
        return ipaddress.ip_network(text, strict=True)
    except ValueError as error:
        problems.add(f"{path}cidr", f"is not a network in CIDR notation ({error})")
        return None


def _read_address(value: Any, network: IPNetwork | None, problems: Problems, field_name: str) -> str | None:
    if value is None or value == "":
        return None
    try:
        address = ipaddress.ip_address(str(value))
    except ValueError:
        problems.add(field_name, f"is not an IP address: {value!r}")
        return None
    if network is not None and address not in network:
        problems.add(field_name, f"{address} is not in {network}")
        return None
    return str(address)


def _read_dns(raw: Mapping[str, Any], problems: Problems, path: str) -> tuple[str, ...]:
    servers = raw.get("dns") or []
    if not isinstance(servers, (list, tuple)):
        problems.add(f"{path}dns", f"must be a list of addresses, not {type(servers).__name__}")
        return ()
    found = (_read_address(value, None, problems, f"{path}dns[{number}]") for number, value in enumerate(servers))
    return tuple(address for address in found if address)


def _read_block(raw: Mapping[str, Any], network: IPNetwork | None, problems: Problems, path: str) -> str | None:
    text = problems.text(raw, "ip_block", path)
    if text is None:
        return None
    try:
        block = addresses.parse_block(text)
    except ValueError as error:
        problems.add(f"{path}ip_block", str(error))
        return None
    if network is not None:
        for part in block:
            if part.version != network.version or not (
                int(network.network_address) <= part.first and part.last <= int(network.broadcast_address)
            ):
                problems.add(f"{path}ip_block", f"{part} is not in {network}")
    return addresses.canonical(text)


def _read_assignments(
    raw: Mapping[str, Any],
    network: IPNetwork | None,
    block: str | None,
    gateway: str | None,
    problems: Problems,
    path: str,
) -> dict[str, str]:
    value = problems.mapping(raw, "assignments", path) or {}
    result: dict[str, str] = {}
    owner: dict[str, str] = {}
    allowed = addresses.parse_block(block) if block else None
    for instance, text in sorted(value.items()):
        place = f"{path}assignments.{instance}"
        address = _read_address(text, network, problems, place)
        if address is None:
            continue
        if address in owner:
            problems.add(place, f"{address} is already given to {owner[address]}")
        elif address == gateway:
            problems.add(place, f"{address} is the gateway")
        elif allowed is not None and not addresses.contains(allowed, ipaddress.ip_address(address)):
            problems.add(place, f"{address} is not in ip_block {block}")
        owner[address] = str(instance)
        result[str(instance)] = address
    return result


def _read_rules(raw: Mapping[str, Any], problems: Problems, path: str) -> tuple[SecurityRule, ...] | None:
    if raw.get("security_rules") is None:
        return None
    rules: list[SecurityRule] = []
    for place, entry in problems.mappings(raw, "security_rules", path):
        problems.unknown(entry, RULE_FIELDS, place)
        protocol = problems.choice(entry, "protocol", PROTOCOLS, place) or "any"
        low = problems.whole_number(entry, "port_min", place, least=1)
        high = problems.whole_number(entry, "port_max", place, least=1)
        if (low is not None or high is not None) and protocol not in ("tcp", "udp"):
            problems.add(f"{place}port_min", f"ports need protocol tcp or udp, not {protocol}")
        low, high = low if low is not None else high, high if high is not None else low
        if low is not None and high is not None and (high < low or high > 65535):
            problems.add(f"{place}port_max", f"must be from port_min ({low}) to 65535, not {high}")
        remote = problems.text(entry, "remote_cidr", place) or "0.0.0.0/0"
        try:
            remote = str(ipaddress.ip_network(remote, strict=True))
        except ValueError as error:
            problems.add(f"{place}remote_cidr", f"is not a network in CIDR notation ({error})")
        direction = problems.choice(entry, "direction", DIRECTIONS, place) or "ingress"
        rules.append(SecurityRule(direction, protocol, low, high, remote))
    return tuple(sorted(set(rules), key=SecurityRule.sort_key))


def overlapping(networks: list[Network]) -> list[tuple[str, str]]:
    """Pairs of names whose CIDRs overlap: one router cannot carry both."""
    parsed = [(network.name, ipaddress.ip_network(network.cidr)) for network in networks if network.cidr]
    return [
        (one_name, two_name)
        for number, (one_name, one) in enumerate(parsed)
        for two_name, two in parsed[number + 1 :]
        if one.version == two.version and one.overlaps(two)
    ]
