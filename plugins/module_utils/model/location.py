# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where a cloudlet is: WGS 84 coordinates and the distance between two of them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.operator_platform.federation.plugins.module_utils.model.problems import Problems

# IUGG mean radius R1 of the WGS 84 ellipsoid, in km.
EARTH_RADIUS_KM = 6371.0088


@dataclass(frozen=True)
class Location:
    """latitude -90..90 and longitude -180..180, degrees, WGS 84."""

    latitude: float
    longitude: float

    @classmethod
    def from_dict(cls, raw: Any, problems: Problems, path: str = "location.") -> Location | None:
        """Numbers or numeric text. Wrong ones are noted and read as None."""
        if raw is None:
            return None
        if not isinstance(raw, Mapping):
            problems.add(path.rstrip("."), "must be a mapping with latitude and longitude")
            return None
        problems.unknown(raw, {"latitude", "longitude"}, path)
        latitude = _degrees(raw, "latitude", 90, problems, path)
        longitude = _degrees(raw, "longitude", 180, problems, path)
        if latitude is None or longitude is None:
            return None
        return cls(latitude, longitude)

    def to_dict(self) -> dict[str, float]:
        return {"latitude": self.latitude, "longitude": self.longitude}

    def distance_km(self, other: Location) -> float:
        """Great-circle distance by the haversine formula; good to about 0.5 % of the ellipsoid's geodesic."""
        one, two = math.radians(self.latitude), math.radians(other.latitude)
        half_latitude = (two - one) / 2
        half_longitude = math.radians(other.longitude - self.longitude) / 2
        root = math.sin(half_latitude) ** 2 + math.cos(one) * math.cos(two) * math.sin(half_longitude) ** 2
        return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, root)))


def _degrees(raw: Mapping[str, Any], name: str, limit: int, problems: Problems, path: str) -> float | None:
    value = raw.get(name)
    if value is None:
        problems.add(f"{path}{name}", "is required")
        return None
    try:
        number = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number) or not -limit <= number <= limit:
        problems.add(f"{path}{name}", f"must be a number of degrees from -{limit} to {limit}, not {value!r}")
        return None
    return number
