# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is refused of networks before the first write. Pure."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any

from ansible_collections.operator_platform.federation.plugins.module_utils.errors import (
    Conflict,
    InvalidInput,
    NotFound,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.model.network import Network
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack import (
    network_marks,
    network_seen,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack.network_seen import Seen


def refuse(seen: Seen, wanted: Network, observed: Network | None) -> None:
    """Everything that can be said before the first write."""
    network = seen.network(wanted.name)
    if network is not None and not network_marks.is_ours(network):
        raise Conflict(
            f"A network {wanted.name} exists, and it was not made by this collection: it is not taken over.",
            answered=f"network {network['id']} without the tag {network_marks.TAG}",
            remedy="Give the network another name, or remove that one yourself.",
        )
    if wanted.routed_to is not None and wanted.routed_to not in seen.external:
        raise NotFound(
            f"There is no external network {wanted.routed_to} for {wanted.name}.",
            answered=f"external networks there: {', '.join(sorted(seen.external)) or 'none'}",
            remedy="Name one of them as routed_to.",
        )
    if observed is not None:
        _refuse_what_cannot_change(wanted, observed)
        if network is not None:
            _refuse_taking_used_addresses(seen, wanted, network)
    if wanted.ip_block is not None and not network_seen.pools(wanted.ip_block, wanted.cidr, wanted.gateway):
        raise InvalidInput(
            f"Network {wanted.name}", [("ip_block", f"{wanted.ip_block} holds no address that an instance may have")]
        )
    if wanted.routed_to is not None:
        router = seen.router_to(seen.external[wanted.routed_to])
        if router is not None:
            refuse_overlap(seen, wanted, router)


def _refuse_what_cannot_change(wanted: Network, observed: Network) -> None:
    """A network that was begun and has no CIDR yet can still get one."""
    for name in ("cidr", "kind"):
        before, after = getattr(observed, name), getattr(wanted, name)
        if before and before != after:
            raise Conflict(
                f"The {name} of the network {wanted.name} is {before} and cannot be changed to {after} in place.",
                remedy="Delete the network and create it again, or give the other one another name.",
            )


def refuse_overlap(seen: Seen, wanted: Network, router: Mapping[str, Any]) -> None:
    cidr = ipaddress.ip_network(wanted.cidr)
    for name, other in seen.neighbours(router):
        neighbour = ipaddress.ip_network(other)
        if name != wanted.name and neighbour.version == cidr.version and cidr.overlaps(neighbour):
            raise Conflict(
                f"The networks {wanted.name} ({wanted.cidr}) and {name} ({other}) overlap on one router.",
                remedy="Give one of them another CIDR; networks that are routed to the same external network share a "
                "router.",
            )


def _refuse_taking_used_addresses(seen: Seen, wanted: Network, network: Mapping[str, Any]) -> None:
    used = [
        f"{instance} ({port['fixed_ips'][0]['ip_address']})"
        for instance, port in sorted(seen.kept_addresses(network).items())
        if port.get("device_id")
        and port["fixed_ips"]
        and port["fixed_ips"][0]["ip_address"] != wanted.assignments.get(instance)
    ]
    if used:
        raise Conflict(
            f"Addresses of {wanted.name} are in use by running instances: {', '.join(used)}.",
            remedy="Take the instances down first, or keep their assignments.",
        )


def refuse_in_use(seen: Seen, network: Mapping[str, Any]) -> None:
    """Ports of neutron itself (DHCP, metadata, router) go with the network; those of an instance or of somebody do not."""
    users = [
        f"{port.get('name') or port['id']} ({port.get('device_owner') or 'not attached'})"
        for port in seen.ports_on(network)
        if not str(port.get("device_owner") or "").startswith("network:")
        and (network_marks.instance_of(port) is None or port.get("device_id"))
    ]
    if users:
        raise Conflict(
            f"The network {network['name']} is still in use; nothing was removed.",
            answered=f"ports on it: {', '.join(sorted(users))}",
            remedy="Take the instances (or the ports) away first, then run the task again.",
            details={"ports": users},
        )
