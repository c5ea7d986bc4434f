# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers of the native dialect as the OpenAPI document describes them.

They document what `ewbi_endpoint.wire.native` renders; a test holds every answer against them.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from ewbi_endpoint.model import FederationStatus, ReservationState

TimeText = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]


class AnswerModel(BaseModel):
    """Fields that an answer does not always have are optional; there are no others."""

    model_config = ConfigDict(extra="forbid")


class KeyAnswer(AnswerModel):
    organization: str
    name: str


class FederationKeyAnswer(AnswerModel):
    organization: str
    partner: str


class LocationAnswer(AnswerModel):
    Latitude: str
    Longitude: str


class WindowAnswer(AnswerModel):
    Start: TimeText
    End: TimeText
    Reason: str


class AmountsAnswer(AnswerModel):
    vcpus: int = 0
    memory_mb: int = 0
    disk_gb: int = 0
    bandwidth_mbps: int = 0
    instances: int = 0
    external_ips: int = 0
    devices: dict[str, int] = {}


class AccessDigest(AnswerModel):
    Salt: str
    Digest: str


class CloudletAnswer(AnswerModel):
    cloudlet_key: KeyAnswer
    cloudlet_location: LocationAnswer
    Platform_type: str
    IP_support: str
    Static_IPs: str = ""
    Resource_Map: dict[str, str]
    Maintenance_State: str
    Maintenance_Windows: list[WindowAnswer]
    CA_Cert_Data: str = ""
    Site: str = ""
    Endpoint_scope: str
    Federated_organization: str = ""
    Capacity: AmountsAnswer = AmountsAnswer()
    Revision: int
    State: Annotated[str, Field(json_schema_extra={"enum": ["online", "maintenance", "offline"]})]
    Compliance_state: str
    Access_vars_set: list[str]
    Access_digest: Annotated[
        AccessDigest | None,
        Field(description="For the operator only: HMAC-SHA-256(Salt, canonical JSON of Access_vars), in hexadecimal"),
    ] = None
    Created: TimeText
    Updated: TimeText
    Distance_km: float = 0.0


class ChangeAnswer(AnswerModel):
    Field: str
    Before: Any
    After: Any


class ChangesAnswer(AnswerModel):
    """What Dry_run would change; Exists tells a change from a creation."""

    cloudlet_key: KeyAnswer
    Exists: bool
    Changes: list[ChangeAnswer]


class CloudletPage(AnswerModel):
    items: list[CloudletAnswer]
    next_cursor: str | None


class DeletedCloudlet(AnswerModel):
    cloudlet_key: KeyAnswer
    Deleted: bool


class AccessAnswer(AnswerModel):
    cloudlet_key: KeyAnswer
    Platform_type: str
    Access_vars: dict[str, str]
    CA_Cert_Data: str = ""


class FederationAnswer(AnswerModel):
    federation_key: FederationKeyAnswer
    Partner_URL: str = ""
    CA_Cert_Data: str = ""
    Status: FederationStatus
    Expires: TimeText = ""
    Revision: int
    Created: TimeText
    Updated: TimeText


class FederationPage(AnswerModel):
    items: list[FederationAnswer]
    next_cursor: str | None


class DeletedFederation(AnswerModel):
    federation_key: FederationKeyAnswer
    Deleted: bool


class ReservationAnswer(AnswerModel):
    reservation_key: KeyAnswer
    cloudlet_key: KeyAnswer
    Resources: AmountsAnswer
    Minimum: AmountsAnswer
    Start: TimeText
    End: TimeText = ""
    Grace_seconds: int
    State: ReservationState
    Granted: AmountsAnswer
    Reason: str = ""
    Free: AmountsAnswer = AmountsAnswer()
    Revision: int
    Created: TimeText
    Updated: TimeText
    Dry_run: bool = False


class ReservationPage(AnswerModel):
    items: list[ReservationAnswer]
    next_cursor: str | None


class EventAnswer(AnswerModel):
    Cursor: str
    Time: TimeText
    Type: str
    Key: dict[str, dict[str, str]]
    Revision: int | None


class EventPage(AnswerModel):
    items: list[EventAnswer]
    next_cursor: str


class UsageTriple(AnswerModel):
    value: int
    quota_max: int
    infra_max: int


class UsageResources(AnswerModel):
    vcpus: UsageTriple | None = None
    memory_mb: UsageTriple | None = None
    disk_gb: UsageTriple | None = None
    bandwidth_mbps: UsageTriple | None = None
    instances: UsageTriple | None = None
    external_ips: UsageTriple | None = None
    devices: dict[str, UsageTriple] = {}


class FreePeriod(AnswerModel):
    Start: TimeText
    End: TimeText | None
    Resources: AmountsAnswer


class UsageItem(AnswerModel):
    cloudlet_key: KeyAnswer
    Resources: UsageResources
    Free: list[FreePeriod]


class UsagePage(AnswerModel):
    items: list[UsageItem]
    next_cursor: str | None


class TokenAnswer(AnswerModel):
    access_token: str
    token_type: str
    expires_in: int
    scope: str


class InvalidParamAnswer(AnswerModel):
    param: str
    reason: str


class ProblemAnswer(BaseModel):
    """application/problem+json; some causes add members, such as Free, Revision or reservations."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    cause: str
    invalidParams: list[InvalidParamAnswer] = []  # noqa: N815  # GSMA OPG.04's spelling
