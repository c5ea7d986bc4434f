# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the lab lives, which ports it uses, what its hosts are called. Standard library only."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from openstack_lab.errors import LabError

REGION = "RegionOne"
# Compute hosts. The names are the nova hosts and the OVN chassis; each is alone in its availability zone.
HARBOUR_HOST = "lab-harbour"  # nova's fake driver: every API step is real, the server is not
CAMPUS_HOST = "lab-campus"  # libvirt and QEMU: real guests (LAB_VIRT=fake: a second fake driver)
AVAILABILITY_ZONES = {"az-harbour": HARBOUR_HOST, "az-campus": CAMPUS_HOST}

EXTERNAL_NETWORK = "public"
EXTERNAL_CIDR = "172.24.4.0/24"
EXTERNAL_GATEWAY = "172.24.4.1"
EXTERNAL_POOL = ("172.24.4.10", "172.24.4.200")
OUTSIDE_NAMESPACE = "lab-ext"  # network namespace that stands for the internet; holds EXTERNAL_GATEWAY


@dataclass(frozen=True)
class Api:
    """One OpenStack API: plain HTTP among the services, TLS for everybody else, both on loopback."""

    service: str
    service_type: str
    internal_port: int
    public_port: int
    path: str = ""

    @property
    def internal_url(self) -> str:
        return f"http://127.0.0.1:{self.internal_port}{self.path}"

    @property
    def public_url(self) -> str:
        return f"https://127.0.0.1:{self.public_port}{self.path}"


# Internal ports are the services' own defaults; the public ones are those plus 10000.
APIS = {
    api.service: api
    for api in (
        Api("keystone", "identity", 5000, 15000, "/v3"),
        Api("glance", "image", 9292, 19292),
        Api("placement", "placement", 8778, 18778),
        Api("nova", "compute", 8774, 18774, "/v2.1"),
        Api("neutron", "network", 9696, 19696),
        Api("cinder", "block-storage", 8776, 18776, "/v3"),
    )
}
MESSAGE_QUEUE_PORT = 5672
MESSAGE_QUEUE_DISTRIBUTION_PORT = 25672
PORT_MAPPER_PORT = 4369

# Unix socket paths end at 107 characters (sockaddr_un.sun_path); the longest below LAB_RUN takes 60.
LONGEST_RUN_PATH = 47


@dataclass(frozen=True)
class Settings:
    """The settings of one lab.

    :param source: the folder tests/labs/openstack
    :param home: large and reusable things: virtual environment, guest image, schema cache
    :param run: everything of the running lab
    :param virt: ``both`` (fake and QEMU) or ``fake`` (two fake hosts)
    :param gpus: CUSTOM_GPU devices that each compute host reports
    :param nice: niceness of every service
    """

    source: Path
    home: Path
    run: Path
    virt: str
    gpus: int
    nice: int

    @classmethod
    def from_environment(cls) -> Settings:
        """Read the environment that ``settings.sh`` has completed; name everything that is wrong with it."""
        wrong = []
        run = Path(os.environ["LAB_RUN"])
        if not run.is_absolute() or len(str(run)) > LONGEST_RUN_PATH:
            wrong.append(
                f"LAB_RUN={run}: an absolute path of at most {LONGEST_RUN_PATH} characters is needed, it holds unix sockets"
            )
        virt = os.environ["LAB_VIRT"]
        if virt not in ("both", "fake"):
            wrong.append(f"LAB_VIRT={virt}: both or fake")
        numbers = {}
        for name, default in (("LAB_GPUS", 4), ("LAB_NICE", 5)):
            text = os.environ.get(name, str(default))
            if text.isdigit() and int(text) < 20:
                numbers[name] = int(text)
            else:
                wrong.append(f"{name}={text}: a number from 0 to 19")
        if wrong:
            raise LabError("; ".join(wrong))
        return cls(
            source=Path(os.environ["LAB_SOURCE"]),
            home=Path(os.environ["FEDERATION_LAB_HOME"]),
            run=run,
            virt=virt,
            gpus=numbers["LAB_GPUS"],
            nice=numbers["LAB_NICE"],
        )

    @property
    def venv(self) -> Path:
        return self.home / "venv"

    @property
    def etc(self) -> Path:
        return self.run / "etc"

    @property
    def log(self) -> Path:
        return self.run / "log"

    @property
    def ca_certificate(self) -> Path:
        return self.run / "tls" / "ca.pem"

    @property
    def database_socket(self) -> Path:
        return self.run / "mysql" / "mysql.sock"

    @property
    def libvirt_socket(self) -> Path:
        return self.run / "libvirt" / "sock" / "libvirt-sock"

    @property
    def description(self) -> Path:
        """lab.json, which tells tests and inventories how to reach the lab; there when the lab is ready."""
        return self.run / "lab.json"

    @property
    def clouds_file(self) -> Path:
        return self.run / "clouds.yaml"

    def as_started(self) -> Settings | None:
        """The settings that the lab in ``run`` was started with, or None when there is none."""
        try:
            recorded = json.loads((self.run / "settings.json").read_text())
        except FileNotFoundError:
            return None
        return Settings(
            self.source, Path(recorded["home"]), self.run, recorded["virt"], recorded["gpus"], recorded["nice"]
        )

    def record(self) -> None:
        """Leave the settings beside the lab, for ``down`` and ``status`` called with another environment."""
        recorded = {"home": str(self.home), "virt": self.virt, "gpus": self.gpus, "nice": self.nice}
        (self.run / "settings.json").write_text(json.dumps(recorded) + "\n")

    def export(self) -> None:
        """Put what the child processes need into the environment: search path and Open vSwitch's directories."""
        os.environ["PATH"] = f"{self.venv}/bin:/usr/sbin:/sbin:{os.environ['PATH']}"
        for program, folder in (("OVS", "ovs"), ("OVN", "ovn")):
            os.environ[f"{program}_RUNDIR"] = os.environ[f"{program}_DBDIR"] = str(self.run / folder)
            os.environ[f"{program}_LOGDIR"] = str(self.log)
        os.environ["OVS_SYSCONFDIR"] = str(self.run / "ovs")
        # Erlang's port mapper and RabbitMQ's tools, which otherwise listen on every address
        os.environ["ERL_EPMD_ADDRESS"] = "127.0.0.1"
        os.environ["OS_CLIENT_CONFIG_FILE"] = str(self.clouds_file)
