# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients in the database."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from ewbi_endpoint.model import Role
from ewbi_endpoint.store.tables import client
from ewbi_endpoint.times import Instant


@dataclass(frozen=True, slots=True)
class Client:
    """One OAuth2 client. `generation` counts its secrets: tokens of an older one are not accepted."""

    client_id: str
    organization: str
    role: Role
    secret_hash: str
    generation: int
    created: Instant


def find(connection: Connection, client_id: str) -> Client | None:
    """The client of an id."""
    row = connection.execute(select(client).where(client.c.client_id == client_id)).mappings().first()
    return None if row is None else Client(**{**row, "role": Role(row["role"])})


def all_clients(connection: Connection) -> list[Client]:
    """Every client, by id."""
    rows = connection.execute(select(client).order_by(client.c.client_id)).mappings()
    return [Client(**{**row, "role": Role(row["role"])}) for row in rows]


def add(connection: Connection, new: Client) -> None:
    """Store a new client."""
    connection.execute(
        insert(client),
        {
            "client_id": new.client_id,
            "organization": new.organization,
            "role": new.role.value,
            "secret_hash": new.secret_hash,
            "generation": new.generation,
            "created": new.created,
        },
    )


def set_secret(connection: Connection, client_id: str, secret_hash: str) -> None:
    """Give a client another secret; its tokens end with the old one."""
    connection.execute(
        update(client)
        .where(client.c.client_id == client_id)
        .values(secret_hash=secret_hash, generation=client.c.generation + 1)
    )


def remove(connection: Connection, client_id: str) -> bool:
    """Take a client away; whether it was there."""
    return connection.execute(delete(client).where(client.c.client_id == client_id)).rowcount > 0
