# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures of the checks that only .ci/run makes: they take long, or build and install what users get."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(checkout: Path) -> Run:
    """A function that runs a program in the checkout and fails the test with all its output when it fails."""

    def run_program(
        *command: str | Path, environment: Mapping[str, str] | None = None, directory: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        result = subprocess.run(
            [str(part) for part in command],
            cwd=directory or checkout,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if result.returncode != 0:
            pytest.fail(
                f"{' '.join(map(str, command))} ended with {result.returncode}:\n{result.stdout}", pytrace=False
            )
        return result

    return run_program
