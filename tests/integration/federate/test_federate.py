# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole federation as a user runs it: both operators, the real OpenStack, both endpoints over TLS.

The tests are steps of one story and run in the order in which they stand; a step that fails leaves the later ones
nothing to stand on, so they are skipped by name.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.federate.bench import OPERATORS, Bench, differences, kill

pytestmark = pytest.mark.lab

FEDERATE = "playbooks/federate.yml"
SERVE = "playbooks/serve.yml"
WITHDRAW = "playbooks/withdraw.yml"
CLOUDLETS = {"harbour-1", "campus-1", "campus-2", "copenhagen-1"}
CONVERGED = "test_a_run_killed_between_credential_and_publishing_converges_with_the_next"
WITHDRAWN = "test_withdraw_leaves_openstack_as_it_was_found"
UNCHANGED = dict.fromkeys(OPERATORS, 0)


@pytest.fixture(scope="module")
def bench(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    bench = Bench(checkout, tmp_path_factory.mktemp("lab"))
    taken = CLOUDLETS & {project["name"] for project in bench.snapshot()["projects"]}
    if taken:
        pytest.fail(f"the lab is federated already ({', '.join(sorted(taken))}): run `make withdraw` first")
    bench.play("tests/labs/federation/endpoints.yml").succeeded()
    try:
        yield bench
    finally:
        left = bench.play(WITHDRAW, "-e", "withdraw_release_partners=true")
        bench.play("tests/labs/federation/endpoints-down.yml").succeeded()
        bench.close()
        left.succeeded()


@pytest.fixture(scope="module")
def before(bench: Bench) -> dict[str, Any]:
    """OpenStack as it was found."""
    return bench.snapshot()


@pytest.fixture(scope="module")
def done() -> set[str]:
    """Steps that have succeeded."""
    return set()


@pytest.fixture(autouse=True)
def step(request: pytest.FixtureRequest, done: set[str]) -> Iterator[None]:
    """Remember a step that succeeded."""
    failed_before = request.session.testsfailed
    yield
    if request.session.testsfailed == failed_before:
        done.add(request.node.name)


@pytest.fixture
def federated(done: set[str]) -> None:
    """The ground of every step that needs both operators federated."""
    if CONVERGED not in done:
        pytest.skip(f"needs {CONVERGED} to have succeeded")


@pytest.fixture
def withdrawn(done: set[str]) -> None:
    if WITHDRAWN not in done:
        pytest.skip(f"needs {WITHDRAWN} to have succeeded")


def test_check_mode_tells_what_would_happen_and_changes_nothing(bench: Bench, before: dict[str, Any]) -> None:
    played = bench.play(FEDERATE, "--check", "--diff").succeeded()
    assert all(played.changed[operator] > 0 for operator in OPERATORS), played.output[-3000:]
    assert "after: vdc" in played.output
    assert "after: cloudlet telco-north/harbour-1" in played.output
    assert differences(before, bench.snapshot()) == []


def test_a_run_killed_between_credential_and_publishing_converges_with_the_next(bench: Bench) -> None:
    process = bench.start_play(SERVE, "--limit", "telco-north")
    bench.proxies["telco-north"].interrupt_at(b"/auth/create/cloudlet", lambda: kill(process.pid))
    output, _nothing = process.communicate(timeout=300)
    bench.proxies["telco-north"].pass_all()
    assert process.returncode == -signal.SIGKILL, output[-3000:]
    lost = _credentials(bench.snapshot())
    assert len(lost) == 3, "a credential for each of telco-north's cloudlets, whose secrets died with the run"

    played = bench.play(FEDERATE).succeeded()

    issued = _credentials(bench.snapshot())
    assert sorted(issued.values()) == sorted(CLOUDLETS), "one credential for each cloudlet, none left over"
    assert not lost.keys() & issued.keys()
    for line in ("telco-north/harbour-1", "telco-north/campus-1", "telco-north/campus-2", "telco-south/copenhagen-1"):
        row = next(text for text in played.output.splitlines() if text.strip().startswith(f'"{line} '))
        passed, _slash, total = row.strip().rstrip('",').split()[-1].partition("/")
        assert " ACTIVE " in row
        assert (passed, total) == (total, total), row
        assert int(total) > 0, row


@pytest.mark.usefixtures("federated")
def test_a_second_run_changes_nothing(bench: Bench) -> None:
    found = bench.snapshot()
    assert bench.play(FEDERATE).succeeded().changed == UNCHANGED
    assert differences(found, bench.snapshot()) == []


@pytest.mark.usefixtures("federated")
def test_cloudlets_are_hosts_of_the_inventory(bench: Bench) -> None:
    graph = bench.inventory_graph()
    assert all(f"|--{name}\n" in graph for name in CLOUDLETS), graph
    assert "@partner_telco_north:" in graph
    assert "@partner_telco_south:" in graph


@pytest.mark.usefixtures("federated")
def test_the_partner_can_do_nothing_outside_its_vdc(bench: Bench) -> None:
    found = bench.snapshot()
    projects = {project["name"]: project["id"] for project in found["projects"] if project["name"] in CLOUDLETS}
    other_network = next(one["id"] for one in found["networks"] if one["project_id"] == projects["campus-1"])
    with bench.tenant("telco-north", "telco-south", "harbour-1") as tenant:
        own = tenant.session.get_project_id()
        assert own == projects["harbour-1"]
        refused = {
            "list projects": tenant.session.get("/projects", endpoint_filter=_at("identity"), raise_exc=False),
            "see another project": tenant.session.get(
                f"/projects/{projects['campus-1']}", endpoint_filter=_at("identity"), raise_exc=False
            ),
            "see another project's network": tenant.session.get(
                f"/v2.0/networks/{other_network}", endpoint_filter=_at("network"), raise_exc=False
            ),
            "see the hosts": tenant.session.get("/os-hypervisors", endpoint_filter=_at("compute"), raise_exc=False),
            "raise its own quota": tenant.session.put(
                f"/os-quota-sets/{own}",
                json={"quota_set": {"cores": 999}},
                endpoint_filter=_at("compute"),
                raise_exc=False,
            ),
            "make a user": tenant.session.post(
                "/users", json={"user": {"name": "intruder"}}, endpoint_filter=_at("identity"), raise_exc=False
            ),
        }
    assert {what: answer.status_code in (403, 404) for what, answer in refused.items()} == dict.fromkeys(
        refused, True
    ), {what: answer.status_code for what, answer in refused.items()}


@pytest.mark.usefixtures("federated")
def test_openstack_itself_refuses_more_than_was_granted(bench: Bench) -> None:
    with bench.tenant("telco-north", "telco-south", "campus-1") as tenant:
        limit = _cores(tenant)
        flavor = tenant.compute.find_flavor("f1.small", ignore_missing=False)
        image = tenant.image.find_image("guest", ignore_missing=False)
        answer = tenant.session.post(
            "/servers",
            json={
                "server": {
                    "name": "too-many",
                    "flavorRef": flavor.id,
                    "imageRef": image.id,
                    "networks": "none",
                    "min_count": limit + 1,
                    "max_count": limit + 1,
                }
            },
            endpoint_filter=_at("compute"),
            microversion="2.37",
            raise_exc=False,
        )
        assert answer.status_code == 403, answer.text
        assert "Quota exceeded" in answer.text
        assert list(tenant.compute.servers()) == []


@pytest.mark.usefixtures("federated")
def test_a_reservation_that_ends_is_taken_back_by_the_serving_operator(bench: Bench) -> None:
    partner = bench.partner("telco-north", "telco-south")
    with bench.tenant("telco-north", "telco-south", "campus-1") as tenant:
        granted = _cores(tenant)
        key = {"organization": "telco-south", "name": "for-a-while"}
        partner.call(
            "create/reservation",
            {
                "reservation_key": key,
                "cloudlet_key": {"organization": "telco-north", "name": "campus-1"},
                "Resources": {"vcpus": 1, "memory_mb": 128, "instances": 1},
                "Grace_seconds": 0,
            },
        )
        bench.play(SERVE, "--limit", "telco-north").succeeded()
        assert _cores(tenant) == granted + 1
        end = datetime.now(UTC) + timedelta(seconds=2)
        partner.call("update/reservation", {"reservation_key": key, "End": end.strftime("%Y-%m-%dT%H:%M:%SZ")})
        time.sleep(3)
        bench.play(SERVE, "--limit", "telco-north").succeeded()
        assert _cores(tenant) == granted


@pytest.mark.usefixtures("federated")
def test_no_client_or_application_crosses_the_ewbi(bench: Bench, checkout: Path) -> None:
    names: set[str] = set()
    for operator in OPERATORS:
        text = (checkout / "tests" / "labs" / "federation" / "host_vars" / operator / "demand.yml").read_text()
        for demand in yaml.safe_load(text)["federation_demand"]:
            names |= {demand["client"], demand["application"]}
    assert len(names) > 6
    for operator, proxy in bench.proxies.items():
        assert b"/auth/create/reservation" in proxy.sent, f"the proxy of {operator} recorded nothing"
        assert [name for name in names if name.encode() in proxy.sent] == []


@pytest.mark.usefixtures("federated")
def test_withdraw_in_check_mode_changes_nothing(bench: Bench) -> None:
    found = bench.snapshot()
    played = bench.play(WITHDRAW, "--check", "--diff").succeeded()
    assert all(played.changed[operator] > 0 for operator in OPERATORS)
    assert differences(found, bench.snapshot()) == []


@pytest.mark.usefixtures("federated")
def test_withdraw_leaves_openstack_as_it_was_found(bench: Bench, before: dict[str, Any]) -> None:
    played = bench.play(WITHDRAW).succeeded()
    assert played.output.count("Nothing is left.") == len(OPERATORS)
    assert differences(before, bench.snapshot()) == []


@pytest.mark.usefixtures("withdrawn")
def test_withdraw_again_changes_nothing(bench: Bench) -> None:
    assert bench.play(WITHDRAW).succeeded().changed == UNCHANGED


def _credentials(snapshot: dict[str, Any]) -> dict[str, str]:
    """The cloudlet of each application credential that the federation issued, by id."""
    users = {user["id"]: user["name"] for user in snapshot["users"]}
    owners = {
        one["id"]: users.get(one["user_id"], "").removesuffix("-partner") for one in snapshot["application_credentials"]
    }
    return {identity: owner for identity, owner in owners.items() if owner in CLOUDLETS}


def _at(service: str) -> dict[str, str]:
    return {"service_type": service, "interface": "public"}


def _cores(tenant: Any) -> int:
    answer = tenant.session.get("/limits", endpoint_filter=_at("compute"))
    cores: int = answer.json()["limits"]["absolute"]["maxTotalCores"]
    return cores
