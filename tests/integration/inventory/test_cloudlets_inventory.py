# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ansible-inventory against two real endpoints over TLS."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.endpoint.server import EndpointProcess, free_port

PASSWORD = "access-variable-nobody-may-see"
VAULT_PASSWORD = "vault-password-of-the-test"
ORCHESTRATOR = "telco-south"
CAPACITY = {"vcpus": 64, "memory_mb": 262144, "disk_gb": 4000, "instances": 40, "devices": {"gpu": 2}}


@dataclass
class Operators:
    """Two serving operators that offer cloudlets to the third, telco-south."""

    north: EndpointProcess
    west: EndpointProcess

    def secrets(self) -> list[str]:
        return [PASSWORD, *(endpoint.secrets[ORCHESTRATOR] for endpoint in (self.north, self.west))]


def cloudlet(organization: str, name: str, latitude: str, longitude: str, **more: Any) -> dict[str, Any]:
    return {
        "cloudlet_key": {"organization": organization, "name": name},
        "cloudlet_location": {"Latitude": latitude, "Longitude": longitude},
        "Platform_type": "OpenStack",
        "Access_vars": {"OS_AUTH_URL": "https://keystone.example", "OS_USERNAME": "u", "OS_PASSWORD": PASSWORD},
        "IP_support": "DHCP",
        "Resource_Map": {"gpu": "nvidia-t4:2"},
        "Maintenance_State": "online",
        "Federated_organization": ORCHESTRATOR,
        "Capacity": CAPACITY,
        **more,
    }


def serve(directory: Path, organization: str, cloudlets: list[dict[str, Any]]) -> EndpointProcess:
    """An endpoint with an active federation with telco-south and these cloudlets."""
    directory.mkdir()
    endpoint = EndpointProcess(directory, organization=organization)
    endpoint.add_client("automation", organization, "operator")
    endpoint.add_client(ORCHESTRATOR, ORCHESTRATOR, "partner")
    endpoint.start()
    operator = endpoint.client("automation")
    key = {"organization": organization, "partner": ORCHESTRATOR}
    answered(operator.call("create/federation", {"federation_key": key, "Status": "ACTIVE"}))
    for body in cloudlets:
        answered(operator.call("create/cloudlet", body))
    return endpoint


def answered(answer: tuple[int, dict[str, Any]]) -> dict[str, Any]:
    status, body = answer
    assert status < 300, body
    return body


@pytest.fixture(scope="module")
def operators(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operators]:
    base = tmp_path_factory.mktemp("operators")
    started: list[EndpointProcess] = []
    try:
        started.append(
            serve(
                base / "north",
                "telco-north",
                [
                    cloudlet("telco-north", "harbour-1", "53.5461", "9.9661", Site="harbour"),
                    cloudlet("telco-north", "campus-1", "53.0793", "8.8017", Maintenance_State="offline"),
                    cloudlet("telco-north", "not-ours", "48.1", "11.5", Federated_organization="telco-east"),
                ],
            )
        )
        started.append(
            serve(base / "west", "telco-west", [cloudlet("telco-west", "canal-1", "52.37", "4.9", Site="canal")])
        )
        answered(
            started[0]
            .client(ORCHESTRATOR)
            .call(
                "create/reservation",
                {
                    "reservation_key": {"organization": ORCHESTRATOR, "name": "r-1"},
                    "cloudlet_key": {"organization": "telco-north", "name": "harbour-1"},
                    "Resources": {"vcpus": 8, "memory_mb": 1024, "devices": {"gpu": 1}},
                },
            )
        )
        yield Operators(*started)
    finally:
        for endpoint in started:
            endpoint.stop()


