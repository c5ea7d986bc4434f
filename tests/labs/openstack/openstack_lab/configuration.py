# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes every service's configuration file from ``templates/``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import jinja2

from openstack_lab.files import write_private
from openstack_lab.settings import (
    APIS,
    CAMPUS_HOST,
    HARBOUR_HOST,
    MESSAGE_QUEUE_PORT,
    REGION,
    Settings,
)

# file below $LAB_RUN/etc -> template
FILES = {
    "keystone/keystone.conf": "keystone.conf.j2",
    "glance/glance-api.conf": "glance-api.conf.j2",
    "placement/placement.conf": "placement.conf.j2",
    "nova/nova.conf": "nova.conf.j2",
    "nova/devices/gpu.yaml": "devices.yaml.j2",
    "neutron/neutron.conf": "neutron.conf.j2",
    "neutron/ml2.ini": "ml2.ini.j2",
    "cinder/cinder.conf": "cinder.conf.j2",
    "mariadb.cnf": "mariadb.cnf.j2",
    "rabbitmq.conf": "rabbitmq.conf.j2",
    "haproxy.cfg": "haproxy.cfg.j2",
    "libvirt/libvirtd.conf": "libvirtd.conf.j2",
    "libvirt/libvirtd.sh": "libvirtd.sh.j2",
    "../libvirt/etc/qemu.conf": "libvirt-qemu.conf.j2",  # libvirtd looks for it in /etc/libvirt
}

# Directories below $LAB_RUN. Private: they hold secrets, databases, or sockets that give full control.
PRIVATE_DIRECTORIES = (
    "etc",
    "log",
    "pid",
    "mysql",
    "rabbit",
    "ovs",
    "ovn",
    "libvirt",
    "glance",
    "nova",
    "neutron",
    "cinder",
    "lock",
)
DIRECTORIES = (
    "glance/images",
    "glance/staging",
    "glance/tasks",
    "nova/instances",
    f"{HARBOUR_HOST}/instances",
    f"{CAMPUS_HOST}/instances",
    "libvirt/sock",
    "libvirt/var",
    "libvirt/run",
    "libvirt/cache",
    "libvirt/log",
)


def compute_template(settings: Settings, host: str) -> str:
    """Which kind of compute host ``host`` is."""
    return (
        "nova-compute-qemu.conf.j2" if settings.virt == "both" and host == CAMPUS_HOST else "nova-compute-fake.conf.j2"
    )


def make_directories(settings: Settings) -> None:
    """Make ``$LAB_RUN`` and what the services expect below it."""
    settings.run.mkdir(mode=0o755, parents=True, exist_ok=True)
    for name in PRIVATE_DIRECTORIES:
        (settings.run / name).mkdir(mode=0o700, exist_ok=True)
    for name in DIRECTORIES:
        (settings.run / name).mkdir(parents=True, exist_ok=True)


def write_configuration(settings: Settings, passwords: Mapping[str, str]) -> list[str]:
    """Render every file, mode 0600; return those whose content changed."""
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,  # INI files, not HTML; every value is the lab's own
    )
    values = {
        "run": settings.run,
        "etc": settings.etc,
        "log": settings.log,
        "venv": settings.venv,
        "gpus": settings.gpus,
        "apis": APIS,
        "region": REGION,
        "message_queue_port": MESSAGE_QUEUE_PORT,
        "passwords": passwords,
    }
    changed = []
    for name, template in FILES.items():
        if write_private(settings.etc / name, templates.get_template(template).render(values)):
            changed.append(name)
    for host in (HARBOUR_HOST, CAMPUS_HOST):
        text = templates.get_template(compute_template(settings, host)).render(values, host=host)
        if write_private(settings.etc / "nova" / f"{host}.conf", text):
            changed.append(f"nova/{host}.conf")
    return changed
