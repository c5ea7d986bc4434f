# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cloudlets: publishing, changing, listing, withdrawing, and who sees them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.endpoint.parties import (
    PASSWORD,
    Parties,
    cloudlet,
    key_of,
    publish,
    reservation,
    reserve,
    unused,
    wrong_fields,
)
from tests.integration.endpoint.server import EndpointProcess


def names(client: Any, **body: Any) -> list[str]:
    found, cursor = [], None
    while True:
        status, page = client.call("show/cloudlet", {**body, **({"cursor": cursor} if cursor else {})})
        assert status == 200, page
        found += [item["cloudlet_key"]["name"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


def test_the_same_cloudlet_again_is_no_change_and_another_one_a_conflict(parties: Parties) -> None:
    name = publish(parties)
    status, answer = parties.north.call("create/cloudlet", cloudlet(name))
    assert (status, answer["Revision"]) == (200, 1)
    other = cloudlet(name, Site="x", Access_vars={**cloudlet(name)["Access_vars"], "OS_PASSWORD": "other"})
    status, problem = parties.north.call("create/cloudlet", other)
    assert (status, problem["cause"]) == (409, "ALREADY_EXISTS")
    assert wrong_fields(problem) == ["Site", "Access_vars.OS_PASSWORD"]


def test_a_change_bumps_the_revision_and_no_change_does_not(parties: Parties) -> None:
    name = publish(parties)
    status, answer, headers = parties.north.call_with_headers("update/cloudlet", {**key_of(name), "Site": "s"})
    assert (status, answer["Revision"], headers["etag"]) == (200, 2, '"2"')
    assert parties.north.call("update/cloudlet", {**key_of(name), "Site": "s"})[1]["Revision"] == 2
    assert "Site" not in parties.north.call("update/cloudlet", {**key_of(name), "Site": None})[1]


def test_a_stale_revision_is_refused(parties: Parties) -> None:
    name = publish(parties)
    assert parties.north.call("update/cloudlet", {**key_of(name), "Site": "a"}, if_match='"1"')[0] == 200
    status, problem = parties.north.call("update/cloudlet", {**key_of(name), "Site": "b"}, if_match='"1"')
    assert (status, problem["cause"], problem["Revision"]) == (412, "STALE_REVISION", 2)
    assert parties.north.call("delete/cloudlet", key_of(name), if_match="1")[0] == 412


def test_dry_run_tells_and_changes_nothing(parties: Parties) -> None:
    name = unused("cloudlet")
    status, answer = parties.north.call("create/cloudlet", cloudlet(name, Dry_run=True))
    assert (status, answer["Exists"]) == (200, False)
    assert PASSWORD not in str(answer)
    assert name not in names(parties.north)
    parties.north.call("create/cloudlet", cloudlet(name))
    change = {**key_of(name), "Site": "s", "Access_vars": {**cloudlet(name)["Access_vars"], "OS_PASSWORD": "new-one"}}
    status, answer = parties.north.call("update/cloudlet", {**change, "Dry_run": True})
    assert answer["Changes"] == [
        {"Field": "Site", "Before": None, "After": "s"},
        {"Field": "Access_vars.OS_PASSWORD", "Before": "********", "After": "********"},
    ]
    assert parties.north.call("update/cloudlet", {**key_of(name), "Site": "s", "Dry_run": True})[1]["Changes"]
    assert parties.north.call("create/cloudlet", cloudlet(name))[0] == 200


def test_only_the_operator_writes_and_only_its_own(parties: Parties) -> None:
    name = publish(parties)
    for path, body in (
        ("create/cloudlet", cloudlet(unused("cloudlet"))),
        ("update/cloudlet", {**key_of(name), "Site": "x"}),
        ("delete/cloudlet", key_of(name)),
    ):
        status, problem = parties.south.call(path, body)
        assert (status, problem["cause"]) == (403, "NOT_YOURS")
    foreign = cloudlet("x", cloudlet_key={"organization": "telco-south", "name": "x"})
    assert parties.north.call("create/cloudlet", foreign)[0] == 403


def test_a_partner_sees_what_is_offered_to_it_and_nothing_else(parties: Parties) -> None:
    offered, other, nobodys = (
        publish(parties),
        publish(parties, Federated_organization="telco-east"),
        unused("cloudlet"),
    )
    assert parties.north.call("create/cloudlet", cloudlet(nobodys, Federated_organization=None))[0] == 201
    assert offered in names(parties.south)
    assert not {other, nobodys} & set(names(parties.south))
    assert names(parties.east) == [other]
    assert {offered, other, nobodys} <= set(names(parties.north))
    # A third operator with valid credentials: the same answer as for what is not there.
    for hidden in (offered, nobodys, "never-was"):
        status, problem = parties.east.call("show/access", key_of(hidden))
        assert (status, problem["cause"]) == (404, "NOT_FOUND")
        wish = reservation(hidden, unused("reservation"), organization="telco-east")
        assert parties.east.call("create/reservation", wish)[0] == 404
    assert parties.east.call("show/usage", {"Filter": {"cloudlet_key": {"name": offered}}})[1]["items"] == []


def test_a_partner_never_sees_a_digest_nor_a_value_of_access_variables(parties: Parties) -> None:
    name = publish(parties)
    seen = parties.south.call("show/cloudlet", {"cloudlet_key": {"name": name}})[1]["items"][0]
    assert seen["Access_vars_set"] == ["OS_AUTH_URL", "OS_PASSWORD", "OS_USERNAME"]
    assert "Access_digest" not in seen
    assert PASSWORD not in str(seen)
    own = parties.north.call("show/cloudlet", {"cloudlet_key": {"name": name}})[1]["items"][0]
    assert PASSWORD not in str(own)
    assert set(own["Access_digest"]) == {"Salt", "Digest"}


def test_offering_a_cloudlet_to_another_partner_moves_what_is_seen(parties: Parties) -> None:
    name = publish(parties)
    since = parties.south.call("show/event", {})[1]["next_cursor"]
    assert parties.north.call("update/cloudlet", {**key_of(name), "Federated_organization": "telco-east"})[0] == 200
    assert name not in names(parties.south)
    assert name in names(parties.east)
    told = [event["Type"] for event in parties.south.call("show/event", {"since": since})[1]["items"]]
    assert told == ["cloudlet.withdrawn"]
    assert parties.east.call("show/event", {"since": since})[1]["items"][-1]["Type"] == "cloudlet.offered"


def test_listings_are_filtered_on_the_server(parties: Parties) -> None:
    site = unused("site")
    first, second = publish(parties, Site=site), publish(parties, Site=site, Maintenance_State="offline")
    assert names(parties.south, Site=site) == [first, second]
    assert names(parties.south, Filter={"site": [site], "State": "offline"}) == [second]
    assert names(parties.south, Site=site, Filter={"cloudlet_key": {"name": [first, "nobody"]}}) == [first]
    assert names(parties.south, Site=site, platform_type="vcenter") == []
    assert names(parties.south, Site=site, Capacity={"vcpus": 10}) == [first, second]
    assert names(parties.south, Site=site, Capacity={"vcpus": 11}) == []


def test_pages_follow_each_other_without_gap_or_repetition(parties: Parties) -> None:
    site = unused("site")
    published = [publish(parties, Site=site) for _number in range(7)]
    assert names(parties.south, Site=site, limit=3) == published
    assert names(parties.south, Site=site, limit=7) == published
    assert names(parties.south, Site=site, limit=2, Near={"Latitude": 53, "Longitude": 9}) == published


def test_near_orders_by_distance_and_cuts_off(parties: Parties) -> None:
    site = unused("site")
    places = {"Hamburg": ("53.5511", "9.9937"), "Berlin": ("52.52", "13.405"), "München": ("48.1372", "11.5755")}
    found = {
        place: publish(parties, Site=site, cloudlet_location={"Latitude": position[0], "Longitude": position[1]})
        for place, position in places.items()
    }
    near = {"Latitude": "52.4", "Longitude": "13.0"}
    page = parties.south.call("show/cloudlet", {"Site": site, "Near": near})[1]["items"]
    assert [item["cloudlet_key"]["name"] for item in page] == [found["Berlin"], found["Hamburg"], found["München"]]
    assert page[0]["Distance_km"] == pytest.approx(30.5, abs=1)
    assert names(parties.south, Site=site, Near={**near, "Within_km": 300}) == [found["Berlin"], found["Hamburg"]]


def test_a_forged_cursor_is_refused(parties: Parties) -> None:
    status, problem = parties.south.call("show/cloudlet", {"cursor": "forged"})
    assert (status, wrong_fields(problem)) == (400, ["cursor"])


def test_what_holds_reservations_is_not_withdrawn_shrunk_or_given_to_somebody_else(parties: Parties) -> None:
    name = publish(parties)
    held = reserve(parties, name, Resources={"vcpus": 6})
    status, problem = parties.north.call("delete/cloudlet", key_of(name))
    assert (status, problem["reservations"]) == (409, [{"organization": "telco-south", "name": held}])
    status, problem = parties.north.call("update/cloudlet", {**key_of(name), "Capacity": {"vcpus": 5}})
    assert (status, wrong_fields(problem)) == (409, ["Capacity.vcpus"])
    assert parties.north.call("update/cloudlet", {**key_of(name), "Federated_organization": "telco-east"})[0] == 409
    assert parties.north.call("update/cloudlet", {**key_of(name), "Capacity": {"vcpus": 6}})[0] == 200
    parties.south.call("delete/reservation", {"reservation_key": {"organization": "telco-south", "name": held}})
    assert parties.north.call("delete/cloudlet", key_of(name))[0] == 200
    assert parties.north.call("delete/cloudlet", key_of(name))[0] == 404


@pytest.mark.parametrize(
    ("changes", "status", "field"),
    [
        ({"cloudlet_location": {"Latitude": "north", "Longitude": "9"}}, 400, "cloudlet_location.Latitude"),
        ({"Platform_type": "Kubernetes"}, 400, "Platform_type"),
        ({"Access_vars": {"OS_AUTH_URL": "x", "OS_USERNAME": "y"}}, 400, "Access_vars.OS_PASSWORD"),
        ({"Federated_organization": "telco-north"}, 422, "Federated_organization"),
        ({"IP_support": "Static", "Static_IPs": "198.51.100.1,198.51.100.0/29"}, 422, "Static_IPs"),
    ],
)
def test_a_wrong_cloudlet_is_one_clear_error_and_nothing_half_done(
    parties: Parties, changes: dict[str, Any], status: int, field: str
) -> None:
    name = unused("cloudlet")
    found, problem = parties.north.call("create/cloudlet", cloudlet(name, **changes))
    assert (found, wrong_fields(problem)) == (status, [field])
    assert name not in names(parties.north)


def test_access_variables_are_nowhere_in_the_files_of_the_endpoint(endpoint: EndpointProcess, parties: Parties) -> None:
    name = unused("cloudlet")
    status, published = parties.north.call("create/cloudlet", cloudlet(name), idempotency_key=unused("key"))
    assert status == 201
    reserve(parties, name)
    assert parties.south.call("show/access", key_of(name))[1]["Access_vars"]["OS_PASSWORD"] == PASSWORD
    for path in endpoint.directory.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert PASSWORD.encode() not in content, path
            for secret in endpoint.secrets.values():
                assert path.suffix == ".secret" or secret.encode() not in content, path
            # With the digest in hand somebody could try out passwords.
            assert published["Access_digest"]["Digest"].encode() not in content, path
