# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every platform has to keep (plugins/module_utils/sbi/platform.py), written without a word about any of them.

A platform's own test file subclasses PlatformContract, gives it a bench and adds what only that platform has.
"""

from __future__ import annotations

import uuid
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from ansible_collections.operator_platform.federation.plugins.module_utils.errors import (
    AuthenticationFailed,
    Conflict,
    FederationError,
    NotEnough,
    NotFound,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.model.location import Location
from ansible_collections.operator_platform.federation.plugins.module_utils.model.network import Network, SecurityRule
from ansible_collections.operator_platform.federation.plugins.module_utils.model.resources import Resources
from ansible_collections.operator_platform.federation.plugins.module_utils.model.vdc import Vdc
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.platform import Platform


class Bench(ABC):
    """A real platform to test on. administrator: opened with the infrastructure administrator's credential."""

    administrator: Platform
    zone: str
    external_network: str
    device: str
    more_devices_than_there_are: int

    def __init__(self) -> None:
        self.made: list[str] = []

    @abstractmethod
    def open(self, vdc_name: str, access_vars: dict[str, str]) -> Platform:
        """Log in as the partner."""

    @abstractmethod
    @contextmanager
    def foreign_tenant(self, name: str) -> Iterator[None]:
        """A tenant of that name that was not made by this collection."""

    def vdc(self) -> Vdc:
        """One of a name that nobody has yet."""
        self.made.append(f"contract-{uuid.uuid4().hex[:8]}")
        return Vdc(
            name=self.made[-1],
            organization="telco-north",
            federated_organization="telco-south",
            location=Location(53.5461, -9.9661),
            zones=(self.zone,),
            description="Made by a test",
        )


GRANT = Resources(vcpus=4, memory_mb=4096, disk_gb=40, bandwidth_mbps=200, instances=4, external_ips=2, devices={})
LAN = Network(
    name="lan",
    cidr="10.31.0.0/24",
    dns=("192.0.2.53",),
    ip_block="10.31.0.0/26",
    assignments={"web-1": "10.31.0.10", "web-2": "10.31.0.11"},
    security_rules=(
        SecurityRule("ingress", "icmp", None, None, "0.0.0.0/0"),
        SecurityRule("ingress", "tcp", 22, 22, "0.0.0.0/0"),
    ),
)


def differing(wanted: Network, platform: Platform) -> dict[str, tuple[object, object]]:
    """The fields that were asked for and are not so on the platform."""
    observed = platform.read_networks([wanted.name])[wanted.name]
    seen = {**observed.comparable(), "routed_to": observed.routed_to}
    asked = {**wanted.comparable(), "routed_to": wanted.routed_to}
    return {name: (value, seen.get(name)) for name, value in asked.items() if seen.get(name) != value}


