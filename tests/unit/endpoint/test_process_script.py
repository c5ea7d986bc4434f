# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The script that keeps the endpoint's process where there is no service manager."""

from __future__ import annotations

import os
import shlex
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import jinja2
import pytest

TEMPLATE = "roles/ewbi_endpoint/templates/process.sh.j2"


class Script:
    """The rendered script, with a program in place of the endpoint that does nothing for a minute."""

    def __init__(self, checkout: Path, home: Path) -> None:
        self.directory, virtualenv = home / "a directory", home / "virtualenv"
        for folder in (self.directory / "tls", self.directory / "keys", virtualenv / "bin"):
            folder.mkdir(parents=True)
        self.config = self.directory / "config.yml"
        self.config.write_text("organization: telco-north\n")
        for name in ("tls/server.pem", "tls/server.key", "keys/token.pem"):
            (self.directory / name).write_text(name)
        (virtualenv / ".installed-1").touch()
        program = virtualenv / "bin/ewbi-endpoint"
        program.write_text("#!/bin/sh\nexec sleep 60\n")
        program.chmod(0o700)
        environment = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False)  # a shell script
        environment.filters["quote"] = shlex.quote
        self.path = self.directory / "process"
        text = (checkout / TEMPLATE).read_text()
        values = {"ewbi_endpoint_directory": str(self.directory), "ewbi_endpoint_virtualenv": str(virtualenv)}
        self.path.write_text(environment.from_string(text).render(values))
        self.path.chmod(0o700)

    def run(self, command: str) -> str:
        done = subprocess.run([str(self.path), command], capture_output=True, text=True, check=False, timeout=60)
        return done.stdout.strip() or done.stderr.strip()

    @property
    def pid(self) -> int:
        return int((self.directory / "endpoint.pid").read_text().split()[0])


@pytest.fixture
def script(checkout: Path, tmp_path: Path) -> Iterator[Script]:
    made = Script(checkout, tmp_path)
    yield made
    made.run("stop")


def alive(pid: int) -> bool:
    """Whether a process runs; what has ended and waits to be reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_it_is_started_once_and_stopped_once(script: Script) -> None:
    assert script.run("status") == "not running"
    assert script.run("start") == "started"
    pid = script.pid
    assert (script.run("start"), script.run("status"), script.pid) == ("running", "running", pid)
    assert script.run("stop") == "stopped"
    assert not alive(pid)
    assert script.run("stop") == "not running"


def test_it_is_replaced_when_what_it_was_started_from_has_changed(script: Script) -> None:
    script.run("start")
    before = script.pid
    script.config.write_text("organization: telco-south\n")
    assert script.run("start") == "restarted"
    assert not alive(before)
    assert alive(script.pid)


def test_a_process_that_ended_by_itself_is_started_again(script: Script) -> None:
    script.run("start")
    before = script.pid
    os.kill(before, 9)
    deadline = time.monotonic() + 20
    while script.run("status") == "running" and time.monotonic() < deadline:
        time.sleep(0.05)
    assert script.run("start") == "started"
    assert script.pid != before


def test_another_process_that_has_got_the_same_id_is_left_alone(script: Script) -> None:
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        (script.directory / "endpoint.pid").write_text(f"{stranger.pid} 1 fingerprint\n")
        assert script.run("stop") == "not running"
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()
