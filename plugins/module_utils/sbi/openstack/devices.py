# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which flavors hand out which devices. Pure.

A flavor asks for a device by an extra spec: ``resources:CUSTOM_GPU=1`` (placement, also in numbered groups such as
``resources1:CUSTOM_GPU``), ``resources:VGPU=1``, or ``pci_passthrough:alias=gpu:1`` (nova). A device name of a cloudlet's
resource map stands for the resource class CUSTOM_NAME: upper case, and everything that is not a letter or a digit
becomes ``_`` (placement allows only ``[A-Z0-9_]`` in a custom class). ``gpu`` is ``CUSTOM_GPU``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Flavor = Mapping[str, Any]

CUSTOM = "CUSTOM_"
# Classes that are devices although placement ships them itself.
STANDARD_DEVICE_CLASSES = frozenset({"VGPU", "PGPU", "FPGA", "SRIOV_NET_VF", "PCI_DEVICE"})
_RESOURCE_SPEC = re.compile(r"resources[A-Za-z0-9_-]*:([A-Z0-9_]+)")


def resource_class(device: str) -> str:
    """``gpu`` -> ``CUSTOM_GPU``; ``vgpu`` -> ``VGPU``, which placement knows itself."""
    upper = re.sub(r"[^A-Z0-9]", "_", device.upper())
    if upper in STANDARD_DEVICE_CLASSES or upper.startswith(CUSTOM):
        return upper
    return CUSTOM + upper


def device_name(class_name: str, known: Iterable[str] = ()) -> str:
    """The name for a resource class: the one of ``known`` that stands for it, else the class in lower case."""
    for name in known:
        if resource_class(name) == class_name:
            return name
    return class_name.removeprefix(CUSTOM).lower()


def devices_of(flavor: Flavor) -> dict[str, int]:
    """Resource class -> count that one instance of this flavor takes. A PCI alias counts as the class of its name."""
    found: dict[str, int] = {}
    for spec, value in (flavor.get("extra_specs") or {}).items():
        match = _RESOURCE_SPEC.fullmatch(spec)
        if match and (match[1].startswith(CUSTOM) or match[1] in STANDARD_DEVICE_CLASSES) and str(value).isdigit():
            found[match[1]] = found.get(match[1], 0) + int(value)
        if spec == "pci_passthrough:alias":
            for alias, count in _aliases(str(value)):
                found[resource_class(alias)] = found.get(resource_class(alias), 0) + count
    return {name: count for name, count in found.items() if count}


def from_placement(flavors: Iterable[Flavor], class_name: str) -> bool:
    """Does any of these flavors take the class out of placement (and not by a PCI alias only)?"""
    return any(
        (match := _RESOURCE_SPEC.fullmatch(spec)) is not None and match[1] == class_name
        for flavor in flavors
        for spec in (flavor.get("extra_specs") or {})
    )


def _aliases(value: str) -> list[tuple[str, int]]:
    """Nova writes ``a1:2,a2:1``."""
    pairs = []
    for part in value.split(","):
        alias, _colon, count = part.strip().partition(":")
        if alias:
            pairs.append((alias, int(count) if count.isdigit() else 1))
    return pairs


def opened_by(flavors: Sequence[Flavor], granted: Iterable[str]) -> list[Flavor]:
    """The flavors with devices of which every device is granted."""
    classes = {resource_class(name) for name in granted}
    return [flavor for flavor in flavors if devices_of(flavor) and set(devices_of(flavor)) <= classes]


def in_use(servers: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Resource class -> count taken by these servers (nova's JSON from microversion 2.47 on, which embeds the flavor)."""
    total: dict[str, int] = {}
    for server in servers:
        for name, count in devices_of(server.get("flavor") or {}).items():
            total[name] = total.get(name, 0) + count
    return total


def free_in(candidates: Mapping[str, Any], class_name: str) -> int:
    """What placement's answer to allocation_candidates leaves of a class, summed over its providers."""
    return sum(
        max(0, int(summary["resources"][class_name]["capacity"]) - int(summary["resources"][class_name]["used"]))
        for summary in (candidates.get("provider_summaries") or {}).values()
        if class_name in summary.get("resources", {})
    )
