# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The native dialect of the EWBI: how our model is spelled on the wire, and read from it. The only place that knows.

Bodies that we write have exactly the spellings of the contract; keys that we read may differ in case and underscores.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from ansible_collections.operator_platform.federation.plugins.module_utils.errors import PlatformFault
from ansible_collections.operator_platform.federation.plugins.module_utils.model.cloudlet import Cloudlet
from ansible_collections.operator_platform.federation.plugins.module_utils.model.names import Key
from ansible_collections.operator_platform.federation.plugins.module_utils.model.problems import Problems
from ansible_collections.operator_platform.federation.plugins.module_utils.model.reservation import Reservation

# model name -> wire name; the first seven wire names are the founding specification's own.
_CLOUDLET = {
    "platform_type": "Platform_type",
    "resource_map": "Resource_Map",
    "maintenance_state": "Maintenance_State",
    "ca_cert": "CA_Cert_Data",
    "site": "Site",
    "endpoint_scope": "Endpoint_scope",
    "federated_organization": "Federated_organization",
    "capacity": "Capacity",
}
_IP_SUPPORT = {"static": "Static", "dhcp": "DHCP"}
_SERVER_SET = {
    "Revision": "revision",
    "State": "state",
    "Compliance_state": "compliance_state",
    "Distance_km": "distance_km",
}
_CLOUDLET_READ = (
    "cloudlet_key",
    "cloudlet_location",
    "Static_IPs",
    "IP_support",
    "Maintenance_Windows",
    "Access_vars_set",
    "Access_digest",
    *_CLOUDLET.values(),
    *_SERVER_SET,
)
_RESERVATION = {
    "cloudlet": "cloudlet_key",
    "resources": "Resources",
    "minimum": "Minimum",
    "start": "Start",
    "end": "End",
    "grace_seconds": "Grace_seconds",
}
_LEDGER_SET = {"State": "state", "Granted": "granted", "Reason": "reason", "Free": "free", "Revision": "revision"}
_FEDERATION = {"partner_url": "Partner_URL", "ca_cert": "CA_Cert_Data", "status": "Status", "expires": "Expires"}


def cloudlet_to_wire(cloudlet: Cloudlet, fields: frozenset[str] | None = None) -> dict[str, Any]:
    """The body of create (fields None: all that is said) or update (only these fields and the key)."""
    said = cloudlet.comparable()
    chosen = said if fields is None else {name: said.get(name) for name in fields if name != "access_vars"}
    body: dict[str, Any] = {"cloudlet_key": cloudlet.key.to_dict()}
    for name, value in chosen.items():
        if name == "location":
            body["cloudlet_location"] = _location_to_wire(value)
        elif name == "ip_support":
            body["IP_support"] = _IP_SUPPORT[str(value)]
        elif name == "static_ips":
            body["Static_IPs"] = value
        elif name == "maintenance_windows":
            body["Maintenance_Windows"] = [
                {"Start": window["start"], "End": window["end"], "Reason": window["reason"]} for window in value or ()
            ]
        else:
            body[_CLOUDLET[name]] = value
    if cloudlet.access_vars is not None and (fields is None or "access_vars" in fields):
        body["Access_vars"] = dict(cloudlet.access_vars)
    return body


def cloudlet_from_wire(body: Mapping[str, Any]) -> tuple[Cloudlet, dict[str, Any]]:
    """A cloudlet as the endpoint shows it, and what only the endpoint sets (revision, state, ...).

    Raises PlatformFault when the answer breaks the contract: nothing of it is used then.
    """
    body = _respelled(body, _CLOUDLET_READ)
    raw: dict[str, Any] = {
        **_mapping(body.get("cloudlet_key")),
        "location": _lowered(body.get("cloudlet_location")),
        "static_ips": body.get("Static_IPs"),
        "ip_support": {"static set": "static"}.get(str(body.get("IP_support")).lower(), body.get("IP_support")),
        "maintenance_windows": _each_lowered(body.get("Maintenance_Windows")),
        **{name: body.get(wire) for name, wire in _CLOUDLET.items()},
    }
    problems = Problems()
    cloudlet = Cloudlet.from_dict(raw, problems)
    _believe(problems, f"the cloudlet {cloudlet.key}")
    extras = {name: body[wire] for wire, name in _SERVER_SET.items() if wire in body}
    extras["access_vars_set"] = list(body.get("Access_vars_set") or [])
    extras["access_digest"] = body.get("Access_digest")
    return cloudlet, extras


def cloudlet_filter(filters: Mapping[str, Any]) -> dict[str, Any]:
    """Filter of show/cloudlet and show/usage out of model names: organization, name (one or a list), platform_type, site,
    maintenance_state, federated_organization, near {latitude, longitude, within_km}."""
    body: dict[str, Any] = {}
    chosen: dict[str, Any] = {}
    key = {name: filters[name] for name in ("organization", "name") if filters.get(name)}
    if key:
        chosen["cloudlet_key"] = key
    for name in ("platform_type", "site", "maintenance_state", "federated_organization", "endpoint_scope"):
        if filters.get(name):
            chosen[_CLOUDLET[name]] = filters[name]
    if chosen:
        body["Filter"] = chosen
    near = filters.get("near")
    if near:
        body["Near"] = _location_to_wire(near)
        if near.get("within_km") is not None:
            body["Near"]["Within_km"] = near["within_km"]
    return body


