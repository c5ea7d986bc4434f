# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Granted bandwidth: a neutron QoS policy in the tenant's project.

It is the project's default policy, so networks that the tenant makes get it by themselves; networks and floating IPs that
are there already get it here. Only an administrator may change it (neutron's policy), but a tenant may take it off a
network of its own: reading then finds the bandwidth not real, and the next run puts it back. neutron limits each port, not
their sum.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack.rest import NETWORK, Services

POLICY_NAME = "federation-bandwidth"
DIRECTIONS = ("egress", "ingress")
KBPS_PER_MBPS = 1000


def is_offered(services: Services) -> bool:
    """Has neutron the QoS extension?"""
    return any(extension["alias"] == "qos" for extension in services.get(NETWORK, "/extensions")["extensions"])


def read(services: Services, project_ids: Sequence[str]) -> dict[str, int]:
    """Mbit/s that hold for everything in each project; 0 where something goes without the limit. Three listings in all."""
    found = services.together(
        {
            "policies": partial(services.pages, NETWORK, "/qos/policies", "policies", {"name": POLICY_NAME}),
            "networks": partial(services.pages, NETWORK, "/networks", "networks", _bearers("id")),
            "floatingips": partial(services.pages, NETWORK, "/floatingips", "floatingips", _bearers("id")),
        }
    )
    policies = {policy["project_id"]: policy for policy in found["policies"]}
    bare: set[str] = set()
    for bearer in (*found["networks"], *found["floatingips"]):
        policy = policies.get(bearer["project_id"])
        if policy is not None and bearer.get("qos_policy_id") != policy["id"]:
            bare.add(bearer["project_id"])
    return {project_id: 0 if project_id in bare else mbps_of(policies.get(project_id)) for project_id in project_ids}


def mbps_of(policy: dict[str, Any] | None) -> int:
    """The limit of a policy that limits both directions alike; 0 when it does not."""
    rules = {
        rule.get("direction", "egress"): int(rule["max_kbps"])
        for rule in (policy or {}).get("rules", ())
        if rule.get("type") == "bandwidth_limit"
    }
    if set(rules) != set(DIRECTIONS) or len(set(rules.values())) != 1:
        return 0
    return next(iter(rules.values())) // KBPS_PER_MBPS


def apply(services: Services, project_id: str, mbps: int) -> None:
    """Limit everything in the project to ``mbps``; 0 takes the policy away (nothing promised, nothing limited)."""
    if not mbps:
        remove(services, project_id)
        return
    policy = _policy(services, project_id) or _create(services, project_id)
    _write_rules(services, policy, mbps * KBPS_PER_MBPS)
    _attach(services, project_id, policy["id"])


def remove(services: Services, project_id: str) -> None:
    policy = _policy(services, project_id)
    if policy is not None:
        _attach(services, project_id, None, instead_of=policy["id"])
        services.remove(NETWORK, f"/qos/policies/{policy['id']}")


def _bearers(*fields: str) -> list[tuple[str, Any]]:
    return [("fields", name) for name in ("project_id", "qos_policy_id", *fields)]


def _policy(services: Services, project_id: str) -> dict[str, Any] | None:
    wanted = {"project_id": project_id, "name": POLICY_NAME}
    listing = services.pages(NETWORK, "/qos/policies", "policies", wanted)
    return listing[0] if listing else None


def _create(services: Services, project_id: str) -> dict[str, Any]:
    body = {
        "name": POLICY_NAME,
        "project_id": project_id,
        "is_default": True,
        "shared": False,
        "description": "Bandwidth granted to this VDC",
    }
    return dict(services.send("POST", NETWORK, "/qos/policies", {"policy": body})["policy"])


def _write_rules(services: Services, policy: dict[str, Any], kbps: int) -> None:
    """One rule a direction; what is more, goes."""
    path = f"/qos/policies/{policy['id']}/bandwidth_limit_rules"
    present = {
        rule.get("direction", "egress"): rule
        for rule in policy.get("rules", ())
        if rule.get("type") == "bandwidth_limit"
    }
    for direction in DIRECTIONS:
        rule = present.get(direction)
        if rule is None:
            body = {"bandwidth_limit_rule": {"max_kbps": kbps, "direction": direction}}
            services.send("POST", NETWORK, path, body)
        elif int(rule["max_kbps"]) != kbps:
            services.send("PUT", NETWORK, f"{path}/{rule['id']}", {"bandwidth_limit_rule": {"max_kbps": kbps}})


def _attach(services: Services, project_id: str, policy_id: str | None, instead_of: str | None = None) -> None:
    """Put the policy on what lacks it; with None, take ``instead_of`` off what has it."""
    for kind, name in (("networks", "network"), ("floatingips", "floatingip")):
        asked = [("project_id", project_id), *_bearers("id")]
        bearers = services.pages(NETWORK, f"/{kind}", kind, asked)
        calls = {
            bearer["id"]: partial(
                services.send, "PUT", NETWORK, f"/{kind}/{bearer['id']}", {name: {"qos_policy_id": policy_id}}
            )
            for bearer in _to_change(bearers, policy_id, instead_of)
        }
        services.together(calls)


def _to_change(
    bearers: Iterable[dict[str, Any]], policy_id: str | None, instead_of: str | None
) -> list[dict[str, Any]]:
    if policy_id is None:
        return [bearer for bearer in bearers if bearer.get("qos_policy_id") == instead_of]
    return [bearer for bearer in bearers if bearer.get("qos_policy_id") != policy_id]
