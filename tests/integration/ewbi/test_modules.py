# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every ewbi module on a real endpoint, inside the worker and as an ordinary module: check, apply, apply, check."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.integration.ewbi.conftest import NORTH, OPERATOR, PARTNER, SOUTH, North, start_north
from tests.integration.ewbi.playbook import WAYS, Ran, run_playbook, task

PASSWORD = "hush-os-password-1"
NEW_PASSWORD = "hush-os-password-2"
CLOUDLET = {"organization": NORTH, "name": "harbour-1"}
RESERVATION = {"organization": SOUTH, "name": "r-1"}
ACCESS = {"OS_AUTH_URL": "https://keystone.example", "OS_USERNAME": "south", "OS_PASSWORD": PASSWORD}
PROFILE: dict[str, Any] = {
    **CLOUDLET,
    "location": {"latitude": 53.5461, "longitude": 9.9661},
    "platform_type": "OpenStack",
    "access_vars": ACCESS,
    "ip_support": "static",
    "static_ips": "198.51.100.64/28, 198.51.100.10-198.51.100.40",
    "resource_map": {"gpu": "nvidia-t4:2"},
    "maintenance_windows": [
        {"start": "2037-01-10T01:00:00Z", "end": "2037-01-10T03:00:00Z", "reason": "switch upgrade"}
    ],
    "site": "harbour",
    "federated_organization": SOUTH,
    "capacity": {"vcpus": 64, "memory_mb": 262144, "devices": {"gpu": 2}},
}
RESERVED: dict[str, Any] = {
    **RESERVATION,
    "cloudlet": CLOUDLET,
    "resources": {"vcpus": 8, "devices": {"gpu": 1}},
    "end": "2036-01-01T00:00:00Z",
}


@dataclass(frozen=True)
class Change:
    """One change, made through a module. after: what the diff has to show, field by field."""

    name: str
    module: str
    options: dict[str, Any]
    client_id: str
    action: str
    after: dict[str, Any]


CHANGES = (
    Change(
        "propose a federation",
        "ewbi_federation",
        {"organization": NORTH, "partner": SOUTH, "status": "PROPOSED"},
        OPERATOR,
        "created",
        {"status": "PROPOSED"},
    ),
    Change(
        "accept a federation",
        "ewbi_federation",
        {"federations": [{"organization": NORTH, "partner": SOUTH, "status": "ACTIVE"}]},
        PARTNER,
        "updated",
        {"status": "ACTIVE"},
    ),
    Change(
        "publish a cloudlet",
        "ewbi_cloudlet",
        {"cloudlets": [PROFILE]},
        OPERATOR,
        "created",
        {"site": "harbour", "access_vars": "(hidden) after", "static_ips": "198.51.100.10-198.51.100.40,198.51.100.64-198.51.100.79"},
    ),
    Change(
        "change a cloudlet and its password",
        "ewbi_cloudlet",
        {
            **CLOUDLET,
            "platform_type": "OpenStack",
            "site": "quay",
            "access_vars": {**ACCESS, "OS_PASSWORD": NEW_PASSWORD},
        },
        OPERATOR,
        "updated",
        {"site": "quay", "access_vars": "(hidden) after"},
    ),
    Change(
        "leave static addresses",
        "ewbi_cloudlet",
        {**CLOUDLET, "ip_support": "dhcp"},
        OPERATOR,
        "updated",
        {"ip_support": "dhcp", "static_ips": None},
    ),
    Change(
        "reserve",
        "ewbi_reservation",
        {"reservations": [RESERVED]},
        PARTNER,
        "created",
        {"end": "2036-01-01T00:00:00Z", "cloudlet": CLOUDLET},
    ),
    Change(
        "grow a reservation",
        "ewbi_reservation",
        {**RESERVED, "resources": {"vcpus": 16, "devices": {"gpu": 1}}, "grace_seconds": 60},
        PARTNER,
        "updated",
        {"grace_seconds": 60},
    ),
    Change(
        "make a grant active", "ewbi_reservation", {**RESERVATION, "active": True}, OPERATOR, "updated", {"active": True}
    ),
    Change(
        "release a reservation", "ewbi_reservation", {**RESERVATION, "state": "absent"}, PARTNER, "deleted", {}
    ),
    Change(
        "withdraw a cloudlet", "ewbi_cloudlet", {"cloudlets": [{**CLOUDLET, "state": "absent"}]}, OPERATOR, "deleted", {}
    ),
    Change(
        "end a federation",
        "ewbi_federation",
        {"organization": NORTH, "partner": SOUTH, "state": "absent"},
        OPERATOR,
        "deleted",
        {},
    ),
)  # fmt: skip
PASSES = {"check": True, "apply": False, "apply again": False, "check again": True}


