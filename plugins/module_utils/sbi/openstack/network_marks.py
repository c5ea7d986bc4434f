# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How neutron objects made by this collection are known: by a tag, and by their description from the first moment.

A tag may only come in a second request (neutron without the tag-creation extension); the description comes with the first,
so a run that is killed between the two leaves nothing unknown behind. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TAG = "federation"
MADE_BY = "operator_platform.federation"
KIND_TEXT = f"{MADE_BY}: network, "
INSTANCE_TEXT = f"{MADE_BY}: address of "
BLOCK_TEXT = f"{MADE_BY}: addresses from "
# neutron's descriptions end there.
LONGEST_DESCRIPTION = 255
# neutron names them by flavour of routing: plain, distributed, highly available, IPv6 gateway.
ROUTER_INTERFACES = frozenset(
    {
        "network:router_interface",
        "network:router_interface_distributed",
        "network:ha_router_replicated_interface",
    }
)

Entry = Mapping[str, Any]


def is_ours(entry: Entry) -> bool:
    return TAG in (entry.get("tags") or ()) or str(entry.get("description") or "").startswith(MADE_BY)


def kind_text(kind: str) -> str:
    return f"{KIND_TEXT}{kind}"


def kind_of(network: Entry) -> str:
    """What we wrote, else what neutron says."""
    text = str(network.get("description") or "")
    if text.startswith(KIND_TEXT):
        return text[len(KIND_TEXT) :]
    return "external" if network.get("router:external") else "internal"


def instance_text(instance: str) -> str:
    return f"{INSTANCE_TEXT}{instance}"[:LONGEST_DESCRIPTION]


def instance_of(port: Entry) -> str | None:
    """The instance that an address is kept for; None for any other port."""
    text = str(port.get("description") or "")
    return text[len(INSTANCE_TEXT) :] if text.startswith(INSTANCE_TEXT) else None


def block_text(block: str | None) -> str:
    """A block too long for a description is not written down; reading then takes it from the allocation pools."""
    text = f"{BLOCK_TEXT}{block}"
    return MADE_BY if block is None or len(text) > LONGEST_DESCRIPTION else text


def block_of(subnet: Entry) -> str | None:
    text = str(subnet.get("description") or "")
    return text[len(BLOCK_TEXT) :] if text.startswith(BLOCK_TEXT) else None


def is_router_interface(port: Entry) -> bool:
    return port.get("device_owner") in ROUTER_INTERFACES
