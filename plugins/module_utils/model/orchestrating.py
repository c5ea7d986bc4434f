# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an orchestrating operator holds at a partner, turned into what each step takes. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.operator_platform.federation.plugins.module_utils.model.names import Key, read_key
from ansible_collections.operator_platform.federation.plugins.module_utils.model.problems import Problems
from ansible_collections.operator_platform.federation.plugins.module_utils.model.reservation import HOLDING_STATES
from ansible_collections.operator_platform.federation.plugins.module_utils.model.resources import Resources, total

# The ledger says of these that they are real on the platform.
REAL_STATES = frozenset({"ACTIVE", "EXPIRING"})
# Amounts of one cloudlet in the order in which people read them.
SHOWN = ("vcpus", "memory_mb", "disk_gb")


def held_cloudlets(reservations: Any) -> list[dict[str, str]]:
    """Keys of the cloudlets on which something of these reservations is real, each once."""
    return [key.to_dict() for key in sorted(_granted(reservations, REAL_STATES))]


def release_items(reservations: Any) -> list[dict[str, Any]]:
    """These reservations as what is to be released, for ewbi_reservation."""
    problems = Problems()
    items = [
        {**read_key(raw, problems, path).to_dict(), "state": "absent"}
        for path, raw in problems.mappings({"reservations": reservations}, "reservations")
    ]
    problems.refuse("The reservations")
    return items


def promises(cloudlets: Any, reservations: Any) -> list[dict[str, Any]]:
    """What sbi_inventory_info checks each control endpoint against: what was published, and granted, of each cloudlet.

    Devices are promised as far as some are granted: of others the VDC need not know.
    """
    granted = _granted(reservations, REAL_STATES)
    problems = Problems()
    found: list[dict[str, Any]] = []
    for path, raw in problems.mappings({"cloudlets": cloudlets}, "cloudlets"):
        key = read_key(raw, problems, path)
        if key not in granted:
            continue
        amounts = granted[key]
        devices = problems.mapping(raw, "resource_map", path) or {}
        promise: dict[str, Any] = {"cloudlet": key.name, "granted": amounts.to_dict()}
        if raw.get("location"):
            promise["location"] = dict(raw["location"])
        wanted = {name: model for name, model in sorted(devices.items()) if amounts.devices.get(name)}
        if wanted:
            promise["resource_map"] = wanted
        found.append(promise)
    problems.refuse("The cloudlets")
    return found


def scoped_endpoints(control_endpoints: Any, cloudlets: Any) -> list[dict[str, Any]]:
    """Revealed control endpoints with the scope that was published of their cloudlets. They hold secrets."""
    problems = Problems()
    scopes = {
        read_key(raw, problems, path).name: raw.get("endpoint_scope")
        for path, raw in problems.mappings({"cloudlets": cloudlets}, "cloudlets")
    }
    problems.refuse("The cloudlets")
    return [
        {**endpoint, **({"endpoint_scope": scope} if (scope := scopes.get(endpoint.get("cloudlet"))) else {})}
        for endpoint in control_endpoints or ()
    ]


def network_items(networks: Any, cloudlets: Any) -> list[dict[str, Any]]:
    """The networks of each of these cloudlets, for sbi_network.

    A network that names neither a cloudlet nor an organization is wanted in every cloudlet. Names of cloudlets that are
    not among ``cloudlets`` select nothing here.
    """
    problems = Problems()
    keys = [read_key(raw, problems, path) for path, raw in problems.mappings({"cloudlets": cloudlets}, "cloudlets")]
    items: list[dict[str, Any]] = []
    for path, raw in problems.mappings({"federation_networks": networks}, "federation_networks"):
        organization = problems.text(raw, "organization", path)
        name = problems.text(raw, "cloudlet", path)
        rest = {field: value for field, value in raw.items() if field not in ("cloudlet", "organization")}
        items.extend(
            {**rest, "cloudlet": key.name}
            for key in keys
            if name in (None, key.name) and organization in (None, key.organization)
        )
    problems.refuse("The description of the networks")
    return items


def summary_rows(reservations: Any, placements: Any = None, views: Any = None) -> list[dict[str, Any]]:
    """One row a cloudlet for people: distance of its demand, what is reserved and granted, state, checks passed.

    reservations: as ewbi_reservation_info returns them. placements: of aggregate_demand. views: resource views with checks.
    """
    problems = Problems()
    distances: dict[Key, list[float]] = {}
    for path, raw in problems.mappings({"placements": placements}, "placements"):
        key = read_key(problems.mapping(raw, "cloudlet", path) or {}, problems, f"{path}cloudlet.")
        distances.setdefault(key, []).append(float(raw.get("distance_km") or 0))
    checks = {
        Key(str(raw.get("organization") or ""), str(raw.get("cloudlet"))): raw.get("checks") or []
        for _path, raw in problems.mappings({"views": views}, "views")
    }
    rows: list[dict[str, Any]] = []
    for path, raw in problems.mappings({"reservations": reservations}, "reservations"):
        if raw.get("state") not in HOLDING_STATES:
            continue
        key = read_key(problems.mapping(raw, "cloudlet", path) or {}, problems, f"{path}cloudlet.")
        asked = Resources.from_dict(raw.get("resources"), problems, f"{path}resources.")
        given = Resources.from_dict(raw.get("granted") or raw.get("resources"), problems, f"{path}granted.")
        rows.append(
            {
                "cloudlet": str(key),
                "km": _span(distances.get(key, [])),
                "reserved": _amounts(asked),
                "granted": _amounts(given),
                "devices": dict(given.devices) or None,
                "state": raw.get("state"),
                "checks": _passed(checks.get(key)),
            }
        )
    problems.refuse("The summary")
    return sorted(rows, key=lambda row: row["cloudlet"])


def failed_checks(views: Any) -> list[dict[str, Any]]:
    """Every check that did not hold, with its cloudlet."""
    problems = Problems()
    found = [
        {"cloudlet": raw.get("cloudlet"), **{name: check.get(name) for name in ("check", "expected", "found")}}
        for path, raw in problems.mappings({"views": views}, "views")
        for _path, check in problems.mappings(raw, "checks", path)
        if not check.get("ok")
    ]
    problems.refuse("The resource views")
    return found


def _granted(reservations: Any, states: frozenset[str]) -> dict[Key, Resources]:
    problems = Problems()
    parts: dict[Key, list[Resources]] = {}
    for path, raw in problems.mappings({"reservations": reservations}, "reservations"):
        key = read_key(problems.mapping(raw, "cloudlet", path) or {}, problems, f"{path}cloudlet.")
        if raw.get("state") in states:
            what = "granted" if raw.get("granted") else "resources"
            parts.setdefault(key, []).append(
                Resources.from_dict(problems.mapping(raw, what, path), problems, f"{path}{what}.")
            )
    problems.refuse("The reservations")
    return {key: total(amounts) for key, amounts in parts.items()}


def _span(distances: Sequence[float]) -> str | None:
    """Nearest to farthest, in whole kilometres."""
    if not distances:
        return None
    nearest, farthest = f"{min(distances):.0f}", f"{max(distances):.0f}"
    return nearest if nearest == farthest else f"{nearest}-{farthest}"


def _amounts(resources: Resources) -> str:
    return " / ".join(str(getattr(resources, name)) for name in SHOWN)


def _passed(checks: Sequence[Mapping[str, Any]] | None) -> str | None:
    if checks is None:
        return None
    return f"{sum(1 for check in checks if check.get('ok'))}/{len(checks)}"
