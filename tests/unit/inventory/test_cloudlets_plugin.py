# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleParserError
from ansible.utils.display import Display

from ansible_collections.operator_platform.federation.plugins.module_utils.errors import Unreachable
from ansible_collections.operator_platform.federation.plugins.plugin_utils import partners
from tests.unit.inventory.populating import (
    Answers,
    Memory,
    groups_of,
    parse,
    partner,
    plugin,
    record,
    variables_of,
)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Any:
    def install(*given: Any) -> Answers:
        made = Answers(*given)
        monkeypatch.setattr(partners, "fetch", made)
        return made

    return install


def test_cloudlets_become_hosts_in_automatic_groups(answers: Any) -> None:
    answers([record("harbour-1"), record("alps.1", Platform_type="VCD", Maintenance_State="offline")])
    inventory = parse(plugin())
    assert groups_of(inventory) == {
        "cloudlets": ["alps.1", "harbour-1"],
        "partner_telco_north": ["alps.1", "harbour-1"],
        "platform_openstack": ["harbour-1"],
        "platform_vcd": ["alps.1"],
        "maintenance_online": ["harbour-1"],
        "maintenance_offline": ["alps.1"],
        "compliance_draft": ["alps.1", "harbour-1"],
    }


def test_host_variables_carry_profile_key_and_local_connection(answers: Any) -> None:
    answers([record("harbour-1")])
    found = variables_of(parse(plugin()), "harbour-1")
    assert found["cloudlet"] == {"organization": "telco-north", "name": "harbour-1"}
    assert found["cloudlet_name"] == "harbour-1"
    assert found["location"] == {"latitude": 53.5461, "longitude": 9.9661}
    assert found["capacity"]["devices"] == {"gpu": 2}
    assert found["ansible_connection"] == "local"
    assert "name" not in found
    assert not [name for name in found if "access" in name or "secret" in name]


def test_prefixes_of_groups_and_variables(answers: Any) -> None:
    answers([record("harbour-1")])
    inventory = parse(plugin(group_prefix="fed_", hostvars_prefix="ewbi_", compose={"x": "ewbi_location.latitude"}))
    assert "fed_platform_openstack" in groups_of(inventory)
    found = variables_of(inventory, "harbour-1")
    assert found["ewbi_platform_type"] == "OpenStack"
    assert found["x"] == 53.5461
    assert "platform_type" not in found


def test_names_that_two_partners_share_fall_to_the_next_preference_for_both(answers: Any) -> None:
    answers([record("edge"), record("alps")], [record("edge", "telco-west")])
    inventory = parse(plugin(partners=[partner("telco-north"), partner("telco-west")]))
    assert set(inventory.hosts) == {"alps", "telco-north_edge", "telco-west_edge"}


def test_a_shared_name_without_another_preference_is_an_error_with_remedy(answers: Any) -> None:
    answers([record("edge")], [record("edge", "telco-west")])
    with pytest.raises(AnsibleParserError, match="Add organization_name to the option hostnames"):
        parse(plugin(partners=[partner("telco-north"), partner("telco-west")], hostnames=["name"]))


def test_a_partner_cannot_name_a_cloudlet_localhost(answers: Any) -> None:
    answers([record("localhost")])
    assert set(parse(plugin()).hosts) == {"telco-north_localhost"}


def test_host_names_by_jmespath(answers: Any) -> None:
    answers([record("harbour-1", Site="dock")])
    assert set(parse(plugin(hostnames=["join('.', [name, site])"])).hosts) == {"harbour-1.dock"}


def test_query_chooses_cloudlets(answers: Any) -> None:
    answers([record("harbour-1"), record("alps", Platform_type="VCD")])
    assert set(parse(plugin(query="[?platform_type=='VCD']")).hosts) == {"alps"}


@pytest.mark.parametrize("query", ["[].name", "[?", "length(@)", "[].{name: name}"])
def test_a_query_that_does_not_choose_is_refused(answers: Any, query: str) -> None:
    answers([record("harbour-1")])
    with pytest.raises(AnsibleParserError, match="query: "):
        parse(plugin(query=query))


def test_what_a_partner_sends_is_never_templated(answers: Any) -> None:
    evil = "{{ lookup('pipe', 'touch /tmp/never') }}"
    answers([record("harbour-1", Site=evil)])
    inventory = parse(plugin(compose={"place": "site"}, keyed_groups=[{"key": "site", "prefix": "site"}]))
    found = variables_of(inventory, "harbour-1")
    from ansible.template import Templar

    templar = Templar(loader=None, variables=found)
    assert templar.template(found["site"]) == evil
    assert templar.template(found["place"]) == evil


