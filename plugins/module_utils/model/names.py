# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names of organizations, cloudlets and reservations, and the key made of two of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.operator_platform.federation.plugins.module_utils.model.problems import Problems

# EWBI contract: at most 64 characters. Organizations and cloudlets may use capitals, dot and underscore.
OBJECT_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
# EWBI contract: a reservation's name is an opaque label and must not be able to carry free text.
RESERVATION_NAME = re.compile(r"[a-z0-9-]{1,64}")


@dataclass(frozen=True, order=True)
class Key:
    """{organization, name}: unique in the whole federation."""

    organization: str
    name: str

    def __str__(self) -> str:
        return f"{self.organization}/{self.name}"

    def to_dict(self) -> dict[str, str]:
        return {"organization": self.organization, "name": self.name}


def read_key(raw: Mapping[str, Any], problems: Problems, path: str = "", pattern: re.Pattern[str] = OBJECT_NAME) -> Key:
    """Read organization and name out of ``raw``; wrong ones are noted and read as empty."""
    organization = problems.text(raw, "organization", path, required=True) or ""
    name = problems.text(raw, "name", path, required=True) or ""
    for field, value, allowed in (("organization", organization, OBJECT_NAME), ("name", name, pattern)):
        if value and not allowed.fullmatch(value):
            problems.add(f"{path}{field}", f"must match {allowed.pattern}, not {value!r}")
    return Key(organization, name)
