# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The session with an endpoint: TLS, tokens, retries, paging, errors."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.operator_platform.federation.plugins.module_utils.errors import (
    AuthenticationFailed,
    Conflict,
    DeadlineExceeded,
    FederationError,
    Forbidden,
    InvalidInput,
    NotEnough,
    NotFound,
    PlatformFault,
    StaleRevision,
    Unreachable,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.ewbi.session import ATTEMPTS, EwbiSession
from ansible_collections.operator_platform.federation.plugins.module_utils.waiting import Deadline
from tests.unit.ewbi.conftest import SECRET
from tests.unit.ewbi.tls_server import Answer, Asked, TlsServer, make_certificate

Connect = Callable[..., EwbiSession]


def problem(status: int, detail: str = "no", **more: Any) -> Answer:
    body = {"title": "Problem", "detail": detail, **more}
    return Answer(status, body, {"Content-Type": "application/problem+json", "X-Request-Id": "r-1"})


def test_a_call_carries_token_body_revision_and_idempotency_key(server: TlsServer, connect: Connect) -> None:
    server.script(Answer(201, {"Revision": 8}))
    answer = connect().call("update", "cloudlet", {"Site": "süd"}, revision=7, idempotency_key="k-1")
    assert answer == {"Revision": 8}
    (asked,) = server.asked
    assert asked.path == "/api/v1/auth/update/cloudlet"
    assert asked.body == {"Site": "süd"}
    headers = {name.lower(): value for name, value in asked.headers.items()}
    assert headers["authorization"] == "Bearer token-1"
    assert (headers["if-match"], headers["idempotency-key"]) == ("7", "k-1")


def test_one_token_serves_many_calls_of_many_threads(server: TlsServer, connect: Connect) -> None:
    session = connect(pool_size=8)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: session.call("show", "cloudlet", {"number": number}), range(40)))
    assert server.tokens == 1
    assert len(server.asked) == 40


def test_a_token_near_its_end_is_renewed_before_the_call(server: TlsServer, connect: Connect) -> None:
    server.token_answer = lambda number: Answer(body={"access_token": f"token-{number}", "expires_in": 0})
    session = connect()
    session.call("show", "cloudlet", {})
    session._token_end = 0.0
    session.call("show", "cloudlet", {})
    assert [asked.headers["Authorization"] for asked in server.asked] == ["Bearer token-1", "Bearer token-2"]


def test_a_token_refused_once_is_fetched_anew(server: TlsServer, connect: Connect) -> None:
    server.answers = lambda asked: (
        Answer(200, {"ok": True}) if asked.headers["Authorization"] == "Bearer token-2" else problem(401)
    )
    assert connect().call("show", "cloudlet", {}) == {"ok": True}
    assert server.tokens == 2


def test_many_threads_with_one_expired_token_renew_it_once(server: TlsServer, connect: Connect) -> None:
    together = threading.Barrier(6)

    def work(number: int) -> dict[str, Any]:
        together.wait(timeout=20)
        return session.call("show", "cloudlet", {"number": number})

    session = connect(pool_size=6)
    session.call("show", "cloudlet", {})
    server.answers = lambda asked: (
        problem(401) if asked.headers["Authorization"] == "Bearer token-1" else Answer(200, {"ok": True})
    )
    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(work, range(6))) == [{"ok": True}] * 6
    assert server.tokens == 2


def test_a_token_refused_again_is_an_error_that_names_the_credential(server: TlsServer, connect: Connect) -> None:
    server.script(problem(401, "token unknown"))
    with pytest.raises(
        AuthenticationFailed, match=r"token unknown \(request r-1\).*ewbi_client_id and ewbi_client_secret"
    ):
        connect().call("show", "cloudlet", {})
    assert len(server.asked) == 2


def test_a_wrong_secret_is_one_error_without_the_secret(server: TlsServer, connect: Connect) -> None:
    server.token_answer = lambda _number: problem(401, "unknown client or secret")
    with pytest.raises(AuthenticationFailed) as refused:
        connect().call("show", "cloudlet", {})
    assert "ewbi_client_secret" in str(refused.value)
    assert SECRET not in json.dumps(refused.value.as_failure())
    assert server.tokens == 1


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_busy_endpoint_is_asked_again(server: TlsServer, connect: Connect, slept: list[float], status: int) -> None:
    server.script(problem(status), problem(status), Answer(200, {"ok": True}))
    assert connect().call("show", "cloudlet", {}) == {"ok": True}
    assert len(server.asked) == 3
    assert len(slept) == 2
    assert 0 < slept[0] < slept[1] * 2


