# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A Virtual Data Centre: the tenant on a serving operator's platform that becomes a cloudlet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.operator_platform.federation.plugins.module_utils.model.location import Location
from ansible_collections.operator_platform.federation.plugins.module_utils.model.names import OBJECT_NAME
from ansible_collections.operator_platform.federation.plugins.module_utils.model.problems import Problems

FIELDS = frozenset({"name", "organization", "federated_organization", "location", "zones", "description"})


@dataclass(frozen=True)
class Vdc:
    """name: the tenant's name on the platform, by default the cloudlet's. organization: the serving operator.
    federated_organization: whom it is for. zones: availability zones or clusters that the VDC is pinned to
    (a multi-site control endpoint holds several sites; empty: wherever the platform likes)."""

    name: str
    organization: str
    federated_organization: str | None = None
    location: Location | None = None
    zones: tuple[str, ...] = ()
    description: str | None = None

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any], problems: Problems, path: str = "") -> Vdc:
        problems.unknown(raw, FIELDS, path)
        name = problems.text(raw, "name", path, required=True) or ""
        if name and not OBJECT_NAME.fullmatch(name):
            problems.add(f"{path}name", f"must match {OBJECT_NAME.pattern}, not {name!r}")
        zones = raw.get("zones") or []
        if not isinstance(zones, (list, tuple)) or not all(isinstance(zone, str) for zone in zones):
            problems.add(f"{path}zones", "must be a list of zone names")
            zones = []
        return cls(
            name=name,
            organization=problems.text(raw, "organization", path, required=True) or "",
            federated_organization=problems.text(raw, "federated_organization", path),
            location=Location.from_dict(raw.get("location"), problems, f"{path}location."),
            zones=tuple(sorted(zones)),
            description=problems.text(raw, "description", path),
        )

    def comparable(self) -> dict[str, Any]:
        values: dict[str, Any] = {
            "organization": self.organization,
            "federated_organization": self.federated_organization,
            "location": self.location and self.location.to_dict(),
            "zones": list(self.zones),
            "description": self.description,
        }
        return {name: value for name, value in values.items() if value is not None}
