# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waits until a compute host is up in nova and known to placement."""

from __future__ import annotations

from datetime import UTC, datetime

from openstack.connection import Connection


def compute_ready(cloud: Connection, host: str, since: datetime) -> bool:
    """Whether the host has reported after ``since``, is up, and has its inventory in placement, devices included."""
    services = list(cloud.compute.services(binary="nova-compute", host=host))
    if not any(service.updated_at and _utc(service.updated_at) >= since for service in services):
        return False
    # A hypervisor is named after the machine (libvirt) or the host (fake); only its service tells whose it is.
    hypervisors = [entry for entry in cloud.compute.hypervisors(details=True) if entry.service_details["host"] == host]
    if not hypervisors or hypervisors[0].state != "up":
        return False
    provider = cloud.placement.find_resource_provider(hypervisors[0].name)
    if provider is None:
        return False
    classes = {inventory.resource_class for inventory in cloud.placement.resource_provider_inventories(provider)}
    return {"VCPU", "CUSTOM_GPU"} <= classes


def _utc(text: str) -> datetime:
    """Nova gives UTC without saying so."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
