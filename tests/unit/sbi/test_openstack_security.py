# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Security rules: ours and neutron's, and the requests that bring a group to what is wanted."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.operator_platform.federation.plugins.module_utils.model.network import SecurityRule
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack import security
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack.network_marks import MADE_BY

SSH = SecurityRule("ingress", "tcp", 22, 22, "0.0.0.0/0")
PING6 = SecurityRule("ingress", "icmp", None, None, "2001:db8::/32")
OUT = SecurityRule("egress", "any", None, None, "0.0.0.0/0")
BLANKET = [
    {"id": "out4", "direction": "egress", "ethertype": "IPv4", "protocol": None, "remote_ip_prefix": None},
    {"id": "out6", "direction": "egress", "ethertype": "IPv6", "protocol": None, "remote_ip_prefix": None},
]


class Recorder:
    """Stands for the network service: remembers what was sent."""

    def __init__(self) -> None:
        self.removed: list[str] = []
        self.made: list[dict[str, Any]] = []

    def remove(self, _service: str, path: str) -> None:
        assert not self.made, "what goes has to go before what comes"
        self.removed.append(path.rpartition("/")[2])

    def send(self, method: str, _service: str, path: str, body: dict[str, Any]) -> None:
        assert (method, path) == ("POST", "/security-group-rules")
        self.made.extend(body["security_group_rules"])


def neutron(rule: SecurityRule, rule_id: str = "r") -> dict[str, Any]:
    """A rule as neutron lists it after we made it."""
    return {**security.rule_body(rule, "g"), "id": rule_id, "remote_group_id": None}


@pytest.mark.parametrize("rule", [SSH, PING6, OUT, SecurityRule("egress", "udp", 53, 60, "192.0.2.0/24")])
def test_a_rule_survives_neutron(rule: SecurityRule) -> None:
    assert security.rule_of(neutron(rule)) == rule


def test_icmp_for_ipv6_has_a_name_of_its_own_there() -> None:
    assert security.rule_body(PING6, "g")["protocol"] == "ipv6-icmp"
    assert security.rule_body(PING6, "g")["ethertype"] == "IPv6"


def test_the_blanket_of_a_new_group_is_not_told_as_rules_but_one_that_we_made_is() -> None:
    assert security.rules_of({"security_group_rules": [*BLANKET, neutron(SSH)]}) == (SSH,)
    assert security.rules_of({"security_group_rules": [neutron(OUT)]}) == (OUT,)


def test_a_rule_of_somebody_that_names_a_group_shows() -> None:
    foreign = {"direction": "ingress", "ethertype": "IPv4", "protocol": None, "remote_group_id": "abc"}
    assert security.rule_of(foreign).remote_cidr == "group abc"


def test_only_what_differs_is_sent() -> None:
    recorder = Recorder()
    group = {"id": "g", "security_group_rules": [*BLANKET, neutron(SSH, "ssh"), neutron(PING6, "ping")]}
    security.write_rules(recorder, group, (SSH, SecurityRule("ingress", "tcp", 80, 80, "0.0.0.0/0")))  # type: ignore[arg-type]
    assert recorder.removed == ["ping"]
    assert [body["port_range_min"] for body in recorder.made] == [80]
    assert recorder.made[0]["description"] == MADE_BY


def test_a_rule_for_what_goes_out_takes_the_blanket_away() -> None:
    recorder = Recorder()
    security.write_rules(recorder, {"id": "g", "security_group_rules": BLANKET}, (OUT,))  # type: ignore[arg-type]
    assert recorder.removed == ["out4", "out6"]
    assert [body["remote_ip_prefix"] for body in recorder.made] == ["0.0.0.0/0"]


def test_without_a_rule_for_what_goes_out_the_blanket_comes_back() -> None:
    recorder = Recorder()
    group = {"id": "g", "security_group_rules": [neutron(OUT, "out")]}
    security.write_rules(recorder, group, ())  # type: ignore[arg-type]
    assert recorder.removed == ["out"]
    assert [body["ethertype"] for body in recorder.made] == ["IPv4", "IPv6"]
    assert all("description" not in body for body in recorder.made)


def test_a_group_that_is_right_is_left_alone() -> None:
    recorder = Recorder()
    group = {"id": "g", "security_group_rules": [*BLANKET, neutron(SSH, "ssh")]}
    security.write_rules(recorder, group, (SSH,))  # type: ignore[arg-type]
    assert (recorder.removed, recorder.made) == ([], [])
