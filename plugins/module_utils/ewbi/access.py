# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The audited call that reveals how to reach a cloudlet's control endpoint."""

from __future__ import annotations

from typing import Any

from ansible_collections.operator_platform.federation.plugins.module_utils.errors import FederationError
from ansible_collections.operator_platform.federation.plugins.module_utils.ewbi import native
from ansible_collections.operator_platform.federation.plugins.module_utils.ewbi.reservation import KEY_OPTIONS
from ansible_collections.operator_platform.federation.plugins.module_utils.ewbi.resource import EwbiInfoResource
from ansible_collections.operator_platform.federation.plugins.module_utils.ewbi.session import EwbiSession
from ansible_collections.operator_platform.federation.plugins.module_utils.model.names import Key, read_key
from ansible_collections.operator_platform.federation.plugins.module_utils.model.problems import Problems
from ansible_collections.operator_platform.federation.plugins.module_utils.parallel import settle_all
from ansible_collections.operator_platform.federation.plugins.module_utils.resource import Context


class AccessInfo(EwbiInfoResource):
    secret_result = True
    options = {
        "cloudlets": {"type": "list", "elements": "dict", "required": True, "options": KEY_OPTIONS},
    }

    def fetch(self, connection: EwbiSession, context: Context) -> dict[str, Any]:
        problems = Problems()
        keys = [
            read_key(raw, problems, f"cloudlets[{number}].") for number, raw in enumerate(context.params["cloudlets"])
        ]
        problems.refuse("The input of cloudlets")

        def reveal(key: Key) -> dict[str, Any]:
            return native.access_from_wire(connection.call("show", "access", native.cloudlet_key(key)))

        answers = settle_all(reveal, keys, context.concurrency, context.deadline, "revealing access variables")
        failed = {str(key): one for key, one in zip(keys, answers, strict=True) if isinstance(one, FederationError)}
        if failed:
            listing = "; ".join(f"{key}: {error}" for key, error in failed.items())
            raise FederationError(
                f"{len(failed)} of {len(keys)} cloudlets do not reveal their access variables. {listing}",
                details={"failed": {key: error.as_failure() for key, error in failed.items()}},
            )
        return {"control_endpoints": [one for one in answers if not isinstance(one, FederationError)]}
