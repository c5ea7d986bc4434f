# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Events: what changed, for whom, in the order in which it was committed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from sqlalchemy import Connection, delete, func, insert, select

from ewbi_endpoint.store.tables import event
from ewbi_endpoint.times import Instant


def record(
    connection: Connection,
    *,
    time: Instant,
    kind: str,
    key: Mapping[str, Mapping[str, str]],
    audience: str | None,
    revision: int | None = None,
) -> None:
    """Write an event in the transaction of the change that it tells of.

    `key` is the object's key in wire spelling, such as {"cloudlet_key": {...}}; `audience` is the one partner that
    may see it beside the operator.
    """
    connection.execute(
        insert(event),
        {
            "time": time,
            "type": kind,
            "audience": audience,
            "key": orjson.dumps(dict(key)).decode(),
            "revision": revision,
        },
    )


def since(connection: Connection, cursor: int, limit: int, partner: str | None) -> list[dict[str, Any]]:
    """Up to `limit` events after a cursor; with `partner`, only those that it may see."""
    query = select(event).where(event.c.id > cursor).order_by(event.c.id).limit(limit)
    if partner is not None:
        query = query.where(event.c.audience == partner)
    return [dict(row) for row in connection.execute(query).mappings()]


def last_cursor(connection: Connection) -> int:
    """The cursor of the newest event, 0 where there is none."""
    return connection.execute(select(func.max(event.c.id))).scalar() or 0


def prune(connection: Connection, before: Instant) -> None:
    """Forget events older than an instant, but never the newest: cursors must not be given out twice."""
    newest = last_cursor(connection)
    connection.execute(delete(event).where(event.c.time < before, event.c.id < newest))
