# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One operator's EWBI endpoint as a session: verified TLS, OAuth2 client credentials, retries, paging, our errors.

Every call of the contract may be repeated (natural keys, Idempotency-Key), so every call is retried on connection loss, 429
and 503, within the task's deadline.
"""

from __future__ import annotations

import json
import os
import random
import ssl
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from ansible_collections.operator_platform.federation.plugins.module_utils.errors import (
    AuthenticationFailed,
    Conflict,
    FederationError,
    Forbidden,
    InvalidInput,
    MissingLibrary,
    NotEnough,
    NotFound,
    PlatformFault,
    StaleRevision,
    Unreachable,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.model.problems import Problems
from ansible_collections.operator_platform.federation.plugins.module_utils.waiting import Deadline

BASE_PATH = "/api/v1"
PAGE_SIZE = 1000
ATTEMPTS = 5
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 5.0
RETRIED_STATUSES = frozenset({429, 502, 503, 504})
# A token is renewed this long before it ends, so that it does not end on the way.
TOKEN_MARGIN_SECONDS = 20
# RFC 6749 §5.1 lets the lifetime be left out.
UNSAID_LIFETIME_SECONDS = 60


class EwbiSession:
    """Calls of one endpoint. Threads may share it."""

    def __init__(
        self,
        url: str,
        client_id: str,
        client_secret: str,
        deadline: Deadline,
        *,
        ca_cert: str | None = None,
        client_cert: str | None = None,
        client_key: str | None = None,
        request_timeout: int = 30,
        pool_size: int = 16,
        report: Callable[[str], None] | None = None,
    ) -> None:
        self.url = _checked_url(url)
        self.client_id = client_id
        self._client_secret = client_secret
        self._deadline = deadline
        self._timeout = request_timeout
        self._report = report
        self._requests = _import_requests()
        self._http = self._requests.Session()
        # The environment's proxies stay honoured, but ~/.netrc must not replace the bearer token.
        self._http.auth = _no_authentication
        self._http.mount(
            "https://", _adapter(self._requests, _tls_context(ca_cert, client_cert, client_key), pool_size)
        )
        self._lock = threading.Lock()
        self._token: str | None = None
        self._token_end = 0.0

    def close(self) -> None:
        self._http.close()

    def call(
        self,
        verb: str,
        what: str,
        body: Mapping[str, Any],
        *,
        revision: int | None = None,
        idempotency_key: str | None = None,
    ) -> dict[str, Any]:
        """POST /auth/VERB/WHAT. revision: sent as If-Match. idempotency_key: one per thing to be done, so that its repetition
        by us is told from another request. Returns the JSON object; raises our errors."""
        headers = {"Content-Type": "application/json", "Accept": "application/json, application/problem+json"}
        if revision is not None:
            headers["If-Match"] = str(revision)
        if idempotency_key is not None:
            headers["Idempotency-Key"] = idempotency_key
        path = f"/auth/{verb}/{what}"
        data = json.dumps(body, separators=(",", ":")).encode()
        response = self._send(path, data, headers, authenticated=True)
        return _json_object(response, f"POST {self.url}{path}")

    def pages(self, what: str, body: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """All items of POST /auth/show/WHAT, page after page."""
        cursor: Any = None
        while True:
            page = {**body, "limit": PAGE_SIZE}
            if cursor is not None:
                page["cursor"] = cursor
            answer = self.call("show", what, page)
            items = answer.get("items")
            if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
                raise PlatformFault(
                    "The endpoint's listing is not a list of objects.",
                    asked=f"POST {self.url}/auth/show/{what}",
                    answered=f"the members {', '.join(sorted(answer)) or '(none)'}",
                    remedy="Check that ewbi_url is the base address of an EWBI endpoint.",
                )
            yield from items
            following = answer.get("next_cursor")
            if following is None:
                return
            if following == cursor:
                raise PlatformFault(
                    "The endpoint repeats a page for ever.",
                    asked=f"POST {self.url}/auth/show/{what}",
                    answered=f"next_cursor {following!r} a second time",
                    remedy="Tell the operator of the endpoint.",
                )
            cursor = following

    def _bearer(self) -> str:
        with self._lock:
            if self._token is None or time.monotonic() >= self._token_end:
                self._token, lifetime = self._fetch_token()
                self._token_end = time.monotonic() + max(1.0, lifetime - TOKEN_MARGIN_SECONDS)
            return self._token

    def _forget(self, token: str) -> None:
        """Another thread may have renewed it already; that one is kept."""
        with self._lock:
            if self._token == token:
                self._token = None

    def _fetch_token(self) -> tuple[str, float]:
        form = {"grant_type": "client_credentials", "client_id": self.client_id, "client_secret": self._client_secret}
        response = self._send("/oauth2/token", form, {"Accept": "application/json"}, authenticated=False)
        answer = _json_object(response, f"POST {self.url}/oauth2/token")
        token, lifetime = answer.get("access_token"), answer.get("expires_in", UNSAID_LIFETIME_SECONDS)
        if not isinstance(token, str) or not token or not isinstance(lifetime, (int, float)):
            raise PlatformFault(
                "The endpoint gave no access token.",
                asked=f"POST {self.url}/oauth2/token",
                answered=f"status {response.status_code} with the members {', '.join(sorted(answer))}",
                remedy="Check that ewbi_url is the base address of an EWBI endpoint.",
            )
        return token, float(lifetime)

    def _send(self, path: str, data: Any, headers: dict[str, str], *, authenticated: bool) -> Any:
        """Send until answered, with growing pauses, within the deadline. A token refused once is fetched anew."""
        asked = f"POST {self.url}{path}"
        renewed = False
        attempt = 0
        token = ""
        while True:
            attempt += 1
            self._deadline.check(asked)
            if authenticated:
                token = self._bearer()
                headers["Authorization"] = f"Bearer {token}"
            try:
                response = self._http.post(
                    self.url + path,
                    data=data,
                    headers=headers,
                    timeout=min(self._timeout, max(1.0, self._deadline.left())),
                    allow_redirects=False,
                )
            except self._requests.exceptions.RequestException as error:
                if _is_certificate_problem(error) or attempt >= ATTEMPTS:
                    raise _unreachable(self._requests, asked, error) from None
                self._pause(attempt, None, f"{asked}: {type(error).__name__}")
                continue
            if response.status_code == 401 and authenticated and not renewed:
                renewed = True
                self._forget(token)
                continue
            if response.status_code in RETRIED_STATUSES and attempt < ATTEMPTS:
                self._pause(attempt, response.headers.get("Retry-After"), f"{asked}: status {response.status_code}")
                continue
            if response.status_code >= 300:
                raise error_of(response, asked)
            return response

    def _pause(self, attempt: int, retry_after: str | None, why: str) -> None:
        jitter = random.uniform(0.5, 1.0)  # noqa: S311 (spreads retries in time, keeps nothing secret)
        pause = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** (attempt - 1)) * jitter
        if retry_after is not None and retry_after.strip().isdigit():
            pause = max(pause, float(retry_after))
        if self._report is not None:
            self._report(f"trying again in {pause:.1f} s: {why}")
        time.sleep(min(pause, self._deadline.left()))


@contextmanager
def open_session(
    params: Mapping[str, Any], deadline: Deadline, concurrency: int, report: Any = None
) -> Iterator[EwbiSession]:
    """A session from the options of options.EWBI."""
    session = EwbiSession(
        params["ewbi_url"],
        params["ewbi_client_id"],
        params["ewbi_client_secret"],
        deadline,
        ca_cert=params.get("ewbi_ca_cert"),
        client_cert=params.get("ewbi_client_cert"),
        client_key=params.get("ewbi_client_key"),
        request_timeout=params.get("ewbi_request_timeout") or 30,
        pool_size=concurrency,
        report=report,
    )
    try:
        yield session
    finally:
        session.close()


def new_idempotency_key() -> str:
    return str(uuid.uuid4())


def error_of(response: Any, asked: str) -> FederationError:
    """One answer of 3xx to 5xx as one of our errors, with the endpoint's own words."""
    status = response.status_code
    try:
        problem = response.json()
    except ValueError:
        problem = {}
    if not isinstance(problem, Mapping):
        problem = {}
    invalid = [
        (str(entry.get("param")), str(entry.get("reason")))
        for entry in problem.get("invalidParams") or []
        if isinstance(entry, Mapping)
    ]
    words = str(problem.get("detail") or problem.get("title") or response.reason or "no text")
    request_id = response.headers.get("X-Request-Id")
    answered = f"status {status}, {words}" + (f" (request {request_id})" if request_id else "")
    details: dict[str, Any] = {"status": status}
    for name in ("cause", "Free", "Reservations"):
        if problem.get(name) is not None:
            details[name.lower()] = problem[name]
    if invalid:
        details["fields"] = [{"field": name, "reason": reason} for name, reason in invalid]
        answered += ": " + "; ".join(f"{name}: {reason}" for name, reason in invalid)
    if invalid and status in (400, 422):
        return InvalidInput("What was sent to the endpoint", invalid, asked=asked, answered=f"status {status}, {words}")
    kind, message, remedy = _MEANINGS.get(status, _UNEXPECTED if status < 500 else _FAULT)
    if status == 409 and "free" in details:
        kind, message, remedy = (
            NotEnough,
            "There is not enough left.",
            "Ask for less, another period or another cloudlet.",
        )
    return kind(message, asked=asked, answered=answered, remedy=remedy, details=details)


