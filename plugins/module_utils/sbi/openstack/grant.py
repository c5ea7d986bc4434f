# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Making a grant real: quotas of nova, neutron and cinder, the bandwidth policy, access to devices."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from ansible_collections.operator_platform.federation.plugins.module_utils.errors import NotEnough
from ansible_collections.operator_platform.federation.plugins.module_utils.model.resources import UNITS, Resources
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack import (
    bandwidth,
    device_access,
    marks,
    projects,
    quotas,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack.rest import (
    COMPUTE,
    IDENTITY,
    NETWORK,
    VOLUME,
    Services,
)

DEVICE_PREFIX = "devices."


def read(services: Services, vdc_names: Sequence[str]) -> dict[str, Resources]:
    """One listing of projects, three of networks and policies, and the quotas of the named VDCs side by side."""
    found = projects.ours(services, vdc_names)
    if not found:
        return {}
    calls = {
        (name, service): call
        for name, project in found.items()
        for service, call in _quota_reads(services, project["id"]).items()
    }
    answers = services.together(calls)
    limits = (
        bandwidth.read(services, [project["id"] for project in found.values()])
        if bandwidth.is_offered(services)
        else None
    )
    granted = {}
    for name, project in found.items():
        held = marks.held_of(project["tags"])
        real = {
            **{key: value for key, value in held.items() if not key.startswith(DEVICE_PREFIX)},
            **_amounts({service: answers[name, service] for of, service in calls if of == name}, quotas.limit_of),
        }
        if limits is not None:
            real["bandwidth_mbps"] = limits[project["id"]]
        granted[name] = Resources(
            **real,
            devices={key[len(DEVICE_PREFIX) :]: value for key, value in held.items() if key.startswith(DEVICE_PREFIX)},
        )
    return granted


def refuse(services: Services, vdc_name: str, granted: Resources) -> None:
    """Raise NotEnough when ``granted`` cannot be made real. Only reads."""
    _check(services, projects.needed(services, vdc_name), granted)


def _check(services: Services, project: Mapping[str, Any], granted: Resources) -> list[dict[str, Any]]:
    """Returns the flavors with devices, which the check had to list anyway."""
    _refuse_less_than_used(services, project, granted)
    return device_access.refuse_more_than_there_is(
        services, project["id"], granted.devices, marks.vdc_of(project).zones
    )


def apply(services: Services, vdc_name: str, granted: Resources) -> None:
    """Checked before the first write; the held marks are written last, so a grant half made real is seen as such."""
    project = projects.needed(services, vdc_name)
    flavors = _check(services, project, granted)
    device_access.apply(services, project["id"], granted.devices, flavors)
    limited = bandwidth.is_offered(services)
    if limited:
        bandwidth.apply(services, project["id"], granted.bandwidth_mbps)
    write_quotas(services, project["id"], granted)
    held = {f"{DEVICE_PREFIX}{name}": count for name, count in granted.devices.items()}
    if not limited:
        held["bandwidth_mbps"] = granted.bandwidth_mbps
    if not services.offers(VOLUME):
        held["disk_gb"] = granted.disk_gb
    tags = marks.with_held(project["tags"], held)
    if tags != sorted(project["tags"]):
        services.send("PATCH", IDENTITY, f"/projects/{project['id']}", {"project": {"tags": tags}})


def write_quotas(services: Services, project_id: str, granted: Resources) -> None:
    wanted = quotas.quotas_for(granted)
    bodies: dict[str, tuple[str, dict[str, Any]]] = {
        COMPUTE: (f"/os-quota-sets/{project_id}", {"quota_set": dict(wanted.compute)}),
        NETWORK: (f"/quotas/{project_id}", {"quota": dict(wanted.network)}),
    }
    if services.offers(VOLUME):
        bodies[VOLUME] = (f"/os-quota-sets/{project_id}", {"quota_set": dict(wanted.volume)})
    services.together(
        {service: partial(services.send, "PUT", service, path, body) for service, (path, body) in bodies.items()}
    )


def forget_quotas(services: Services, project_id: str) -> None:
    """Remove the quota records of a project that is about to go: the services keep them otherwise."""
    paths = {COMPUTE: f"/os-quota-sets/{project_id}", NETWORK: f"/quotas/{project_id}"}
    if services.offers(VOLUME):
        paths[VOLUME] = f"/os-quota-sets/{project_id}"
    services.together({service: partial(services.remove, service, path) for service, path in paths.items()})


def _quota_reads(services: Services, project_id: str) -> dict[str, Callable[[], Mapping[str, Any]]]:
    """Limit and use of every quota, by service."""
    reads: dict[str, Callable[[], Mapping[str, Any]]] = {
        COMPUTE: lambda: services.get(COMPUTE, f"/os-quota-sets/{project_id}/detail")["quota_set"],
        NETWORK: lambda: services.get(NETWORK, f"/quotas/{project_id}/details.json")["quota"],
    }
    if services.offers(VOLUME):
        reads[VOLUME] = lambda: services.get(VOLUME, f"/os-quota-sets/{project_id}", {"usage": "True"})["quota_set"]
    return reads


def _amounts(answers: Mapping[str, Mapping[str, Any]], of: Callable[[Any], int]) -> dict[str, int]:
    names = {COMPUTE: quotas.COMPUTE_NAMES, NETWORK: quotas.NETWORK_NAMES, VOLUME: quotas.VOLUME_NAMES}
    return {
        name: amount
        for service, answer in answers.items()
        for name, amount in quotas.amounts(answer, names[service], of).items()
    }


def _refuse_less_than_used(services: Services, project: Mapping[str, Any], granted: Resources) -> None:
    used = _amounts(services.together(_quota_reads(services, project["id"])), quotas.used_of)
    beyond = [
        f"{amount} {UNITS[name]} of {name} in use, {getattr(granted, name)} to be granted"
        for name, amount in used.items()
        if amount > getattr(granted, name)
    ]
    if beyond:
        raise NotEnough(
            f"The VDC {project['name']} uses more than is to be granted: {'; '.join(beyond)}.",
            asked=f"quotas of project {project['id']}",
            remedy="Let the tenant free it first, or grant at least what is in use; nothing was changed.",
            details={"in_use": used, "granted": granted.to_dict()},
        )
