# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter network_items; its documentation stands in network_items.yml."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.operator_platform.federation.plugins.module_utils.errors import FederationError
from ansible_collections.operator_platform.federation.plugins.module_utils.model import orchestrating


def network_items(networks: Any, cloudlets: Any) -> list[dict[str, Any]]:
    """The networks of each cloudlet, for sbi_network."""
    try:
        return orchestrating.network_items(networks, cloudlets)
    except FederationError as error:
        raise AnsibleFilterError(f"network_items: {error}") from error


class FilterModule:
    """Filters that Ansible finds in this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"network_items": network_items}
