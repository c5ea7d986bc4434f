# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Grants made real on the platform: what the ledger granted becomes quotas, a bandwidth policy, access to devices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.operator_platform.federation.plugins.module_utils.converge import Step
from ansible_collections.operator_platform.federation.plugins.module_utils.model.problems import Problems
from ansible_collections.operator_platform.federation.plugins.module_utils.model.resources import AMOUNTS, Resources
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.platform import Platform
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.resource import PLACE, SbiResource

RESOURCES = {**{name: {"type": "int"} for name in AMOUNTS}, "devices": {"type": "dict"}}


class GrantResource(SbiResource):
    """name: the VDC's. A VDC to which nothing is granted counts as one without a grant."""

    name = "reservation"
    plural = "reservations"
    options = {**PLACE, "resources": {"type": "dict", "options": RESOURCES}}

    def parse_value(self, raw: Mapping[str, Any], problems: Problems, path: str) -> Resources:
        problems.unknown(raw, {"name", "resources"}, path)
        given = {name: value for name, value in (raw.get("resources") or {}).items() if value is not None}
        granted = Resources.from_dict(given, problems, f"{path}resources.")
        if granted.is_nothing():
            problems.add(f"{path}resources", "must name an amount; use state absent to take a grant back")
        return granted

    def value_fields(self, value: Resources) -> Mapping[str, Any]:
        return value.to_dict()

    def look(self, platform: Platform, names: Sequence[str]) -> Mapping[str, Resources]:
        return {name: granted for name, granted in platform.read_grants(names).items() if not granted.is_nothing()}

    def refuse(self, platform: Platform, step: Step) -> None:
        """A VDC that is not there yet may be one that check mode did not make: then there is nothing to ask."""
        name = step.item.name
        if name in platform.read_vdcs([name]):
            platform.refuse_grant(name, step.item.value or Resources())

    def apply(self, platform: Platform, step: Step) -> Resources:
        granted: Resources = step.item.value
        platform.apply_grant(step.item.name, granted)
        return granted

    def remove(self, platform: Platform, name: str) -> None:
        platform.apply_grant(name, Resources())
