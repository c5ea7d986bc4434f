# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prepares the cloud for two operators: zones, external network, image, flavors, domains and administrators.

Every step looks first, so a second run changes nothing and a damaged lab is repaired.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import openstack
from openstack.connection import Connection

from openstack_lab.settings import (
    AVAILABILITY_ZONES,
    EXTERNAL_CIDR,
    EXTERNAL_GATEWAY,
    EXTERNAL_NETWORK,
    EXTERNAL_POOL,
    Settings,
)


@dataclass(frozen=True)
class Operator:
    """One operator in the lab: a keystone domain with a project and an infrastructure administrator.

    The administrator has role admin on a project. With the services' own policies that makes a cloud administrator,
    who may do all that an operator's automation needs, and in the other operator's domain as well: it is one cloud.
    """

    name: str
    domain: str
    user: str
    project: str = "infra"


@dataclass(frozen=True)
class Flavor:
    name: str
    vcpus: int
    memory_mb: int
    disk_gb: int
    extra_specs: Mapping[str, str]


OPERATORS = (
    Operator("north", "telco-north", "north-infra"),
    Operator("south", "telco-south", "south-infra"),
)
FLAVORS = (
    Flavor("f1.small", 1, 256, 1, {}),
    Flavor("f1.medium", 2, 1024, 5, {}),
    Flavor("f1.gpu", 2, 1024, 5, {"resources:CUSTOM_GPU": "1"}),
)
IMAGE = "guest"
IMAGE_PROPERTIES = {
    "os_type": "linux",
    "os_distro": "debian",
    "architecture": "x86_64",
    # the mark of the lab's operators for media that they have checked
    "federation_certified": "true",
}


def seed(cloud: Connection, settings: Settings, passwords: Mapping[str, str]) -> list[str]:
    """Make what is missing, as the cloud's administrator; return what was made."""
    made: list[str] = []
    _zones(cloud, made)
    _external_network(cloud, made)
    _image(cloud, settings, made)
    _flavors(cloud, made)
    for operator in OPERATORS:
        _operator(cloud, operator, passwords[operator.user], made)
        # Neutron makes a project's default security group at the first look. Now rather than during somebody's work,
        # where it would show as a leftover.
        list(openstack.connect(cloud=operator.user).network.security_groups())
    return made


def _zones(cloud: Connection, made: list[str]) -> None:
    aggregates = {aggregate.name: aggregate for aggregate in cloud.compute.aggregates()}
    for zone, host in AVAILABILITY_ZONES.items():
        aggregate = aggregates.get(zone)
        if aggregate is None:
            aggregate = cloud.compute.create_aggregate(name=zone, availability_zone=zone)
            made.append(f"availability zone {zone}")
        if host not in (aggregate.hosts or []):
            cloud.compute.add_host_to_aggregate(aggregate, host)


def _external_network(cloud: Connection, made: list[str]) -> None:
    network = cloud.network.find_network(EXTERNAL_NETWORK)
    if network is None:
        network = cloud.network.create_network(
            name=EXTERNAL_NETWORK,
            is_router_external=True,
            provider_network_type="flat",
            provider_physical_network="public",
        )
        made.append(f"external network {EXTERNAL_NETWORK}")
    if not network.subnet_ids:
        first, last = EXTERNAL_POOL
        cloud.network.create_subnet(
            name=f"{EXTERNAL_NETWORK}-v4",
            network_id=network.id,
            ip_version=4,
            cidr=EXTERNAL_CIDR,
            gateway_ip=EXTERNAL_GATEWAY,
            enable_dhcp=False,
            allocation_pools=[{"start": first, "end": last}],
        )


def _image(cloud: Connection, settings: Settings, made: list[str]) -> None:
    present = list(cloud.image.images(name=IMAGE, visibility="public"))
    for image in present:
        if image.status == "active":
            return
        cloud.image.delete_image(image)  # its upload was interrupted
    cloud.create_image(
        IMAGE,
        filename=str(settings.home / "img" / "guest.qcow2"),
        disk_format="qcow2",
        container_format="bare",
        visibility="public",
        wait=True,
        timeout=120,
        **IMAGE_PROPERTIES,
    )
    made.append(f"image {IMAGE}")


def _flavors(cloud: Connection, made: list[str]) -> None:
    present = {flavor.name: flavor for flavor in cloud.compute.flavors(get_extra_specs=True)}
    for wanted in FLAVORS:
        flavor = present.get(wanted.name)
        if flavor is None:
            flavor = cloud.compute.create_flavor(
                name=wanted.name, vcpus=wanted.vcpus, ram=wanted.memory_mb, disk=wanted.disk_gb
            )
            made.append(f"flavor {wanted.name}")
        missing = {
            key: value for key, value in wanted.extra_specs.items() if (flavor.extra_specs or {}).get(key) != value
        }
        if missing:
            cloud.compute.create_flavor_extra_specs(flavor, missing)


def _operator(cloud: Connection, operator: Operator, password: str, made: list[str]) -> None:
    identity = cloud.identity
    domain = identity.find_domain(operator.domain)
    if domain is None:
        domain = identity.create_domain(name=operator.domain, description=f"operator {operator.domain} of the lab")
        made.append(f"domain {operator.domain}")
    project = identity.find_project(operator.project, domain_id=domain.id)
    if project is None:
        project = identity.create_project(
            name=operator.project, domain_id=domain.id, description="the operator's own infrastructure"
        )
    user = identity.find_user(operator.user, domain_id=domain.id)
    if user is None:
        user = identity.create_user(
            name=operator.user, password=password, domain_id=domain.id, default_project_id=project.id
        )
        made.append(f"user {operator.user}")
    identity.assign_project_role_to_user(project, user, identity.find_role("admin"))
    # on the domain as well: to list and assign the roles of its projects
    identity.assign_domain_role_to_user(domain, user, identity.find_role("admin"))
