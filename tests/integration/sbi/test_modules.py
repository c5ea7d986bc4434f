# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every southbound module on the real OpenStack: check, apply, apply, check. Prediction equals effect, the second run changes
nothing, check mode sends no write, and deleting leaves the cloud as it was found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.operator_platform.federation.plugins.module_utils.resource import Declared, Run, execute
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.credential import CredentialResource
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.inventory import InventoryInfo
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.network import NetworkResource
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack.rest import (
    IDENTITY,
    NETWORK,
    Services,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.platform import ControlEndpoint
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.reservation import GrantResource
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.vdc import VdcResource
from tests.integration.sbi.conftest import OpenStackBench

pytestmark = pytest.mark.lab

CHECK, APPLY = Run(check_mode=True, diff=True, no_log=True), Run(diff=True, no_log=True)


class Writes:
    """Every write that is sent to any service."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seen: list[str] = []
        send = Services.send

        def record(services: Services, method: str, service: str, path: str, *args: Any, **kwargs: Any) -> Any:
            self.seen.append(f"{method} {service} {path}")
            return send(services, method, service, path, *args, **kwargs)

        monkeypatch.setattr(Services, "send", record)


@pytest.fixture
def writes(monkeypatch: pytest.MonkeyPatch) -> Writes:
    return Writes(monkeypatch)


def option(endpoint: ControlEndpoint) -> dict[str, Any]:
    return {"cloudlet": endpoint.cloudlet, "access_vars": dict(endpoint.access_vars), "ca_cert": endpoint.ca_cert}


def run(declared: Declared, how: Run, endpoints: list[dict[str, Any]], **options: Any) -> dict[str, Any]:
    spec = declared.argument_spec()
    given = {"control_endpoints": endpoints, **options}
    validation = ArgumentSpecValidator(spec.pop("argument_spec"), **spec).validate(given)
    assert validation.error_messages == []
    result = execute(declared, validation.validated_parameters, how)
    assert not result.get("failed"), result["msg"]
    return result


def check_apply_apply_check(
    declared: Declared, endpoints: list[dict[str, Any]], writes: Writes, **options: Any
) -> dict[str, Any]:
    """Returns the result of the first apply."""
    once = {name: value for name, value in options.items() if name != "rotate"}
    writes.seen.clear()
    predicted = run(declared, CHECK, endpoints, **options)
    assert writes.seen == []
    applied = run(declared, APPLY, endpoints, **options)
    assert (predicted["changed"], applied["changed"]) == (True, True)
    assert predicted["diff"] == applied["diff"]
    assert writes.seen != []
    writes.seen.clear()
    assert not run(declared, APPLY, endpoints, **once)["changed"]
    assert not run(declared, CHECK, endpoints, **once)["changed"]
    assert writes.seen == []
    return applied


@pytest.fixture
def leftovers(openstack_bench: OpenStackBench) -> Iterator[None]:
    """No project and user of the test is left, and nothing that belongs to a project which is gone."""
    services = openstack_bench.services
    networking = {
        "qos/policies": "policies",
        "networks": "networks",
        "routers": "routers",
        "ports": "ports",
        "floatingips": "floatingips",
    }

    def orphans() -> set[str]:
        projects = {entry["id"] for entry in services.pages(IDENTITY, "/projects", "projects")}
        return {
            f"{kind} {entry['id']} of {entry['project_id']}"
            for kind, key in networking.items()
            for entry in services.pages(NETWORK, f"/{kind}", key)
            if entry["project_id"] and entry["project_id"] not in projects
        }

    before, made_before = orphans(), len(openstack_bench.made)
    yield
    names = openstack_bench.made[made_before:]
    domain = {"domain_id": services.access.project_domain_id}
    left = [
        entry["name"]
        for kind in ("projects", "users")
        for entry in services.pages(IDENTITY, f"/{kind}", kind, domain)
        if entry["name"].startswith(tuple(names))
    ]
    assert names
    assert left == []
    assert orphans() <= before


def test_every_module_from_nothing_to_nothing(openstack_bench: OpenStackBench, writes: Writes, leftovers: None) -> None:
    del leftovers
    wanted = openstack_bench.vdc()
    administrator = [option(openstack_bench.endpoint)]
    assert wanted.location is not None
    vdc = {
        "name": wanted.name,
        "organization": wanted.organization,
        "federated_organization": wanted.federated_organization,
        "location": wanted.location.to_dict(),
        "zones": list(wanted.zones),
    }
    check_apply_apply_check(VdcResource(), administrator, writes, **vdc)
    check_apply_apply_check(VdcResource(), administrator, writes, **{**vdc, "description": "Changed"})
    resources = {"vcpus": 2, "memory_mb": 1024, "disk_gb": 5, "instances": 2, "bandwidth_mbps": 100, "external_ips": 1}
    granted = {"name": wanted.name, "resources": {**resources, "devices": {"gpu": 1}}}
    check_apply_apply_check(GrantResource(), administrator, writes, **granted)

    check_apply_apply_check(CredentialResource(), administrator, writes, name=wanted.name)
    rotated = check_apply_apply_check(CredentialResource(), administrator, writes, name=wanted.name, rotate=True)
    access = rotated["results"][0]["credential"]["access_vars"]
    partner = [{"cloudlet": wanted.name, "access_vars": access}]

    network = {
        "name": "lan",
        "cidr": "10.51.0.0/24",
        "routed_to": openstack_bench.external_network,
        "ip_block": "10.51.0.10-10.51.0.20",
        "assignments": {"web-1": "10.51.0.10"},
        "security_rules": [{"protocol": "tcp", "port_min": 443}],
    }
    check_apply_apply_check(NetworkResource(), partner, writes, **network)
    check_apply_apply_check(
        NetworkResource(), partner, writes, **{**network, "routed_to": None, "dns": ["192.0.2.53"], "assignments": {}}
    )

    writes.seen.clear()
    promise = {
        "cloudlet": wanted.name,
        "granted": granted["resources"],
        "location": wanted.location.to_dict(),
        "networks": ["lan"],
        "resource_map": {"gpu": "nvidia-t4:1"},
    }
    inventory = run(InventoryInfo(), APPLY, partner, promises=[promise])
    assert inventory["unkept"] == []
    assert len(inventory["views"][0]["checks"]) == 10
    assert writes.seen == []

    check_apply_apply_check(NetworkResource(), partner, writes, name="lan", state="absent")
    check_apply_apply_check(CredentialResource(), administrator, writes, name=wanted.name, state="absent")
    check_apply_apply_check(GrantResource(), administrator, writes, name=wanted.name, state="absent")
    check_apply_apply_check(VdcResource(), administrator, writes, name=wanted.name, state="absent")


def test_many_vdcs_and_grants_in_one_task(openstack_bench: OpenStackBench, leftovers: None) -> None:
    del leftovers
    administrator = [option(openstack_bench.endpoint)]
    vdcs = [openstack_bench.vdc() for _number in range(4)]
    wanted = [{"name": vdc.name, "organization": "telco-north"} for vdc in vdcs]
    grants = [{"name": vdc.name, "resources": {"vcpus": number + 1}} for number, vdc in enumerate(vdcs)]
    gone = [{"name": vdc.name, "state": "absent"} for vdc in vdcs]
    try:
        assert run(VdcResource(), APPLY, administrator, vdcs=wanted)["changed"]
        assert run(GrantResource(), APPLY, administrator, reservations=grants)["changed"]
        assert not run(VdcResource(), APPLY, administrator, vdcs=wanted)["changed"]
        assert not run(GrantResource(), APPLY, administrator, reservations=grants)["changed"]
        found = openstack_bench.administrator.read_grants([vdc.name for vdc in vdcs])
        assert [found[vdc.name].vcpus for vdc in vdcs] == [1, 2, 3, 4]
    finally:
        assert run(GrantResource(), APPLY, administrator, reservations=gone)["changed"]
        assert run(VdcResource(), APPLY, administrator, vdcs=gone)["changed"]
