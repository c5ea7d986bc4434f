# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When the action plugin may run a module inside the worker, and what it makes of the arguments."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ansible_collections.operator_platform.federation.plugins.action.in_process import ActionModule, holds_any, plain
from tests.unit.engine.shelf import BoxInfo, BoxResource, Shelf

MODULE_RAN = {"changed": False, "ran": "in a process of its own"}


class Text(str):
    """Stands for the tagged strings of ansible-core 2.19."""


class Number(int):
    """Stands for its tagged numbers."""


class Amount(float):
    """Stands for its tagged floats."""


def action(monkeypatch: pytest.MonkeyPatch, declared: Any, args: dict[str, Any], **differs: Any) -> ActionModule:
    task = SimpleNamespace(
        action="operator_platform.federation.ewbi_box",
        args=args,
        async_val=differs.get("async_val", 0),
        environment=differs.get("environment", []),
        check_mode=differs.get("check_mode", False),
        diff=differs.get("diff", False),
        no_log=differs.get("no_log", False),
        delegate_to=None,
        get_name=lambda: "Box",
    )
    plugin = ActionModule(
        task=task,
        connection=SimpleNamespace(transport=differs.get("transport", "local"), _shell=SimpleNamespace(tmpdir=None)),
        play_context=SimpleNamespace(become=differs.get("become", False)),
        loader=None,
        templar=SimpleNamespace(template=lambda value: value),
        shared_loader_obj=None,
    )
    monkeypatch.setattr(ActionBase, "run", lambda self, tmp=None, task_vars=None: {})
    monkeypatch.setattr(plugin, "_declared", lambda: declared)
    monkeypatch.setattr(plugin, "_execute_module", lambda **_kwargs: dict(MODULE_RAN))
    return plugin


def test_it_runs_inside_the_worker_on_a_plain_local_task(monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = Shelf()
    result = action(monkeypatch, BoxResource(shelf), {"name": Text("a"), "size": Text("2")}).run(task_vars={})
    assert result["changed"]
    assert shelf.boxes == {"a": {"name": "a", "size": 2}}


@pytest.mark.parametrize(
    "differs",
    [
        {"async_val": 10},
        {"become": True},
        {"environment": [{}, {"HTTPS_PROXY": "http://proxy.example"}]},
        {"transport": "ssh"},
    ],
    ids=str,
)
def test_it_leaves_what_would_mean_something_else_to_the_module(
    monkeypatch: pytest.MonkeyPatch, differs: dict[str, Any]
) -> None:
    shelf = Shelf()
    assert action(monkeypatch, BoxResource(shelf), {"name": "a"}, **differs).run(task_vars={}) == MODULE_RAN
    assert shelf.calls == []


@pytest.mark.parametrize(
    ("interpreter", "here"),
    [(None, True), ("auto", True), ("auto_silent", True), (sys.executable, True), ("/opt/other/bin/python", False)],
)
def test_another_python_gets_its_own_process(
    monkeypatch: pytest.MonkeyPatch, interpreter: str | None, here: bool
) -> None:
    shelf = Shelf()
    result = action(monkeypatch, BoxResource(shelf), {"name": "a"}).run(
        task_vars={"ansible_python_interpreter": interpreter}
    )
    assert (result != MODULE_RAN) is here


def test_check_mode_reaches_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = Shelf()
    result = action(monkeypatch, BoxResource(shelf), {"name": "a"}, check_mode=True).run(task_vars={})
    assert result["changed"]
    assert shelf.boxes == {}


def test_wrong_arguments_are_refused_as_the_module_would(monkeypatch: pytest.MonkeyPatch) -> None:
    plugin = action(monkeypatch, BoxResource(Shelf()), {"name": "a", "size": "big", "shape": "round", "secret": "hush"})
    with pytest.raises(AnsibleActionFail) as refused:
        plugin.run(task_vars={})
    assert "Unsupported parameters for operator_platform.federation.ewbi_box: shape" in str(refused.value)
    assert "'size' is of type str and we were unable to convert to int" in str(refused.value)
    assert "hush" not in str(refused.value)


def test_a_secret_argument_is_masked_wherever_it_turns_up_in_a_result(monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = Shelf()
    result = action(monkeypatch, BoxResource(shelf), {"name": "a", "colour": "hush", "secret": "hush"}).run(
        task_vars={}
    )
    assert shelf.boxes["a"]["secret"] == "hush"
    assert "hush" not in str(result)


def test_a_result_that_is_meant_to_hold_a_secret_keeps_it(monkeypatch: pytest.MonkeyPatch) -> None:
    info = BoxInfo(Shelf(hush={}))
    info.secret_result = True
    info.options = {"name": {"type": "str", "no_log": True}}
    result = action(monkeypatch, info, {"name": "hush"}, no_log=True).run(task_vars={})
    assert result["boxes"] == ["hush"]


def test_plain_copies_have_built_in_types_all_the_way_down() -> None:
    copied = plain({Text("a"): [Text("b"), (Text("c"), Number(1), Amount(1.5))], "d": {Text("e"): None, "f": True}})
    assert copied == {"a": ["b", ["c", 1, 1.5]], "d": {"e": None, "f": True}}
    assert [type(name) for name in copied] == [str, str]
    assert [type(entry) for entry in copied["a"][1]] == [str, int, float]


@pytest.mark.parametrize("value", [{"a": ["x", "a hush b"]}, ("hush",), {"hush": 1}, {"n": 12345}])
def test_a_secret_is_found_anywhere_in_a_result(value: Any) -> None:
    assert holds_any(value, {"none", "hush", "12345"})
    assert not holds_any(value, {"none", "quiet"})
