# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Virtual Data Centres on the serving operator's platforms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.operator_platform.federation.plugins.module_utils.converge import Step
from ansible_collections.operator_platform.federation.plugins.module_utils.model.problems import Problems
from ansible_collections.operator_platform.federation.plugins.module_utils.model.vdc import Vdc
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.platform import Platform
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.resource import PLACE, SbiResource


class VdcResource(SbiResource):
    name = "vdc"
    plural = "vdcs"
    options = {
        **PLACE,
        "organization": {"type": "str"},
        "federated_organization": {"type": "str"},
        "location": {
            "type": "dict",
            "options": {
                "latitude": {"type": "float", "required": True},
                "longitude": {"type": "float", "required": True},
            },
        },
        "zones": {"type": "list", "elements": "str"},
        "description": {"type": "str"},
    }

    def parse_value(self, raw: Mapping[str, Any], problems: Problems, path: str) -> Vdc:
        return Vdc.from_dict(raw, problems, path)

    def look(self, platform: Platform, names: Sequence[str]) -> Mapping[str, Vdc]:
        return platform.read_vdcs(names)

    def refuse(self, platform: Platform, step: Step) -> None:
        if step.action == "create":
            platform.refuse_vdc(step.item.value)
        if step.action == "delete":
            platform.refuse_vdc_deletion(step.item.name)

    def apply(self, platform: Platform, step: Step) -> Any:
        wanted: Vdc = step.item.value
        if step.action == "create":
            platform.create_vdc(wanted)
            return wanted
        platform.update_vdc(wanted)
        return self.outcome(step.observed.value, wanted)

    def remove(self, platform: Platform, name: str) -> None:
        platform.delete_vdc(name)
