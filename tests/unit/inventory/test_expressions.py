# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The shortcuts must give what ansible-core's own templating gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from ansible.plugins.inventory import Constructable
from ansible.template import Templar

from ansible_collections.operator_platform.federation.plugins.plugin_utils.expressions import (
    Expressions,
    keyed_group_names,
)
from tests.unit.inventory.populating import trusted

HOSTS: list[dict[str, Any]] = [
    {"site": "dock", "items": 3, "capacity": {"vcpus": 64, "devices": {"gpu": 2}}, "tags": ["a"], "flag": True},
    {"site": "dock", "items": 4, "capacity": {"vcpus": 64, "devices": {}}, "tags": ["b"], "flag": False},
    {"site": "DOCK", "items": 3, "capacity": {"vcpus": True, "devices": {"nic": 1}}, "tags": [], "flag": 1},
    {"site": "", "items": 3, "capacity": {"vcpus": 1, "devices": {"items": 1}}, "tags": ["a", "b"], "flag": "yes"},
    {"site": "2", "items": 1.0, "capacity": {"vcpus": 1.0, "devices": {"values": 7}}, "tags": ["c"], "flag": None},
]
EXPRESSIONS = [
    "site",
    "capacity.vcpus",
    "capacity['vcpus']",
    "capacity.devices.items",
    "capacity.devices.items() | list",
    "capacity.devices.items.missing",
    "items",
    "site.upper()",
    "site.missing | default('x')",
    "missing | default(site)",
    "capacity.devices.gpu | default(0)",
    "capacity.devices.gpu",
    "tags[0]",
    "tags | length > 1",
    "'gpu' in capacity.devices",
    "capacity.vcpus > 32",
    "capacity | string",
    "capacity[site] | default('none')",
    "site ~ '-' ~ items",
    "[site, tags]",
    "{'a': items}",
    "tags | map('upper') | list",
    "not flag",
    "syntax error (",
]


KEEPS_TYPES = hasattr(Templar, "evaluate_expression")


class Plugin(Constructable):
    """Only what Constructable needs of a plugin."""

    def __init__(self) -> None:
        self.templar = Templar(loader=None)

    def get_option(self, option: str, hostvars: Any = None) -> Any:
        return False


def outcome(evaluate: Any) -> Any:
    try:
        value = evaluate()
    except Exception as error:  # noqa: BLE001 - whatever templating raises has to be raised by both
        return type(error).__name__
    if callable(value) or "built-in method" in str(value):
        return "method"
    # Before 2.19 ansible-core turns what it templates into text; a path that is looked up keeps its type on all of them.
    return (type(value).__name__, repr(value)) if KEEPS_TYPES else str(value)


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_values_are_those_of_ansible_core(expression: str) -> None:
    plugin = Plugin()
    text = trusted(expression)
    shortcut = Expressions(plugin._compose)
    # Twice over all hosts: the second time everything that can be remembered is.
    for variables in HOSTS * 2:
        expected = outcome(lambda variables=variables: plugin._compose(text, variables))
        found = outcome(lambda variables=variables: shortcut.value(text, variables, lambda: variables))
        assert found == expected


def test_few_values_are_evaluated_once_each() -> None:
    asked: list[Any] = []

    def evaluate(expression: str, variables: Mapping[str, Any]) -> Any:
        asked.append(variables)
        return variables["capacity"]["vcpus"] > 32

    shortcut = Expressions(evaluate)
    for number in range(100):
        variables = {"number": number, "capacity": {"vcpus": number % 4, "memory_mb": number}}
        shortcut.value("capacity.vcpus > 32", variables, lambda variables=variables: variables)
    assert len(asked) == 4


@pytest.mark.parametrize(
    "expression", ["tags | random", "now() ~ site", "lookup('pipe', 'date') ~ site", "site | password_hash"]
)
def test_what_is_not_decided_by_its_input_is_never_remembered(expression: str) -> None:
    asked: list[Any] = []
    shortcut = Expressions(lambda expression, variables: asked.append(expression))
    for _attempt in range(3):
        shortcut.value(expression, HOSTS[0], lambda: HOSTS[0])
    assert len(asked) == 3


def test_a_condition_is_only_decided_directly_when_it_is_a_truth_value() -> None:
    asked: list[Any] = []
    shortcut = Expressions(lambda expression, variables: asked.append(expression), conditional=True)
    assert shortcut.value("flag", HOSTS[0], lambda: HOSTS[0]) is True
    assert asked == []
    shortcut.value("flag", HOSTS[3], lambda: HOSTS[3])
    assert asked == ["flag"]


@pytest.mark.parametrize(
    ("key", "keyed", "leading", "expected"),
    [
        ("dock", {"prefix": "site"}, True, ["site_dock"]),
        ("dock", {}, True, ["_dock"]),
        ("dock", {}, False, ["dock"]),
        (["a", ""], {"prefix": "t", "default_value": "none"}, True, ["t_a", "t_none"]),
        ({"gpu": 2, "nic": ""}, {"prefix": "d", "trailing_separator": False}, True, ["d_gpu_2", "d_nic"]),
        ({"gpu": None}, {"prefix": "d", "default_value": "no"}, True, ["d_gpu_no"]),
        (None, {"default_value": "none", "prefix": "s"}, True, ["s_none"]),
        ("", {}, True, []),
        ([], {}, True, []),
    ],
)
def test_names_of_keyed_groups(key: Any, keyed: dict[str, Any], leading: bool, expected: list[str]) -> None:
    assert keyed_group_names(key, keyed, leading) == expected