def test_compose_groups_and_keyed_groups(answers: Any) -> None:
    answers(
        [record("harbour-1", Site="dock", Capacity={"vcpus": 64}), record("alps", Site=None, Capacity={"vcpus": 4})]
    )
    inventory = parse(
        plugin(
            compose={"size": "'big' if capacity.vcpus > 32 else 'small'", "north": "location.latitude"},
            groups={"big_ones": "size == 'big'", "never": "false"},
            keyed_groups=[
                {"key": "site", "prefix": "site", "default_value": "none", "parent_group": "sites"},
                {"key": "size", "separator": ""},
            ],
        )
    )
    found = groups_of(inventory)
    assert found["big_ones"] == ["harbour-1"]
    assert found["site_dock"] == ["harbour-1"]
    assert found["site_none"] == ["alps"]
    assert found["small"] == ["alps"]
    assert "never" not in found
    assert sorted(group.name for group in inventory.groups["sites"].child_groups) == ["site_dock", "site_none"]
    assert variables_of(inventory, "alps")["north"] == 53.5461


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"compose": {"x": "no_such_name"}}, "Could not set x for host harbour-1"),
        ({"groups": {"g": "no_such_name"}}, "Could not add host harbour-1 to group g"),
        ({"keyed_groups": [{"key": "no.such.name"}]}, "Could not generate group for host harbour-1"),
        ({"keyed_groups": [{"key": "site"}]}, "No key or key resulted empty for site"),
        ({"keyed_groups": [{"key": "revision"}]}, "a group is named by text, a list or a mapping"),
    ],
)
def test_strict_makes_wrong_expressions_errors(
    answers: Any, tmp_path: Path, options: dict[str, Any], words: str
) -> None:
    answers([record("harbour-1")])
    with pytest.raises(AnsibleParserError, match=words):
        parse(plugin(strict=True, **options))


def test_without_strict_wrong_expressions_are_passed_over(answers: Any) -> None:
    answers([record("harbour-1")])
    inventory = parse(plugin(compose={"x": "no_such_name", "y": "revision"}, groups={"g": "no_such_name"}))
    assert "x" not in variables_of(inventory, "harbour-1")
    assert variables_of(inventory, "harbour-1")["y"] == 1


def test_one_partner_failing_fails_all_by_default(answers: Any) -> None:
    answers(
        [record("harbour-1")], Unreachable("The endpoint cannot be reached.", asked="POST https://telco-west.example")
    )
    with pytest.raises(AnsibleParserError, match=r"telco-west.*cannot be reached.*on_partner_error: warn"):
        parse(plugin(partners=[partner("telco-north"), partner("telco-west")]))


def test_one_partner_failing_is_a_warning_when_asked_for_and_not_cached(
    answers: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    warnings: list[str] = []
    monkeypatch.setattr(Display, "warning", lambda self, text, **more: warnings.append(text))
    asked = answers([record("harbour-1")], Unreachable("The endpoint cannot be reached."))
    memory = Memory()
    options = {"partners": [partner("telco-north"), partner("telco-west")], "on_partner_error": "warn", "cache": True}
    assert set(parse(plugin(memory, **options)).hosts) == {"harbour-1"}
    assert len(warnings) == 1
    assert "telco-west" in warnings[0]
    assert memory == {}
    parse(plugin(memory, **options))
    assert asked.asked == 2


def test_cache_spares_the_partners_and_holds_no_secret(answers: Any) -> None:
    asked = answers([record("harbour-1")])
    memory = Memory()
    first = parse(plugin(memory, cache=True))
    second = parse(plugin(memory, cache=True))
    assert asked.asked == 1
    assert groups_of(first) == groups_of(second)
    assert variables_of(first, "harbour-1") == variables_of(second, "harbour-1")
    assert "secret-of" not in repr(memory)


def test_refreshing_and_other_partners_pass_over_the_cache(answers: Any) -> None:
    asked = answers([record("harbour-1")])
    memory = Memory()
    parse(plugin(memory, cache=True))
    parse(plugin(memory, cache=True), cache=False)
    assert asked.asked == 2
    parse(plugin(memory, cache=True, partners=[partner("telco-north", client_id="other")]))
    assert asked.asked == 3


def test_every_wrong_field_of_the_partners_is_named_and_no_secret_quoted(answers: Any) -> None:
    answers()
    broken = [partner("telco-north", url="", colour="red"), {"organization": "x"}, "text"]
    with pytest.raises(AnsibleParserError) as caught:
        parse(plugin(partners=broken))
    text = str(caught.value)
    for field in ("partners[0].url", "partners[0].colour", "partners[1].client_secret", "partners[2]"):
        assert field + ": " in text
    assert "secret-of-telco-north" not in text


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("cloudlets.yml", True),
        ("lab.cloudlets.yaml", True),
        ("lab.cloudlets.json", False),
        ("mycloudlets.yml", False),
        ("hosts.yml", False),
    ],
)
def test_only_files_of_its_own_are_taken(tmp_path: Path, name: str, expected: bool) -> None:
    (tmp_path / name).write_text("plugin: x\n")
    assert plugin().verify_file(str(tmp_path / name)) is expected
