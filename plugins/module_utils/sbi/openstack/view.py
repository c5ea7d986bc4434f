# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The resource view of an OpenStack cloudlet: a fixed number of listings, whatever is in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

from ansible_collections.operator_platform.federation.plugins.module_utils.errors import Forbidden
from ansible_collections.operator_platform.federation.plugins.module_utils.model.moments import format_moment
from ansible_collections.operator_platform.federation.plugins.module_utils.model.resource_view import ResourceView
from ansible_collections.operator_platform.federation.plugins.module_utils.model.resources import Usage
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack import (
    bandwidth,
    catalogue,
    devices,
    marks,
    network_view,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack.capabilities import (
    HYPERVISOR_MICROVERSION,
    PLACEMENT_MICROVERSION,
    Probes,
    capabilities,
    infrastructure,
    probe,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack.device_access import (
    FLAVOR_MICROVERSION,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack.rest import (
    COMPUTE,
    IDENTITY,
    IMAGE,
    NETWORK,
    PLACEMENT,
    VOLUME,
    Services,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.platform import ControlEndpoint

Answers = Mapping[str, Any]

# nova embeds the flavor with its extra specs in a server from 2.47 on.
SERVER_MICROVERSION = "2.61"


def resource_view(services: Services, endpoint: ControlEndpoint) -> ResourceView:
    probes = probe(services)
    found = services.together(_reads(services, probes))
    project_id = services.access.project_id
    tags = found["project"].get("tags") or []
    held = marks.held_of(tags)
    zones = _zones(found["zones"], endpoint, tags)
    names = tuple(name.removeprefix("devices.") for name in held if name.startswith("devices."))
    networks = network_view.entries(
        found["networks"], found["subnets"], found["routers"], found["ports"], found["floatingips"], project_id
    )
    inside = _hosts_inside(found["zones"], zones) if probes.sees_hosts else None
    infra = infrastructure(found["hypervisors"], inside) if probes.sees_hosts else {}
    device_usage = _devices(found, held, names, inside)
    return ResourceView(
        cloudlet=endpoint.cloudlet,
        observed_at=format_moment(datetime.now(UTC)),
        platform_type=endpoint.platform_type,
        endpoint_scope=endpoint.endpoint_scope,
        capabilities=capabilities(
            probes,
            external_networks=any(entry["external"] for entry in networks),
            devices=bool(device_usage),
            zones=zones,
            endpoint_scope=endpoint.endpoint_scope,
        ),
        compute=_compute(found, held, infra),
        devices=device_usage,
        networks=tuple(networks),
        datastores=tuple(_by_name(catalogue.datastore_item(entry) for entry in found.get("volume_types", ()))),
        catalogue=tuple(_by_name(catalogue.catalogue_item(entry, project_id) for entry in found.get("images", ()))),
        flavors=tuple(_by_name(catalogue.flavor_item(entry, names) for entry in found["flavors"])),
        zones=zones,
        location=_location(tags),
    )


def _reads(services: Services, probes: Probes) -> dict[str, Callable[[], Any]]:
    """Everything that is read, by name. What the credential may not see is not asked for."""
    project_id = services.access.project_id
    get, pages = services.get, services.pages
    mine = {"project_id": project_id}
    reads: dict[str, Callable[[], Any]] = {
        "project": lambda: get(IDENTITY, f"/projects/{project_id}")["project"],
        "limits": lambda: get(COMPUTE, "/limits")["limits"]["absolute"],
        "flavors": partial(pages, COMPUTE, "/flavors/detail", "flavors", None, FLAVOR_MICROVERSION),
        "servers": partial(pages, COMPUTE, "/servers/detail", "servers", None, SERVER_MICROVERSION),
        "zones": lambda: get(COMPUTE, f"/os-availability-zone{'/detail' if probes.sees_hosts else ''}")[
            "availabilityZoneInfo"
        ],
        "networks": partial(pages, NETWORK, "/networks", "networks"),
        "subnets": partial(pages, NETWORK, "/subnets", "subnets"),
        "routers": partial(pages, NETWORK, "/routers", "routers", mine),
        "ports": partial(pages, NETWORK, "/ports", "ports", [("fields", name) for name in network_view.PORT_FIELDS]),
        "floatingips": partial(pages, NETWORK, "/floatingips", "floatingips", mine),
        "network_quota": partial(_network_quota, services, project_id),
    }
    if "qos" in probes.extensions:
        wanted = {"name": bandwidth.POLICY_NAME, "project_id": project_id}
        reads["policies"] = partial(pages, NETWORK, "/qos/policies", "policies", wanted)
    if VOLUME in probes.services:
        reads["volume_limits"] = lambda: get(VOLUME, "/limits")["limits"]["absolute"]
        reads["volume_types"] = partial(pages, VOLUME, "/types", "volume_types")
    if IMAGE in probes.services:
        reads["images"] = partial(pages, IMAGE, "/images", "images")
    if probes.sees_hosts:
        reads["hypervisors"] = partial(
            pages, COMPUTE, "/os-hypervisors/detail", "hypervisors", None, HYPERVISOR_MICROVERSION
        )
    if probes.sees_placement:
        # All providers in one answer: capacity by resource class, of those with any vCPU left.
        reads["candidates"] = partial(
            get, PLACEMENT, "/allocation_candidates", {"resources": "VCPU:1"}, PLACEMENT_MICROVERSION
        )
    return reads


def _network_quota(services: Services, project_id: str) -> dict[str, Any]:
    """Neutron's quota with its use; empty where policy keeps it from a tenant."""
    try:
        return dict(services.get(NETWORK, f"/quotas/{project_id}/details.json")["quota"])
    except Forbidden:
        return {}


def _compute(found: Answers, held: Mapping[str, int], infra: Mapping[str, int]) -> dict[str, Usage]:
    limits = found["limits"]
    volumes = found.get("volume_limits")
    addresses = found["network_quota"].get("floatingip")
    policies = found.get("policies")
    limited = bandwidth.mbps_of(policies[0]) if policies else 0
    return {
        "vcpus": Usage(limits["totalCoresUsed"], _limit(limits["maxTotalCores"]), infra.get("vcpus")),
        "memory_mb": Usage(limits["totalRAMUsed"], _limit(limits["maxTotalRAMSize"]), infra.get("memory_mb")),
        "disk_gb": Usage(
            volumes["totalGigabytesUsed"], _limit(volumes["maxTotalVolumeGigabytes"]), infra.get("disk_gb")
        )
        if volumes
        else Usage(_local_disk(found["servers"]), held.get("disk_gb"), infra.get("disk_gb")),
        "bandwidth_mbps": Usage(0, limited or held.get("bandwidth_mbps")),
        "instances": Usage(limits["totalInstancesUsed"], _limit(limits["maxTotalInstances"])),
        "external_ips": Usage(len(found["floatingips"]), _limit(addresses["limit"]) if addresses else None),
    }


def _limit(number: Any) -> int | None:
    """OpenStack writes "not limited" as -1."""
    return None if int(number) < 0 else int(number)


def _local_disk(servers: Iterable[Mapping[str, Any]]) -> int:
    return sum(int((server.get("flavor") or {}).get("disk") or 0) for server in servers)


def _devices(
    found: Answers, held: Mapping[str, int], names: tuple[str, ...], inside: frozenset[str] | None
) -> dict[str, Usage]:
    """Devices that were granted, or that a visible flavor hands out. inside: the hosts whose devices count as there."""
    used = devices.in_use(found["servers"])
    classes = {name for flavor in found["flavors"] for name in devices.devices_of(flavor)}
    classes |= {devices.resource_class(name) for name in names}
    # A host's resource provider has the hypervisor's id (nova from 2.53 on).
    hosts = {entry["id"] for entry in found.get("hypervisors", ()) if entry["service"]["host"] in (inside or ())}
    summaries = (found.get("candidates") or {}).get("provider_summaries", {})
    usage = {}
    for class_name in sorted(classes):
        name = devices.device_name(class_name, names)
        capacity = [
            int(summary["resources"][class_name]["capacity"])
            for provider, summary in summaries.items()
            if provider in hosts and class_name in summary["resources"]
        ]
        usage[name] = Usage(
            used.get(class_name, 0), held.get(f"devices.{name}", 0), sum(capacity) if "candidates" in found else None
        )
    return usage


def _zones(listing: list[Mapping[str, Any]], endpoint: ControlEndpoint, tags: Iterable[str]) -> tuple[str, ...]:
    """Available zones; for a pinned cloudlet only those that it is pinned to (by the profile, or by the project's marks)."""
    there = {zone["zoneName"] for zone in listing if zone["zoneState"]["available"] and zone["zoneName"] != "internal"}
    pinned = set(endpoint.zones) or set(marks.values_of(tags).get("zone", ()))
    return tuple(sorted(there & pinned if pinned else there))


def _hosts_inside(listing: list[Mapping[str, Any]], zones: tuple[str, ...]) -> frozenset[str]:
    return frozenset(host for zone in listing if zone["zoneName"] in zones for host in (zone.get("hosts") or {}))


def _location(tags: Iterable[str]) -> dict[str, float] | None:
    location = marks.location_of(marks.values_of(tags))
    return location.to_dict() if location else None


def _by_name(entries: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(entries, key=lambda entry: (str(entry["name"]), str(entry["id"])))