@dataclass
class Source:
    """An inventory file in a directory of its own, and ansible-inventory run on it."""

    directory: Path
    operators: Operators

    @property
    def path(self) -> Path:
        return self.directory / "partners.cloudlets.yml"

    def write(self, **options: Any) -> Source:
        document = {
            "plugin": "operator_platform.federation.cloudlets",
            "partners": [self.partner("north"), self.partner("west")],
            **options,
        }
        self.path.write_text(yaml.safe_dump(document))
        return self

    def partner(self, name: str) -> dict[str, Any]:
        endpoint: EndpointProcess = getattr(self.operators, name)
        return {
            "organization": endpoint.organization,
            "url": endpoint.url,
            "client_id": ORCHESTRATOR,
            "client_secret": "{{ lookup('ansible.builtin.env', '" + f"SECRET_OF_{name.upper()}" + "') }}",
            "ca_cert": str(endpoint.ca),
        }

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        program = shutil.which("ansible-inventory", path=os.path.dirname(sys.executable)) or "ansible-inventory"
        return subprocess.run(
            [program, "-i", str(self.path), *arguments],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            cwd=self.directory,
            env={
                **{
                    name: value
                    for name, value in os.environ.items()
                    if not name.startswith(("EWBI_", "ANSIBLE_INVENTORY"))
                },
                "ANSIBLE_CONFIG": str(self.directory / "ansible.cfg"),
                "ANSIBLE_INVENTORY_UNPARSED_FAILED": "true",
                "ANSIBLE_NOCOLOR": "true",
                "SECRET_OF_NORTH": self.operators.north.secrets[ORCHESTRATOR],
                "SECRET_OF_WEST": self.operators.west.secrets[ORCHESTRATOR],
                **environment,
            },
        )

    def listed(self, **environment: str) -> dict[str, Any]:
        done = self.run("--list", **environment)
        assert done.returncode == 0, done.stderr
        # ansible-inventory marks text that must not be templated.
        result: dict[str, Any] = json.loads(done.stdout, object_hook=lambda entry: entry.get("__ansible_unsafe", entry))
        return result


@pytest.fixture
def source(tmp_path: Path, operators: Operators) -> Source:
    (tmp_path / "ansible.cfg").write_text("")
    return Source(tmp_path, operators)


def listings(endpoint: EndpointProcess) -> int:
    """How many listings the endpoint has answered, as its own log says."""
    return endpoint.log.read_text().count("/auth/show/")


def test_graph_shows_the_cloudlets_of_both_partners_in_their_groups(source: Source) -> None:
    done = source.write().run("--graph")
    assert done.returncode == 0, done.stderr
    for line in (
        "@cloudlets:",
        "@partner_telco_north:",
        "@partner_telco_west:",
        "@platform_openstack:",
        "@maintenance_offline:",
        "--harbour-1",
        "--campus-1",
        "--canal-1",
    ):
        assert line in done.stdout
    assert "not-ours" not in done.stdout
    assert "WARNING" not in done.stderr


def test_list_carries_profile_reservation_and_usage_and_no_secret(source: Source) -> None:
    document = source.write(
        strict=True,
        compose={"free_vcpus": "usage.vcpus.quota_max - usage.vcpus.value"},
        groups={"with_gpu": "'gpu' in capacity.devices"},
        keyed_groups=[{"key": "site", "prefix": "site", "default_value": "none"}],
    ).listed()
    harbour = document["_meta"]["hostvars"]["harbour-1"]
    assert harbour["location"] == {"latitude": 53.5461, "longitude": 9.9661}
    assert harbour["reservation"]["state"] == "GRANTED"
    assert harbour["reservation"]["granted"]["devices"] == {"gpu": 1}
    assert harbour["usage"]["vcpus"] == {"value": 8, "quota_max": 64, "infra_max": 64}
    assert int(harbour["free_vcpus"]) == 56
    assert harbour["ansible_connection"] == "local"
    assert document["site_harbour"]["hosts"] == ["harbour-1"]
    assert document["site_none"]["hosts"] == ["campus-1"]
    assert sorted(document["with_gpu"]["hosts"]) == ["campus-1", "canal-1", "harbour-1"]
    assert not [secret for secret in source.operators.secrets() if secret in json.dumps(document)]


