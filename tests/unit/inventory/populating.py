# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory plugin with its options given directly and its partners replaced; no network, no file."""

from __future__ import annotations

from typing import Any

import yaml
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.doc_fragments import constructed, inventory_cache

from ansible_collections.operator_platform.federation.plugins.inventory import cloudlets
from ansible_collections.operator_platform.federation.plugins.module_utils.errors import FederationError
from ansible_collections.operator_platform.federation.plugins.plugin_utils import partners
from ansible_collections.operator_platform.federation.plugins.plugin_utils.cloudlet_records import Record

try:
    from ansible.template import trust_as_template
except ImportError:  # ansible-core before 2.19 templates whatever is not marked unsafe

    def trust_as_template(value: Any) -> Any:
        return value


def trusted(value: Any) -> Any:
    """Expressions as they come out of an inventory file."""
    if isinstance(value, dict):
        return {name: trusted(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [trusted(entry) for entry in value]
    return trust_as_template(value) if isinstance(value, str) else value


def defaults() -> dict[str, Any]:
    """Every option as the documentation declares it."""
    texts = [
        constructed.ModuleDocFragment.DOCUMENTATION,
        inventory_cache.ModuleDocFragment.DOCUMENTATION,
        cloudlets.DOCUMENTATION,
    ]
    documents = [yaml.safe_load(text)["options"] for text in texts]
    return {name: option.get("default") for document in documents for name, option in document.items()}


class Memory(dict[str, Any]):
    """Stands for ansible-core's cache plugin."""


def plugin(memory: Memory | None = None, **options: Any) -> cloudlets.InventoryModule:
    """The plugin, ready to parse."""
    made = cloudlets.InventoryModule()
    made._options = {**defaults(), "partners": [partner("telco-north")], **trusted(options)}
    made._load_name = made.ansible_name = cloudlets.InventoryModule.NAME
    made._read_config_data = lambda path: None
    made._cache = Memory() if memory is None else memory
    return made


def partner(organization: str, **more: Any) -> dict[str, Any]:
    return {
        "organization": organization,
        "url": f"https://{organization}.example:8443",
        "client_id": "telco-south",
        "client_secret": f"secret-of-{organization}",
        **more,
    }


def parse(made: cloudlets.InventoryModule, path: str = "x.cloudlets.yml", cache: bool = True) -> InventoryData:
    inventory = InventoryData()
    made.parse(inventory, DataLoader(), path, cache)
    inventory.reconcile_inventory()
    return inventory


def record(name: str, organization: str = "telco-north", **more: Any) -> Record:
    values = dict.fromkeys(("reservation", "usage"))
    (made,) = partners.records_of(
        [wire(name, organization, **more)], [], [], partner_url=f"https://{organization}.example"
    )
    return {**made, **values}


def wire(name: str, organization: str = "telco-north", **more: Any) -> dict[str, Any]:
    """A cloudlet as an endpoint shows it."""
    return {
        "cloudlet_key": {"organization": organization, "name": name},
        "cloudlet_location": {"Latitude": "53.5461", "Longitude": "9.9661"},
        "Platform_type": "OpenStack",
        "IP_support": "DHCP",
        "Resource_Map": {"gpu": "nvidia-t4:2"},
        "Maintenance_State": "online",
        "Maintenance_Windows": [],
        "Endpoint_scope": "per_cloudlet",
        "Federated_organization": "telco-south",
        "Capacity": {"vcpus": 64, "devices": {"gpu": 2}},
        "State": "online",
        "Compliance_state": "draft",
        "Revision": 1,
        **more,
    }


class Answers:
    """Stands for partners.fetch and counts how often it is asked."""

    def __init__(self, *answers: list[Record] | FederationError) -> None:
        self.answers = list(answers)
        self.asked = 0

    def __call__(self, *args: Any, **kwargs: Any) -> list[list[Record] | FederationError]:
        self.asked += 1
        return self.answers


def groups_of(inventory: InventoryData) -> dict[str, list[str]]:
    """Members of every group that has any."""
    return {name: sorted(host.name for host in group.hosts) for name, group in inventory.groups.items() if group.hosts}


def variables_of(inventory: InventoryData, host: str) -> dict[str, Any]:
    found: dict[str, Any] = inventory.hosts[host].vars
    return found
