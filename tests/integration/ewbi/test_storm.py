# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""More reservations at once than a cloudlet fits: exactly as many as fit are granted, also when the endpoint is killed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.ewbi.conftest import NORTH, PARTNER, SOUTH, North, start_north
from tests.integration.ewbi.playbook import Ran, run_playbook, task

ASKED, FITTING = 64, 10
# Decisions: some before as many as fit are granted, some after.
KILLED_AFTER = (4, 20)
CLOUDLET = {"organization": NORTH, "name": "small"}


@pytest.fixture
def fits_ten(tmp_path: Path) -> Iterator[North]:
    north = start_north(tmp_path / "north")
    try:
        north.federate()
        profile = {
            "cloudlet_key": CLOUDLET,
            "cloudlet_location": {"Latitude": "53.5", "Longitude": "9.9"},
            "Platform_type": "OpenStack",
            "Access_vars": {"OS_AUTH_URL": "https://k.example", "OS_USERNAME": "u", "OS_PASSWORD": "p"},
            "IP_support": "DHCP",
            "Federated_organization": SOUTH,
            "Capacity": {"vcpus": 4 * FITTING + 3},
        }
        north.call("create/cloudlet", profile)
        yield north
    finally:
        north.endpoint.stop()


def reserve_all(north: North, directory: Path) -> Ran:
    many = [
        {"organization": SOUTH, "name": f"r-{number:02}", "cloudlet": CLOUDLET, "resources": {"vcpus": 4}}
        for number in range(ASKED)
    ]
    options = north.options(PARTNER, reservations=many, concurrency=ASKED, deadline=120)
    return run_playbook(directory, [task("reserve", "ewbi_reservation", options)])


def granted(north: North) -> list[str]:
    items = north.call("show/reservation", {"State": ["GRANTED"], "limit": 1000}, PARTNER)["items"]
    return sorted(item["reservation_key"]["name"] for item in items)


def assert_exactly_what_fits(north: North, result: dict[str, Any]) -> None:
    succeeded = [entry["key"].partition("/")[2] for entry in result["results"] if not entry.get("failed")]
    refused = [entry for entry in result["results"] if entry.get("failed")]
    assert sorted(succeeded) == granted(north)
    assert (len(succeeded), len(refused)) == (FITTING, ASKED - FITTING)
    assert {entry["error"]["code"] for entry in refused} == {"not_enough"}
    assert f"{ASKED - FITTING} of {ASKED} reservations failed" in result["msg"]
    for entry in refused:
        assert f"{entry['key']}: The serving operator rejects" in result["msg"]
    (usage,) = north.call("show/usage", {})["items"]
    assert usage["Resources"]["vcpus"]["value"] == 4 * FITTING


def test_one_call_for_64_where_10_fit_grants_exactly_10_and_replaying_changes_nothing(
    fits_ten: North, tmp_path: Path
) -> None:
    first = reserve_all(fits_ten, tmp_path)
    assert first.exit_code == 2
    assert first["reserve"]["changed"]
    assert_exactly_what_fits(fits_ten, first["reserve"])
    held = granted(fits_ten)

    again = reserve_all(fits_ten, tmp_path)
    assert not again["reserve"]["changed"]
    assert_exactly_what_fits(fits_ten, again["reserve"])
    assert granted(fits_ten) == held


def test_an_endpoint_killed_in_the_middle_and_started_again_has_granted_exactly_10(
    fits_ten: North, tmp_path: Path
) -> None:
    stop = threading.Event()
    restarts: list[int] = []

    def kill_in_the_middle() -> None:
        """SIGKILL as soon as some decisions are in the endpoint's log, twice."""
        while len(restarts) < len(KILLED_AFTER) and not stop.is_set():
            decided = fits_ten.requests("create").count("/auth/create/reservation")
            if decided >= KILLED_AFTER[len(restarts)]:
                fits_ten.endpoint.kill()
                fits_ten.endpoint.start()
                restarts.append(decided)
            stop.wait(0.005)

    killer = threading.Thread(target=kill_in_the_middle)
    killer.start()
    try:
        play = reserve_all(fits_ten, tmp_path)
    finally:
        stop.set()
        killer.join(timeout=60)
    assert restarts, "the endpoint was never killed, so this test shows nothing"
    assert restarts[0] < ASKED, "the endpoint was killed after everything was decided, so this test shows nothing"
    print(f"killed after {restarts} of {ASKED} decisions")
    # Whoever got no answer in all attempts fails by name; running again converges.
    assert len(granted(fits_ten)) <= FITTING
    play = reserve_all(fits_ten, tmp_path)
    assert_exactly_what_fits(fits_ten, play["reserve"])
