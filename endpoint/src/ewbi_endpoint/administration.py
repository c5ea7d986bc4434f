# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Letting clients in and shutting them out, for the command line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from ewbi_endpoint.files import write_private
from ewbi_endpoint.model import Role
from ewbi_endpoint.security.secrets import SHORTEST_SECRET, hash_secret, new_secret, verify_secret
from ewbi_endpoint.store import clients
from ewbi_endpoint.store.database import Database
from ewbi_endpoint.times import now
from ewbi_endpoint.wire.native.values import NAME_PATTERN
from ewbi_endpoint.wire.reading import problems_of

_CLIENT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")


class CommandError(Exception):
    """A command cannot be carried out; the text says what to do."""


@dataclass(frozen=True, slots=True)
class ClientWish:
    """A client that shall be let in."""

    client_id: str
    organization: str
    role: Role


@dataclass(frozen=True, slots=True)
class SecretFiles:
    """Where a client's secret comes from, or goes to; with neither, a new one is made and shown once."""

    source: Path | None = None
    target: Path | None = None

    def obtain(self) -> tuple[str, dict[str, Any]]:
        """The secret to set, and what may be printed of it."""
        if self.source is not None:
            return read_secret(self.source), {}
        secret = new_secret()
        if self.target is not None:
            write_private(self.target, secret.encode())
            return secret, {}
        return secret, {"client_secret": secret}


def read_wishes(document: Any) -> list[ClientWish]:
    """A list of {client_id, organization, role}; CommandError names every wrong field."""
    try:
        return TypeAdapter(list[ClientWish]).validate_python(document)
    except ValidationError as error:
        wrong = "; ".join(f"{item.param}: {item.reason}" for item in problems_of(error))
        raise CommandError(f"the list of clients is wrong: {wrong}") from None


def let_in(database: Database, own_organization: str, wish: ClientWish, files: SecretFiles) -> dict[str, Any]:
    """Let a client in; the same again is no change, and another secret in `files.source` replaces its secret."""
    _check(wish, own_organization)
    there = database.read_now(lambda connection: clients.find(connection, wish.client_id))
    said = {"client_id": wish.client_id}
    if there is None:
        secret, shown = files.obtain()
        new = clients.Client(wish.client_id, wish.organization, wish.role, hash_secret(secret), 1, now())
        database.write_now(lambda connection: clients.add(connection, new))
        return {"changed": True, **said, **shown}
    if (there.organization, there.role) != (wish.organization, wish.role):
        raise CommandError(
            f"client {wish.client_id} is there as {there.role.value} of {there.organization}: remove it first"
        )
    return {"changed": _keep_or_replace(database, there, files), **said}


def let_all_in(
    database: Database, own_organization: str, wishes: Sequence[ClientWish], directory: Path
) -> dict[str, Any]:
    """Let several in; each one's secret is in a file named after it, made where there is none yet."""
    for wish in wishes:
        _check(wish, own_organization)
    changed = []
    for wish in wishes:
        path = directory / wish.client_id
        files = SecretFiles(source=path) if path.exists() else SecretFiles(target=path)
        if let_in(database, own_organization, wish, files)["changed"]:
            changed.append(wish.client_id)
    return {"changed": bool(changed), "clients": changed}


def rotate(database: Database, client_id: str, files: SecretFiles) -> dict[str, Any]:
    """Give a client another secret; its tokens end with the old one."""
    if database.read_now(lambda connection: clients.find(connection, client_id)) is None:
        raise CommandError(f"there is no client {client_id}")
    secret, shown = files.obtain()
    hashed = hash_secret(secret)
    database.write_now(lambda connection: clients.set_secret(connection, client_id, hashed))
    return {"changed": True, "client_id": client_id, **shown}


def read_secret(path: Path) -> str:
    """The secret in a file, without the line's end."""
    secret = path.read_text(encoding="utf-8").strip()
    if len(secret) < SHORTEST_SECRET:
        raise CommandError(f"{path}: a client secret has {SHORTEST_SECRET} characters at least")
    return secret


def _keep_or_replace(database: Database, there: clients.Client, files: SecretFiles) -> bool:
    path = files.source or files.target
    if path is None:
        return False
    if files.target is not None and not path.exists():
        raise CommandError(f"client {there.client_id} is there but {path} is not: use `client rotate-secret`")
    secret = read_secret(path)
    if verify_secret(secret, there.secret_hash):
        return False
    if files.target is not None:
        raise CommandError(f"{path} holds another secret than client {there.client_id}: use `client rotate-secret`")
    hashed = hash_secret(secret)
    database.write_now(lambda connection: clients.set_secret(connection, there.client_id, hashed))
    return True


def _check(wish: ClientWish, own_organization: str) -> None:
    if not _CLIENT_ID.fullmatch(wish.client_id):
        raise CommandError(f"client id {wish.client_id!r} must match {_CLIENT_ID.pattern}")
    if not re.fullmatch(NAME_PATTERN, wish.organization):
        raise CommandError(f"organization {wish.organization!r} of {wish.client_id} must match {NAME_PATTERN}")
    if (wish.role is Role.OPERATOR) != (wish.organization == own_organization):
        raise CommandError(
            f"{wish.client_id}: role operator is for {own_organization}, whose endpoint this is, and role partner for"
            " everybody else"
        )
