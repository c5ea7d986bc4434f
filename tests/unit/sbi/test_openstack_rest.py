# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Raw requests: pages, repeated reads, refusals, the widths of what runs side by side, and never a token in the clear."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.operator_platform.federation.plugins.module_utils.errors import (
    DeadlineExceeded,
    NotFound,
    PlatformFault,
    Unsupported,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack import rest
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack.rest import (
    COMPUTE,
    IDENTITY,
    NETWORK,
    Services,
    next_marker,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.platform import Surroundings
from ansible_collections.operator_platform.federation.plugins.module_utils.waiting import Deadline

pytest.importorskip("openstack", reason="openstacksdk is not installed")


class Answer:
    """What requests gives, as far as it is used."""

    def __init__(self, status: int, body: Any = None, **headers: str) -> None:
        self.status_code = status
        self.content = b"" if body is None else json.dumps(body).encode()
        self.text = self.content.decode()
        self.headers = {"x-openstack-request-id": "req-7", **headers}

    def json(self) -> Any:
        return json.loads(self.content)


class Proxy:
    """Answers in turn, and remembers what was asked."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, str, dict[str, Any]]] = []

    def request(self, path: str, method: str, **kwargs: Any) -> Answer:
        self.asked.append((method, path, kwargs))
        return self.answers.pop(0)


def services(proxy: Proxy, url: str | None = "https://cloud.example", seconds: float = 60) -> Services:
    session = SimpleNamespace(get_endpoint=lambda **_asked: url)
    sdk = SimpleNamespace(
        session=session,
        config=SimpleNamespace(get_region_name=lambda _service: "north"),
        compute=proxy,
        network=proxy,
        identity=proxy,
        close=lambda: None,
    )
    connection = SimpleNamespace(sdk=sdk, close=lambda: None)
    return Services(connection, "harbour-1", Surroundings(Deadline(seconds), concurrency=4))  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    slept: list[float] = []
    monkeypatch.setattr(rest.time, "sleep", slept.append)
    return slept


@pytest.mark.parametrize(
    "answer",
    [
        {
            "servers": [],
            "servers_links": [{"rel": "next", "href": "http://10.0.0.1:8774/v2.1/servers?limit=2&marker=m2"}],
        },
        {"servers": [], "next": "/v2/servers?marker=m2&limit=2"},
        {"servers": [], "links": {"next": "http://inner/v3/servers?marker=m2"}},
    ],
)
def test_the_next_page_is_found_however_the_service_says_it(answer: dict[str, Any]) -> None:
    assert next_marker(answer, "servers") == "m2"


@pytest.mark.parametrize(
    "answer",
    [
        {"servers": []},
        {"servers": [], "servers_links": [{"rel": "previous", "href": "?marker=m1"}]},
        {"links": {"next": None}},
    ],
)
def test_the_last_page_has_no_next(answer: dict[str, Any]) -> None:
    assert next_marker(answer, "servers") is None


def test_pages_are_followed_with_the_same_filter() -> None:
    first = {"networks": [{"id": 1}], "networks_links": [{"rel": "next", "href": "https://x/networks?marker=one"}]}
    proxy = Proxy(Answer(200, first), Answer(200, {"networks": [{"id": 2}]}))
    assert services(proxy).pages(NETWORK, "/networks", "networks", {"name": "lan"}) == [{"id": 1}, {"id": 2}]
    assert [asked[2]["params"] for asked in proxy.asked] == [
        [("name", "lan"), ("limit", 1000)],
        [("name", "lan"), ("limit", 1000), ("marker", "one")],
    ]


def test_keystone_is_not_asked_for_pages_that_it_does_not_have() -> None:
    proxy = Proxy(Answer(200, {"users": []}))
    assert services(proxy).pages(IDENTITY, "/users", "users") == []
    assert proxy.asked[0][2]["params"] == []


def test_an_answer_without_the_list_is_a_fault_that_says_so() -> None:
    with pytest.raises(PlatformFault, match="no list servers"):
        services(Proxy(Answer(200, {"something": "else"}))).pages(COMPUTE, "/servers", "servers")


def test_a_read_is_repeated_when_the_service_is_overloaded_and_waits_as_it_says(no_pauses: list[float]) -> None:
    proxy = Proxy(Answer(503, {}, **{"Retry-After": "7"}), Answer(429, {}), Answer(200, {"ok": 1}))
    assert services(proxy).get(COMPUTE, "/limits") == {"ok": 1}
    assert no_pauses == [7.0, 2.0]


def test_a_read_is_not_repeated_without_end() -> None:
    proxy = Proxy(*(Answer(503, {"error": {"message": "busy"}}) for _number in range(5)))
    with pytest.raises(PlatformFault, match="busy"):
        services(proxy).get(COMPUTE, "/limits")
    assert len(proxy.asked) == 3


def test_a_write_is_never_repeated() -> None:
    proxy = Proxy(Answer(503, {"error": {"message": "busy"}}))
    with pytest.raises(PlatformFault):
        services(proxy).send("POST", COMPUTE, "/servers", {"server": {}})
    assert len(proxy.asked) == 1
    assert proxy.asked[0][2]["connect_retries"] == 0


def test_removing_what_is_gone_is_no_error() -> None:
    services(Proxy(Answer(404, {"error": {"message": "gone"}}))).remove(NETWORK, "/networks/1")
    with pytest.raises(NotFound):
        services(Proxy(Answer(404, {"error": {"message": "gone"}}))).get(NETWORK, "/networks/1")


def test_a_body_with_a_secret_is_kept_out_of_the_sdks_log() -> None:
    proxy = Proxy(Answer(200, {}), Answer(200, {}))
    cloud = services(proxy)
    cloud.send("POST", IDENTITY, "/users", {"user": {}}, secret=True)
    cloud.send("POST", IDENTITY, "/projects", {"project": {}})
    assert [asked[2]["log"] for asked in proxy.asked] == [False, True]


def test_a_catalogue_that_names_plain_http_is_refused() -> None:
    with pytest.raises(Unsupported, match="in the clear"):
        services(Proxy(), "http://cloud.example:8774").get(COMPUTE, "/limits")


def test_a_service_that_is_not_in_the_catalogue_is_named() -> None:
    cloud = services(Proxy(), None)
    assert not cloud.offers(COMPUTE)
    with pytest.raises(Unsupported, match="no public compute service"):
        cloud.get(COMPUTE, "/limits")


def test_nothing_is_asked_after_the_deadline() -> None:
    proxy = Proxy(Answer(200, {}))
    with pytest.raises(DeadlineExceeded, match="asking compute of harbour-1"):
        services(proxy, seconds=0).get(COMPUTE, "/limits")
    assert proxy.asked == []


def test_calls_side_by_side_give_their_answers_by_name_and_the_first_failure() -> None:
    cloud = services(Proxy())

    def fail() -> int:
        raise NotFound("gone")

    assert cloud.together({"a": lambda: 1, "b": lambda: 2}) == {"a": 1, "b": 2}
    assert cloud.together({}) == {}
    with pytest.raises(NotFound):
        cloud.together({"a": lambda: 1, "b": fail})
    cloud.close()
