# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a VDC is remembered on its keystone project: as tags.

Tags are the one thing that the tenant itself can read on its project and that keystone can filter by. A tag holds at most
255 characters and neither "," nor "/" (keystone's schema for project tags), so values are percent-encoded.
"""

from __future__ import annotations

import urllib.parse
from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.operator_platform.federation.plugins.module_utils.model.location import Location
from ansible_collections.operator_platform.federation.plugins.module_utils.model.problems import Problems
from ansible_collections.operator_platform.federation.plugins.module_utils.model.vdc import Vdc

OWNED = "federation"
# Made but not finished: the user or its role may be missing. A VDC with this mark is read without its organization, so that
# it is completed, or taken down, like any that differs.
INCOMPLETE = "federation:incomplete"
PREFIX = "federation:"
# Granted amounts that no quota of the platform can hold, such as devices: federation:held.devices.gpu=2.
HELD = "held."
LONGEST_TAG = 255
MOST_TAGS = 80


def mark(name: str, value: str) -> str:
    return f"{PREFIX}{name}={urllib.parse.quote(value, safe=' :')}"


def values_of(tags: Iterable[str]) -> dict[str, list[str]]:
    """Our marks: name -> values, in the order of the tags."""
    found: dict[str, list[str]] = {}
    for tag in tags:
        if tag.startswith(PREFIX) and "=" in tag:
            name, _equals, value = tag[len(PREFIX) :].partition("=")
            found.setdefault(name, []).append(urllib.parse.unquote(value))
    return found


def is_ours(project: Mapping[str, Any]) -> bool:
    return OWNED in (project.get("tags") or [])


def is_complete(project: Mapping[str, Any]) -> bool:
    return is_ours(project) and INCOMPLETE not in project["tags"]


def tags_of(vdc: Vdc, observed: Iterable[str] = ()) -> list[str]:
    """All tags that the project shall have. observed: those that it has; what is not told by a Vdc (grants, other
    people's tags, and a location or partner that is not said now) is kept."""
    kept_names = set()
    if vdc.location is None:
        kept_names |= {"latitude", "longitude"}
    if vdc.federated_organization is None:
        kept_names.add("partner")
    kept = [tag for tag in observed if _is_kept(tag, kept_names)]
    ours = [OWNED, mark("organization", vdc.organization)]
    if vdc.federated_organization is not None:
        ours.append(mark("partner", vdc.federated_organization))
    if vdc.location is not None:
        ours.append(mark("latitude", repr(vdc.location.latitude)))
        ours.append(mark("longitude", repr(vdc.location.longitude)))
    ours.extend(mark("zone", zone) for zone in vdc.zones)
    tags = sorted({*kept, *ours})
    _refuse_what_keystone_refuses(vdc.name, tags)
    return tags


def _is_kept(tag: str, kept_names: set[str]) -> bool:
    if tag == OWNED:
        return False
    if not tag.startswith(PREFIX):
        return True
    name = tag[len(PREFIX) :].partition("=")[0]
    return name in kept_names or name.startswith(HELD) or tag == INCOMPLETE


def _refuse_what_keystone_refuses(name: str, tags: list[str]) -> None:
    problems = Problems()
    for tag in tags:
        if len(tag) > LONGEST_TAG:
            problems.add(tag.partition("=")[0], f"is longer than the {LONGEST_TAG} characters of a keystone tag")
    if len(tags) > MOST_TAGS:
        problems.add("zones", f"need {len(tags)} tags on the project; keystone keeps at most {MOST_TAGS}")
    problems.refuse(f"VDC {name}")


def vdc_of(project: Mapping[str, Any]) -> Vdc:
    """Read a VDC back out of its project (keystone's JSON)."""
    values = values_of(project.get("tags") or [])
    return Vdc(
        name=str(project["name"]),
        organization=(_first(values, "organization") or "") if INCOMPLETE not in project["tags"] else "",
        federated_organization=_first(values, "partner"),
        location=location_of(values),
        zones=tuple(sorted(values.get("zone", ()))),
        description=str(project.get("description") or "") or None,
    )


def location_of(values: Mapping[str, list[str]]) -> Location | None:
    """Marks that are missing or were spoilt by hand count as no location."""
    raw = {name: _first(values, name) for name in ("latitude", "longitude")}
    if None in raw.values():
        return None
    return Location.from_dict(raw, Problems())


def held_of(tags: Iterable[str]) -> dict[str, int]:
    """Granted amounts that are held by a mark: flat amount name (devices.gpu) -> amount."""
    return {
        name[len(HELD) :]: int(values[0])
        for name, values in values_of(tags).items()
        if name.startswith(HELD) and values[0].isdigit()
    }


def with_held(tags: Iterable[str], held: Mapping[str, int]) -> list[str]:
    """The tags with these held amounts instead of those before."""
    others = [tag for tag in tags if not tag.startswith(PREFIX + HELD)]
    return sorted({*others, *(mark(HELD + name, str(amount)) for name, amount in held.items() if amount)})


def _first(values: Mapping[str, list[str]], name: str) -> str | None:
    found = values.get(name)
    return found[0] if found else None
