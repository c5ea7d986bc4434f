# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The partners of an inventory source: read from its options, asked all at once, one listing per resource."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.operator_platform.federation.plugins.module_utils.errors import FederationError, PlatformFault
from ansible_collections.operator_platform.federation.plugins.module_utils.ewbi import native
from ansible_collections.operator_platform.federation.plugins.module_utils.ewbi.session import EwbiSession, open_session
from ansible_collections.operator_platform.federation.plugins.module_utils.model.problems import Problems
from ansible_collections.operator_platform.federation.plugins.module_utils.model.reservation import HOLDING_STATES
from ansible_collections.operator_platform.federation.plugins.module_utils.parallel import settle_all
from ansible_collections.operator_platform.federation.plugins.module_utils.waiting import Deadline
from ansible_collections.operator_platform.federation.plugins.plugin_utils.cloudlet_records import (
    Record,
    records_of,
)

# Field of a partner -> option of a session (module_utils/options.py, EWBI); the environment has the latter's names.
SESSION_OPTIONS = {
    "url": "ewbi_url",
    "client_id": "ewbi_client_id",
    "client_secret": "ewbi_client_secret",
    "ca_cert": "ewbi_ca_cert",
    "client_cert": "ewbi_client_cert",
    "client_key": "ewbi_client_key",
    "request_timeout": "ewbi_request_timeout",
}
FIELDS = frozenset({"organization", *SESSION_OPTIONS})
REQUIRED = ("url", "client_id", "client_secret")
LISTINGS = ("cloudlet", "reservation", "usage")
# Reservations that are over would only grow the listing.
LIVE_STATES = (*sorted(HOLDING_STATES), "REQUESTED")


@dataclass(frozen=True)
class Partner:
    """One endpoint to ask. organization: whose cloudlets it may show; None: not checked. options holds the client's
    secret and stays out of the repr."""

    organization: str | None
    options: Mapping[str, Any] = field(repr=False)

    @property
    def url(self) -> str:
        return str(self.options["ewbi_url"])

    def __str__(self) -> str:
        return f"{self.organization} ({self.url})" if self.organization else self.url


Fetched = dict[str, list[dict[str, Any]]]
OpenSession = Callable[..., contextlib.AbstractContextManager[EwbiSession]]


def read_partners(
    raw: Any, defaults: Mapping[str, Any], resolve: Callable[[Any], Any], problems: Problems
) -> list[Partner]:
    """Read the option partners.

    defaults: session options (from ewbi_* options and the environment). They complete the only partner; with several
    they are left alone, because the secret meant for one operator must not go to another. resolve: turns a template
    or a vault-encrypted text into the text. Problems never quote a value of a secret.
    """
    if raw is None or raw == []:
        raw = [{}]
    if not isinstance(raw, (list, tuple)):
        problems.add("partners", "must be a list of partners")
        return []
    partners: list[Partner] = []
    for number, entry in enumerate(raw):
        path = f"partners[{number}]."
        if not isinstance(entry, Mapping):
            problems.add(path.rstrip("."), "must be a mapping with url, client_id and client_secret")
            continue
        problems.unknown(entry, FIELDS, path)
        values = {name: _resolved(entry.get(name), resolve, f"{path}{name}", problems) for name in sorted(FIELDS)}
        if len(raw) == 1:
            for name, option in SESSION_OPTIONS.items():
                if values[name] in (None, ""):
                    values[name] = _resolved(defaults.get(option), resolve, option, problems)
        for name in REQUIRED:
            if values[name] in (None, ""):
                fallback = f", or {SESSION_OPTIONS[name].upper()} in the environment" if len(raw) == 1 else ""
                problems.add(f"{path}{name}", f"is required{fallback}")
        values["request_timeout"] = problems.whole_number(values, "request_timeout", path, least=1)
        organization = problems.text(values, "organization", path)
        partners.append(Partner(organization, {option: values[name] for name, option in SESSION_OPTIONS.items()}))
    return partners


def fingerprint(partners: Sequence[Partner]) -> str:
    """Tells whether something cached came from the same endpoints and clients. No secret goes into it."""
    asked = [[one.organization, one.url, str(one.options["ewbi_client_id"])] for one in partners]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()


def fetch(
    partners: Sequence[Partner],
    deadline: Deadline,
    concurrency: int,
    session: OpenSession = open_session,
) -> list[list[Record] | FederationError]:
    """The records of each partner, or why there are none, in the order of ``partners``."""
    with contextlib.ExitStack() as stack:
        opened: list[EwbiSession | FederationError] = []
        for partner in partners:
            try:
                opened.append(stack.enter_context(session(partner.options, deadline, len(LISTINGS))))
            except FederationError as error:
                opened.append(error)
        jobs = [(number, what) for number in range(len(partners)) for what in LISTINGS]

        def listing(job: tuple[int, str]) -> list[dict[str, Any]]:
            number, what = job
            connection = opened[number]
            if isinstance(connection, FederationError):
                raise connection
            body = native.reservation_filter({"state": list(LIVE_STATES)}) if what == "reservation" else {}
            return list(connection.pages(what, body))

        answers = settle_all(listing, jobs, concurrency, deadline, "the partners' endpoints were listed")
    result: list[list[Record] | FederationError] = []
    for number, partner in enumerate(partners):
        ours = answers[number * len(LISTINGS) : (number + 1) * len(LISTINGS)]
        try:
            result.append(_records(partner, ours))
        except FederationError as error:
            result.append(error)
    return result


def _records(partner: Partner, answers: Sequence[list[dict[str, Any]] | FederationError]) -> list[Record]:
    lists: list[list[dict[str, Any]]] = []
    for answer in answers:
        if isinstance(answer, FederationError):
            raise answer
        lists.append(answer)
    records = records_of(*lists, partner_url=partner.url)
    others = sorted({str(one["organization"]) for one in records} - {partner.organization})
    if partner.organization is not None and others:
        raise PlatformFault(
            "The endpoint shows cloudlets of another organization than the one it is listed for.",
            asked=f"show/cloudlet of {partner}",
            answered=f"cloudlets of {', '.join(others)}",
            remedy="Correct organization or url of this partner, or leave organization out if that is meant.",
        )
    return records


def _resolved(value: Any, resolve: Callable[[Any], Any], path: str, problems: Problems) -> Any:
    if value is None or isinstance(value, (bool, int)):
        return value
    try:
        return resolve(value)
    except Exception as error:  # noqa: BLE001 - templating and vault raise errors of many unrelated classes
        # The error's text may quote what it was given, and that may be a secret.
        problems.add(path, f"cannot be resolved: {type(error).__name__} while templating or decrypting it")
        return None
