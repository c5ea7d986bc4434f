# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter held_cloudlets; its documentation stands in held_cloudlets.yml."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.operator_platform.federation.plugins.module_utils.errors import FederationError
from ansible_collections.operator_platform.federation.plugins.module_utils.model import orchestrating


def held_cloudlets(reservations: Any) -> list[dict[str, str]]:
    """Keys of the cloudlets on which something is real."""
    try:
        return orchestrating.held_cloudlets(reservations)
    except FederationError as error:
        raise AnsibleFilterError(f"held_cloudlets: {error}") from error


class FilterModule:
    """Filters that Ansible finds in this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"held_cloudlets": held_cloudlets}
