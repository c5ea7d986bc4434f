# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What can be controlled through this endpoint, found by asking and not by version. Pure, but for ``probe``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack.rest import (
    COMPUTE,
    IMAGE,
    NETWORK,
    PLACEMENT,
    VOLUME,
    Services,
)

HYPERVISOR_MICROVERSION = "2.87"
PLACEMENT_MICROVERSION = "1.28"
# A name that no flavor has: nova checks who asks (403) before it looks for the flavor (404).
NO_FLAVOR = "federation-probe"


@dataclass(frozen=True)
class Probes:
    """HTTP statuses of harmless reads, neutron's extensions, and the services in the catalogue."""

    hypervisors: int
    placement: int
    flavor_access: int
    image_import: int
    usage: int
    extensions: frozenset[str]
    services: frozenset[str]

    @property
    def sees_hosts(self) -> bool:
        return self.hypervisors == 200

    @property
    def sees_placement(self) -> bool:
        return self.placement == 200


def probe(services: Services) -> Probes:
    """Ask everything side by side."""
    project_id = services.access.project_id
    offered = frozenset(name for name in (COMPUTE, IMAGE, NETWORK, PLACEMENT, VOLUME) if services.offers(name))
    look = services.look
    reads = {
        "hypervisors": partial(look, COMPUTE, "/os-hypervisors", {"limit": 1}, HYPERVISOR_MICROVERSION),
        "flavor_access": partial(look, COMPUTE, f"/flavors/{NO_FLAVOR}/os-flavor-access"),
        "usage": partial(look, COMPUTE, f"/os-simple-tenant-usage/{project_id}"),
    }
    if IMAGE in offered:
        reads["image_import"] = partial(look, IMAGE, "/info/import")
    if PLACEMENT in offered:
        reads["placement"] = partial(look, PLACEMENT, "/resource_providers", None, PLACEMENT_MICROVERSION)
    statuses = services.together(reads)
    return Probes(
        hypervisors=statuses["hypervisors"],
        placement=statuses.get("placement", 0),
        flavor_access=statuses["flavor_access"],
        image_import=statuses.get("image_import", 0),
        usage=statuses["usage"],
        extensions=network_extensions(services),
        services=offered,
    )


def network_extensions(services: Services) -> frozenset[str]:
    return frozenset(entry["alias"] for entry in services.get(NETWORK, "/extensions")["extensions"])


def capabilities(
    probes: Probes, *, external_networks: bool, devices: bool, zones: tuple[str, ...], endpoint_scope: str
) -> dict[str, dict[str, Any]]:
    """Every capability by name: {"available", "reason"}; nothing is silently missing."""
    told = {
        "hosts": _told(
            probes.sees_hosts,
            "nova lists the hypervisors to this credential",
            f"nova does not list hypervisors to this credential (HTTP {probes.hypervisors})",
        ),
        "networking": _told(
            "router" in probes.extensions,
            "networks, routers and security groups can be made",
            "neutron has no router extension: networks can be made, not routed",
        ),
        "external_addresses": _told(
            external_networks,
            "there is an external network for floating addresses",
            "no external network is visible to this credential",
        ),
        "special_devices": _told(
            devices,
            "flavors with devices are visible",
            "no flavor with a device is visible to this credential",
        ),
        "device_quota": _told(
            False,
            "",
            "nova's quotas do not count devices: access to their flavors, the number of instances and the reservation "
            "ledger bound them",
        ),
        "images_upload": _told(
            probes.image_import == 200,
            "glance takes images",
            f"glance offers no upload to this credential (HTTP {probes.image_import or 'none: not in the catalogue'})",
        ),
        "flavors_create": _told(
            probes.flavor_access not in (401, 403),
            "nova lets this credential manage flavors",
            f"only the cloud's administrator makes flavors (HTTP {probes.flavor_access})",
        ),
        "volumes": _told(
            VOLUME in probes.services,
            "cinder is in the catalogue",
            "no volume service in the catalogue; disk is the flavors' own, which no quota bounds",
        ),
        "bandwidth": _told(
            "qos" in probes.extensions,
            "neutron limits bandwidth by QoS policies, each port by itself",
            "neutron has no QoS extension: granted bandwidth is not enforced",
        ),
        "bandwidth_usage": _told(False, "", "neutron does not say how much bandwidth is in use; value is always 0"),
        "metrics": _told(
            probes.usage == 200,
            "nova tells the project's usage",
            f"nova does not tell usage to this credential (HTTP {probes.usage})",
        ),
    }
    if endpoint_scope == "multi_site":
        told["zones"] = _told(
            bool(zones),
            "the view is limited to the zones that the cloudlet is pinned to",
            "the endpoint holds several sites and the cloudlet is pinned to none of its zones",
        )
    return told


def _told(available: bool, yes: str, no: str) -> dict[str, Any]:
    return {"available": available, "reason": yes if available else no}


def infrastructure(hypervisors: list[Mapping[str, Any]], hosts: frozenset[str] | None) -> dict[str, int]:
    """What the hosts have: vcpus, memory_mb, disk_gb. hosts: service hosts that count, None: all."""
    inside = [entry for entry in hypervisors if hosts is None or entry["service"]["host"] in hosts]
    return {
        "vcpus": sum(int(entry.get("vcpus") or 0) for entry in inside),
        "memory_mb": sum(int(entry.get("memory_mb") or 0) for entry in inside),
        "disk_gb": sum(int(entry.get("local_gb") or 0) for entry in inside),
    }
