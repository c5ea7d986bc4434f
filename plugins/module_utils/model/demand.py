# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the orchestrating operator's own clients need, and where. It never leaves that operator."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.operator_platform.federation.plugins.module_utils.model.location import Location
from ansible_collections.operator_platform.federation.plugins.module_utils.model.problems import Problems
from ansible_collections.operator_platform.federation.plugins.module_utils.model.resources import Resources

FIELDS = frozenset(
    {
        "client",
        "application",
        "location",
        "latency_ms",
        "distance_km",
        "resources",
        "flavors",
        "devices",
        "minimum",
    }
)
FLAVOR_FIELDS = frozenset({"name", "vcpus", "memory_mb", "disk_gb", "bandwidth_mbps", "external_ips", "devices"})

DemandKey = tuple[str, str, float, float]


@dataclass(frozen=True)
class Demand:
    """resources: everything that the application needs at this place, never split over cloudlets.
    minimum: the least that is still useful, None: all of it. latency_ms: the round-trip time that the network may take.
    distance_km: how far away the cloudlet may be. None: no bound."""

    client: str
    application: str
    location: Location
    resources: Resources
    minimum: Resources | None = None
    latency_ms: float | None = None
    distance_km: float | None = None

    @property
    def key(self) -> DemandKey:
        """One application of one client may be wanted at several places."""
        return (self.client, self.application, self.location.latitude, self.location.longitude)

    @property
    def least(self) -> Resources:
        return self.resources if self.minimum is None else self.minimum

    @classmethod
    def from_dict(cls, raw: Any, flavors: Mapping[str, Resources], problems: Problems, path: str = "") -> Demand | None:
        """Read one demand; amounts, flavor counts and devices are added up. Everything wrong is noted."""
        if not isinstance(raw, Mapping):
            problems.add(path.rstrip("."), "must be a mapping with client, application, location and what is needed")
            return None
        before = len(problems.found)
        problems.unknown(raw, FIELDS, path)
        client = problems.text(raw, "client", path, required=True) or ""
        application = problems.text(raw, "application", path, required=True) or ""
        if raw.get("location") is None:
            problems.add(f"{path}location", "is required: latitude and longitude of where the application is wanted")
        location = Location.from_dict(raw.get("location"), problems, f"{path}location.")
        resources = _mapping_of_resources(raw, "resources", problems, path)
        resources = resources + Resources.from_dict({"devices": raw.get("devices")}, problems, path)
        resources = resources + _flavors_wanted(raw, flavors, problems, path)
        if resources.is_nothing() and len(problems.found) == before:
            problems.add(f"{path}resources", "nothing is asked for; give resources, flavors or devices")
        minimum = None
        if raw.get("minimum") is not None:
            minimum = _mapping_of_resources(raw, "minimum", problems, path)
            if minimum.is_nothing() and len(problems.found) == before:
                problems.add(f"{path}minimum", "asks for nothing; leave it out when all of the demand is needed")
            for name, (least, wanted) in minimum.shortfall(resources).items():
                problems.add(f"{path}minimum.{name}", f"is {least}, more than the {wanted} that the demand asks for")
        latency_ms = read_positive(raw, "latency_ms", problems, path)
        distance_km = read_positive(raw, "distance_km", problems, path)
        if len(problems.found) > before or location is None:
            return None
        return cls(client, application, location, resources, minimum, latency_ms, distance_km)


def read_demands(raw: Any, flavors: Mapping[str, Resources], problems: Problems, path: str = "demand") -> list[Demand]:
    """Read the whole list. The same client, application and location twice is refused: it would count twice."""
    if not isinstance(raw, (list, tuple)):
        problems.add(path, f"must be a list, not {type(raw).__name__}")
        return []
    demands: list[Demand] = []
    first_seen: dict[DemandKey, int] = {}
    for number, entry in enumerate(raw):
        demand = Demand.from_dict(entry, flavors, problems, f"{path}[{number}].")
        if demand is None:
            continue
        if demand.key in first_seen:
            problems.add(
                f"{path}[{number}]",
                f"has the client, application and location of {path}[{first_seen[demand.key]}]; add the two together",
            )
            continue
        first_seen[demand.key] = number
        demands.append(demand)
    return demands


def read_flavors(raw: Any, problems: Problems, path: str = "flavors") -> dict[str, Resources]:
    """Read flavors, a mapping by name or a list with names, as the resources that one instance of each takes."""
    if raw is None:
        return {}
    entries: list[tuple[str, Any, str]] = []
    if isinstance(raw, Mapping):
        entries = [(str(name), value, f"{path}.{name}.") for name, value in raw.items()]
    elif isinstance(raw, (list, tuple)):
        for number, value in enumerate(raw):
            place = f"{path}[{number}]."
            name = problems.text(value, "name", place, required=True) if isinstance(value, Mapping) else ""
            entries.append((name or "", value, place))
    else:
        problems.add(path, "must be a mapping of flavor name to amounts, or a list of flavors with a name")
    flavors: dict[str, Resources] = {}
    for name, value, place in entries:
        if not isinstance(value, Mapping):
            problems.add(place.rstrip("."), "must be a mapping of amounts")
            continue
        if name in flavors:
            problems.add(place.rstrip("."), f"gives the flavor {name} a second time")
        problems.unknown(value, FLAVOR_FIELDS, place)
        amounts = {field: value[field] for field in FLAVOR_FIELDS - {"name"} if field in value}
        flavors[name] = Resources.from_dict({**amounts, "instances": 1}, problems, place)
    return flavors


def read_positive(raw: Mapping[str, Any], name: str, problems: Problems, path: str = "") -> float | None:
    """Read an optional number above 0, also as numeric text; a bad one is noted and read as None."""
    value = raw.get(name)
    if value is None:
        return None
    try:
        number = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number) or number <= 0:
        problems.add(f"{path}{name}", f"must be a number above 0, not {value!r}")
        return None
    return number


def _mapping_of_resources(raw: Mapping[str, Any], name: str, problems: Problems, path: str) -> Resources:
    value = raw.get(name)
    if value is not None and not isinstance(value, Mapping):
        problems.add(f"{path}{name}", "must be a mapping of amounts such as vcpus and memory_mb")
        return Resources()
    return Resources.from_dict(value, problems, f"{path}{name}.")


def _flavors_wanted(
    raw: Mapping[str, Any], flavors: Mapping[str, Resources], problems: Problems, path: str
) -> Resources:
    wanted = raw.get("flavors")
    result = Resources()
    if wanted is None:
        return result
    if not isinstance(wanted, Mapping):
        problems.add(f"{path}flavors", "must be a mapping of flavor name to count")
        return result
    for name in wanted:
        count = problems.whole_number(wanted, name, f"{path}flavors.")
        if name not in flavors:
            known = ", ".join(sorted(flavors)) or "none: pass flavors= to the filter"
            problems.add(f"{path}flavors.{name}", f"is not a known flavor; known are {known}")
        elif count:
            result = result + flavors[name].times(count)
    return result
