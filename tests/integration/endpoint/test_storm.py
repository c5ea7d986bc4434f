# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many partners' requests at once, a crash in the middle, and a replay of everything: nothing is granted twice."""

from __future__ import annotations

import http.client
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.integration.endpoint import postgresql
from tests.integration.endpoint.parties import Parties, held, introduce, publish, reservation
from tests.integration.endpoint.server import EndpointProcess

REQUESTS = 64
FITS = 10
# How long a caller goes on trying while the endpoint is down.
PATIENCE = 60.0


def ask_until_answered(parties: Parties, body: dict[str, Any], answered: threading.Semaphore) -> tuple[int, str]:
    """What a client does after a crash: the same request again until there is an answer."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            status, answer = parties.south.call("create/reservation", body)
        except (OSError, http.client.HTTPException):
            time.sleep(0.05)
            continue
        if status in (200, 201):
            answered.release()
            return status, answer["State"]
        assert status in (429, 503), answer
        time.sleep(0.05)
    raise AssertionError(f"no answer within {PATIENCE} s")


def granted(parties: Parties) -> set[str]:
    page = parties.north.call("show/reservation", {"State": "GRANTED", "limit": 1000})[1]
    return {item["reservation_key"]["name"] for item in page["items"]}


def test_a_storm_with_a_crash_grants_exactly_what_fits(tmp_path: Path) -> None:
    with EndpointProcess(tmp_path, "telco-north") as endpoint:
        parties = introduce(endpoint)
        cloudlet = publish(parties, Capacity={"vcpus": FITS})
        bodies = [reservation(cloudlet, f"storm-{number}") for number in range(REQUESTS)]
        answered = threading.Semaphore(0)
        with ThreadPoolExecutor(REQUESTS) as pool:
            running = [pool.submit(ask_until_answered, parties, body, answered) for body in bodies]
            for _answer in range(FITS // 2):
                assert answered.acquire(timeout=PATIENCE)
            endpoint.kill()
            time.sleep(0.2)
            endpoint.start()
            states = [future.result()[1] for future in running]

        assert states.count("GRANTED") == FITS
        assert states.count("REJECTED") == REQUESTS - FITS
        before = granted(parties)
        assert len(before) == FITS
        told = {
            body["reservation_key"]["name"] for body, state in zip(bodies, states, strict=True) if state == "GRANTED"
        }
        assert told == before

        # Replaying every request changes nothing: the granted get their answer, the others are rejected again.
        replayed = [parties.south.call("create/reservation", body) for body in bodies]
        assert {status for status, _answer in replayed} == {200}
        assert {answer["Revision"] for _status, answer in replayed} == {1}
        assert {body["reservation_key"]["name"] for _status, body in replayed if body["State"] == "GRANTED"} == before
        assert granted(parties) == before

        # One is given back, and exactly one more fits.
        parties.south.call("delete/reservation", held(sorted(before)[0]))
        again = [parties.south.call("create/reservation", body)[1]["State"] for body in bodies]
        assert again.count("GRANTED") == FITS


def test_two_replicas_on_one_postgresql_grant_exactly_what_fits(tmp_path: Path) -> None:
    binaries = postgresql.programs()
    if binaries is None:
        pytest.skip(postgresql.MISSING)
    with ExitStack() as stack:
        url = stack.enter_context(postgresql.cluster(binaries))
        first = stack.enter_context(EndpointProcess(tmp_path / "first", "telco-north", database={"url": url}))
        parties = introduce(first)
        second = stack.enter_context(EndpointProcess.replica(first, tmp_path / "second"))
        clients = [parties.south, second.client("south-automation")]
        cloudlet = publish(parties, Capacity={"vcpus": FITS})

        def ask(number: int) -> str:
            body = reservation(cloudlet, f"replica-{number}")
            status, answer = clients[number % 2].call("create/reservation", body)
            assert status == 201, answer
            return str(answer["State"])

        with ThreadPoolExecutor(32) as pool:
            states = list(pool.map(ask, range(REQUESTS)))
        assert states.count("GRANTED") == FITS
        assert len(granted(parties)) == FITS


def test_partial_grants_in_a_storm_never_exceed_what_is_there(tmp_path: Path) -> None:
    with EndpointProcess(tmp_path, "telco-north", sites={"s": {"capacity": {"vcpus": 25}}}) as endpoint:
        parties = introduce(endpoint)
        cloudlets = [publish(parties, Site="s", Capacity={"vcpus": 10}) for _number in range(4)]
        bodies = [
            reservation(cloudlets[number % 4], f"partial-{number}", Resources={"vcpus": 3}, Minimum={"vcpus": 1})
            for number in range(REQUESTS)
        ]
        with ThreadPoolExecutor(32) as pool:
            answers = list(pool.map(lambda body: parties.south.call("create/reservation", body)[1], bodies))
        amounts = dict.fromkeys(cloudlets, 0)
        for answer in answers:
            amounts[answer["cloudlet_key"]["name"]] += answer["Granted"].get("vcpus", 0)
        assert max(amounts.values()) <= 10
        assert sum(amounts.values()) == 25
