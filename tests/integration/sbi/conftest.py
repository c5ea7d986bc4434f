# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real OpenStack of the lab, as the serving operator telco-north sees it."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack import projects
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack.connection import connect
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack.platform import (
    OpenStackPlatform,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack.rest import (
    COMPUTE,
    IDENTITY,
    Services,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.platform import (
    ControlEndpoint,
    Surroundings,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.waiting import Deadline
from tests.integration.sbi.contract import Bench

LAB_FILE = Path(os.environ.get("LAB_RUN", "/var/tmp/federation-lab")) / "lab.json"


def surroundings() -> Surroundings:
    """The deadline is one for all the tests that share a log-in, so it is that of a whole run on a busy machine."""
    return Surroundings(Deadline(3600), concurrency=8)


class OpenStackBench(Bench):
    """administration and services: the same log-in once behind the contract, once for raw requests of the tests."""

    more_devices_than_there_are = 99
    device = "gpu"

    def __init__(self, lab: dict[str, Any]) -> None:
        super().__init__()
        self.lab = lab
        self.zone = lab["availability_zones"][0]
        self.external_network = lab["external_network"]
        self.endpoint = self.administrator_endpoint()
        self.administrator = OpenStackPlatform(self.endpoint, surroundings())
        self.services = Services(connect(self.endpoint), "the tests", surroundings())
        self._device_flavor = self._make_private_device_flavor()

    def administrator_endpoint(self, **changes: str) -> ControlEndpoint:
        operator = self.lab["operators"]["north"]
        access = {
            "OS_AUTH_URL": self.lab["auth_url"],
            "OS_USERNAME": operator["username"],
            "OS_PASSWORD": operator["password"],
            "OS_PROJECT_NAME": operator["project"],
            "OS_USER_DOMAIN_NAME": operator["domain"],
            "OS_PROJECT_DOMAIN_NAME": operator["domain"],
            "OS_REGION_NAME": self.lab["region"],
            **changes,
        }
        authority = Path(self.lab["ca_cert"]).read_text(encoding="ascii")
        return ControlEndpoint("infrastructure", "OpenStack", access, authority)

    def open(self, vdc_name: str, access_vars: dict[str, str]) -> OpenStackPlatform:
        return OpenStackPlatform(ControlEndpoint(vdc_name, "OpenStack", access_vars), surroundings())

    def raw(self, vdc_name: str, access_vars: dict[str, str]) -> Services:
        """The partner's log-in, for raw requests."""
        return Services(connect(ControlEndpoint(vdc_name, "OpenStack", access_vars)), vdc_name, surroundings())

    @contextmanager
    def foreign_tenant(self, name: str) -> Iterator[None]:
        body = {"project": {"name": name, "domain_id": projects.domain_of(self.services)}}
        made = self.services.send("POST", IDENTITY, "/projects", body)["project"]
        try:
            yield
        finally:
            self.services.remove(IDENTITY, f"/projects/{made['id']}")

    def project_id(self, vdc_name: str) -> str:
        return str(projects.needed(self.services, vdc_name)["id"])

    def project_id_of_infrastructure(self) -> str:
        return str(self.services.access.project_id)

    @property
    def device_flavor(self) -> str:
        """The id of a private flavor with one device."""
        return self._device_flavor

    def _make_private_device_flavor(self) -> str:
        body = {"name": f"contract-{uuid.uuid4().hex[:8]}", "vcpus": 1, "ram": 256, "disk": 1}
        flavor = self.services.send(
            "POST", COMPUTE, "/flavors", {"flavor": {**body, "os-flavor-access:is_public": False}}
        )["flavor"]
        specs = {"extra_specs": {"resources:CUSTOM_GPU": "1"}}
        self.services.send("POST", COMPUTE, f"/flavors/{flavor['id']}/os-extra_specs", specs)
        return str(flavor["id"])

    def close(self) -> None:
        self.services.remove(COMPUTE, f"/flavors/{self._device_flavor}")
        self.administrator.close()
        self.services.close()


@pytest.fixture(scope="session")
def openstack_bench() -> Iterator[OpenStackBench]:
    bench = OpenStackBench(json.loads(LAB_FILE.read_text(encoding="utf-8")))
    yield bench
    bench.close()
