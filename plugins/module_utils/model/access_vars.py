# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The names that open a cloudlet's control endpoint, per platform (EWBI contract, Access_vars)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.operator_platform.federation.plugins.module_utils.model.problems import Problems

PLATFORM_TYPES = ("OpenStack", "vCenter", "VCD")

# platform -> (always needed, alternatives of which one whole set is needed, optional)
_NAMES: dict[str, tuple[tuple[str, ...], tuple[tuple[str, ...], ...], tuple[str, ...]]] = {
    "OpenStack": (
        ("OS_AUTH_URL",),
        (
            ("OS_USERNAME", "OS_PASSWORD"),
            ("OS_APPLICATION_CREDENTIAL_ID", "OS_APPLICATION_CREDENTIAL_SECRET"),
        ),
        ("OS_PROJECT_NAME", "OS_USER_DOMAIN_NAME", "OS_PROJECT_DOMAIN_NAME", "OS_REGION_NAME", "OS_CACERT_DATA"),
    ),
    "vCenter": (
        ("VCENTER_ADDR", "VCENTER_USER", "VCENTER_PASSWORD"),
        (),
        ("VCENTER_DATACENTER", "VCENTER_FOLDER", "VCENTER_RESOURCE_POOL", "VCENTER_CACERT_DATA"),
    ),
    "VCD": (
        ("VCD_URL", "VCD_ORG", "VDC_NAME"),
        (("VCD_USER", "VCD_PASSWORD"), ("VCD_API_TOKEN",)),
        ("VCD_CACERT_DATA",),
    ),
}

SECRET_NAMES = frozenset(
    {
        "OS_PASSWORD",
        "OS_APPLICATION_CREDENTIAL_SECRET",
        "VCENTER_PASSWORD",
        "VCD_PASSWORD",
        "VCD_API_TOKEN",
    }
)


def names_of(platform_type: str) -> tuple[str, ...]:
    """Every name that the platform knows, mandatory first."""
    needed, alternatives, optional = _NAMES[platform_type]
    return (*needed, *(name for names in alternatives for name in names), *optional)


ALL_NAMES = tuple(dict.fromkeys(name for platform in PLATFORM_TYPES for name in names_of(platform)))


def read_access_vars(
    raw: Mapping[str, Any] | None, platform_type: str | None, problems: Problems, path: str = "access_vars."
) -> dict[str, str]:
    """Check the names against the platform; values are never looked into, nor quoted in a problem."""
    given = {str(name): str(value) for name, value in (raw or {}).items() if value is not None and value != ""}
    if platform_type not in _NAMES:
        return given
    needed, alternatives, _optional = _NAMES[platform_type]
    known = names_of(platform_type)
    for name in sorted(set(given) - set(known)):
        problems.add(f"{path}{name}", f"is not known for {platform_type}; known are {', '.join(known)}")
    for name in needed:
        if name not in given:
            problems.add(f"{path}{name}", f"is required for {platform_type}")
    if alternatives and not any(all(name in given for name in names) for names in alternatives):
        sets = " or ".join(f"({', '.join(names)})" for names in alternatives)
        problems.add(f"{path.rstrip('.')}", f"needs {sets} for {platform_type}")
    return given
