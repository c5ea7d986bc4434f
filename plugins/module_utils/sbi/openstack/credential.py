# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Credentials scoped to a VDC: keystone application credentials of the VDC's own user.

Only a user can make its own application credential (keystone's policy), so the user gets a fresh random password, logs in
once, and the password is thrown away.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from functools import partial
from typing import Any

from ansible_collections.operator_platform.federation.plugins.module_utils.errors import (
    AuthenticationFailed,
    Conflict,
    InvalidInput,
    NotFound,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack import projects, vdc
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack.connection import (
    ca_of,
    connect,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack.rest import IDENTITY, Services
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.platform import ControlEndpoint
from ansible_collections.operator_platform.federation.plugins.module_utils.waiting import wait_until


def exists(services: Services, vdc_names: Sequence[str]) -> dict[str, bool]:
    found = projects.ours(services, vdc_names)
    users = services.together({name: partial(projects.user_of, services, name) for name in found})
    credentials = services.together(
        {name: partial(_credentials, services, str(user["id"])) for name, user in users.items() if user}
    )
    return {name: bool(credentials.get(name)) for name in found}


def issue(services: Services, endpoint: ControlEndpoint, vdc_name: str) -> dict[str, str]:
    """The new one first, then the old ones go: a failure in between leaves the partner able to work."""
    user = _user(services, vdc_name)
    former = _credentials(services, user["id"])
    credential = _make(services, endpoint, vdc_name, user)
    for old in former:
        services.remove(IDENTITY, f"/users/{user['id']}/application_credentials/{old['id']}")
    return _access_vars(endpoint, credential)


def withdraw(services: Services, vdc_name: str) -> None:
    if vdc_name not in projects.ours(services, [vdc_name]):
        return
    user = projects.user_of(services, vdc_name)
    if user is None:
        return
    for credential in _credentials(services, user["id"]):
        services.remove(IDENTITY, f"/users/{user['id']}/application_credentials/{credential['id']}")


def _credentials(services: Services, user_id: str) -> list[dict[str, Any]]:
    return services.pages(IDENTITY, f"/users/{user_id}/application_credentials", "application_credentials")


def _user(services: Services, vdc_name: str) -> dict[str, Any]:
    project = projects.needed(services, vdc_name)
    user = projects.user_of(services, vdc_name)
    if user is None:
        raise NotFound(
            f"The VDC {vdc_name} has lost its user {projects.user_name(vdc_name)}.",
            remedy="Delete the VDC and create it again (sbi_vdc).",
        )
    if user.get("default_project_id") != project["id"]:
        raise Conflict(
            f"The user {user['name']} was not made for the VDC {vdc_name}: no credential is issued for it.",
            remedy="Rename or remove that user, then create the VDC again.",
        )
    return user


def _make(services: Services, endpoint: ControlEndpoint, vdc_name: str, user: dict[str, Any]) -> dict[str, Any]:
    password = vdc.new_password()
    services.send("PATCH", IDENTITY, f"/users/{user['id']}", {"user": {"password": password}}, secret=True)
    log_in = ControlEndpoint(
        cloudlet=vdc_name,
        platform_type=endpoint.platform_type,
        access_vars={
            "OS_AUTH_URL": endpoint.access_vars["OS_AUTH_URL"],
            "OS_USERNAME": user["name"],
            "OS_PASSWORD": password,
            "OS_PROJECT_NAME": vdc_name,
            "OS_USER_DOMAIN_NAME": services.access.project_domain_name,
            "OS_PROJECT_DOMAIN_NAME": services.access.project_domain_name,
            **{name: endpoint.access_vars[name] for name in ("OS_REGION_NAME",) if name in endpoint.access_vars},
        },
        ca_cert=ca_of(endpoint),
    )
    body = {
        "name": f"{vdc_name}-{secrets.token_hex(4)}",
        "description": f"Access to the VDC {vdc_name}",
        # Restricted: it cannot make further credentials. No roles named: it gets those of the log-in, implied ones too.
        "unrestricted": False,
    }

    def attempt() -> list[dict[str, Any]]:
        """keystone revokes what was issued in the same second as the new password, and remembers for a moment that the role
        was not there: both refusals are tried anew."""
        as_user = Services(connect(log_in), vdc_name, services.surroundings)
        try:
            answer = as_user.send(
                "POST",
                IDENTITY,
                f"/users/{user['id']}/application_credentials",
                {"application_credential": body},
                secret=True,
            )
        except AuthenticationFailed:
            return []
        except InvalidInput as error:
            if "role assignment" not in str(error):
                raise
            return []
        finally:
            as_user.close()
        return [dict(answer["application_credential"])]

    made = wait_until(
        f"keystone to accept the new log-in of {user['name']}",
        attempt,
        bool,
        services.surroundings.deadline,
        delay=1.0,
        report=services.surroundings.report,
        describe=lambda _credential: "not accepted yet",
    )
    return made[0]


def _access_vars(endpoint: ControlEndpoint, credential: dict[str, Any]) -> dict[str, str]:
    """OS_PROJECT_NAME is left out on purpose: clients would ask keystone for that scope, and it refuses any scope beside
    an application credential's own."""
    access = {
        "OS_AUTH_URL": endpoint.access_vars["OS_AUTH_URL"],
        "OS_APPLICATION_CREDENTIAL_ID": str(credential["id"]),
        "OS_APPLICATION_CREDENTIAL_SECRET": str(credential["secret"]),
    }
    if endpoint.access_vars.get("OS_REGION_NAME"):
        access["OS_REGION_NAME"] = endpoint.access_vars["OS_REGION_NAME"]
    authority = ca_of(endpoint)
    if authority:
        access["OS_CACERT_DATA"] = authority
    return access
