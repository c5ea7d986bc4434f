# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From granted resources to the quotas of nova, neutron and cinder, and back. Pure.

What a grant names is held exactly: cores, ram, instances, floating IPs, gigabytes. What it does not name but an instance
needs is derived from it, so that a VDC is usable and still bounded (docs/platforms/openstack.md has the table):

- networks: 4 + instances; subnets: two a network (IPv4 and IPv6); routers: 4
- ports: 4 an instance, 4 a network (router, DHCP, spare), one an external address
- security groups: 1 (default) + networks + instances; rules: 16 a group
- volumes and snapshots: 4 an instance, both inside the gigabytes; backups: none

Nothing granted: all of them 0, but for the one security group: neutron makes a project's default group at the first look at
its groups, and with no room for it even that look is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.operator_platform.federation.plugins.module_utils.model.resources import Resources

ROUTERS = 4
NETWORKS_BESIDE_INSTANCES = 4
SUBNETS_PER_NETWORK = 2
PORTS_PER_INSTANCE = 4
PORTS_PER_NETWORK = 4
RULES_PER_GROUP = 16
VOLUMES_PER_INSTANCE = 4
# What OpenStack writes as -1: larger than any grant, so that it never equals one.
UNLIMITED = 2**31 - 1

COMPUTE_NAMES = {"vcpus": "cores", "memory_mb": "ram", "instances": "instances"}
NETWORK_NAMES = {"external_ips": "floatingip"}
VOLUME_NAMES = {"disk_gb": "gigabytes"}


@dataclass(frozen=True)
class Quotas:
    """The quota bodies of the three services, by the services' own names."""

    compute: Mapping[str, int]
    network: Mapping[str, int]
    volume: Mapping[str, int]


def quotas_for(granted: Resources) -> Quotas:
    """The quotas that make ``granted`` real."""
    some = 0 if granted.is_nothing() else 1
    instances = granted.instances
    networks = some * (NETWORKS_BESIDE_INSTANCES + instances)
    groups = 1 + networks + instances
    volumes = VOLUMES_PER_INSTANCE * max(instances, 1) if granted.disk_gb else 0
    return Quotas(
        compute={quota: getattr(granted, name) for name, quota in COMPUTE_NAMES.items()},
        network={
            "floatingip": granted.external_ips,
            "network": networks,
            "subnet": SUBNETS_PER_NETWORK * networks,
            "router": some * ROUTERS,
            "port": PORTS_PER_INSTANCE * instances + PORTS_PER_NETWORK * networks + granted.external_ips,
            "security_group": groups,
            "security_group_rule": RULES_PER_GROUP * groups,
        },
        volume={
            "gigabytes": granted.disk_gb,
            "volumes": volumes,
            "snapshots": volumes,
            "backups": 0,
            "backup_gigabytes": 0,
        },
    )


def limit_of(entry: Any) -> int:
    """The limit in a quota answer: a plain number, or {"limit": n, ...}; -1 is UNLIMITED."""
    number = int(entry["limit"] if isinstance(entry, Mapping) else entry)
    return UNLIMITED if number < 0 else number


def used_of(entry: Mapping[str, Any]) -> int:
    """What counts against the limit: nova and cinder say in_use, neutron used; reservations in flight count, too."""
    in_use = entry.get("in_use", entry.get("used", 0))
    return int(in_use) + int(entry.get("reserved", 0))


def amounts(answer: Mapping[str, Any] | None, names: Mapping[str, str], of: Any) -> dict[str, int]:
    """Read a service's quota answer by our names. A quota that is not in the answer is left out."""
    return {name: of(answer[quota]) for name, quota in names.items() if answer and quota in answer}
