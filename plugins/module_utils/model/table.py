# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rows as an aligned text table, for the summaries of plays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.operator_platform.federation.plugins.module_utils.model.problems import Problems

GAP = "  "


def table(rows: Any, columns: Any) -> str:
    """One line for the titles and one for each row, without blanks at the end; numbers stand to the right.

    columns: names of fields (dots reach into mappings), or mappings {title, field}. Raises InvalidInput.
    """
    problems = Problems()
    headings = _headings(columns, problems)
    if not isinstance(rows, (list, tuple)) or not all(isinstance(row, Mapping) for row in rows):
        problems.add("rows", "must be a list of mappings")
    problems.refuse("The table")
    cells = [[_text(_reach(row, field)) for _title, field in headings] for row in rows]
    numeric = [
        bool(rows) and all(_is_number(_reach(row, field)) for row in rows if _reach(row, field) is not None)
        for _title, field in headings
    ]
    titles = [title for title, _field in headings]
    widths = [max(len(line[number]) for line in [titles, *cells]) for number in range(len(titles))]
    return "\n".join(_line(line, widths, numeric) for line in [titles, *cells])


def _headings(columns: Any, problems: Problems) -> list[tuple[str, str]]:
    headings: list[tuple[str, str]] = []
    if not isinstance(columns, (list, tuple)) or not columns:
        problems.add("columns", "must be a list of field names, or of mappings with title and field")
        return headings
    for number, column in enumerate(columns):
        if isinstance(column, str):
            headings.append((column, column))
        elif isinstance(column, Mapping):
            place = f"columns[{number}]."
            problems.unknown(column, {"title", "field"}, place)
            field = problems.text(column, "field", place, required=True) or ""
            headings.append((problems.text(column, "title", place) or field, field))
        else:
            problems.add(f"columns[{number}]", "must be a field name, or a mapping with title and field")
    return headings


def _reach(row: Mapping[str, Any], field: str) -> Any:
    value: Any = row
    for part in field.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _text(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.1f}"
    if isinstance(value, (list, tuple)):
        return ", ".join(_text(entry) for entry in value) or "-"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_text(entry)}" for name, entry in value.items()) or "-"
    return " ".join(str(value).split())


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _line(cells: Sequence[str], widths: Sequence[int], numeric: Sequence[bool]) -> str:
    padded = [
        cell.rjust(width) if right else cell.ljust(width)
        for cell, width, right in zip(cells, widths, numeric, strict=True)
    ]
    return GAP.join(padded).rstrip()
