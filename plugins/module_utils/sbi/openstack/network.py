# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Networks of a VDC: network, subnet, router, kept addresses, security group. Repeatable from any half-made state."""

from __future__ import annotations

import ipaddress
import threading
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, TypeAlias

from ansible_collections.operator_platform.federation.plugins.module_utils.model.network import Network
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack import (
    network_marks,
    network_refusals,
    network_seen,
    security,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack.bandwidth import POLICY_NAME
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack.capabilities import (
    network_extensions,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack.network_seen import Seen
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack.rest import NETWORK, Services

Entry = dict[str, Any]
# What was made in one go: (kind as in the path, id).
Made: TypeAlias = "list[tuple[str, str]]"


class Networks:
    """One object a control endpoint, because all of its networks share a router: only one thread at a time makes it."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._one_at_a_time = threading.Lock()
        self._extensions: frozenset[str] | None = None

    def read(self, names: Sequence[str]) -> dict[str, Network]:
        seen = network_seen.look(self._services)
        found = {name: network_seen.network_of(seen, name) for name in names}
        return {name: network for name, network in found.items() if network is not None}

    def refuse(self, wanted: Network, observed: Network | None) -> None:
        """Raise what create or update would raise, as far as reading can tell."""
        network_refusals.refuse(network_seen.look(self._services), wanted, observed)

    def refuse_deletion(self, name: str) -> None:
        seen = network_seen.look(self._services)
        network = seen.network(name)
        if network is not None and network_marks.is_ours(network):
            network_refusals.refuse_in_use(seen, network)

    def create(self, wanted: Network) -> None:
        self._converge(wanted, None)

    def update(self, wanted: Network, observed: Network) -> None:
        self._converge(wanted, observed)

    def _converge(self, wanted: Network, observed: Network | None) -> None:
        seen = network_seen.look(self._services)
        network_refusals.refuse(seen, wanted, observed)
        made: Made = []
        network = seen.network(wanted.name) or self._make_network(wanted, made)
        subnet = seen.subnet(network)
        if subnet is None:
            subnet = self._make("subnets", "subnet", _subnet_body(wanted, network["id"]), made)
        else:
            self._write_subnet(wanted, subnet)
        self._write_route(wanted, network, subnet, made)
        group = self._write_group(wanted, seen, made)
        self._write_assignments(wanted, seen, network, subnet, group, made)
        self._tag(made)

    def delete(self, name: str) -> None:
        seen = network_seen.look(self._services)
        network = seen.network(name)
        group = seen.group(name)
        if network is not None and network_marks.is_ours(network):
            network_refusals.refuse_in_use(seen, network)
            self._give_addresses_back(seen, list(seen.kept_addresses(network).values()))
        # The network goes last: as long as it is there, a run that was cut off is seen as such and done again.
        if group is not None:
            self._services.remove(NETWORK, f"/security-groups/{group['id']}")
        if network is not None and network_marks.is_ours(network):
            with self._one_at_a_time:
                self._leave_router(network_seen.look(self._services), network)
            self._services.remove(NETWORK, f"/networks/{network['id']}")

    def _make_network(self, wanted: Network, made: Made) -> Entry:
        body: Entry = {"name": wanted.name, "description": network_marks.kind_text(wanted.kind)}
        if wanted.kind == "external" and wanted.routed_to is None:
            body["router:external"] = True
        return self._make("networks", "network", body, made)

    def _make(self, kind: str, name: str, body: Entry, made: Made) -> Entry:
        """POST. The tag comes with those of all else that is made, side by side: neutron takes none in this request."""
        entry = dict(self._services.send("POST", NETWORK, f"/{kind}", {name: body})[name])
        made.append((kind, entry["id"]))
        return entry

    def _tag(self, made: Made) -> None:
        put = partial(self._services.send, "PUT", NETWORK)
        self._services.together(
            {entry_id: partial(put, f"/{kind}/{entry_id}/tags/{network_marks.TAG}") for kind, entry_id in made}
        )

    def _offers(self, extension: str) -> bool:
        if self._extensions is None:
            self._extensions = network_extensions(self._services)
        return extension in self._extensions

    def _write_subnet(self, wanted: Network, subnet: Entry | Mapping[str, Any]) -> None:
        body = _subnet_body(wanted, subnet["network_id"])
        changes = {
            name: value
            for name, value in body.items()
            if name in ("enable_dhcp", "dns_nameservers", "gateway_ip", "allocation_pools", "description")
            and subnet.get(name) != value
        }
        if changes:
            self._services.send("PUT", NETWORK, f"/subnets/{subnet['id']}", {"subnet": changes})

    def _write_route(
        self, wanted: Network, network: Entry | Mapping[str, Any], subnet: Mapping[str, Any], made: Made
    ) -> None:
        """One thread at a time: the router is shared by the networks of the VDC."""
        with self._one_at_a_time:
            seen = network_seen.look(self._services)
            router = seen.router_of(network)
            external_id = seen.external[wanted.routed_to] if wanted.routed_to else None
            if router is not None and network_seen.gateway_of(router) != external_id:
                self._leave_router(seen, network)
                router = None
            if external_id is None or router is not None:
                return
            target = seen.router_to(external_id) or self._make(
                "routers",
                "router",
                {
                    "name": f"federation-{wanted.routed_to}",
                    "description": network_marks.MADE_BY,
                    "external_gateway_info": {"network_id": external_id},
                },
                made,
            )
            network_refusals.refuse_overlap(seen, wanted, target)
            self._services.send(
                "PUT", NETWORK, f"/routers/{target['id']}/add_router_interface", {"subnet_id": subnet["id"]}
            )

    def _leave_router(self, seen: Seen, network: Entry | Mapping[str, Any]) -> None:
        """Take the network off its router, and the router away with the last one."""
        for port in seen.ports_on(network):
            if network_marks.is_router_interface(port):
                self._services.send(
                    "PUT",
                    NETWORK,
                    f"/routers/{port['device_id']}/remove_router_interface",
                    {"port_id": port["id"]},
                    accept=(404,),
                )
        on_router = {
            (port["device_id"], port["network_id"]) for port in seen.ports if network_marks.is_router_interface(port)
        }
        for router in seen.routers:
            others = any(device == router["id"] and on != network["id"] for device, on in on_router)
            if network_marks.is_ours(router) and not others:
                self._services.remove(NETWORK, f"/routers/{router['id']}")

    def _write_group(self, wanted: Network, seen: Seen, made: Made) -> str | None:
        """The id of the network's own security group; None: the project's default group holds."""
        group = seen.group(wanted.name)
        if wanted.security_rules is None:
            return group["id"] if group else None
        if group is None:
            body = {"name": wanted.name, "description": network_marks.MADE_BY}
            group = self._make("security-groups", "security_group", body, made)
        security.write_rules(self._services, group, wanted.security_rules)
        return str(group["id"])

    def _write_assignments(
        self,
        wanted: Network,
        seen: Seen,
        network: Entry | Mapping[str, Any],
        subnet: Mapping[str, Any],
        group_id: str | None,
        made: Made,
    ) -> None:
        kept = seen.kept_addresses(network)
        gone = [
            port
            for instance, port in kept.items()
            if [fixed["ip_address"] for fixed in port["fixed_ips"]] != [wanted.assignments.get(instance)]
        ]
        self._give_addresses_back(seen, gone)
        stay = {instance: port for instance, port in kept.items() if port not in gone}
        if group_id is not None:
            self._services.together(
                {
                    port["id"]: partial(
                        self._services.send,
                        "PUT",
                        NETWORK,
                        f"/ports/{port['id']}",
                        {"port": {"security_groups": [group_id]}},
                    )
                    for port in stay.values()
                    if port["security_groups"] != [group_id]
                }
            )
        bodies = [
            _port_body(wanted.name, instance, address, network["id"], subnet["id"], group_id)
            for instance, address in sorted(wanted.assignments.items())
            if instance not in stay
        ]
        ports = self._services.send("POST", NETWORK, "/ports", {"ports": bodies})["ports"] if bodies else []
        made.extend(("ports", port["id"]) for port in ports)
        if network_seen.has_outside_addresses(network, wanted.kind) and wanted.routed_to:
            bare = [port for port in stay.values() if seen.outside_address(port) is None]
            self._give_outside_addresses(seen.external[wanted.routed_to], [*bare, *ports], made)

    def _give_outside_addresses(self, external_id: str, ports: Sequence[Mapping[str, Any]], made: Made) -> None:
        policy = self._default_policy() if ports else None
        bodies = {
            port["id"]: {
                "floating_network_id": external_id,
                "port_id": port["id"],
                "description": network_marks.MADE_BY,
                **({"qos_policy_id": policy} if policy else {}),
            }
            for port in ports
        }
        self._services.together(
            {port_id: partial(self._make, "floatingips", "floatingip", body, made) for port_id, body in bodies.items()}
        )

    def _default_policy(self) -> str | None:
        """The granted bandwidth's policy: neutron puts it on new networks by itself, on new floating IPs it does not."""
        if not self._offers("qos"):
            return None
        wanted = {"name": POLICY_NAME, "project_id": self._services.access.project_id}
        found = self._services.pages(NETWORK, "/qos/policies", "policies", wanted)
        return str(found[0]["id"]) if found else None

    def _give_addresses_back(self, seen: Seen, ports: Sequence[Mapping[str, Any]]) -> None:
        remove = self._services.remove
        outside = [entry for entry in map(seen.outside_address, ports) if entry and network_marks.is_ours(entry)]
        self._services.together(
            {entry["id"]: partial(remove, NETWORK, f"/floatingips/{entry['id']}") for entry in outside}
        )
        self._services.together({port["id"]: partial(remove, NETWORK, f"/ports/{port['id']}") for port in ports})


def _subnet_body(wanted: Network, network_id: str) -> Entry:
    version = ipaddress.ip_network(wanted.cidr).version
    body: Entry = {
        "name": wanted.name,
        "network_id": network_id,
        "cidr": wanted.cidr,
        "ip_version": version,
        "enable_dhcp": wanted.dhcp,
        "dns_nameservers": list(wanted.dns),
        "description": network_marks.block_text(wanted.ip_block),
    }
    if wanted.gateway is not None:
        body["gateway_ip"] = wanted.gateway
    if wanted.ip_block is not None:
        body["allocation_pools"] = network_seen.pools(wanted.ip_block, wanted.cidr, wanted.gateway)
    if version == 6 and wanted.dhcp:
        body["ipv6_ra_mode"] = body["ipv6_address_mode"] = "dhcpv6-stateful"
    return body


def _port_body(name: str, instance: str, address: str, network_id: str, subnet_id: str, group_id: str | None) -> Entry:
    body: Entry = {
        "name": f"{name}-{instance}",
        "description": network_marks.instance_text(instance),
        "network_id": network_id,
        "fixed_ips": [{"subnet_id": subnet_id, "ip_address": address}],
    }
    if group_id is not None:
        body["security_groups"] = [group_id]
    return body
