# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter scoped_endpoints; its documentation stands in scoped_endpoints.yml."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.operator_platform.federation.plugins.module_utils.errors import FederationError
from ansible_collections.operator_platform.federation.plugins.module_utils.model import orchestrating


def scoped_endpoints(control_endpoints: Any, cloudlets: Any) -> list[dict[str, Any]]:
    """Revealed control endpoints with the scope that was published."""
    try:
        return orchestrating.scoped_endpoints(control_endpoints, cloudlets)
    except FederationError as error:
        raise AnsibleFilterError(f"scoped_endpoints: {error}") from error


class FilterModule:
    """Filters that Ansible finds in this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"scoped_endpoints": scoped_endpoints}
