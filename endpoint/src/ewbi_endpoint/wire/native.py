# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The native dialect: the one place that knows how bodies are spelled (docs: the EWBI contract).

Reading goes through `ewbi_endpoint.wire.reading.read` with a model of this module and then `to_...`, which gives
objects of `ewbi_endpoint.model`; writing is the `render_...` functions. Another dialect is another such module.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, Field

from ewbi_endpoint.access_names import ALL_NAMES, PLATFORMS, wrong_access_names
from ewbi_endpoint.addresses import overlaps, parse_static_ips
from ewbi_endpoint.model import (
    DEVICE_PREFIX,
    PLAIN_RESOURCES,
    Amounts,
    Cloudlet,
    Federation,
    FederationStatus,
    Key,
    Reservation,
    ReservationState,
    Window,
)
from ewbi_endpoint.problems import InvalidParam
from ewbi_endpoint.times import Instant, parse_rfc3339
from ewbi_endpoint.wire.reading import WireModel, fold, respell
from ewbi_endpoint.wire.values import (
    Amount,
    Certificates,
    EndpointScope,
    Grace,
    IPSupport,
    Label,
    Latitude,
    Longitude,
    MaintenanceState,
    ModelCount,
    Name,
    PlatformType,
    Secret,
    StaticIPs,
    Text,
    Time,
    device_count,
    write_time,
)

T = TypeVar("T")
HIDDEN = "********"


