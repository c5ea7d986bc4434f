# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line behind ``tests/labs/openstack/lab``, which checks, locks and installs before it comes here.

Imports are local to the commands: ``down`` and ``status`` must work without the installed environment.
"""

from __future__ import annotations

import argparse
import sys

from openstack_lab.errors import LabError, ServiceError
from openstack_lab.processes import ProcessTable
from openstack_lab.settings import Settings


def up(settings: Settings) -> int:
    from openstack_lab.startup import bring_up

    bring_up(settings)
    return 0


def down(settings: Settings, wipe: bool) -> int:
    from openstack_lab.shutdown import bring_down

    print(f"lab: {bring_down(settings.as_started() or settings, wipe)}")
    return 0


def status(settings: Settings) -> int:
    """One line a service. Exit status: 0 up, 1 partly up, 3 down (as LSB's `status`)."""
    processes = ProcessTable(settings.run)
    running = {name: processes.pid_of(name) for name in processes.names()}
    for name, pid in running.items():
        print(f"{name:28} {f'pid {pid}' if pid else 'ENDED; its log is ' + str(processes.log_of(name))}")
    if not any(running.values()):
        print(f"lab: down ({settings.run})")
        return 3
    if not all(running.values()) or not settings.description.exists():
        print(f"lab: partly up ({settings.run}); 'lab up' completes it")
        return 1
    print(f"lab: up, LAB_VIRT={(settings.as_started() or settings).virt}, described in {settings.description}")
    return 0


def _require_ready(settings: Settings) -> Settings:
    started = settings.as_started()
    if started is None or not settings.description.exists():
        raise LabError(f"there is no ready lab in {settings.run}: run 'lab up'")
    return started


def env(settings: Settings) -> int:
    from openstack_lab.description import shell_exports, write_clouds, write_description
    from openstack_lab.passwords import load_or_create

    started = _require_ready(settings)
    passwords = load_or_create(started)
    write_clouds(started, passwords)
    write_description(started, passwords)
    print(shell_exports(started))
    return 0


def snapshot(settings: Settings) -> int:
    from openstack_lab.snapshot import take_snapshot, to_text

    print(to_text(take_snapshot(_require_ready(settings))))
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="lab")
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("up", "status", "env", "snapshot"):
        commands.add_parser(name)
    commands.add_parser("down").add_argument("--wipe", action="store_true")
    arguments = parser.parse_args()
    try:
        settings = Settings.from_environment()
        if arguments.command == "down":
            return down(settings, arguments.wipe)
        return {"up": up, "status": status, "env": env, "snapshot": snapshot}[arguments.command](settings)
    except ServiceError as error:
        print(f"lab: {error}\n---- the end of {error.log}\n{error.log_tail()}\n----", file=sys.stderr)
    except LabError as error:
        print(f"lab: {error}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
