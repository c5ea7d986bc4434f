# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays run by ansible-playbook in a process of its own, as a user runs them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

COLLECTION = "operator_platform.federation"
HERE = Path(__file__).resolve().parent
# A task with an environment means something else inside the worker, so it runs as an ordinary module.
WAYS: dict[str, dict[str, Any]] = {
    "in_process": {},
    "module": {"environment": {"FEDERATION_TEST": "a process of its own"}},
}


@dataclass(frozen=True)
class Ran:
    """How a playbook ended. results: by the name of the task."""

    exit_code: int
    screen: str
    results: Mapping[str, dict[str, Any]]
    failed: Sequence[str]

    def __getitem__(self, task: str) -> dict[str, Any]:
        return self.results[task]


def task(name: str, module: str, options: Mapping[str, Any], **keywords: Any) -> dict[str, Any]:
    return {"name": name, f"{COLLECTION}.{module}": dict(options), **keywords}


def run_playbook(
    directory: Path,
    tasks: Sequence[Mapping[str, Any]],
    *arguments: str,
    way: str = "in_process",
    module_defaults: Mapping[str, Any] | None = None,
    variables: Mapping[str, Any] | None = None,
) -> Ran:
    """One play on localhost. module_defaults: of the action group ewbi."""
    directory.mkdir(parents=True, exist_ok=True)
    play: dict[str, Any] = {
        "hosts": "localhost",
        "connection": "local",
        "gather_facts": False,
        "vars": {"ansible_python_interpreter": "{{ ansible_playbook_python }}", **(variables or {})},
        "module_defaults": {f"group/{COLLECTION}.ewbi": dict(module_defaults or {})},
        "tasks": [dict(one) for one in tasks],
        **WAYS[way],
    }
    playbook, written = directory / "play.yml", directory / "results.jsonl"
    playbook.write_text(yaml.safe_dump([play], sort_keys=False))
    written.unlink(missing_ok=True)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("EWBI_")},
        "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "callback"),
        "ANSIBLE_CALLBACKS_ENABLED": "written_results",
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_NOCOLOR": "true",
        "ANSIBLE_HOME": str(directory / "ansible"),
        "WRITTEN_RESULTS": str(written),
    }
    done = subprocess.run(
        [str(Path(sys.executable).with_name("ansible-playbook")), "-i", "localhost,", str(playbook), *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        cwd=directory,
        env=environment,
    )
    lines = [json.loads(line) for line in written.read_text().splitlines()] if written.exists() else []
    return Ran(
        done.returncode,
        done.stdout + done.stderr,
        {line["task"]: line["result"] for line in lines},
        [line["task"] for line in lines if line["failed"]],
    )
