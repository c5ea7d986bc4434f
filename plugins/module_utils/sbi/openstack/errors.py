# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What OpenStack refuses, told in our words and its own.

The services disagree: nova refuses a quota with 403, neutron with 409, cinder with 413, and each wraps its sentence in
another JSON object. Here all of it becomes one family.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.operator_platform.federation.plugins.module_utils.errors import (
    AuthenticationFailed,
    Conflict,
    FederationError,
    Forbidden,
    InvalidInput,
    NotEnough,
    NotFound,
    PlatformFault,
    Unreachable,
    Unsupported,
)

LONGEST_WORDS = 500


def own_words(body: Any) -> str:
    """The sentence for people in an error body of any OpenStack service; empty when there is none.

    nova and cinder: {"forbidden": {"message"}}; keystone: {"error": {"message"}}; neutron: {"NeutronError": {"message",
    "detail"}}; placement: {"errors": [{"title", "detail"}]}; glance: plain text.
    """
    if isinstance(body, str):
        return " ".join(body.split())[:LONGEST_WORDS]
    if not isinstance(body, Mapping):
        return ""
    errors = body.get("errors")
    if isinstance(errors, list) and errors and isinstance(errors[0], Mapping):
        return " ".join(str(errors[0].get("detail") or errors[0].get("title") or "").split())[:LONGEST_WORDS]
    for value in body.values():
        if isinstance(value, Mapping) and value.get("message"):
            return " ".join(str(value["message"]).split())[:LONGEST_WORDS]
        if isinstance(value, str) and len(body) == 1:
            return " ".join(value.split())[:LONGEST_WORDS]
    return " ".join(str(body.get("message") or "").split())[:LONGEST_WORDS]


def is_about_quota(words: str) -> bool:
    """Nova: "Quota exceeded for cores"; neutron: "Quota exceeded for resources"; cinder: "VolumeSizeExceedsAvailableQuota",
    "Maximum number of volumes allowed"; nova, lowering a quota: "Quota limit 1 for cores must be greater than ..."."""
    lowered = words.lower()
    return any(
        mark in lowered
        for mark in ("quota exceeded", "exceedsavailablequota", "exceeds allowed", "maximum number of", "quota limit")
    )


def refusal(status: int, body: Any, asked: str, request_id: str | None = None) -> FederationError:
    """The error for an answer with an HTTP status of 400 and above. asked: method, service and path."""
    words = re.sub(r"\s*\((HTTP \d+|Request-ID: [\w-]+)\)", "", own_words(body))
    answered = f"HTTP {status}" + (f", {words}" if words else "") + (f" (request {request_id})" if request_id else "")
    told: dict[str, Any] = {"asked": asked, "answered": answered, "details": {"status": status}}
    if status in (400, 403, 409, 413) and is_about_quota(words):
        return NotEnough(
            "OpenStack refused: a quota does not cover it.",
            remedy="Ask for less, free what is not needed, or have the reservation raised.",
            **told,
        )
    if status == 400:
        return InvalidInput(asked, [("request", words or "refused without a reason")], answered=answered)
    kind, message, remedy = _BY_STATUS.get(
        status,
        (
            PlatformFault,
            "OpenStack failed to answer the request.",
            "Look at the log of the service named, with the request id.",
        ),
    )
    return kind(message, remedy=remedy, **told)


_BY_STATUS: dict[int, tuple[Callable[..., FederationError], str, str]] = {
    401: (
        AuthenticationFailed,
        "OpenStack does not accept the credential.",
        "Check the access variables; a withdrawn credential has to be issued again.",
    ),
    403: (
        Forbidden,
        "OpenStack does not allow this to the credential.",
        "Use a credential that has the role, or leave this to the operator of the cloud.",
    ),
    404: (NotFound, "OpenStack does not know the object, or hides it from this credential.", "Check the name."),
    405: (Unsupported, "This OpenStack service does not offer the call.", "Use a cloud that offers it."),
    406: (Unsupported, "This OpenStack service is too old for the call.", "Use a newer release of it."),
    409: (
        Conflict,
        "OpenStack refused: the object is in use, or the name is taken.",
        "Free or rename what is named in the answer, then run the task again.",
    ),
    413: (NotEnough, "OpenStack refused: too large.", "Ask for less."),
    429: (PlatformFault, "OpenStack asks to slow down.", "Lower the option concurrency, and run the task again."),
    501: (Unsupported, "This OpenStack service does not offer the call.", "Use a cloud that offers it."),
}


def library_errors() -> tuple[type[Exception], ...]:
    """What openstacksdk, keystoneauth and the sockets below raise. Imported late: the libraries may be missing."""
    from keystoneauth1.exceptions import ClientException
    from openstack.exceptions import SDKException

    return (SDKException, ClientException, OSError)


def failure(error: Exception, asked: str) -> FederationError:
    """The error for an exception of openstacksdk or keystoneauth: no answer at all, or a log-in that was refused.

    Recognised by class name along the inheritance, so that this file needs neither library.
    """
    if isinstance(error, FederationError):
        return error
    kinds = {cls.__name__ for cls in type(error).__mro__}
    words = " ".join(str(error).split())[:LONGEST_WORDS]
    status = getattr(error, "http_status", None) or getattr(error, "status_code", None)
    if isinstance(status, int) and status >= 400:
        return refusal(status, words, asked, getattr(error, "request_id", None))
    if "SSLFailure" in kinds or "SSLError" in kinds:
        return Unreachable(
            "The control endpoint's certificate is not trusted.",
            asked=asked,
            answered=words,
            remedy="Give the CA that signed it as ca_cert (or OS_CACERT_DATA); verification is never switched off.",
        )
    if kinds & {
        "ConnectFailure",
        "ConnectTimeout",
        "ConnectionError",
        "DiscoveryFailure",
        "RetriableConnectionFailure",
    }:
        return Unreachable(
            "The control endpoint does not answer.",
            asked=asked,
            answered=words,
            remedy="Check OS_AUTH_URL, name resolution, the route and the firewall between here and there.",
        )
    if "EndpointNotFound" in kinds or "ServiceDiscoveryException" in kinds:
        return Unsupported(
            "The cloud's catalogue has no public endpoint for this service.",
            asked=asked,
            answered=words,
            remedy="Check OS_REGION_NAME, or have the service added.",
        )
    if "401" in words:
        return refusal(401, words, asked)
    return PlatformFault(
        "The OpenStack client library failed.",
        asked=asked,
        answered=f"{type(error).__name__}: {words}",
        remedy="Check the access variables and the versions of openstacksdk and keystoneauth1.",
    )
