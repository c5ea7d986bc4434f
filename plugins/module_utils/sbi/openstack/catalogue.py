# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Images, flavors and volume types as the resource view shows them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack import devices

Entry = Mapping[str, Any]

# glance properties: letters, digits, "_" and "-" only survive every client.
CERTIFIED = "federation_certified"
REQUIRES_DEVICES = "federation_requires_devices"


def catalogue_item(image: Entry, project_id: str) -> dict[str, Any]:
    """A glance image. checksum: ALGORITHM:HEX of what glance itself computed. certified counts only on an image that is
    somebody else's: a tenant cannot certify its own."""
    algorithm, value = image.get("os_hash_algo"), image.get("os_hash_value")
    checksum = f"{algorithm}:{value}" if algorithm and value else None
    if checksum is None and image.get("checksum"):
        checksum = f"md5:{image['checksum']}"
    return {
        "name": image.get("name"),
        "id": image["id"],
        "version": image.get("os_version"),
        "media": image.get("disk_format"),
        "checksum": checksum,
        "certified": str(image.get(CERTIFIED, "")).lower() == "true" and image.get("owner") != project_id,
        "os": image.get("os_distro") or image.get("os_type"),
        "architecture": image.get("architecture") or image.get("hw_architecture"),
        "requires_devices": sorted(part for part in str(image.get(REQUIRES_DEVICES, "")).split(",") if part),
        "size": image.get("size"),
        "status": image.get("status"),
        "own": image.get("owner") == project_id,
    }


def flavor_item(flavor: Entry, known_devices: Iterable[str]) -> dict[str, Any]:
    """memory in MiB, disk in GiB, as nova counts them."""
    known = tuple(known_devices)
    return {
        "name": flavor["name"],
        "id": flavor["id"],
        "vcpus": int(flavor["vcpus"]),
        "memory_mb": int(flavor["ram"]),
        "disk_gb": int(flavor["disk"]),
        "devices": {
            devices.device_name(name, known): count for name, count in sorted(devices.devices_of(flavor).items())
        },
        "public": bool(flavor.get("os-flavor-access:is_public", True)),
    }


def datastore_item(volume_type: Entry) -> dict[str, Any]:
    return {
        "name": volume_type["name"],
        "id": volume_type["id"],
        "kind": "volume_type",
        "description": volume_type.get("description") or "",
    }
