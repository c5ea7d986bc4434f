# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start, find and stop the lab's processes, and no others. Standard library only.

Every service leads a session of its own (setsid) and is on record as pid and start time, so a pid that the
kernel has given to another process since is never taken for ours. /proc fields: proc(5).
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from openstack_lab.errors import LabError, ServiceError

STOP_SECONDS = 10


@dataclass(frozen=True)
class ProcessState:
    """What /proc/PID/stat says: state letter, session, start time in clock ticks since boot."""

    state: str
    session: int
    start_time: str


def read_process(pid: int) -> ProcessState | None:
    """The state of a process, or None when there is none."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = text.rpartition(")")[2].split()  # the name before it may hold blanks and parentheses
    return ProcessState(state=fields[0], session=int(fields[3]), start_time=fields[19])


def wait_until(what: str, probe: Callable[[], bool], seconds: float, interval: float = 0.3) -> None:
    """Call ``probe`` until it is true.

    :raises LabError: it was not, within ``seconds``
    """
    deadline = time.monotonic() + seconds
    while not probe():
        if time.monotonic() > deadline:
            raise LabError(f"{what} was not there within {seconds:g} s")
        time.sleep(interval)


class ProcessTable:
    """The processes of the lab whose state is in ``run``."""

    def __init__(self, run: Path, nice: int = 0) -> None:
        self._run = run
        self._nice = nice

    def log_of(self, name: str) -> Path:
        return self._run / "log" / f"{name}.log"

    def names(self) -> list[str]:
        """Every service on record, running or not."""
        return sorted(path.stem for path in (self._run / "pid").glob("*.pid"))

    def pid_of(self, name: str) -> int | None:
        """The pid of a running service, None when it does not run."""
        pid, start_time = self._recorded(name)
        state = read_process(pid) if pid else None
        if state is None or state.start_time != start_time or state.state == "Z":
            return None
        return pid

    def start(self, name: str, command: Sequence[str | Path], environment: Mapping[str, str] | None = None) -> None:
        """Start a service unless it runs. Secrets never stand in ``command``: everybody can read it in /proc."""
        if self.pid_of(name):
            return
        # LAB_PROC marks the descendants that leave the session; see _members().
        environ = {**os.environ, **(environment or {}), "LAB_PROC": str(self._run)}
        with self.log_of(name).open("ab") as log:
            process = subprocess.Popen(
                ["nice", "-n", str(self._nice), *map(str, command)],
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        state = read_process(process.pid)
        if state is None:
            raise ServiceError(f"{name} ended at once", self.log_of(name))
        (self._run / "pid" / f"{name}.pid").write_text(f"{process.pid} {state.start_time}\n")

    def wait_for(self, name: str, probe: Callable[[], bool], seconds: float) -> None:
        """Wait until the service answers ``probe``; stop waiting when it has ended.

        :raises ServiceError: it has ended, or has not answered within ``seconds``
        """

        def answered() -> bool:
            if not self.pid_of(name):
                raise ServiceError(f"{name} has ended before it answered", self.log_of(name))
            return probe()

        try:
            wait_until(name, answered, seconds)
        except ServiceError:
            raise
        except LabError as error:
            raise ServiceError(f"{error} (it runs, but does not answer)", self.log_of(name)) from error

    def stop(self, names: Iterable[str] | None = None) -> list[int]:
        """Stop services (None: everything of the lab) with all their descendants; return the pids that are left.

        The leaders get SIGTERM first, their descendants some seconds later, what is left then SIGKILL.
        """
        everything = names is None
        chosen = self.names() if names is None else list(names)
        sessions = {}
        for name in chosen:
            pid, start_time = self._recorded(name)
            state = read_process(pid) if pid else None
            # When the leader has gone, its pid stays reserved as long as its session has members.
            if pid and (state is None or state.start_time == start_time):
                sessions[pid] = name
        members = self._members(sessions, everything)
        self._signal([pid for pid in members if pid in sessions] or members, signal.SIGTERM)
        begin = time.monotonic()
        while (members := self._members(sessions, everything)) and time.monotonic() < begin + STOP_SECONDS:
            if time.monotonic() > begin + STOP_SECONDS / 3:
                self._signal([pid for pid in members if pid not in sessions], signal.SIGTERM)
            time.sleep(0.2)
        self._signal(members, signal.SIGKILL)
        left = members
        if members:
            time.sleep(0.2)
            left = self._members(sessions, everything)
        if not left:
            for name in chosen:
                (self._run / "pid" / f"{name}.pid").unlink(missing_ok=True)
        return left

    def _recorded(self, name: str) -> tuple[int, str]:
        try:
            pid, start_time = (self._run / "pid" / f"{name}.pid").read_text().split()
        except FileNotFoundError:
            return 0, ""
        return int(pid), start_time

    def _members(self, sessions: Mapping[int, str], everything: bool) -> list[int]:
        found = []
        for entry in os.listdir("/proc"):
            if not entry.isdigit():
                continue
            pid = int(entry)
            state = read_process(pid)
            if state is None or state.state == "Z":
                continue
            if state.session in sessions or (everything and self._is_marked(pid)):
                found.append(pid)
        return found

    def _is_marked(self, pid: int) -> bool:
        """Whether a process outside our sessions is ours: by the inherited mark, or a guest with its disk in ``run``."""
        if pid == os.getpid():
            return False
        try:
            environment = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:  # it has ended meanwhile
            return False
        is_guest = command.startswith(b"/usr/bin/qemu-system-") and f"{self._run}/nova/instances/".encode() in command
        return f"LAB_PROC={self._run}".encode() in environment or is_guest

    @staticmethod
    def _signal(pids: Iterable[int], number: signal.Signals) -> None:
        for pid in pids:
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                continue  # it has ended by itself
