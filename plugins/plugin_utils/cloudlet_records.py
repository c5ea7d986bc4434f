# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Cloudlets as inventory records: what their host variables, names and groups are. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.operator_platform.federation.plugins.module_utils.errors import FederationError, InvalidInput
from ansible_collections.operator_platform.federation.plugins.module_utils.ewbi import native
from ansible_collections.operator_platform.federation.plugins.module_utils.ewbi.cloudlet import Published
from ansible_collections.operator_platform.federation.plugins.module_utils.ewbi.reservation import Recorded

Record = dict[str, Any]

# Every record has all of these, so that an expression never meets an undefined name.
PROFILE = (
    "location",
    "platform_type",
    "ip_support",
    "static_ips",
    "resource_map",
    "maintenance_state",
    "maintenance_windows",
    "site",
    "endpoint_scope",
    "federated_organization",
    "capacity",
    "ca_cert",
    "state",
    "compliance_state",
    "revision",
)
ROOT_GROUP = "cloudlets"
# Automatic groups: what their name begins with -> where the rest comes from.
AUTOMATIC_GROUPS = {
    "partner": "organization",
    "platform": "platform_type",
    "maintenance": "maintenance_state",
    "compliance": "compliance_state",
}
ORGANIZATION_NAME = "organization_name"
_HOST_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
# A partner must not be able to become the controller by the name of its cloudlet.
_NEVER_A_HOST = frozenset({"all", "ungrouped", "localhost", "localhost.localdomain", "127.0.0.1"})


def records_of(
    cloudlets: Iterable[Mapping[str, Any]],
    reservations: Iterable[Mapping[str, Any]],
    usage: Iterable[Mapping[str, Any]],
    *,
    partner_url: str,
) -> list[Record]:
    """One record a cloudlet out of the three listings of an endpoint, ordered by key.

    Raises InvalidInput when an entry breaks the contract. What tells of access variables is left behind.
    """
    held: dict[tuple[Any, Any], list[dict[str, Any]]] = {}
    for body in reservations:
        reservation = Recorded.from_wire(body).to_dict()
        cloudlet = reservation.pop("cloudlet")
        held.setdefault((cloudlet["organization"], cloudlet["name"]), []).append(reservation)
    used = {}
    for body in usage:
        entry = native.usage_from_wire(body)
        used[(entry["cloudlet"].get("organization"), entry["cloudlet"].get("name"))] = entry
    records: list[Record] = []
    for body in cloudlets:
        shown = Published.from_wire(body).to_dict()
        key = (shown["organization"], shown["name"])
        ours = sorted(held.get(key, ()), key=lambda entry: (entry["organization"], entry["name"]))
        here = used.get(key, {})
        records.append(
            {
                "organization": key[0],
                "name": key[1],
                "partner_url": partner_url,
                **{name: shown.get(name) for name in PROFILE},
                "reservation": ours[0] if ours else None,
                "reservations": ours,
                "usage": here.get("resources"),
                "free": here.get("free", []),
            }
        )
    return sorted(records, key=lambda record: (record["organization"], record["name"]))


def select(records: list[Record], query: str, search: Callable[[str, Any], Any]) -> list[Record]:
    """The records that a JMESPath query leaves, in its order. search: jmespath.search."""
    try:
        found = search(query, records)
    except ValueError as error:  # jmespath's errors are ValueErrors
        raise InvalidInput("The inventory source", [("query", f"is not valid JMESPath: {error}")]) from None
    known = {id(record) for record in records}
    if not isinstance(found, list) or not all(id(entry) in known for entry in found):
        raise InvalidInput(
            "The inventory source",
            [
                (
                    "query",
                    "must choose cloudlets out of the list, such as [?platform_type=='OpenStack'], not reshape them",
                )
            ],
        )
    return found


def host_names(records: Sequence[Record], preferences: Sequence[str], search: Callable[[str, Any], Any]) -> list[str]:
    """A host name for every record, in their order.

    The first preference that gives a usable name which no other cloudlet has is taken. Cloudlets that would share a
    name all go on to the next preference, so that it does not depend on their order who keeps it.
    """
    names: dict[int, str] = {}
    shared: dict[int, list[str]] = {number: [] for number in range(len(records))}
    for preference in preferences:
        wanted: dict[str, list[int]] = {}
        for number, record in enumerate(records):
            if number not in names:
                name = _name_by(preference, record, search)
                if name is not None:
                    wanted.setdefault(name, []).append(number)
        taken = set(names.values())
        for name, numbers in wanted.items():
            if len(numbers) == 1 and name not in taken:
                names[numbers[0]] = name
            else:
                for number in numbers:
                    shared[number].append(name)
    unnamed = [number for number in range(len(records)) if number not in names]
    if unnamed:
        record = records[unnamed[0]]
        why = (
            f"{', '.join(shared[unnamed[0]])} is shared with another"
            if shared[unnamed[0]]
            else "nothing usable came out"
        )
        raise FederationError(
            f"The cloudlet {record['organization']}/{record['name']} gets no host name ({len(unnamed)} such in all).",
            answered=f"{why}, by the preferences {', '.join(preferences)}",
            remedy=f"Add {ORGANIZATION_NAME} to the option hostnames; it is different for every cloudlet.",
        )
    return [names[number] for number in range(len(records))]


def automatic_groups(record: Mapping[str, Any], prefix: str = "") -> list[str]:
    """Such as cloudlets, partner_telco_north, platform_openstack, maintenance_online, compliance_draft."""
    groups = [f"{prefix}{ROOT_GROUP}"]
    for kind, name in AUTOMATIC_GROUPS.items():
        if record.get(name):
            groups.append(f"{prefix}{kind}_{group_word(str(record[name]))}")
    return groups


def group_word(text: str) -> str:
    """Lower case, with an underscore for whatever Ansible does not take in a group's name."""
    return re.sub(r"[^a-z0-9_]", "_", text.lower())


def host_variables(record: Record, prefix: str = "") -> dict[str, Any]:
    """The record as variables. ``name`` means something else in a play, so the key is ``cloudlet`` and the name is
    ``cloudlet_name``."""
    variables = {name: value for name, value in record.items() if name != "name"}
    variables["cloudlet"] = {"organization": record["organization"], "name": record["name"]}
    variables["cloudlet_name"] = record["name"]
    return {f"{prefix}{name}": value for name, value in variables.items()} if prefix else variables


def _name_by(preference: str, record: Record, search: Callable[[str, Any], Any]) -> str | None:
    if preference == ORGANIZATION_NAME:
        value: Any = f"{record['organization']}_{record['name']}"
    elif preference in record:
        value = record[preference]
    else:
        try:
            value = search(preference, record)
        except ValueError as error:
            fields = [("hostnames", f"{preference!r} is not valid JMESPath: {error}")]
            raise InvalidInput("The inventory source", fields) from None
    usable = isinstance(value, str) and _HOST_NAME.fullmatch(value) and value.lower() not in _NEVER_A_HOST
    return value if usable else None
