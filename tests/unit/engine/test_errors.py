# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The family of errors: text for people, the same for machines."""

from __future__ import annotations

import pytest

from ansible_collections.operator_platform.federation.plugins.module_utils import errors


def test_an_error_says_what_was_asked_what_answered_and_what_to_do() -> None:
    error = errors.NotFound("Gone.", asked="POST x", answered="status 404", remedy="Look.", details={"status": 404})
    assert str(error) == "Gone. Asked: POST x. Answered: status 404. What to do: Look."
    assert error.as_failure() == {
        "code": "not_found",
        "message": str(error),
        "details": {"status": 404, "asked": "POST x", "answered": "status 404", "remedy": "Look."},
    }


def test_invalid_input_names_every_field() -> None:
    error = errors.InvalidInput("The input", [("a", "is required"), ("b.c", "must be text")])
    assert "a: is required; b.c: must be text" in str(error)
    assert error.as_failure()["details"]["fields"] == [
        {"field": "a", "reason": "is required"},
        {"field": "b.c", "reason": "must be text"},
    ]


def test_every_error_has_a_code_of_its_own() -> None:
    kinds = [
        kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.FederationError)
    ]
    assert len({kind.code for kind in kinds}) == len(kinds)


def test_a_stale_revision_may_be_caught_as_a_conflict() -> None:
    with pytest.raises(errors.Conflict):
        raise errors.StaleRevision("changed meanwhile")
