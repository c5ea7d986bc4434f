# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Access to the running OpenStack lab. Everything is read from lab.json, as a playbook's inventory does."""

from __future__ import annotations

import json
import os
import subprocess
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openstack
import pytest
from openstack.connection import Connection

LAB_COMMAND = Path(__file__).resolve().parents[2] / "labs" / "openstack" / "lab"
LAB_FILE = Path(os.environ.get("LAB_RUN", "/var/tmp/federation-lab")) / "lab.json"


@pytest.fixture(scope="session")
def lab() -> dict[str, Any]:
    """What lab.json says."""
    return json.loads(LAB_FILE.read_text())


@pytest.fixture(scope="session")
def lab_command() -> Callable[..., subprocess.CompletedProcess[str]]:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([LAB_COMMAND, *arguments], capture_output=True, text=True, check=False, timeout=600)

    return run


@pytest.fixture(scope="session")
def snapshot(lab_command: Callable[..., subprocess.CompletedProcess[str]]) -> Callable[[], dict[str, Any]]:
    def take() -> dict[str, Any]:
        done = lab_command("snapshot")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return take


def connect(lab: dict[str, Any], **auth: Any) -> Connection:
    """A connection that knows nothing but its arguments: openstacksdk would merge a clouds.yaml that it finds."""
    return openstack.connect(
        auth_url=lab["auth_url"],
        region_name=lab["region"],
        cacert=lab["ca_cert"],
        load_yaml_config=False,
        load_envvars=False,
        **auth,
    )


@pytest.fixture(scope="session")
def administrator(lab: dict[str, Any]) -> Callable[[str], Connection]:
    """The infrastructure administrator of ``north`` or ``south``."""

    def log_in(operator: str) -> Connection:
        account = lab["operators"][operator]
        return connect(
            lab,
            username=account["username"],
            password=account["password"],
            project_name=account["project"],
            user_domain_name=account["domain"],
            project_domain_name=account["domain"],
        )

    return log_in


@dataclass
class Tenant:
    """A project that an operator made for a test, and a member of it with an application credential."""

    operator: str
    admin: Connection
    member: Connection
    project: Any
    user: Any
    tag: str


@pytest.fixture(scope="module", params=["north", "south"])
def tenant(
    request: pytest.FixtureRequest, lab: dict[str, Any], administrator: Callable[[str], Connection]
) -> Iterator[Tenant]:
    operator = request.param
    admin = administrator(operator)
    domain = admin.identity.find_domain(lab["operators"][operator]["domain"], ignore_missing=False)
    tag = f"test-{uuid.uuid4().hex[:8]}"
    password = uuid.uuid4().hex
    project = admin.identity.create_project(name=tag, domain_id=domain.id)
    user = None
    try:
        user = admin.identity.create_user(name=tag, password=password, domain_id=domain.id)
        admin.identity.assign_project_role_to_user(project, user, admin.identity.find_role("member"))
        person = connect(lab, username=tag, password=password, project_id=project.id, user_domain_id=domain.id)
        credential = person.identity.create_application_credential(user.id, tag)
        member = connect(
            lab,
            auth_type="v3applicationcredential",
            application_credential_id=credential.id,
            application_credential_secret=credential.secret,
        )
        yield Tenant(operator, admin, member, project, user, tag)
    finally:
        for group in admin.network.security_groups(project_id=project.id):
            admin.network.delete_security_group(group)
        admin.network.delete_quota(project.id)
        admin.compute.revert_quota_set(project)
        admin.block_storage.revert_quota_set(project)
        if user is not None:
            admin.identity.delete_user(user)
        admin.identity.delete_project(project)
