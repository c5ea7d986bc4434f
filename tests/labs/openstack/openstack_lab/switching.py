# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Open vSwitch, OVN and the network namespace that stands for the internet.

Open vSwitch runs its userspace (netdev) datapath, so no kernel module is needed. One ovn-controller per compute
host works on the same Open vSwitch, each with an integration bridge and an external bridge of its own.
"""

from __future__ import annotations

import subprocess

from openstack_lab.errors import LabError
from openstack_lab.processes import ProcessTable
from openstack_lab.settings import (
    CAMPUS_HOST,
    EXTERNAL_CIDR,
    EXTERNAL_GATEWAY,
    HARBOUR_HOST,
    OUTSIDE_NAMESPACE,
    Settings,
)

# compute host -> (integration bridge, external bridge)
BRIDGES = {CAMPUS_HOST: ("br-int", "br-ex"), HARBOUR_HOST: ("br-harbour", "br-harbour-ex")}
VETH_INSIDE, VETH_OUTSIDE = "lab-ext0", "lab-ext1"


def run(*command: str) -> str:
    """Run a command and return what it prints.

    :raises LabError: it failed; the text is its own
    """
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise LabError(f"'{' '.join(command)}' ended with status {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def start(settings: Settings, processes: ProcessTable) -> None:
    """Start the databases, the switch and OVN's daemons, and connect the outside namespace."""
    ovs, ovn = settings.run / "ovs", settings.run / "ovn"
    _start_database(processes, "ovsdb", ovs / "conf.db", "/usr/share/openvswitch/vswitch.ovsschema", ovs / "db.sock")
    _start_database(processes, "ovn-nb", ovn / "ovnnb.db", "/usr/share/ovn/ovn-nb.ovsschema", ovn / "ovnnb_db.sock")
    _start_database(processes, "ovn-sb", ovn / "ovnsb.db", "/usr/share/ovn/ovn-sb.ovsschema", ovn / "ovnsb_db.sock")
    run("ovs-vsctl", "--no-wait", "init")
    run("ovs-vsctl", "--no-wait", "set", "open", ".", *_chassis_settings(settings))
    database = f"unix:{ovs}/db.sock"
    processes.start(
        "vswitchd", ["ovs-vswitchd", database, f"--unixctl={ovs}/vswitchd.ctl", f"--pidfile={ovs}/ovs-vswitchd.pid"]
    )
    for integration, external in BRIDGES.values():
        for bridge in (integration, external):
            run(
                "ovs-vsctl",
                "--timeout=20",
                "--may-exist",
                "add-br",
                bridge,
                "--",
                "set",
                "bridge",
                bridge,
                "datapath_type=netdev",
            )
        run("ovs-vsctl", "--timeout=20", "set-fail-mode", integration, "secure")
    processes.start(
        "northd",
        [
            "ovn-northd",
            f"--ovnnb-db=unix:{ovn}/ovnnb_db.sock",
            f"--ovnsb-db=unix:{ovn}/ovnsb_db.sock",
            f"--unixctl={ovn}/northd.ctl",
            f"--pidfile={ovn}/northd.pid",
        ],
    )
    for host in BRIDGES:
        command = ["ovn-controller", "-n", host, database, f"--pidfile={ovn}/{host}.pid"]
        processes.start(f"ovn-controller-{host}", command)
    _connect_outside()


def remove(settings: Settings) -> None:
    """Remove the bridges and the outside namespace; what is not there is fine. Open vSwitch still runs."""
    socket = settings.run / "ovs" / "db.sock"
    if socket.exists():
        for bridges in BRIDGES.values():
            for bridge in bridges:
                # The switch may have died: its bridges died with it, so a failure here leaves nothing behind.
                command = ["ovs-vsctl", f"--db=unix:{socket}", "--timeout=5", "--if-exists", "del-br", bridge]
                subprocess.run(command, capture_output=True, check=False)
    if _has_namespace():
        run("ip", "netns", "del", OUTSIDE_NAMESPACE)
    # the pair dies with the namespace, unless `up` was interrupted before one end was moved there
    subprocess.run(["ip", "link", "del", VETH_INSIDE], capture_output=True, check=False)


def _start_database(processes: ProcessTable, name: str, file, schema: str, socket) -> None:
    if not file.exists():
        run("ovsdb-tool", "create", str(file), schema)
    command = ["ovsdb-server", file, f"--remote=punix:{socket}", f"--unixctl={file}.ctl", f"--pidfile={file}.pid"]
    processes.start(name, command)
    processes.wait_for(name, socket.is_socket, seconds=20)


def _chassis_settings(settings: Settings) -> list[str]:
    """OVN reads its settings from here. Those that differ between the chassis carry the chassis name as suffix."""
    common = {
        "system-id": CAMPUS_HOST,
        "ovn-remote": f"unix:{settings.run}/ovn/ovnsb_db.sock",
        "ovn-encap-type": "geneve",
        "ovn-bridge-datapath-type": "netdev",
        "ovn-monitor-all": "true",
        # Routers' gateways live on one host only, the one whose external bridge leads outside.
        f"ovn-cms-options-{CAMPUS_HOST}": "enable-chassis-as-gw",
    }
    for address, (host, (integration, external)) in zip(("127.0.0.1", "127.0.0.2"), BRIDGES.items(), strict=True):
        common[f"hostname-{host}"] = host
        common[f"ovn-encap-ip-{host}"] = address
        common[f"ovn-bridge-{host}"] = integration
        common[f"ovn-bridge-mappings-{host}"] = f"public:{external}"
    return [f"external_ids:{name}={value}" for name, value in common.items()]


def _has_namespace() -> bool:
    return OUTSIDE_NAMESPACE in (line.split()[0] for line in run("ip", "netns", "list").splitlines() if line)


def _connect_outside() -> None:
    if not _has_namespace():
        prefix_length = EXTERNAL_CIDR.partition("/")[2]
        inside = ["ip", "-n", OUTSIDE_NAMESPACE]
        run("ip", "netns", "add", OUTSIDE_NAMESPACE)
        run("ip", "link", "add", VETH_INSIDE, "type", "veth", "peer", "name", VETH_OUTSIDE)
        run("ip", "link", "set", VETH_OUTSIDE, "netns", OUTSIDE_NAMESPACE)
        run("ip", "link", "set", VETH_INSIDE, "up")
        run(*inside, "addr", "add", f"{EXTERNAL_GATEWAY}/{prefix_length}", "dev", VETH_OUTSIDE)
        run(*inside, "link", "set", VETH_OUTSIDE, "up")
        run(*inside, "link", "set", "lo", "up")
        # The userspace datapath forwards segments as they are: checksums must be there already.
        run("ethtool", "-K", VETH_INSIDE, "tx", "off")
        run("ip", "netns", "exec", OUTSIDE_NAMESPACE, "ethtool", "-K", VETH_OUTSIDE, "tx", "off")
    run("ovs-vsctl", "--timeout=20", "--may-exist", "add-port", BRIDGES[CAMPUS_HOST][1], VETH_INSIDE)
