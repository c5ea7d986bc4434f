# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The OpenStack lab keeps what docs/lab.md promises: TLS, two operators, quotas, QoS, idempotence, no leftovers."""

from __future__ import annotations

import base64
import json
import socket
import ssl
import stat
import subprocess
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import openstack.exceptions
import pytest
from openstack.connection import Connection

from tests.integration.lab.conftest import Tenant, connect

pytestmark = pytest.mark.lab

PUBLIC_PORTS = {
    "keystone": 15000,
    "glance": 19292,
    "placement": 18778,
    "nova": 18774,
    "neutron": 19696,
    "cinder": 18776,
}
COMMAND = Callable[..., subprocess.CompletedProcess[str]]


# ---- TLS


@pytest.mark.parametrize("port", PUBLIC_PORTS.values(), ids=PUBLIC_PORTS.keys())
def test_an_api_is_refused_by_a_client_that_does_not_know_the_ca(port: int) -> None:
    with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
        urllib.request.urlopen(f"https://127.0.0.1:{port}/", timeout=10, context=ssl.create_default_context())


@pytest.mark.parametrize("port", PUBLIC_PORTS.values(), ids=PUBLIC_PORTS.keys())
def test_an_api_is_trusted_with_the_ca_by_address_and_by_name(lab: dict[str, Any], port: int) -> None:
    context = ssl.create_default_context(cafile=lab["ca_cert"])
    for name in ("127.0.0.1", "localhost"):
        with (
            socket.create_connection(("127.0.0.1", port), timeout=10) as plain,
            context.wrap_socket(plain, server_hostname=name) as encrypted,
        ):
            assert encrypted.version() in ("TLSv1.2", "TLSv1.3")


def test_openstacksdk_is_refused_without_the_ca(lab: dict[str, Any]) -> None:
    account = lab["operators"]["north"]
    stranger = openstack.connect(
        auth_url=lab["auth_url"],
        username=account["username"],
        password=account["password"],
        project_name=account["project"],
        user_domain_name=account["domain"],
        project_domain_name=account["domain"],
        load_yaml_config=False,
        load_envvars=False,
    )
    with pytest.raises(openstack.exceptions.SDKException, match="SSL"):
        stranger.authorize()


@pytest.mark.parametrize("operator", ["north", "south"])
def test_every_public_endpoint_and_every_version_link_is_https(
    lab: dict[str, Any], administrator: Callable[[str], Connection], operator: str
) -> None:
    session = administrator(operator).session
    catalogue = session.auth.get_access(session).service_catalog.get_endpoints(interface="public")
    urls = [endpoint["url"] for endpoints in catalogue.values() for endpoint in endpoints]
    assert len(urls) == len(PUBLIC_PORTS)
    assert all(url.startswith("https://127.0.0.1:") for url in urls)
    context = ssl.create_default_context(cafile=lab["ca_cert"])
    for port in PUBLIC_PORTS.values():
        request = urllib.request.Request(f"https://127.0.0.1:{port}/")
        try:
            with urllib.request.urlopen(request, timeout=10, context=context) as response:
                body = response.read().decode()
        except urllib.error.HTTPError as error:  # 300 Multiple Choices carries the list
            body = error.read().decode()
        assert "http://127.0.0.1" not in body


# ---- operators and tenants


def test_an_operators_administrator_sees_hosts_zones_and_devices(
    lab: dict[str, Any], administrator: Callable[[str], Connection]
) -> None:
    for operator in lab["operators"]:
        cloud = administrator(operator)
        hosts = {service.host for service in cloud.compute.services(binary="nova-compute") if service.state == "up"}
        assert hosts == set(lab["hosts"].values())
        assert {zone.name for zone in cloud.compute.availability_zones()} >= set(lab["availability_zones"])
        names = [hypervisor.name for hypervisor in cloud.compute.hypervisors()]
        providers = [provider for provider in cloud.placement.resource_providers() if provider.name in names]
        assert len(providers) == len(lab["hosts"])
        for provider in providers:
            inventory = {
                entry.resource_class: entry.total for entry in cloud.placement.resource_provider_inventories(provider)
            }
            assert inventory["CUSTOM_GPU"] == lab["devices"]["CUSTOM_GPU"]


def test_the_guest_image_and_the_flavors_are_offered_to_every_tenant(lab: dict[str, Any], tenant: Tenant) -> None:
    image = tenant.member.image.find_image("guest", ignore_missing=False)
    assert (image.visibility, image.status, image.os_type, image.architecture) == (
        "public",
        "active",
        "linux",
        "x86_64",
    )
    assert image.properties["federation_certified"] == "true"
    flavors = {flavor.name: flavor for flavor in tenant.member.compute.flavors(get_extra_specs=True)}
    assert flavors.keys() >= set(lab["flavors"])
    assert flavors["f1.gpu"].extra_specs == {"resources:CUSTOM_GPU": "1"}


