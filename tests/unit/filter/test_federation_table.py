# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.operator_platform.federation.plugins.filter.federation_table import federation_table


def test_columns_are_aligned_and_numbers_stand_right() -> None:
    rows = [
        {"cloudlet": {"name": "harbour-1"}, "km": 1.25, "vcpus": 8, "ok": True},
        {"cloudlet": {"name": "alps"}, "km": 612.0, "vcpus": 128, "ok": None},
    ]
    columns = [{"title": "cloudlet", "field": "cloudlet.name"}, "km", "vcpus", {"title": "fine", "field": "ok"}]
    assert federation_table(rows, columns).splitlines() == [
        "cloudlet      km  vcpus  fine",
        "harbour-1    1.2      8  yes",
        "alps       612.0    128  -",
    ]


def test_lists_mappings_and_line_feeds_are_shown_on_one_line() -> None:
    assert (
        federation_table([{"a": [1, 2], "b": {"gpu": 1}, "c": "x\ny"}], ["a", "b", "c"]).splitlines()[1]
        == "1, 2  gpu 1  x y"
    )


def test_no_rows_leave_the_titles() -> None:
    assert federation_table([], ["one", "two"]) == "one  two"


@pytest.mark.parametrize(
    ("rows", "columns", "field"),
    [
        ([], [], "columns"),
        ("x", ["a"], "rows"),
        ([], [{"title": "t"}], r"columns\[0\]\.field"),
        ([], [3], r"columns\[0\]"),
    ],
)
def test_wrong_input_is_refused_by_name(rows: object, columns: object, field: str) -> None:
    with pytest.raises(AnsibleFilterError, match=field):
        federation_table(rows, columns)
