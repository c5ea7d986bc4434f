# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings the lab up: what is started, in which order, and what each step waits for."""

from __future__ import annotations

import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import openstack
from keystoneauth1.exceptions import ClientException
from openstack.exceptions import SDKException

from openstack_lab import databases, switching
from openstack_lab.catalogue import register_services
from openstack_lab.computes import compute_ready
from openstack_lab.configuration import compute_template, make_directories, write_configuration
from openstack_lab.description import write_clouds, write_description
from openstack_lab.errors import LabError, ServiceError
from openstack_lab.passwords import load_or_create
from openstack_lab.processes import ProcessTable
from openstack_lab.seed import seed
from openstack_lab.settings import (
    APIS,
    AVAILABILITY_ZONES,
    CAMPUS_HOST,
    HARBOUR_HOST,
    MESSAGE_QUEUE_DISTRIBUTION_PORT,
    MESSAGE_QUEUE_PORT,
    PORT_MAPPER_PORT,
    Settings,
)
from openstack_lab.shutdown import bring_down, remove_sockets
from openstack_lab.tls import ensure_certificates


def answers(url: str, context: ssl.SSLContext | None = None) -> bool:
    """Whether ``url`` answers with anything but a server error (401 and 300 are answers)."""
    try:
        with urllib.request.urlopen(url, timeout=5, context=context):  # the lab's own addresses
            return True
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False


