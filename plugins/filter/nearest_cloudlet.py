# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter nearest_cloudlet; its documentation stands in nearest_cloudlet.yml."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.operator_platform.federation.plugins.module_utils.errors import FederationError
from ansible_collections.operator_platform.federation.plugins.module_utils.model.aggregation import nearest


def nearest_cloudlet(
    location: Any,
    cloudlets: Any,
    organization: Any = "",
    resources: Any = None,
    usage: Any = None,
    reservations: Any = None,
    distance_km: Any = None,
    latency_ms: Any = None,
    base_rtt_ms: Any = 0,
) -> dict[str, Any] | None:
    """Find the nearest cloudlet that accepts reservations, has room, and lies within the bounds."""
    try:
        return nearest(
            location,
            cloudlets,
            now=datetime.now(UTC),
            organization=organization or "",
            resources=resources,
            usage=usage,
            reservations=reservations,
            distance_km=distance_km,
            latency_ms=latency_ms,
            base_rtt_ms=base_rtt_ms,
        )
    except FederationError as error:
        raise AnsibleFilterError(f"nearest_cloudlet: {error}") from error


class FilterModule:
    """Filters that Ansible finds in this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"nearest_cloudlet": nearest_cloudlet}
