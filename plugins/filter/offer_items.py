# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter offer_items; its documentation stands in offer_items.yml."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.operator_platform.federation.plugins.module_utils.errors import FederationError
from ansible_collections.operator_platform.federation.plugins.module_utils.model import serving


def offer_items(cloudlets: Any, organization: Any, issued: Any = None) -> list[dict[str, Any]]:
    """What to publish of each cloudlet, for ewbi_cloudlet."""
    try:
        return serving.offer_items(cloudlets, organization, issued)
    except FederationError as error:
        raise AnsibleFilterError(f"offer_items: {error}") from error


class FilterModule:
    """Filters that Ansible finds in this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"offer_items": offer_items}
