# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The federated lab as a user sees it: its inventory, its playbooks, and the OpenStack behind it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openstack
import requests
import yaml
from openstack.connection import Connection

from tests.integration.federate.recording import RecordingProxy

OPERATORS = ("telco-north", "telco-south")
RECAP = re.compile(r"^(\S+)\s+: ok=(\d+)\s+changed=(\d+)\s+unreachable=(\d+)\s+failed=(\d+)", re.MULTILINE)
OTHER_TESTS = ("contract-", "test-")
LAB_FILE = Path(os.environ.get("LAB_RUN", "/var/tmp/federation-lab")) / "lab.json"


@dataclass(frozen=True)
class Played:
    """How a run of ansible-playbook ended. changed: number of changed tasks by host, out of the recap."""

    code: int
    output: str

    @property
    def changed(self) -> dict[str, int]:
        return {host: int(changed) for host, _ok, changed, _unreachable, _failed in RECAP.findall(self.output)}

    def succeeded(self) -> Played:
        assert self.code == 0, self.output[-6000:]
        return self


class Bench:
    """Both endpoints in a folder of their own on ports of their own, each behind a recording proxy."""

    def __init__(self, checkout: Path, home: Path) -> None:
        self.checkout = checkout
        self.home = home / "federation"
        self.lab: dict[str, Any] = json.loads(LAB_FILE.read_text())
        ports = {operator: _free_port() for operator in OPERATORS}
        self.proxies = {
            operator: RecordingProxy(ports[operator], self.home / operator / "tls") for operator in OPERATORS
        }
        self._environment = {**os.environ, "FEDERATION_LAB_HOME": str(home), "ANSIBLE_NOCOLOR": "1"}
        self._variables = home / "variables.yml"
        self._variables.write_text(
            yaml.safe_dump(
                {
                    "lab_endpoints": {
                        operator: {
                            "url": self.url(operator),
                            "port": ports[operator],
                            "operator_client": f"{operator.removeprefix('telco-')}-automation",
                            "partner": other,
                        }
                        for operator, other in zip(OPERATORS, reversed(OPERATORS), strict=True)
                    },
                    # Installing takes a minute: shared with the lab that `make federate` uses.
                    "ewbi_endpoint_virtualenv": str(checkout / ".lab" / "federation" / "virtualenv"),
                    "reserve_resources_wait_retries": 1,
                    "discover_inventory_wait_retries": 1,
                }
            )
        )

    def url(self, operator: str) -> str:
        return f"https://127.0.0.1:{self.proxies[operator].port}"

    def start_play(self, playbook: str, *arguments: str) -> subprocess.Popen[str]:
        """Start ansible-playbook in a process group of its own."""
        command = [
            str(Path(sys.executable).with_name("ansible-playbook")),
            "-i",
            "tests/labs/federation/inventory.yml",
            "-e",
            f"@{self._variables}",
            playbook,
            *arguments,
        ]
        return subprocess.Popen(
            command,
            cwd=self.checkout,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def play(self, playbook: str, *arguments: str) -> Played:
        """Run ansible-playbook; whatever it prints must not hold a secret."""
        with self.start_play(playbook, *arguments) as process:
            try:
                output, _nothing = process.communicate(timeout=600)
            except subprocess.TimeoutExpired:
                kill(process.pid)
                output, _nothing = process.communicate()
                raise AssertionError(f"{playbook} did not end within 600 s: {output[-4000:]}") from None
        shown = [name for name, secret in self.secrets().items() if secret in output]
        assert not shown, f"{playbook} printed secrets: {shown}"
        return Played(process.returncode, output)

    def secrets(self) -> dict[str, str]:
        """Every secret that a run handles and this test can know, by where it is kept."""
        found = {f"administrator of {name}": account["password"] for name, account in self.lab["operators"].items()}
        found |= {str(path): path.read_text().strip() for path in self.home.glob("*/secrets/*")}
        return found

    def inventory_graph(self) -> str:
        """ansible-inventory --graph over both partners' cloudlets."""
        source = self.home / "test.cloudlets.yml"
        partners = [
            {
                "organization": operator,
                "url": self.url(operator),
                "client_id": other,
                "client_secret": (self.home / operator / "secrets" / other).read_text().strip(),
                "ca_cert": str(self.home / operator / "tls" / "ca.pem"),
            }
            for operator, other in zip(OPERATORS, reversed(OPERATORS), strict=True)
        ]
        source.touch(mode=0o600)
        source.write_text(yaml.safe_dump({"plugin": "operator_platform.federation.cloudlets", "partners": partners}))
        command = [str(Path(sys.executable).with_name("ansible-inventory")), "-i", str(source), "--graph"]
        done = subprocess.run(
            command, cwd=self.checkout, env=self._environment, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def snapshot(self) -> dict[str, Any]:
        """Everything that OpenStack holds, in the words of the lab."""
        command = [str(self.checkout / "tests" / "labs" / "openstack" / "lab"), "snapshot"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def partner(self, serving: str, orchestrating: str) -> Partner:
        return Partner(
            self.url(serving),
            str(self.home / serving / "tls" / "ca.pem"),
            orchestrating,
            (self.home / serving / "secrets" / orchestrating).read_text().strip(),
        )

    def tenant(self, serving: str, orchestrating: str, cloudlet: str) -> Connection:
        """OpenStack with what the endpoint reveals to the orchestrating partner, and nothing else."""
        revealed = self.partner(serving, orchestrating).call(
            "show/access", {"cloudlet_key": {"organization": serving, "name": cloudlet}}
        )
        access = revealed["Access_vars"]
        return openstack.connect(
            auth_type="v3applicationcredential",
            auth_url=access["OS_AUTH_URL"],
            application_credential_id=access["OS_APPLICATION_CREDENTIAL_ID"],
            application_credential_secret=access["OS_APPLICATION_CREDENTIAL_SECRET"],
            region_name=self.lab["region"],
            cacert=self.lab["ca_cert"],
            load_yaml_config=False,
            load_envvars=False,
        )

    def close(self) -> None:
        for proxy in self.proxies.values():
            proxy.close()


class Partner:
    """A bare client of an endpoint that knows nothing of the collection."""

    def __init__(self, url: str, ca: str, client_id: str, secret: str) -> None:
        self._url = url
        self._http = requests.Session()
        self._http.trust_env = False
        self._http.verify = ca
        form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
        answer = self._http.post(f"{url}/api/v1/oauth2/token", data=form, timeout=30)
        answer.raise_for_status()
        self._http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def call(self, what: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self._http.post(f"{self._url}/api/v1/auth/{what}", json=body, timeout=30)
        assert answer.ok, f"{what}: {answer.status_code} {answer.text}"
        found: dict[str, Any] = answer.json()
        return found


def kill(pid: int) -> None:
    """SIGKILL a process and all that descend from it: ansible-core gives each worker a session of its own."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):  # it has ended meanwhile
                # proc(5): pid (comm) state ppid ...; comm may hold blanks and brackets.
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    family = {pid}
    while more := {child for child, parent in parents.items() if parent in family} - family:
        family |= more
    for member in sorted(family):
        with contextlib.suppress(ProcessLookupError):
            os.kill(member, signal.SIGKILL)


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """What came or went between two snapshots, an object a line.

    Other tests of the lab may run beside these. They name what they make contract-... or test-...; that, and whatever
    refers to it, is theirs.
    """
    one, two = _lines(before), _lines(after)
    theirs = _theirs([*one.values(), *two.values()])
    came = [f"new {line}" for line, entry in two.items() if line not in one and not _mentions(entry, theirs)]
    went = [f"gone {line}" for line, entry in one.items() if line not in two and not _mentions(entry, theirs)]
    return sorted(came + went)


def _lines(snapshot: dict[str, Any]) -> dict[str, Any]:
    """Every object of a snapshot by the line that shows it. Quotas are kept a list for each service."""
    found: dict[str, Any] = {}
    for kind, entries in snapshot.items():
        groups = entries if isinstance(entries, dict) else {"": entries}
        for group, members in groups.items():
            for entry in members if isinstance(members, list) else [members]:
                found[f"{kind} {group}: {json.dumps(entry, sort_keys=True)}"] = entry
    return found


def _theirs(entries: list[Any]) -> set[str]:
    """Ids of what other tests made, and of what refers to it."""
    ids: set[str] = set()
    while True:
        more = {
            str(entry["id"])
            for entry in entries
            if isinstance(entry, dict)
            and entry.get("id")
            and (str(entry.get("name", "")).startswith(OTHER_TESTS) or _mentions(entry, ids))
        }
        if more <= ids:
            return ids
        ids |= more


def _mentions(entry: Any, ids: set[str]) -> bool:
    if isinstance(entry, dict):
        return any(_mentions(value, ids) for value in entry.values())
    if isinstance(entry, list):
        return any(_mentions(value, ids) for value in entry)
    return isinstance(entry, str) and entry in ids


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
