# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells clients how to reach the lab: clouds.yaml, lab.json, shell exports."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from typing import Any

from openstack_lab.files import write_private
from openstack_lab.seed import FLAVORS, IMAGE, OPERATORS
from openstack_lab.settings import (
    APIS,
    AVAILABILITY_ZONES,
    EXTERNAL_CIDR,
    EXTERNAL_NETWORK,
    OUTSIDE_NAMESPACE,
    REGION,
    Settings,
)


def write_clouds(settings: Settings, passwords: Mapping[str, str]) -> None:
    """clouds.yaml with the clouds lab-admin, north-infra and south-infra, all over TLS. JSON is YAML."""
    accounts = [("lab-admin", "admin", "admin", "Default")]
    accounts += [(operator.user, operator.user, operator.project, operator.domain) for operator in OPERATORS]
    clouds = {
        cloud: {
            "region_name": REGION,
            "interface": "public",
            "identity_api_version": "3",
            "cacert": str(settings.ca_certificate),
            "verify": True,
            "auth": {
                "auth_url": APIS["keystone"].public_url,
                "username": user,
                "password": passwords[user],
                "project_name": project,
                "user_domain_name": domain,
                "project_domain_name": domain,
            },
        }
        for cloud, user, project, domain in accounts
    }
    write_private(settings.clouds_file, json.dumps({"clouds": clouds}, indent=2) + "\n")


def describe(settings: Settings, passwords: Mapping[str, str]) -> dict[str, Any]:
    """The content of lab.json. Playbooks' inventory and tests read nothing else."""
    return {
        "auth_url": APIS["keystone"].public_url,
        "ca_cert": str(settings.ca_certificate),
        "region": REGION,
        "operators": {
            operator.name: {
                "domain": operator.domain,
                "username": operator.user,
                "password": passwords[operator.user],
                "project": operator.project,
            }
            for operator in OPERATORS
        },
        "availability_zones": list(AVAILABILITY_ZONES),
        "hosts": AVAILABILITY_ZONES,
        "external_network": EXTERNAL_NETWORK,
        "external_cidr": EXTERNAL_CIDR,
        "outside_namespace": OUTSIDE_NAMESPACE,
        "images": [IMAGE],
        "flavors": [flavor.name for flavor in FLAVORS],
        "devices": {"CUSTOM_GPU": settings.gpus},
        "virt": settings.virt,
        "run_directory": str(settings.run),
        "clouds_yaml": str(settings.clouds_file),
    }


def write_description(settings: Settings, passwords: Mapping[str, str]) -> None:
    write_private(settings.description, json.dumps(describe(settings, passwords), indent=2) + "\n")


def shell_exports(settings: Settings) -> str:
    """What `eval "$(lab env)"` sets: no secret, only where the files are."""
    values = {
        "OS_CLIENT_CONFIG_FILE": settings.clouds_file,
        "LAB_JSON": settings.description,
        "LAB_RUN": settings.run,
        "LAB_VENV": settings.venv,
        "FEDERATION_LAB_HOME": settings.home,
        "OVS_RUNDIR": settings.run / "ovs",
        "OVN_RUNDIR": settings.run / "ovn",
    }
    return "\n".join(f"export {name}={shlex.quote(str(value))}" for name, value in values.items())