def test_quotas_set_by_the_operator_are_enforced_by_every_service(tenant: Tenant) -> None:
    admin, member = tenant.admin, tenant.member
    admin.compute.update_quota_set(tenant.project, cores=1, instances=1, ram=256)
    admin.network.update_quota(tenant.project.id, networks=1, floating_ips=0)
    admin.block_storage.update_quota_set(tenant.project, volumes=1, gigabytes=1)

    image = member.image.find_image("guest")
    medium = member.compute.find_flavor("f1.medium")
    with pytest.raises(openstack.exceptions.ForbiddenException, match="Quota exceeded"):
        member.compute.create_server(name=tenant.tag, flavor_id=medium.id, image_id=image.id, networks="none")
    network = member.network.create_network(name=tenant.tag)
    try:
        with pytest.raises(openstack.exceptions.ConflictException, match="Quota exceeded"):
            member.network.create_network(name=f"{tenant.tag}-second")
        outside = member.network.find_network("public")
        with pytest.raises(openstack.exceptions.ConflictException, match="Quota exceeded"):
            member.network.create_ip(floating_network_id=outside.id)
    finally:
        member.network.delete_network(network)
    with pytest.raises(openstack.exceptions.HttpException) as refused:
        member.block_storage.create_volume(size=2, name=tenant.tag)
    assert refused.value.status_code == 413


def test_a_tenant_can_do_nothing_outside_its_project(
    tenant: Tenant, administrator: Callable[[str], Connection]
) -> None:
    member = tenant.member
    for attempt in (
        lambda: list(member.identity.projects()),
        lambda: list(member.compute.hypervisors()),
        lambda: list(member.placement.resource_providers()),
        lambda: member.compute.create_flavor(name=tenant.tag, vcpus=1, ram=1, disk=1),
        lambda: member.network.create_network(name=tenant.tag, is_router_external=True, provider_network_type="flat"),
        lambda: member.network.create_qos_policy(name=tenant.tag),
        lambda: member.compute.update_quota_set(tenant.project, cores=100),
    ):
        with pytest.raises(openstack.exceptions.ForbiddenException):
            attempt()
    other = administrator("south" if tenant.operator == "north" else "north")
    foreign = other.network.create_network(name=f"{tenant.tag}-foreign")
    try:
        with pytest.raises(openstack.exceptions.NotFoundException):
            member.network.get_network(foreign.id)
    finally:
        other.network.delete_network(foreign)


# ---- networking