def look(north: North, client_id: str, ending: str) -> list[dict[str, Any]]:
    """Tasks of the modules that only read, as one of the operators."""
    connection = north.options(client_id)
    return [
        task(f"cloudlets {ending}", "ewbi_cloudlet_info", {**connection, "near": {"latitude": 53, "longitude": 10}}),
        task(f"reservations {ending}", "ewbi_reservation_info", {**connection, "state": ["GRANTED", "ACTIVE"]}),
        task(f"usage {ending}", "ewbi_usage_info", {**connection, "name": ["harbour-1"]}),
    ]


@pytest.fixture(scope="module", params=list(WAYS))
def ran(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[North, Ran]]:
    """All changes in one play, each as check, apply, apply, check; looked at in the middle by both operators."""
    directory = tmp_path_factory.mktemp(request.param)
    north = start_north(directory / "north")
    tasks = []
    for change in CHANGES:
        for name, check_mode in PASSES.items():
            options = {**north.options(change.client_id), **change.options}
            tasks.append(task(f"{change.name}: {name}", change.module, options, check_mode=check_mode, diff=True))
        if change.name == "make a grant active":
            tasks += look(north, OPERATOR, "as the operator") + look(north, PARTNER, "as the partner")
            access = {**north.options(PARTNER), "cloudlets": [CLOUDLET]}
            tasks.append(task("access without no_log", "ewbi_access_info", access, ignore_errors=True))
            tasks.append(task("access", "ewbi_access_info", access, no_log=True, register="access"))
            tasks.append(
                {
                    "name": "access is what was published",
                    "ansible.builtin.assert": {
                        "that": f"access.control_endpoints[0].access_vars.OS_PASSWORD == '{NEW_PASSWORD}'",
                        "quiet": True,
                    },
                    "no_log": True,
                }
            )
    try:
        yield north, run_playbook(directory, tasks, "-vvv", "--diff", way=request.param)
    finally:
        north.endpoint.stop()


def test_the_whole_play_succeeds(ran: tuple[North, Ran]) -> None:
    _north, play = ran
    assert play.exit_code == 0, play.screen[-3000:]
    assert play.failed == ["access without no_log"]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.name.replace(" ", "-"))
def test_the_prediction_equals_the_effect_and_the_second_apply_changes_nothing(
    ran: tuple[North, Ran], change: Change
) -> None:
    _north, play = ran
    check, apply, again, check_again = (play[f"{change.name}: {name}"] for name in PASSES)
    assert check["changed"]
    assert apply["changed"], "had the check written, there would be nothing left to change"
    assert not again["changed"]
    assert not check_again["changed"]
    assert check["diff"] == apply["diff"]
    for one in (check, apply):
        (entry,) = one["results"]
        assert entry["action"] == change.action
    assert check["results"][0].get("changes") == apply["results"][0].get("changes")
    after = apply["diff"][0]["after"]
    assert {name: after.get(name) for name in change.after} == change.after
    assert (after == {}) is (change.action == "deleted")


def test_the_diff_shows_what_was_there_before(ran: tuple[North, Ran]) -> None:
    _north, play = ran
    assert play["change a cloudlet and its password: apply"]["diff"][0]["before"] == {
        "site": "harbour",
        "access_vars": "(hidden) before",
    }
    grown = play["grow a reservation: apply"]["diff"][0]
    assert (grown["before"]["resources"]["vcpus"], grown["after"]["resources"]["vcpus"]) == (8, 16)


def test_check_mode_writes_nothing(ran: tuple[North, Ran]) -> None:
    """Everything written was written by the one apply of each change; what check mode asks of the ledger is a dry run."""
    north, _play = ran
    assert len(north.events()) == len(CHANGES) + 1  # and the audited reveal of the access variables
    written = [path for path in north.requests("create", "update", "delete", "activate") if "reservation" not in path]
    assert len(written) == len([change for change in CHANGES if change.module != "ewbi_reservation"])


def test_both_operators_see_what_is_theirs_to_see(ran: tuple[North, Ran]) -> None:
    _north, play = ran
    for ending in ("as the operator", "as the partner"):
        (cloudlet,) = play[f"cloudlets {ending}"]["cloudlets"]
        assert (cloudlet["name"], cloudlet["state"], cloudlet["ip_support"]) == ("harbour-1", "online", "dhcp")
        assert cloudlet["distance_km"] == pytest.approx(60.7, abs=1)
        (reservation,) = play[f"reservations {ending}"]["reservations"]
        assert (reservation["state"], reservation["granted"]["vcpus"]) == ("ACTIVE", 16)
        (usage,) = play[f"usage {ending}"]["usage"]
        assert usage["resources"]["vcpus"] == {"value": 16, "quota_max": 64, "infra_max": 64}
        assert not any(play[f"{kind} {ending}"]["changed"] for kind in ("cloudlets", "reservations", "usage"))


