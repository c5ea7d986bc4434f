# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Federations, tokens, transport and errors: who gets in, and what everybody else is told."""

from __future__ import annotations

import json
import ssl
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.integration.endpoint.parties import Parties, cloudlet, key_of, publish, reserve, unused
from tests.integration.endpoint.server import EndpointClient, EndpointProcess, free_port

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def token_request(endpoint: EndpointProcess, form: str, **headers: str) -> tuple[int, dict[str, Any], dict[str, str]]:
    status, body, answered = endpoint.request("/api/v1/oauth2/token", form.encode(), {**FORM, **headers})
    return status, json.loads(body), answered


def partner(endpoint: EndpointProcess, parties: Parties) -> tuple[str, EndpointClient, dict[str, str]]:
    """A partner that has only been proposed a federation."""
    name = unused("telco")
    endpoint.add_client(name, name, "partner")
    key = {"organization": "telco-north", "partner": name}
    assert parties.north.call("create/federation", {"federation_key": key})[0] == 201
    return name, endpoint.client(name), key


def test_a_federation_is_proposed_accepted_suspended_and_ended(endpoint: EndpointProcess, parties: Parties) -> None:
    name, client, key = partner(endpoint, parties)
    status, problem = client.call("show/cloudlet", {})
    assert (status, problem["cause"]) == (403, "FEDERATION_NOT_ACTIVE")
    assert client.call("show/federation", {})[1]["items"][0]["Status"] == "PROPOSED"
    accepted = {"federation_key": key, "Partner_URL": "https://x.example", "Status": "ACTIVE"}
    for _repetition in range(2):
        status, answer = client.call("update/federation", accepted)
        assert (status, answer["Status"], answer["Revision"]) == (200, "ACTIVE", 2)
    assert client.call("show/cloudlet", {})[0] == 200
    # Proposing again does not undo what the partner accepted.
    assert parties.north.call("create/federation", {"federation_key": key})[1]["Status"] == "ACTIVE"
    assert parties.north.call("update/federation", {"federation_key": key, "Status": "SUSPENDED"})[0] == 200
    assert client.call("show/cloudlet", {})[1]["cause"] == "FEDERATION_NOT_ACTIVE"
    assert client.call("update/federation", accepted)[0] == 403
    offered = publish(parties, Federated_organization=name)
    status, problem = parties.north.call("delete/federation", {"federation_key": key})
    assert (status, problem["cloudlets"]) == (409, [offered])
    parties.north.call("delete/cloudlet", key_of(offered))
    assert parties.north.call("delete/federation", {"federation_key": key})[0] == 200
    assert client.call("show/federation", {})[1]["items"] == []


def test_a_federation_that_has_expired_lets_nobody_in(endpoint: EndpointProcess, parties: Parties) -> None:
    _name, client, key = partner(endpoint, parties)
    change = {"federation_key": key, "Status": "ACTIVE", "Expires": "2020-01-01T00:00:00Z"}
    assert parties.north.call("update/federation", change)[1]["Status"] == "EXPIRED"
    status, problem = client.call("show/cloudlet", {})
    assert (status, problem["cause"]) == (403, "FEDERATION_NOT_ACTIVE")


def test_a_partner_may_only_accept(endpoint: EndpointProcess, parties: Parties) -> None:
    _name, client, key = partner(endpoint, parties)
    assert client.call("update/federation", {"federation_key": key, "Status": "TERMINATED"})[0] == 403
    assert client.call("update/federation", {"federation_key": key, "Expires": "2030-01-01T00:00:00Z"})[0] == 403
    assert client.call("create/federation", {"federation_key": key})[0] == 403
    assert client.call("delete/federation", {"federation_key": key})[0] == 403
    others = {"organization": "telco-north", "partner": "telco-south"}
    assert client.call("update/federation", {"federation_key": others, "Status": "ACTIVE"})[0] == 404


def test_a_wrong_secret_and_an_unknown_client_get_the_same_answer(endpoint: EndpointProcess, parties: Parties) -> None:
    answers = [
        token_request(endpoint, f"grant_type=client_credentials&client_id={client_id}&client_secret=wrong")
        for client_id in ("south-automation", "nobody")
    ]
    for status, body, headers in answers:
        assert (status, body["error"]) == (401, "invalid_client")
        assert "www-authenticate" in headers
    assert answers[0][1] == answers[1][1]


