# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bodies of create, update and delete of cloudlets, and what no single field of them can tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from ewbi_endpoint.access_names import ALL_NAMES, PLATFORMS, wrong_access_names
from ewbi_endpoint.addresses import overlaps, parse_static_ips
from ewbi_endpoint.model import (
    Cloudlet,
    Window,
)
from ewbi_endpoint.problems import InvalidParam
from ewbi_endpoint.times import Instant, parse_rfc3339
from ewbi_endpoint.wire.native.parts import CloudletKey, CloudletLocation, Resources
from ewbi_endpoint.wire.native.rendering import render_profile
from ewbi_endpoint.wire.native.values import (
    Certificates,
    EndpointScope,
    IPSupport,
    MaintenanceState,
    ModelCount,
    Name,
    PlatformType,
    Secret,
    StaticIPs,
    Text,
    Time,
    device_count,
)
from ewbi_endpoint.wire.reading import WireModel, fold, respell


def _upper_known(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {key.upper() if key.upper() in ALL_NAMES else key: item for key, item in value.items()}


AccessVars = Annotated[dict[str, Secret], BeforeValidator(_upper_known)]


class MaintenanceWindow(WireModel):
    start: Time = Field(alias="Start")
    end: Time = Field(alias="End")
    reason: Text = Field("", alias="Reason")


class CloudletBody(WireModel):
    """create/cloudlet."""

    key: CloudletKey = Field(alias="cloudlet_key")
    location: CloudletLocation = Field(alias="cloudlet_location")
    platform_type: PlatformType = Field(alias="Platform_type")
    access_vars: AccessVars = Field(alias="Access_vars")
    ip_support: IPSupport = Field(alias="IP_support")
    static_ips: StaticIPs | None = Field(None, alias="Static_IPs")
    resource_map: Annotated[dict[Name, ModelCount], Field(max_length=64)] | None = Field(None, alias="Resource_Map")
    maintenance_state: MaintenanceState | None = Field(None, alias="Maintenance_State")
    maintenance_windows: Annotated[list[MaintenanceWindow], Field(max_length=256)] | None = Field(
        None, alias="Maintenance_Windows"
    )
    ca_cert: Certificates | None = Field(None, alias="CA_Cert_Data")
    site: Name | None = Field(None, alias="Site")
    endpoint_scope: EndpointScope | None = Field(None, alias="Endpoint_scope")
    federated_organization: Name | None = Field(None, alias="Federated_organization")
    capacity: Resources | None = Field(None, alias="Capacity")
    dry_run: bool = Field(False, alias="Dry_run")

    @classmethod
    def contradictions(cls, body: Mapping[str, Any]) -> list[InvalidParam]:
        return [
            *_access_contradictions(body),
            *_address_contradictions(body),
            *_window_contradictions(body.get("Maintenance_Windows")),
            *_device_contradictions(body),
        ]

    def to_cloudlet(self) -> Cloudlet:
        """The public profile, without the access variables."""
        windows = tuple(Window(item.start, item.end, item.reason) for item in self.maintenance_windows or ())
        return Cloudlet(
            key=self.key.to_key(),
            latitude=self.location.latitude,
            longitude=self.location.longitude,
            platform_type=self.platform_type,
            ip_support=self.ip_support.lower(),
            static_ips=self.static_ips,
            resource_map=dict(self.resource_map or {}),
            maintenance_state=self.maintenance_state or "online",
            maintenance_windows=windows,
            ca_cert=self.ca_cert,
            site=self.site,
            endpoint_scope=self.endpoint_scope or "per_cloudlet",
            federated_organization=self.federated_organization,
            capacity=None if self.capacity is None else self.capacity.to_amounts(),
        )


class CloudletChange(WireModel):
    """update/cloudlet: the key and the fields to change; null takes an optional field away."""

    key: CloudletKey = Field(alias="cloudlet_key")
    location: CloudletLocation | None = Field(None, alias="cloudlet_location")
    platform_type: PlatformType | None = Field(None, alias="Platform_type")
    access_vars: AccessVars | None = Field(None, alias="Access_vars")
    ip_support: IPSupport | None = Field(None, alias="IP_support")
    static_ips: StaticIPs | None = Field(None, alias="Static_IPs")
    resource_map: Annotated[dict[Name, ModelCount], Field(max_length=64)] | None = Field(None, alias="Resource_Map")
    maintenance_state: MaintenanceState | None = Field(None, alias="Maintenance_State")
    maintenance_windows: Annotated[list[MaintenanceWindow], Field(max_length=256)] | None = Field(
        None, alias="Maintenance_Windows"
    )
    ca_cert: Certificates | None = Field(None, alias="CA_Cert_Data")
    site: Name | None = Field(None, alias="Site")
    endpoint_scope: EndpointScope | None = Field(None, alias="Endpoint_scope")
    federated_organization: Name | None = Field(None, alias="Federated_organization")
    capacity: Resources | None = Field(None, alias="Capacity")
    dry_run: bool = Field(False, alias="Dry_run")

    @classmethod
    def merged(cls, stored: Cloudlet, access_vars: Mapping[str, str], body: Mapping[str, Any]) -> dict[str, Any]:
        """The create/cloudlet body that a change results in, for `read(CloudletBody, ...)`.

        Judging the whole keeps one set of rules: a change can never lead where a creation could not.
        """
        whole = render_profile(stored)
        whole["Access_vars"] = dict(access_vars)
        whole.update(respell(dict(body), cls._spellings))
        return whole


class CloudletReference(WireModel):
    """A call that needs nothing but the key of a cloudlet."""

    key: CloudletKey = Field(alias="cloudlet_key")


def _nested(model: type[WireModel], value: Any) -> dict[str, Any]:
    """A nested object in canonical spelling, empty where it is no object or says a key twice."""
    if not isinstance(value, dict):
        return {}
    try:
        canonical = respell(value, model._spellings)
    except ValueError:
        return {}
    return canonical if isinstance(canonical, dict) else {}


def _access_contradictions(body: Mapping[str, Any]) -> list[InvalidParam]:
    platform, access_vars = body.get("Platform_type"), body.get("Access_vars")
    if not isinstance(platform, str) or not isinstance(access_vars, dict):
        return []
    known = {fold(name): name for name in PLATFORMS}
    canonical = known.get(fold(platform.replace(" ", "")))
    return wrong_access_names(canonical, _upper_known(access_vars)) if canonical else []


def _address_contradictions(body: Mapping[str, Any]) -> list[InvalidParam]:
    ip_support, text = body.get("IP_support"), body.get("Static_IPs")
    kind = fold(ip_support.replace(" ", "")) if isinstance(ip_support, str) else ""
    if kind in ("static", "staticset") and text is None:
        return [InvalidParam("Static_IPs", "is required with IP_support Static")]
    if kind == "dhcp" and text is not None:
        return [InvalidParam("Static_IPs", "must not be given with IP_support DHCP", impossible=True)]
    try:
        ranges = parse_static_ips(text) if isinstance(text, str) else []
    except ValueError:
        return []
    return [
        InvalidParam("Static_IPs", f"{first} and {second} share addresses", impossible=True)
        for first, second in overlaps(ranges)
    ]


def _instant_or_none(value: Any) -> Instant | None:
    try:
        return parse_rfc3339(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _window_contradictions(windows: Any) -> list[InvalidParam]:
    found = []
    for index, item in enumerate(windows if isinstance(windows, list) else ()):
        window = _nested(MaintenanceWindow, item)
        start, end = _instant_or_none(window.get("Start")), _instant_or_none(window.get("End"))
        if start is not None and end is not None and end <= start:
            found.append(InvalidParam(f"Maintenance_Windows.{index}.End", "must be after Start", impossible=True))
    return found


def _device_contradictions(body: Mapping[str, Any]) -> list[InvalidParam]:
    devices = _nested(Resources, body.get("Capacity")).get("devices")
    resource_map = body.get("Resource_Map") or {}
    if not isinstance(devices, dict) or not isinstance(resource_map, dict):
        return []
    found = []
    for name, count in devices.items():
        model_count = resource_map.get(name)
        if model_count is None:
            found.append(InvalidParam(f"Capacity.devices.{name}", "is no tag of Resource_Map", impossible=True))
            continue
        try:
            there = device_count(model_count)
        except (ValueError, AttributeError):
            continue
        if isinstance(count, int) and count > there:
            reason = f"is more than the {there} that Resource_Map has"
            found.append(InvalidParam(f"Capacity.devices.{name}", reason, impossible=True))
    return found
