# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A platform that keeps everything in dictionaries and remembers its writes: for tests of what stands above platforms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ansible_collections.operator_platform.federation.plugins.module_utils.errors import Conflict, NotFound, Unreachable
from ansible_collections.operator_platform.federation.plugins.module_utils.model.network import Network
from ansible_collections.operator_platform.federation.plugins.module_utils.model.resource_view import ResourceView
from ansible_collections.operator_platform.federation.plugins.module_utils.model.resources import Resources, Usage
from ansible_collections.operator_platform.federation.plugins.module_utils.model.vdc import Vdc
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.platform import (
    ControlEndpoint,
    Platform,
    Surroundings,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.resource import merged

TAKEN = "taken"


class Cloud:
    """What outlives a task: clouds by control endpoint, and every write in order."""

    def __init__(self) -> None:
        self.vdcs: dict[str, Vdc] = {}
        self.grants: dict[str, Resources] = {}
        self.credentials: dict[str, int] = {}
        self.networks: dict[str, Network] = {}
        self.writes: list[str] = []


class Clouds:
    def __init__(self) -> None:
        self.by_name: dict[str, Cloud] = {}

    def open(self, endpoint: ControlEndpoint, _surroundings: Surroundings) -> MemoryPlatform:
        if endpoint.cloudlet == "broken":
            raise Unreachable("The control endpoint does not answer.")
        return MemoryPlatform(endpoint, self.by_name.setdefault(endpoint.cloudlet, Cloud()))

    @property
    def writes(self) -> list[str]:
        return [write for cloud in self.by_name.values() for write in cloud.writes]


class MemoryPlatform(Platform):
    def __init__(self, endpoint: ControlEndpoint, cloud: Cloud) -> None:
        self.endpoint = endpoint
        self.cloud = cloud

    def _wrote(self, what: str) -> None:
        self.cloud.writes.append(what)

    def read_vdcs(self, names: Sequence[str]) -> dict[str, Vdc]:
        return {name: self.cloud.vdcs[name] for name in names if name in self.cloud.vdcs}

    def refuse_vdc(self, wanted: Vdc) -> None:
        if wanted.name == TAKEN:
            raise Conflict(f"A project {TAKEN} exists.")

    def create_vdc(self, wanted: Vdc) -> None:
        self.refuse_vdc(wanted)
        self._wrote(f"create_vdc {wanted.name}")
        self.cloud.vdcs[wanted.name] = wanted
        self.cloud.grants[wanted.name] = Resources()

    def update_vdc(self, wanted: Vdc) -> None:
        self._wrote(f"update_vdc {wanted.name}")
        self.cloud.vdcs[wanted.name] = merged(self.cloud.vdcs[wanted.name], wanted)

    def refuse_vdc_deletion(self, name: str) -> None:
        if self.cloud.networks:
            raise Conflict(f"{name} holds networks.")

    def delete_vdc(self, name: str) -> None:
        self.refuse_vdc_deletion(name)
        self._wrote(f"delete_vdc {name}")
        self.cloud.vdcs.pop(name)

    def credential_exists(self, vdc_names: Sequence[str]) -> dict[str, bool]:
        return {name: name in self.cloud.credentials for name in vdc_names if name in self.cloud.vdcs}

    def issue_credential(self, vdc_name: str) -> dict[str, str]:
        self._wrote(f"issue_credential {vdc_name}")
        number = self.cloud.credentials.get(vdc_name, 0) + 1
        self.cloud.credentials[vdc_name] = number
        return {"OS_AUTH_URL": "https://cloud.example/v3", "OS_APPLICATION_CREDENTIAL_SECRET": f"Sesame-{number}"}

    def withdraw_credential(self, vdc_name: str) -> None:
        self._wrote(f"withdraw_credential {vdc_name}")
        self.cloud.credentials.pop(vdc_name)

    def read_grants(self, vdc_names: Sequence[str]) -> dict[str, Resources]:
        return {name: self.cloud.grants[name] for name in vdc_names if name in self.cloud.vdcs}

    def refuse_grant(self, vdc_name: str, granted: Resources) -> None:
        if vdc_name not in self.cloud.vdcs:
            raise NotFound(f"There is no VDC {vdc_name}.")

    def apply_grant(self, vdc_name: str, granted: Resources) -> None:
        self.refuse_grant(vdc_name, granted)
        self._wrote(f"apply_grant {vdc_name}")
        self.cloud.grants[vdc_name] = granted

    def resource_view(self) -> ResourceView:
        return ResourceView(
            cloudlet=self.endpoint.cloudlet,
            observed_at="2027-01-10T01:00:00Z",
            platform_type="OpenStack",
            endpoint_scope=self.endpoint.endpoint_scope,
            capabilities={"hosts": {"available": False, "reason": "A tenant does not see them"}},
            compute={"vcpus": Usage(1, 4, None)},
        )

    def read_networks(self, names: Sequence[str]) -> dict[str, Network]:
        return {name: self.cloud.networks[name] for name in names if name in self.cloud.networks}

    def refuse_network(self, network: Network, observed: Network | None) -> None:
        if observed is not None and observed.cidr != network.cidr:
            raise Conflict("The cidr cannot be changed.")

    def create_network(self, network: Network) -> None:
        self._wrote(f"create_network {network.name}")
        self.cloud.networks[network.name] = network

    def update_network(self, network: Network, observed: Network) -> None:
        self.refuse_network(network, observed)
        self._wrote(f"update_network {network.name}")
        self.cloud.networks[network.name] = replace(merged(observed, network), routed_to=network.routed_to)

    def refuse_network_deletion(self, name: str) -> None:
        if name == "busy":
            raise Conflict("The network busy is in use.")

    def delete_network(self, name: str) -> None:
        self.refuse_network_deletion(name)
        self._wrote(f"delete_network {name}")
        self.cloud.networks.pop(name)

    def close(self) -> None:
        """Nothing to drop."""
