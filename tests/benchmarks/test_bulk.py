# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a thousand cloudlets cost: one task of the collection against an empty play, a bare client and a loop of uri.

Run by ``make benchmark``. It prints ratios of processor time and asserts that the work was done, never how long it took.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.benchmarks.processor_time import Spent, measure, median_of, program
from tests.integration.ewbi.conftest import NORTH, OPERATOR, North, start_north

pytestmark = [pytest.mark.benchmark, pytest.mark.slow]

MANY = 1000
LOOPED = 100
RUNS = 3
HERE = Path(__file__).resolve().parent


def options(number: int) -> dict[str, Any]:
    """A cloudlet as a task says it, with every field that operators use."""
    return {
        "organization": NORTH,
        "name": f"cloudlet-{number:04}",
        "location": {"latitude": 40 + number % 200 / 10, "longitude": number / 100},
        "platform_type": "OpenStack",
        "access_vars": {
            "OS_AUTH_URL": "https://keystone.example:5000/v3",
            "OS_APPLICATION_CREDENTIAL_ID": f"id-{number}",
            "OS_APPLICATION_CREDENTIAL_SECRET": f"made-up-{number}",
        },
        "ip_support": "static",
        "static_ips": "198.51.100.10-198.51.100.40",
        "resource_map": {"gpu": "nvidia-t4:2"},
        "maintenance_state": "online",
        "site": f"site-{number % 50}",
        "endpoint_scope": "per_cloudlet",
        "federated_organization": "telco-south",
        "capacity": {
            "vcpus": 64,
            "memory_mb": 262144,
            "disk_gb": 4000,
            "bandwidth_mbps": 10000,
            "instances": 40,
            "external_ips": 16,
            "devices": {"gpu": 2},
        },
    }


def body(cloudlet: dict[str, Any]) -> dict[str, Any]:
    """The same cloudlet as the contract spells it, written by hand for the clients that know nothing of the collection."""
    location = cloudlet["location"]
    return {
        "cloudlet_key": {"organization": cloudlet["organization"], "name": cloudlet["name"]},
        "cloudlet_location": {name.title(): f"{value:g}" for name, value in location.items()},
        "Platform_type": cloudlet["platform_type"],
        "Access_vars": cloudlet["access_vars"],
        "IP_support": "Static",
        "Static_IPs": cloudlet["static_ips"],
        "Resource_Map": cloudlet["resource_map"],
        "Maintenance_State": cloudlet["maintenance_state"],
        "Site": cloudlet["site"],
        "Endpoint_scope": cloudlet["endpoint_scope"],
        "Federated_organization": cloudlet["federated_organization"],
        "Capacity": cloudlet["capacity"],
    }


