# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The control endpoints of a task: their options, and the logged-in platforms behind them, one each, opened when needed."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, TypeVar

from ansible_collections.operator_platform.federation.plugins.module_utils.errors import FederationError, InvalidInput
from ansible_collections.operator_platform.federation.plugins.module_utils.model.access_vars import (
    ALL_NAMES,
    PLATFORM_TYPES,
    SECRET_NAMES,
    names_of,
    read_access_vars,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.model.cloudlet import ENDPOINT_SCOPES
from ansible_collections.operator_platform.federation.plugins.module_utils.model.problems import Problems
from ansible_collections.operator_platform.federation.plugins.module_utils.options import Options
from ansible_collections.operator_platform.federation.plugins.module_utils.parallel import settle_all
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.platform import (
    ControlEndpoint,
    Platform,
    Surroundings,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.registry import open_platform

Found = TypeVar("Found")

CONTROL_ENDPOINTS: Options = {
    "control_endpoints": {
        "type": "list",
        "elements": "dict",
        "options": {
            "cloudlet": {"type": "str", "required": True},
            "platform_type": {"type": "str", "choices": list(PLATFORM_TYPES), "default": "OpenStack"},
            "access_vars": {
                "type": "dict",
                "required": True,
                # Only the secrets are hidden: hiding addresses and user names would blot them out of every message.
                "options": {name: {"type": "str", "no_log": name in SECRET_NAMES} for name in ALL_NAMES},
            },
            "ca_cert": {"type": "str"},
            "endpoint_scope": {"type": "str", "choices": list(ENDPOINT_SCOPES), "default": "per_cloudlet"},
            "zones": {"type": "list", "elements": "str", "default": []},
        },
    },
}

# Without the option, one control endpoint comes from the environment, as AWX injects credentials.
ENVIRONMENT_CLOUDLET = "SBI_CLOUDLET"
ENVIRONMENT_PLATFORM = "SBI_PLATFORM_TYPE"


def read_endpoints(params: Mapping[str, Any], environment: Mapping[str, str] | None = None) -> list[ControlEndpoint]:
    """The task's control endpoints. Raises InvalidInput naming every wrong field; no value is quoted."""
    given = params.get("control_endpoints")
    if given is None:
        given = _from_environment(os.environ if environment is None else environment)
    problems = Problems()
    endpoints: list[ControlEndpoint] = []
    for number, raw in enumerate(given):
        path = f"control_endpoints[{number}]."
        name = problems.text(raw, "cloudlet", path, required=True) or ""
        if name and any(name == endpoint.cloudlet for endpoint in endpoints):
            problems.add(f"{path}cloudlet", f"names {name} a second time")
        platform_type = problems.choice(raw, "platform_type", PLATFORM_TYPES, path) or "OpenStack"
        endpoints.append(
            ControlEndpoint(
                cloudlet=name,
                platform_type=platform_type,
                access_vars=read_access_vars(raw.get("access_vars"), platform_type, problems, f"{path}access_vars."),
                ca_cert=problems.text(raw, "ca_cert", path),
                endpoint_scope=problems.choice(raw, "endpoint_scope", ENDPOINT_SCOPES, path) or "per_cloudlet",
                zones=tuple(sorted(raw.get("zones") or ())),
            )
        )
    if not endpoints:
        problems.add("control_endpoints", "is required, or the platform's access variables in the environment")
    problems.refuse("The connection")
    return endpoints


def _from_environment(environment: Mapping[str, str]) -> list[dict[str, Any]]:
    platform_type = environment.get(ENVIRONMENT_PLATFORM, "OpenStack")
    if platform_type not in PLATFORM_TYPES:
        raise InvalidInput("The environment", [(ENVIRONMENT_PLATFORM, f"must be one of {', '.join(PLATFORM_TYPES)}")])
    access = {name: environment[name] for name in names_of(platform_type) if environment.get(name)}
    if not access:
        return []
    return [
        {
            "cloudlet": environment.get(ENVIRONMENT_CLOUDLET) or "default",
            "platform_type": platform_type,
            "access_vars": access,
        }
    ]


class ControlEndpoints:
    """The platforms of a task. One log-in a control endpoint, however many objects share it; one that cannot be opened
    fails only what is behind it."""

    def __init__(self, endpoints: Sequence[ControlEndpoint], surroundings: Surroundings) -> None:
        self._endpoints = {endpoint.cloudlet: endpoint for endpoint in endpoints}
        self._surroundings = surroundings
        self._platforms: dict[str, Platform | FederationError] = {}
        self._locks = {name: threading.Lock() for name in self._endpoints}

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._endpoints)

    def platform(self, cloudlet: str) -> Platform:
        """The platform behind a control endpoint; a failed log-in is not tried twice in a task."""
        with self._locks[cloudlet]:
            if cloudlet not in self._platforms:
                try:
                    self._platforms[cloudlet] = open_platform(self._endpoints[cloudlet], self._surroundings)
                except FederationError as error:
                    self._platforms[cloudlet] = error
            found = self._platforms[cloudlet]
        if isinstance(found, FederationError):
            raise found
        return found

    def each(
        self, look: Callable[[str, Platform], Found], cloudlets: Sequence[str]
    ) -> dict[str, Found | FederationError]:
        """Look at several control endpoints side by side; answers or our errors by cloudlet."""
        answers = settle_all(
            lambda cloudlet: look(cloudlet, self.platform(cloudlet)),
            cloudlets,
            self._surroundings.concurrency,
            self._surroundings.deadline,
            "reading control endpoints",
        )
        return dict(zip(cloudlets, answers, strict=True))

    def __enter__(self) -> ControlEndpoints:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for platform in self._platforms.values():
            if not isinstance(platform, FederationError):
                platform.close()
