# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values of the native dialect: each kind has one reader that says what is wrong, and one schema."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from cryptography import x509
from pydantic import BeforeValidator, Field, StringConstraints, WithJsonSchema

from ewbi_endpoint.addresses import parse_static_ips
from ewbi_endpoint.times import Instant, format_rfc3339, parse_rfc3339
from ewbi_endpoint.wire.reading import fold

NAME_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
LABEL_PATTERN = r"^[a-z0-9-]{1,64}$"
# Far above any cloud, far below what 64-bit sums or a JSON reader's doubles can hold exactly (2**53).
LARGEST_AMOUNT = 10**12
# Ten years: longer than any grace that makes sense, and short enough for every date that is added up.
LONGEST_GRACE_SECONDS = 10 * 366 * 86_400
_NUMBER = re.compile(r"[+-]?[0-9]{1,3}(\.[0-9]{1,20})?")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_MODEL_COUNT = re.compile(r"\S{1,120}:[0-9]{1,6}")


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("must be a string")
    if _CONTROL.search(value):
        raise ValueError("must not hold control characters")
    return value


def _coordinate(value: Any, limit: int) -> str:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise ValueError("must be a number or a numeric string of degrees")
    # A float's repr may be in scientific notation, which the pattern for strings does not allow.
    try:
        text = value.strip() if isinstance(value, str) else format(Decimal(repr(value)), "f")
    except InvalidOperation:
        text = ""
    if not _NUMBER.fullmatch(text) or not -limit <= Decimal(text) <= limit:
        raise ValueError(f"must be degrees between -{limit} and {limit} (WGS 84)")
    number = Decimal(text).normalize()
    return format(number if number else Decimal(0), "f")


def _latitude(value: Any) -> str:
    return _coordinate(value, 90)


def _longitude(value: Any) -> str:
    return _coordinate(value, 180)


def _instant(value: Any) -> Instant:
    # 9999 is datetime's last year; a year less leaves room for a zone's offset and a grace on top.
    instant = parse_rfc3339(_text(value))
    if not 0 <= instant < _LAST_INSTANT:
        raise ValueError("must lie between the years 1970 and 9900")
    return instant


_LAST_INSTANT = parse_rfc3339("9900-01-01T00:00:00Z")


def _certificates(value: Any) -> str:
    text = _text(value)
    if "PRIVATE KEY" in text:
        raise ValueError("holds a private key: send the certificates only, this field is shown to the partner")
    try:
        found = x509.load_pem_x509_certificates(text.encode())
    except ValueError:
        found = []
    if not found:
        raise ValueError("holds no readable PEM certificate")
    return text


def _static_ips(value: Any) -> str:
    return ",".join(entry.text for entry in parse_static_ips(_text(value)))


def _model_count(value: Any) -> str:
    text = _text(value).strip()
    if not _MODEL_COUNT.fullmatch(text) or device_count(text) < 1:
        raise ValueError("must be model:count with a count of at least 1, such as nvidia-t4:2")
    return text


def device_count(model_count: str) -> int:
    """The count in a resource map's `model:count`."""
    return int(model_count.rpartition(":")[2])


def _choice(spellings: dict[str, str]) -> BeforeValidator:
    allowed = ", ".join(dict.fromkeys(spellings.values()))
    folded = {fold(key.replace(" ", "")): value for key, value in spellings.items()}

    def read_choice(value: Any) -> str:
        found = folded.get(fold(value.replace(" ", ""))) if isinstance(value, str) else None
        if found is None:
            raise ValueError(f"must be one of {allowed}")
        return found

    return BeforeValidator(read_choice)


def _same(*values: str) -> dict[str, str]:
    return {value: value for value in values}


Text = Annotated[str, BeforeValidator(_text), StringConstraints(max_length=1024)]
Secret = Annotated[str, BeforeValidator(_text), StringConstraints(min_length=1, max_length=65_536)]
Name = Annotated[str, StringConstraints(pattern=NAME_PATTERN)]
Label = Annotated[str, StringConstraints(pattern=LABEL_PATTERN)]
Latitude = Annotated[
    str,
    BeforeValidator(_latitude),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "number"}], "description": "Degrees, -90..90, WGS 84"}),
]
Longitude = Annotated[
    str,
    BeforeValidator(_longitude),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "number"}], "description": "Degrees, -180..180, WGS 84"}),
]
Time = Annotated[
    int,
    BeforeValidator(_instant),
    WithJsonSchema({"type": "string", "format": "date-time", "description": "RFC 3339 with a zone; written in UTC"}),
]
Certificates = Annotated[
    str,
    BeforeValidator(_certificates),
    StringConstraints(max_length=262_144),
    WithJsonSchema({"type": "string", "description": "PEM certificates, never a key"}),
]
StaticIPs = Annotated[
    str,
    BeforeValidator(_static_ips),
    StringConstraints(max_length=65_536),
    WithJsonSchema({"type": "string", "description": "Addresses, ranges and CIDR blocks, comma-separated"}),
]
ModelCount = Annotated[
    str, BeforeValidator(_model_count), WithJsonSchema({"type": "string", "pattern": r"^\S+:[0-9]+$"})
]
PlatformType = Annotated[
    str,
    _choice(_same("OpenStack", "vCenter", "VCD")),
    WithJsonSchema({"type": "string", "enum": ["OpenStack", "vCenter", "VCD"]}),
]
IPSupport = Annotated[
    str,
    _choice({"Static": "Static", "Static set": "Static", "DHCP": "DHCP"}),
    WithJsonSchema({"type": "string", "enum": ["Static", "DHCP", "Static set"]}),
]
MaintenanceState = Annotated[
    str, _choice(_same("online", "offline")), WithJsonSchema({"type": "string", "enum": ["online", "offline"]})
]
EndpointScope = Annotated[
    str,
    _choice(_same("per_cloudlet", "multi_site")),
    WithJsonSchema({"type": "string", "enum": ["per_cloudlet", "multi_site"]}),
]
Amount = Annotated[int, Field(ge=0, le=LARGEST_AMOUNT)]
Grace = Annotated[int, Field(ge=0, le=LONGEST_GRACE_SECONDS)]


def write_time(instant: Instant | None) -> str | None:
    """An instant on the wire; None stays None."""
    return None if instant is None else format_rfc3339(instant)
