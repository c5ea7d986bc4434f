# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Usage of cloudlets: value / quota_max / infra_max per resource now, and what is free over time."""

from __future__ import annotations

from typing import Any

from ansible_collections.operator_platform.federation.plugins.module_utils.ewbi import native
from ansible_collections.operator_platform.federation.plugins.module_utils.ewbi.resource import EwbiInfoResource
from ansible_collections.operator_platform.federation.plugins.module_utils.ewbi.session import EwbiSession
from ansible_collections.operator_platform.federation.plugins.module_utils.resource import Context


class UsageInfo(EwbiInfoResource):
    options = {
        "organization": {"type": "str"},
        "name": {"type": "list", "elements": "str"},
        "site": {"type": "str"},
    }

    def fetch(self, connection: EwbiSession, context: Context) -> dict[str, Any]:
        found = connection.pages("usage", native.cloudlet_filter(context.params))
        return {"usage": [native.usage_from_wire(item) for item in found]}
