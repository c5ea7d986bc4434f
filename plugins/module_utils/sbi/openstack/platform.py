# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""OpenStack behind the contract of every platform."""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.operator_platform.federation.plugins.module_utils.model.network import Network
from ansible_collections.operator_platform.federation.plugins.module_utils.model.resource_view import ResourceView
from ansible_collections.operator_platform.federation.plugins.module_utils.model.resources import Resources
from ansible_collections.operator_platform.federation.plugins.module_utils.model.vdc import Vdc
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack import (
    credential,
    grant,
    vdc,
    view,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack.connection import connect
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack.network import Networks
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack.rest import Services
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.platform import (
    ControlEndpoint,
    Platform,
    Surroundings,
)


class OpenStackPlatform(Platform):
    """One log-in at one cloud."""

    def __init__(self, endpoint: ControlEndpoint, surroundings: Surroundings) -> None:
        self._endpoint = endpoint
        self._services = Services(connect(endpoint), endpoint.cloudlet, surroundings)
        self._networks = Networks(self._services)

    def read_vdcs(self, names: Sequence[str]) -> dict[str, Vdc]:
        return vdc.read(self._services, names)

    def refuse_vdc(self, wanted: Vdc) -> None:
        vdc.refuse_taken_name(self._services, wanted.name)

    def create_vdc(self, wanted: Vdc) -> None:
        vdc.create(self._services, wanted)

    def update_vdc(self, wanted: Vdc) -> None:
        vdc.update(self._services, wanted)

    def refuse_vdc_deletion(self, name: str) -> None:
        vdc.refuse_deletion(self._services, name)

    def delete_vdc(self, name: str) -> None:
        vdc.delete(self._services, name)

    def credential_exists(self, vdc_names: Sequence[str]) -> dict[str, bool]:
        return credential.exists(self._services, vdc_names)

    def issue_credential(self, vdc_name: str) -> dict[str, str]:
        return credential.issue(self._services, self._endpoint, vdc_name)

    def withdraw_credential(self, vdc_name: str) -> None:
        credential.withdraw(self._services, vdc_name)

    def read_grants(self, vdc_names: Sequence[str]) -> dict[str, Resources]:
        return grant.read(self._services, vdc_names)

    def refuse_grant(self, vdc_name: str, granted: Resources) -> None:
        grant.refuse(self._services, vdc_name, granted)

    def apply_grant(self, vdc_name: str, granted: Resources) -> None:
        grant.apply(self._services, vdc_name, granted)

    def resource_view(self) -> ResourceView:
        return view.resource_view(self._services, self._endpoint)

    def read_networks(self, names: Sequence[str]) -> dict[str, Network]:
        return self._networks.read(names)

    def refuse_network(self, network: Network, observed: Network | None) -> None:
        self._networks.refuse(network, observed)

    def create_network(self, network: Network) -> None:
        self._networks.create(network)

    def update_network(self, network: Network, observed: Network) -> None:
        self._networks.update(network, observed)

    def refuse_network_deletion(self, name: str) -> None:
        self._networks.refuse_deletion(name)

    def delete_network(self, name: str) -> None:
        self._networks.delete(name)

    def close(self) -> None:
        self._services.close()
