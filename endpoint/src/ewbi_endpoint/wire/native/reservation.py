# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bodies of create, update, activate and delete of reservations."""

from __future__ import annotations

from pydantic import Field

from ewbi_endpoint.model import (
    Key,
)
from ewbi_endpoint.wire.native.parts import CloudletKey, Resources
from ewbi_endpoint.wire.native.values import (
    Grace,
    Label,
    Name,
    Time,
)
from ewbi_endpoint.wire.reading import WireModel


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
