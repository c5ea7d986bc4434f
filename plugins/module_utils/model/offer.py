# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a cloudlet can still take for us, our own reservation counted as given back.

That last part makes planning repeatable: the amounts that an earlier run reserved are free for the same demands again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from ansible_collections.operator_platform.federation.plugins.module_utils.model.location import Location
from ansible_collections.operator_platform.federation.plugins.module_utils.model.moments import read_moment
from ansible_collections.operator_platform.federation.plugins.module_utils.model.names import Key, read_key
from ansible_collections.operator_platform.federation.plugins.module_utils.model.problems import Problems
from ansible_collections.operator_platform.federation.plugins.module_utils.model.reservation import HOLDING_STATES
from ansible_collections.operator_platform.federation.plugins.module_utils.model.resources import (
    AMOUNTS,
    Resources,
    Usage,
)

# Ten hexadecimal digits: two cloudlets of one federation share a label once in about 10^6 federations of 1,000.
_DIGEST_LENGTH = 10
_LABEL_LENGTH = 64
PREFIX = re.compile(r"[a-z0-9-]{0,32}")

Amounts = dict[str, int]


@dataclass(frozen=True)
class Period:
    """From start (moment of planning when nothing was asked for) to end; None: open end."""

    start: datetime
    end: datetime | None = None


def overlap(
    one_start: datetime | None, one_end: datetime | None, two_start: datetime | None, two_end: datetime | None
) -> bool:
    """Whether two half-open spans of time share a moment. None: unbounded."""
    first_begins = one_start is None or two_end is None or one_start < two_end
    return first_begins and (two_start is None or one_end is None or two_start < one_end)


@dataclass(frozen=True)
class Offer:
    """One cloudlet as a place for demand. capacity and free are flat amounts (devices as ``devices.NAME``).
    held: what our own reservation named ``label`` holds now, already part of free. site: what cloudlets of one
    (organization, site) share, None when nothing is known to be shared."""

    key: Key
    location: Location
    label: str
    capacity: Amounts = field(default_factory=dict)
    free: Amounts = field(default_factory=dict)
    held: Amounts = field(default_factory=dict)
    site: tuple[str, str] | None = None
    accepting: bool = True


@dataclass(frozen=True)
class Offers:
    """places: ordered by key. site_free: the flat amounts that the cloudlets of one site can take together, as far as it is known."""

    places: tuple[Offer, ...]
    site_free: Mapping[tuple[str, str], Amounts] = field(default_factory=dict)


def label_of(cloudlet: Key, organization: str, prefix: str = "") -> str:
    """The reservation's name: made of what the serving operator knows already, so it can tell nothing about clients."""
    digest = hashlib.sha256("\n".join((organization, cloudlet.organization, cloudlet.name)).encode()).hexdigest()
    readable = re.sub(r"[^a-z0-9]+", "-", cloudlet.name.lower()).strip("-")
    room = _LABEL_LENGTH - len(prefix) - _DIGEST_LENGTH - 1
    return f"{prefix}{readable[:room]}-{digest[:_DIGEST_LENGTH]}"


def read_offers(
    cloudlets: Any,
    usage: Any,
    reservations: Any,
    *,
    organization: str,
    prefix: str,
    period: Period,
    now: datetime,
    problems: Problems,
) -> Offers:
    """Read what the EWBI info modules returned; cloudlets offered to others or without a location are left out.

    organization: the orchestrating operator; empty: nothing is known to be ours, and every cloudlet counts.
    Free is the least of the free profile over the period; without a profile quota_max (infra_max) minus value; without
    usage the capacity minus our own reservations. Everything wrong is noted in ``problems``.
    """
    used = dict(_keyed(usage, "usage", "cloudlet", problems))
    ours = _own_reservations(reservations, organization, problems)
    places: list[Offer] = []
    site_entries: dict[tuple[str, str], list[tuple[Offer, Amounts, Amounts | None]]] = {}
    for number, (key, raw) in enumerate(_keyed(cloudlets, "cloudlets", None, problems)):
        path = f"cloudlets[{number}]."
        offered_to = raw.get("federated_organization")
        location = Location.from_dict(raw.get("location"), problems, f"{path}location.")
        if location is None or (organization and offered_to is not None and offered_to != organization):
            continue
        label = label_of(key, organization, prefix)
        here = ours.get(key, [])
        capacity = flat_amounts(raw.get("capacity"), problems, f"{path}capacity.")
        free, infra = _free(capacity, used.get(key), here, label, period, problems)
        held = _held(here, label, period)
        accepting = not _in_maintenance(raw, period.start, now, problems, path)
        site_name = raw.get("site")
        site = (key.organization, str(site_name)) if site_name else None
        offer = Offer(key, location, label, capacity, free if accepting else dict(held), held, site, accepting)
        places.append(offer)
        if site is not None:
            others = _sum(entry.granted for entry in here if entry.name != label and entry.within(period))
            site_entries.setdefault(site, []).append((offer, others, infra))
    places.sort(key=lambda offer: offer.key)
    return Offers(tuple(places), {site: _site_free(entries) for site, entries in site_entries.items()})