def test_retry_after_is_honoured(server: TlsServer, connect: Connect, slept: list[float]) -> None:
    told: list[str] = []
    server.script(Answer(429, {}, {"Retry-After": "17"}), Answer())
    connect(report=told.append).call("show", "cloudlet", {})
    assert slept == [17.0]
    assert "status 429" in told[0]


def test_no_pause_outlasts_the_deadline(server: TlsServer, connect: Connect, slept: list[float]) -> None:
    server.script(Answer(503, {}, {"Retry-After": "4000"}), Answer())
    connect(deadline=Deadline(30)).call("show", "cloudlet", {})
    assert max(slept) <= 30


def test_after_the_deadline_nothing_is_sent(server: TlsServer, connect: Connect) -> None:
    with pytest.raises(DeadlineExceeded, match="POST https://127"):
        connect(deadline=Deadline(0)).call("show", "cloudlet", {})
    assert server.asked == []


def test_it_gives_up_after_some_attempts(server: TlsServer, connect: Connect, slept: list[float]) -> None:
    server.script(problem(503, "starting"))
    with pytest.raises(Unreachable, match=r"not ready.*starting"):
        connect().call("show", "cloudlet", {})
    assert len(server.asked) == ATTEMPTS == len(slept) + 1


def test_a_lost_answer_is_asked_for_again_under_the_same_key(
    server: TlsServer, connect: Connect, slept: list[float]
) -> None:
    server.script(Answer(drop=True), Answer(200, {"ok": True}))
    assert connect().call("create", "reservation", {}, idempotency_key="k-9") == {"ok": True}
    assert [asked.headers["Idempotency-Key"] for asked in server.asked] == ["k-9", "k-9"]


def test_an_unreachable_endpoint_says_why(connect: Connect, server: TlsServer, slept: list[float]) -> None:
    with pytest.raises(Unreachable, match=r"Connection refused.*Check ewbi_url") as refused:
        connect(url="https://127.0.0.1:9").call("show", "cloudlet", {})
    assert "POST https://127.0.0.1:9/api/v1/oauth2/token" in str(refused.value)
    assert len(slept) == ATTEMPTS - 1


@pytest.mark.parametrize("how", ["path", "text"])
def test_the_endpoints_ca_may_be_a_path_or_text(server: TlsServer, connect: Connect, how: str) -> None:
    ca_cert = str(server.ca_cert) if how == "path" else server.ca_cert.read_text()
    assert connect(ca_cert=ca_cert).call("show", "cloudlet", {}) == {}


def test_a_wrong_certificate_is_one_error_that_names_ewbi_ca_cert(
    connect: Connect, server: TlsServer, tmp_path: Path, slept: list[float]
) -> None:
    other, _key = make_certificate(tmp_path / "other")
    with pytest.raises(Unreachable, match=r"certificate is not trusted.*ewbi_ca_cert") as refused:
        connect(ca_cert=str(other)).call("show", "cloudlet", {})
    assert "certificate verify failed: self" in str(refused.value)
    assert slept == []


def test_a_certificate_for_another_host_is_not_trusted(connect: Connect, server: TlsServer) -> None:
    with pytest.raises(Unreachable, match=r"certificate is not trusted.*localhost"):
        connect(url=server.url.replace("127.0.0.1", "localhost")).call("show", "cloudlet", {})


