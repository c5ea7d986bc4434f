# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A reservation: what an orchestrating partner holds of one cloudlet for a period. Only aggregates, never who for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ansible_collections.operator_platform.federation.plugins.module_utils.model.moments import (
    format_moment,
    read_moment,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.model.names import (
    RESERVATION_NAME,
    Key,
    read_key,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.model.problems import Problems
from ansible_collections.operator_platform.federation.plugins.module_utils.model.resources import Resources

# States in which the ledger holds capacity for the reservation (architecture §4).
HOLDING_STATES = frozenset({"GRANTED", "PARTIALLY_GRANTED", "ACTIVE", "EXPIRING"})

FIELDS = frozenset({"organization", "name", "cloudlet", "resources", "minimum", "start", "end", "grace_seconds"})


@dataclass(frozen=True)
class Reservation:
    """minimum: the least that is still useful (None: all or nothing). start None: now. end None: open.
    grace_seconds None: the endpoint's default."""

    key: Key
    cloudlet: Key
    resources: Resources
    minimum: Resources | None = None
    start: datetime | None = None
    end: datetime | None = None
    grace_seconds: int | None = None

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any], problems: Problems, path: str = "") -> Reservation:
        problems.unknown(raw, FIELDS, path)
        cloudlet_raw = problems.mapping(raw, "cloudlet", path) or {}
        resources = Resources.from_dict(raw.get("resources"), problems, f"{path}resources.")
        if resources.is_nothing():
            problems.add(f"{path}resources", "must ask for something")
        minimum_raw = raw.get("minimum")
        minimum = None if minimum_raw is None else Resources.from_dict(minimum_raw, problems, f"{path}minimum.")
        if minimum is not None:
            for name, (least, wanted) in minimum.shortfall(resources).items():
                problems.add(f"{path}minimum.{name}", f"is {least}, more than the {wanted} asked for in resources")
        start, end = read_moment(raw, "start", problems, path), read_moment(raw, "end", problems, path)
        if start and end and end <= start:
            problems.add(f"{path}end", f"must be after start ({format_moment(start)})")
        return cls(
            key=read_key(raw, problems, path, RESERVATION_NAME),
            cloudlet=read_key(cloudlet_raw, problems, f"{path}cloudlet."),
            resources=resources,
            minimum=minimum,
            start=start,
            end=end,
            grace_seconds=problems.whole_number(raw, "grace_seconds", path),
        )

    def comparable(self) -> dict[str, Any]:
        values: dict[str, Any] = {
            "cloudlet": self.cloudlet.to_dict(),
            "resources": self.resources.to_dict(),
            "minimum": self.minimum and self.minimum.to_dict(),
            "start": self.start and format_moment(self.start),
            "end": self.end and format_moment(self.end),
            "grace_seconds": self.grace_seconds,
        }
        return {name: value for name, value in values.items() if value is not None}
