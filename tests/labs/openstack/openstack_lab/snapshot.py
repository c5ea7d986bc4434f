# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that exists in the cloud, as sorted JSON: equal before and after means that nothing was left or lost.

Left out is what changes by itself: times, states of agents, generations and revisions. Identifiers are in, so an
object that was deleted and made again shows. Everything is read through the APIs, as the cloud's administrator,
except quotas: the APIs hide the rows of projects that are gone, and those would be leftovers, so the tables are read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import openstack
import pymysql
from openstack.connection import Connection

from openstack_lab.settings import Settings

Record = dict[str, Any]

# section -> (service type, path, key of the list, fields)
LISTINGS: Mapping[str, tuple[str, str, str, str]] = {
    "domains": ("identity", "/domains", "domains", "id name description enabled"),
    "projects": ("identity", "/projects", "projects", "id name domain_id description enabled tags"),
    "users": ("identity", "/users", "users", "id name domain_id description enabled"),
    "groups": ("identity", "/groups", "groups", "id name domain_id"),
    "roles": ("identity", "/roles", "roles", "id name domain_id"),
    "networks": (
        "network",
        "/v2.0/networks",
        "networks",
        "id name project_id shared router:external mtu tags qos_policy_id provider:network_type provider:physical_network port_security_enabled",
    ),
    "subnets": (
        "network",
        "/v2.0/subnets",
        "subnets",
        "id name project_id network_id cidr gateway_ip enable_dhcp allocation_pools dns_nameservers tags",
    ),
    "subnet_pools": ("network", "/v2.0/subnetpools", "subnetpools", "id name project_id prefixes shared"),
    "routers": ("network", "/v2.0/routers", "routers", "id name project_id external_gateway_info routes tags"),
    "ports": (
        "network",
        "/v2.0/ports",
        "ports",
        "id name project_id network_id device_owner device_id fixed_ips mac_address security_groups qos_policy_id tags",
    ),
    "floating_ips": (
        "network",
        "/v2.0/floatingips",
        "floatingips",
        "id project_id floating_ip_address port_id qos_policy_id tags",
    ),
    "security_groups": ("network", "/v2.0/security-groups", "security_groups", "id name project_id tags"),
    "security_group_rules": (
        "network",
        "/v2.0/security-group-rules",
        "security_group_rules",
        "id project_id security_group_id direction ethertype protocol port_range_min port_range_max remote_ip_prefix remote_group_id",
    ),
    "address_groups": ("network", "/v2.0/address-groups", "address_groups", "id name project_id addresses"),
    "qos_policies": ("network", "/v2.0/qos/policies", "policies", "id name project_id shared is_default rules tags"),
    "rbac_policies": (
        "network",
        "/v2.0/rbac-policies",
        "rbac_policies",
        "id project_id object_type object_id action target_tenant",
    ),
    "images": (
        "image",
        "/v2/images",
        "images",
        "id name owner visibility status disk_format os_hash_value tags os_type os_distro federation_certified",
    ),
    "flavors": (
        "compute",
        "/flavors/detail?is_public=None",
        "flavors",
        "id name vcpus ram disk swap OS-FLV-EXT-DATA:ephemeral os-flavor-access:is_public",
    ),
    "servers": (
        "compute",
        "/servers/detail?all_tenants=1",
        "servers",
        "id name tenant_id user_id status metadata OS-EXT-AZ:availability_zone OS-EXT-SRV-ATTR:host",
    ),
    "server_groups": (
        "compute",
        "/os-server-groups?all_projects=true",
        "server_groups",
        "id name project_id policy policies members",
    ),
    "aggregates": ("compute", "/os-aggregates", "aggregates", "id name availability_zone hosts metadata"),
    "volumes": (
        "block-storage",
        "/volumes/detail?all_tenants=1",
        "volumes",
        "id name size status volume_type os-vol-tenant-attr:tenant_id metadata",
    ),
    "volume_snapshots": (
        "block-storage",
        "/snapshots/detail?all_tenants=1",
        "snapshots",
        "id name size status volume_id",
    ),
    "volume_types": ("block-storage", "/types?is_public=None", "volume_types", "id name extra_specs is_public"),
    "resource_classes": ("placement", "/resource_classes", "resource_classes", "name"),
}
PLACEMENT_VERSION = "placement 1.39"
# Ports that come and go with a router, a network's DHCP or a floating IP are described by those already.
SYSTEM_PORTS = "network:"
# tables whose rows exist only where somebody set a quota
QUOTA_TABLES = {
    "compute": "select project_id, resource, hard_limit from nova_api.quotas",
    "compute_user": "select project_id, user_id, resource, hard_limit from nova_api.project_user_quotas",
    "network": "select project_id, resource, `limit` as hard_limit from neutron.quotas",
    "volume": "select project_id, resource, hard_limit from cinder.quotas where deleted = 0",
}


