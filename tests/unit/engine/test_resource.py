# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a declared kind of object makes of a task: input, result, diff, failure."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.operator_platform.federation.plugins.module_utils.errors import NotEnough
from ansible_collections.operator_platform.federation.plugins.module_utils.resource import Run, execute
from tests.unit.engine.shelf import BoxInfo, BoxResource, Shelf

COMMON = {"concurrency": 4, "deadline": 60, "state": "present"}


def task(shelf: Shelf, run: Run | None = None, **params: Any) -> dict[str, Any]:
    return execute(BoxResource(shelf), {**COMMON, **params}, run or Run())


def problems_of(result: dict[str, Any]) -> dict[str, str]:
    assert result["failed"]
    assert result["failure"]["code"] == "invalid_input"
    return {entry["field"]: entry["reason"] for entry in result["failure"]["details"]["fields"]}


def test_one_object_stands_at_the_top_of_a_task() -> None:
    shelf = Shelf()
    result = task(shelf, name="a", size=2)
    assert result["changed"]
    assert result["results"] == [
        {"key": "a", "changed": True, "state": "present", "action": "created", "box": {"name": "a", "size": 2}}
    ]


def test_many_objects_stand_in_the_list_each_with_its_own_state() -> None:
    shelf = Shelf(b={"name": "b", "size": 1})
    result = task(shelf, boxes=[{"name": "a", "size": 1, "state": None}, {"name": "b", "state": "absent"}])
    assert [(entry["key"], entry["action"]) for entry in result["results"]] == [("a", "created"), ("b", "deleted")]


def test_an_empty_list_opens_no_connection() -> None:
    shelf = Shelf()
    assert task(shelf, boxes=[]) == {"changed": False, "results": []}
    assert shelf.opened == 0


@pytest.mark.parametrize("shape", ["list", "mapping"])
@pytest.mark.parametrize("suffix", [".json", ".yml"])
def test_a_file_holds_the_same_list(tmp_path: Path, suffix: str, shape: str) -> None:
    entries = [{"name": "a", "size": 1}, {"name": "b", "size": 2}]
    source = tmp_path / f"boxes{suffix}"
    source.write_text(json.dumps(entries if shape == "list" else {"boxes": entries}))  # JSON is YAML, too
    shelf = Shelf()
    assert task(shelf, src=str(source))["changed"]
    assert sorted(shelf.boxes) == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("a: [", "is neither YAML nor JSON"),
        ("just text", "must hold a list, or a mapping with boxes"),
        ("crates: []", "must hold a list, or a mapping with boxes"),
        ("!!python/object/apply:os.getcwd []", "is neither YAML nor JSON"),
    ],
)
def test_a_file_that_is_something_else_is_refused(tmp_path: Path, text: str, complaint: str) -> None:
    source = tmp_path / "boxes.yml"
    source.write_text(text)
    assert complaint in problems_of(task(Shelf(), src=str(source)))["src"]


def test_a_file_that_is_not_there_is_refused_by_name(tmp_path: Path) -> None:
    reason = problems_of(task(Shelf(), src=str(tmp_path / "none.yml")))["src"]
    assert "No such file" in reason
    assert "none.yml" in reason


def test_all_wrong_fields_are_named_at_once_before_anything_is_opened() -> None:
    shelf = Shelf()
    result = task(
        shelf,
        boxes=[{"size": 1}, {"name": "b", "size": 0}, "c", {"name": "d", "colr": "red", "state": "gone"}],
    )
    assert sorted(problems_of(result)) == [
        "boxes[0].name",
        "boxes[1].size",
        "boxes[2]",
        "boxes[3].colr",
        "boxes[3].state",
    ]
    assert shelf.opened == 0


def test_one_key_twice_in_a_task_is_refused() -> None:
    assert "a second time" in problems_of(task(Shelf(), boxes=[{"name": "a"}, {"name": "a"}]))["boxes[1]"]


def test_an_option_that_would_be_ignored_beside_the_list_is_refused() -> None:
    shelf = Shelf()
    assert "no effect beside boxes" in problems_of(task(shelf, boxes=[{"name": "a"}], size=3))["size"]
    assert shelf.opened == 0


def test_bounds_are_checked() -> None:
    found = problems_of(task(Shelf(), name="a", concurrency=0, deadline=-1))
    assert sorted(found) == ["concurrency", "deadline"]


