# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes wrong gives one clear error that names field and remedy, a failed play, and nothing half done."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.operator_platform.federation.plugins.module_utils.errors import AuthenticationFailed
from ansible_collections.operator_platform.federation.plugins.module_utils.ewbi.session import EwbiSession
from ansible_collections.operator_platform.federation.plugins.module_utils.waiting import Deadline
from tests.integration.endpoint.server import free_port
from tests.integration.ewbi.conftest import NORTH, OPERATOR, PARTNER, SOUTH, North, start_north
from tests.integration.ewbi.playbook import Ran, run_playbook, task
from tests.unit.ewbi.tls_server import make_certificate

ACCESS = {"OS_AUTH_URL": "https://keystone.example", "OS_USERNAME": "south", "OS_PASSWORD": "hush-os-password"}
CLOUDLET: dict[str, Any] = {
    "organization": NORTH,
    "name": "new",
    "location": {"latitude": 53.5461, "longitude": 9.9661},
    "platform_type": "OpenStack",
    "access_vars": ACCESS,
    "ip_support": "static",
    "static_ips": "198.51.100.64/28",
}
RESERVATION: dict[str, Any] = {
    "organization": SOUTH,
    "name": "r-1",
    "cloudlet": {"organization": NORTH, "name": "small"},
    "resources": {"vcpus": 4},
}


@dataclass(frozen=True)
class Mistake:
    """says: words that the message has to hold: the field and what to do."""

    name: str
    code: str
    says: tuple[str, ...]
    cloudlet: dict[str, Any] | None = None
    reservation: dict[str, Any] | None = None
    connection: dict[str, Any] = field(default_factory=dict)

    def task(self, north: North) -> dict[str, Any]:
        if self.reservation is not None:
            options = north.options(PARTNER, reservations=[{**RESERVATION, **self.reservation}])
            return task(self.name, "ewbi_reservation", options)
        good = {**CLOUDLET, "name": "good"}
        wrong = {**CLOUDLET, **(self.cloudlet or {})}
        return task(self.name, "ewbi_cloudlet", {**north.options(cloudlets=[good, wrong]), **self.connection})


CORRECT = "Correct the named fields; nothing was changed."
MISTAKES = (
    Mistake(
        "wrong certificate",
        "unreachable",
        ("certificate is not trusted", "certificate verify failed", "ewbi_ca_cert"),
        connection={"ewbi_ca_cert": "OTHER_CA"},
    ),
    Mistake(
        "wrong secret",
        "authentication_failed",
        ("does not accept the credential", "ewbi_client_id and ewbi_client_secret", "ewbi-endpoint client add"),
        connection={"ewbi_client_secret": "hush-wrong-secret"},
    ),
    Mistake(
        "unreachable endpoint",
        "unreachable",
        ("cannot be reached", "Connection refused", "Check ewbi_url"),
        connection={"ewbi_url": "NOBODY"},
    ),
    Mistake(
        "no TLS",
        "invalid_input",
        ("ewbi_url: must be an https address", CORRECT),
        connection={"ewbi_url": "http://127.0.0.1:8080"},
    ),
    Mistake(
        "malformed coordinates",
        "invalid_input",
        ("cloudlets[1].location.latitude", "from -90 to 90", "cloudlets[1].location.longitude", CORRECT),
        cloudlet={"location": {"latitude": 95, "longitude": -181}},
    ),
    Mistake(
        "missing access variable",
        "invalid_input",
        ("cloudlets[1].access_vars: needs (OS_USERNAME, OS_PASSWORD) or", CORRECT),
        cloudlet={"access_vars": {"OS_AUTH_URL": "https://keystone.example", "OS_USERNAME": "south"}},
    ),
    Mistake(
        "overlapping static addresses",
        "invalid_input",
        ("cloudlets[1].static_ips: 198.51.100.64-198.51.100.79 and 198.51.100.70 overlap", CORRECT),
        cloudlet={"static_ips": "198.51.100.64/28,198.51.100.70"},
    ),
    Mistake(
        "a period that ends before it starts",
        "invalid_input",
        ("reservations[0].end: must be after start (2037-01-02T00:00:00Z)", CORRECT),
        reservation={"start": "2037-01-02T00:00:00Z", "end": "2037-01-01T00:00:00Z"},
    ),
    Mistake(
        "a reservation beyond capacity",
        "not_enough",
        ("telco-south/r-1", "vcpus: asked 11, free 10", "Ask for less"),
        reservation={"resources": {"vcpus": 11}},
    ),
    Mistake(
        "a reservation of a device that is not there",
        "invalid_input",
        ("Resources.devices.gpu", "What to do: "),
        reservation={"resources": {"vcpus": 1, "devices": {"gpu": 1}}},
    ),
    Mistake(
        "a reservation of a cloudlet that is not there",
        "not_found",
        ("not there, or not offered to this client", "Check the key"),
        reservation={"cloudlet": {"organization": NORTH, "name": "none"}},
    ),
)


@pytest.fixture(scope="module")
def small(north: North) -> North:
    """The endpoint with one cloudlet of ten vCPU."""
    profile = {
        "cloudlet_key": {"organization": NORTH, "name": "small"},
        "cloudlet_location": {"Latitude": "53.5", "Longitude": "9.9"},
        "Platform_type": "OpenStack",
        "Access_vars": ACCESS,
        "IP_support": "DHCP",
        "Federated_organization": SOUTH,
        "Capacity": {"vcpus": 10},
    }
    north.call("create/cloudlet", profile)
    return north


