# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What filters and the inventory plugin document is what they take."""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.operator_platform.federation.plugins.module_utils.options import EWBI

PLUGINS = Path(__file__).resolve().parents[3] / "plugins"
PACKAGE = "ansible_collections.operator_platform.federation.plugins"
FILTERS = sorted(path.stem for path in (PLUGINS / "filter").glob("*.py") if path.stem != "__init__")


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_takes_what_it_documents(name: str) -> None:
    documented = yaml.safe_load((PLUGINS / "filter" / f"{name}.yml").read_text())["DOCUMENTATION"]
    filters = importlib.import_module(f"{PACKAGE}.filter.{name}").FilterModule().filters()
    assert list(filters) == [name] == [documented["name"]]
    parameters = list(inspect.signature(filters[name]).parameters.values())[1:]
    options: dict[str, Any] = {key: value for key, value in documented["options"].items() if key != "_input"}
    assert set(options) == {parameter.name for parameter in parameters}
    positional = [part.strip() for part in documented.get("positional", "").split(",") if part.strip()]
    assert positional == [parameter.name for parameter in parameters][: len(positional)]
    for parameter in parameters:
        if parameter.default is inspect.Parameter.empty:
            assert options[parameter.name].get("required") is True, parameter.name
        if parameter.default not in (inspect.Parameter.empty, None):
            assert options[parameter.name].get("default") == parameter.default, parameter.name


def test_the_inventory_connects_by_the_same_options_and_environment_as_the_modules() -> None:
    documentation = yaml.safe_load(importlib.import_module(f"{PACKAGE}.inventory.cloudlets").DOCUMENTATION)
    options = documentation["options"]
    for name, option in EWBI.items():
        assert [entry["name"] for entry in options[name]["env"]] == option["fallback"][1], name
    partner = options["partners"]["suboptions"]
    assert {name.removeprefix("ewbi_") for name in EWBI} <= set(partner)
