# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter summary_rows; its documentation stands in summary_rows.yml."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.operator_platform.federation.plugins.module_utils.errors import FederationError
from ansible_collections.operator_platform.federation.plugins.module_utils.model import orchestrating


def summary_rows(reservations: Any, placements: Any = None, views: Any = None) -> list[dict[str, Any]]:
    """One row a cloudlet for people."""
    try:
        return orchestrating.summary_rows(reservations, placements, views)
    except FederationError as error:
        raise AnsibleFilterError(f"summary_rows: {error}") from error


class FilterModule:
    """Filters that Ansible finds in this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"summary_rows": summary_rows}
