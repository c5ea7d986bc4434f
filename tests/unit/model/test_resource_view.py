# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The resource view, and how it is held against what was promised."""

from __future__ import annotations

from typing import Any

from ansible_collections.operator_platform.federation.plugins.module_utils.model.resource_view import (
    Promise,
    ResourceView,
    checks_of,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.model.resources import Resources, Usage


def view(**differs: Any) -> ResourceView:
    return ResourceView(
        **{
            "cloudlet": "harbour-1",
            "observed_at": "2027-01-01T00:00:00Z",
            "platform_type": "OpenStack",
            "endpoint_scope": "per_cloudlet",
            "capabilities": {"hosts": {"available": False, "reason": "no administrator here"}},
            "compute": {"vcpus": Usage(2, 8, 64), "memory_mb": Usage(0, None, None)},
            **differs,
        }
    )


def verdicts(seen: ResourceView, promise: Promise) -> dict[str, bool]:
    return {check.check: check.ok for check in checks_of(seen, promise)}


def test_a_granted_amount_is_kept_when_the_quota_is_not_below_it() -> None:
    granted = Resources(vcpus=8, memory_mb=4096, disk_gb=10)
    assert verdicts(view(), Promise(granted=granted)) == {
        "granted.vcpus": True,
        "granted.memory_mb": True,  # no limit
        "granted.disk_gb": False,  # not told at all
    }
    assert verdicts(view(), Promise(granted=Resources(vcpus=9))) == {"granted.vcpus": False}


def test_devices_locations_networks_and_images_are_checked() -> None:
    seen = view(
        devices={"gpu": Usage(0, 2, 2)},
        location={"latitude": 1.0, "longitude": 2.0},
        networks=({"name": "apps"},),
        catalogue=({"name": "debian-12"},),
    )
    promise = Promise(
        granted=Resources(devices={"gpu": 2, "nic": 1}),
        location={"latitude": 1.0, "longitude": 2.0},
        resource_map={"gpu": "t4:2", "nic": "sriov:8"},
        networks=("apps", "storage"),
        images=("debian-12", "alpine"),
    )
    assert verdicts(seen, promise) == {
        "granted.devices.gpu": True,
        "granted.devices.nic": False,
        "location": True,
        "device.gpu": True,
        "device.nic": False,
        "network.apps": True,
        "network.storage": False,
        "image.debian-12": True,
        "image.alpine": False,
    }


def test_what_was_not_promised_is_not_checked() -> None:
    assert checks_of(view(), Promise()) == ()


def test_every_view_has_the_same_shape() -> None:
    assert view().to_dict().keys() == view(zones=("a",), location={"latitude": 1.0, "longitude": 2.0}).to_dict().keys()
