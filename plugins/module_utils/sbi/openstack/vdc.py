# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""VDCs: a keystone project with our marks, and a user that is a member of this project and of nothing else."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from functools import partial
from typing import Any

from ansible_collections.operator_platform.federation.plugins.module_utils.errors import Conflict, NotFound
from ansible_collections.operator_platform.federation.plugins.module_utils.model.resources import Resources
from ansible_collections.operator_platform.federation.plugins.module_utils.model.vdc import Vdc
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack import (
    bandwidth,
    device_access,
    grant,
    marks,
    projects,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack.rest import (
    COMPUTE,
    IDENTITY,
    IMAGE,
    NETWORK,
    VOLUME,
    Services,
)

# keystone's bootstrap makes member imply reader; where somebody undid that, both are needed to read one's own objects.
ROLES = ("member", "reader")


def read(services: Services, names: Sequence[str]) -> dict[str, Vdc]:
    return {name: marks.vdc_of(project) for name, project in projects.ours(services, names, finished=False).items()}


def refuse_taken_name(services: Services, name: str) -> None:
    """Raise Conflict when a project or user of the VDC's name is somebody else's. Only reads."""
    project = projects.of_name(services, name)
    if project is not None and not marks.is_ours(project):
        raise Conflict(
            f"A project {name} exists, and it was not made by this collection: it is not taken over.",
            answered=f"project {project['id']} without the tag {marks.OWNED}",
            remedy="Give the VDC another name, or remove that project yourself.",
        )
    user = projects.user_of(services, name)
    if user is not None and (project is None or user.get("default_project_id") != project["id"]):
        raise Conflict(
            f"A user {user['name']} exists, and it was not made for this VDC: it is not taken over.",
            answered=f"user {user['id']} with the default project {user.get('default_project_id')}",
            remedy="Give the VDC another name, or remove that user yourself.",
        )


def create(services: Services, vdc: Vdc) -> None:
    """Make the VDC, or finish one that was begun. Its mark INCOMPLETE goes last."""
    refuse_taken_name(services, vdc.name)
    project = projects.of_name(services, vdc.name) or _create_project(services, vdc)
    grant.write_quotas(services, project["id"], Resources())
    user = projects.user_of(services, vdc.name) or _create_user(services, vdc.name, project["id"])
    for role in _roles(services):
        services.send("PUT", IDENTITY, f"/projects/{project['id']}/users/{user['id']}/roles/{role}")
    _write_marks(services, project, vdc, [tag for tag in project["tags"] if tag != marks.INCOMPLETE])


def update(services: Services, vdc: Vdc) -> None:
    project = projects.of_name(services, vdc.name)
    if project is None or not marks.is_complete(project):
        create(services, vdc)
        return
    _write_marks(services, project, vdc, project["tags"])


def refuse_deletion(services: Services, name: str) -> None:
    """Raise Conflict when the tenant left something behind. Only reads."""
    project = projects.of_name(services, name)
    if project is not None and marks.is_ours(project):
        _refuse_what_the_tenant_left(services, project)


def delete(services: Services, name: str) -> None:
    """Raises Conflict, before anything is removed, when the tenant left something behind."""
    project = projects.of_name(services, name)
    if project is None or not marks.is_ours(project):
        return
    _refuse_what_the_tenant_left(services, project)
    device_access.withdraw(services, project["id"])
    bandwidth.remove(services, project["id"])
    _remove_default_security_groups(services, project["id"])
    grant.forget_quotas(services, project["id"])
    user = projects.user_of(services, name)
    if user is not None and user.get("default_project_id") == project["id"]:
        services.remove(IDENTITY, f"/users/{user['id']}")
    services.remove(IDENTITY, f"/projects/{project['id']}")


def _create_project(services: Services, vdc: Vdc) -> dict[str, Any]:
    body = {
        "name": vdc.name,
        "domain_id": projects.domain_of(services),
        "description": vdc.description or "",
        "enabled": True,
        "tags": sorted({*marks.tags_of(vdc), marks.INCOMPLETE}),
    }
    return dict(services.send("POST", IDENTITY, "/projects", {"project": body})["project"])


def _create_user(services: Services, vdc_name: str, project_id: str) -> dict[str, Any]:
    """The password is thrown away: nobody logs in before a credential is issued (credential.py)."""
    body = {
        "name": projects.user_name(vdc_name),
        "domain_id": projects.domain_of(services),
        "default_project_id": project_id,
        "description": f"Credential of the VDC {vdc_name}",
        "password": new_password(),
        "enabled": True,
    }
    return dict(services.send("POST", IDENTITY, "/users", {"user": body}, secret=True)["user"])


def new_password() -> str:
    """256 random bits; the ending satisfies clouds that demand every kind of character."""
    return f"{secrets.token_urlsafe(32)}.aA1"


def _roles(services: Services) -> list[str]:
    found = {role["name"]: str(role["id"]) for role in services.pages(IDENTITY, "/roles", "roles")}
    if ROLES[0] not in found:
        raise NotFound(
            f"The cloud has no role {ROLES[0]}.",
            answered=f"roles there: {', '.join(sorted(found))}",
            remedy="Create it, as keystone-manage bootstrap does.",
        )
    return [found[name] for name in ROLES if name in found]


def _write_marks(services: Services, project: dict[str, Any], vdc: Vdc, observed_tags: list[str]) -> None:
    change: dict[str, Any] = {"tags": marks.tags_of(vdc, observed_tags)}
    if vdc.description is not None:
        change["description"] = vdc.description
    services.send("PATCH", IDENTITY, f"/projects/{project['id']}", {"project": change})


def _refuse_what_the_tenant_left(services: Services, project: dict[str, Any]) -> None:
    left = [f"{kind} {', '.join(sorted(names))}" for kind, names in _tenant_objects(services, project["id"]).items()]
    if left:
        raise Conflict(
            f"The VDC {project['name']} still holds what its tenant made; nothing was removed.",
            answered="; ".join(left),
            remedy="Let the tenant remove it (sbi_network with state absent for networks), then run the task again.",
            details={"left": left},
        )


def _tenant_objects(services: Services, project_id: str) -> dict[str, list[str]]:
    """What counts as the tenant's own, by kind; only kinds of which there is something."""
    all_of = {"all_tenants": "1", "project_id": project_id}
    mine = {"project_id": project_id}
    listings = {
        "instances": partial(services.pages, COMPUTE, "/servers", "servers", all_of),
        "networks": partial(services.pages, NETWORK, "/networks", "networks", mine),
        "routers": partial(services.pages, NETWORK, "/routers", "routers", mine),
        "floating IPs": partial(services.pages, NETWORK, "/floatingips", "floatingips", mine),
        "security groups": partial(services.pages, NETWORK, "/security-groups", "security_groups", mine),
    }
    if services.offers(VOLUME):
        listings["volumes"] = partial(services.pages, VOLUME, "/volumes", "volumes", all_of)
        listings["snapshots"] = partial(services.pages, VOLUME, "/snapshots", "snapshots", all_of)
    if services.offers(IMAGE):
        listings["images"] = partial(services.pages, IMAGE, "/images", "images", {"owner": project_id})
    found = services.together(listings)
    found["security groups"] = [group for group in found["security groups"] if group["name"] != "default"]
    return {kind: [_label(entry) for entry in entries] for kind, entries in found.items() if entries}


def _label(entry: dict[str, Any]) -> str:
    return str(entry.get("floating_ip_address") or entry.get("name") or entry["id"])


def _remove_default_security_groups(services: Services, project_id: str) -> None:
    """neutron makes one for every project it hears of, and keeps it when the project goes."""
    groups = services.pages(
        NETWORK, "/security-groups", "security_groups", {"project_id": project_id, "name": "default"}
    )
    for group in groups:
        services.remove(NETWORK, f"/security-groups/{group['id']}")
