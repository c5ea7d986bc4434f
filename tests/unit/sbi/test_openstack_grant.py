# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Grants on clouds that the lab is not: without cinder, without QoS, with quotas changed by hand; and how often is asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.operator_platform.federation.plugins.module_utils.errors import NotEnough
from ansible_collections.operator_platform.federation.plugins.module_utils.model.resources import Resources
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack import grant
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack.rest import (
    COMPUTE,
    IDENTITY,
    NETWORK,
    PLACEMENT,
    VOLUME,
)

GRANTED = Resources(vcpus=4, memory_mb=4096, disk_gb=50, bandwidth_mbps=100, instances=2, external_ips=1)


class Cloud:
    """The requests that grants make, answered out of a few dictionaries in the shapes that OpenStack 2025.1 gives."""

    def __init__(self, *names: str, services: tuple[str, ...] = (COMPUTE, NETWORK, VOLUME), qos: bool = True) -> None:
        self.projects = [{"id": f"id-{name}", "name": name, "tags": ["federation"]} for name in names]
        self.services = services
        self.extensions = [{"alias": "router"}, *([{"alias": "qos"}] if qos else [])]
        self.limits: dict[tuple[str, str], dict[str, dict[str, int]]] = {}
        self.policies: list[dict[str, Any]] = []
        self.access = SimpleNamespace(project_domain_id="domain")
        self.asked: list[str] = []
        self.written: list[tuple[str, str, str]] = []

    def use(self, service: str, name: str, **used: int) -> None:
        for quota, value in used.items():
            self._quota(service, f"id-{name}")[quota] = {"limit": 100, "in_use": value, "used": value, "reserved": 0}

    def _quota(self, service: str, project_id: str) -> dict[str, dict[str, int]]:
        return self.limits.setdefault((service, project_id), {})

    def offers(self, service: str) -> bool:
        return service in self.services

    def together(self, calls: Mapping[Any, Callable[[], Any]]) -> dict[Any, Any]:
        return {name: call() for name, call in calls.items()}

    def get(self, service: str, path: str, params: Any = None, microversion: str | None = None) -> Any:
        assert service in (*self.services, IDENTITY), f"{service} is not in the catalogue"
        self.asked.append(f"{service} {path}")
        if path == "/extensions":
            return {"extensions": self.extensions}
        answer = self._quota(service, path.split("/")[2])
        return {"quota": answer} if service == NETWORK else {"quota_set": answer}

    def pages(self, service: str, path: str, key: str, params: Any = None, microversion: str | None = None) -> Any:
        assert service in (*self.services, IDENTITY), f"{service} is not in the catalogue"
        self.asked.append(f"{service} {path}")
        if key == "projects":
            name = params.get("name")
            return [project for project in self.projects if name in (None, project["name"])]
        return self.policies if key == "policies" else []

    def send(self, method: str, service: str, path: str, body: Any = None, **_options: Any) -> Any:
        assert service in (*self.services, IDENTITY), f"{service} is not in the catalogue"
        self.written.append((method, service, path))
        if service == IDENTITY:
            project = next(project for project in self.projects if path.endswith(str(project["id"])))
            project.update(body["project"])
        elif "quota" in path:
            for quota, limit in next(iter(body.values())).items():
                self._quota(service, path.split("/")[2]).setdefault(quota, {"in_use": 0})["limit"] = limit
        elif path == "/qos/policies":
            self.policies.append({**body["policy"], "id": "policy", "rules": []})
            return {"policy": self.policies[-1]}
        elif path.endswith("bandwidth_limit_rules"):
            self.policies[-1]["rules"].append({"type": "bandwidth_limit", **body["bandwidth_limit_rule"]})
        return None

    def remove(self, service: str, path: str, microversion: str | None = None) -> None:
        self.written.append(("DELETE", service, path))
        if path.startswith("/qos/policies/"):
            self.policies.clear()