_UNEXPECTED = (
    PlatformFault,
    "The endpoint answered what the contract does not know.",
    "Check that ewbi_url is the base address of an EWBI endpoint, such as https://ewbi.example:8443.",
)
_FAULT = (
    PlatformFault,
    "The endpoint failed.",
    "Run the task again; if it stays, give the request id to the operator of the endpoint.",
)
_MEANINGS: dict[int, tuple[type[FederationError], str, str]] = {
    400: (FederationError, "The endpoint does not understand the request.", "Compare the versions of both sides."),
    401: (
        AuthenticationFailed,
        "The endpoint does not accept the credential.",
        "Check ewbi_client_id and ewbi_client_secret; the endpoint's operator makes them with 'ewbi-endpoint client add'.",
    ),
    403: (
        Forbidden,
        "The endpoint refuses this to the client.",
        "Check the client's role, the state of the federation, and for access variables that a reservation is granted.",
    ),
    404: (NotFound, "It is not there, or not offered to this client.", "Check the key; ask the serving operator."),
    409: (Conflict, "It conflicts with what is there.", "Look at what is there, then change or delete it first."),
    412: (StaleRevision, "Somebody changed it meanwhile.", "Run the task again; it reads the new state first."),
    413: (FederationError, "The request is too large.", "Send fewer objects, or raise the endpoint's limit."),
    422: (FederationError, "The request is well-formed but cannot be.", "Correct the values."),
    429: (
        Unreachable,
        "The endpoint limits how often it is asked.",
        "Lower the option concurrency or run again later.",
    ),
    503: (Unreachable, "The endpoint is not ready.", "Run again later, or look at the endpoint's log."),
}


