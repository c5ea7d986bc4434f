# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is held on cloudlets and sites, read from the database in the transaction that decides on it."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from ewbi_endpoint.ledger.decision import Hold, Pool, peak
from ewbi_endpoint.model import Amounts, Cloudlet, Key, Reservation
from ewbi_endpoint.problems import InvalidParam
from ewbi_endpoint.store import cloudlets, reservations
from ewbi_endpoint.times import Instant


def hold_of(reservation: Reservation) -> Hold:
    """What a reservation holds, and how long."""
    return Hold(reservation.start, reservation.held_until, reservation.granted)


def reservations_on(connection: Connection, cloudlet: Key, now: Instant) -> list[Key]:
    """Keys of the reservations that hold something on a cloudlet, now or later."""
    return sorted(reservation.key for reservation in reservations.holding(connection, [cloudlet], now))


def pools_of(
    connection: Connection,
    cloudlet: Cloudlet,
    site_capacities: Mapping[str, Amounts],
    now: Instant,
    *,
    leave_out: Key | None = None,
) -> tuple[Pool, ...]:
    """What a reservation on a cloudlet draws on: its own capacity, and its site's where the operator states one.

    `leave_out` is the reservation being decided anew, whose present hold must not stand in its own way.
    """
    site_capacity = site_capacities.get(cloudlet.site) if cloudlet.site else None
    keys = {cloudlet.key}
    if cloudlet.site and site_capacity is not None:
        keys |= set(cloudlets.keys_of_sites(connection, [cloudlet.site]))
    held = [item for item in reservations.holding(connection, keys, now) if item.key != leave_out]
    own = tuple(hold_of(item) for item in held if item.cloudlet == cloudlet.key)
    pools = [Pool(cloudlet.capacity or {}, own)]
    if site_capacity is not None:
        pools.append(Pool(site_capacity, tuple(hold_of(item) for item in held), limits_unnamed=False))
    return tuple(pools)


def capacity_conflicts(
    connection: Connection, changed: Cloudlet, site_capacities: Mapping[str, Amounts], now: Instant
) -> list[InvalidParam]:
    """Where a changed cloudlet would hold more than it, or its site, has."""
    found = []
    for pool, field in zip(pools_of(connection, changed, site_capacities, now), ("Capacity", "Site"), strict=False):
        for name, used in sorted(peak(pool.holds, now, None).items()):
            there = pool.capacity.get(name, 0 if pool.limits_unnamed else used)
            if used > there:
                reason = f"leaves {there} where reservations hold {used}"
                found.append(InvalidParam(f"Capacity.{name}" if field == "Capacity" else "Site", f"{name} {reason}"))
    return found