def test_the_environment_can_neither_replace_the_ca_nor_the_token(
    monkeypatch: pytest.MonkeyPatch, connect: Connect, server: TlsServer, tmp_path: Path
) -> None:
    other, _key = make_certificate(tmp_path / "other")
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(other))
    monkeypatch.setenv("NETRC", str(netrc))
    connect().call("show", "cloudlet", {})
    assert server.asked[0].headers["Authorization"] == "Bearer token-1"
    with pytest.raises(Unreachable, match="certificate is not trusted"):
        connect(ca_cert=None).call("show", "cloudlet", {})


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"ca_cert": "/nowhere/ca.pem"}, "ewbi_ca_cert"),
        ({"ca_cert": "-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----"}, "ewbi_ca_cert"),
        ({"client_cert": "/nowhere/client.pem"}, "ewbi_client_cert"),
        ({"url": "http://127.0.0.1:8080"}, "ewbi_url"),
        ({"url": "ewbi.example"}, "ewbi_url"),
        ({"url": "https://user:pw@ewbi.example"}, "ewbi_url"),
        ({"url": "https://[::1"}, "ewbi_url"),
    ],
)
def test_a_wrong_option_is_refused_by_name(connect: Connect, options: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        connect(**options)
    assert field in [name for name, _reason in refused.value.fields]


@pytest.mark.parametrize("address", ["{}", "{}/", "{}/api/v1", "{}/api/v1/"])
def test_the_base_address_may_be_given_with_or_without_the_path(
    server: TlsServer, connect: Connect, address: str
) -> None:
    connect(url=address.format(server.url)).call("show", "cloudlet", {})
    assert server.asked[0].path == "/api/v1/auth/show/cloudlet"


@pytest.mark.parametrize("body", [b"<html>welcome</html>", b"[]", b"", b"\xff\xfe"])
def test_an_answer_that_is_no_json_object_is_a_fault_of_the_other_side(
    server: TlsServer, connect: Connect, body: bytes
) -> None:
    server.script(Answer(200, body, {"Content-Type": "text/html"}))
    with pytest.raises(PlatformFault, match=r"not a JSON object.*status 200, text/html.*ewbi_url"):
        connect().call("show", "cloudlet", {})


@pytest.mark.parametrize(
    "token",
    [{}, {"access_token": ""}, {"access_token": 5}, {"access_token": "t", "expires_in": "soon"}],
    ids=str,
)
def test_a_token_answer_without_a_token_is_a_fault(server: TlsServer, connect: Connect, token: dict[str, Any]) -> None:
    server.token_answer = lambda _number: Answer(body=token)
    with pytest.raises(PlatformFault, match="gave no access token"):
        connect().call("show", "cloudlet", {})


def test_redirections_are_not_followed(server: TlsServer, connect: Connect) -> None:
    server.script(Answer(307, {}, {"Location": "https://elsewhere.example/"}))
    with pytest.raises(PlatformFault, match="status 307"):
        connect().call("show", "cloudlet", {})


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, {}, FederationError),
        (400, {"invalidParams": [{"param": "Site", "reason": "too long"}]}, InvalidInput),
        (403, {}, Forbidden),
        (404, {}, NotFound),
        (409, {}, Conflict),
        (409, {"Free": {"vcpus": 1}}, NotEnough),
        (412, {}, StaleRevision),
        (413, {}, FederationError),
        (418, {}, PlatformFault),
        (422, {"invalidParams": [{"param": "End", "reason": "before Start"}]}, InvalidInput),
        (500, {}, PlatformFault),
    ],
)
def test_every_refusal_is_one_of_our_errors_with_the_endpoints_words(
    server: TlsServer, connect: Connect, status: int, body: dict[str, Any], kind: type[FederationError]
) -> None:
    server.script(problem(status, "in its own words", **body))
    with pytest.raises(kind) as refused:
        connect().call("create", "cloudlet", {})
    assert refused.type is kind
    assert "in its own words" in str(refused.value)
    assert "What to do: " in str(refused.value)
    assert f"POST {server.url}/api/v1/auth/create/cloudlet" in str(refused.value)
    for entry in body.get("invalidParams", []):
        assert entry["param"] in str(refused.value)
        assert entry["reason"] in str(refused.value)


def test_a_refusal_that_is_no_problem_document_still_is_an_error(server: TlsServer, connect: Connect) -> None:
    server.script(Answer(404, b"<h1>Not here</h1>"))
    with pytest.raises(NotFound, match="status 404, Not Found"):
        connect().call("show", "cloudlet", {})


def test_pages_are_read_until_there_is_no_more(server: TlsServer, connect: Connect) -> None:
    def page(asked: Asked) -> Answer:
        first = int(asked.body.get("cursor") or 0)
        following = str(first + 2) if first + 2 < 5 else None
        items = [{"number": number} for number in range(first, min(first + 2, 5))]
        return Answer(body={"items": items, "next_cursor": following})

    server.answers = page
    assert [item["number"] for item in connect().pages("cloudlet", {"Filter": {"Site": "a"}})] == [0, 1, 2, 3, 4]
    assert [asked.body["Filter"] for asked in server.asked] == [{"Site": "a"}] * 3


def test_a_page_that_repeats_for_ever_is_a_fault(server: TlsServer, connect: Connect) -> None:
    server.script(Answer(body={"items": [], "next_cursor": "x"}))
    with pytest.raises(PlatformFault, match="a second time"):
        list(connect().pages("cloudlet", {}))


@pytest.mark.parametrize("body", [{}, {"items": {}}, {"items": [1]}], ids=str)
def test_a_listing_that_is_none_is_a_fault(server: TlsServer, connect: Connect, body: dict[str, Any]) -> None:
    server.script(Answer(body=body))
    with pytest.raises(PlatformFault, match="not a list of objects"):
        list(connect().pages("cloudlet", {}))
