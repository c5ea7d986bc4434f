# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The relation of two operators, kept on the endpoint of the one that serves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.operator_platform.federation.plugins.module_utils.converge import Step
from ansible_collections.operator_platform.federation.plugins.module_utils.errors import NotFound
from ansible_collections.operator_platform.federation.plugins.module_utils.ewbi import native
from ansible_collections.operator_platform.federation.plugins.module_utils.ewbi.resource import EwbiResource
from ansible_collections.operator_platform.federation.plugins.module_utils.ewbi.session import (
    EwbiSession,
    new_idempotency_key,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.model.moments import (
    format_moment,
    read_moment,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.model.names import OBJECT_NAME
from ansible_collections.operator_platform.federation.plugins.module_utils.model.problems import Problems

STATUSES = ("PROPOSED", "ACTIVE", "SUSPENDED", "TERMINATED")
FIELDS = frozenset({"organization", "partner", "partner_url", "ca_cert", "status", "expires"})
KEY_FIELDS = frozenset({"organization", "partner"})


class FederationResource(EwbiResource):
    name = "federation"
    plural = "federations"
    single = "partner"
    options = {
        "organization": {"type": "str", "required": True},
        "partner": {"type": "str", "required": True},
        "partner_url": {"type": "str"},
        "ca_cert": {"type": "str"},
        "status": {"type": "str", "choices": list(STATUSES)},
        "expires": {"type": "str"},
    }

    def parse(self, raw: Mapping[str, Any], state: str, problems: Problems, path: str) -> dict[str, Any]:
        problems.unknown(raw, FIELDS, path)
        item: dict[str, Any] = {}
        for name in sorted(KEY_FIELDS):
            item[name] = problems.text(raw, name, path, required=True) or ""
            if item[name] and not OBJECT_NAME.fullmatch(item[name]):
                problems.add(f"{path}{name}", f"must match {OBJECT_NAME.pattern}, not {item[name]!r}")
        for name in ("partner_url", "ca_cert"):
            item[name] = problems.text(raw, name, path)
        if item["partner_url"] and not item["partner_url"].startswith("https://"):
            problems.add(f"{path}partner_url", "must be an https address")
        if item["ca_cert"]:
            item["ca_cert"] = item["ca_cert"].strip()
        item["status"] = problems.choice(raw, "status", STATUSES, path)
        expires = read_moment(raw, "expires", problems, path)
        item["expires"] = expires and format_moment(expires)
        return item

    def key(self, item: Mapping[str, Any]) -> str:
        return f"{item['organization']}/{item['partner']}"

    def fields(self, item: Mapping[str, Any]) -> Mapping[str, Any]:
        return {name: item[name] for name in sorted(FIELDS - KEY_FIELDS) if item.get(name) is not None}

    def observed_fields(self, observed: Mapping[str, Any]) -> Mapping[str, Any]:
        shown = self.fields(observed)
        return {name: value.strip() if name == "ca_cert" else value for name, value in shown.items()}

    def read(self, connection: EwbiSession, items: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
        found = (native.federation_from_wire(body) for body in connection.pages("federation", {}))
        return {self.key(federation): federation for federation in found}

    def create(self, connection: EwbiSession, step: Step) -> dict[str, Any]:
        body = native.federation_to_wire(step.item)
        return native.federation_from_wire(
            connection.call("create", "federation", body, idempotency_key=new_idempotency_key())
        )

    def update(self, connection: EwbiSession, step: Step) -> dict[str, Any]:
        changed = {name: step.item[name] for name in (*KEY_FIELDS, *step.changes)}
        body = native.federation_to_wire(changed)
        answer = connection.call(
            "update",
            "federation",
            body,
            revision=step.observed.get("revision"),
            idempotency_key=new_idempotency_key(),
        )
        return native.federation_from_wire(answer)

    def delete(self, connection: EwbiSession, step: Step) -> None:
        key = {name: step.item[name] for name in KEY_FIELDS}
        try:
            connection.call("delete", "federation", native.federation_to_wire(key))
        except NotFound:
            return  # somebody else was faster; it is gone, which is what was wanted

    def describe(self, observed: Mapping[str, Any]) -> dict[str, Any]:
        return dict(observed)
