# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""CPU time of the cloudlets inventory, as a ratio to a bare Python loop that builds the same dictionaries.

10,000 cloudlets with some 20 variables each, two composed variables, one conditional and three keyed groups. The network
is left out: an endpoint is asked three times per partner, however many cloudlets it has. ansible-core's own way of
constructing is measured on fewer hosts and scaled, because it is linear and slow.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader

from ansible_collections.operator_platform.federation.plugins.plugin_utils import cloudlet_records, partners
from tests.unit.inventory.populating import Answers, groups_of, parse, plugin, wire

HOSTS = 10_000
SLOW_HOSTS = 500
ROUNDS = 3
OPTIONS: dict[str, Any] = {
    "compose": {"free_vcpus": "usage.vcpus.quota_max - usage.vcpus.value", "latitude": "location.latitude"},
    "groups": {"with_gpu": "'gpu' in capacity.devices"},
    "keyed_groups": [
        {"key": "site", "prefix": "site"},
        {"key": "platform_type", "prefix": "kind"},
        {"key": "endpoint_scope", "prefix": "scope"},
    ],
}


def listings(hosts: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What an endpoint answers to show/cloudlet and show/usage."""
    shown = [
        wire(
            f"cloudlet-{number}",
            Site=f"site-{number % 50}",
            Platform_type=("OpenStack", "vCenter", "VCD")[number % 3],
            Capacity={"vcpus": 8 * (1 + number % 9), "memory_mb": 65536, "devices": {"gpu": 1} if number % 2 else {}},
            cloudlet_location={"Latitude": str(number % 90), "Longitude": str(number % 180)},
        )
        for number in range(hosts)
    ]
    used = [
        {
            "cloudlet_key": body["cloudlet_key"],
            "Resources": {"vcpus": {"value": number % 8, "quota_max": 64, "infra_max": 64}},
            "Free": [],
        }
        for number, body in enumerate(shown)
    ]
    return shown, used


def bare_loop(shown: list[dict[str, Any]], used: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The floor: the same variables by hand, no checks, no groups, no inventory."""
    usage = {entry["cloudlet_key"]["name"]: entry for entry in used}
    hosts = {}
    for body in shown:
        key, place = body["cloudlet_key"], body["cloudlet_location"]
        hosts[key["name"]] = {
            "cloudlet": dict(key),
            "cloudlet_name": key["name"],
            "organization": key["organization"],
            "partner_url": "https://telco-north.example",
            "location": {"latitude": float(place["Latitude"]), "longitude": float(place["Longitude"])},
            "platform_type": body["Platform_type"],
            "ip_support": body["IP_support"].lower(),
            "static_ips": body.get("Static_IPs"),
            "resource_map": dict(body["Resource_Map"]),
            "maintenance_state": body["Maintenance_State"],
            "maintenance_windows": list(body["Maintenance_Windows"]),
            "site": body["Site"],
            "endpoint_scope": body["Endpoint_scope"],
            "federated_organization": body["Federated_organization"],
            "capacity": dict(body["Capacity"]),
            "ca_cert": body.get("CA_Cert_Data"),
            "state": body["State"],
            "compliance_state": body["Compliance_state"],
            "revision": body["Revision"],
            "reservation": None,
            "reservations": [],
            "usage": usage[key["name"]]["Resources"],
            "free": list(usage[key["name"]]["Free"]),
        }
    return hosts


def construct_as_ansible_core(records: list[dict[str, Any]]) -> InventoryData:
    """The way most inventory plugins work: every expression through the templar, for every host."""
    made = plugin(**OPTIONS)
    made.inventory = inventory = InventoryData()
    made.loader = DataLoader()
    for record in records:
        host, variables = record["name"], cloudlet_records.host_variables(record)
        inventory.add_host(host)
        for name, value in variables.items():
            inventory.set_variable(host, name, value)
        for group in cloudlet_records.automatic_groups(record):
            inventory.add_child(inventory.add_group(group), host)
        made._set_composite_vars(made.get_option("compose"), variables, host)
        made._add_host_to_composed_groups(made.get_option("groups"), variables, host)
        made._add_host_to_keyed_groups(made.get_option("keyed_groups"), variables, host)
    inventory.reconcile_inventory()
    return inventory


def cpu_seconds(work: Callable[[], Any], rounds: int = ROUNDS) -> tuple[float, Any]:
    """The least CPU time of some rounds, and the last result."""
    least, result = float("inf"), None
    for _round in range(rounds):
        before = time.process_time()
        result = work()
        least = min(least, time.process_time() - before)
    return least, result


@pytest.mark.benchmark
def test_inventory_of_ten_thousand_cloudlets(monkeypatch: pytest.MonkeyPatch) -> None:
    shown, used = listings(HOSTS)

    def read() -> list[dict[str, Any]]:
        return partners.records_of(shown, [], used, partner_url="https://telco-north.example")

    floor, hosts = cpu_seconds(lambda: bare_loop(shown, used))
    reading, records = cpu_seconds(read)
    monkeypatch.setattr(partners, "fetch", Answers(records))
    populating, inventory = cpu_seconds(lambda: parse(plugin(**OPTIONS)))
    slow, slow_inventory = cpu_seconds(lambda: construct_as_ansible_core(records[:SLOW_HOSTS]), rounds=1)
    slow *= HOSTS / SLOW_HOSTS

    print(f"\n{HOSTS} cloudlets, {len(hosts['cloudlet-0'])} variables each, least CPU time of {ROUNDS} rounds")
    for name, seconds in (
        ("bare loop (floor)", floor),
        ("answers to records, checked", reading),
        ("records to inventory", populating),
        ("both", reading + populating),
        (f"as ansible-core constructs, scaled from {SLOW_HOSTS}", slow),
    ):
        print(f"{name:<50}{seconds:8.2f} s  {seconds / floor:8.1f} times the floor")

    assert set(inventory.hosts) == set(hosts)
    some = set(slow_inventory.hosts)
    monkeypatch.setattr(partners, "fetch", Answers([record for record in records if record["name"] in some]))
    assert groups_of(parse(plugin(**OPTIONS))) == groups_of(slow_inventory)