def _ovn_qos_rules(lab: dict[str, Any]) -> str:
    socket_path = f"{lab['run_directory']}/ovn/ovnnb_db.sock"
    return subprocess.run(
        ["ovn-nbctl", f"--db=unix:{socket_path}", "--format=json", "--columns=external_ids,bandwidth", "list", "qos"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_bandwidth_limits_reach_the_switch_for_networks_ports_and_floating_ips(
    lab: dict[str, Any], tenant: Tenant
) -> None:
    admin, member, network = tenant.admin, tenant.member, tenant.member.network
    admin.network.update_quota(tenant.project.id, networks=5, floating_ips=2)
    policy = admin.network.create_qos_policy(name=tenant.tag, project_id=tenant.project.id)
    for direction in ("egress", "ingress"):
        admin.network.create_qos_bandwidth_limit_rule(policy, max_kbps=7000, max_burst_kbps=5600, direction=direction)
    outside = network.find_network("public")
    internal = network.create_network(name=tenant.tag)
    subnet = network.create_subnet(network_id=internal.id, ip_version=4, cidr="10.91.0.0/24")
    router = network.create_router(name=tenant.tag, external_gateway_info={"network_id": outside.id})
    try:
        network.add_interface_to_router(router, subnet.id)
        # a whole network is the operator's to limit, after the tenant has made it
        admin.network.update_network(internal, qos_policy_id=policy.id)
        port = network.create_port(network_id=internal.id, name=tenant.tag)
        limited = network.create_port(network_id=internal.id, name=f"{tenant.tag}-own")
        admin.network.update_port(limited, qos_policy_id=policy.id)
        address = network.create_ip(floating_network_id=outside.id, port_id=port.id)
        admin.network.update_ip(address, qos_policy_id=policy.id)
        rules = _ovn_qos_rules(lab)
        for thing in (port.id, limited.id, address.id):
            assert thing in rules
        assert '["rate",7000]' in rules.replace(" ", "")
        network.delete_ip(address)
        network.delete_port(port)
        network.delete_port(limited)
        assert port.id not in _ovn_qos_rules(lab)
    finally:
        for floating in list(network.ips()):
            network.delete_ip(floating)
        for leftover in network.ports(network_id=internal.id):
            if not leftover.device_owner.startswith("network:"):
                network.delete_port(leftover)
        member.network.remove_interface_from_router(router, subnet.id)
        network.delete_router(router)
        network.delete_network(internal)
        admin.network.delete_qos_policy(policy)


def test_only_the_operator_makes_and_shares_provider_networks(tenant: Tenant) -> None:
    admin, member = tenant.admin, tenant.member
    containing = admin.network.create_network(name=f"{tenant.tag}-containing", provider_network_type="geneve")
    try:
        assert member.network.find_network(containing.id) is None
        shared = admin.network.create_rbac_policy(
            object_type="network",
            object_id=containing.id,
            action="access_as_shared",
            target_project_id=tenant.project.id,
        )
        assert member.network.find_network(containing.id) is not None
        admin.network.delete_rbac_policy(shared)
        unprotected = member.network.create_network(name=tenant.tag, is_port_security_enabled=False)
        assert unprotected.is_port_security_enabled is False
        member.network.delete_network(unprotected)
    finally:
        admin.network.delete_network(containing)


# ---- servers


@pytest.fixture
def room_for_servers(tenant: Tenant) -> Iterator[Any]:
    """Quota, a routed network and a security group that lets ICMP and TCP 80 in."""
    admin, network = tenant.admin, tenant.member.network
    admin.compute.update_quota_set(tenant.project, cores=4, instances=2, ram=2048)
    admin.network.update_quota(tenant.project.id, networks=5, floating_ips=1, ports=20)
    internal = network.create_network(name=tenant.tag)
    subnet = network.create_subnet(network_id=internal.id, ip_version=4, cidr="10.92.0.0/24")
    router = network.create_router(
        name=tenant.tag, external_gateway_info={"network_id": network.find_network("public").id}
    )
    network.add_interface_to_router(router, subnet.id)
    group = network.create_security_group(name=tenant.tag)
    network.create_security_group_rule(
        security_group_id=group.id, direction="ingress", ethertype="IPv4", protocol="icmp"
    )
    network.create_security_group_rule(
        security_group_id=group.id,
        direction="ingress",
        ethertype="IPv4",
        protocol="tcp",
        port_range_min=80,
        port_range_max=80,
    )
    try:
        yield internal, group
    finally:
        for server in list(tenant.member.compute.servers()):
            tenant.member.compute.delete_server(server)
            tenant.member.compute.wait_for_delete(server, interval=1, wait=120)
        for floating in list(network.ips()):
            network.delete_ip(floating)
        network.remove_interface_from_router(router, subnet.id)
        network.delete_router(router)
        network.delete_network(internal)
        network.delete_security_group(group)


@pytest.mark.parametrize("zone", ["az-harbour", "az-campus"])
def test_a_server_comes_up_in_the_zone_that_was_asked_for(
    lab: dict[str, Any], tenant: Tenant, room_for_servers: Any, zone: str
) -> None:
    internal, group = room_for_servers
    member = tenant.member
    user_data = base64.b64encode(b"#!/bin/sh\necho LAB-GUEST user-data-ran\n").decode()
    server = member.compute.create_server(
        name=tenant.tag,
        flavor_id=member.compute.find_flavor("f1.gpu").id,
        image_id=member.image.find_image("guest").id,
        networks=[{"uuid": internal.id}],
        security_groups=[{"name": group.name}],
        availability_zone=zone,
        config_drive=True,
        user_data=user_data,
    )
    server = member.compute.wait_for_server(server, interval=1, wait=300)
    assert tenant.admin.compute.get_server(server).compute_host == lab["hosts"][zone]
    if zone == "az-campus" and lab["virt"] == "both":
        _expect_reachable(lab, tenant, server)


def _expect_reachable(lab: dict[str, Any], tenant: Tenant, server: Any) -> None:
    member = tenant.member
    port = next(member.network.ports(device_id=server.id))
    address = member.network.create_ip(floating_network_id=member.network.find_network("public").id, port_id=port.id)
    console = ""
    deadline = time.monotonic() + 180
    while "LAB-GUEST ready" not in console:
        assert time.monotonic() < deadline, f"the guest did not get ready; its console:\n{console}"
        time.sleep(1)
        console = member.compute.get_server_console_output(server)["output"] or ""
    assert "LAB-GUEST user-data-ran" in console
    outside = ["ip", "netns", "exec", lab["outside_namespace"]]
    url = f"http://{address.floating_ip_address}/"
    answer = subprocess.run(
        [*outside, "curl", "--silent", "--max-time", "20", url], capture_output=True, text=True, check=False
    )
    assert answer.stdout.startswith("hello from"), answer


# ---- the command


def _pids(lab: dict[str, Any]) -> dict[str, str]:
    return {path.stem: path.read_text() for path in Path(lab["run_directory"], "pid").glob("*.pid")}


def _prepared(lab: dict[str, Any], snapshot: dict[str, Any]) -> dict[str, list[Any]]:
    """What `lab up` makes in the cloud; other tests may work in it at the same time."""
    names = {
        "domains": {operator["domain"] for operator in lab["operators"].values()},
        "users": {operator["username"] for operator in lab["operators"].values()},
        "aggregates": set(lab["availability_zones"]),
        "networks": {lab["external_network"]},
        "images": set(lab["images"]),
        "flavors": set(lab["flavors"]),
    }
    return {
        section: [record for record in snapshot[section] if record["name"] in wanted]
        for section, wanted in names.items()
    }


def test_starting_a_lab_that_is_up_changes_nothing_even_twice_at_once(
    lab: dict[str, Any], lab_command: COMMAND, snapshot: Callable[[], dict[str, Any]]
) -> None:
    before, processes_before = _prepared(lab, snapshot()), _pids(lab)
    assert [len(records) for records in before.values()] == [2, 2, 2, 1, 1, 3]
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda _number: lab_command("up"), range(2)))
    assert [result.returncode for result in results] == [0, 0], results
    assert _pids(lab) == processes_before
    assert _prepared(lab, snapshot()) == before
    assert lab_command("status").returncode == 0


