# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which access variables each platform's control endpoint takes: names, and which of them are needed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ewbi_endpoint.problems import InvalidParam


@dataclass(frozen=True, slots=True)
class AccessNames:
    """`required` always; one whole set of `alternatives`; the rest as needed."""

    required: tuple[str, ...]
    alternatives: tuple[tuple[str, ...], ...]
    optional: tuple[str, ...]

    @property
    def known(self) -> frozenset[str]:
        """Every name that this platform takes."""
        return frozenset((*self.required, *self.optional, *(name for names in self.alternatives for name in names)))


PLATFORMS = {
    "OpenStack": AccessNames(
        required=("OS_AUTH_URL",),
        alternatives=(
            ("OS_USERNAME", "OS_PASSWORD"),
            ("OS_APPLICATION_CREDENTIAL_ID", "OS_APPLICATION_CREDENTIAL_SECRET"),
        ),
        optional=(
            "OS_PROJECT_NAME",
            "OS_USER_DOMAIN_NAME",
            "OS_PROJECT_DOMAIN_NAME",
            "OS_REGION_NAME",
            "OS_CACERT_DATA",
        ),
    ),
    "vCenter": AccessNames(
        required=("VCENTER_ADDR",),
        alternatives=(("VCENTER_USER", "VCENTER_PASSWORD"),),
        optional=("VCENTER_DATACENTER", "VCENTER_FOLDER", "VCENTER_RESOURCE_POOL", "VCENTER_CACERT_DATA"),
    ),
    "VCD": AccessNames(
        required=("VCD_URL", "VCD_ORG", "VDC_NAME"),
        alternatives=(("VCD_USER", "VCD_PASSWORD"), ("VCD_API_TOKEN",)),
        optional=("VCD_CACERT_DATA",),
    ),
}
ALL_NAMES = frozenset(name for names in PLATFORMS.values() for name in names.known)


def wrong_access_names(platform_type: str, given: Iterable[str]) -> list[InvalidParam]:
    """What is missing from, or unknown among, the names given for a platform."""
    names = PLATFORMS[platform_type]
    present = set(given)
    found = [
        InvalidParam(f"Access_vars.{name}", f"is not an access variable of {platform_type}")
        for name in sorted(present - names.known)
    ]
    found += [
        InvalidParam(f"Access_vars.{name}", f"is required for {platform_type}")
        for name in names.required
        if name not in present
    ]
    if not any(present.issuperset(alternative) for alternative in names.alternatives):
        begun = [alternative for alternative in names.alternatives if present.intersection(alternative)]
        ways = " or ".join(" and ".join(alternative) for alternative in names.alternatives)
        missing = [name for name in (begun[0] if begun else names.alternatives[0]) if name not in present]
        found += [InvalidParam(f"Access_vars.{name}", f"is required for {platform_type} ({ways})") for name in missing]
    return found
