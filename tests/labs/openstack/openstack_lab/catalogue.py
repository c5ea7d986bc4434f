# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Registers the services in keystone: their users, roles and endpoints."""

from __future__ import annotations

from collections.abc import Mapping

from openstack.connection import Connection

from openstack_lab.settings import APIS, REGION


def register_services(cloud: Connection, passwords: Mapping[str, str]) -> None:
    """Make what is missing; a second call changes nothing."""
    identity = cloud.identity
    project = identity.find_project("service", domain_id="default") or identity.create_project(
        name="service", domain_id="default"
    )
    roles = [identity.find_role(name) or identity.create_role(name=name) for name in ("admin", "service")]
    services = {service.name: service for service in identity.services()}
    endpoints = {(endpoint.service_id, endpoint.interface) for endpoint in identity.endpoints()}
    for api in APIS.values():
        if api.service == "keystone":  # registered by `keystone-manage bootstrap`
            continue
        user = identity.find_user(api.service, domain_id="default") or identity.create_user(
            name=api.service, password=passwords[api.service], domain_id="default", default_project_id=project.id
        )
        for role in roles:
            identity.assign_project_role_to_user(project, user, role)
        service = services.get(api.service) or identity.create_service(name=api.service, type=api.service_type)
        for interface, url in (("public", api.public_url), ("internal", api.internal_url), ("admin", api.internal_url)):
            if (service.id, interface) not in endpoints:
                identity.create_endpoint(service_id=service.id, interface=interface, region_id=REGION, url=url)
