# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The southbound modules on a platform of dictionaries: prediction equals effect, a second run changes nothing, check mode
never writes, and one object's trouble is only its own."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.operator_platform.federation.plugins.module_utils.resource import Declared, Run, execute
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi import endpoints
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.credential import CredentialResource
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.inventory import InventoryInfo
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.network import NetworkResource
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.reservation import GrantResource
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.vdc import VdcResource
from tests.unit.sbi.memory_platform import TAKEN, Clouds

ACCESS = {"OS_AUTH_URL": "https://cloud.example/v3", "OS_USERNAME": "u", "OS_PASSWORD": "Sesame-0"}
PLACE = {"latitude": 53.5, "longitude": 9.9}
CHECK, APPLY = Run(check_mode=True, diff=True, no_log=True), Run(diff=True, no_log=True)


@pytest.fixture
def clouds(monkeypatch: pytest.MonkeyPatch) -> Clouds:
    found = Clouds()
    monkeypatch.setattr(endpoints, "open_platform", found.open)
    return found


def run(declared: Declared, how: Run = APPLY, cloudlets: tuple[str, ...] = ("site",), **options: Any) -> dict[str, Any]:
    """Validate as Ansible does, then execute."""
    spec = declared.argument_spec()
    given = {
        "control_endpoints": [{"cloudlet": name, "access_vars": ACCESS} for name in cloudlets],
        **options,
    }
    validation = ArgumentSpecValidator(spec.pop("argument_spec"), **spec).validate(given)
    assert validation.error_messages == []
    return execute(declared, validation.validated_parameters, how)


def made(clouds: Clouds, name: str = "harbour-1") -> None:
    run(VdcResource(), name=name, organization="north")
    for cloud in clouds.by_name.values():
        cloud.writes.clear()


@pytest.mark.parametrize(
    ("declared", "options", "changed"),
    [
        (
            VdcResource(),
            {"name": "harbour-1", "organization": "north", "location": PLACE, "zones": ["a"]},
            {"federated_organization": "south"},
        ),
        (
            GrantResource(),
            {"name": "harbour-1", "resources": {"vcpus": 4, "devices": {"gpu": 1}}},
            {"resources": {"vcpus": 5}},
        ),
        (CredentialResource(), {"name": "harbour-1"}, {"rotate": True}),
        (
            NetworkResource(),
            {"name": "lan", "cidr": "10.1.0.0/24", "routed_to": "public", "security_rules": [{"protocol": "tcp"}]},
            {"assignments": {"web-1": "10.1.0.10"}, "routed_to": None},
        ),
    ],
    ids=["vdc", "reservation", "credential", "network"],
)
def test_prediction_equals_effect_and_a_second_run_changes_nothing(
    clouds: Clouds, declared: Declared, options: dict[str, Any], changed: dict[str, Any]
) -> None:
    if not isinstance(declared, VdcResource):
        made(clouds)
    for asked in (options, {**options, **changed}, {"name": options["name"], "state": "absent"}):
        before = len(clouds.writes)
        predicted = run(declared, CHECK, **asked)
        assert len(clouds.writes) == before, "check mode wrote"
        applied = run(declared, APPLY, **asked)
        assert predicted["changed"]
        assert applied["changed"]
        assert predicted["diff"] == applied["diff"]
        assert predicted["results"][0]["action"] == applied["results"][0]["action"]
        assert len(clouds.writes) == before + 1
        again = {name: value for name, value in asked.items() if name != "rotate"}
        assert not run(declared, APPLY, **again)["changed"]
        assert not run(declared, CHECK, **again)["changed"]
        assert len(clouds.writes) == before + 1


def test_with_one_control_endpoint_an_object_need_not_name_it(clouds: Clouds) -> None:
    result = run(
        VdcResource(), vdcs=[{"name": "a", "organization": "n"}, {"cloudlet": "site", "name": "b", "organization": "n"}]
    )
    assert [entry["key"] for entry in result["results"]] == ["site/a", "site/b"]
    assert set(clouds.by_name["site"].vdcs) == {"a", "b"}


def test_with_several_it_has_to(clouds: Clouds) -> None:
    result = run(VdcResource(), cloudlets=("one", "two"), name="a", organization="n")
    assert result["failure"]["code"] == "invalid_input"
    assert "cloudlet: is required" in result["msg"]
    assert clouds.by_name == {}


def test_a_control_endpoint_that_the_task_does_not_have_is_named_before_anything_is_opened(clouds: Clouds) -> None:
    items = [
        {"cloudlet": "one", "name": "a", "organization": "n"},
        {"cloudlet": "three", "name": "b", "organization": "n"},
    ]
    result = run(VdcResource(), cloudlets=("one", "two"), vdcs=items)
    assert "vdcs[1].cloudlet: three is no control endpoint of the task; there are one, two" in result["msg"]
    assert clouds.by_name == {}


def test_objects_of_the_same_name_behind_two_endpoints_are_two(clouds: Clouds) -> None:
    items = [{"cloudlet": name, "name": "a", "organization": "n"} for name in ("one", "two")]
    assert run(VdcResource(), cloudlets=("one", "two"), vdcs=items)["changed"]
    assert sorted(clouds.writes) == ["create_vdc a", "create_vdc a"]