def test_a_task_runs_for_a_cloudlet_on_the_controller(source: Source) -> None:
    source.write()
    (source.directory / "play.yml").write_text(
        yaml.safe_dump(
            [
                {
                    "hosts": "partner_telco_north:&maintenance_online",
                    "gather_facts": False,
                    "tasks": [{"ansible.builtin.command": "echo {{ cloudlet.name }} {{ location.latitude }}"}],
                }
            ]
        )
    )
    playbook = shutil.which("ansible-playbook", path=os.path.dirname(sys.executable)) or "ansible-playbook"
    done = subprocess.run(
        [playbook, "-v", "-i", str(source.path), "play.yml"],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        cwd=source.directory,
        env={
            **os.environ,
            "ANSIBLE_CONFIG": str(source.directory / "ansible.cfg"),
            "SECRET_OF_NORTH": source.operators.north.secrets[ORCHESTRATOR],
            "SECRET_OF_WEST": source.operators.west.secrets[ORCHESTRATOR],
        },
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "harbour-1 53.5461" in done.stdout


def test_query_and_host_names(source: Source) -> None:
    document = source.write(
        query="[?maintenance_state=='online']", hostnames=["join('.', [name, organization])"]
    ).listed()
    assert sorted(document["cloudlets"]["hosts"]) == ["canal-1.telco-west", "harbour-1.telco-north"]


def test_cache_is_honoured_and_holds_no_secret(source: Source) -> None:
    cache = source.directory / "cache"
    source.write(cache=True, cache_plugin="ansible.builtin.jsonfile", cache_connection=str(cache))
    first = source.listed()
    before = listings(source.operators.north), listings(source.operators.west)
    assert min(before) > 0
    assert source.listed() == first
    assert (listings(source.operators.north), listings(source.operators.west)) == before
    text = "".join(path.read_text() for path in cache.iterdir())
    assert "harbour-1" in text
    assert not [secret for secret in source.operators.secrets() if secret in text]
    assert source.run("--list", "--flush-cache").returncode == 0
    assert listings(source.operators.north) == before[0] + 3


def test_the_only_partner_may_come_from_the_environment(source: Source) -> None:
    north = source.operators.north
    source.write(partners=[])
    document = source.listed(
        EWBI_URL=north.url,
        EWBI_CLIENT_ID=ORCHESTRATOR,
        EWBI_CLIENT_SECRET=north.secrets[ORCHESTRATOR],
        EWBI_CA_CERT=str(north.ca),
    )
    assert sorted(document["cloudlets"]["hosts"]) == ["campus-1", "harbour-1"]


def test_a_vault_encrypted_secret_is_decrypted(source: Source) -> None:
    vault_file = source.directory / "vault-password"
    vault_file.write_text(VAULT_PASSWORD)
    vault = shutil.which("ansible-vault", path=os.path.dirname(sys.executable)) or "ansible-vault"
    encrypted = subprocess.run(
        [vault, "encrypt_string", "--vault-password-file", str(vault_file), "--stdin-name", "client_secret"],
        input=source.operators.north.secrets[ORCHESTRATOR],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout
    partner = {name: value for name, value in source.partner("north").items() if name != "client_secret"}
    source.write(partners=[partner])
    lines = encrypted.rstrip().splitlines()
    source.path.write_text(
        "plugin: operator_platform.federation.cloudlets\npartners:\n  - "
        + yaml.safe_dump(partner).strip().replace("\n", "\n    ")
        + "\n    "
        + "\n    ".join(lines)
        + "\n"
    )
    done = source.run("--graph", "--vault-password-file", str(vault_file))
    assert done.returncode == 0, done.stderr
    assert "--harbour-1" in done.stdout


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"compose": {"x": "no_such_name"}}, "Could not set x for host"),
        ({"groups": {"g": "no_such_name > 1"}}, "Could not add host"),
        ({"keyed_groups": [{"key": "no_such_name"}]}, "Could not generate group for host"),
    ],
)
def test_strict_errors_fail_the_source(source: Source, options: dict[str, Any], words: str) -> None:
    done = source.write(strict=True, **options).run("--list")
    assert done.returncode != 0
    assert words in done.stderr


def unreachable(source: Source) -> dict[str, Any]:
    return {**source.partner("west"), "url": f"https://127.0.0.1:{free_port()}"}


def test_an_unreachable_partner_is_an_error_with_address_and_remedy(source: Source) -> None:
    gone = unreachable(source)
    done = source.write(partners=[source.partner("north"), gone]).run("--list")
    assert done.returncode != 0
    said = " ".join(done.stderr.split())
    assert gone["url"] in said
    assert "cannot be reached" in said
    assert "What to do:" in said
    assert not [secret for secret in source.operators.secrets() if secret in done.stderr + done.stdout]


def test_an_unreachable_partner_may_be_a_warning(source: Source) -> None:
    gone = unreachable(source)
    done = source.write(partners=[source.partner("north"), gone], on_partner_error="warn").run("--graph")
    assert done.returncode == 0, done.stderr
    assert "--harbour-1" in done.stdout
    assert "canal-1" not in done.stdout
    assert gone["url"] in " ".join(done.stderr.split())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"client_secret": "wrong-secret-of-the-test"}, "does not accept the credential"),
        ({"ca_cert": "{west}"}, "certificate is not trusted"),
        ({"organization": "telco-other"}, "cloudlets of another organization"),
        ({"url": "http://127.0.0.1:1"}, "must be an https address"),
    ],
)
def test_a_wrong_partner_is_one_clear_error(source: Source, change: dict[str, str], words: str) -> None:
    change = {name: value.replace("{west}", str(source.operators.west.ca)) for name, value in change.items()}
    done = source.write(partners=[{**source.partner("north"), **change}]).run("--list", "-vvv")
    assert done.returncode != 0
    assert words in " ".join(done.stderr.split())
    everything = done.stderr + done.stdout
    assert "wrong-secret-of-the-test" not in everything
    assert source.operators.north.secrets[ORCHESTRATOR] not in everything
