# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Amounts of what a cloudlet can give: capacity, demand, grants. Plain arithmetic, no I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.operator_platform.federation.plugins.module_utils.model.problems import Problems

AMOUNTS = ("vcpus", "memory_mb", "disk_gb", "bandwidth_mbps", "instances", "external_ips")
UNITS = {
    "vcpus": "vCPU",
    "memory_mb": "MiB",
    "disk_gb": "GiB",
    "bandwidth_mbps": "Mbit/s",
    "instances": "instances",
    "external_ips": "addresses",
}


@dataclass(frozen=True)
class Resources:
    """vcpus; memory_mb in MiB and disk_gb in GiB (as OpenStack and VMware count them); bandwidth_mbps in 10^6 bit/s;
    instances and external_ips as counts; devices as counts by the name that the cloudlet's resource map uses."""

    vcpus: int = 0
    memory_mb: int = 0
    disk_gb: int = 0
    bandwidth_mbps: int = 0
    instances: int = 0
    external_ips: int = 0
    devices: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def from_dict(cls, raw: Any, problems: Problems, path: str = "") -> Resources:
        """Missing amounts are 0. Wrong ones are noted in ``problems``."""
        raw = raw or {}
        if not isinstance(raw, Mapping):
            problems.add(path.rstrip("."), f"must be a mapping of {', '.join(AMOUNTS)} and devices")
            return cls()
        problems.unknown(raw, {*AMOUNTS, "devices"}, path)
        amounts = {name: problems.whole_number(raw, name, path) or 0 for name in AMOUNTS}
        devices_raw = problems.mapping(raw, "devices", path) or {}
        devices = {str(name): problems.whole_number(devices_raw, name, f"{path}devices.") or 0 for name in devices_raw}
        return cls(**amounts, devices={name: count for name, count in sorted(devices.items()) if count})

    def to_dict(self) -> dict[str, Any]:
        return {**{name: getattr(self, name) for name in AMOUNTS}, "devices": dict(sorted(self.devices.items()))}

    def flat(self) -> dict[str, int]:
        """All amounts in one level, devices as ``devices.NAME``."""
        return {
            **{name: getattr(self, name) for name in AMOUNTS},
            **{f"devices.{name}": count for name, count in sorted(self.devices.items())},
        }

    def __add__(self, other: Resources) -> Resources:
        names = {*self.devices, *other.devices}
        return Resources(
            **{name: getattr(self, name) + getattr(other, name) for name in AMOUNTS},
            devices={name: self.devices.get(name, 0) + other.devices.get(name, 0) for name in sorted(names)},
        )

    def times(self, count: int) -> Resources:
        return Resources(
            **{name: getattr(self, name) * count for name in AMOUNTS},
            devices={name: amount * count for name, amount in self.devices.items()},
        )

    def minus(self, other: Resources) -> Resources:
        """What is left after taking ``other`` away; never below 0."""
        return Resources(
            **{name: max(0, getattr(self, name) - getattr(other, name)) for name in AMOUNTS},
            devices={name: max(0, count - other.devices.get(name, 0)) for name, count in self.devices.items()},
        )

    def shortfall(self, free: Resources) -> dict[str, tuple[int, int]]:
        """What of this does not fit into ``free``: flat name -> (wanted, free). Empty when all fits."""
        available = free.flat()
        return {
            name: (wanted, available.get(name, 0))
            for name, wanted in self.flat().items()
            if wanted > available.get(name, 0)
        }

    def is_nothing(self) -> bool:
        return not any(self.flat().values())


def total(parts: Iterable[Resources]) -> Resources:
    """The sum of all parts."""
    result = Resources()
    for part in parts:
        result = result + part
    return result


@dataclass(frozen=True)
class Usage:
    """The triple that every usage is told as. quota_max or infra_max None: not known or not limited."""

    value: int
    quota_max: int | None = None
    infra_max: int | None = None

    def to_dict(self) -> dict[str, int | None]:
        return {"value": self.value, "quota_max": self.quota_max, "infra_max": self.infra_max}