def test_guessing_secrets_is_slowed_down(endpoint: EndpointProcess) -> None:
    form = f"grant_type=client_credentials&client_id={unused('guessed')}&client_secret=wrong"
    statuses = [token_request(endpoint, form)[0] for _guess in range(11)]
    assert statuses == [401] * 10 + [429]
    assert int(token_request(endpoint, form)[2]["retry-after"]) >= 1


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ("grant_type=password&client_id=a&client_secret=b", "unsupported_grant_type"),
        ("grant_type=client_credentials", "invalid_request"),
        ("grant_type=client_credentials&client_id=a&client_secret=b&scope=root", "invalid_scope"),
        ("grant_type=client_credentials&grant_type=client_credentials", "invalid_request"),
    ],
)
def test_a_malformed_token_request_is_told_what_is_wrong(endpoint: EndpointProcess, form: str, error: str) -> None:
    status, body, _headers = token_request(endpoint, form)
    assert (status, body["error"]) == (400, error)


@pytest.mark.parametrize("authorization", [None, "Bearer", "Bearer nonsense", "Basic abc", "Bearer a.b.c"])
def test_a_call_without_a_good_token_is_refused(endpoint: EndpointProcess, authorization: str | None) -> None:
    headers = {"Content-Type": "application/json"} | ({"Authorization": authorization} if authorization else {})
    status, body, answered = endpoint.request("/api/v1/auth/show/cloudlet", b"{}", headers)
    assert status == 401
    assert answered["www-authenticate"].startswith("Bearer")
    assert answered["content-type"] == "application/problem+json"
    assert json.loads(body)["cause"] in ("UNAUTHENTICATED", "INVALID_TOKEN")