def _json_object(response: Any, asked: str) -> dict[str, Any]:
    try:
        answer = response.json()
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise PlatformFault(
            "The answer is not a JSON object.",
            asked=asked,
            answered=f"status {response.status_code}, {response.headers.get('Content-Type', 'no content type')}",
            remedy="Check that ewbi_url is the base address of an EWBI endpoint.",
        )
    return answer


def _checked_url(url: str) -> str:
    """The base address with BASE_PATH. Only https: tokens and access variables travel here."""
    problems = Problems()
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise InvalidInput("The address of the endpoint", [("ewbi_url", f"is no address ({error})")]) from None
    if parts.scheme != "https" or not parts.hostname:
        problems.add("ewbi_url", f"must be an https address such as https://ewbi.example:8443, not {url!r}")
    if parts.username or parts.password:
        problems.add("ewbi_url", "must not hold a credential")
    problems.refuse("The address of the endpoint")
    base = url.rstrip("/")
    return base if base.endswith(BASE_PATH) else base + BASE_PATH


def _import_requests() -> Any:
    try:
        import requests
    except ImportError as error:
        raise MissingLibrary(
            "The EWBI modules need the Python library requests.",
            remedy="Install it for the Python that runs the module: pip install requests",
        ) from error
    return requests


def _no_authentication(request: Any) -> Any:
    return request