@pytest.fixture(scope="module")
def mistakes(small: North, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Every mistake in one play that goes on after each."""
    directory = tmp_path_factory.mktemp("mistakes")
    other_ca, _key = make_certificate(directory / "other")
    tasks = []
    for mistake in MISTAKES:
        made = mistake.task(small)
        options = next(value for name, value in made.items() if name != "name")
        options["ewbi_ca_cert"] = options["ewbi_ca_cert"].replace("OTHER_CA", str(other_ca))
        options["ewbi_url"] = options["ewbi_url"].replace("NOBODY", f"https://127.0.0.1:{free_port()}")
        tasks.append({**made, "ignore_errors": True})
    return run_playbook(directory, tasks, "-vvv", "--diff")


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name.replace(" ", "-"))
def test_a_mistake_gives_one_error_with_field_and_remedy(mistakes: Ran, mistake: Mistake) -> None:
    assert mistake.name in mistakes.failed
    result = mistakes[mistake.name]
    assert result["failure"]["code"] == mistake.code
    for words in mistake.says:
        assert words in result["msg"]
    assert "Traceback" not in str(result)
    assert not result["changed"]


def test_after_all_mistakes_nothing_is_half_done(mistakes: Ran, small: North) -> None:
    names = [item["cloudlet_key"]["name"] for item in small.call("show/cloudlet", {})["items"]]
    assert names == ["small"], "the good cloudlets beside the wrong ones must not have been made either"
    held = [item["State"] for item in small.call("show/reservation", {})["items"]]
    assert set(held) <= {"REJECTED"}
    (usage,) = small.call("show/usage", {})["items"]
    assert usage["Resources"]["vcpus"]["value"] == 0


def test_no_mistake_shows_a_secret(mistakes: Ran, small: North) -> None:
    for secret in ("hush-", *small.endpoint.secrets.values()):
        assert secret.strip() not in mistakes.screen
        assert secret.strip() not in str(mistakes.results)


def test_an_unknown_platform_is_refused_by_name(small: North, tmp_path: Path) -> None:
    wrong = task("publish", "ewbi_cloudlet", small.options(cloudlets=[{**CLOUDLET, "platform_type": "Proxmox"}]))
    play = run_playbook(tmp_path, [wrong])
    assert play.exit_code == 2
    assert "platform_type must be one of: OpenStack, vCenter, VCD, got: Proxmox" in play["publish"]["msg"]


def test_a_failed_task_ends_the_play_with_an_error_code(small: North, tmp_path: Path) -> None:
    wrong = task("publish", "ewbi_cloudlet", small.options(cloudlets=[{**CLOUDLET, "static_ips": "one"}]))
    play = run_playbook(tmp_path, [wrong, task("never", "ewbi_cloudlet_info", small.options())])
    assert play.exit_code == 2
    assert "never" not in play.results


def test_an_object_that_the_endpoint_refuses_does_not_stop_the_rest(small: North, tmp_path: Path) -> None:
    """The wrong one is only wrong on the endpoint: another operator's cloudlet."""
    wrong = {**CLOUDLET, "organization": "telco-west", "name": "theirs"}
    good = {**CLOUDLET, "name": "mine"}
    publish = task("publish", "ewbi_cloudlet", small.options(cloudlets=[wrong, good]))
    withdraw = task(
        "withdraw", "ewbi_cloudlet", small.options(cloudlets=[{"organization": NORTH, "name": "mine"}], state="absent")
    )
    play = run_playbook(tmp_path, [{**publish, "ignore_errors": True}, withdraw])
    result = play["publish"]
    assert result["changed"]
    assert "1 of 2 cloudlets failed. telco-west/theirs: " in result["msg"]
    assert result["failure"]["code"] == "forbidden"
    assert [entry.get("action") for entry in result["results"]] == [None, "created"]
    assert play["withdraw"]["changed"]


@pytest.fixture
def hasty(tmp_path: Path) -> Iterator[North]:
    """An endpoint whose tokens live for one second."""
    running = start_north(tmp_path / "hasty")
    try:
        running.endpoint.configure(token={**_token_section(running), "lifetime_seconds": 1})
        running.endpoint.restart()
        yield running
    finally:
        running.endpoint.stop()


def _token_section(north: North) -> dict[str, Any]:
    import yaml

    section: dict[str, Any] = yaml.safe_load(north.endpoint.config.read_text()).get("token") or {}
    return section


def test_an_expired_token_is_renewed_and_one_that_cannot_be_is_a_clear_error(hasty: North) -> None:
    secret = hasty.endpoint.secrets[OPERATOR].strip()
    session = EwbiSession(hasty.endpoint.url, OPERATOR, secret, Deadline(60), ca_cert=str(hasty.endpoint.ca))
    try:
        assert session.call("show", "cloudlet", {})["items"] == []
        session._token_end = time.monotonic() + 3600  # believe that it lives long, as after a clock that was set back
        expired = session._token
        time.sleep(2.1)
        assert session.call("show", "cloudlet", {})["items"] == []
        assert session._token != expired

        session._token_end = time.monotonic() + 3600
        hasty.endpoint.cli("client", "remove", "--config", str(hasty.endpoint.config), "--client-id", OPERATOR)
        time.sleep(2.1)
        with pytest.raises(AuthenticationFailed, match="ewbi_client_id and ewbi_client_secret") as refused:
            session.call("show", "cloudlet", {})
        assert secret not in str(refused.value.as_failure())
    finally:
        session.close()
