# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter due_grants; its documentation stands in due_grants.yml."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.operator_platform.federation.plugins.module_utils.errors import FederationError
from ansible_collections.operator_platform.federation.plugins.module_utils.model import serving


def due_grants(reservations: Any, cloudlets: Any, organization: Any) -> dict[str, Any]:
    """What has to be real on the platform now."""
    try:
        return serving.due_grants(reservations, cloudlets, organization, datetime.now(UTC))
    except FederationError as error:
        raise AnsibleFilterError(f"due_grants: {error}") from error


class FilterModule:
    """Filters that Ansible finds in this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"due_grants": due_grants}