def _tls_context(ca_cert: str | None, client_cert: str | None, client_key: str | None) -> ssl.SSLContext:
    """Verification is always on. ca_cert: path of a file, or PEM text; None: the system's trust store."""
    problems = Problems()
    is_text = ca_cert is not None and "-----BEGIN" in ca_cert
    try:
        context = ssl.create_default_context(
            cafile=os.path.expanduser(ca_cert) if ca_cert and not is_text else None,
            cadata=ca_cert if is_text else None,
        )
    except (OSError, ValueError) as error:
        raise InvalidInput(
            "The TLS options", [("ewbi_ca_cert", f"is neither PEM text nor the path of a PEM file ({error})")]
        ) from None
    if client_cert:
        try:
            context.load_cert_chain(client_cert, client_key)
        except (OSError, ValueError) as error:
            problems.add("ewbi_client_cert", f"cannot be loaded ({error})")
    problems.refuse("The TLS options")
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _adapter(requests: Any, context: ssl.SSLContext, pool_size: int) -> Any:
    class VerifyingAdapter(requests.adapters.HTTPAdapter):
        """Gives our TLS context to every connection, so that PEM text needs no file on disk."""

        def init_poolmanager(self, *args: Any, **kwargs: Any) -> Any:
            return super().init_poolmanager(*args, ssl_context=context, **kwargs)

        def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
            return super().proxy_manager_for(*args, ssl_context=context, **kwargs)

        def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
            """The context knows whom to trust; requests would add its own bundle of CAs to it."""
            conn.cert_reqs = "CERT_REQUIRED"

        def build_connection_pool_key_attributes(self, request: Any, verify: Any, cert: Any = None) -> Any:
            host, pool = super().build_connection_pool_key_attributes(request, verify, cert)
            pool = {name: value for name, value in pool.items() if name not in ("ca_certs", "ca_cert_dir")}
            return host, {**pool, "ssl_context": context}

    return VerifyingAdapter(pool_connections=1, pool_maxsize=max(1, pool_size), pool_block=True)


def _is_certificate_problem(error: BaseException) -> bool:
    """Trying again does not help against a wrong certificate."""
    return "CERTIFICATE_VERIFY_FAILED" in str(error) or "certificate verify failed" in str(error).lower()


def _unreachable(requests: Any, asked: str, error: BaseException) -> Unreachable:
    if _is_certificate_problem(error):
        reason = str(error).rsplit("certificate verify failed", 1)[-1].lstrip(": ").split("(_ssl")[0].strip("' ")
        return Unreachable(
            "The endpoint's certificate is not trusted.",
            asked=asked,
            answered=f"certificate verify failed: {reason}",
            remedy="Give the CA of the endpoint as ewbi_ca_cert, and check the host name and the date.",
        )
    if isinstance(error, requests.exceptions.Timeout):
        answered = "nothing within the request time-out"
    else:
        answered = _innermost(error)
    return Unreachable(
        "The endpoint cannot be reached.",
        asked=asked,
        answered=answered,
        remedy="Check ewbi_url, that the endpoint runs, and what is between (name resolution, firewall, proxy).",
    )


def _innermost(error: BaseException) -> str:
    """The cause that tells most: 'Connection refused' rather than 'Max retries exceeded'."""
    reason: Any = error.args[0] if error.args else error
    reason = getattr(reason, "reason", reason)
    text = str(reason)
    return text.split(": ", 1)[-1] if "object at 0x" in text else text