def _upper_known(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {key.upper() if key.upper() in ALL_NAMES else key: item for key, item in value.items()}


def _as_list(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


def _reservation_state(value: Any) -> Any:
    folded = {fold(item.value): item.value for item in ReservationState}
    found = folded.get(fold(value)) if isinstance(value, str) else None
    if found is None:
        raise ValueError(f"must be one of {', '.join(item.value for item in ReservationState)}")
    return found


ReservationStateName = Annotated[str, BeforeValidator(_reservation_state)]
AccessVars = Annotated[dict[str, Secret], BeforeValidator(_upper_known)]
Many = Annotated[list[T], BeforeValidator(_as_list), Field(max_length=10_000)]


# --- requests: cloudlet ------------------------------------------------------------------------------------------


class CloudletKey(WireModel):
    organization: Name
    name: Name

    def to_key(self) -> Key:
        return Key(self.organization, self.name)


class CloudletLocation(WireModel):
    latitude: Latitude = Field(alias="Latitude")
    longitude: Longitude = Field(alias="Longitude")


class MaintenanceWindow(WireModel):
    start: Time = Field(alias="Start")
    end: Time = Field(alias="End")
    reason: Text = Field("", alias="Reason")


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


# --- requests: federation ----------------------------------------------------------------------------------------


def _https_url(value: Any) -> Any:
    if isinstance(value, str) and (
        not value.startswith("https://") or len(value) < 9 or any(c.isspace() for c in value)
    ):
        raise ValueError("must be an https:// address")
    return value


def _status(value: Any) -> Any:
    folded = {fold(item.value): item.value for item in FederationStatus if item is not FederationStatus.EXPIRED}
    found = folded.get(fold(value)) if isinstance(value, str) else None
    if found is None:
        raise ValueError(f"must be one of {', '.join(folded[key] for key in folded)}")
    return found


HttpsUrl = Annotated[str, BeforeValidator(_https_url), Field(max_length=2048)]
SettableStatus = Annotated[str, BeforeValidator(_status)]


class FederationKey(WireModel):
    organization: Name
    partner: Name


class FederationBody(WireModel):
    """create/federation and update/federation."""

    key: FederationKey = Field(alias="federation_key")
    partner_url: HttpsUrl | None = Field(None, alias="Partner_URL")
    ca_cert: Certificates | None = Field(None, alias="CA_Cert_Data")
    status: SettableStatus | None = Field(
        None, alias="Status", json_schema_extra={"enum": [s.value for s in FederationStatus if s.value != "EXPIRED"]}
    )
    expires: Time | None = Field(None, alias="Expires")


class FederationReference(WireModel):
    """A call that needs nothing but the key of a federation."""

    key: FederationKey = Field(alias="federation_key")


# --- requests: reservation ---------------------------------------------------------------------------------------


class ReservationKey(WireModel):
    organization: Name
    name: Label

    def to_key(self) -> Key:
        return Key(self.organization, self.name)


class ReservationBody(WireModel):
    """create/reservation. Names are the partner's opaque labels; there is no free text on purpose."""

    key: ReservationKey = Field(alias="reservation_key")
    cloudlet_key: CloudletKey
    resources: Resources = Field(alias="Resources")
    minimum: Resources | None = Field(None, alias="Minimum")
    start: Time | None = Field(None, alias="Start")
    end: Time | None = Field(None, alias="End")
    grace_seconds: Grace = Field(0, alias="Grace_seconds")
    dry_run: bool = Field(False, alias="Dry_run")


class ReservationChange(WireModel):
    """update/reservation: the key and what to change; End null makes the period open."""

    key: ReservationKey = Field(alias="reservation_key")
    resources: Resources | None = Field(None, alias="Resources")
    minimum: Resources | None = Field(None, alias="Minimum")
    start: Time | None = Field(None, alias="Start")
    end: Time | None = Field(None, alias="End")
    grace_seconds: Grace | None = Field(None, alias="Grace_seconds")
    dry_run: bool = Field(False, alias="Dry_run")


class ReservationReference(WireModel):
    """A call that needs nothing but the key of a reservation."""

    key: ReservationKey = Field(alias="reservation_key")


# --- requests: showing -------------------------------------------------------------------------------------------


class KeyFilter(WireModel):
    organization: Many[str] | None = None
    name: Many[str] | None = None


class FederationKeyFilter(WireModel):
    organization: Many[str] | None = None
    partner: Many[str] | None = None


class Near(WireModel):
    latitude: Latitude = Field(alias="Latitude")
    longitude: Longitude = Field(alias="Longitude")
    within_km: Annotated[float, Field(ge=0, strict=False)] | None = Field(None, alias="Within_km")


class CloudletFilter(WireModel):
    """Fields of the profile that must match; a list means any of it, an object that all its members match."""

    key: KeyFilter | None = Field(None, alias="cloudlet_key")
    location: CloudletLocation | None = Field(None, alias="cloudlet_location")
    platform_type: Many[PlatformType] | None = Field(None, alias="Platform_type")
    ip_support: Many[IPSupport] | None = Field(None, alias="IP_support")
    static_ips: Many[str] | None = Field(None, alias="Static_IPs")
    resource_map: dict[str, str] | None = Field(None, alias="Resource_Map")
    maintenance_state: Many[MaintenanceState] | None = Field(None, alias="Maintenance_State")
    ca_cert: Many[str] | None = Field(None, alias="CA_Cert_Data")
    site: Many[str] | None = Field(None, alias="Site")
    endpoint_scope: Many[EndpointScope] | None = Field(None, alias="Endpoint_scope")
    federated_organization: Many[str] | None = Field(None, alias="Federated_organization")
    capacity: Resources | None = Field(None, alias="Capacity")
    state: Many[str] | None = Field(None, alias="State")
    compliance_state: Many[str] | None = Field(None, alias="Compliance_state")
    near: Near | None = Field(None, alias="Near")


class Paging(WireModel):
    limit: Annotated[int, Field(ge=1)] | None = None
    cursor: Annotated[str, Field(max_length=4096)] | None = None


class ShowCloudlet(CloudletFilter, Paging):
    """show/cloudlet and show/usage: the filter's fields in Filter or beside it."""

    filter: CloudletFilter | None = Field(None, alias="Filter")


class ReservationFilter(WireModel):
    key: KeyFilter | None = Field(None, alias="reservation_key")
    cloudlet_key: KeyFilter | None = None
    state: Many[ReservationStateName] | None = Field(None, alias="State")


class ShowReservation(ReservationFilter, Paging):
    """show/reservation."""

    filter: ReservationFilter | None = Field(None, alias="Filter")


class FederationFilter(WireModel):
    key: FederationKeyFilter | None = Field(None, alias="federation_key")
    status: Many[str] | None = Field(None, alias="Status")


class ShowFederation(FederationFilter, Paging):
    """show/federation."""

    filter: FederationFilter | None = Field(None, alias="Filter")


class ShowEvent(WireModel):
    """show/event; wait_seconds asks the endpoint to wait that long for the first one."""

    since: Annotated[str, Field(pattern=r"^[0-9]{1,18}$")] | None = None
    limit: Annotated[int, Field(ge=1)] | None = None
    wait_seconds: Annotated[float, Field(ge=0, strict=False)] = 0


# --- answers -----------------------------------------------------------------------------------------------------


def render_key(key: Key) -> dict[str, str]:
    return {"organization": key.organization, "name": key.name}


def render_amounts(amounts: Amounts) -> dict[str, Any]:
    """Nested again: the devices under `devices`."""
    rendered: dict[str, Any] = {name: amounts[name] for name in PLAIN_RESOURCES if name in amounts}
    devices = {
        name.removeprefix(DEVICE_PREFIX): amounts[name] for name in sorted(amounts) if name.startswith(DEVICE_PREFIX)
    }
    if devices:
        rendered["devices"] = devices
    return rendered


def render_profile(cloudlet: Cloudlet) -> dict[str, Any]:
    """The fields that the serving operator writes, but for the access variables."""
    rendered: dict[str, Any] = {
        "cloudlet_key": render_key(cloudlet.key),
        "cloudlet_location": {"Latitude": cloudlet.latitude, "Longitude": cloudlet.longitude},
        "Platform_type": cloudlet.platform_type,
        "IP_support": "DHCP" if cloudlet.ip_support == "dhcp" else "Static",
        "Resource_Map": dict(cloudlet.resource_map),
        "Maintenance_State": cloudlet.maintenance_state,
        "Maintenance_Windows": [
            {"Start": write_time(window.start), "End": write_time(window.end), "Reason": window.reason}
            for window in cloudlet.maintenance_windows
        ],
        "Endpoint_scope": cloudlet.endpoint_scope,
    }
    optional = {
        "Static_IPs": cloudlet.static_ips,
        "CA_Cert_Data": cloudlet.ca_cert,
        "Site": cloudlet.site,
        "Federated_organization": cloudlet.federated_organization,
        "Capacity": None if cloudlet.capacity is None else render_amounts(cloudlet.capacity),
    }
    rendered.update({name: value for name, value in optional.items() if value is not None})
    return rendered


def render_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Top-level fields of two rendered objects that differ; None stands for absent."""
    names = [*before, *(name for name in after if name not in before)]
    return [
        {"Field": name, "Before": before.get(name), "After": after.get(name)}
        for name in names
        if before.get(name) != after.get(name)
    ]


def render_access_changes(before: Mapping[str, str], after: Mapping[str, str]) -> list[dict[str, Any]]:
    """Which access variables differ, by name and never by value."""
    return [
        {
            "Field": f"Access_vars.{name}",
            "Before": HIDDEN if name in before else None,
            "After": HIDDEN if name in after else None,
        }
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    ]


def render_federation(federation: Federation, now: Instant) -> dict[str, Any]:
    rendered: dict[str, Any] = {
        "federation_key": {"organization": federation.organization, "partner": federation.partner},
        "Status": federation.effective_status(now).value,
        "Revision": federation.revision,
        "Created": write_time(federation.created),
        "Updated": write_time(federation.updated),
    }
    optional = {
        "Partner_URL": federation.partner_url,
        "CA_Cert_Data": federation.ca_cert,
        "Expires": write_time(federation.expires),
    }
    rendered.update({name: value for name, value in optional.items() if value is not None})
    return rendered


def render_reservation(reservation: Reservation, now: Instant) -> dict[str, Any]:
    rendered: dict[str, Any] = {
        "reservation_key": render_key(reservation.key),
        "cloudlet_key": render_key(reservation.cloudlet),
        "Resources": render_amounts(reservation.resources),
        "Minimum": render_amounts(reservation.minimum),
        "Start": write_time(reservation.start),
        "Grace_seconds": reservation.grace_seconds,
        "State": reservation.effective_state(now).value,
        "Granted": render_amounts(reservation.granted),
        "Revision": reservation.revision,
        "Created": write_time(reservation.created),
        "Updated": write_time(reservation.updated),
    }
    optional = {
        "End": write_time(reservation.end),
        "Reason": reservation.reason,
        "Free": None if reservation.free is None else render_amounts(reservation.free),
    }
    rendered.update({name: value for name, value in optional.items() if value is not None})
    return rendered


def render_usage(value: Amounts, quota_max: Amounts, infra_max: Amounts) -> dict[str, Any]:
    """The triple of each resource that any of the three knows."""
    names = {*value, *quota_max, *infra_max}

    def triple(name: str) -> dict[str, int]:
        return {"value": value.get(name, 0), "quota_max": quota_max.get(name, 0), "infra_max": infra_max.get(name, 0)}

    rendered: dict[str, Any] = {name: triple(name) for name in PLAIN_RESOURCES if name in names}
    devices = {
        name.removeprefix(DEVICE_PREFIX): triple(name) for name in sorted(names) if name.startswith(DEVICE_PREFIX)
    }
    if devices:
        rendered["devices"] = devices
    return rendered
