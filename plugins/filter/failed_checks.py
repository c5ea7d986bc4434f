# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter failed_checks; its documentation stands in failed_checks.yml."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.operator_platform.federation.plugins.module_utils.errors import FederationError
from ansible_collections.operator_platform.federation.plugins.module_utils.model import orchestrating


def failed_checks(views: Any) -> list[dict[str, Any]]:
    """Every check that did not hold."""
    try:
        return orchestrating.failed_checks(views)
    except FederationError as error:
        raise AnsibleFilterError(f"failed_checks: {error}") from error


class FilterModule:
    """Filters that Ansible finds in this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"failed_checks": failed_checks}
