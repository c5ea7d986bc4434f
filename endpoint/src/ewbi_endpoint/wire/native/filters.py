# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bodies of the showing calls: filters, pages and cursors."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, Field

from ewbi_endpoint.model import (
    ReservationState,
)
from ewbi_endpoint.wire.native.parts import CloudletLocation, Resources
from ewbi_endpoint.wire.native.values import (
    EndpointScope,
    IPSupport,
    Latitude,
    Longitude,
    MaintenanceState,
    PlatformType,
)
from ewbi_endpoint.wire.reading import WireModel, fold

T = TypeVar("T")


def _as_list(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


def _reservation_state(value: Any) -> Any:
    folded = {fold(item.value): item.value for item in ReservationState}
    found = folded.get(fold(value)) if isinstance(value, str) else None
    if found is None:
        raise ValueError(f"must be one of {', '.join(item.value for item in ReservationState)}")
    return found


ReservationStateName = Annotated[str, BeforeValidator(_reservation_state)]
Many = Annotated[list[T], BeforeValidator(_as_list), Field(max_length=10_000)]


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