def test_a_snapshot_shows_what_appeared_and_no_longer_what_is_gone(
    administrator: Callable[[str], Connection], snapshot: Callable[[], dict[str, Any]]
) -> None:
    name = f"snapshot-{uuid.uuid4().hex[:8]}"
    cloud = administrator("north")
    network = cloud.network.create_network(name=name)
    try:
        during = snapshot()
    finally:
        cloud.network.delete_network(network)
    sections = [section for section, records in during.items() if name in json.dumps(records)]
    assert sections == ["networks"]
    assert name not in json.dumps(snapshot())


def test_two_snapshots_of_a_cloud_at_rest_are_equal(snapshot: Callable[[], dict[str, Any]]) -> None:
    """Somebody else may be at work in the cloud, so each section has to be equal in one pair out of several."""
    later = snapshot()
    unequal = set(later)
    for _attempt in range(8):
        earlier, later = later, snapshot()
        unequal = {section for section in unequal if earlier[section] != later[section]}
        if not unequal:
            return
    pytest.fail(f"these sections differed in every pair of snapshots: {sorted(unequal)}")


def test_the_exports_lead_to_working_clouds_and_hold_no_secret(lab: dict[str, Any], lab_command: COMMAND) -> None:
    exports = lab_command("env").stdout
    assert f"export OS_CLIENT_CONFIG_FILE={lab['clouds_yaml']}" in exports
    clouds = json.loads(Path(lab["clouds_yaml"]).read_text())["clouds"]
    for cloud in clouds.values():
        assert cloud["auth"]["password"] not in exports
    assert set(clouds) == {"lab-admin", "north-infra", "south-infra"}
    auth = clouds["lab-admin"]["auth"]
    options = {key: value for key, value in auth.items() if key != "auth_url"}
    assert connect(lab, **options).current_project.name == "admin"


# ---- what the machine sees of it


def test_secrets_are_readable_by_root_only_and_stand_in_no_command_line_or_log(lab: dict[str, Any]) -> None:
    run = Path(lab["run_directory"])
    passwords = json.loads((run / "secrets").read_text()).values()
    for file in ("secrets", "lab.json", "clouds.yaml", "tls/server.pem", "etc/nova/nova.conf", "etc/rabbitmq.conf"):
        assert stat.S_IMODE((run / file).stat().st_mode) == 0o600, file
    for folder in ("etc", "log", "mysql", "rabbit", "ovs", "ovn", "libvirt", "nova"):
        assert stat.S_IMODE((run / folder).stat().st_mode) == 0o700, folder
    places = [*Path("/proc").glob("[0-9]*/cmdline"), *(run / "log").rglob("*.log")]
    for place in places:
        try:
            text = place.read_bytes()
        except OSError:  # the process has ended
            continue
        assert not any(password.encode() in text for password in passwords), place


def test_services_listen_on_loopback_only(lab: dict[str, Any]) -> None:
    sessions = {int(text.split()[0]) for text in _pids(lab).values()}
    listening = subprocess.run(["ss", "-Hltnp"], capture_output=True, text=True, check=True).stdout.splitlines()
    ours = []
    for line in listening:
        address, _separator, processes = line.split(maxsplit=5)[3], None, line.partition("users:")[2]
        pids = {int(part.split("=")[1].split(",")[0]) for part in processes.split("(")[2:] if "pid=" in part}
        if any(_session_of(pid) in sessions for pid in pids):
            ours.append(address)
    assert len(ours) >= len(PUBLIC_PORTS) * 2
    assert [address for address in ours if not address.startswith(("127.", "[::1]"))] == []


def _session_of(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[3])
    except OSError:  # it has ended
        return 0
