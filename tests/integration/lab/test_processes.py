# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the lab's process table starts and stops, with processes of its own; no OpenStack is needed."""

from __future__ import annotations

import importlib
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest

LAB = Path(__file__).resolve().parents[2] / "labs" / "openstack"


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(LAB))
    return importlib.import_module("openstack_lab.processes")


@pytest.fixture
def run(tmp_path: Path) -> Path:
    (tmp_path / "log").mkdir()
    (tmp_path / "pid").mkdir()
    return tmp_path


def test_a_service_that_runs_is_not_started_twice(processes: ModuleType, run: Path) -> None:
    table = processes.ProcessTable(run)
    try:
        table.start("sleeper", ["sleep", "600"])
        first = table.pid_of("sleeper")
        table.start("sleeper", ["sleep", "600"])
        assert first is not None
        assert table.pid_of("sleeper") == first
    finally:
        assert table.stop() == []
    assert table.pid_of("sleeper") is None
    assert table.names() == []


def test_a_pid_that_the_kernel_gave_to_another_process_is_left_alone(processes: ModuleType, run: Path) -> None:
    stranger = subprocess.Popen(["sleep", "600"])
    try:
        (run / "pid" / "old.pid").write_text(f"{stranger.pid} 1\n")  # one clock tick after boot: not this process
        table = processes.ProcessTable(run)
        assert table.pid_of("old") is None
        assert table.stop() == []
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_stopping_reaches_descendants_that_left_the_session(processes: ModuleType, run: Path) -> None:
    child = "import os, time; open(os.environ['CHILD'], 'w').write(str(os.getpid())); time.sleep(600)"
    parent = (
        f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {child!r}], start_new_session=True).wait()"
    )
    report = run / "child"
    table = processes.ProcessTable(run)
    table.start("parent", [sys.executable, "-c", parent], {"CHILD": str(report)})
    processes.wait_until("the child", lambda: report.exists() and bool(report.read_text()), seconds=30)
    pid = int(report.read_text())
    assert table.stop() == []
    state = processes.read_process(pid)
    assert state is None or state.state == "Z"


def test_a_service_that_ends_is_reported_with_its_log(processes: ModuleType, run: Path) -> None:
    errors = importlib.import_module("openstack_lab.errors")
    table = processes.ProcessTable(run)
    table.start("broken", ["sh", "-c", "echo no such disk; exit 3"])
    with pytest.raises(errors.ServiceError, match="broken has ended") as caught:
        table.wait_for("broken", lambda: False, seconds=30)
    assert "no such disk" in caught.value.log_tail()


def test_waiting_ends_at_the_deadline(processes: ModuleType, run: Path) -> None:
    errors = importlib.import_module("openstack_lab.errors")
    table = processes.ProcessTable(run)
    table.start("silent", ["sleep", "600"])
    try:
        begin = time.monotonic()
        with pytest.raises(errors.ServiceError, match="does not answer"):
            table.wait_for("silent", lambda: False, seconds=0.5)
        assert time.monotonic() - begin >= 0.5
    finally:
        assert table.stop() == []
