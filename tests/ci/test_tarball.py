# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user installs, the tarball, holds what it must and nothing else, and works without this checkout."""

from __future__ import annotations

import json
import subprocess
import tarfile
from pathlib import Path

import pytest

from tests.ci.conftest import Run

pytestmark = pytest.mark.ci

NAMESPACE = "operator_platform.federation"


@pytest.fixture(scope="module")
def tarball(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("dist")
    subprocess.run(
        ["ansible-galaxy", "collection", "build", "--output-path", str(output)],
        cwd=checkout,
        check=True,
        capture_output=True,
        text=True,
    )
    (built,) = output.glob("*.tar.gz")
    return built


@pytest.fixture
def installed(tarball: Path, tmp_path: Path, run: Run) -> dict[str, str]:
    """The environment in which only the installed collection is to be found."""
    environment = {"ANSIBLE_COLLECTIONS_PATH": str(tmp_path), "ANSIBLE_HOME": str(tmp_path / "home")}
    run("ansible-galaxy", "collection", "install", "--offline", "-p", tmp_path, tarball, environment=environment)
    return environment


def names(folder: Path, pattern: str) -> list[str]:
    return sorted(f"{NAMESPACE}.{path.stem}" for path in folder.glob(pattern))


def test_tarball_holds_the_collection_and_the_endpoint_only(tarball: Path) -> None:
    with tarfile.open(tarball) as archive:
        top = {name.split("/")[0] for name in archive.getnames()}
        files = set(archive.getnames())
    allowed = {
        "CHANGELOG.rst", "CONTRIBUTING.md", "FILES.json", "LICENSE", "MANIFEST.json", "README.md", "bindep.txt",
        "changelogs", "docs", "endpoint", "extensions", "meta", "playbooks", "plugins", "requirements.txt", "roles",
    }  # fmt: skip
    assert top <= allowed
    assert {"endpoint/pyproject.toml", "endpoint/requirements.lock", "README.md", "LICENSE"} <= files
    assert not [name for name in files if "__pycache__" in name or ".egg-info" in name]


@pytest.mark.parametrize(("kind", "folder"), [("module", "modules"), ("inventory", "inventory"), ("filter", "filter")])
def test_documentation_of_every_installed_plugin_can_be_read(
    installed: dict[str, str], run: Run, checkout: Path, kind: str, folder: str
) -> None:
    expected = names(checkout / "plugins" / folder, "[!_]*.py")
    shown = json.loads(run("ansible-doc", "-t", kind, "-j", *expected, environment=installed).stdout)
    assert sorted(shown) == expected
    assert all(entry["doc"]["description"] for entry in shown.values())


def test_documentation_of_every_installed_role_can_be_read(installed: dict[str, str], run: Run, checkout: Path) -> None:
    expected = names(checkout / "roles", "[!_.]*")
    shown = json.loads(run("ansible-doc", "-t", "role", "-j", *expected, environment=installed).stdout)
    assert sorted(shown) == expected
    assert all(entry["entry_points"] for entry in shown.values())


def test_every_installed_playbook_can_be_named_and_parsed(installed: dict[str, str], run: Run, checkout: Path) -> None:
    for playbook in names(checkout / "playbooks", "*.yml"):
        run("ansible-playbook", "--syntax-check", "-i", "localhost,", playbook, environment=installed)
