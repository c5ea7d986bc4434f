# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Processor time of programs: user plus system, of a program and of everything that it started."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Spent:
    """client: seconds of the measured program and its children. endpoint: seconds of the endpoint meanwhile."""

    client: float
    endpoint: float = 0.0


def seconds_of(pid: int) -> float:
    """What a running process has spent so far (proc_pid_stat(5): fields 14 and 15, in clock ticks)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / CLOCK_TICKS


def measure(
    command: Sequence[str], environment: Mapping[str, str], directory: Path, endpoint_pid: int, said: str = ""
) -> Spent:
    """Run a program to its end; it has to succeed, and to have said ``said``."""
    endpoint_before = seconds_of(endpoint_pid)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, env=dict(environment), cwd=directory, capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode or said not in done.stdout:
        raise AssertionError(f"{' '.join(command)}: exit {done.returncode}: {(done.stdout + done.stderr)[-3000:]}")
    client = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return Spent(client, seconds_of(endpoint_pid) - endpoint_before)


def median_of(times: int, run: Callable[[], Spent]) -> Spent:
    """The median run, by what the client spent: one run disturbed by something else does not count."""
    runs = sorted((run() for _run in range(times)), key=lambda spent: spent.client)
    middle = statistics.median_low([spent.client for spent in runs])
    return next(spent for spent in runs if spent.client == middle)


def program(name: str) -> str:
    """A program of the virtual environment that runs the tests."""
    return str(Path(sys.executable).with_name(name))
