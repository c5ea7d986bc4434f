# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A PostgreSQL of its own on a Unix socket, for the tests that run on it as well as on SQLite."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MISSING = "PostgreSQL is not installed: apt-get install postgresql"


def programs() -> Path | None:
    """The folder of the newest PostgreSQL's programs, where Debian or the PATH has one."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return None if on_path is None else Path(on_path).resolve().parent


@contextmanager
def cluster(binaries: Path) -> Iterator[str]:
    """A running cluster with an empty database `ewbi`; its address. Gone with everything in it afterwards."""
    # Not pytest's own directory: PostgreSQL refuses to run as root, and its user may not enter that one. The path
    # also has to stay short, a socket's may have about 100 characters.
    directory = Path(tempfile.mkdtemp(prefix="ewbi-pg-"))
    user = None
    if os.geteuid() == 0:
        user = "postgres"
        account = pwd.getpwnam(user)
        os.chown(directory, account.pw_uid, account.pw_gid)

    def run(program: str, *arguments: str) -> None:
        command = [str(binaries / program), *arguments]
        done = subprocess.run(
            command, user=user, cwd=directory, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise AssertionError(f"{program}: {done.stdout}{done.stderr}")

    data = directory / "data"
    try:
        run("initdb", "--pgdata", str(data), "--auth", "trust", "--username", "ewbi", "--encoding", "UTF8", "--no-sync")
        options = f"-c listen_addresses='' -c unix_socket_directories={directory} -c fsync=off -c shared_buffers=16MB"
        run("pg_ctl", "start", "--pgdata", str(data), "--wait", "--log", str(directory / "log"), "--options", options)
        try:
            run("createdb", "--host", str(directory), "--username", "ewbi", "ewbi")
            yield f"postgresql://ewbi@/ewbi?host={directory}"
        finally:
            run("pg_ctl", "stop", "--pgdata", str(data), "--mode", "immediate")
    finally:
        shutil.rmtree(directory)
