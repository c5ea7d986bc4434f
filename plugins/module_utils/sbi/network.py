# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Networks inside a cloudlet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ansible_collections.operator_platform.federation.plugins.module_utils.converge import Step
from ansible_collections.operator_platform.federation.plugins.module_utils.model.network import (
    DIRECTIONS,
    KINDS,
    PROTOCOLS,
    Network,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.model.problems import Problems
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.platform import Platform
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.resource import (
    PLACE,
    SbiResource,
    merged,
)


class NetworkResource(SbiResource):
    name = "network"
    plural = "networks"
    options = {
        **PLACE,
        "cidr": {"type": "str"},
        "kind": {"type": "str", "choices": list(KINDS)},
        "routed_to": {"type": "str"},
        "dhcp": {"type": "bool"},
        "dns": {"type": "list", "elements": "str"},
        "gateway": {"type": "str"},
        "ip_block": {"type": "str"},
        "assignments": {"type": "dict"},
        "security_rules": {
            "type": "list",
            "elements": "dict",
            "options": {
                "direction": {"type": "str", "choices": list(DIRECTIONS), "default": "ingress"},
                "protocol": {"type": "str", "choices": list(PROTOCOLS), "default": "any"},
                "port_min": {"type": "int"},
                "port_max": {"type": "int"},
                "remote_cidr": {"type": "str", "default": "0.0.0.0/0"},
            },
        },
    }

    def parse_value(self, raw: Mapping[str, Any], problems: Problems, path: str) -> Network:
        return Network.from_dict(raw, problems, path)

    def value_fields(self, value: Network) -> Mapping[str, Any]:
        """Without ``routed_to`` a network is not routed; the other things that are not said are left as they are."""
        return {**value.comparable(), "routed_to": value.routed_to}

    def outcome(self, observed: Network, wanted: Network) -> Network:
        return replace(merged(observed, wanted), routed_to=wanted.routed_to)

    def look(self, platform: Platform, names: Sequence[str]) -> Mapping[str, Network]:
        return platform.read_networks(names)

    def refuse(self, platform: Platform, step: Step) -> None:
        if step.action == "delete":
            platform.refuse_network_deletion(step.item.name)
        else:
            platform.refuse_network(step.item.value, step.observed.value if step.observed else None)

    def apply(self, platform: Platform, step: Step) -> Network:
        wanted: Network = step.item.value
        if step.action == "create":
            platform.create_network(wanted)
            return wanted
        platform.update_network(wanted, step.observed.value)
        return self.outcome(step.observed.value, wanted)

    def remove(self, platform: Platform, name: str) -> None:
        platform.delete_network(name)
