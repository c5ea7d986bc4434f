# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checkers of documentation, Ansible content and shell scripts have nothing to say."""

from __future__ import annotations

import pytest

from tests.ci.conftest import Run

pytestmark = pytest.mark.ci


def test_ansible_lint_finds_nothing_in_its_production_profile(run: Run) -> None:
    run("ansible-lint", "--strict", "--offline", "--nocolor")


def test_documentation_and_changelog_are_sound(run: Run) -> None:
    run("make", "docs-lint")


def test_shell_scripts_are_sound(run: Run) -> None:
    run("tests/tools/shell_lint.sh")


def test_ansible_test_sanity_passes(run: Run) -> None:
    run("tests/tools/sanity.sh")


def test_molecule_scenarios_pass(run: Run) -> None:
    run("make", "molecule")
