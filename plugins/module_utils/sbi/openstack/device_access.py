# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Granted devices: access to the private flavors that hand them out, after placement was asked whether there are enough.

nova's quotas do not count devices, so the granted number itself is a mark on the project (marks.HELD); the flavors are the
lock on the door, the number of instances and the ledger are the bound.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from ansible_collections.operator_platform.federation.plugins.module_utils.errors import NotEnough
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack import devices
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack.rest import (
    COMPUTE,
    PLACEMENT,
    Services,
)

# Flavors come with their extra specs from 2.61 on (Rocky).
FLAVOR_MICROVERSION = "2.61"
# provider_summaries with all resources: 1.27; several member_of and limit are older than that. usages by project: 1.9.
PLACEMENT_MICROVERSION = "1.28"


def device_flavors(services: Services) -> list[dict[str, Any]]:
    """Every flavor with a device, public or private (the administrator's view)."""
    listing = services.pages(COMPUTE, "/flavors/detail", "flavors", {"is_public": "None"}, FLAVOR_MICROVERSION)
    return [flavor for flavor in listing if devices.devices_of(flavor)]


def refuse_more_than_there_is(
    services: Services, project_id: str, granted: Mapping[str, int], zones: Sequence[str]
) -> list[dict[str, Any]]:
    """Raise NotEnough when a device is not handed out by any flavor, is used by the tenant beyond the grant, or is not
    free in that number. Returns the flavors with devices."""
    flavors = device_flavors(services) if granted or services.offers(PLACEMENT) else []
    used = _used(services, project_id)
    wanted = {devices.resource_class(name): (name, count) for name, count in granted.items()}
    for class_name, count in used.items():
        if count > wanted.get(class_name, ("", 0))[1]:
            raise NotEnough(
                f"The tenant uses {count} of {class_name}, more than the {wanted.get(class_name, ('', 0))[1]} to be granted.",
                remedy="Let the tenant free them first, or grant what is in use.",
            )
    for class_name, (name, count) in wanted.items():
        if not any(class_name in devices.devices_of(flavor) for flavor in flavors):
            raise NotEnough(
                f"No flavor of this cloud hands out the device {name}: {count} to be granted, 0 there.",
                asked=f"flavor with the extra spec resources:{class_name} or pci_passthrough:alias",
                remedy=f"Make a private flavor with resources:{class_name}=1, or take {name} out of the capacity.",
            )
        if devices.from_placement(flavors, class_name):
            free = _free(services, class_name, zones) + used.get(class_name, 0)
            if free < count:
                raise NotEnough(
                    f"The device {name} is there {free} times for this VDC, fewer than the {count} to be granted.",
                    asked=f"placement's allocation candidates for {class_name}",
                    remedy="Grant fewer, or free devices on the hosts of the VDC's zones.",
                )
    return flavors


def apply(
    services: Services, project_id: str, granted: Mapping[str, int], flavors: Sequence[Mapping[str, Any]]
) -> None:
    """Open the private flavors whose devices are all granted, close the others."""
    private = [flavor for flavor in flavors if not flavor.get("os-flavor-access:is_public", True)]
    opened = {flavor["id"] for flavor in devices.opened_by(private, granted)}
    access = services.together(
        {flavor["id"]: partial(_has_access, services, flavor["id"], project_id) for flavor in private}
    )
    for flavor_id, has in access.items():
        if has != (flavor_id in opened):
            verb = "removeTenantAccess" if has else "addTenantAccess"
            # 409: somebody gave it meanwhile; 404: somebody took it.
            services.send(
                "POST", COMPUTE, f"/flavors/{flavor_id}/action", {verb: {"tenant": project_id}}, accept=(404, 409)
            )


def withdraw(services: Services, project_id: str) -> None:
    apply(services, project_id, {}, device_flavors(services))


def _has_access(services: Services, flavor_id: str, project_id: str) -> bool:
    listing = services.get(COMPUTE, f"/flavors/{flavor_id}/os-flavor-access")["flavor_access"]
    return any(entry["tenant_id"] == project_id for entry in listing)


def _used(services: Services, project_id: str) -> dict[str, int]:
    """Resource class -> count that the project's instances hold, as placement counts it."""
    if not services.offers(PLACEMENT):
        return {}
    usages = services.get(PLACEMENT, "/usages", {"project_id": project_id}, PLACEMENT_MICROVERSION)["usages"]
    return {
        name: int(count)
        for name, count in usages.items()
        if count and (name.startswith(devices.CUSTOM) or name in devices.STANDARD_DEVICE_CLASSES)
    }


def _free(services: Services, class_name: str, zones: Sequence[str]) -> int:
    """What placement has free of a class, inside the zones when there are any. One request, however many hosts."""
    asked: list[tuple[str, Any]] = [("resources", f"{class_name}:1")]
    if zones:
        aggregates = services.get(COMPUTE, "/os-aggregates", microversion=FLAVOR_MICROVERSION)["aggregates"]
        inside = [entry["uuid"] for entry in aggregates if entry.get("availability_zone") in zones]
        if not inside:
            return 0
        # nova mirrors the hosts of its aggregates into placement's aggregates of the same uuid.
        asked.append(("member_of", f"in:{','.join(inside)}"))
    # 400: placement does not know the class, so there is none of it.
    status = services.look(PLACEMENT, "/allocation_candidates", asked, PLACEMENT_MICROVERSION)
    if status == 400:
        return 0
    return devices.free_in(services.get(PLACEMENT, "/allocation_candidates", asked, PLACEMENT_MICROVERSION), class_name)
