# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which flavor hands out which device, and how many there are."""

from __future__ import annotations

import pytest

from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack import devices


def flavor(name: str, **extra_specs: str) -> dict[str, object]:
    return {"id": name, "name": name, "extra_specs": extra_specs}


@pytest.mark.parametrize(
    ("device", "class_name"),
    [("gpu", "CUSTOM_GPU"), ("nvidia-t4", "CUSTOM_NVIDIA_T4"), ("CUSTOM_GPU", "CUSTOM_GPU"), ("vgpu", "VGPU")],
)
def test_a_device_name_stands_for_a_resource_class(device: str, class_name: str) -> None:
    assert devices.resource_class(device) == class_name


def test_a_resource_class_gets_the_name_of_the_grant_where_there_is_one() -> None:
    assert devices.device_name("CUSTOM_NVIDIA_T4", ("nvidia-t4",)) == "nvidia-t4"
    assert devices.device_name("CUSTOM_NVIDIA_T4") == "nvidia_t4"
    assert devices.device_name("VGPU") == "vgpu"


@pytest.mark.parametrize(
    ("specs", "found"),
    [
        ({"resources:CUSTOM_GPU": "1"}, {"CUSTOM_GPU": 1}),
        ({"resources1:CUSTOM_GPU": "1", "resources2:CUSTOM_GPU": "2"}, {"CUSTOM_GPU": 3}),
        ({"resources_NIC:CUSTOM_SRIOV": "1"}, {"CUSTOM_SRIOV": 1}),
        ({"resources:VGPU": "1"}, {"VGPU": 1}),
        ({"resources:VCPU": "0", "resources:MEMORY_MB": "512"}, {}),
        ({"pci_passthrough:alias": "gpu:2,nic"}, {"CUSTOM_GPU": 2, "CUSTOM_NIC": 1}),
        ({"resources:CUSTOM_GPU": "0"}, {}),
        ({"hw:cpu_policy": "dedicated"}, {}),
    ],
)
def test_devices_of_a_flavor_come_out_of_its_extra_specs(specs: dict[str, str], found: dict[str, int]) -> None:
    assert devices.devices_of({"extra_specs": specs}) == found


def test_a_flavor_opens_only_when_every_device_of_it_is_granted() -> None:
    flavors = [
        flavor("gpu", **{"resources:CUSTOM_GPU": "1"}),
        flavor("both", **{"resources:CUSTOM_GPU": "1", "resources:CUSTOM_NIC": "1"}),
        flavor("plain"),
    ]
    assert [entry["id"] for entry in devices.opened_by(flavors, ["gpu"])] == ["gpu"]
    assert [entry["id"] for entry in devices.opened_by(flavors, ["gpu", "nic"])] == ["gpu", "both"]
    assert devices.opened_by(flavors, []) == []


def test_a_pci_alias_is_not_looked_for_in_placement() -> None:
    assert devices.from_placement([flavor("a", **{"resources:CUSTOM_GPU": "1"})], "CUSTOM_GPU")
    assert not devices.from_placement([flavor("a", **{"pci_passthrough:alias": "gpu:1"})], "CUSTOM_GPU")


def test_what_is_free_is_summed_over_the_providers() -> None:
    candidates = {
        "provider_summaries": {
            "one": {"resources": {"CUSTOM_GPU": {"capacity": 4, "used": 3}}},
            "two": {"resources": {"CUSTOM_GPU": {"capacity": 2, "used": 0}, "VCPU": {"capacity": 8, "used": 1}}},
            "three": {"resources": {"VCPU": {"capacity": 8, "used": 1}}},
        }
    }
    assert devices.free_in(candidates, "CUSTOM_GPU") == 3
    assert devices.free_in({"provider_summaries": {}}, "CUSTOM_GPU") == 0


def test_devices_in_use_are_counted_over_the_instances() -> None:
    server = {"flavor": {"extra_specs": {"resources:CUSTOM_GPU": "2"}}}
    assert devices.in_use([server, server, {"flavor": {"vcpus": 1}}]) == {"CUSTOM_GPU": 4}
