# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waits until the compute hosts are up in nova and known to placement."""

from __future__ import annotations

from datetime import UTC, datetime

from openstack.connection import Connection

from openstack_lab.settings import AVAILABILITY_ZONES


def computes_ready(cloud: Connection, since: datetime) -> bool:
    """Whether every compute host has reported after ``since``, is up, and has inventory. Nova gives UTC without saying so."""
    reported = {
        service.host
        for service in cloud.compute.services(binary="nova-compute")
        if service.updated_at and datetime.fromisoformat(service.updated_at).replace(tzinfo=UTC) >= since
    }
    if not reported.issuperset(AVAILABILITY_ZONES.values()):
        return False
    up = [hypervisor.name for hypervisor in cloud.compute.hypervisors(details=True) if hypervisor.state == "up"]
    providers = {provider.name: provider for provider in cloud.placement.resource_providers()}
    if len(up) < len(AVAILABILITY_ZONES) or not providers.keys() >= set(up):
        return False
    classes = [
        {entry.resource_class for entry in cloud.placement.resource_provider_inventories(providers[name])}
        for name in up
    ]
    return all({"VCPU", "CUSTOM_GPU"} <= found for found in classes)
