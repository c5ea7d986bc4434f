# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Credentials scoped to a VDC, issued by the serving operator for its partner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.operator_platform.federation.plugins.module_utils.converge import Step
from ansible_collections.operator_platform.federation.plugins.module_utils.model.problems import Problems
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.platform import Platform
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.resource import (
    PLACE,
    Placed,
    SbiResource,
)


@dataclass(frozen=True)
class Credential:
    """access_vars: only of a credential that was issued just now; nobody can read one back."""

    rotate: bool = False
    access_vars: Mapping[str, str] | None = field(default=None, repr=False)


class CredentialResource(SbiResource):
    """name: the VDC's. The result of a task that issues holds the secret."""

    name = "credential"
    plural = "credentials"
    secret_result = True
    options = {**PLACE, "rotate": {"type": "bool", "default": False}}

    def parse_value(self, raw: Mapping[str, Any], problems: Problems, path: str) -> Credential:
        problems.unknown(raw, {"name", "rotate"}, path)
        return Credential(rotate=problems.truth(raw, "rotate", path) or False)

    def value_fields(self, value: Credential) -> Mapping[str, Any]:
        return {"issued": True}

    def secret_changes(self, item: Placed, observed: Placed | None) -> Sequence[str]:
        return ("access_vars",) if observed is None or item.value.rotate else ()

    def look(self, platform: Platform, names: Sequence[str]) -> Mapping[str, Credential]:
        return {name: Credential() for name, exists in platform.credential_exists(names).items() if exists}

    def refuse(self, platform: Platform, step: Step) -> None:
        """Nothing to find by reading: a VDC that is not there yet may be one that check mode did not make."""

    def apply(self, platform: Platform, step: Step) -> Credential:
        return Credential(access_vars=platform.issue_credential(step.item.name))

    def remove(self, platform: Platform, name: str) -> None:
        platform.withdraw_credential(name)

    def describe(self, observed: Placed) -> dict[str, Any]:
        issued = observed.value.access_vars
        access = {} if issued is None else {"access_vars": dict(issued)}
        return {"cloudlet": observed.cloudlet, "name": observed.name, **access}
