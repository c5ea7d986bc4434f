# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""meta/runtime.yml lists by hand what stands in plugins/modules: here both are held together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml


@pytest.fixture(scope="module")
def runtime(checkout: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((checkout / "meta" / "runtime.yml").read_text())
    return loaded


@pytest.fixture(scope="module")
def modules(checkout: Path) -> list[str]:
    return sorted(path.stem for path in (checkout / "plugins" / "modules").glob("[!_]*.py"))


@pytest.mark.parametrize("group", ["ewbi", "sbi"])
def test_action_group_lists_exactly_the_modules_of_its_prefix(
    runtime: dict[str, Any], modules: list[str], group: str
) -> None:
    assert runtime["action_groups"][group] == [name for name in modules if name.startswith(f"{group}_")]


def test_every_module_belongs_to_a_group(runtime: dict[str, Any], modules: list[str]) -> None:
    grouped = sorted(name for group in runtime["action_groups"].values() for name in group)
    assert grouped == modules


def test_every_module_is_routed_to_the_in_process_action(
    runtime: dict[str, Any], modules: list[str], checkout: Path
) -> None:
    routed = runtime["plugin_routing"]["modules"]
    assert sorted(routed) == modules
    assert {entry["action_plugin"] for entry in routed.values()} == {"operator_platform.federation.in_process"}
    assert (checkout / "plugins" / "action" / "in_process.py").is_file()
