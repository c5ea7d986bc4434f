# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Networks as the resource view shows them: neutron's listings put together. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack import network_marks

Listed = Iterable[Mapping[str, Any]]

PORT_FIELDS = ("id", "name", "network_id", "device_id", "device_owner", "fixed_ips", "description", "project_id")


def entries(
    networks: Listed, subnets: Listed, routers: Listed, ports: Listed, floatingips: Listed, project_id: str
) -> list[dict[str, Any]]:
    """The project's own networks and those that it may use: external and shared ones."""
    networks = list(networks)
    names = {network["id"]: str(network["name"]) for network in networks}
    gateways = {
        router["id"]: names.get((router.get("external_gateway_info") or {}).get("network_id", "")) for router in routers
    }
    subnets_of: dict[str, list[Mapping[str, Any]]] = {}
    for subnet in subnets:
        subnets_of.setdefault(subnet["network_id"], []).append(subnet)
    routed: dict[str, str] = {}
    instances: dict[str, dict[str, str]] = {}
    address_of_port = {entry["port_id"]: entry["floating_ip_address"] for entry in floatingips if entry.get("port_id")}
    outside: dict[str, dict[str, str]] = {}
    for port in ports:
        gateway = gateways.get(port.get("device_id", ""))
        if network_marks.is_router_interface(port) and gateway:
            routed[port["network_id"]] = gateway
        instance = network_marks.instance_of(port)
        if instance is not None and port["fixed_ips"]:
            instances.setdefault(port["network_id"], {})[instance] = port["fixed_ips"][0]["ip_address"]
            if port["id"] in address_of_port:
                outside.setdefault(port["network_id"], {})[instance] = address_of_port[port["id"]]
    shown = []
    for network in sorted(networks, key=lambda entry: (str(entry["name"]), str(entry["id"]))):
        external = bool(network.get("router:external"))
        if network.get("project_id") != project_id and not external and not network.get("shared"):
            continue
        inside = sorted(subnets_of.get(network["id"], ()), key=lambda subnet: str(subnet["cidr"]))
        first = inside[0] if inside else None
        shown.append(
            {
                "name": network["name"],
                "id": network["id"],
                "kind": network_marks.kind_of(network),
                "external": external,
                "own": network.get("project_id") == project_id,
                "cidr": first["cidr"] if first else None,
                "cidrs": [subnet["cidr"] for subnet in inside],
                "dhcp": first["enable_dhcp"] if first else None,
                "dns": list(first["dns_nameservers"]) if first else [],
                "gateway": first["gateway_ip"] if first else None,
                "routed_to": routed.get(network["id"]),
                "assignments": dict(sorted(instances.get(network["id"], {}).items())),
                "external_addresses": dict(sorted(outside.get(network["id"], {}).items())),
                "mtu": network.get("mtu"),
            }
        )
    return shown