def until_refused(client: EndpointClient) -> dict[str, Any]:
    """Call again and again until the token is not accepted any more."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        status, problem = client.call("show/federation", {})
        if status != 200:
            assert (status, problem["cause"]) == (401, "INVALID_TOKEN")
            return problem
        time.sleep(0.1)
    raise AssertionError("the token is still accepted")


def test_an_expired_token_is_refused(tmp_path: Path) -> None:
    with EndpointProcess(tmp_path, token={"lifetime_seconds": 1}) as endpoint:
        endpoint.add_client("north", "telco-north", "operator")
        assert "expired" in until_refused(endpoint.client("north"))["detail"]


@pytest.mark.parametrize("command", ["rotate-secret", "remove"])
def test_a_removed_client_and_one_with_a_new_secret_lose_their_tokens(
    endpoint: EndpointProcess, parties: Parties, command: str
) -> None:
    name, client, _key = partner(endpoint, parties)
    assert client.call("show/federation", {})[0] == 200
    endpoint.cli("client", command, "--config", str(endpoint.config), "--client-id", name)
    assert "get a new token" in until_refused(client)["detail"]


def test_another_authority_is_not_trusted(endpoint: EndpointProcess, tmp_path: Path) -> None:
    stranger = EndpointProcess(tmp_path, "telco-strange")
    context = ssl.create_default_context(cafile=str(stranger.ca))
    opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=context), urllib.request.ProxyHandler({}))
    with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
        opener.open(f"{endpoint.url}/healthz", timeout=10)


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1")
def test_plain_http_and_old_tls_are_not_spoken(endpoint: EndpointProcess) -> None:
    with pytest.raises(OSError, match=r".+"):
        urllib.request.urlopen(f"http://127.0.0.1:{endpoint.port}/healthz", timeout=10)
    context = ssl.create_default_context(cafile=str(endpoint.ca))
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=context), urllib.request.ProxyHandler({}))
    with pytest.raises(urllib.error.URLError, match=r"(?i)ssl|tls"):
        opener.open(f"{endpoint.url}/healthz", timeout=10)


def test_nobody_listens_on_another_port(endpoint: EndpointProcess) -> None:
    with pytest.raises(urllib.error.URLError, match="refused"):
        urllib.request.urlopen(f"https://127.0.0.1:{free_port()}/healthz", timeout=10)


def send(endpoint: EndpointProcess, parties: Parties, body: bytes, **headers: str) -> tuple[int, dict[str, Any]]:
    sent = {"Authorization": f"Bearer {parties.north.token()}", "Content-Type": "application/json"}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    status, answer, _headers = endpoint.request("/api/v1/auth/show/cloudlet", body, sent)
    return status, json.loads(answer)


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"{", {}, 400),
        (b"\xff\xfe", {}, 400),
        (b'{"limit": NaN}', {}, 400),
        (b"[]", {}, 400),
        (b"{}", {"Content_Type": "text/plain"}, 415),
        (b'{"x": "' + b"a" * 1_048_576 + b'"}', {}, 413),
        (b"[" * 100_000, {}, 400),
    ],
)
def test_bodies_that_cannot_be_read_are_refused(
    endpoint: EndpointProcess, parties: Parties, body: bytes, headers: dict[str, str], status: int
) -> None:
    found, problem = send(endpoint, parties, body, **headers)
    assert (found, problem["status"]) == (status, status)


def test_unknown_paths_and_methods_are_problems_too(endpoint: EndpointProcess) -> None:
    for path, body, status in (("/nowhere", None, 404), ("/api/v1/auth/show/cloudlet", None, 405)):
        found, answer, headers = endpoint.request(path, body)
        assert (found, headers["content-type"]) == (status, "application/problem+json")
        assert json.loads(answer)["status"] == status


def test_every_answer_carries_a_request_id_and_the_log_has_it(endpoint: EndpointProcess) -> None:
    given = unused("request")
    assert endpoint.request("/nowhere", headers={"X-Request-Id": given})[2]["x-request-id"] == given
    # The line is written when the answer is out, so it may come a moment after it.
    deadline = time.monotonic() + 20
    while given not in endpoint.log.read_text():
        assert time.monotonic() < deadline, "the log never had the request's id"
        time.sleep(0.02)
    forged = endpoint.request("/nowhere", headers={"X-Request-Id": 'x" injected'})[2]["x-request-id"]
    assert "injected" not in forged


def test_a_caller_that_is_too_fast_is_told_when_to_come_back(tmp_path: Path) -> None:
    limits = {"requests_per_second": 1, "burst": 3}
    with EndpointProcess(tmp_path, limits=limits) as endpoint:
        endpoint.add_client("north", "telco-north", "operator")
        client = endpoint.client("north")
        answers = [client.call_with_headers("show/cloudlet", {}) for _call in range(5)]
        status, problem, headers = next(answer for answer in answers if answer[0] != 200)
        assert (status, problem["cause"]) == (429, "RATE_LIMITED")
        assert int(headers["retry-after"]) >= 1


def test_the_endpoint_says_whether_it_is_alive_ready_and_busy(endpoint: EndpointProcess, parties: Parties) -> None:
    assert endpoint.request("/healthz")[0] == 200
    assert json.loads(endpoint.request("/readyz")[1])["organization"] == "telco-north"
    cloudlet_name = publish(parties)
    reserve(parties, cloudlet_name)
    text = endpoint.request("/metrics")[1].decode()
    assert 'ewbi_reservation_decisions_total{state="GRANTED"}' in text
    assert "ewbi_request_seconds_bucket" in text
    assert endpoint.request("/metrics", headers={"X-Forwarded-For": "198.51.100.7"})[0] == 401


def test_the_published_document_is_the_committed_one(endpoint: EndpointProcess, checkout: Path) -> None:
    published = json.loads(endpoint.request("/api/v1/openapi.json")[1])
    assert published == json.loads((checkout / "endpoint/openapi.json").read_text())


def test_a_restart_loses_nothing(tmp_path: Path) -> None:
    with EndpointProcess(tmp_path) as endpoint:
        endpoint.add_client("north", "telco-north", "operator")
        client = endpoint.client("north")
        assert client.call("create/cloudlet", cloudlet("kept"))[0] == 201
        endpoint.kill()
        endpoint.start()
        assert client.call("create/cloudlet", cloudlet("kept"))[0] == 200


def test_another_sealing_key_is_one_clear_error(tmp_path: Path) -> None:
    with EndpointProcess(tmp_path) as endpoint:
        endpoint.add_client("north", "telco-north", "operator")
        client = endpoint.client("north")
        client.call("create/cloudlet", cloudlet("sealed"))
        (tmp_path / "keys/sealing.key").unlink()
        endpoint.cli("key", "new", "--output", str(tmp_path / "keys/sealing.key"))
        endpoint.restart()
        status, problem = client.call("show/cloudlet", {})
        assert (status, problem["cause"]) == (503, "SEALING_KEY")
        assert "sealing key" in problem["detail"]
