# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bodies of create, update and delete of federations."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from ewbi_endpoint.model import (
    FederationStatus,
)
from ewbi_endpoint.wire.native.values import (
    Certificates,
    Name,
    Time,
)
from ewbi_endpoint.wire.reading import WireModel, fold


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
