# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The keystone projects that are VDCs: found by our mark, in the administrator's own project domain only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ansible_collections.operator_platform.federation.plugins.module_utils.errors import NotFound
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack import marks
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack.rest import IDENTITY, Services

Project = dict[str, Any]


def domain_of(services: Services) -> str:
    """The id of the domain that the credential's own project is in."""
    return str(services.access.project_domain_id)


def ours(services: Services, names: Sequence[str], *, finished: bool = True) -> dict[str, Project]:
    """The VDC projects of these names, by name; with finished=False those, too, that were begun and cut off. One listing,
    filtered by domain and mark on the server."""
    wanted = set(names)
    listing = services.pages(IDENTITY, "/projects", "projects", {"domain_id": domain_of(services), "tags": marks.OWNED})
    return {
        project["name"]: project
        for project in listing
        if project["name"] in wanted and (marks.is_complete(project) or not finished)
    }


def of_name(services: Services, name: str) -> Project | None:
    """The project of that name whoever made it, finished or not."""
    listing = services.pages(IDENTITY, "/projects", "projects", {"domain_id": domain_of(services), "name": name})
    return listing[0] if listing else None


def needed(services: Services, name: str) -> Project:
    """The finished VDC project of that name, or NotFound."""
    project = of_name(services, name)
    if project is None or not marks.is_complete(project):
        raise NotFound(
            f"There is no VDC {name} on this cloud.",
            asked=f"project {name} with the tag {marks.OWNED} in the domain {domain_of(services)}",
            remedy="Create it first (sbi_vdc), with a credential of the same domain.",
        )
    return project


def user_name(vdc_name: str) -> str:
    return f"{vdc_name}-partner"


def user_of(services: Services, vdc_name: str) -> dict[str, Any] | None:
    """The VDC's own user, None when there is none. A user of that name in another project is somebody else's."""
    listing = services.pages(
        IDENTITY, "/users", "users", {"domain_id": domain_of(services), "name": user_name(vdc_name)}
    )
    return listing[0] if listing else None
