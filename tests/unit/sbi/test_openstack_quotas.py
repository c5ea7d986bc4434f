# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Granted resources become quotas and quotas become granted resources again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.operator_platform.federation.plugins.module_utils.model.resources import Resources
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack import quotas

amounts = st.integers(0, 10_000)


def test_what_is_granted_is_the_quota() -> None:
    wanted = quotas.quotas_for(Resources(vcpus=4, memory_mb=8192, disk_gb=100, instances=3, external_ips=2))
    assert wanted.compute == {"cores": 4, "ram": 8192, "instances": 3}
    assert wanted.network["floatingip"] == 2
    assert wanted.volume["gigabytes"] == 100


def test_nothing_granted_leaves_room_for_neutrons_own_default_group_only() -> None:
    wanted = quotas.quotas_for(Resources())
    assert {name: limit for name, limit in wanted.network.items() if limit} == {
        "security_group": 1,
        "security_group_rule": 16,
    }
    assert not any(wanted.compute.values())
    assert not any(wanted.volume.values())


def test_derived_quotas_follow_the_table_of_the_documentation() -> None:
    wanted = quotas.quotas_for(Resources(instances=3, external_ips=2, disk_gb=1))
    assert wanted.network == {
        "floatingip": 2,
        "network": 7,
        "subnet": 14,
        "router": 4,
        "port": 4 * 3 + 4 * 7 + 2,
        "security_group": 11,
        "security_group_rule": 176,
    }
    assert wanted.volume == {
        "gigabytes": 1,
        "volumes": 12,
        "snapshots": 12,
        "backups": 0,
        "backup_gigabytes": 0,
    }


@given(amounts, amounts, amounts, amounts, amounts)
def test_every_instance_can_have_a_port_on_every_granted_scale(
    vcpus: int, memory_mb: int, disk_gb: int, instances: int, external_ips: int
) -> None:
    granted = Resources(vcpus, memory_mb, disk_gb, 0, instances, external_ips)
    wanted = quotas.quotas_for(granted)
    assert wanted.network["port"] >= instances + external_ips
    read = {
        **quotas.amounts(wanted.compute, quotas.COMPUTE_NAMES, quotas.limit_of),
        **quotas.amounts(wanted.network, quotas.NETWORK_NAMES, quotas.limit_of),
        **quotas.amounts(wanted.volume, quotas.VOLUME_NAMES, quotas.limit_of),
    }
    assert Resources(**read) == granted


def test_an_unlimited_quota_never_equals_a_grant() -> None:
    assert quotas.limit_of(-1) == quotas.UNLIMITED
    assert quotas.limit_of({"limit": -1, "in_use": 0}) == quotas.UNLIMITED
    assert quotas.limit_of({"limit": 5}) == 5


def test_use_counts_reservations_in_flight() -> None:
    assert quotas.used_of({"in_use": 2, "reserved": 1, "limit": 9}) == 3
    assert quotas.used_of({"used": 4, "limit": 9}) == 4


def test_a_quota_that_a_service_does_not_tell_is_left_out() -> None:
    assert quotas.amounts({"cores": 1}, quotas.COMPUTE_NAMES, quotas.limit_of) == {"vcpus": 1}
    assert quotas.amounts(None, quotas.COMPUTE_NAMES, quotas.limit_of) == {}
