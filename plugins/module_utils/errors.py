# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one small family of errors: what was asked, what answered, what to do.

Everything below the engine raises these; they become a failed result in one place (resource.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class FederationError(Exception):
    """Something that was asked for did not happen.

    message: one sentence for a person. asked: what was requested (method, path, object). answered: what came back
    (status, the other side's own words, request id). remedy: what the reader can do. None of them may hold a secret.
    """

    code = "error"

    def __init__(
        self,
        message: str,
        *,
        asked: str | None = None,
        answered: str | None = None,
        remedy: str | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.asked = asked
        self.answered = answered
        self.remedy = remedy
        self.details = dict(details or {})

    def __str__(self) -> str:
        parts = [self.message]
        if self.asked:
            parts.append(f"Asked: {self.asked}.")
        if self.answered:
            parts.append(f"Answered: {self.answered}.")
        if self.remedy:
            parts.append(f"What to do: {self.remedy}")
        return " ".join(parts)

    def as_failure(self) -> dict[str, Any]:
        """The machine-readable form that modules return beside ``msg``."""
        details = dict(self.details)
        for name in ("asked", "answered", "remedy"):
            value = getattr(self, name)
            if value:
                details[name] = value
        return {"code": self.code, "message": str(self), "details": details}


class InvalidInput(FederationError):
    """What was given can never work. Names every wrong field at once."""

    code = "invalid_input"

    def __init__(self, what: str, fields: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        self.fields = list(fields)
        listing = "; ".join(f"{name}: {reason}" for name, reason in self.fields)
        kwargs.setdefault("remedy", "Correct the named fields; nothing was changed.")
        details = {"fields": [{"field": name, "reason": reason} for name, reason in self.fields]}
        super().__init__(f"{what} is not valid: {listing}.", details=details, **kwargs)


class Unreachable(FederationError):
    """No answer: name resolution, connection, TLS handshake or time-out of one request."""

    code = "unreachable"


class AuthenticationFailed(FederationError):
    """The other side does not accept the credential."""

    code = "authentication_failed"


class Forbidden(FederationError):
    """The credential is good, the request is not allowed to it."""

    code = "forbidden"


class NotFound(FederationError):
    """The object is not there, or not visible to this credential."""

    code = "not_found"


class Conflict(FederationError):
    """The object exists with other values, is in use, or its name is taken."""

    code = "conflict"


class StaleRevision(Conflict):
    """The object changed between our read and our write."""

    code = "stale_revision"


class NotEnough(FederationError):
    """Capacity, quota or a reservation does not cover what was asked."""

    code = "not_enough"


class Unsupported(FederationError):
    """The platform or its control endpoint cannot do this."""

    code = "unsupported"


class DeadlineExceeded(FederationError):
    """The task's deadline passed; carries the last state seen."""

    code = "deadline_exceeded"


class MissingLibrary(FederationError):
    """A Python library that this platform needs cannot be imported."""

    code = "missing_library"


class PlatformFault(FederationError):
    """The other side failed at its own work (5xx, or an answer that breaks its contract)."""

    code = "platform_fault"