def take_snapshot(settings: Settings) -> dict[str, Any]:
    """Read everything. A read that is refused is an error, not an empty list."""
    settings.export()
    cloud = openstack.connect(cloud="lab-admin")
    snapshot: dict[str, Any] = {}
    for section, (service, path, key, fields) in LISTINGS.items():
        wanted = fields.split()
        snapshot[section] = _sorted(
            {field: record.get(field) for field in wanted} for record in _list(cloud, service, path, key)
        )
    snapshot["ports"] = [
        port for port in snapshot["ports"] if not (port["device_owner"] or "").startswith(SYSTEM_PORTS)
    ]
    for flavor in snapshot["flavors"]:
        flavor["extra_specs"] = _get(cloud, "compute", f"/flavors/{flavor['id']}/os-extra_specs")["extra_specs"]
        if not flavor["os-flavor-access:is_public"]:
            flavor["access"] = _sorted(
                _get(cloud, "compute", f"/flavors/{flavor['id']}/os-flavor-access")["flavor_access"]
            )
    for image in snapshot["images"]:
        if image["visibility"] == "shared":
            members = _get(cloud, "image", f"/v2/images/{image['id']}/members")["members"]
            image["members"] = sorted(member["member_id"] for member in members)
    snapshot["role_assignments"] = _role_assignments(cloud)
    snapshot["application_credentials"] = _application_credentials(cloud, snapshot["users"])
    snapshot["keypairs"] = _keypairs(cloud, snapshot["users"])
    snapshot["resource_providers"] = _resource_providers(cloud)
    snapshot["quotas"] = _quotas(settings)
    return snapshot


def to_text(snapshot: Mapping[str, Any]) -> str:
    return json.dumps(snapshot, indent=1, sort_keys=True)


def _get(cloud: Connection, service: str, path: str) -> Record:
    headers = {"OpenStack-API-Version": PLACEMENT_VERSION} if service == "placement" else {}
    endpoint = {"service_type": service, "interface": "public", "region_name": cloud.config.region_name}
    response = cloud.session.get(path, endpoint_filter=endpoint, headers=headers)  # raises for every HTTP error
    return response.json()


def _list(cloud: Connection, service: str, path: str, key: str) -> Iterable[Record]:
    """All pages. Each service names the next one in its own way; following a link keeps the path only."""
    while path:
        page = _get(cloud, service, path)
        yield from page[key]
        link = (
            page.get("next")
            if service == "image"
            else next((link["href"] for link in page.get(f"{key}_links", []) if link["rel"] == "next"), None)
        )
        if link and link.startswith("http"):
            base = cloud.session.get_endpoint(
                service_type=service, interface="public", region_name=cloud.config.region_name
            ).rstrip("/")
            link = link.removeprefix(base)
        path = link or ""


def _sorted(records: Iterable[Record]) -> list[Record]:
    return sorted(records, key=lambda record: json.dumps(record, sort_keys=True, default=str))


def _role_assignments(cloud: Connection) -> list[Record]:
    found = _get(cloud, "identity", "/role_assignments?include_names=true")["role_assignments"]
    return _sorted({key: value for key, value in assignment.items() if key != "links"} for assignment in found)


def _application_credentials(cloud: Connection, users: list[Record]) -> list[Record]:
    found = []
    for user in users:
        listed = _get(cloud, "identity", f"/users/{user['id']}/application_credentials")["application_credentials"]
        found += [
            {"id": one["id"], "name": one["name"], "project_id": one["project_id"], "user_id": user["id"]}
            for one in listed
        ]
    return _sorted(found)


def _keypairs(cloud: Connection, users: list[Record]) -> list[Record]:
    found = []
    for user in users:
        listed = cloud.compute.get(f"/os-keypairs?user_id={user['id']}", microversion="2.10").json()["keypairs"]
        keypairs = [entry["keypair"] for entry in listed]
        found += [{"user_id": user["id"], "name": one["name"], "fingerprint": one["fingerprint"]} for one in keypairs]
    return _sorted(found)


def _resource_providers(cloud: Connection) -> list[Record]:
    """Providers with their devices and who uses them, reservations made in placement included."""
    found = []
    for provider in _get(cloud, "placement", "/resource_providers")["resource_providers"]:
        path = f"/resource_providers/{provider['uuid']}"
        inventories = _get(cloud, "placement", f"{path}/inventories")["inventories"]
        consumers = _get(cloud, "placement", f"{path}/allocations")["allocations"]
        found.append(
            {
                "id": provider["uuid"],
                "name": provider["name"],
                # libvirt's idea of the machine's memory varies from one start to the next; the devices are ours
                "devices": {name: entry["total"] for name, entry in inventories.items() if name.startswith("CUSTOM_")},
                "allocations": {consumer: entry["resources"] for consumer, entry in consumers.items()},
                "aggregates": sorted(_get(cloud, "placement", f"{path}/aggregates")["aggregates"]),
                "traits": sorted(
                    trait
                    for trait in _get(cloud, "placement", f"{path}/traits")["traits"]
                    if trait.startswith("CUSTOM_")
                ),
            }
        )
    return _sorted(found)


def _quotas(settings: Settings) -> dict[str, list[Record]]:
    connection = pymysql.connect(
        unix_socket=str(settings.database_socket), user="root", cursorclass=pymysql.cursors.DictCursor
    )
    with connection, connection.cursor() as cursor:
        quotas = {}
        for section, query in QUOTA_TABLES.items():
            cursor.execute(query)
            quotas[section] = _sorted(cursor.fetchall())
    return quotas
