# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine: plan, order, check mode, isolation of errors, deadline."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.operator_platform.federation.plugins.module_utils.converge import (
    HIDDEN_AFTER,
    HIDDEN_BEFORE,
    Settled,
    Wanted,
    converge,
    plan_step,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.errors import (
    DeadlineExceeded,
    NotEnough,
    Unreachable,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.waiting import Deadline
from tests.unit.engine.shelf import BoxResource, Shelf


def run(shelf: Shelf, *wanted: Wanted, check_mode: bool = False, deadline: float = 60) -> list[Settled]:
    return converge(
        BoxResource(shelf), wanted, shelf, check_mode=check_mode, concurrency=4, deadline=Deadline(deadline)
    )


def box(name: str, state: str = "present", **fields: Any) -> Wanted:
    return Wanted(name, {"name": name, **fields}, state)


def test_what_is_not_there_is_created_with_every_field_that_was_said() -> None:
    step = plan_step(BoxResource(Shelf()), box("a", size=3, secret="s"), None)
    assert step.action == "create"
    assert step.changes == {"size": (None, 3), "secret": (None, HIDDEN_AFTER)}


def test_what_is_taken_away_anyway_is_no_part_of_a_creation() -> None:
    step = plan_step(BoxResource(Shelf()), box("a", size=3, colour=None), None)
    assert step.changes == {"size": (None, 3)}


def test_only_fields_that_differ_are_changed() -> None:
    step = plan_step(BoxResource(Shelf()), box("a", size=3, colour="red"), {"name": "a", "size": 2, "colour": "red"})
    assert (step.action, dict(step.changes)) == ("update", {"size": (2, 3)})


def test_a_field_that_was_not_said_is_left_as_it_is() -> None:
    step = plan_step(BoxResource(Shelf()), box("a"), {"name": "a", "size": 2, "colour": "red"})
    assert (step.action, dict(step.changes)) == ("none", {})


def test_a_secret_that_differs_is_a_change_without_its_values() -> None:
    step = plan_step(BoxResource(Shelf()), box("a", secret="new"), {"name": "a", "secret": "old"})
    assert (step.action, dict(step.changes)) == ("update", {"secret": (HIDDEN_BEFORE, HIDDEN_AFTER)})


def test_a_secret_that_is_the_same_is_no_change() -> None:
    assert plan_step(BoxResource(Shelf()), box("a", secret="s"), {"name": "a", "secret": "s"}).action == "none"


def test_what_is_absent_already_needs_nothing() -> None:
    assert plan_step(BoxResource(Shelf()), box("a", "absent"), None).action == "none"


def test_a_deletion_shows_what_goes() -> None:
    step = plan_step(BoxResource(Shelf()), box("a", "absent"), {"name": "a", "size": 2})
    assert (step.action, dict(step.changes)) == ("delete", {"size": (2, None)})


def test_it_reads_once_for_all_objects() -> None:
    shelf = Shelf()
    run(shelf, box("a", size=1), box("b", size=1), box("c", size=1))
    assert [call for call in shelf.calls if call[0] == "read"] == [("read", "a,b,c")]


@pytest.mark.parametrize("state", ["present", "absent"])
def test_check_mode_calls_nothing_that_writes(state: str) -> None:
    shelf = Shelf(b={"name": "b", "size": 1})
    settled = run(shelf, box("a", state, size=2), box("b", state, size=2), check_mode=True)
    assert {verb for verb, _key in shelf.calls} == {"read"}
    assert any(entry.changed for entry in settled)


def test_check_mode_plans_what_a_real_run_does() -> None:
    wanted = (box("a", size=2), box("b", size=2), box("c", "absent"), box("d", size=1))
    there = {"b": {"name": "b", "size": 1}, "c": {"name": "c", "size": 1}, "d": {"name": "d", "size": 1}}
    predicted = run(Shelf(**there), *wanted, check_mode=True)
    done = run(Shelf(**there), *wanted)
    assert [(entry.step, entry.changed) for entry in predicted] == [(entry.step, entry.changed) for entry in done]


def test_the_second_run_changes_nothing() -> None:
    shelf = Shelf(c={"name": "c", "size": 1})
    wanted = (box("a", size=2, secret="s"), box("c", "absent"))
    assert all(entry.changed for entry in run(shelf, *wanted))
    assert not any(entry.changed for entry in run(shelf, *wanted))


def test_results_come_in_the_order_wanted() -> None:
    names = [f"box{number}" for number in range(40)]
    settled = run(Shelf(), *[box(name, size=1, rank=-number) for number, name in enumerate(names)])
    assert [entry.wanted.key for entry in settled] == names


def test_deletions_go_first_from_the_highest_rank_then_creations_from_the_lowest() -> None:
    shelf = Shelf(**{name: {"name": name} for name in ("old1", "old2")})
    run(
        shelf,
        box("new2", size=1, rank=2),
        box("old1", "absent", rank=1),
        box("new1", size=1, rank=1),
        box("old2", "absent", rank=2),
    )
    assert shelf.calls[1:] == [("delete", "old2"), ("delete", "old1"), ("create", "new1"), ("create", "new2")]


def test_one_failed_object_does_not_stop_the_rest() -> None:
    shelf = Shelf()
    shelf.broken["b"] = NotEnough("full")
    settled = run(shelf, box("a", size=1), box("b", size=1), box("c", size=1))
    assert [entry.changed for entry in settled] == [True, False, True]
    assert [entry.error and entry.error.code for entry in settled] == [None, "not_enough", None]
    assert sorted(shelf.boxes) == ["a", "c"]


def test_an_object_that_cannot_be_seen_is_not_touched() -> None:
    shelf = Shelf()
    shelf.unreadable["a"] = Unreachable("no answer")
    settled = run(shelf, box("a", size=1), box("b", size=1))
    assert [entry.error and entry.error.code for entry in settled] == ["unreachable", None]
    assert ("create", "a") not in shelf.calls


def test_a_bug_is_raised_and_not_taken_for_a_refusal() -> None:
    shelf = Shelf()
    shelf.broken["a"] = ZeroDivisionError("a bug")  # type: ignore[assignment]  # not one of our errors, on purpose
    with pytest.raises(ZeroDivisionError):
        run(shelf, box("a", size=1), box("b", size=1))


def test_after_the_deadline_nothing_more_is_begun() -> None:
    shelf = Shelf()
    settled = run(shelf, box("a", size=1), box("b", size=1), deadline=0)
    assert all(isinstance(entry.error, DeadlineExceeded) for entry in settled)
    assert shelf.boxes == {}
