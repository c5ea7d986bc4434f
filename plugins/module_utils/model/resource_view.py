# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is seen of a cloudlet, in one shape whatever platform and whatever scope its control endpoint has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.operator_platform.federation.plugins.module_utils.model.resources import Resources, Usage


@dataclass(frozen=True)
class Check:
    """One comparison of what was promised with what was found."""

    check: str
    expected: Any
    found: Any
    ok: bool

    def to_dict(self) -> dict[str, Any]:
        return {"check": self.check, "expected": self.expected, "found": self.found, "ok": self.ok}


@dataclass(frozen=True)
class ResourceView:
    """compute: usage by amount name (vcpus, memory_mb, disk_gb, instances, external_ips, bandwidth_mbps). devices: usage
    by device name. capabilities: what can be controlled here -> True, or False with a reason, as
    {"hosts": {"available": false, "reason": "..."}}; never silently missing. networks, datastores, catalogue,
    flavors: plain mappings with the fields of architecture §4. observed_at: RFC 3339."""

    cloudlet: str
    observed_at: str
    platform_type: str
    endpoint_scope: str
    capabilities: Mapping[str, Mapping[str, Any]]
    compute: Mapping[str, Usage]
    devices: Mapping[str, Usage] = field(default_factory=dict)
    networks: tuple[Mapping[str, Any], ...] = ()
    datastores: tuple[Mapping[str, Any], ...] = ()
    catalogue: tuple[Mapping[str, Any], ...] = ()
    flavors: tuple[Mapping[str, Any], ...] = ()
    zones: tuple[str, ...] = ()
    location: Mapping[str, float] | None = None
    checks: tuple[Check, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        return {
            "cloudlet": self.cloudlet,
            "observed_at": self.observed_at,
            "platform_type": self.platform_type,
            "endpoint_scope": self.endpoint_scope,
            "capabilities": {name: dict(value) for name, value in sorted(self.capabilities.items())},
            "compute": {name: usage.to_dict() for name, usage in self.compute.items()},
            "devices": {name: usage.to_dict() for name, usage in sorted(self.devices.items())},
            "networks": [dict(entry) for entry in self.networks],
            "datastores": [dict(entry) for entry in self.datastores],
            "catalogue": [dict(entry) for entry in self.catalogue],
            "flavors": [dict(entry) for entry in self.flavors],
            "zones": list(self.zones),
            "location": dict(self.location) if self.location else None,
            "checks": [check.to_dict() for check in self.checks],
        }


@dataclass(frozen=True)
class Promise:
    """What the serving operator published and the ledger granted; the view is validated against it."""

    granted: Resources = field(default_factory=Resources)
    location: Mapping[str, float] | None = None
    resource_map: Mapping[str, str] = field(default_factory=dict)
    networks: tuple[str, ...] = ()
    images: tuple[str, ...] = ()


def checks_of(view: ResourceView, promise: Promise) -> tuple[Check, ...]:
    """Compare a view with the promise. A granted amount is kept when the quota is not below it."""
    checks: list[Check] = []
    for name, granted in promise.granted.flat().items():
        if not granted:
            continue
        prefix, _dot, device = name.partition(".")
        usage = view.devices.get(device) if prefix == "devices" else view.compute.get(name)
        found = usage.quota_max if usage else None
        unlimited = usage is not None and found is None
        checks.append(Check(f"granted.{name}", granted, found, unlimited or (found is not None and found >= granted)))
    if promise.location is not None:
        found_location = dict(view.location) if view.location else None
        checks.append(
            Check("location", dict(promise.location), found_location, found_location == dict(promise.location))
        )
    for device, model in sorted(promise.resource_map.items()):
        usage = view.devices.get(device)
        checks.append(Check(f"device.{device}", model, usage.to_dict() if usage else None, usage is not None))
    for kind, wanted, entries in (
        ("network", promise.networks, view.networks),
        ("image", promise.images, view.catalogue),
    ):
        names = sorted(str(entry.get("name")) for entry in entries)
        checks.extend(Check(f"{kind}.{name}", name, names, name in names) for name in wanted)
    return tuple(checks)