def apply(cloud: Cloud, granted: Resources) -> None:
    grant.apply(cloud, "one", granted)  # type: ignore[arg-type]  # Cloud stands for Services


def read(cloud: Cloud, *names: str) -> dict[str, Resources]:
    return grant.read(cloud, names)  # type: ignore[arg-type]  # as above


@pytest.mark.parametrize(
    ("services", "qos", "held"),
    [
        ((COMPUTE, NETWORK, VOLUME), True, []),
        ((COMPUTE, NETWORK), True, ["federation:held.disk_gb=50"]),
        ((COMPUTE, NETWORK, VOLUME), False, ["federation:held.bandwidth_mbps=100"]),
        ((COMPUTE, NETWORK), False, ["federation:held.bandwidth_mbps=100", "federation:held.disk_gb=50"]),
    ],
)
def test_what_no_quota_can_hold_is_held_by_a_mark_and_read_back_all_the_same(
    services: tuple[str, ...], qos: bool, held: list[str]
) -> None:
    cloud = Cloud("one", services=services, qos=qos)
    apply(cloud, GRANTED)
    assert read(cloud, "one") == {"one": GRANTED}
    assert cloud.projects[0]["tags"] == ["federation", *held]
    apply(cloud, Resources())
    assert read(cloud, "one") == {"one": Resources()}
    assert cloud.projects[0]["tags"] == ["federation"]


def test_reading_asks_three_times_a_vdc_and_a_fixed_number_of_times_for_all() -> None:
    one, four = Cloud("one"), Cloud("one", "two", "three", "four")
    read(one, "one")
    read(four, "one", "two", "three", "four")
    assert len(four.asked) - len(one.asked) == 3 * 3
    assert len(one.asked) == 3 + 5


def test_nothing_is_asked_about_vdcs_that_are_not_there() -> None:
    cloud = Cloud("one")
    assert read(cloud, "two") == {}
    assert cloud.asked == ["identity /projects"]


def test_an_unlimited_quota_set_by_hand_is_not_the_grant() -> None:
    cloud = Cloud("one")
    apply(cloud, GRANTED)
    cloud.limits[COMPUTE, "id-one"]["cores"]["limit"] = -1
    assert read(cloud, "one")["one"].vcpus > 10**6


def test_all_that_is_in_use_beyond_the_grant_is_named_before_anything_is_written() -> None:
    cloud = Cloud("one")
    cloud.use(COMPUTE, "one", cores=8, ram=512)
    cloud.use(NETWORK, "one", floatingip=3, network=9)
    cloud.use(VOLUME, "one", gigabytes=60)
    with pytest.raises(NotEnough) as refused:
        apply(cloud, GRANTED)
    told = str(refused.value)
    assert "8 vCPU of vcpus in use, 4 to be granted" in told
    assert "3 addresses of external_ips in use, 1 to be granted" in told
    assert "60 GiB of disk_gb in use, 50 to be granted" in told
    assert "memory_mb" not in told
    assert cloud.written == []


def test_the_marks_are_written_last_so_that_a_grant_half_made_real_is_not_taken_for_a_whole_one() -> None:
    cloud = Cloud("one", services=(COMPUTE, NETWORK))
    apply(cloud, GRANTED)
    assert cloud.written[-1] == ("PATCH", IDENTITY, "/projects/id-one")
    assert [written for written in cloud.written if written[1] == IDENTITY] == cloud.written[-1:]


def test_a_second_time_only_the_quotas_are_written_again() -> None:
    cloud = Cloud("one")
    apply(cloud, GRANTED)
    cloud.written.clear()
    apply(cloud, GRANTED)
    assert {(method, service) for method, service, _path in cloud.written} == {
        ("PUT", COMPUTE),
        ("PUT", NETWORK),
        ("PUT", VOLUME),
    }


def test_without_placement_nothing_is_asked_of_it() -> None:
    cloud = Cloud("one")
    apply(cloud, GRANTED)
    assert not any(asked.startswith(PLACEMENT) for asked in cloud.asked)
