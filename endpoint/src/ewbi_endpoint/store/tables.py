# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables. Instants are microseconds since 1970 (BigInteger), documents are JSON text, secrets are sealed."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, Index, Integer, LargeBinary, MetaData, String, Table, Text

# SQLite counts rows by itself only in a column that is exactly INTEGER, which holds 64 bits there anyway.
_Counter = BigInteger().with_variant(Integer, "sqlite")

metadata = MetaData(
    naming_convention={"ix": "ix_%(table_name)s_%(column_0_N_name)s", "pk": "pk_%(table_name)s"},
)

client = Table(
    "client",
    metadata,
    Column("client_id", String(128), primary_key=True),
    Column("organization", String(64), nullable=False),
    Column("role", String(16), nullable=False),
    Column("secret_hash", Text, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("created", BigInteger, nullable=False),
)

federation = Table(
    "federation",
    metadata,
    Column("organization", String(64), primary_key=True),
    Column("partner", String(64), primary_key=True),
    Column("status", String(16), nullable=False),
    Column("partner_url", Text),
    Column("ca_cert", Text),
    Column("expires", BigInteger),
    Column("revision", Integer, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("updated", BigInteger, nullable=False),
    # The last status of which an event was written: what time alone changes is recorded once.
    Column("recorded_status", String(16), nullable=False),
)

cloudlet = Table(
    "cloudlet",
    metadata,
    Column("organization", String(64), primary_key=True),
    Column("name", String(64), primary_key=True),
    Column("site", String(64), index=True),
    Column("platform_type", String(16), nullable=False),
    Column("federated_organization", String(64), index=True),
    Column("latitude", Float, nullable=False),
    Column("longitude", Float, nullable=False),
    Column("profile", Text, nullable=False),
    Column("sealed_access", LargeBinary, nullable=False),
    Column("sealed_digest", LargeBinary, nullable=False),
    # Names of the access variables, comma-separated; the values are in sealed_access only.
    Column("access_names", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("updated", BigInteger, nullable=False),
)

reservation = Table(
    "reservation",
    metadata,
    Column("organization", String(64), primary_key=True),
    Column("name", String(64), primary_key=True),
    Column("cloudlet_organization", String(64), nullable=False),
    Column("cloudlet_name", String(64), nullable=False),
    Column("resources", Text, nullable=False),
    Column("minimum", Text, nullable=False),
    Column("granted", Text, nullable=False),
    Column("free", Text),
    Column("start_asked", BigInteger),
    Column("start", BigInteger, nullable=False),
    Column("end", BigInteger),
    Column("grace_seconds", Integer, nullable=False),
    # end + grace, so that the database can pick the holds that still count.
    Column("held_until", BigInteger),
    Column("state", String(20), nullable=False),
    Column("recorded_state", String(20), nullable=False),
    Column("reason", Text),
    Column("revision", Integer, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("updated", BigInteger, nullable=False),
    Index("ix_reservation_cloudlet", "cloudlet_organization", "cloudlet_name", "state"),
    Index("ix_reservation_recorded_state", "recorded_state", "end"),
)

event = Table(
    "event",
    metadata,
    Column("id", _Counter, primary_key=True, autoincrement=True),
    Column("time", BigInteger, nullable=False),
    Column("type", String(64), nullable=False),
    # The partner that may see it; NULL is for the operator alone.
    Column("audience", String(64), index=True),
    Column("key", Text, nullable=False),
    Column("revision", Integer),
    sqlite_autoincrement=True,
)

audit = Table(
    "audit",
    metadata,
    Column("id", _Counter, primary_key=True, autoincrement=True),
    Column("time", BigInteger, nullable=False),
    Column("request_id", String(64), nullable=False),
    Column("client_id", String(128), nullable=False),
    Column("organization", String(64), nullable=False),
    Column("action", String(32), nullable=False),
    Column("object", String(160), nullable=False),
    Column("outcome", String(64), nullable=False),
    sqlite_autoincrement=True,
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("organization", String(64), primary_key=True),
    Column("path", String(64), primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("status", Integer, nullable=False),
    Column("headers", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("created", BigInteger, nullable=False, index=True),
)
