# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The contract that every platform keeps. Model objects in, model objects out, our errors up; nothing of Ansible.

One Platform object is one authenticated control endpoint. The serving operator's automation opens it with the
infrastructure administrator's credential and uses the methods of VdcAdministration; the orchestrating partner opens it
with the credential scoped to its VDC and uses the methods of VdcUse. Every method may be repeated: applying what is
there changes nothing, deleting what is gone is no error.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ansible_collections.operator_platform.federation.plugins.module_utils.model.network import Network
from ansible_collections.operator_platform.federation.plugins.module_utils.model.resource_view import ResourceView
from ansible_collections.operator_platform.federation.plugins.module_utils.model.resources import Resources
from ansible_collections.operator_platform.federation.plugins.module_utils.model.vdc import Vdc
from ansible_collections.operator_platform.federation.plugins.module_utils.waiting import Deadline


@dataclass(frozen=True)
class ControlEndpoint:
    """How to reach a cloudlet's control endpoint. cloudlet: the cloudlet's (or, for an administrator, the site's) name.
    access_vars hold secrets and stay out of the repr. ca_cert: PEM text of the CA that signed the endpoint's
    certificate, None: the system's trust store. zones: what a multi_site endpoint is pinned to."""

    cloudlet: str
    platform_type: str
    access_vars: Mapping[str, str] = field(repr=False)
    ca_cert: str | None = None
    endpoint_scope: str = "per_cloudlet"
    zones: tuple[str, ...] = ()


@dataclass(frozen=True)
class Surroundings:
    """What a platform needs from its caller: how long it may take, how wide it may work, where to tell progress."""

    deadline: Deadline
    concurrency: int = 8
    report: Callable[[str], None] | None = None


class VdcAdministration(ABC):
    """What the serving operator does with its infrastructure administrator's credential."""

    @abstractmethod
    def read_vdcs(self, names: Sequence[str]) -> dict[str, Vdc]:
        """The VDCs of these names that exist, by name. One listing."""

    @abstractmethod
    def refuse_vdc(self, wanted: Vdc) -> None:
        """Raise what create_vdc would raise (a taken name: Conflict), found by reading only."""

    @abstractmethod
    def create_vdc(self, wanted: Vdc) -> None:
        """Make the tenant, its marks (organization, location, zones) and its user's role. Everything quota-like starts at 0,
        so that nothing can be used before a grant is made real."""

    @abstractmethod
    def update_vdc(self, wanted: Vdc) -> None:
        """Bring the marks of an existing VDC to what is given."""

    @abstractmethod
    def refuse_vdc_deletion(self, name: str) -> None:
        """Raise what delete_vdc would raise, found by reading only."""

    @abstractmethod
    def delete_vdc(self, name: str) -> None:
        """Take the VDC down with everything that the administration made in it. What a tenant left behind (instances,
        volumes, networks) is not deleted: Conflict is raised, naming it, before anything is removed."""

    @abstractmethod
    def credential_exists(self, vdc_names: Sequence[str]) -> dict[str, bool]:
        """For each existing VDC of these names: is there a credential scoped to it?"""

    @abstractmethod
    def issue_credential(self, vdc_name: str) -> dict[str, str]:
        """Make a new credential scoped to the VDC, withdrawing the one before; returns Access_vars for the partner."""

    @abstractmethod
    def withdraw_credential(self, vdc_name: str) -> None:
        """Remove every credential scoped to the VDC."""

    @abstractmethod
    def read_grants(self, vdc_names: Sequence[str]) -> dict[str, Resources]:
        """What is real on the platform now, for each existing VDC: quotas, bandwidth, devices."""

    @abstractmethod
    def refuse_grant(self, vdc_name: str, granted: Resources) -> None:
        """Raise what apply_grant would raise, found by reading only."""

    @abstractmethod
    def apply_grant(self, vdc_name: str, granted: Resources) -> None:
        """Make ``granted`` real: quotas, bandwidth policy, device access. All zero takes the grant back. Raises NotEnough,
        with the platform's own words, when more is in use than is to be granted or the platform has not got it."""


class VdcUse(ABC):
    """What the orchestrating partner does with the credential scoped to its VDC."""

    @abstractmethod
    def resource_view(self) -> ResourceView:
        """Networks, catalogue, datastores, flavors, devices, capacity and usage, without checks."""

    @abstractmethod
    def read_networks(self, names: Sequence[str]) -> dict[str, Network]:
        """The networks of these names in the VDC, with their assignments and security rules."""

    @abstractmethod
    def refuse_network(self, network: Network, observed: Network | None) -> None:
        """Raise what create_network (observed None) or update_network would raise, found by reading only."""

    @abstractmethod
    def create_network(self, network: Network) -> None:
        """Network, subnet, router, address assignments, security rules; half-made ones are completed."""

    @abstractmethod
    def update_network(self, network: Network, observed: Network) -> None:
        """Bring an existing network to what is given. What cannot change in place (cidr, kind) raises Conflict."""

    @abstractmethod
    def refuse_network_deletion(self, name: str) -> None:
        """Raise what delete_network would raise, found by reading only."""

    @abstractmethod
    def delete_network(self, name: str) -> None:
        """Take the network down; Conflict naming what still uses it."""


class Platform(VdcAdministration, VdcUse):
    """Both sides of one control endpoint."""

    @abstractmethod
    def close(self) -> None:
        """Drop connections and tokens."""


Connect = Callable[[ControlEndpoint, Surroundings], Platform]
