# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter aggregate_demand; its documentation stands in aggregate_demand.yml."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.operator_platform.federation.plugins.module_utils.errors import FederationError
from ansible_collections.operator_platform.federation.plugins.module_utils.model.aggregation import aggregate


def aggregate_demand(
    demand: Any,
    cloudlets: Any,
    organization: Any = None,
    flavors: Any = None,
    usage: Any = None,
    reservations: Any = None,
    current: Any = None,
    prefix: Any = "",
    start: Any = None,
    end: Any = None,
    base_rtt_ms: Any = 0,
) -> dict[str, Any]:
    """Place demand on cloudlets and sum it up per cloudlet."""
    try:
        return aggregate(
            demand,
            cloudlets,
            organization=organization,
            now=datetime.now(UTC),
            flavors=flavors,
            usage=usage,
            reservations=reservations,
            current=current,
            prefix=prefix,
            start=start,
            end=end,
            base_rtt_ms=base_rtt_ms,
        )
    except FederationError as error:
        raise AnsibleFilterError(f"aggregate_demand: {error}") from error


class FilterModule:
    """Filters that Ansible finds in this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"aggregate_demand": aggregate_demand}