class Bench:
    """The endpoint, the files that the programs read, and how each program is run."""

    def __init__(self, directory: Path, north: North) -> None:
        self.directory = directory
        self.north = north
        many = [options(number) for number in range(MANY)]
        (directory / "cloudlets.json").write_text(json.dumps({"cloudlets": many}))
        (directory / "listed" / "host_vars").mkdir(parents=True)
        (directory / "listed" / "hosts").write_text("localhost\n")
        (directory / "listed" / "host_vars" / "localhost.json").write_text(json.dumps({"cloudlets": many}))
        (directory / "cloudlets.yml").write_text(yaml.safe_dump({"cloudlets": many}))
        (directory / "bodies.json").write_text(json.dumps([body(one) for one in many]))
        (directory / "loop.json").write_text(json.dumps({"bodies": [body(one) for one in many[:LOOPED]]}))
        self.environment = {
            **os.environ,
            "EWBI_URL": north.endpoint.url,
            "EWBI_CLIENT_ID": OPERATOR,
            "EWBI_CLIENT_SECRET": north.endpoint.secrets[OPERATOR].strip(),
            "EWBI_CA_CERT": str(north.endpoint.ca),
            "ANSIBLE_HOME": str(directory / "ansible"),
            "ANSIBLE_LOCALHOST_WARNING": "false",
        }

    def play(self, name: str, *tasks: dict[str, Any], changed: int = 0, **keywords: Any) -> Spent:
        """Run the tasks in a play on localhost, of which as many have to report a change."""
        play = {
            "hosts": "localhost",
            "connection": "local",
            "gather_facts": False,
            "vars": {"ansible_python_interpreter": "{{ ansible_playbook_python }}"},
            "tasks": list(tasks),
            **keywords,
        }
        playbook = self.directory / f"{name}.yml"
        playbook.write_text(yaml.safe_dump([play], sort_keys=False))
        inventory = str(self.directory / "listed" / "hosts") if name == "list" else "localhost,"
        said = f"changed={changed} " if tasks else ""
        return self._measure(program("ansible-playbook"), "-i", inventory, str(playbook), said=said)

    def bare(self, what: str) -> Spent:
        endpoint = self.north.endpoint
        return self._measure(
            program("python"), str(HERE / "bare_client.py"), endpoint.url, str(endpoint.ca), OPERATOR,
            str(endpoint.secret_file(OPERATOR)), str(self.directory / "bodies.json"), what,
        )  # fmt: skip

    def empty(self) -> Spent:
        return self.play("empty")

    def one_task(self, name: str, changed: int, **given: str) -> Spent:
        return self.play(name, {"operator_platform.federation.ewbi_cloudlet": given}, changed=changed)

    def create(self) -> Spent:
        return self.one_task("create", 1, src=str(self.directory / "cloudlets.json"))

    def unchanged(self, suffix: str) -> Spent:
        return self.one_task(f"src-{suffix}", 0, src=str(self.directory / f"cloudlets.{suffix}"))

    def from_list(self) -> Spent:
        """The list stands in the variables of the host, where ansible-core reads it once."""
        return self.one_task("list", 0, cloudlets="{{ cloudlets }}")

    def loop_of_uri(self) -> Spent:
        """Ask for each cloudlet once more: the endpoint answers 200 and changes nothing."""
        token = {
            "ansible.builtin.uri": {
                "url": "{{ lookup('env', 'EWBI_URL') }}/api/v1/oauth2/token",
                "method": "POST",
                "body_format": "form-urlencoded",
                "body": {
                    "grant_type": "client_credentials",
                    "client_id": OPERATOR,
                    "client_secret": "{{ lookup('env', 'EWBI_CLIENT_SECRET') }}",
                },
                "ca_path": str(self.north.endpoint.ca),
            },
            "register": "token",
        }
        each = {
            "ansible.builtin.uri": {
                "url": "{{ lookup('env', 'EWBI_URL') }}/api/v1/auth/create/cloudlet",
                "method": "POST",
                "body_format": "json",
                "body": "{{ item }}",
                "headers": {"Authorization": "Bearer {{ token.json.access_token }}"},
                "ca_path": str(self.north.endpoint.ca),
            },
            "loop": "{{ bodies }}",
        }
        return self.play("loop", token, each, vars_files=[str(self.directory / "loop.json")])

    def withdraw_all(self) -> Spent:
        """Back to nothing, so that the other client can create the same."""
        return self.one_task("withdraw", 1, src=str(self.directory / "cloudlets.json"), state="absent")

    def _measure(self, *command: str, said: str = "") -> Spent:
        return measure(command, self.environment, self.directory, self.north.endpoint.pid, said)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    north = start_north(tmp_path / "north")
    try:
        north.federate()
        yield Bench(tmp_path, north)
    finally:
        north.endpoint.stop()


def test_a_thousand_cloudlets_in_one_task(bench: Bench) -> None:
    empty = median_of(RUNS, bench.empty)
    bare_create = bench.bare("create")
    withdraw = bench.withdraw_all()
    create = bench.create()
    bare_compare = median_of(RUNS, lambda: bench.bare("compare"))
    rows = {
        "empty play": empty,
        f"bare client, {MANY} created": bare_create,
        f"one task with src (JSON), {MANY} created": create,
        f"one task with src (JSON), {MANY} withdrawn": withdraw,
        f"bare client, {MANY} compared": bare_compare,
        f"one task with src (JSON), {MANY} unchanged": median_of(RUNS, lambda: bench.unchanged("json")),
        f"one task with src (YAML), {MANY} unchanged": median_of(RUNS, lambda: bench.unchanged("yml")),
        f"one task with a list, {MANY} unchanged": median_of(RUNS, bench.from_list),
    }
    looped = bench.loop_of_uri()
    scaled = MANY / LOOPED
    loop = Spent(empty.client + (looped.client - empty.client) * scaled, looped.endpoint * scaled)
    rows[f"loop of uri over {LOOPED}, scaled to {MANY}"] = loop
    print(_table(rows, empty, loop))
    assert len(bench.north.call("show/cloudlet", {"limit": 1000})["items"]) == MANY


def _table(rows: dict[str, Spent], empty: Spent, loop: Spent) -> str:
    lines = ["", f"{'CPU seconds (user + system)':<48}{'client':>9}{'endpoint':>10}{'/ empty':>9}{'loop /':>9}"]
    lines += [
        f"{name:<48}{spent.client:>9.2f}{spent.endpoint:>10.2f}{spent.client / empty.client:>9.1f}"
        f"{loop.client / spent.client:>9.1f}"
        for name, spent in rows.items()
    ]
    return "\n".join(lines)
