# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the endpoint talks about, free of wire spelling and of storage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ewbi_endpoint.times import SECOND, Instant

# Amounts of resources under one flat name each: vcpus, memory_mb (MiB), disk_gb (GiB), bandwidth_mbps (Mbit/s),
# instances, external_ips, and devices.NAME. Flat, because the ledger treats all of them alike.
Amounts = Mapping[str, int]
PLAIN_RESOURCES = ("vcpus", "memory_mb", "disk_gb", "bandwidth_mbps", "instances", "external_ips")
DEVICE_PREFIX = "devices."


class Role(StrEnum):
    """What a client may be: the endpoint's own operator, or another organization."""

    OPERATOR = "operator"
    PARTNER = "partner"


class FederationStatus(StrEnum):
    """PROPOSED by the operator, ACTIVE once accepted; EXPIRED is derived from the time."""

    PROPOSED = "PROPOSED"
    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    EXPIRED = "EXPIRED"
    TERMINATED = "TERMINATED"


class ReservationState(StrEnum):
    """The life of a reservation; EXPIRING and EXPIRED are derived from the time, never decided by a call."""

    REQUESTED = "REQUESTED"
    GRANTED = "GRANTED"
    PARTIALLY_GRANTED = "PARTIALLY_GRANTED"
    REJECTED = "REJECTED"
    ACTIVE = "ACTIVE"
    EXPIRING = "EXPIRING"
    EXPIRED = "EXPIRED"
    RELEASED = "RELEASED"


HOLDING_STATES = (ReservationState.GRANTED, ReservationState.PARTIALLY_GRANTED, ReservationState.ACTIVE)
LIVE_STATES = (ReservationState.REQUESTED, *HOLDING_STATES, ReservationState.EXPIRING)


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """The natural key of a cloudlet or a reservation."""

    organization: str
    name: str

    def __str__(self) -> str:
        return f"{self.organization}/{self.name}"


@dataclass(frozen=True, slots=True)
class Window:
    """A planned maintenance window [start, end)."""

    start: Instant
    end: Instant
    reason: str = ""

    def contains(self, instant: Instant) -> bool:
        """Whether the instant lies in the window."""
        return self.start <= instant < self.end


@dataclass(frozen=True, slots=True)
class Cloudlet:
    """The public profile of a cloudlet: everything that its operator publishes except the access variables."""

    key: Key
    latitude: str
    longitude: str
    platform_type: str
    ip_support: str
    static_ips: str | None = None
    resource_map: Mapping[str, str] = field(default_factory=dict)
    maintenance_state: str = "online"
    maintenance_windows: tuple[Window, ...] = ()
    ca_cert: str | None = None
    site: str | None = None
    endpoint_scope: str = "per_cloudlet"
    federated_organization: str | None = None
    capacity: Amounts | None = None

    def to_document(self) -> dict[str, Any]:
        """A plain document for storage; `from_document` is its inverse."""
        return {
            "organization": self.key.organization,
            "name": self.key.name,
            "latitude": self.latitude,
            "longitude": self.longitude,
            "platform_type": self.platform_type,
            "ip_support": self.ip_support,
            "static_ips": self.static_ips,
            "resource_map": dict(self.resource_map),
            "maintenance_state": self.maintenance_state,
            "maintenance_windows": [[window.start, window.end, window.reason] for window in self.maintenance_windows],
            "ca_cert": self.ca_cert,
            "site": self.site,
            "endpoint_scope": self.endpoint_scope,
            "federated_organization": self.federated_organization,
            "capacity": None if self.capacity is None else dict(self.capacity),
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Cloudlet:
        """Rebuild what `to_document` wrote."""
        values = dict(document)
        key = Key(values.pop("organization"), values.pop("name"))
        windows = tuple(Window(*window) for window in values.pop("maintenance_windows"))
        return cls(key=key, maintenance_windows=windows, **values)

    def maintenance_at(self, instant: Instant) -> Window | None:
        """The maintenance window that an instant lies in, if any."""
        return next((window for window in self.maintenance_windows if window.contains(instant)), None)

    def effective_state(self, instant: Instant) -> str:
        """online, maintenance (inside a window) or offline (so declared)."""
        if self.maintenance_state == "offline":
            return "offline"
        return "maintenance" if self.maintenance_at(instant) else "online"


@dataclass(frozen=True, slots=True)
class Reservation:
    """A partner's reservation on one cloudlet, as last decided.

    `state` is what was decided; `effective_state` adds what time made of it. The hold lasts from start to
    end plus grace_seconds, and without end until it is released. `start_asked` is None where the partner left
    the start to the endpoint: a repeated request is compared with what was asked, not with what came of it.
    """

    key: Key
    cloudlet: Key
    resources: Amounts
    minimum: Amounts
    start: Instant
    end: Instant | None
    grace_seconds: int
    state: ReservationState
    granted: Amounts
    start_asked: Instant | None = None
    reason: str | None = None
    free: Amounts | None = None
    revision: int = 1
    created: Instant = 0
    updated: Instant = 0

    @property
    def held_until(self) -> Instant | None:
        """When the hold ends by itself; None is never."""
        return None if self.end is None else self.end + self.grace_seconds * SECOND

    def effective_state(self, instant: Instant) -> ReservationState:
        """The state at an instant."""
        if self.state not in HOLDING_STATES or self.end is None or instant < self.end:
            return self.state
        until = self.held_until
        return ReservationState.EXPIRED if until is None or instant >= until else ReservationState.EXPIRING

    def holds_at(self, instant: Instant) -> bool:
        """Whether something is granted right at an instant (what the reveal of access variables asks)."""
        return self.start <= instant and self.effective_state(instant) in (*HOLDING_STATES, ReservationState.EXPIRING)


@dataclass(frozen=True, slots=True)
class Federation:
    """The relation to one partner. `expires` None is open-ended."""

    organization: str
    partner: str
    status: FederationStatus
    partner_url: str | None = None
    ca_cert: str | None = None
    expires: Instant | None = None
    revision: int = 1
    created: Instant = 0
    updated: Instant = 0

    def effective_status(self, instant: Instant) -> FederationStatus:
        """The status at an instant: what was agreed runs out at `expires`."""
        if self.expires is not None and instant >= self.expires and self.status is not FederationStatus.TERMINATED:
            return FederationStatus.EXPIRED
        return self.status


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, as proven by a token."""

    client_id: str
    organization: str
    role: Role

    @property
    def is_operator(self) -> bool:
        """Whether this is the endpoint's own organization."""
        return self.role is Role.OPERATOR