class PlatformContract:
    """Subclasses give the fixture ``bench``, with class scope."""

    @pytest.fixture
    def vdc(self, bench: Bench) -> Iterator[Vdc]:
        """A new VDC without a grant."""
        made = bench.vdc()
        bench.administrator.create_vdc(made)
        yield made
        bench.administrator.apply_grant(made.name, Resources())
        bench.administrator.delete_vdc(made.name)

    @pytest.fixture(scope="class")
    @classmethod
    def granted(cls, bench: Bench) -> Iterator[tuple[Vdc, Platform]]:
        """A VDC with GRANT, and the partner's way into it; shared by the tests that clean up behind themselves."""
        made = bench.vdc()
        bench.administrator.create_vdc(made)
        bench.administrator.apply_grant(made.name, GRANT)
        tenant = bench.open(made.name, bench.administrator.issue_credential(made.name))
        yield made, tenant
        tenant.close()
        bench.administrator.apply_grant(made.name, Resources())
        bench.administrator.delete_vdc(made.name)

    def test_a_vdc_is_read_back_as_it_was_made(self, bench: Bench, vdc: Vdc) -> None:
        assert bench.administrator.read_vdcs([vdc.name, "no-such-vdc"]) == {vdc.name: vdc}

    def test_making_a_vdc_again_changes_nothing(self, bench: Bench, vdc: Vdc) -> None:
        bench.administrator.create_vdc(vdc)
        assert bench.administrator.read_vdcs([vdc.name]) == {vdc.name: vdc}

    def test_marks_of_a_vdc_change_in_place_and_unsaid_ones_stay(self, bench: Bench, vdc: Vdc) -> None:
        moved = replace(vdc, location=Location(55.6761, 12.5683), zones=(), description=None)
        bench.administrator.update_vdc(moved)
        assert bench.administrator.read_vdcs([vdc.name]) == {vdc.name: replace(moved, description=vdc.description)}

    def test_changing_marks_keeps_the_grant(self, bench: Bench, vdc: Vdc) -> None:
        granted = replace(GRANT, devices={bench.device: 1})
        bench.administrator.apply_grant(vdc.name, granted)
        bench.administrator.update_vdc(replace(vdc, description="Changed"))
        assert bench.administrator.read_grants([vdc.name]) == {vdc.name: granted}

    def test_deleting_a_vdc_that_is_gone_is_no_error(self, bench: Bench) -> None:
        made = bench.vdc()
        bench.administrator.create_vdc(made)
        bench.administrator.delete_vdc(made.name)
        assert bench.administrator.read_vdcs([made.name]) == {}
        bench.administrator.delete_vdc(made.name)

    def test_a_tenant_of_somebody_else_is_never_taken_over(self, bench: Bench) -> None:
        wanted = bench.vdc()
        with bench.foreign_tenant(wanted.name):
            assert bench.administrator.read_vdcs([wanted.name]) == {}
            with pytest.raises(Conflict, match=wanted.name):
                bench.administrator.refuse_vdc(wanted)
            with pytest.raises(Conflict, match=wanted.name):
                bench.administrator.create_vdc(wanted)
            bench.administrator.delete_vdc(wanted.name)
            with pytest.raises(Conflict, match=wanted.name):
                bench.administrator.refuse_vdc(wanted)

    def test_a_new_vdc_has_nothing_granted(self, bench: Bench, vdc: Vdc) -> None:
        assert bench.administrator.read_grants([vdc.name, "no-such-vdc"]) == {vdc.name: Resources()}

    def test_nothing_can_be_made_in_a_vdc_without_a_grant(self, bench: Bench, vdc: Vdc) -> None:
        tenant = bench.open(vdc.name, bench.administrator.issue_credential(vdc.name))
        with pytest.raises(NotEnough):
            tenant.create_network(LAN)
        assert tenant.read_networks([LAN.name]) == {}
        tenant.close()

    def test_a_grant_is_read_back_as_it_was_made_real(self, bench: Bench, vdc: Vdc) -> None:
        granted = replace(GRANT, devices={bench.device: 1})
        bench.administrator.apply_grant(vdc.name, granted)
        assert bench.administrator.read_grants([vdc.name]) == {vdc.name: granted}
        bench.administrator.apply_grant(vdc.name, granted)
        assert bench.administrator.read_grants([vdc.name]) == {vdc.name: granted}

    def test_a_grant_shrinks_and_is_taken_back(self, bench: Bench, vdc: Vdc) -> None:
        bench.administrator.apply_grant(vdc.name, replace(GRANT, devices={bench.device: 2}))
        less = replace(GRANT, vcpus=1, bandwidth_mbps=50, devices={bench.device: 1})
        bench.administrator.apply_grant(vdc.name, less)
        assert bench.administrator.read_grants([vdc.name]) == {vdc.name: less}
        bench.administrator.apply_grant(vdc.name, Resources())
        assert bench.administrator.read_grants([vdc.name]) == {vdc.name: Resources()}

    def test_more_devices_than_there_are_are_refused_with_both_numbers(self, bench: Bench, vdc: Vdc) -> None:
        too_many = bench.more_devices_than_there_are
        wanted = replace(GRANT, devices={bench.device: too_many})
        with pytest.raises(NotEnough, match=rf"\d+ times.*{too_many}"):
            bench.administrator.refuse_grant(vdc.name, wanted)
        with pytest.raises(NotEnough):
            bench.administrator.apply_grant(vdc.name, wanted)
        assert bench.administrator.read_grants([vdc.name]) == {vdc.name: Resources()}

    def test_a_device_that_nothing_hands_out_is_refused(self, bench: Bench, vdc: Vdc) -> None:
        with pytest.raises(NotEnough, match="no-such-device"):
            bench.administrator.apply_grant(vdc.name, replace(GRANT, devices={"no-such-device": 1}))

    def test_a_grant_for_a_vdc_that_is_not_there_says_so(self, bench: Bench) -> None:
        with pytest.raises(NotFound, match="no-such-vdc"):
            bench.administrator.apply_grant("no-such-vdc", GRANT)

    def test_a_new_credential_withdraws_the_one_before(self, bench: Bench, vdc: Vdc) -> None:
        assert bench.administrator.credential_exists([vdc.name]) == {vdc.name: False}
        former = bench.administrator.issue_credential(vdc.name)
        bench.open(vdc.name, former).close()
        assert bench.administrator.credential_exists([vdc.name]) == {vdc.name: True}
        latter = bench.administrator.issue_credential(vdc.name)
        bench.open(vdc.name, latter).close()
        with pytest.raises(AuthenticationFailed) as refused:
            bench.open(vdc.name, former)
        secrets = [value for name, value in former.items() if "SECRET" in name or "PASSWORD" in name]
        assert not any(secret in str(refused.value) for secret in secrets)

    def test_a_withdrawn_credential_opens_nothing(self, bench: Bench, vdc: Vdc) -> None:
        issued = bench.administrator.issue_credential(vdc.name)
        bench.administrator.withdraw_credential(vdc.name)
        assert bench.administrator.credential_exists([vdc.name]) == {vdc.name: False}
        with pytest.raises(AuthenticationFailed):
            bench.open(vdc.name, issued)
        bench.administrator.withdraw_credential(vdc.name)

    def test_the_partner_cannot_do_what_the_administrator_does(
        self, bench: Bench, granted: tuple[Vdc, Platform]
    ) -> None:
        made, tenant = granted
        for attempt in (
            lambda: tenant.create_vdc(bench.vdc()),
            lambda: tenant.apply_grant(made.name, replace(GRANT, vcpus=100)),
            lambda: tenant.issue_credential(made.name),
            lambda: tenant.delete_vdc(made.name),
        ):
            with pytest.raises(FederationError) as refused:
                attempt()
            assert refused.value.code in ("forbidden", "not_found")
        assert bench.administrator.read_grants([made.name]) == {made.name: GRANT}

    def test_the_partner_sees_what_was_granted(self, granted: tuple[Vdc, Platform]) -> None:
        made, tenant = granted
        view = tenant.resource_view()
        found = {name: usage.quota_max for name, usage in view.compute.items()}
        assert found == {name: value for name, value in GRANT.to_dict().items() if name != "devices"}
        assert view.zones == made.zones
        assert made.location is not None
        assert view.location == made.location.to_dict()

    def test_what_cannot_be_controlled_is_named_with_a_reason(self, granted: tuple[Vdc, Platform]) -> None:
        _made, tenant = granted
        capabilities = tenant.resource_view().capabilities
        assert {"hosts", "networking", "special_devices", "images_upload", "flavors_create", "metrics"} <= set(
            capabilities
        )
        assert not capabilities["hosts"]["available"]
        assert all(told["reason"] for told in capabilities.values())

    def test_a_network_is_read_back_as_it_was_made(self, bench: Bench, granted: tuple[Vdc, Platform]) -> None:
        _made, tenant = granted
        wanted = replace(LAN, routed_to=bench.external_network)
        tenant.create_network(wanted)
        try:
            assert differing(wanted, tenant) == {}
            tenant.create_network(wanted)
            assert differing(wanted, tenant) == {}
        finally:
            tenant.delete_network(wanted.name)
        assert tenant.read_networks([wanted.name]) == {}
        tenant.delete_network(wanted.name)

    def test_a_network_changes_in_place(self, bench: Bench, granted: tuple[Vdc, Platform]) -> None:
        _made, tenant = granted
        first = replace(LAN, routed_to=bench.external_network)
        second = replace(
            LAN,
            routed_to=None,
            dhcp=False,
            dns=(),
            ip_block="10.31.0.8-10.31.0.40",
            assignments={"web-1": "10.31.0.12", "web-3": "10.31.0.11"},
            security_rules=(SecurityRule("egress", "udp", 53, 53, "192.0.2.0/24"),),
        )
        tenant.create_network(first)
        try:
            for wanted in (second, first):
                tenant.update_network(wanted, tenant.read_networks([LAN.name])[LAN.name])
                assert differing(wanted, tenant) == {}
        finally:
            tenant.delete_network(LAN.name)

    def test_an_external_network_and_an_ipv6_network(self, bench: Bench, granted: tuple[Vdc, Platform]) -> None:
        _made, tenant = granted
        external = Network(
            "front",
            "10.32.0.0/24",
            kind="external",
            routed_to=bench.external_network,
            assignments={"web-1": "10.32.0.10"},
        )
        inner = Network("inner6", "fd00:31::/64", ip_block="fd00:31::10-fd00:31::ff")
        try:
            for wanted in (external, inner):
                tenant.create_network(wanted)
                assert differing(wanted, tenant) == {}
            shown = {entry["name"]: entry for entry in tenant.resource_view().networks}
            assert list(shown["front"]["external_addresses"]) == ["web-1"]
            assert shown["front"]["kind"] == "external"
        finally:
            tenant.delete_network("front")
            tenant.delete_network("inner6")

    def test_what_cannot_change_in_place_is_a_conflict(self, granted: tuple[Vdc, Platform]) -> None:
        _made, tenant = granted
        tenant.create_network(LAN)
        try:
            observed = tenant.read_networks([LAN.name])[LAN.name]
            elsewhere = Network(LAN.name, "10.99.0.0/24")
            with pytest.raises(Conflict, match=r"10\.31\.0\.0/24.*10\.99\.0\.0/24"):
                tenant.refuse_network(elsewhere, observed)
            with pytest.raises(Conflict):
                tenant.update_network(elsewhere, observed)
        finally:
            tenant.delete_network(LAN.name)

    def test_overlapping_networks_on_one_router_are_a_conflict_naming_both(
        self, bench: Bench, granted: tuple[Vdc, Platform]
    ) -> None:
        _made, tenant = granted
        first = Network("one", "10.33.0.0/24", routed_to=bench.external_network)
        second = Network("two", "10.33.0.128/25", routed_to=bench.external_network)
        tenant.create_network(first)
        try:
            with pytest.raises(Conflict, match=r"two .*one "):
                tenant.create_network(second)
            assert tenant.read_networks(["two"]) == {}
        finally:
            tenant.delete_network("one")

    def test_an_unknown_external_network_is_named_with_those_that_there_are(
        self, bench: Bench, granted: tuple[Vdc, Platform]
    ) -> None:
        _made, tenant = granted
        with pytest.raises(NotFound, match=rf"no-such-network.*{bench.external_network}"):
            tenant.create_network(replace(LAN, routed_to="no-such-network"))
        assert tenant.read_networks([LAN.name]) == {}

    def test_a_vdc_that_its_tenant_still_uses_is_not_deleted(self, bench: Bench, granted: tuple[Vdc, Platform]) -> None:
        made, tenant = granted
        tenant.create_network(LAN)
        try:
            for attempt in (bench.administrator.refuse_vdc_deletion, bench.administrator.delete_vdc):
                with pytest.raises(Conflict, match="lan"):
                    attempt(made.name)
            assert bench.administrator.read_vdcs([made.name]) == {made.name: made}
        finally:
            tenant.delete_network(LAN.name)
