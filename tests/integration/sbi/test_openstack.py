# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""OpenStack keeps the contract, and what only OpenStack has: against the real one of the lab."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from ansible_collections.operator_platform.federation.plugins.module_utils.errors import (
    AuthenticationFailed,
    Conflict,
    FederationError,
    Forbidden,
    InvalidInput,
    NotEnough,
    NotFound,
    Unreachable,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.model.network import Network
from ansible_collections.operator_platform.federation.plugins.module_utils.model.resources import Resources
from ansible_collections.operator_platform.federation.plugins.module_utils.model.vdc import Vdc
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack import marks
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack.platform import (
    OpenStackPlatform,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack.rest import (
    COMPUTE,
    IDENTITY,
    IMAGE,
    NETWORK,
    PLACEMENT,
    VOLUME,
    Services,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.waiting import Deadline, wait_until
from tests.integration.sbi.conftest import OpenStackBench, surroundings
from tests.integration.sbi.contract import GRANT, LAN, PlatformContract, differing

pytestmark = pytest.mark.lab


@pytest.fixture(scope="module")
def bench(openstack_bench: OpenStackBench) -> OpenStackBench:
    return openstack_bench


class TestOpenStack(PlatformContract):
    """Every test of the contract, on OpenStack."""


class Tenant:
    """A VDC with GRANT and a device; the partner's platform, its raw log-in, and its access variables."""

    def __init__(self, bench: OpenStackBench) -> None:
        self.bench = bench
        self.vdc = bench.vdc()
        bench.administrator.create_vdc(self.vdc)
        self.grant(replace(GRANT, devices={"gpu": 1}))
        self.access = bench.administrator.issue_credential(self.vdc.name)
        self.platform = bench.open(self.vdc.name, self.access)
        self.services = bench.raw(self.vdc.name, self.access)
        self.project_id = bench.project_id(self.vdc.name)

    def grant(self, granted: Resources) -> None:
        self.bench.administrator.apply_grant(self.vdc.name, granted)

    def close(self) -> None:
        self.platform.close()
        self.services.close()
        self.grant(Resources())
        self.bench.administrator.delete_vdc(self.vdc.name)


@pytest.fixture(scope="module")
def tenant(openstack_bench: OpenStackBench) -> Iterator[Tenant]:
    made = Tenant(openstack_bench)
    yield made
    made.close()


def status_of(services: Services, method: str, service: str, path: str, body: Any = None) -> int:
    """The status that OpenStack itself answers."""
    try:
        services.send(method, service, path, body)
    except FederationError as error:
        return int(error.details.get("status", 400))
    return 200


def test_openstack_refuses_the_partner_everything_outside_its_project(
    openstack_bench: OpenStackBench, tenant: Tenant
) -> None:
    other = openstack_bench.project_id_of_infrastructure()
    network = openstack_bench.services.pages(NETWORK, "/networks", "networks", {"router:external": "True"})[0]
    attempts = {
        "list projects": ("GET", IDENTITY, "/projects", None),
        "list users": ("GET", IDENTITY, "/users", None),
        "read another project": ("GET", IDENTITY, f"/projects/{other}", None),
        "raise its own compute quota": (
            "PUT",
            COMPUTE,
            f"/os-quota-sets/{tenant.project_id}",
            {"quota_set": {"cores": 100}},
        ),
        "raise its own network quota": ("PUT", NETWORK, f"/quotas/{tenant.project_id}", {"quota": {"floatingip": 50}}),
        "raise its own volume quota": (
            "PUT",
            VOLUME,
            f"/os-quota-sets/{tenant.project_id}",
            {"quota_set": {"gigabytes": 9000}},
        ),
        "list hypervisors": ("GET", COMPUTE, "/os-hypervisors", None),
        "make a flavor": (
            "POST",
            COMPUTE,
            "/flavors",
            {"flavor": {"name": "own", "vcpus": 64, "ram": 1024, "disk": 1}},
        ),
        "look into placement": ("GET", PLACEMENT, "/resource_providers", None),
        "change the external network": (
            "PUT",
            NETWORK,
            f"/networks/{network['id']}",
            {"network": {"description": "taken"}},
        ),
        "retag its own project": ("PUT", IDENTITY, f"/projects/{tenant.project_id}/tags", {"tags": []}),
    }
    statuses = {what: status_of(tenant.services, *attempt) for what, attempt in attempts.items()}
    assert {what: status for what, status in statuses.items() if status not in (403, 404)} == {}


def test_the_partners_credential_cannot_make_further_credentials(tenant: Tenant) -> None:
    user_id = tenant.services.access.user_id
    path = f"/users/{user_id}/application_credentials"
    body = {"application_credential": {"name": "more"}}
    assert status_of(tenant.services, "POST", IDENTITY, path, body) == 403


def test_objects_of_others_are_not_listed_to_the_partner(openstack_bench: OpenStackBench, tenant: Tenant) -> None:
    body = {"network": {"name": "contract-hidden"}}
    hidden = openstack_bench.services.send("POST", NETWORK, "/networks", body)["network"]
    try:
        names = {entry["name"] for entry in tenant.services.pages(NETWORK, "/networks", "networks")}
        assert "contract-hidden" not in names
        with pytest.raises(NotFound):
            tenant.services.get(NETWORK, f"/networks/{hidden['id']}")
    finally:
        openstack_bench.services.remove(NETWORK, f"/networks/{hidden['id']}")


def test_openstack_itself_refuses_more_than_was_granted(openstack_bench: OpenStackBench, tenant: Tenant) -> None:
    external = tenant.services.pages(NETWORK, "/networks", "networks", {"router:external": "True"})[0]["id"]
    body = {"floatingip": {"floating_network_id": external}}
    taken: list[str] = []
    try:
        taken.extend(
            tenant.services.send("POST", NETWORK, "/floatingips", body)["floatingip"]["id"]
            for _number in range(GRANT.external_ips)
        )
        with pytest.raises(NotEnough, match="floatingip"):
            tenant.services.send("POST", NETWORK, "/floatingips", body)
    finally:
        for floating_id in taken:
            tenant.services.remove(NETWORK, f"/floatingips/{floating_id}")
    with pytest.raises(NotEnough, match=r"(?i)gigabytes|quota"):
        tenant.services.send("POST", VOLUME, "/volumes", {"volume": {"size": GRANT.disk_gb + 1}})
    with pytest.raises(NotEnough, match="Quota exceeded for .*instances"):
        boot(tenant, server_body(openstack_bench, tenant, count=5))


def boot(tenant: Tenant, body: dict[str, Any]) -> dict[str, Any]:
    """Networks may be "none" from microversion 2.37 on."""
    made = tenant.services.send("POST", COMPUTE, "/servers", {"server": body}, microversion="2.61")
    return dict(made["server"])


def server_body(bench: OpenStackBench, tenant: Tenant, count: int = 1) -> dict[str, Any]:
    images = tenant.services.pages(IMAGE, "/images", "images")
    flavors = tenant.services.pages(COMPUTE, "/flavors/detail", "flavors")
    flavor = next(entry for entry in flavors if entry["vcpus"] == 1 and entry["os-flavor-access:is_public"])
    return {
        "name": "contract",
        "imageRef": images[0]["id"],
        "flavorRef": flavor["id"],
        "networks": "none",
        "availability_zone": bench.zone,
        "min_count": count,
    }


def test_a_private_flavor_opens_with_the_grant_of_its_device_and_closes_with_it(
    openstack_bench: OpenStackBench, tenant: Tenant
) -> None:
    def visible() -> bool:
        flavors = tenant.services.pages(COMPUTE, "/flavors", "flavors")
        return openstack_bench.device_flavor in {flavor["id"] for flavor in flavors}

    assert visible()
    tenant.grant(GRANT)
    assert not visible()
    tenant.grant(replace(GRANT, devices={"gpu": 1}))
    assert visible()


def test_bandwidth_is_a_policy_in_both_directions_that_new_networks_get_by_themselves(tenant: Tenant) -> None:
    policy = tenant.services.pages(NETWORK, "/qos/policies", "policies")[0]
    assert {(rule["direction"], rule["max_kbps"]) for rule in policy["rules"]} == {
        ("egress", 200_000),
        ("ingress", 200_000),
    }
    tenant.platform.create_network(LAN)
    try:
        network = tenant.services.pages(NETWORK, "/networks", "networks", {"name": LAN.name})[0]
        assert network["qos_policy_id"] == policy["id"]
        assert status_of(tenant.services, "DELETE", NETWORK, f"/qos/policies/{policy['id']}") == 403
    finally:
        tenant.platform.delete_network(LAN.name)


def test_bandwidth_that_the_tenant_took_off_a_network_is_not_real_and_is_put_back(
    openstack_bench: OpenStackBench, tenant: Tenant
) -> None:
    granted = replace(GRANT, devices={"gpu": 1})
    tenant.platform.create_network(LAN)
    try:
        network = tenant.services.pages(NETWORK, "/networks", "networks", {"name": LAN.name})[0]
        tenant.services.send("PUT", NETWORK, f"/networks/{network['id']}", {"network": {"qos_policy_id": None}})
        seen = openstack_bench.administrator.read_grants([tenant.vdc.name])[tenant.vdc.name]
        assert seen == replace(granted, bandwidth_mbps=0)
        tenant.grant(granted)
        assert openstack_bench.administrator.read_grants([tenant.vdc.name]) == {tenant.vdc.name: granted}
    finally:
        tenant.platform.delete_network(LAN.name)


def test_a_grant_below_what_is_in_use_is_refused_naming_both_numbers(
    openstack_bench: OpenStackBench, tenant: Tenant
) -> None:
    """Two instances of one vCPU each run; granting one vCPU is refused, and so is deleting what they use."""
    tenant.platform.create_network(LAN)
    port = next(port for port in tenant.services.pages(NETWORK, "/ports", "ports") if port["name"] == "lan-web-1")
    body = {**server_body(openstack_bench, tenant), "networks": [{"port": port["id"]}]}
    server = boot(tenant, body)
    second = boot(tenant, server_body(openstack_bench, tenant))
    try:
        for entry in (server, second):
            state = wait_until(
                "the instance",
                lambda entry=entry: tenant.services.get(COMPUTE, f"/servers/{entry['id']}")["server"]["status"],
                lambda status: status in ("ACTIVE", "ERROR"),
                Deadline(240),
            )
            assert state == "ACTIVE"
        with pytest.raises(NotEnough, match=r"2 vCPU of vcpus in use, 1 to be granted"):
            tenant.grant(replace(GRANT, vcpus=1, devices={"gpu": 1}))
        with pytest.raises(NotEnough, match="in use, 0 to be granted"):
            openstack_bench.administrator.refuse_grant(tenant.vdc.name, Resources())
        with pytest.raises(Conflict, match="instances contract"):
            openstack_bench.administrator.delete_vdc(tenant.vdc.name)
        with pytest.raises(Conflict, match="lan-web-1"):
            tenant.platform.delete_network(LAN.name)
        observed = tenant.platform.read_networks([LAN.name])[LAN.name]
        with pytest.raises(Conflict, match=r"web-1 \(10\.31\.0\.10\)"):
            tenant.platform.update_network(replace(LAN, assignments={}), observed)
        usage = tenant.platform.resource_view().compute
        assert (usage["vcpus"].value, usage["instances"].value) == (2, 2)
        addresses = tenant.services.get(COMPUTE, f"/servers/{server['id']}")["server"]["addresses"]
        assert addresses["lan"][0]["addr"] == "10.31.0.10"
    finally:
        for entry in (server, second):
            tenant.services.remove(COMPUTE, f"/servers/{entry['id']}")
        wait_until(
            "the instances to be gone",
            lambda: tenant.services.pages(COMPUTE, "/servers", "servers"),
            lambda servers: not servers,
            Deadline(120),
        )
        tenant.platform.delete_network(LAN.name)


@pytest.mark.parametrize("then", ["completed", "deleted"])
def test_a_half_made_vdc_is_completed_or_deleted(openstack_bench: OpenStackBench, then: str) -> None:
    vdc = openstack_bench.vdc()
    body = {
        "name": vdc.name,
        "domain_id": openstack_bench.services.access.project_domain_id,
        "tags": [*marks.tags_of(vdc), marks.INCOMPLETE],
        "description": vdc.description,
    }
    openstack_bench.services.send("POST", IDENTITY, "/projects", {"project": body})
    try:
        assert openstack_bench.administrator.read_vdcs([vdc.name]) == {vdc.name: replace(vdc, organization="")}
        assert openstack_bench.administrator.read_grants([vdc.name]) == {}
        if then == "completed":
            openstack_bench.administrator.refuse_vdc(vdc)
            openstack_bench.administrator.update_vdc(vdc)
            assert openstack_bench.administrator.read_vdcs([vdc.name]) == {vdc.name: vdc}
            openstack_bench.open(vdc.name, openstack_bench.administrator.issue_credential(vdc.name)).close()
    finally:
        openstack_bench.administrator.delete_vdc(vdc.name)
    assert openstack_bench.administrator.read_vdcs([vdc.name]) == {}


@pytest.mark.parametrize("made_before", ["network", "network and subnet"])
def test_a_half_made_network_is_completed_and_deleted(
    openstack_bench: OpenStackBench, tenant: Tenant, made_before: str
) -> None:
    """Killed after its first or second request: what is there carries our mark, though not yet our tag."""
    body = {"name": LAN.name, "description": "operator_platform.federation: network, internal"}
    network = tenant.services.send("POST", NETWORK, "/networks", {"network": body})["network"]
    if "subnet" in made_before:
        subnet = {"network_id": network["id"], "cidr": LAN.cidr, "ip_version": 4}
        tenant.services.send("POST", NETWORK, "/subnets", {"subnet": subnet})
    wanted = replace(LAN, routed_to=openstack_bench.external_network)
    try:
        tenant.platform.update_network(wanted, tenant.platform.read_networks([LAN.name])[LAN.name])
        assert differing(wanted, tenant.platform) == {}
        networks = tenant.services.pages(NETWORK, "/networks", "networks", {"project_id": tenant.project_id})
        assert [entry["id"] for entry in networks] == [network["id"]]
    finally:
        tenant.platform.delete_network(LAN.name)


def test_a_network_of_somebody_else_is_not_taken_over(tenant: Tenant) -> None:
    foreign = tenant.services.send("POST", NETWORK, "/networks", {"network": {"name": LAN.name}})["network"]
    try:
        assert tenant.platform.read_networks([LAN.name]) == {}
        with pytest.raises(Conflict, match="not taken over"):
            tenant.platform.create_network(LAN)
        tenant.platform.delete_network(LAN.name)
        assert tenant.services.get(NETWORK, f"/networks/{foreign['id']}")["network"]["name"] == LAN.name
    finally:
        tenant.services.remove(NETWORK, f"/networks/{foreign['id']}")


def test_networks_made_side_by_side_share_one_router(openstack_bench: OpenStackBench, tenant: Tenant) -> None:
    wanted = {
        name: Network(name, cidr, routed_to=openstack_bench.external_network)
        for name, cidr in (("left", "10.41.0.0/24"), ("middle", "10.41.1.0/24"), ("right", "10.41.2.0/24"))
    }
    try:
        tenant.services.together(
            {name: partial(tenant.platform.create_network, network) for name, network in wanted.items()}
        )
        routers = tenant.services.pages(NETWORK, "/routers", "routers")
        assert [router["name"] for router in routers] == [f"federation-{openstack_bench.external_network}"]
        assert set(tenant.platform.read_networks(list(wanted))) == set(wanted)
    finally:
        for name in wanted:
            tenant.platform.delete_network(name)
    assert tenant.services.pages(NETWORK, "/routers", "routers") == []


def test_nothing_of_a_network_is_left_behind(openstack_bench: OpenStackBench, tenant: Tenant) -> None:
    kinds = {
        "networks": "networks",
        "subnets": "subnets",
        "ports": "ports",
        "routers": "routers",
        "floatingips": "floatingips",
        "security-groups": "security_groups",
    }

    def listing() -> dict[str, set[str]]:
        return {
            kind: {
                entry["id"]
                for entry in openstack_bench.services.pages(NETWORK, f"/{kind}", key, {"project_id": tenant.project_id})
            }
            for kind, key in kinds.items()
        }

    before = listing()
    wanted = replace(LAN, kind="external", routed_to=openstack_bench.external_network)
    tenant.platform.create_network(wanted)
    assert all(listing()[kind] > before[kind] for kind in kinds)
    tenant.platform.delete_network(wanted.name)
    assert listing() == before


def test_an_administrator_sees_hosts_and_what_the_infrastructure_has(openstack_bench: OpenStackBench) -> None:
    view = openstack_bench.administrator.resource_view()
    assert view.capabilities["hosts"]["available"]
    assert view.capabilities["flavors_create"]["available"]
    assert (view.compute["vcpus"].infra_max or 0) > 0
    assert (view.devices["gpu"].infra_max or 0) > 0


def test_a_multi_site_endpoint_shows_only_the_zones_that_the_cloudlet_is_pinned_to(
    openstack_bench: OpenStackBench, tenant: Tenant
) -> None:
    first, second = openstack_bench.lab["availability_zones"][:2]
    own = tenant.platform.resource_view().to_dict()
    shared_endpoint = replace(
        openstack_bench.endpoint,
        cloudlet=tenant.vdc.name,
        access_vars=tenant.access,
        endpoint_scope="multi_site",
        zones=(second,),
    )
    shared = OpenStackPlatform(shared_endpoint, surroundings())
    view = shared.resource_view().to_dict()
    shared.close()
    assert own["zones"] == [first]
    assert view["zones"] == [second]
    assert set(view) == set(own)
    assert view["devices"] == own["devices"]
    assert view["capabilities"]["zones"]["available"]


def test_only_an_image_of_the_operator_counts_as_certified(openstack_bench: OpenStackBench, tenant: Tenant) -> None:
    body = {
        "name": "contract-own",
        "disk_format": "qcow2",
        "container_format": "bare",
        "federation_certified": "true",
    }
    image = tenant.services.send("POST", IMAGE, "/images", body)
    try:
        certified = {item["name"]: item["certified"] for item in tenant.platform.resource_view().catalogue}
        assert certified["contract-own"] is False
        assert any(certified[name] for name in openstack_bench.lab["images"])
    finally:
        tenant.services.remove(IMAGE, f"/images/{image['id']}")


def test_a_user_of_somebody_else_is_never_taken_over(openstack_bench: OpenStackBench) -> None:
    vdc: Vdc = openstack_bench.vdc()
    body = {"name": f"{vdc.name}-partner", "domain_id": openstack_bench.services.access.project_domain_id}
    user = openstack_bench.services.send("POST", IDENTITY, "/users", {"user": body})["user"]
    try:
        with pytest.raises(Conflict, match=re.escape(f"{vdc.name}-partner")):
            openstack_bench.administrator.create_vdc(vdc)
        assert openstack_bench.administrator.read_vdcs([vdc.name]) == {}
    finally:
        openstack_bench.services.remove(IDENTITY, f"/users/{user['id']}")


def test_a_wrong_password_is_said_so_and_not_repeated(openstack_bench: OpenStackBench) -> None:
    with pytest.raises(AuthenticationFailed) as refused:
        OpenStackPlatform(openstack_bench.administrator_endpoint(OS_PASSWORD="wrong-Password-1"), surroundings())
    assert "wrong-Password-1" not in f"{refused.value}{refused.value.as_failure()}"


def test_a_certificate_of_an_unknown_authority_is_refused(openstack_bench: OpenStackBench) -> None:
    with pytest.raises(Unreachable, match="certificate"):
        OpenStackPlatform(replace(openstack_bench.endpoint, ca_cert=None), surroundings())


def test_an_address_where_nobody_listens_is_said_so(openstack_bench: OpenStackBench) -> None:
    endpoint = openstack_bench.administrator_endpoint(OS_AUTH_URL="https://127.0.0.1:9/v3")
    with pytest.raises(Unreachable, match="does not answer"):
        OpenStackPlatform(endpoint, surroundings())


def test_a_credential_is_never_sent_in_the_clear(openstack_bench: OpenStackBench) -> None:
    with pytest.raises(InvalidInput, match="OS_AUTH_URL"):
        OpenStackPlatform(
            openstack_bench.administrator_endpoint(OS_AUTH_URL="http://127.0.0.1:5000/v3"), surroundings()
        )


def test_the_platforms_own_words_reach_the_reader(tenant: Tenant) -> None:
    with pytest.raises(Forbidden) as refused:
        tenant.services.get(COMPUTE, "/os-hypervisors")
    told = str(refused.value)
    assert "os_compute_api:os-hypervisors:list" in told
    assert "GET compute /os-hypervisors" in told
    assert "request req-" in told


def test_a_network_of_the_operator_contains_those_of_its_tenants(
    openstack_bench: OpenStackBench, tenant: Tenant
) -> None:
    """What the role networking makes on the serving side: external, without a route of its own, seen by every tenant."""
    operator = openstack_bench.administrator
    containing = Network(
        "contract-containing",
        "198.51.100.0/24",
        kind="external",
        dhcp=False,
        gateway="198.51.100.1",
        ip_block="198.51.100.10-198.51.100.40",
    )
    inner = replace(LAN, routed_to=containing.name)
    operator.create_network(containing)
    try:
        assert differing(containing, operator) == {}
        tenant.platform.create_network(inner)
        assert differing(inner, tenant.platform) == {}
        with pytest.raises(Conflict):
            operator.delete_network(containing.name)
    finally:
        tenant.platform.delete_network(inner.name)
        operator.delete_network(containing.name)
    assert operator.read_networks([containing.name]) == {}
