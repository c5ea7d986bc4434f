# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Raw JSON through the SDK's authenticated session.

openstacksdk's objects cost 4.5 ms each to build, a raw page 0.05 ms an object; and every answer passes one place here, so
errors read the same whichever service gave them. The SDK still does what it is good at: log-in, catalogue, version
discovery.
"""

from __future__ import annotations

import threading
import time
import urllib.parse
from collections.abc import Callable, Hashable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeAlias, TypeVar

from ansible_collections.operator_platform.federation.plugins.module_utils.errors import (
    PlatformFault,
    Unsupported,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack.connection import (
    OpenConnection,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack.errors import (
    failure,
    library_errors,
    refusal,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.platform import Surroundings

Name = TypeVar("Name", bound=Hashable)
Result = TypeVar("Result")
Params: TypeAlias = "Mapping[str, Any] | list[tuple[str, Any]]"

IDENTITY = "identity"
COMPUTE = "compute"
NETWORK = "network"
VOLUME = "block-storage"
IMAGE = "image"
PLACEMENT = "placement"

REQUEST_SECONDS = 120.0
# nova, neutron and glance cut a page at 1,000 objects unless the operator set it lower.
PAGE = 1000
# A read that met an overloaded service (429, 503) is repeated this often, and no write ever is.
READ_ATTEMPTS = 3
PAUSE_SECONDS = 1.0


class Services:
    """The cloud's services by type. Safe to use from several threads."""

    def __init__(self, connection: OpenConnection, name: str, surroundings: Surroundings) -> None:
        self.name = name
        self.surroundings = surroundings
        self._connection = connection
        self._lock = threading.Lock()
        self._proxies: dict[str, Any] = {}
        self._pool: ThreadPoolExecutor | None = None

    @property
    def access(self) -> Any:
        """keystoneauth's AccessInfo of the token: project, user, domain, roles."""
        session = self._connection.sdk.session
        return session.auth.get_access(session)

    def offers(self, service: str) -> bool:
        """Is the service in the catalogue, public, in this region?"""
        return self._catalogue_url(service) is not None

    def get(self, service: str, path: str, params: Params | None = None, microversion: str | None = None) -> Any:
        """GET one JSON document."""
        for attempt in range(1, READ_ATTEMPTS + 1):
            response = self._ask("GET", service, path, params=params, microversion=microversion)
            if response.status_code not in (429, 503) or attempt == READ_ATTEMPTS:
                break
            time.sleep(min(_pause(response, attempt), self.surroundings.deadline.left()))
        return self._read(response, "GET", service, path)

    def look(self, service: str, path: str, params: Params | None = None, microversion: str | None = None) -> int:
        """The bare HTTP status of a GET: a probe of what this credential may do."""
        return int(self._ask("GET", service, path, params=params, microversion=microversion).status_code)

    def send(
        self,
        method: str,
        service: str,
        path: str,
        body: Any = None,
        *,
        microversion: str | None = None,
        accept: Iterable[int] = (),
        secret: bool = False,
    ) -> Any:
        """A write. accept: statuses of 400 and above that mean "is so already" and are answered with None.
        secret: the body holds one, so that it is kept out of the SDK's debug log as well."""
        response = self._ask(method, service, path, body=body, microversion=microversion, log=not secret)
        if response.status_code in tuple(accept):
            return None
        return self._read(response, method, service, path)

    def remove(self, service: str, path: str, microversion: str | None = None) -> None:
        """DELETE; what is gone already is no error."""
        self.send("DELETE", service, path, microversion=microversion, accept=(404,))

    def pages(
        self, service: str, path: str, key: str, params: Params | None = None, microversion: str | None = None
    ) -> list[dict[str, Any]]:
        """Every object of a listing, page after page. key: the name of the list in the answer."""
        asked = list(params.items() if isinstance(params, Mapping) else params or [])
        if service != IDENTITY and service != PLACEMENT:
            asked.append(("limit", PAGE))
        found: list[dict[str, Any]] = []
        while True:
            answer = self.get(service, path, asked, microversion)
            if not isinstance(answer, Mapping) or not isinstance(answer.get(key), list):
                raise PlatformFault(
                    f"The answer of {service} has no list {key}.",
                    asked=f"GET {service} {path}",
                    remedy="Check that the catalogue's endpoint really is this service.",
                )
            found.extend(answer[key])
            marker = next_marker(answer, key)
            if marker is None:
                return found
            asked = [pair for pair in asked if pair[0] != "marker"] + [("marker", marker)]

    def together(self, calls: Mapping[Name, Callable[[], Result]]) -> dict[Name, Result]:
        """Run independent calls side by side, as wide as the caller allows; the first failure is raised when all are done.
        The calls must not use ``together`` themselves: they would wait for their own threads."""
        if len(calls) < 2:
            return {name: call() for name, call in calls.items()}
        with self._lock:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(max(1, self.surroundings.concurrency), thread_name_prefix="openstack")
        futures = {name: self._pool.submit(call) for name, call in calls.items()}
        errors = [error for error in (future.exception() for future in futures.values()) if error is not None]
        if errors:
            raise errors[0]
        return {name: future.result() for name, future in futures.items()}

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
        self._connection.close()

    def _ask(
        self,
        method: str,
        service: str,
        path: str,
        *,
        body: Any = None,
        params: Params | None = None,
        microversion: str | None = None,
        log: bool = True,
    ) -> Any:
        deadline = self.surroundings.deadline
        deadline.check(f"asking {service} of {self.name}")
        try:
            return self._proxy(service).request(
                path,
                method,
                json=body,
                params=params,
                microversion=microversion,
                raise_exc=False,
                # The SDK would repeat a write, too, that was cut off after it may have been done.
                connect_retries=1 if method == "GET" else 0,
                timeout=min(REQUEST_SECONDS, max(1.0, deadline.left())),
                log=log,
            )
        except library_errors() as error:
            raise failure(error, f"{method} {service} {path} on {self.name}") from None

    def _read(self, response: Any, method: str, service: str, path: str) -> Any:
        try:
            body = response.json() if response.content else None
        except ValueError:
            body = response.text
        if response.status_code >= 400:
            request_id = response.headers.get("x-openstack-request-id") or response.headers.get("x-compute-request-id")
            raise refusal(response.status_code, body, f"{method} {service} {path} on {self.name}", request_id)
        return body

    def _catalogue_url(self, service: str) -> str | None:
        sdk = self._connection.sdk
        url: str | None = sdk.session.get_endpoint(
            service_type=service, interface="public", region_name=sdk.config.get_region_name(service)
        )
        return url

    def _proxy(self, service: str) -> Any:
        with self._lock:
            if service not in self._proxies:
                url = self._catalogue_url(service)
                if url is None:
                    raise Unsupported(
                        f"The cloud of {self.name} has no public {service} service in its catalogue.",
                        remedy="Check OS_REGION_NAME, or have the service added.",
                    )
                if not url.startswith("https://"):
                    raise Unsupported(
                        f"The catalogue of {self.name} gives {url} for {service}: a token is never sent in the clear.",
                        remedy="Have the cloud's public endpoints served over TLS.",
                    )
                self._proxies[service] = getattr(self._connection.sdk, service.replace("-", "_"))
            return self._proxies[service]


def next_marker(answer: Mapping[str, Any], key: str) -> str | None:
    """Where the next page begins: nova, neutron and cinder link it in KEY_links, glance in next, keystone in links.next.
    Only the marker is taken out of the link: its host may be one that only the cloud itself can reach."""
    links = answer.get(f"{key}_links")
    href: Any = None
    if isinstance(links, list):
        href = next((link.get("href") for link in links if link.get("rel") == "next"), None)
    elif isinstance(answer.get("next"), str):
        href = answer["next"]
    elif isinstance(answer.get("links"), Mapping):
        href = answer["links"].get("next")
    if not href:
        return None
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(href).query)).get("marker")


def _pause(response: Any, attempt: int) -> float:
    """Seconds before a repeated read: what Retry-After says, else doubling."""
    said = response.headers.get("Retry-After", "")
    return float(said) if said.isdigit() else PAUSE_SECONDS * 2 ** (attempt - 1)
