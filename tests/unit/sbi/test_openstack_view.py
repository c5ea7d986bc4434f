# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Capabilities, catalogue, flavors and networks of the resource view, out of recorded shapes."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack import (
    bandwidth,
    catalogue,
    network_view,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack.capabilities import (
    Probes,
    capabilities,
    infrastructure,
)

TENANT = Probes(
    hypervisors=403,
    placement=403,
    flavor_access=403,
    image_import=200,
    usage=200,
    extensions=frozenset({"router", "qos"}),
    services=frozenset({"compute", "image", "network", "block-storage"}),
)
ADMINISTRATOR = Probes(200, 200, 404, 200, 200, TENANT.extensions, TENANT.services)
BARE = Probes(403, 0, 403, 0, 404, frozenset(), frozenset({"compute", "network"}))


def available(probes: Probes, scope: str = "per_cloudlet", zones: tuple[str, ...] = ()) -> dict[str, bool]:
    told = capabilities(probes, external_networks=True, devices=True, zones=zones, endpoint_scope=scope)
    assert all(entry["reason"] for entry in told.values())
    return {name: entry["available"] for name, entry in told.items()}


def test_a_tenant_controls_no_hosts_and_makes_no_flavors() -> None:
    told = available(TENANT)
    assert not told["hosts"]
    assert not told["flavors_create"]
    assert told["networking"]
    assert told["images_upload"]


def test_an_administrator_does() -> None:
    told = available(ADMINISTRATOR)
    assert told["hosts"]
    assert told["flavors_create"]


def test_what_a_small_cloud_lacks_is_named_not_missing() -> None:
    told = available(BARE)
    assert set(told) == set(available(TENANT))
    assert not any(told[name] for name in ("networking", "volumes", "bandwidth", "metrics", "images_upload"))


def test_only_a_multi_site_endpoint_tells_about_zones() -> None:
    assert "zones" not in available(TENANT)
    assert available(TENANT, "multi_site", ("az-1",))["zones"]
    assert not available(TENANT, "multi_site")["zones"]


def test_infrastructure_is_summed_over_the_hosts_that_count() -> None:
    hosts: list[Any] = [
        {"service": {"host": "one"}, "vcpus": 8, "memory_mb": 1024, "local_gb": 50},
        {"service": {"host": "two"}, "vcpus": 4, "memory_mb": 512, "local_gb": None},
    ]
    assert infrastructure(hosts, None) == {"vcpus": 12, "memory_mb": 1536, "disk_gb": 50}
    assert infrastructure(hosts, frozenset({"two"})) == {"vcpus": 4, "memory_mb": 512, "disk_gb": 0}


IMAGE = {
    "id": "i",
    "name": "guest",
    "owner": "operator",
    "federation_certified": "true",
    "os_hash_algo": "sha512",
    "os_hash_value": "ab",
    "checksum": "cd",
    "os_distro": "debian",
    "architecture": "x86_64",
    "federation_requires_devices": "nic,gpu",
    "size": 7,
    "status": "active",
    "disk_format": "qcow2",
}


def test_an_image_becomes_a_catalogue_item() -> None:
    item = catalogue.catalogue_item(IMAGE, "tenant")
    assert item["checksum"] == "sha512:ab"
    assert item["certified"]
    assert item["requires_devices"] == ["gpu", "nic"]
    assert (item["os"], item["media"], item["own"]) == ("debian", "qcow2", False)


def test_a_tenant_cannot_certify_its_own_image() -> None:
    assert not catalogue.catalogue_item(IMAGE, "operator")["certified"]
    assert not catalogue.catalogue_item({**IMAGE, "federation_certified": "no"}, "tenant")["certified"]


@pytest.mark.parametrize(("image", "checksum"), [({"id": "i", "checksum": "cd"}, "md5:cd"), ({"id": "i"}, None)])
def test_an_old_or_unfinished_image_has_the_checksum_that_it_has(image: dict[str, str], checksum: str | None) -> None:
    assert catalogue.catalogue_item(image, "tenant")["checksum"] == checksum


def test_a_flavor_shows_its_devices_by_the_granted_name() -> None:
    flavor = {"id": "f", "name": "g", "vcpus": 2, "ram": 512, "disk": 5, "extra_specs": {"resources:CUSTOM_T4": "1"}}
    assert catalogue.flavor_item(flavor, ("t4",))["devices"] == {"t4": 1}
    assert catalogue.flavor_item(flavor, ())["public"] is True


def test_networks_of_strangers_do_not_show_unless_they_are_shared_or_external() -> None:
    networks = [
        {"id": "1", "name": "own", "project_id": "me"},
        {"id": "2", "name": "public", "project_id": "them", "router:external": True},
        {"id": "3", "name": "shared", "project_id": "them", "shared": True},
        {"id": "4", "name": "strange", "project_id": "them"},
    ]
    shown = network_view.entries(networks, [], [], [], [], "me")
    assert [(entry["name"], entry["kind"], entry["own"]) for entry in shown] == [
        ("own", "internal", True),
        ("public", "external", False),
        ("shared", "internal", False),
    ]


def rule(direction: str, kbps: int) -> dict[str, Any]:
    return {"type": "bandwidth_limit", "direction": direction, "max_kbps": kbps}


@pytest.mark.parametrize(
    ("rules", "mbps"),
    [
        ([rule("egress", 5000), rule("ingress", 5000)], 5),
        ([rule("egress", 5000)], 0),
        ([rule("egress", 5000), rule("ingress", 4000)], 0),
        ([{"type": "dscp_marking"}], 0),
    ],
)
def test_bandwidth_counts_only_when_both_directions_are_limited_alike(rules: list[dict[str, Any]], mbps: int) -> None:
    assert bandwidth.mbps_of({"rules": rules}) == mbps
    assert bandwidth.mbps_of(None) == 0