class Startup:
    """One run of ``lab up``."""

    def __init__(self, settings: Settings, say: Callable[[str], None]) -> None:
        self._settings = settings
        self._say = say
        self._processes = ProcessTable(settings.run, settings.nice)

    def run(self) -> None:
        """Start everything and prepare the cloud.

        :raises ServiceError: a service did not come up
        :raises LabError: anything else that stands in the way, such as a port that somebody else uses
        """
        settings = self._settings
        running = [name for name in self._processes.names() if self._processes.pid_of(name)]
        if not running:
            self._refuse_taken_ports()
            remove_sockets(settings)  # left by a lab that had no time to stop, such as at a power cut
        settings.export()
        make_directories(settings)
        settings.record()
        passwords = load_or_create(settings)
        ensure_certificates(settings)
        write_clouds(settings, passwords)
        changed = write_configuration(settings, passwords)
        if changed and running:
            self._say(
                f"configuration changed: {', '.join(changed)}. Services that run keep the old one; 'lab down' and 'lab up' apply it"
            )
        self._start_foundation(passwords)
        self._start_keystone(passwords)
        self._start_services()
        started = self._start_computes()
        self._wait_for_services()
        try:
            self._prepare_cloud(passwords, started)
        except (SDKException, ClientException) as error:  # the second one is keystoneauth's, for connections and logins
            raise LabError(f"OpenStack is up, but refused to be prepared: {type(error).__name__}: {error}") from error
        write_description(settings, passwords)

    def _prepare_cloud(self, passwords: Mapping[str, str], started: datetime) -> None:
        """Wait for the compute hosts and make what both operators need."""
        cloud = openstack.connect(cloud="lab-admin")
        for host in AVAILABILITY_ZONES.values():
            ready = partial(compute_ready, cloud, host, started)
            self._processes.wait_for(f"nova-compute-{host}", ready, seconds=180)
        self._say("compute hosts are up and known to placement")
        self._refuse_ended_services()
        made = seed(cloud, self._settings, passwords)
        self._say(f"prepared: {', '.join(made)}" if made else "both operators are prepared")

    def _refuse_taken_ports(self) -> None:
        ports = {
            MESSAGE_QUEUE_PORT: "RabbitMQ",
            MESSAGE_QUEUE_DISTRIBUTION_PORT: "RabbitMQ",
            PORT_MAPPER_PORT: "Erlang port mapper",
        }
        for api in APIS.values():
            ports[api.internal_port] = ports[api.public_port] = api.service
        taken = [f"{port} ({user})" for port, user in sorted(ports.items()) if databases.listens(port)]
        if taken:
            raise LabError(
                f"these ports of 127.0.0.1 are in use by something that this lab ({self._settings.run}) did not start: {', '.join(taken)}. "
                "Another lab with another LAB_RUN? Stop it first; 'ss -ltnp' shows who listens"
            )

    def _refuse_ended_services(self) -> None:
        """Services that nothing above waits for, such as ovn-controller, may have ended right after their start."""
        for name in self._processes.names():
            if not self._processes.pid_of(name):
                raise ServiceError(f"{name} has ended", self._processes.log_of(name))

    def _start_foundation(self, passwords: Mapping[str, str]) -> None:
        settings, processes = self._settings, self._processes
        databases.start_mariadb(settings, processes)
        databases.start_rabbitmq(settings, processes)
        switching.start(settings, processes)
        databases.wait_for_mariadb(settings, processes)
        self._say("MariaDB, Open vSwitch and OVN are up")
        self._say(f"database schemas: {databases.create_schemas(settings)}")
        databases.prepare_keystone(settings, passwords["admin"])

    def _start_keystone(self, passwords: Mapping[str, str]) -> None:
        settings, processes = self._settings, self._processes
        etc = settings.etc / "keystone"
        environment = {"OS_KEYSTONE_CONFIG_FILES": str(etc / "keystone.conf"), "OS_KEYSTONE_CONFIG_DIR": str(etc)}
        processes.start("keystone", self._wsgi("keystone.wsgi.api", APIS["keystone"].internal_port), environment)
        processes.start("haproxy", ["haproxy", "-db", "-f", settings.etc / "haproxy.cfg"])
        processes.wait_for("keystone", lambda: answers(APIS["keystone"].internal_url), seconds=60)
        processes.wait_for("haproxy", lambda: answers(APIS["keystone"].public_url, self._tls()), seconds=20)
        registered = settings.run / ".catalogue"
        if not registered.exists():
            register_services(openstack.connect(cloud="lab-admin"), passwords)
            registered.touch()
        self._say("keystone is up")

    def _start_services(self) -> None:
        processes, etc = self._processes, self._settings.etc
        placement = self._wsgi("placement.wsgi.api", APIS["placement"].internal_port)
        processes.start("placement", placement, {"OS_PLACEMENT_CONFIG_DIR": str(etc / "placement")})
        processes.start("glance", ["glance-api", "--config-file", etc / "glance/glance-api.conf"])
        neutron = [
            "neutron-server",
            "--config-file",
            etc / "neutron/neutron.conf",
            "--config-file",
            etc / "neutron/ml2.ini",
        ]
        processes.start("neutron", neutron)
        databases.wait_for_rabbitmq(processes)
        for name, program in (
            ("conductor", "nova-conductor"),
            ("scheduler", "nova-scheduler"),
            ("api", "nova-api-os-compute"),
        ):
            processes.start(f"nova-{name}", [program, "--config-file", etc / "nova/nova.conf"])
        for name in ("api", "scheduler", "volume"):
            processes.start(f"cinder-{name}", [f"cinder-{name}", "--config-file", etc / "cinder/cinder.conf"])

    def _start_computes(self) -> datetime:
        """Start the compute hosts; return the time from which on their reports count.

        A host that was running reports every ten seconds, so what it said before this call is not waited for anew.
        """
        settings, processes = self._settings, self._processes
        started = datetime.now(UTC).replace(microsecond=0)
        if all(processes.pid_of(f"nova-compute-{host}") for host in AVAILABILITY_ZONES.values()):
            started = datetime.min.replace(tzinfo=UTC)
        # A compute host that cannot reach placement or the API at its start waits a minute before it tries again.
        processes.wait_for("placement", lambda: answers(f"{APIS['placement'].internal_url}/"), seconds=90)
        for host in (HARBOUR_HOST, CAMPUS_HOST):
            if compute_template(settings, host) == "nova-compute-qemu.conf.j2":
                processes.start("libvirtd", ["unshare", "--mount", "bash", settings.etc / "libvirt/libvirtd.sh"])
                processes.wait_for("libvirtd", settings.libvirt_socket.is_socket, seconds=30)
                program = ["nova-compute"]
            else:
                program = [settings.venv / "bin/python3", Path(__file__).parent / "fake_compute" / "run.py"]
            files = [
                "--config-file",
                settings.etc / "nova/nova.conf",
                "--config-file",
                settings.etc / f"nova/{host}.conf",
            ]
            processes.start(f"nova-compute-{host}", [*program, *files])
        return started

    def _wait_for_services(self) -> None:
        """Wait for the plain port, then for the way through TLS that clients take."""
        for name, service in (
            ("glance", "glance"),
            ("neutron", "neutron"),
            ("nova", "nova-api"),
            ("cinder", "cinder-api"),
        ):
            port = APIS[name].internal_port
            self._processes.wait_for(service, lambda port=port: answers(f"http://127.0.0.1:{port}/"), seconds=120)
        context = self._tls()
        for api in APIS.values():
            url = f"https://127.0.0.1:{api.public_port}/"
            self._processes.wait_for("haproxy", lambda url=url: answers(url, context), seconds=20)
        self._say("every API answers over TLS")

    def _wsgi(self, module: str, port: int) -> list[str | Path]:
        return [self._settings.venv / "bin/python3", Path(__file__).with_name("serve_wsgi.py"), module, str(port)]

    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self._settings.ca_certificate))


def bring_up(settings: Settings) -> None:
    """``lab up``: the whole start, and once more when a service did not come up.

    A lab that had never been ready starts the second time from nothing; one that had been keeps its state.
    """
    started = settings.as_started()
    if started is not None and ProcessTable(settings.run).names() and started.virt != settings.virt:
        raise LabError(f"the lab runs with LAB_VIRT={started.virt}, asked for was {settings.virt}: 'lab down' first")
    begin = time.monotonic()

    def say(text: str) -> None:
        print(f"lab [{time.monotonic() - begin:5.1f}s] {text}", flush=True)

    been_ready = settings.run / ".been-ready"
    try:
        Startup(settings, say).run()
    except ServiceError as error:
        say(f"{error}\n---- the end of {error.log}\n{error.log_tail()}\n----")
        say("starting the whole lab once more")
        say(bring_down(settings, wipe=not been_ready.exists()))
        Startup(settings, say).run()
    been_ready.touch()
    say(f"lab ready: {settings.description}")