def flat_amounts(raw: Any, problems: Problems, path: str) -> Amounts:
    """Amounts as the info modules return them, in one level; those of 0 are left out."""
    if raw is not None and not isinstance(raw, Mapping):
        problems.add(path.rstrip("."), "must be a mapping of amounts such as vcpus and memory_mb")
        return {}
    return {name: amount for name, amount in Resources.from_dict(raw, problems, path).flat().items() if amount}


@dataclass(frozen=True)
class _Held:
    """A reservation of ours that holds something. end includes the time of grace."""

    name: str
    granted: Amounts
    start: datetime | None
    end: datetime | None

    def within(self, period: Period) -> bool:
        return self.meets(period.start, period.end)

    def meets(self, start: datetime | None, end: datetime | None) -> bool:
        return overlap(self.start, self.end, start, end)


def _own_reservations(reservations: Any, organization: str, problems: Problems) -> dict[Key, list[_Held]]:
    """What we hold, by cloudlet."""
    ours: dict[Key, list[_Held]] = {}
    for number, (key, raw) in enumerate(_keyed(reservations, "reservations", None, problems)):
        if key.organization != organization or str(raw.get("state", "")).upper() not in HOLDING_STATES:
            continue
        path = f"reservations[{number}]."
        cloudlet = read_key(raw.get("cloudlet") or {}, problems, f"{path}cloudlet.")
        end = read_moment(raw, "end", problems, path)
        if end is not None:
            end += timedelta(seconds=problems.whole_number(raw, "grace_seconds", path) or 0)
        what = "granted" if raw.get("granted") else "resources"
        granted = flat_amounts(raw.get(what), problems, f"{path}{what}.")
        held = _Held(key.name, granted, read_moment(raw, "start", problems, path), end)
        ours.setdefault(cloudlet, []).append(held)
    return ours


def _keyed(raw: Any, what: str, nested: str | None, problems: Problems) -> list[tuple[Key, Mapping[str, Any]]]:
    """Entries of a list with their key, which stands in the entry itself or in its field ``nested``."""
    if raw is None:
        return []
    if not isinstance(raw, (list, tuple)):
        problems.add(what, f"must be a list, not {type(raw).__name__}")
        return []
    result: list[tuple[Key, Mapping[str, Any]]] = []
    for number, entry in enumerate(raw):
        if not isinstance(entry, Mapping):
            problems.add(f"{what}[{number}]", "must be a mapping")
            continue
        path = f"{what}[{number}]."
        inner = entry.get(nested) if nested else None
        if isinstance(inner, Mapping):
            result.append((read_key(inner, problems, f"{path}{nested}."), entry))
        else:
            result.append((read_key(entry, problems, path), entry))
    return result


