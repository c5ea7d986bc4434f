# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is held on cloudlets and sites, read from the database in the transaction that decides on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
    wanted: Sequence[Cloudlet],
    site_capacities: Mapping[str, Amounts],
    now: Instant,
    *,
    leave_out: Key | None = None,
) -> dict[Key, tuple[Pool, ...]]:
    """What reservations on each cloudlet draw on: its own capacity first, then its site's where one is stated.

    `leave_out` is the reservation being decided anew, whose present hold must not stand in its own way.
    """
    limited = {cloudlet.site for cloudlet in wanted if cloudlet.site in site_capacities}
    site_of = cloudlets.keys_of_sites(connection, [site for site in limited if site]) if limited else {}
    # A change that moves a cloudlet to another site is judged as if it had been made.
    site_of = {**site_of, **{cloudlet.key: cloudlet.site or "" for cloudlet in wanted}}
    own: dict[Key, list[Hold]] = {key: [] for key in site_of}
    on_site: dict[str, list[Hold]] = {site: [] for site in site_of.values()}
    for reservation in reservations.holding(connection, site_of, now):
        if reservation.key != leave_out:
            hold = hold_of(reservation)
            own[reservation.cloudlet].append(hold)
            on_site[site_of[reservation.cloudlet]].append(hold)
    pools: dict[Key, tuple[Pool, ...]] = {}
    for cloudlet in wanted:
        pool = Pool(cloudlet.capacity or {}, tuple(own[cloudlet.key]))
        capacity = site_capacities.get(cloudlet.site or "")
        site = () if capacity is None else (Pool(capacity, tuple(on_site[cloudlet.site or ""]), limits_unnamed=False),)
        pools[cloudlet.key] = (pool, *site)
    return pools


def capacity_conflicts(
    connection: Connection, changed: Cloudlet, site_capacities: Mapping[str, Amounts], now: Instant
) -> list[InvalidParam]:
    """Where a changed cloudlet would hold more than it, or its site, has."""
    found = []
    pools = pools_of(connection, [changed], site_capacities, now)[changed.key]
    for pool, field in zip(pools, ("Capacity", "Site"), strict=False):
        for name, used in sorted(peak(pool.holds, now, None).items()):
            there = pool.capacity.get(name, 0 if pool.limits_unnamed else used)
            if used > there:
                reason = f"leaves {there} where reservations hold {used}"
                found.append(InvalidParam(f"Capacity.{name}" if field == "Capacity" else "Site", f"{name} {reason}"))
    return found
