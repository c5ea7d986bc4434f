# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes wrong, as application/problem+json (RFC 9457 with the cause and invalidParams of GSMA OPG.04)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

MEDIA_TYPE = "application/problem+json"

TITLES = {
    400: "Malformed request",
    401: "Not authenticated",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    412: "Stale revision",
    413: "Body too large",
    415: "Unsupported media type",
    422: "Impossible request",
    429: "Too many requests",
    500: "Internal error",
    503: "Unavailable",
}


@dataclass(frozen=True, slots=True)
class InvalidParam:
    """One wrong field: its path in wire spelling, and why.

    `impossible` marks a field that can be read but contradicts another one; a request with nothing worse than
    that is answered with 422 instead of 400.
    """

    param: str
    reason: str
    impossible: bool = False


class Problem(Exception):
    """An answer other than success. Its texts are sent to the caller: never put a secret in them."""

    def __init__(
        self,
        status: int,
        cause: str,
        detail: str,
        *,
        invalid: Iterable[InvalidParam] = (),
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.cause = cause
        self.detail = detail
        self.invalid = tuple(invalid)
        self.headers = dict(headers or {})
        self.extra = dict(extra or {})

    def body(self) -> dict[str, Any]:
        """The document that is sent."""
        document: dict[str, Any] = {
            "type": "about:blank",
            "title": TITLES.get(self.status, "Error"),
            "status": self.status,
            "detail": self.detail,
            "cause": self.cause,
        }
        if self.invalid:
            document["invalidParams"] = [{"param": item.param, "reason": item.reason} for item in self.invalid]
        document.update(self.extra)
        return document


def invalid_params(invalid: Iterable[InvalidParam]) -> Problem:
    """The refusal of a body with wrong fields: 400, or 422 where every field can be read but they contradict."""
    listed = tuple(invalid)
    names = ", ".join(dict.fromkeys(item.param for item in listed))
    if all(item.impossible for item in listed):
        return Problem(
            422, "IMPOSSIBLE", f"These fields contradict each other or what is there: {names}", invalid=listed
        )
    return Problem(400, "INVALID_PARAMETERS", f"These fields are wrong: {names}", invalid=listed)


def not_found(what: str, organization: str, name: str) -> Problem:
    """Absent and not visible are the same answer, so that names cannot be probed."""
    return Problem(404, "NOT_FOUND", f"There is no {what} {organization}/{name} that you can see")


def not_yours(detail: str) -> Problem:
    """The caller is known and its role or organization may not do this."""
    return Problem(403, "NOT_YOURS", detail)


def stale(expected: str, revision: int) -> Problem:
    """If-Match named another revision than the stored one."""
    return Problem(
        412,
        "STALE_REVISION",
        f"If-Match asked for revision {expected}, but it is {revision} now: read it again and repeat the change",
        extra={"Revision": revision},
    )