def _free(
    capacity: Amounts,
    usage: Mapping[str, Any] | None,
    ours: Sequence[_Held],
    label: str,
    period: Period,
    problems: Problems,
) -> tuple[Amounts, Amounts | None]:
    """Free amounts with our own reservation given back, and the site's capacity where usage tells it."""
    held = _held(ours, label, period)
    if usage is None:
        others = _sum(entry.granted for entry in ours if entry.name != label and entry.within(period))
        return _minus(capacity, others), None
    triples = _flat_triples(usage.get("resources"), problems, "usage.resources.")
    infra = {name: triple.infra_max for name, triple in triples.items() if triple.infra_max is not None}
    segments: list[Amounts] = []
    for number, segment in enumerate(usage.get("free") or ()):
        path = f"usage.free[{number}]."
        start, end = read_moment(segment, "start", problems, path), read_moment(segment, "end", problems, path)
        if overlap(start, end, period.start, period.end):
            back = _sum(entry.granted for entry in ours if entry.name == label and entry.meets(start, end))
            segments.append(_plus(flat_amounts(segment.get("resources"), problems, f"{path}resources."), back))
    if segments:
        free = {name: min(segment.get(name, 0) for segment in segments) for name in capacity}
    else:
        free = {}
        for name, limit in capacity.items():
            triple = triples.get(name, Usage(0))
            least = min(amount for amount in (limit, triple.quota_max, triple.infra_max) if amount is not None)
            free[name] = least - triple.value + held.get(name, 0)
    return {name: max(0, min(amount, capacity[name])) for name, amount in free.items()}, infra or None


def _held(ours: Sequence[_Held], label: str, period: Period) -> Amounts:
    return _sum(entry.granted for entry in ours if entry.name == label and entry.within(period))


def _site_free(entries: Sequence[tuple[Offer, Amounts, Amounts | None]]) -> Amounts:
    """What the cloudlets of one site can take together, ours given back.

    A partner is not told what others hold of a site. Where a cloudlet has less free than its own capacity explains, the
    site is what limits it, and that much is all there is; otherwise the site's capacity minus what we hold bounds it.
    The ledger of the serving operator decides in the end; this only keeps a plan from asking for what cannot be had.
    """
    held_together = _sum(offer.held for offer, _others, _infra in entries)
    others_together = _sum(others for _offer, others, _infra in entries)
    result: Amounts = {}
    for offer, others, infra in entries:
        for name, limit in (infra or {}).items():
            bound = limit - others_together.get(name, 0)
            free = offer.free.get(name, 0)
            if offer.accepting and free < offer.capacity.get(name, 0) - others.get(name, 0):
                bound = min(bound, free - offer.held.get(name, 0) + held_together.get(name, 0))
            result[name] = max(0, min(result.get(name, bound), bound))
    return result


def _in_maintenance(raw: Mapping[str, Any], start: datetime, now: datetime, problems: Problems, path: str) -> bool:
    """EWBI contract: in a window, or offline, no new reservation; what runs is left alone."""
    if raw.get("maintenance_state") == "offline" or raw.get("state") in ("maintenance", "offline"):
        return True
    for number, window in enumerate(raw.get("maintenance_windows") or ()):
        place = f"{path}maintenance_windows[{number}]."
        begins, ends = read_moment(window, "start", problems, place), read_moment(window, "end", problems, place)
        if begins and ends and any(begins <= moment < ends for moment in (start, now)):
            return True
    return False


def _flat_triples(raw: Any, problems: Problems, path: str) -> dict[str, Usage]:
    """value, quota_max and infra_max by flat name; a limit that is not told is None."""
    if not isinstance(raw, Mapping):
        return {}
    devices = raw.get("devices")
    devices = devices if isinstance(devices, Mapping) else {}
    named = {**{name: raw.get(name) for name in AMOUNTS}, **{f"devices.{name}": one for name, one in devices.items()}}
    flat: dict[str, Usage] = {}
    for name, triple in named.items():
        if isinstance(triple, Mapping):
            value, quota, infra = (
                problems.whole_number(triple, part, f"{path}{name}.") for part in ("value", "quota_max", "infra_max")
            )
            flat[name] = Usage(value or 0, quota, infra)
    return flat


def _sum(parts: Iterable[Mapping[str, int]]) -> Amounts:
    result: Amounts = {}
    for part in parts:
        result = _plus(result, part)
    return result


def _plus(one: Mapping[str, int], two: Mapping[str, int]) -> Amounts:
    return {name: one.get(name, 0) + two.get(name, 0) for name in {**one, **two}}


def _minus(one: Mapping[str, int], two: Mapping[str, int]) -> Amounts:
    return {name: max(0, amount - two.get(name, 0)) for name, amount in one.items()}