def test_access_is_refused_without_no_log(ran: tuple[North, Ran]) -> None:
    _north, play = ran
    assert play["access without no_log"]["failure"]["code"] == "forbidden"
    assert "no_log: true" in play["access without no_log"]["msg"]


def test_no_secret_is_on_the_screen_or_in_a_result(ran: tuple[North, Ran]) -> None:
    north, play = ran
    everything = play.screen + json.dumps(play.results)
    for secret in (PASSWORD, NEW_PASSWORD, *north.endpoint.secrets.values()):
        assert secret.strip() not in everything


@pytest.mark.parametrize("way", list(WAYS))
def test_a_file_given_as_src_does_the_same_as_the_list(north: North, tmp_path: Path, way: str) -> None:
    names = [f"{way.replace('_', '-')}-{number}" for number in range(3)]
    many = [{**PROFILE, "name": name, "site": f"site-{way}"} for name in names]
    source = tmp_path / "cloudlets.json"
    source.write_text(json.dumps({"cloudlets": many}))
    tasks = [
        task("from the file", "ewbi_cloudlet", {"src": str(source)}),
        task("from the list", "ewbi_cloudlet", {"cloudlets": many}),
        task("from the file again", "ewbi_cloudlet", {"src": str(source)}),
    ]
    play = run_playbook(tmp_path, tasks, "-vvv", "--diff", way=way, module_defaults=north.options())
    assert play.exit_code == 0, play.screen[-3000:]
    assert [play[name]["changed"] for name in ("from the file", "from the list", "from the file again")] == [
        True, False, False,
    ]  # fmt: skip
    assert PASSWORD not in play.screen + json.dumps(play.results)


@pytest.mark.parametrize("way", list(WAYS))
def test_a_file_beside_the_playbook_is_found_and_a_vault_is_opened(north: North, tmp_path: Path, way: str) -> None:
    name = f"vaulted-{way.replace('_', '-')}"
    (tmp_path / "password").write_text("vault-password")
    source = tmp_path / "cloudlets.yml"
    source.write_text(json.dumps([{**PROFILE, "name": name, "site": None, "capacity": None}]))
    vault = [str(Path(sys.executable).with_name("ansible-vault")), "encrypt", "--vault-password-file"]
    subprocess.run([*vault, str(tmp_path / "password"), str(source)], check=True, capture_output=True)
    assert PASSWORD not in source.read_text()
    tasks = [task("publish", "ewbi_cloudlet", {"src": "cloudlets.yml"})]
    play = run_playbook(
        tmp_path, tasks, "--vault-password-file", str(tmp_path / "password"), way=way, module_defaults=north.options()
    )
    assert play.exit_code == 0, play.screen[-3000:]
    assert play["publish"]["results"][0]["key"] == f"{NORTH}/{name}"
    missing = run_playbook(
        tmp_path, [task("publish", "ewbi_cloudlet", {"src": "none.yml"})], way=way, module_defaults=north.options()
    )
    assert missing.exit_code == 2
    assert "The file given as src cannot be read" in missing["publish"]["msg"]
    assert "none.yml" in missing["publish"]["msg"]


def test_what_would_mean_something_else_in_the_worker_still_works(north: North, tmp_path: Path) -> None:
    tasks = [
        task("in the background", "ewbi_cloudlet_info", north.options(), **{"async": 60, "poll": 1}),
        task("delegated", "ewbi_cloudlet_info", north.options(), delegate_to="localhost"),
        task("each", "ewbi_cloudlet_info", north.options(name="{{ item }}"), loop=["a", "b"]),
        task(
            "out of the environment",
            "ewbi_cloudlet_info",
            {},
            environment={name.upper(): value for name, value in north.options().items()},
        ),
    ]
    play = run_playbook(tmp_path, tasks)
    assert play.exit_code == 0, play.screen[-3000:]
    assert "ansible_job_id" in play["in the background"]
    assert len(play["each"]["results"]) == 2


def test_the_check_option_of_ansible_playbook_writes_nothing(north: North, tmp_path: Path) -> None:
    before = north.events()
    tasks = [task("publish", "ewbi_cloudlet", {"cloudlets": [{**PROFILE, "name": "planned"}]})]
    play = run_playbook(tmp_path, tasks, "--check", "--diff", module_defaults=north.options())
    assert play.exit_code == 0, play.screen[-3000:]
    assert "changed=1" in play.screen
    assert '+    "site": "harbour"' in play.screen
    assert north.events() == before
