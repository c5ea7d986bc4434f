# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A cloudlet: a Virtual Data Centre at known coordinates, as one operator offers it to another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ansible_collections.operator_platform.federation.plugins.module_utils.model import addresses
from ansible_collections.operator_platform.federation.plugins.module_utils.model.access_vars import (
    PLATFORM_TYPES,
    read_access_vars,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.model.location import Location
from ansible_collections.operator_platform.federation.plugins.module_utils.model.moments import (
    format_moment,
    read_moment,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.model.names import Key, read_key
from ansible_collections.operator_platform.federation.plugins.module_utils.model.problems import Problems
from ansible_collections.operator_platform.federation.plugins.module_utils.model.resources import Resources

IP_SUPPORT = ("static", "dhcp")
MAINTENANCE_STATES = ("online", "offline")
ENDPOINT_SCOPES = ("per_cloudlet", "multi_site")
# An empty text takes these away.
REMOVABLE = ("ca_cert", "site", "federated_organization")

FIELDS = frozenset(
    {
        "organization",
        "name",
        "location",
        "platform_type",
        "access_vars",
        "ca_cert",
        "ip_support",
        "static_ips",
        "resource_map",
        "maintenance_state",
        "maintenance_windows",
        "site",
        "endpoint_scope",
        "federated_organization",
        "capacity",
    }
)


@dataclass(frozen=True)
class MaintenanceWindow:
    start: datetime
    end: datetime
    reason: str = ""

    def to_dict(self) -> dict[str, str]:
        return {"start": format_moment(self.start), "end": format_moment(self.end), "reason": self.reason}


@dataclass(frozen=True)
class Cloudlet:
    """None means: not said, leave what is there. taken_away: fields that must not have a value any more.
    access_vars hold secrets and are not part of the repr."""

    key: Key
    location: Location | None = None
    platform_type: str | None = None
    access_vars: Mapping[str, str] | None = field(default=None, repr=False)
    ca_cert: str | None = None
    ip_support: str | None = None
    static_ips: str | None = None
    resource_map: Mapping[str, str] | None = None
    maintenance_state: str | None = None
    maintenance_windows: tuple[MaintenanceWindow, ...] | None = None
    site: str | None = None
    endpoint_scope: str | None = None
    federated_organization: str | None = None
    capacity: Resources | None = None
    taken_away: frozenset[str] = frozenset()

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any], problems: Problems, path: str = "") -> Cloudlet:
        """Read the options of a cloudlet (names of architecture §4). Everything wrong is noted in ``problems``."""
        problems.unknown(raw, FIELDS, path)
        platform_type = problems.choice(raw, "platform_type", PLATFORM_TYPES, path)
        ip_support = problems.choice(raw, "ip_support", IP_SUPPORT, path)
        access = problems.mapping(raw, "access_vars", path)
        capacity = raw.get("capacity")
        return cls(
            key=read_key(raw, problems, path),
            location=Location.from_dict(raw.get("location"), problems, f"{path}location."),
            platform_type=platform_type,
            access_vars=None
            if not access
            else read_access_vars(access, platform_type, problems, f"{path}access_vars."),
            ca_cert=problems.text(raw, "ca_cert", path),
            ip_support=ip_support,
            static_ips=_read_static_ips(raw, ip_support, problems, path),
            resource_map=_read_resource_map(raw, problems, path),
            maintenance_state=problems.choice(raw, "maintenance_state", MAINTENANCE_STATES, path),
            maintenance_windows=_read_windows(raw, problems, path),
            site=problems.text(raw, "site", path),
            endpoint_scope=problems.choice(raw, "endpoint_scope", ENDPOINT_SCOPES, path),
            federated_organization=problems.text(raw, "federated_organization", path),
            capacity=None if capacity is None else Resources.from_dict(capacity, problems, f"{path}capacity."),
            # The endpoint refuses addresses with DHCP, so those of an earlier static setting go with the change.
            taken_away=frozenset(name for name in REMOVABLE if raw.get(name) == "")
            | ({"static_ips"} if ip_support == "dhcp" else set()),
        )

    def comparable(self) -> dict[str, Any]:
        """The fields that were said, in one normal form, without access_vars."""
        values: dict[str, Any] = {
            "location": self.location and self.location.to_dict(),
            "platform_type": self.platform_type,
            "ca_cert": self.ca_cert and self.ca_cert.strip(),
            "ip_support": self.ip_support,
            "static_ips": self.static_ips,
            "resource_map": None if self.resource_map is None else dict(self.resource_map),
            "maintenance_state": self.maintenance_state,
            "maintenance_windows": None
            if self.maintenance_windows is None
            else [window.to_dict() for window in self.maintenance_windows],
            "site": self.site,
            "endpoint_scope": self.endpoint_scope,
            "federated_organization": self.federated_organization,
            "capacity": self.capacity and self.capacity.to_dict(),
        }
        return {name: value for name, value in values.items() if value is not None}


def _read_static_ips(raw: Mapping[str, Any], ip_support: str | None, problems: Problems, path: str) -> str | None:
    text = problems.text(raw, "static_ips", path)
    if ip_support == "static" and text is None:
        problems.add(f"{path}static_ips", "is required when ip_support is static")
    if ip_support == "dhcp" and text is not None:
        problems.add(f"{path}static_ips", "must not be given when ip_support is dhcp")
    if text is None:
        return None
    try:
        return addresses.canonical(text)
    except ValueError as error:
        problems.add(f"{path}static_ips", str(error))
        return None


def parse_device(text: str) -> tuple[str, int]:
    """Read ``model:count`` of a resource map. Raises ValueError."""
    model, colon, count = text.rpartition(":")
    if not colon or not model or not count.isdigit():
        raise ValueError(f"must be written model:count, such as nvidia-t4:2, not {text!r}")
    return model, int(count)


def _read_resource_map(raw: Mapping[str, Any], problems: Problems, path: str) -> dict[str, str] | None:
    value = problems.mapping(raw, "resource_map", path)
    if value is None:
        return None
    result: dict[str, str] = {}
    for name, text in sorted(value.items()):
        try:
            parse_device(str(text))
        except ValueError as error:
            problems.add(f"{path}resource_map.{name}", str(error))
        result[str(name)] = str(text)
    return result


def _read_windows(raw: Mapping[str, Any], problems: Problems, path: str) -> tuple[MaintenanceWindow, ...] | None:
    if raw.get("maintenance_windows") is None:
        return None
    windows: list[MaintenanceWindow] = []
    for place, entry in problems.mappings(raw, "maintenance_windows", path):
        problems.unknown(entry, {"start", "end", "reason"}, place)
        start, end = read_moment(entry, "start", problems, place), read_moment(entry, "end", problems, place)
        for name, moment in (("start", start), ("end", end)):
            if moment is None and entry.get(name) in (None, ""):
                problems.add(f"{place}{name}", "is required")
        if start and end:
            if end <= start:
                problems.add(f"{place}end", "must be after start")
            windows.append(MaintenanceWindow(start, end, problems.text(entry, "reason", place) or ""))
    return tuple(sorted(windows, key=lambda window: (window.start, window.end)))
