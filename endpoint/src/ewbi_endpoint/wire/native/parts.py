# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects that several bodies have in common."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ewbi_endpoint.model import (
    DEVICE_PREFIX,
    PLAIN_RESOURCES,
    Key,
)
from ewbi_endpoint.wire.native.values import (
    Amount,
    Latitude,
    Longitude,
    Name,
)
from ewbi_endpoint.wire.reading import WireModel


class CloudletKey(WireModel):
    organization: Name
    name: Name

    def to_key(self) -> Key:
        return Key(self.organization, self.name)


class CloudletLocation(WireModel):
    latitude: Latitude = Field(alias="Latitude")
    longitude: Longitude = Field(alias="Longitude")


class Resources(WireModel):
    vcpus: Amount | None = None
    memory_mb: Amount | None = None
    disk_gb: Amount | None = None
    bandwidth_mbps: Amount | None = None
    instances: Amount | None = None
    external_ips: Amount | None = None
    devices: Annotated[dict[Name, Amount], Field(max_length=64)] | None = None

    def to_amounts(self) -> dict[str, int]:
        """Flat amounts; what was not given is not in it."""
        amounts = {name: value for name in PLAIN_RESOURCES if (value := getattr(self, name)) is not None}
        amounts.update({DEVICE_PREFIX + name: count for name, count in (self.devices or {}).items()})
        return amounts
