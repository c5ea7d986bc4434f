# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers: objects of the model as they are spelled on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ewbi_endpoint.model import (
    DEVICE_PREFIX,
    PLAIN_RESOURCES,
    Amounts,
    Cloudlet,
    Federation,
    Key,
    Reservation,
)
from ewbi_endpoint.times import Instant
from ewbi_endpoint.wire.native.values import (
    write_time,
)

HIDDEN = "********"


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
