# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a serving operator says of its cloudlets, turned into what each step takes. Pure.

One description of a cloudlet holds all of it: what is published, and besides, which of the operator's own control
endpoints the cloudlet is made on (``infrastructure``) and in which of its zones.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ansible_collections.operator_platform.federation.plugins.module_utils.model.cloudlet import FIELDS as PUBLISHED
from ansible_collections.operator_platform.federation.plugins.module_utils.model.moments import read_moment
from ansible_collections.operator_platform.federation.plugins.module_utils.model.names import Key, read_key
from ansible_collections.operator_platform.federation.plugins.module_utils.model.problems import Problems
from ansible_collections.operator_platform.federation.plugins.module_utils.model.reservation import HOLDING_STATES
from ansible_collections.operator_platform.federation.plugins.module_utils.model.resources import Resources, total

# What stays with the operator: none of it is ever published.
OWN_FIELDS = frozenset({"infrastructure", "zones", "description"})
VDC_FIELDS = ("federated_organization", "location", "zones", "description")


def vdc_items(cloudlets: Any, organization: Any) -> list[dict[str, Any]]:
    """The VDC of each cloudlet, for sbi_vdc."""
    return [
        {
            "cloudlet": infrastructure,
            "name": raw["name"],
            "organization": organization,
            **{name: raw[name] for name in VDC_FIELDS if raw.get(name) is not None},
        }
        for raw, infrastructure in _described(cloudlets, organization)
    ]


def credential_items(cloudlets: Any, organization: Any, published: Any) -> list[dict[str, Any]]:
    """The credentials to issue, for sbi_credential: of the cloudlets whose access variables the endpoint does not hold.

    They are issued anew where there is one already: its secret was lost when a run ended before publishing it.
    """
    problems = Problems()
    sealed = {
        raw.get("name")
        for _path, raw in problems.mappings({"published": published}, "published")
        if raw.get("access_vars_set") and raw.get("organization") == organization
    }
    problems.refuse("The published cloudlets")
    return [
        {"cloudlet": infrastructure, "name": raw["name"], "rotate": True}
        for raw, infrastructure in _described(cloudlets, organization)
        if raw["name"] not in sealed
    ]


def offer_items(cloudlets: Any, organization: Any, issued: Any = None) -> list[dict[str, Any]]:
    """What to publish of each cloudlet, for ewbi_cloudlet. issued: results of sbi_credential; what they hold is secret."""
    access = _issued_access(issued)
    return [
        {
            "organization": organization,
            **{name: value for name, value in raw.items() if name in PUBLISHED and value is not None},
            **({"access_vars": access[key]} if (key := (infrastructure, raw["name"])) in access else {}),
        }
        for raw, infrastructure in _described(cloudlets, organization)
    ]


def due_grants(reservations: Any, cloudlets: Any, organization: Any, now: datetime) -> dict[str, list[Any]]:
    """What has to be real on the platform now: {grants, activate, taken_back}.

    grants: for every cloudlet of ours the sum of what its holding reservations were granted, nothing where none holds
    (expired and released ones no longer hold). activate: the reservations that this makes real and the ledger does not
    know it of. taken_back: names of the cloudlets whose sum is nothing. now: UTC.
    """
    described = _described(cloudlets, organization)
    problems = Problems()
    granted: dict[str, list[Resources]] = {raw["name"]: [] for raw, _infrastructure in described}
    activate: list[dict[str, Any]] = []
    for path, raw in problems.mappings({"reservations": reservations}, "reservations"):
        key = read_key(raw, problems, path)
        cloudlet = read_key(problems.mapping(raw, "cloudlet", path) or {}, problems, f"{path}cloudlet.")
        start = read_moment(raw, "start", problems, path)
        holds = raw.get("state") in HOLDING_STATES and (start is None or start <= now)
        if not holds or cloudlet.organization != organization or cloudlet.name not in granted:
            continue
        what = "granted" if raw.get("granted") else "resources"
        granted[cloudlet.name].append(
            Resources.from_dict(problems.mapping(raw, what, path), problems, f"{path}{what}.")
        )
        if raw.get("state") in ("GRANTED", "PARTIALLY_GRANTED"):
            activate.append({**key.to_dict(), "active": True})
    problems.refuse("The reservations")
    sums = {name: total(parts) for name, parts in granted.items()}
    return {
        "grants": [
            {"cloudlet": infrastructure, "name": raw["name"], **_grant(sums[raw["name"]])}
            for raw, infrastructure in described
        ],
        "activate": activate,
        "taken_back": [name for name, amount in sums.items() if amount.is_nothing()],
    }


def _grant(amount: Resources) -> dict[str, Any]:
    return {"state": "absent"} if amount.is_nothing() else {"state": "present", "resources": amount.to_dict()}


def _issued_access(issued: Any) -> dict[tuple[Any, Any], Mapping[str, Any]]:
    """Access variables by control endpoint and VDC. In check mode there are credentials to come, but none to publish."""
    access: dict[tuple[Any, Any], Mapping[str, Any]] = {}
    for result in issued or ():
        credential = result.get("credential") or {}
        if isinstance(credential.get("access_vars"), Mapping):
            access[(credential.get("cloudlet"), credential.get("name"))] = credential["access_vars"]
    return access


def _described(cloudlets: Any, organization: Any) -> list[tuple[Mapping[str, Any], str]]:
    """Each description with the control endpoint that it names. Raises InvalidInput naming every wrong field."""
    problems = Problems()
    found: list[tuple[Mapping[str, Any], str]] = []
    for path, raw in problems.mappings({"federation_cloudlets": cloudlets}, "federation_cloudlets"):
        problems.unknown(raw, (PUBLISHED - {"organization", "access_vars"}) | OWN_FIELDS, path)
        key: Key = read_key({**raw, "organization": organization}, problems, path)
        infrastructure = problems.text(raw, "infrastructure", path, required=True) or ""
        if any(key.name == other["name"] for other, _infrastructure in found):
            problems.add(f"{path}name", f"{key.name} is described a second time")
        found.append((raw, infrastructure))
    problems.refuse("The description of the cloudlets")
    return found
