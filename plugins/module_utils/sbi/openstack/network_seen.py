# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What neutron holds of our networks: a fixed number of listings, then model objects out of them."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from ansible_collections.operator_platform.federation.plugins.module_utils.model import addresses
from ansible_collections.operator_platform.federation.plugins.module_utils.model.network import Network
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack import (
    network_marks,
    security,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack.rest import NETWORK, Services

Entry = Mapping[str, Any]


@dataclass(frozen=True)
class Seen:
    """Neutron's JSON of one project, as listed. external: name -> id of the external networks."""

    networks: tuple[Entry, ...]
    subnets: tuple[Entry, ...]
    ports: tuple[Entry, ...]
    routers: tuple[Entry, ...]
    groups: tuple[Entry, ...]
    floatingips: tuple[Entry, ...]
    external: Mapping[str, str]

    def network(self, name: str) -> Entry | None:
        """The network of that name that is ours, else any other of that name, else None."""
        named = [entry for entry in self.networks if entry["name"] == name]
        return next((entry for entry in named if network_marks.is_ours(entry)), named[0] if named else None)

    def subnet(self, network: Entry) -> Entry | None:
        return next((entry for entry in self.subnets if entry["network_id"] == network["id"]), None)

    def ports_on(self, network: Entry) -> list[Entry]:
        return [entry for entry in self.ports if entry["network_id"] == network["id"]]

    def kept_addresses(self, network: Entry) -> dict[str, Entry]:
        """Instance -> the port that keeps its address."""
        return {
            instance: port
            for port in self.ports_on(network)
            if (instance := network_marks.instance_of(port)) is not None
        }

    def router_of(self, network: Entry) -> Entry | None:
        """The router of ours that the network hangs on."""
        on = {port["device_id"] for port in self.ports_on(network) if network_marks.is_router_interface(port)}
        return next((router for router in self.routers if router["id"] in on), None)

    def router_to(self, external_id: str) -> Entry | None:
        """Our router with a gateway in that external network: one serves all networks of the VDC."""
        return next(
            (router for router in self.routers if network_marks.is_ours(router) and gateway_of(router) == external_id),
            None,
        )

    def neighbours(self, router: Entry) -> list[tuple[str, str]]:
        """(network name, CIDR) of everything on a router."""
        on = {
            port["network_id"]
            for port in self.ports
            if network_marks.is_router_interface(port) and port["device_id"] == router["id"]
        }
        names = {entry["id"]: str(entry["name"]) for entry in self.networks}
        return [
            (names.get(subnet["network_id"], str(subnet["network_id"])), str(subnet["cidr"]))
            for subnet in self.subnets
            if subnet["network_id"] in on
        ]

    def group(self, name: str) -> Entry | None:
        return next((entry for entry in self.groups if entry["name"] == name and network_marks.is_ours(entry)), None)

    def outside_address(self, port: Entry) -> Entry | None:
        return next((entry for entry in self.floatingips if entry.get("port_id") == port["id"]), None)


def look(services: Services) -> Seen:
    """All of the project's network objects, side by side."""
    project_id = services.access.project_id
    mine = {"project_id": project_id}
    pages = partial(services.pages, NETWORK)
    found = services.together(
        {
            "networks": partial(pages, "/networks", "networks", mine),
            "subnets": partial(pages, "/subnets", "subnets", mine),
            "ports": partial(pages, "/ports", "ports", mine),
            "routers": partial(pages, "/routers", "routers", mine),
            "groups": partial(pages, "/security-groups", "security_groups", mine),
            "floatingips": partial(pages, "/floatingips", "floatingips", mine),
            "external": partial(pages, "/networks", "networks", {"router:external": "True"}),
        }
    )
    external = {str(entry["name"]): str(entry["id"]) for entry in found.pop("external")}
    return Seen(**{name: tuple(entries) for name, entries in found.items()}, external=external)


def network_of(seen: Seen, name: str) -> Network | None:
    """The network as a model object; None when it is not there or not ours. One without a subnet was begun and not finished:
    it is shown without a CIDR, so that it is completed, or taken down, like any that differs."""
    network = seen.network(name)
    if network is None or not network_marks.is_ours(network):
        return None
    subnet = seen.subnet(network)
    if subnet is None:
        return Network(name=name, cidr="", kind=network_marks.kind_of(network))
    router = seen.router_of(network)
    kind = network_marks.kind_of(network)
    group = seen.group(name)
    names = {external_id: external_name for external_name, external_id in seen.external.items()}
    return Network(
        name=name,
        cidr=str(subnet["cidr"]),
        kind=kind,
        routed_to=names.get(gateway_of(router) or "") if router else None,
        dhcp=bool(subnet["enable_dhcp"]),
        dns=tuple(subnet["dns_nameservers"]),
        gateway=subnet["gateway_ip"],
        ip_block=_block(subnet),
        assignments={
            instance: str(port["fixed_ips"][0]["ip_address"])
            for instance, port in sorted(seen.kept_addresses(network).items())
            # On an external network an address without its outside counterpart is not finished.
            if port["fixed_ips"] and (not has_outside_addresses(network, kind) or seen.outside_address(port))
        },
        security_rules=security.rules_of(group) if group is not None else None,
    )


def has_outside_addresses(network: Entry, kind: str) -> bool:
    """A tenant's external network gives each assigned instance a floating IP; an operator's is the outside itself."""
    return kind == "external" and not network.get("router:external")


def gateway_of(router: Entry) -> str | None:
    """The id of the external network that a router leads to."""
    found: str | None = (router.get("external_gateway_info") or {}).get("network_id")
    return found


def pools(block: str, cidr: str, gateway: str | None) -> list[dict[str, str]]:
    """Allocation pools for a block. neutron refuses the gateway in a pool, and IPv4's first and last address."""
    network = ipaddress.ip_network(cidr)
    first = int(network.network_address)
    # Unsaid, the gateway is the first address: after the network's own in IPv4, that very one in IPv6.
    taken = {first, int(ipaddress.ip_address(gateway)) if gateway else first + (network.version == 4)}
    if network.version == 4:
        taken.add(int(network.broadcast_address))
    found: list[addresses.Range] = []
    for part in sorted(addresses.parse_block(block)):
        start = part.first
        for address in sorted(number for number in taken if part.first <= number <= part.last):
            if start < address:
                found.append(addresses.Range(part.version, start, address - 1))
            start = address + 1
        if start <= part.last:
            found.append(addresses.Range(part.version, start, part.last))
    kind = ipaddress.IPv4Address if network.version == 4 else ipaddress.IPv6Address
    return [{"start": str(kind(part.first)), "end": str(kind(part.last))} for part in found]


def _block(subnet: Entry) -> str | None:
    """The block that was asked for, as long as the allocation pools still are what it means."""
    actual = _sorted(subnet["allocation_pools"])
    written = network_marks.block_of(subnet)
    if written is not None and _sorted(pools(written, subnet["cidr"], subnet["gateway_ip"])) == actual:
        return written
    if not actual:
        return None
    return addresses.canonical(",".join(f"{first}-{last}" for first, last in actual))


def _sorted(found: Sequence[Mapping[str, str]]) -> list[tuple[str, str]]:
    return sorted((pool["start"], pool["end"]) for pool in found)