def test_the_diff_has_before_and_after_of_what_changes_only() -> None:
    shelf = Shelf(a={"name": "a", "size": 1, "colour": "red"}, c={"name": "c", "size": 5}, d={"name": "d", "size": 9})
    result = task(
        shelf,
        Run(diff=True),
        boxes=[
            {"name": "a", "size": 2, "colour": "red"},
            {"name": "b", "size": 3},
            {"name": "c", "state": "absent"},
            {"name": "d", "size": 9},
        ],
    )
    assert [(entry["before_header"], entry["before"], entry["after"]) for entry in result["diff"]] == [
        ("box a", {"size": 1}, {"size": 2}),
        ("box b", {}, {"size": 3}),
        ("box c", {"size": 5}, {}),
    ]


def test_check_mode_tells_the_same_diff_and_changes_as_the_real_run() -> None:
    entries = [{"name": "a", "size": 2}, {"name": "b", "size": 3}, {"name": "c", "state": "absent"}]
    there = {"a": {"name": "a", "size": 1}, "c": {"name": "c", "size": 1}}

    def said(check_mode: bool) -> list[Any]:
        result = task(Shelf(**there), Run(check_mode=check_mode, diff=True), boxes=entries)
        return [result["diff"], [(one["key"], one["action"], one.get("changes")) for one in result["results"]]]

    assert said(check_mode=True) == said(check_mode=False)


def test_no_secret_is_in_a_result_or_a_diff() -> None:
    shelf = Shelf(b={"name": "b", "secret": "old-hush"})
    result = task(shelf, Run(diff=True), boxes=[{"name": "a", "secret": "hush"}, {"name": "b", "secret": "new-hush"}])
    assert "hush" not in json.dumps(result)
    assert result["diff"][1] == {
        "before_header": "box b",
        "after_header": "box b",
        "before": {"secret": "(hidden) before"},
        "after": {"secret": "(hidden) after"},
    }


def test_a_task_fails_at_the_end_naming_every_object_that_failed() -> None:
    shelf = Shelf()
    shelf.broken.update(b=NotEnough("No room for b.", answered="full"), d=NotEnough("No room for d."))
    result = task(shelf, boxes=[{"name": name, "size": 1} for name in "abcd"])
    assert result["failed"]
    assert result["changed"]
    assert result["msg"].startswith("2 of 4 boxes failed. b: No room for b. Answered: full.; d: No room for d.")
    assert result["failure"]["code"] == "not_enough"
    assert result["failure"]["details"] == {"failed": ["b", "d"], "answered": "full"}
    assert result["results"][1] == {
        "key": "b",
        "changed": False,
        "state": "present",
        "failed": True,
        "error": {"code": "not_enough", "message": "No room for b. Answered: full.", "details": {"answered": "full"}},
    }


def test_a_result_with_secrets_needs_no_log() -> None:
    info = BoxInfo(Shelf())
    info.secret_result = True
    refused = execute(info, COMMON, Run())
    assert refused["failure"]["code"] == "forbidden"
    assert "no_log: true" in refused["msg"]
    assert execute(info, COMMON, Run(no_log=True)) == {"changed": False, "boxes": []}


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({}, "one of the following is required: boxes, src, name"),
        ({"name": "a", "boxes": []}, "parameters are mutually exclusive: boxes|name"),
        ({"src": "f", "boxes": []}, "parameters are mutually exclusive: boxes|src"),
        ({"boxes": [{"size": 1}]}, "missing required arguments: name found in boxes"),
        ({"boxes": [{"name": "a", "shape": "round"}]}, "boxes.shape. Supported parameters include"),
    ],
)
def test_the_argument_spec_takes_one_way_to_give_objects(given: dict[str, Any], complaint: str) -> None:
    spec = BoxResource(Shelf()).argument_spec()
    validation = ArgumentSpecValidator(spec.pop("argument_spec"), **spec).validate(given)
    assert any(complaint in message for message in validation.error_messages), validation.error_messages


def test_each_entry_of_a_secret_result_says_that_it_is_not_to_be_shown() -> None:
    """ansible-core prints a list named results entry by entry, also under no_log, unless the entries say so themselves."""

    class SecretBoxes(BoxResource):
        secret_result = True

    params = {**COMMON, "boxes": [{"name": "a", "size": 1}, {"name": "b", "size": 2}]}
    result = execute(SecretBoxes(Shelf()), params, Run(no_log=True))
    assert [entry["_ansible_no_log"] for entry in result["results"]] == [True, True]
    assert "results" not in execute(SecretBoxes(Shelf()), params, Run(no_log=False))
