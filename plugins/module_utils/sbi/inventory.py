# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is in cloudlets: their resource views, checked against what was promised."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ansible_collections.operator_platform.federation.plugins.module_utils.errors import FederationError
from ansible_collections.operator_platform.federation.plugins.module_utils.model.location import Location
from ansible_collections.operator_platform.federation.plugins.module_utils.model.problems import Problems
from ansible_collections.operator_platform.federation.plugins.module_utils.model.resource_view import (
    Promise,
    ResourceView,
    checks_of,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.model.resources import Resources
from ansible_collections.operator_platform.federation.plugins.module_utils.resource import Context
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.endpoints import (
    ControlEndpoints,
    read_endpoints,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.platform import Platform
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.reservation import RESOURCES
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.resource import SbiInfoResource


class InventoryInfo(SbiInfoResource):
    options = {
        "promises": {
            "type": "list",
            "elements": "dict",
            "default": [],
            "options": {
                "cloudlet": {"type": "str", "required": True},
                "granted": {"type": "dict", "options": RESOURCES},
                "location": {
                    "type": "dict",
                    "options": {
                        "latitude": {"type": "float", "required": True},
                        "longitude": {"type": "float", "required": True},
                    },
                },
                "resource_map": {"type": "dict"},
                "networks": {"type": "list", "elements": "str"},
                "images": {"type": "list", "elements": "str"},
            },
        },
    }

    def fetch(self, connection: ControlEndpoints, context: Context) -> dict[str, Any]:
        promises = read_promises(context.params)

        def look(cloudlet: str, platform: Platform) -> ResourceView:
            view = platform.resource_view()
            promise = promises.get(cloudlet)
            return view if promise is None else replace(view, checks=checks_of(view, promise))

        answers = connection.each(look, connection.names)
        views = [answer.to_dict() for answer in answers.values() if isinstance(answer, ResourceView)]
        failed = {name: answer for name, answer in answers.items() if isinstance(answer, FederationError)}
        unkept = [
            f"{view['cloudlet']}: {check['check']}" for view in views for check in view["checks"] if not check["ok"]
        ]
        result: dict[str, Any] = {"views": views, "unkept": unkept}
        if failed:
            listing = "; ".join(f"{name}: {error}" for name, error in failed.items())
            result["failed"] = True
            result["msg"] = f"{len(failed)} of {len(answers)} control endpoints cannot be looked at. {listing}"
            result["failure"] = {
                **next(iter(failed.values())).as_failure(),
                "message": result["msg"],
                "details": {"failed": {name: error.as_failure() for name, error in failed.items()}},
            }
        return result


def read_promises(params: Mapping[str, Any]) -> dict[str, Promise]:
    """Promises by cloudlet. Raises InvalidInput, also for a cloudlet that the task has no control endpoint of."""
    known = {endpoint.cloudlet for endpoint in read_endpoints(params)}
    problems = Problems()
    promises: dict[str, Promise] = {}
    for number, raw in enumerate(params.get("promises") or ()):
        path = f"promises[{number}]."
        cloudlet = problems.text(raw, "cloudlet", path, required=True) or ""
        if cloudlet and cloudlet not in known:
            problems.add(f"{path}cloudlet", f"{cloudlet} is no control endpoint of the task")
        if cloudlet in promises:
            problems.add(f"{path}cloudlet", f"names {cloudlet} a second time")
        granted = {name: value for name, value in (raw.get("granted") or {}).items() if value is not None}
        location = Location.from_dict(raw.get("location"), problems, f"{path}location.")
        promises[cloudlet] = Promise(
            granted=Resources.from_dict(granted, problems, f"{path}granted."),
            location=location.to_dict() if location else None,
            resource_map={str(name): str(model) for name, model in (raw.get("resource_map") or {}).items()},
            networks=tuple(raw.get("networks") or ()),
            images=tuple(raw.get("images") or ()),
        )
    problems.refuse("The input of promises")
    return promises
