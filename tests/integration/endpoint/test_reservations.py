# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reservations through the wire: decisions, repetition, changes, time, and who may do what."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.integration.endpoint.parties import (
    PASSWORD,
    Parties,
    held,
    key_of,
    publish,
    reservation,
    reserve,
    unused,
    wrong_fields,
)
from tests.integration.endpoint.server import EndpointProcess


def at(**distance: float) -> str:
    return (datetime.now(UTC) + timedelta(**distance)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def ask(parties: Parties, cloudlet: str, name: str | None = None, **changes: Any) -> dict[str, Any]:
    wish = reservation(cloudlet, name or unused("reservation"), **changes)
    status, answer = parties.south.call("create/reservation", wish)
    assert status == 201, answer
    return answer


def test_what_fits_is_granted_and_what_does_not_is_rejected_with_what_is_free(parties: Parties) -> None:
    cloudlet = publish(parties)
    granted = ask(parties, cloudlet, Resources={"vcpus": 8, "devices": {"gpu": 1}})
    assert (granted["State"], granted["Granted"]) == ("GRANTED", {"vcpus": 8, "devices": {"gpu": 1}})
    rejected = ask(parties, cloudlet, Resources={"vcpus": 3, "devices": {"gpu": 1}})
    assert (rejected["State"], rejected["Granted"]) == ("REJECTED", {})
    assert rejected["Free"] == {"vcpus": 2, "devices": {"gpu": 1}}
    assert "vcpus: 3 asked, 2 free" in rejected["Reason"]


def test_a_partial_grant_goes_down_to_the_minimum(parties: Parties) -> None:
    cloudlet = publish(parties)
    partial = ask(parties, cloudlet, Resources={"vcpus": 30}, Minimum={"vcpus": 4})
    assert (partial["State"], partial["Granted"]) == ("PARTIALLY_GRANTED", {"vcpus": 10})
    assert ask(parties, cloudlet, Resources={"vcpus": 4}, Minimum={"vcpus": 1})["State"] == "REJECTED"


def test_periods_that_do_not_overlap_share_the_same_resources(parties: Parties) -> None:
    cloudlet = publish(parties)
    first = {"Start": at(hours=1), "End": at(hours=2), "Grace_seconds": 600}
    assert ask(parties, cloudlet, Resources={"vcpus": 10}, **first)["State"] == "GRANTED"
    assert ask(parties, cloudlet, Resources={"vcpus": 10}, End=at(minutes=59))["State"] == "GRANTED"
    in_grace = {"Start": at(hours=2, minutes=5), "End": at(hours=3)}
    assert ask(parties, cloudlet, Resources={"vcpus": 1}, **in_grace)["State"] == "REJECTED"
    after = {"Start": at(hours=2, minutes=15), "End": at(hours=3)}
    assert ask(parties, cloudlet, Resources={"vcpus": 10}, **after)["State"] == "GRANTED"
    assert ask(parties, cloudlet, Resources={"vcpus": 1})["State"] == "REJECTED"


def test_cloudlets_of_one_site_share_its_capacity(parties: Parties) -> None:
    first, second = publish(parties, Site="small-site"), publish(parties, Site="small-site")
    reserve(parties, first, Resources={"vcpus": 10})
    assert ask(parties, second, Resources={"vcpus": 3})["Free"] == {"vcpus": 2}
    assert ask(parties, second, Resources={"vcpus": 2})["State"] == "GRANTED"


def test_the_same_request_again_gets_the_same_answer_and_another_one_a_conflict(parties: Parties) -> None:
    cloudlet = publish(parties)
    name = unused("reservation")
    first = ask(parties, cloudlet, name)
    status, again = parties.south.call("create/reservation", reservation(cloudlet, name))
    assert (status, again) == (200, first)
    status, problem = parties.south.call("create/reservation", reservation(cloudlet, name, End=at(hours=1)))
    assert (status, wrong_fields(problem)) == (409, ["End"])


def test_a_rejected_request_is_decided_anew(parties: Parties) -> None:
    cloudlet = publish(parties)
    blocking, name = reserve(parties, cloudlet, Resources={"vcpus": 10}), unused("reservation")
    assert ask(parties, cloudlet, name)["State"] == "REJECTED"
    parties.south.call("delete/reservation", held(blocking))
    again = ask(parties, cloudlet, name)
    assert (again["State"], again["Revision"]) == ("GRANTED", 2)


def test_an_idempotency_key_replays_the_answer_whatever_has_happened_since(parties: Parties) -> None:
    cloudlet, name, key = publish(parties), unused("reservation"), unused("key")
    wish = reservation(cloudlet, name)
    status, first = parties.south.call("create/reservation", wish, idempotency_key=key)
    assert status == 201
    assert parties.south.call("delete/reservation", held(name))[0] == 200
    status, again, headers = parties.south.call_with_headers("create/reservation", wish, idempotency_key=key)
    assert (status, again, headers["idempotent-replayed"]) == (201, first, "true")
    assert parties.south.call("show/reservation", held(name))[1]["items"][0]["State"] == "RELEASED"
    other = reservation(cloudlet, name, Grace_seconds=5)
    status, problem = parties.south.call("create/reservation", other, idempotency_key=key)
    assert (status, problem["cause"]) == (422, "IDEMPOTENCY_KEY_REUSED")


def test_dry_run_decides_without_holding(parties: Parties) -> None:
    cloudlet, name = publish(parties), unused("reservation")
    status, answer = parties.south.call("create/reservation", reservation(cloudlet, name, Dry_run=True))
    assert (status, answer["State"], answer["Dry_run"]) == (200, "GRANTED", True)
    assert parties.south.call("show/reservation", held(name))[1]["items"] == []
    assert ask(parties, cloudlet, Resources={"vcpus": 10})["State"] == "GRANTED"


def test_an_update_is_all_or_nothing(parties: Parties) -> None:
    cloudlet = publish(parties)
    name = reserve(parties, cloudlet, Resources={"vcpus": 4})
    reserve(parties, cloudlet, Resources={"vcpus": 4})
    status, problem = parties.south.call("update/reservation", {**held(name), "Resources": {"vcpus": 7}})
    assert (status, problem["cause"], problem["Free"]) == (409, "NOT_ENOUGH", {"vcpus": 6})
    assert parties.south.call("show/reservation", held(name))[1]["items"][0]["Granted"] == {"vcpus": 4}
    status, grown = parties.south.call("update/reservation", {**held(name), "Resources": {"vcpus": 6}})
    assert (status, grown["Granted"], grown["Revision"]) == (200, {"vcpus": 6}, 2)
    status, problem = parties.south.call("update/reservation", {**held(name), "Resources": {"vcpus": 5}}, if_match="1")
    assert (status, problem["cause"]) == (412, "STALE_REVISION")


def test_the_operator_makes_a_grant_active_and_nobody_else_does(parties: Parties) -> None:
    cloudlet = publish(parties)
    name = reserve(parties, cloudlet)
    assert parties.south.call("activate/reservation", held(name))[0] == 403
    for _repetition in range(2):
        status, active = parties.north.call("activate/reservation", held(name))
        assert (status, active["State"], active["Revision"]) == (200, "ACTIVE", 2)
    status, longer = parties.south.call("update/reservation", {**held(name), "End": at(hours=5)})
    assert (status, longer["State"]) == (200, "ACTIVE")
    status, shrunk = parties.south.call("update/reservation", {**held(name), "Resources": {"instances": 0, "vcpus": 1}})
    assert (status, shrunk["State"]) == (200, "ACTIVE")
    rejected = ask(parties, cloudlet, Resources={"vcpus": 99})
    status, problem = parties.north.call("activate/reservation", {"reservation_key": rejected["reservation_key"]})
    assert (status, problem["cause"]) == (409, "NOT_GRANTED")


def test_releasing_gives_back_and_is_idempotent(parties: Parties) -> None:
    cloudlet = publish(parties)
    name = reserve(parties, cloudlet, Resources={"vcpus": 10})
    for _repetition in range(2):
        status, released = parties.south.call("delete/reservation", held(name))
        assert (status, released["State"], released["Granted"]) == (200, "RELEASED", {})
    assert parties.south.call("delete/reservation", held("never-was"))[0] == 404
    status, problem = parties.south.call("update/reservation", {**held(name), "Resources": {"vcpus": 1}})
    assert (status, problem["cause"]) == (409, "NOT_HELD")
    reserve(parties, cloudlet, Resources={"vcpus": 10})


def test_reservations_of_others_are_not_there(parties: Parties) -> None:
    cloudlet = publish(parties)
    name = reserve(parties, cloudlet)
    assert parties.east.call("show/reservation", held(name))[1]["items"] == []
    assert parties.east.call("delete/reservation", held(name))[0] == 404
    assert parties.east.call("update/reservation", {**held(name), "End": None})[0] == 403
    assert parties.east.call("create/reservation", reservation(cloudlet, name))[0] == 403
    assert parties.north.call("create/reservation", reservation(cloudlet, name, organization="telco-north"))[0] == 403
    assert parties.north.call("show/reservation", held(name))[1]["items"][0]["State"] == "GRANTED"


@pytest.mark.parametrize(
    ("changes", "status", "field"),
    [
        ({"Start": "2030-01-02T00:00:00Z", "End": "2030-01-01T00:00:00Z"}, 422, "End"),
        ({"Resources": {"devices": {"tpu": 1}}}, 422, "Resources.devices.tpu"),
        ({"Resources": {}}, 422, "Resources"),
        ({"Resources": {"vcpus": -1}}, 400, "Resources.vcpus"),
        ({"Start": "tomorrow"}, 400, "Start"),
        ({"Client": "acme"}, 400, "Client"),
    ],
)
def test_a_wrong_reservation_is_one_clear_error(
    parties: Parties, changes: dict[str, Any], status: int, field: str
) -> None:
    name = unused("reservation")
    found, problem = parties.south.call("create/reservation", reservation(publish(parties), name, **changes))
    assert (found, wrong_fields(problem)[:1]) == (status, [field])
    assert parties.south.call("show/reservation", held(name))[1]["items"] == []


def test_a_cloudlet_without_capacity_or_under_maintenance_takes_nothing_new(parties: Parties) -> None:
    bare = publish(parties, Capacity=None)
    assert "states no Capacity" in ask(parties, bare)["Reason"]
    window = {"Start": at(hours=-1), "End": at(hours=1), "Reason": "switch upgrade"}
    closed = publish(parties, Maintenance_Windows=[window])
    assert "switch upgrade" in ask(parties, closed)["Reason"]
    seen = parties.south.call("show/cloudlet", key_of(closed))[1]["items"][0]
    assert (seen["State"], seen["Maintenance_State"]) == ("maintenance", "online")


def test_maintenance_leaves_what_is_granted_alone(parties: Parties) -> None:
    cloudlet = publish(parties)
    name = reserve(parties, cloudlet)
    assert parties.north.call("update/cloudlet", {**key_of(cloudlet), "Maintenance_State": "offline"})[0] == 200
    assert parties.south.call("show/reservation", held(name))[1]["items"][0]["State"] == "GRANTED"
    assert parties.south.call("show/access", key_of(cloudlet))[0] == 200


def test_time_ends_a_reservation_frees_what_it_held_and_is_told(parties: Parties) -> None:
    cloudlet = publish(parties)
    since = parties.south.call("show/event", {})[1]["next_cursor"]
    name = reserve(parties, cloudlet, Resources={"vcpus": 10}, End=at(seconds=1.2), Grace_seconds=1)
    assert parties.south.call("show/access", key_of(cloudlet))[0] == 200
    seen: list[str] = []
    deadline = time.monotonic() + 20
    while "reservation.expired" not in seen and time.monotonic() < deadline:
        page = parties.south.call("show/event", {"since": since, "wait_seconds": 5})[1]
        since = page["next_cursor"]
        seen += [event["Type"] for event in page["items"]]
    assert seen[0] == "reservation.granted"
    assert seen[-1] == "reservation.expired"
    assert parties.south.call("show/reservation", held(name))[1]["items"][0]["State"] == "EXPIRED"
    status, problem = parties.south.call("show/access", key_of(cloudlet))
    assert (status, problem["cause"]) == (403, "NO_RESERVATION")
    reserve(parties, cloudlet, Resources={"vcpus": 10})


def test_access_is_revealed_only_while_a_reservation_has_begun_and_is_audited(
    endpoint: EndpointProcess, parties: Parties
) -> None:
    cloudlet = publish(parties)
    status, problem = parties.south.call("show/access", key_of(cloudlet))
    assert (status, problem["cause"]) == (403, "NO_RESERVATION")
    reserve(parties, cloudlet, Start=at(hours=1), End=at(hours=2))
    assert parties.south.call("show/access", key_of(cloudlet))[0] == 403
    reserve(parties, cloudlet)
    status, answer, headers = parties.south.call_with_headers("show/access", key_of(cloudlet))
    assert (status, answer["Access_vars"]["OS_PASSWORD"]) == (200, PASSWORD)
    assert headers["cache-control"] == "no-store"
    assert parties.north.call("show/access", key_of(cloudlet))[1]["cause"] == "NOT_YOURS"
    lines = [line for line in (endpoint.directory / "audit.log").read_text().splitlines() if cloudlet in line]
    outcomes = [line.split('"outcome": "')[1].rstrip('"}') for line in lines]
    assert outcomes == ["NO_RESERVATION", "NO_RESERVATION", "REVEALED", "NOT_YOURS"]
    told = parties.north.call("show/event", {"limit": 1000})[1]["items"]
    assert any(event["Type"] == "access.revealed" and event["Key"] == key_of(cloudlet) for event in told)
    assert not any(
        e["Type"] == "access.revealed" for e in parties.south.call("show/event", {"limit": 1000})[1]["items"]
    )


def test_usage_shows_what_is_granted_promised_and_there_and_what_is_free_when(parties: Parties) -> None:
    cloudlet = publish(parties)
    end = "2031-01-01T00:00:00Z"
    reserve(parties, cloudlet, Resources={"vcpus": 4, "devices": {"gpu": 1}}, End=end)
    for client in (parties.south, parties.north):
        usage = client.call("show/usage", {"Filter": key_of(cloudlet)})[1]["items"][0]
        assert usage["Resources"]["vcpus"] == {"value": 4, "quota_max": 10, "infra_max": 10}
        assert usage["Resources"]["devices"]["gpu"] == {"value": 1, "quota_max": 2, "infra_max": 2}
        assert [period["End"] for period in usage["Free"]] == [end, None]
        assert [period["Resources"]["vcpus"] for period in usage["Free"]] == [6, 10]


def test_a_long_poll_wakes_at_the_change(parties: Parties) -> None:
    cloudlet = publish(parties)
    since = parties.south.call("show/event", {})[1]["next_cursor"]
    status, page = parties.south.call("show/event", {"since": since, "wait_seconds": 0.2})
    assert (status, page) == (200, {"items": [], "next_cursor": since})
    name = reserve(parties, cloudlet)
    page = parties.south.call("show/event", {"since": since, "wait_seconds": 30})[1]
    assert page["items"][0]["Key"] == held(name)
    assert parties.south.call("show/event", {"wait_seconds": 61})[0] == 400
