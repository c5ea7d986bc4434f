# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The import rules of docs/architecture.md, written as import-linter contracts in pyproject.toml, are kept."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")
FORBIDDEN_LINE = (
    "from ansible_collections.operator_platform.federation.plugins.module_utils.sbi import platform as forbidden\n"
)


def lint_imports(checkout: Path) -> subprocess.CompletedProcess[str]:
    environment = dict(os.environ, COLUMNS="200")  # else long names are broken over lines
    environment["PYTHONPATH"] = os.pathsep.join([str(checkout / ".collections"), str(checkout / "endpoint" / "src")])
    return subprocess.run(
        [str(LINT_IMPORTS), "--no-cache", "--config", str(checkout / "pyproject.toml")],
        cwd=checkout,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_contracts_are_kept(checkout: Path) -> None:
    result = lint_imports(checkout)
    assert result.returncode == 0, result.stdout + result.stderr


def test_contracts_see_an_import_between_ewbi_and_sbi(checkout: Path, tmp_path: Path) -> None:
    """A contract that looks at the wrong tree would be green for ever: show that this one sees a breach."""
    copy = tmp_path / "federation"
    for part in ("plugins", "endpoint/src"):
        for source in (checkout / part).rglob("*.py"):
            target = copy / source.relative_to(checkout)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())
    (copy / "pyproject.toml").write_bytes((checkout / "pyproject.toml").read_bytes())
    link = copy / ".collections" / "ansible_collections" / "operator_platform" / "federation"
    link.parent.mkdir(parents=True)
    link.symlink_to(copy, target_is_directory=True)
    session = copy / "plugins" / "module_utils" / "ewbi" / "session.py"
    session.write_text(session.read_text() + FORBIDDEN_LINE)

    result = lint_imports(copy)

    assert result.returncode == 1, result.stdout + result.stderr
    assert "BROKEN" in result.stdout
    assert "module_utils.ewbi.session" in result.stdout