def reservation_to_wire(reservation: Reservation, fields: frozenset[str] | None = None) -> dict[str, Any]:
    """The body of create (fields None) or update (only these fields and the key)."""
    said = reservation.comparable()
    body: dict[str, Any] = {"reservation_key": reservation.key.to_dict()}
    for name, wire in _RESERVATION.items():
        if name in said and (fields is None or name in fields):
            body[wire] = said[name]
    return body


def reservation_from_wire(body: Mapping[str, Any]) -> tuple[Reservation, dict[str, Any]]:
    """A reservation as the endpoint shows it, and what only the endpoint sets (state, granted, reason, ...).

    Raises PlatformFault when the answer breaks the contract.
    """
    body = _respelled(body, ("reservation_key", *_RESERVATION.values(), *_LEDGER_SET))
    problems = Problems()
    raw = {**_mapping(body.get("reservation_key")), **{name: body.get(wire) for name, wire in _RESERVATION.items()}}
    reservation = Reservation.from_dict(raw, problems)
    _believe(problems, f"the reservation {reservation.key}")
    return reservation, {name: body[wire] for wire, name in _LEDGER_SET.items() if body.get(wire) is not None}


def reservation_key(key: Key) -> dict[str, Any]:
    return {"reservation_key": key.to_dict()}


def cloudlet_key(key: Key) -> dict[str, Any]:
    return {"cloudlet_key": key.to_dict()}


def reservation_filter(filters: Mapping[str, Any]) -> dict[str, Any]:
    """Filter of show/reservation out of model names: organization, name, cloudlet {organization, name}, state (one or a list)."""
    chosen: dict[str, Any] = {}
    key = {name: filters[name] for name in ("organization", "name") if filters.get(name)}
    if key:
        chosen["reservation_key"] = key
    if filters.get("cloudlet"):
        chosen["cloudlet_key"] = {name: value for name, value in filters["cloudlet"].items() if value}
    if filters.get("state"):
        chosen["State"] = filters["state"]
    return {"Filter": chosen} if chosen else {}


def usage_from_wire(body: Mapping[str, Any]) -> dict[str, Any]:
    """Usage of one cloudlet: triples by resource, and what is free over time."""
    body = _respelled(body, ("cloudlet_key", "Resources", "Free"))
    return {
        "cloudlet": dict(body.get("cloudlet_key") or {}),
        "resources": dict(body.get("Resources") or {}),
        "free": [
            {"start": part.get("start"), "end": part.get("end"), "resources": dict(part.get("resources") or {})}
            for part in _each_lowered(body.get("Free")) or ()
        ],
    }


def access_from_wire(body: Mapping[str, Any]) -> dict[str, Any]:
    """A control endpoint, in the shape that the sbi modules take."""
    body = _respelled(body, ("cloudlet_key", "Platform_type", "Access_vars", "CA_Cert_Data"))
    return {
        "cloudlet": _mapping(body.get("cloudlet_key")).get("name"),
        "platform_type": body.get("Platform_type"),
        "access_vars": dict(body.get("Access_vars") or {}),
        "ca_cert": body.get("CA_Cert_Data"),
    }


def federation_to_wire(federation: Mapping[str, Any]) -> dict[str, Any]:
    """A federation in model names (organization, partner, partner_url, ca_cert, status, expires) as a request body."""
    body: dict[str, Any] = {
        "federation_key": {"organization": federation["organization"], "partner": federation["partner"]}
    }
    for name, wire in _FEDERATION.items():
        if federation.get(name) is not None:
            body[wire] = federation[name]
    return body


def federation_from_wire(body: Mapping[str, Any]) -> dict[str, Any]:
    body = _respelled(body, ("federation_key", "Revision", *_FEDERATION.values()))
    key = _mapping(body.get("federation_key"))
    return {
        "organization": key.get("organization"),
        "partner": key.get("partner"),
        **{name: body.get(wire) for name, wire in _FEDERATION.items()},
        "revision": body.get("Revision"),
    }


def _believe(problems: Problems, what: str) -> None:
    """Raise PlatformFault for an answer that does not keep to the contract."""
    if problems.found:
        listing = "; ".join(f"{name}: {reason}" for name, reason in problems.found)
        raise PlatformFault(
            f"The endpoint shows {what} in a way that breaks the contract: {listing}.",
            remedy="Tell the operator of the endpoint; nothing of the answer was used.",
            details={"fields": [{"field": name, "reason": reason} for name, reason in problems.found]},
        )


def _respelled(body: Mapping[str, Any], spellings: Iterable[str]) -> Mapping[str, Any]:
    """The body with its keys in our spellings; those that we do not read stay as they are."""
    canonical = {wire.lower(): wire for wire in spellings}
    return {canonical.get(str(name).lower(), name): value for name, value in body.items()}


def _lowered(value: Any) -> Any:
    """A nested object with keys in lower case; anything else as it is, for the model to refuse."""
    return {str(name).lower(): entry for name, entry in value.items()} if isinstance(value, Mapping) else value


def _each_lowered(value: Any) -> Any:
    return [_lowered(entry) for entry in value] if isinstance(value, list) else value


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _location_to_wire(location: Any) -> dict[str, str]:
    return {"Latitude": _number_text(location["latitude"]), "Longitude": _number_text(location["longitude"])}


def _number_text(value: float) -> str:
    """Coordinates travel as text: repr keeps every digit, and what is tiny must not become 1e-07."""
    return format(Decimal(repr(float(value))), "f")
