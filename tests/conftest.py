# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every test of the project shares: the collection importable, the lab and the benchmarks only where they are wanted."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent
LINK_TREE = CHECKOUT / ".collections"
LAB_FILE = Path(os.environ.get("LAB_RUN", "/var/tmp/federation-lab")) / "lab.json"


def _link_collection() -> None:
    """Do what tests/tools/link_collection.sh does, so that a bare ``pytest`` works in a fresh checkout."""
    link = LINK_TREE / "ansible_collections" / "operator_platform" / "federation"
    link.parent.mkdir(parents=True, exist_ok=True)
    try:
        link.symlink_to(Path("..", "..", ".."), target_is_directory=True)
    except FileExistsError:
        if link.resolve() != CHECKOUT:
            raise


_link_collection()
sys.path.insert(0, str(LINK_TREE))
# Programs that a test starts (ansible-playbook, ansible-inventory, ...) find the same checkout.
os.environ["ANSIBLE_COLLECTIONS_PATH"] = str(LINK_TREE)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--require-lab",
        action="store_true",
        help="fail, instead of skipping, the tests marked `lab` when the OpenStack lab is not up",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    lab_is_up = LAB_FILE.is_file() or config.getoption("--require-lab")
    benchmarks_wanted = "benchmark" in (config.getoption("-m") or "")
    for item in items:
        if not lab_is_up and item.get_closest_marker("lab"):
            item.add_marker(pytest.mark.skip(reason=f"the OpenStack lab is not up (no {LAB_FILE}): run `make lab-up`"))
        if not benchmarks_wanted and item.get_closest_marker("benchmark"):
            item.add_marker(pytest.mark.skip(reason="measures only when asked to: run `make benchmark`"))


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The root of this checkout."""
    return CHECKOUT
