# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What time alone changes, recorded: the ledger never waits for it, but the events and listeners do."""

from __future__ import annotations

import asyncio
import logging
from functools import partial

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from ewbi_endpoint.calls import prune_replays
from ewbi_endpoint.model import FederationStatus
from ewbi_endpoint.problems import Problem
from ewbi_endpoint.service import Service
from ewbi_endpoint.store import events, federations, reservations
from ewbi_endpoint.times import SECOND, Instant
from ewbi_endpoint.wire.native.rendering import render_key

_EVERY_SECONDS = 2.0
_PRUNE_EVERY: Instant = 600 * SECOND
_DAY: Instant = 86_400 * SECOND
_log = logging.getLogger("ewbi.sweeper")


async def sweep_forever(service: Service) -> None:
    """Sweep every two seconds until cancelled."""
    pruned = 0
    while True:
        try:
            now = service.clock()
            if await service.database.read(partial(_due, now=now)):
                await service.database.write(partial(record_passed, now=now))
            if now - pruned > _PRUNE_EVERY:
                await service.database.write(partial(_prune, now=now, days=service.config.limits.event_days))
                pruned = now
        except (SQLAlchemyError, Problem) as error:
            # The next sweep does what this one could not.
            _log.warning("what time has changed could not be recorded: %s", type(error).__name__)
        await asyncio.sleep(_EVERY_SECONDS)


def _due(connection: Connection, now: Instant) -> bool:
    return bool(reservations.ended_unrecorded(connection, now) or federations.expired_unrecorded(connection, now))


def record_passed(connection: Connection, now: Instant) -> None:
    """Write the events of reservations and federations that have run out."""
    for reservation in reservations.ended_unrecorded(connection, now):
        state = reservation.effective_state(now)
        events.record(
            connection,
            time=now,
            kind=f"reservation.{state.value.lower()}",
            key={"reservation_key": render_key(reservation.key)},
            audience=reservation.key.organization,
            revision=reservation.revision,
        )
        reservations.set_recorded(connection, reservation.key, state)
    for federation in federations.expired_unrecorded(connection, now):
        events.record(
            connection,
            time=now,
            kind="federation.expired",
            key={"federation_key": {"organization": federation.organization, "partner": federation.partner}},
            audience=federation.partner,
            revision=federation.revision,
        )
        federations.set_recorded(connection, federation, FederationStatus.EXPIRED)


def _prune(connection: Connection, now: Instant, days: int) -> None:
    prune_replays(connection, now)
    events.prune(connection, now - days * _DAY)
