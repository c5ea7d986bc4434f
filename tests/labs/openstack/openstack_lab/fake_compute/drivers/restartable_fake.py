# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nova's fake driver, whose compute node keeps its identity over a restart.

The driver as shipped invents a new identity in every process, and nova-compute then refuses to start a second time
("No local node identity found, but this is not our first startup on this host"). Real drivers keep it in a file
below ``state_path``; so does this one.
"""

from __future__ import annotations

from typing import Any

from nova.virt import fake, node


class RestartableFakeDriver(fake.FakeDriver):
    """Servers live in memory: after a restart those made before can only be deleted."""

    def get_nodenames_by_uuid(self, refresh: bool = False) -> dict[str, str]:
        return {node.get_local_node_uuid(): name for name in self.get_available_nodes()}

    def get_available_resource(self, nodename: str) -> dict[str, Any]:
        status = super().get_available_resource(nodename)
        return status and status | {"uuid": node.get_local_node_uuid()}
