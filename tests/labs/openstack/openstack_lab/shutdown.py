# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes the lab down: exactly the processes, bridges and namespace that it made. Standard library only."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from openstack_lab import switching
from openstack_lab.errors import LabError
from openstack_lab.processes import ProcessTable
from openstack_lab.settings import CAMPUS_HOST, HARBOUR_HOST, Settings

# First those that use the others; what is not named here (databases, message queue, switch) is stopped last.
FIRST = [f"nova-compute-{CAMPUS_HOST}", f"nova-compute-{HARBOUR_HOST}", "nova-api", "nova-scheduler", "nova-conductor"]
FIRST += ["cinder-api", "cinder-scheduler", "cinder-volume", "neutron", "glance", "placement", "haproxy", "keystone"]
SECOND = ["libvirtd", f"ovn-controller-{CAMPUS_HOST}", f"ovn-controller-{HARBOUR_HOST}", "northd"]


def bring_down(settings: Settings, wipe: bool) -> str:
    """Stop everything; with ``wipe`` remove ``$LAB_RUN``, too. Return what was done.

    :raises LabError: processes are left
    """
    settings.export()
    if not (settings.run / "pid").is_dir():
        return f"there is no lab in {settings.run}"
    # While the lab is on its way down it is not ready; clients look for this file.
    settings.description.unlink(missing_ok=True)
    processes = ProcessTable(settings.run)
    _stop_guests(settings)
    processes.stop(FIRST)
    processes.stop(SECOND)
    switching.remove(settings)
    left = processes.stop()
    if left:
        raise LabError(f"these processes of the lab did not end: {', '.join(map(str, left))}")
    remove_sockets(settings)
    _remove_guest_groups()
    if wipe:
        shutil.rmtree(settings.run)
        return f"the lab is down, {settings.run} is removed"
    return f"the lab is down; its state stays in {settings.run}"


def remove_sockets(settings: Settings) -> None:
    """Remove the unix sockets of services that do not run any more: they look as if somebody listened."""
    for pattern in ("ovs/*.sock", "ovn/*.sock", "libvirt/sock/*", "mysql/mysql.sock"):
        for socket in settings.run.glob(pattern):
            socket.unlink()


def _stop_guests(settings: Settings) -> None:
    """Ask libvirt to end the guests; those that it does not reach are found by ProcessTable.stop()."""
    if not settings.libvirt_socket.is_socket():
        return
    virsh = ["virsh", "--quiet", "--connect", f"qemu+unix:///system?socket={settings.libvirt_socket}"]
    try:
        listed = subprocess.run([*virsh, "list", "--name"], capture_output=True, text=True, timeout=20, check=False)
        for guest in listed.stdout.split():
            subprocess.run([*virsh, "destroy", guest], capture_output=True, timeout=20, check=False)
    except subprocess.TimeoutExpired:
        print("lab: libvirtd does not answer; its guests are stopped directly")


def _remove_guest_groups() -> None:
    """libvirt leaves an empty control group a guest; a group that is in use cannot be removed."""
    for folder in sorted(Path("/sys/fs/cgroup").glob("**/machine/**/"), reverse=True):
        try:
            folder.rmdir()
        except OSError:
            continue  # in use by somebody else's guests
