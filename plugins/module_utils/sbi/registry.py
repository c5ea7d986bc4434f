# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which platform speaks to which type of control endpoint. A platform's code and SDK are imported when it is used first."""

from __future__ import annotations

from collections.abc import Callable

from ansible_collections.operator_platform.federation.plugins.module_utils.errors import InvalidInput, Unsupported
from ansible_collections.operator_platform.federation.plugins.module_utils.model.access_vars import PLATFORM_TYPES
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.platform import (
    Connect,
    ControlEndpoint,
    Platform,
    Surroundings,
)


def _openstack() -> Connect:
    from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack.platform import (
        OpenStackPlatform,
    )

    return OpenStackPlatform


PLATFORMS: dict[str, Callable[[], Connect]] = {"OpenStack": _openstack}


def open_platform(endpoint: ControlEndpoint, surroundings: Surroundings) -> Platform:
    """Log in at the control endpoint. Raises InvalidInput for a type that nobody knows, Unsupported for one that this
    version has no platform for."""
    if endpoint.platform_type not in PLATFORM_TYPES:
        raise InvalidInput(
            f"The control endpoint of {endpoint.cloudlet}",
            [("platform_type", f"must be one of {', '.join(PLATFORM_TYPES)}, not {endpoint.platform_type!r}")],
        )
    if endpoint.platform_type not in PLATFORMS:
        raise Unsupported(
            f"The control endpoint of {endpoint.cloudlet} is {endpoint.platform_type}; this version has no platform for it.",
            answered=f"platforms there: {', '.join(sorted(PLATFORMS))}",
            remedy="Use a cloudlet on one of them, or a later version of the collection.",
        )
    return PLATFORMS[endpoint.platform_type]()(endpoint, surroundings)
