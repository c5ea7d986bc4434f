# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The newest ansible-core, on the newest Python that requirements/ has a lock for.

.venv has Python 3.11, for which ansible-core 2.19 is the last release. NEWEST_PYTHON names the interpreter of this
leg; without it one is looked for on PATH and among pyenv's.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.ci.conftest import Run

pytestmark = pytest.mark.ci

VERSIONS = ("3.13", "3.12")


def works(candidate: str, version: str) -> bool:
    """Whether the interpreter runs and is what its name says: a pyenv shim may be neither."""
    shown = subprocess.run(
        [candidate, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
        capture_output=True,
        text=True,
        check=False,
    )
    return shown.returncode == 0 and shown.stdout.strip() == version


def find_newest_python() -> tuple[str, str] | None:
    named = os.environ.get("NEWEST_PYTHON")
    pyenv = shutil.which("pyenv")
    root = Path(subprocess.check_output([pyenv, "root"], text=True).strip()) if pyenv else None
    for version in VERSIONS:
        if named:
            candidates = [named]
        else:
            on_path = shutil.which(f"python{version}")
            candidates = [on_path] if on_path else []
            if root:
                candidates += sorted(map(str, root.glob(f"versions/{version}.*/bin/python{version}")), reverse=True)
        for candidate in candidates:
            if works(candidate, version):
                return candidate, version
    return None


@pytest.fixture(scope="module")
def newest(checkout: Path) -> dict[str, str]:
    """The environment that selects a virtualenv of the newest Python, made by the project's own script."""
    found = find_newest_python()
    if found is None:
        pytest.skip(f"no Python {' or '.join(VERSIONS)} on this machine: the newest ansible-core cannot be installed")
    python, version = found
    environment = {"PYTHON": python, "VENV": str(checkout / "build" / f"venv-{version}")}
    subprocess.run(
        ["tests/tools/venv.sh"], cwd=checkout, env={**os.environ, **environment}, stdin=subprocess.DEVNULL, check=True
    )
    return environment


def test_unit_tests_pass_on_the_newest_core(newest: dict[str, str], run: Run) -> None:
    python = Path(newest["VENV"], "bin", "python")
    path = f"{python.parent}{os.pathsep}{os.environ['PATH']}"
    run(python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/unit", environment={**newest, "PATH": path})


def test_sanity_passes_on_the_newest_core(newest: dict[str, str], run: Run) -> None:
    run("tests/tools/sanity.sh", environment=newest)