def test_the_same_object_twice_is_refused(clouds: Clouds) -> None:
    items = [{"name": "a", "organization": "n"}, {"cloudlet": "site", "name": "a", "organization": "n"}]
    assert "site/a a second time" in run(VdcResource(), vdcs=items)["msg"]
    assert clouds.by_name == {}


def test_an_unreachable_endpoint_fails_only_its_own_objects(clouds: Clouds) -> None:
    items = [{"cloudlet": name, "name": "a", "organization": "n"} for name in ("one", "broken", "two")]
    result = run(VdcResource(), cloudlets=("one", "broken", "two"), vdcs=items)
    assert result["failed"]
    assert result["failure"]["details"]["failed"] == ["broken/a"]
    assert [entry.get("action") for entry in result["results"]] == ["created", None, "created"]
    assert sorted(clouds.writes) == ["create_vdc a", "create_vdc a"]


def test_check_mode_says_that_a_name_is_taken(clouds: Clouds) -> None:
    result = run(VdcResource(), CHECK, name=TAKEN, organization="n")
    assert result["failure"]["code"] == "conflict"
    assert clouds.writes == []


def test_check_mode_says_that_a_network_is_in_use(clouds: Clouds) -> None:
    run(NetworkResource(), name="busy", cidr="10.1.0.0/24")
    assert run(NetworkResource(), CHECK, name="busy", state="absent")["failure"]["code"] == "conflict"


def test_check_mode_predicts_for_a_vdc_that_only_check_mode_made(clouds: Clouds) -> None:
    for declared, options in ((GrantResource(), {"resources": {"vcpus": 1}}), (CredentialResource(), {})):
        predicted = run(declared, CHECK, name="not-yet", **options)
        assert predicted["changed"]
        assert "failed" not in predicted
    assert run(GrantResource(), APPLY, name="not-yet", resources={"vcpus": 1})["failure"]["code"] == "not_found"
    assert clouds.writes == []


def test_the_secret_of_a_credential_comes_once_and_never_in_a_diff(clouds: Clouds) -> None:
    made(clouds)
    issued = run(CredentialResource(), name="harbour-1")
    assert issued["results"][0]["credential"]["access_vars"]["OS_APPLICATION_CREDENTIAL_SECRET"] == "Sesame-1"
    assert "Sesame" not in str(issued["diff"])
    assert "access_vars" not in run(CredentialResource(), name="harbour-1")["results"][0]["credential"]
    rotated = run(CredentialResource(), name="harbour-1", rotate=True)
    assert rotated["results"][0]["credential"]["access_vars"]["OS_APPLICATION_CREDENTIAL_SECRET"] == "Sesame-2"
    assert "Sesame" not in str(rotated["diff"])


def test_a_credential_is_not_issued_by_a_task_that_would_log_it(clouds: Clouds) -> None:
    made(clouds)
    refused = run(CredentialResource(), Run(), name="harbour-1")
    assert "no_log" in refused["msg"]
    assert clouds.writes == []


def test_what_is_not_said_of_a_vdc_stays(clouds: Clouds) -> None:
    run(VdcResource(), name="a", organization="n", location=PLACE, description="Harbour")
    result = run(VdcResource(), name="a", organization="n", zones=["az-1"])
    assert result["results"][0]["vdc"]["location"] == PLACE
    assert result["results"][0]["changes"] == {"zones": {"before": [], "after": ["az-1"]}}


def test_every_wrong_field_is_named_at_once(clouds: Clouds) -> None:
    items = [
        {"name": "lan", "cidr": "10.1.0.1/24"},
        {"name": "wan", "cidr": "10.1.0.0/24", "assignments": {"web-1": "10.2.0.1"}},
        {"name": "bad name", "cidr": "10.1.0.0/24"},
    ]
    fields = [entry["field"] for entry in run(NetworkResource(), networks=items)["failure"]["details"]["fields"]]
    assert "networks[0].cidr" in fields
    assert "networks[1].assignments.web-1" in fields
    assert "networks[2].name" in fields
    assert clouds.by_name == {}


def test_a_grant_of_nothing_is_refused_with_the_way_to_take_one_back(clouds: Clouds) -> None:
    assert "state absent" in run(GrantResource(), name="a", resources={"vcpus": 0})["msg"]


def test_views_are_checked_against_their_own_promise(clouds: Clouds) -> None:
    promises = [{"cloudlet": "one", "granted": {"vcpus": 4}}, {"cloudlet": "two", "granted": {"vcpus": 5}}]
    result = run(InventoryInfo(), cloudlets=("one", "two", "three"), promises=promises)
    assert [view["cloudlet"] for view in result["views"]] == ["one", "two", "three"]
    assert [check["ok"] for view in result["views"] for check in view["checks"]] == [True, False]
    assert result["unkept"] == ["two: granted.vcpus"]
    assert not result["changed"]


def test_views_of_the_others_are_there_when_one_endpoint_fails(clouds: Clouds) -> None:
    result = run(InventoryInfo(), cloudlets=("one", "broken"))
    assert result["failed"]
    assert list(result["failure"]["details"]["failed"]) == ["broken"]
    assert [view["cloudlet"] for view in result["views"]] == ["one"]


def test_a_promise_for_no_control_endpoint_is_refused(clouds: Clouds) -> None:
    assert "promises[0].cloudlet" in run(InventoryInfo(), promises=[{"cloudlet": "elsewhere"}])["msg"]
