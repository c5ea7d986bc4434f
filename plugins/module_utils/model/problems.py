# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Collects everything that is wrong with an input before refusing it, so that a person mends it in one go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.operator_platform.federation.plugins.module_utils.errors import InvalidInput


class Problems:
    """Wrong fields, each with its full path and the reason."""

    def __init__(self) -> None:
        self.found: list[tuple[str, str]] = []

    def add(self, field: str, reason: str) -> None:
        self.found.append((field, reason))

    def refuse(self, what: str) -> None:
        """Raise InvalidInput naming every field, if there is any."""
        if self.found:
            raise InvalidInput(what, self.found)

    def unknown(self, raw: Mapping[str, Any], known: frozenset[str] | set[str], path: str = "") -> None:
        """Note every key that nobody reads: a misspelt option must not be ignored silently."""
        for name in sorted(str(name) for name in set(raw) - known):
            self.add(f"{path}{name}", f"is not known here; known are {', '.join(sorted(known))}")

    def whole_number(self, raw: Mapping[str, Any], name: str, path: str = "", least: int = 0) -> int | None:
        """Read an optional whole number; a bad one is noted and read as None."""
        value = raw.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, (int, str)):
            self.add(f"{path}{name}", f"must be a whole number, not {value!r}")
            return None
        try:
            number = int(value)
        except ValueError:
            self.add(f"{path}{name}", f"must be a whole number, not {value!r}")
            return None
        if number < least:
            self.add(f"{path}{name}", f"must be at least {least}, not {number}")
            return None
        return number

    def text(self, raw: Mapping[str, Any], name: str, path: str = "", required: bool = False) -> str | None:
        """Read an optional text; blank counts as missing."""
        value = raw.get(name)
        if value is None or (isinstance(value, str) and not value.strip()):
            if required:
                self.add(f"{path}{name}", "is required")
            return None
        if not isinstance(value, str):
            self.add(f"{path}{name}", f"must be text, not {type(value).__name__}")
            return None
        return str(value)

    def truth(self, raw: Mapping[str, Any], name: str, path: str = "") -> bool | None:
        """Read an optional boolean. Text is not guessed at: a file given as src may say "no" and mean it."""
        value = raw.get(name)
        if value is not None and not isinstance(value, bool):
            self.add(f"{path}{name}", f"must be true or false, not {value!r}")
            return None
        return value

    def mapping(self, raw: Mapping[str, Any], name: str, path: str = "") -> Mapping[str, Any] | None:
        """Read an optional mapping; a bad one is noted and read as None. Its value is not quoted: it may be secret."""
        value = raw.get(name)
        if value is not None and not isinstance(value, Mapping):
            self.add(f"{path}{name}", f"must be a mapping, not {type(value).__name__}")
            return None
        return value

    def mappings(self, raw: Mapping[str, Any], name: str, path: str = "") -> list[tuple[str, Mapping[str, Any]]]:
        """Read an optional list of mappings, each with the path of its fields; bad ones are noted and left out."""
        value = raw.get(name)
        if value is None:
            return []
        if not isinstance(value, (list, tuple)):
            self.add(f"{path}{name}", f"must be a list, not {type(value).__name__}")
            return []
        found = []
        for number, entry in enumerate(value):
            if isinstance(entry, Mapping):
                found.append((f"{path}{name}[{number}].", entry))
            else:
                self.add(f"{path}{name}[{number}]", f"must be a mapping, not {type(entry).__name__}")
        return found

    def choice(self, raw: Mapping[str, Any], name: str, choices: tuple[str, ...], path: str = "") -> str | None:
        """Read an optional choice, letter case ignored."""
        value = self.text(raw, name, path)
        if value is None:
            return None
        for choice in choices:
            if choice.lower() == value.lower():
                return choice
        self.add(f"{path}{name}", f"must be one of {', '.join(choices)}, not {value!r}")
        return None
