# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Cloudlets as an operator publishes them on its EWBI endpoint."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.operator_platform.federation.plugins.module_utils import options
from ansible_collections.operator_platform.federation.plugins.module_utils.converge import Step
from ansible_collections.operator_platform.federation.plugins.module_utils.errors import NotFound
from ansible_collections.operator_platform.federation.plugins.module_utils.ewbi import native
from ansible_collections.operator_platform.federation.plugins.module_utils.ewbi.resource import (
    EwbiInfoResource,
    EwbiResource,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.ewbi.session import (
    EwbiSession,
    new_idempotency_key,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.model.access_vars import (
    ALL_NAMES,
    PLATFORM_TYPES,
    SECRET_NAMES,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.model.cloudlet import (
    ENDPOINT_SCOPES,
    IP_SUPPORT,
    MAINTENANCE_STATES,
    Cloudlet,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.model.names import Key
from ansible_collections.operator_platform.federation.plugins.module_utils.model.problems import Problems
from ansible_collections.operator_platform.federation.plugins.module_utils.model.resources import AMOUNTS
from ansible_collections.operator_platform.federation.plugins.module_utils.resource import Context

# Below this many names the listing is narrowed to them; above, one listing of all is shorter than the request.
NARROW_BELOW = 200

RESOURCES: options.Options = {
    **{name: {"type": "int"} for name in AMOUNTS},
    "devices": {"type": "dict"},
}
LOCATION: options.Options = {
    "latitude": {"type": "float", "required": True},
    "longitude": {"type": "float", "required": True},
}


@dataclass(frozen=True)
class Published:
    """A cloudlet as the endpoint shows it, and what only the endpoint sets."""

    cloudlet: Cloudlet
    extras: Mapping[str, Any]

    @classmethod
    def from_wire(cls, body: Mapping[str, Any]) -> Published:
        return cls(*native.cloudlet_from_wire(body))

    def to_dict(self) -> dict[str, Any]:
        shown = {name: value for name, value in self.extras.items() if name != "access_digest"}
        return {**self.cloudlet.key.to_dict(), **self.cloudlet.comparable(), **shown}


class CloudletResource(EwbiResource):
    name = "cloudlet"
    plural = "cloudlets"
    options = {
        "organization": {"type": "str", "required": True},
        "name": {"type": "str", "required": True},
        "location": {"type": "dict", "options": LOCATION},
        "platform_type": {"type": "str", "choices": list(PLATFORM_TYPES)},
        "access_vars": {
            "type": "dict",
            "options": {name: {"type": "str", "no_log": name in SECRET_NAMES} for name in ALL_NAMES},
        },
        "ca_cert": {"type": "str"},
        "ip_support": {"type": "str", "choices": list(IP_SUPPORT)},
        "static_ips": {"type": "str"},
        "resource_map": {"type": "dict"},
        "maintenance_state": {"type": "str", "choices": list(MAINTENANCE_STATES)},
        "maintenance_windows": {
            "type": "list",
            "elements": "dict",
            "options": {
                "start": {"type": "str", "required": True},
                "end": {"type": "str", "required": True},
                "reason": {"type": "str"},
            },
        },
        "site": {"type": "str"},
        "endpoint_scope": {"type": "str", "choices": list(ENDPOINT_SCOPES)},
        "federated_organization": {"type": "str"},
        "capacity": {"type": "dict", "options": RESOURCES},
    }

    def parse(self, raw: Mapping[str, Any], state: str, problems: Problems, path: str) -> Cloudlet:
        return Cloudlet.from_dict(raw, problems, path)

    def key(self, item: Cloudlet) -> str:
        return str(item.key)

    def fields(self, item: Cloudlet) -> Mapping[str, Any]:
        return {**item.comparable(), **dict.fromkeys(item.taken_away)}

    def observed_fields(self, observed: Published) -> Mapping[str, Any]:
        return observed.cloudlet.comparable()

    def secret_changes(self, item: Cloudlet, observed: Published | None) -> Sequence[str]:
        if item.access_vars is None:
            return ()
        if observed is not None and digest_matches(item.access_vars, observed.extras.get("access_digest")):
            return ()
        return ("access_vars",)

    def read(self, connection: EwbiSession, items: Sequence[Cloudlet]) -> Mapping[str, Published]:
        return {str(one.cloudlet.key): one for one in list_cloudlets(connection, _filter_for([i.key for i in items]))}

    def create(self, connection: EwbiSession, step: Step) -> Published:
        body = native.cloudlet_to_wire(step.item)
        answer = connection.call("create", "cloudlet", body, idempotency_key=new_idempotency_key())
        return Published.from_wire(answer)

    def update(self, connection: EwbiSession, step: Step) -> Published:
        body = native.cloudlet_to_wire(step.item, frozenset(step.changes))
        answer = connection.call(
            "update",
            "cloudlet",
            body,
            revision=step.observed.extras.get("revision"),
            idempotency_key=new_idempotency_key(),
        )
        return Published.from_wire(answer)

    def delete(self, connection: EwbiSession, step: Step) -> None:
        try:
            connection.call("delete", "cloudlet", native.cloudlet_key(step.item.key))
        except NotFound:
            return  # somebody else was faster; it is gone, which is what was wanted

    def describe(self, observed: Published) -> dict[str, Any]:
        return observed.to_dict()


class CloudletInfo(EwbiInfoResource):
    options = {
        "organization": {"type": "str"},
        "name": {"type": "list", "elements": "str"},
        "platform_type": {"type": "str", "choices": list(PLATFORM_TYPES)},
        "site": {"type": "str"},
        "maintenance_state": {"type": "str", "choices": list(MAINTENANCE_STATES)},
        "federated_organization": {"type": "str"},
        "near": {
            "type": "dict",
            "options": {**LOCATION, "within_km": {"type": "float"}},
        },
    }

    def fetch(self, connection: EwbiSession, context: Context) -> dict[str, Any]:
        found = list_cloudlets(connection, native.cloudlet_filter(context.params))
        return {"cloudlets": [one.to_dict() for one in found]}


def list_cloudlets(connection: EwbiSession, body: Mapping[str, Any]) -> list[Published]:
    return [Published.from_wire(item) for item in connection.pages("cloudlet", body)]


def _filter_for(keys: Sequence[Key]) -> dict[str, Any]:
    """The narrowest filter that a request of moderate size can say."""
    organizations = {key.organization for key in keys}
    filters: dict[str, Any] = {"organization": organizations.pop()} if len(organizations) == 1 else {}
    if len(keys) < NARROW_BELOW:
        filters["name"] = sorted({key.name for key in keys})
    return native.cloudlet_filter(filters)


def digest_matches(access_vars: Mapping[str, str], digest: Mapping[str, Any] | None) -> bool:
    """Do these access variables equal those that the endpoint holds sealed?

    The endpoint shows, to the client that may write them, a random salt and HMAC-SHA256(salt, canonical JSON of the access
    variables); so no call is needed to see that nothing changed, and nothing secret travels to find out.
    """
    if not digest:
        return False
    text = json.dumps(dict(access_vars), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    wanted = hmac.new(bytes.fromhex(digest["Salt"]), text.encode(), hashlib.sha256).hexdigest()
    return hmac.compare_digest(wanted, str(digest["Digest"]))
