# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the modules document is what they take: options of DOCUMENTATION, fragments included, equal the argument spec."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

PLUGINS = Path(__file__).resolve().parents[3] / "plugins"
PACKAGE = "ansible_collections.operator_platform.federation.plugins"
MODULES = sorted(path.stem for path in (PLUGINS / "modules").glob("*.py") if path.stem != "__init__")
# What may stand in a documentation and is no part of an argument spec.
WORDS_ONLY = {"description", "version_added"}
LINES_OF_CODE_AT_MOST = 20


def declared(name: str) -> Any:
    return importlib.import_module(f"{PACKAGE}.modules.{name}")


def documentation(name: str) -> dict[str, Any]:
    """DOCUMENTATION with its fragments' options merged in, as ansible-doc shows it."""
    document: dict[str, Any] = yaml.safe_load(declared(name).DOCUMENTATION)
    for fragment in document.get("extends_documentation_fragment", []):
        _namespace, _collection, file, *attribute = fragment.split(".")
        module = importlib.import_module(f"{PACKAGE}.doc_fragments.{file}")
        text = getattr(module.ModuleDocFragment, (attribute[0] if attribute else "documentation").upper())
        for part, entries in yaml.safe_load(text).items():
            if isinstance(entries, dict):
                document[part] = {**entries, **document.get(part, {})}
    return document


def documented(options: dict[str, Any]) -> dict[str, Any]:
    """Options of a documentation in the words of an argument spec."""
    return {
        name: {
            **{word: value for word, value in option.items() if word not in WORDS_ONLY | {"suboptions"}},
            **({"options": documented(option["suboptions"])} if "suboptions" in option else {}),
        }
        for name, option in options.items()
    }


def specified(options: dict[str, Any]) -> dict[str, Any]:
    """An argument spec in the words of a documentation: how a value is hidden or found elsewhere is not among them."""
    return {
        name: {
            "type": "str",
            **{
                word: list(value) if word == "choices" else value
                for word, value in option.items()
                if word not in ("no_log", "fallback", "options") and not (word == "required" and not value)
            },
            **({"options": specified(option["options"])} if option.get("options") else {}),
        }
        for name, option in options.items()
    }


def environment_of(options: dict[str, Any]) -> dict[str, list[str]]:
    return {name: option["fallback"][1] for name, option in options.items() if "fallback" in option}


@pytest.mark.parametrize("name", MODULES)
def test_the_documented_options_are_the_options(name: str) -> None:
    said = documented(documentation(name).get("options", {}))
    assert said == specified(declared(name).RESOURCE.argument_spec()["argument_spec"])


@pytest.mark.parametrize("name", MODULES)
def test_the_environment_that_an_option_falls_back_to_is_documented(name: str) -> None:
    options = documentation(name).get("options", {})
    for option, variables in environment_of(declared(name).RESOURCE.argument_spec()["argument_spec"]).items():
        text = str(options[option]["description"])
        assert all(f"E({variable})" in text for variable in variables), option


@pytest.mark.parametrize("name", MODULES)
def test_options_that_sound_secret_are_kept_out_of_logs(name: str) -> None:
    def check(options: dict[str, Any], path: str) -> None:
        for option, entry in options.items():
            place = f"{path}{option}"
            if option.lower().endswith(("secret", "password", "token")):
                assert entry.get("no_log") is True, place
            check(entry.get("options") or {}, f"{place}.")

    check(declared(name).RESOURCE.argument_spec()["argument_spec"], "")


@pytest.mark.parametrize("name", MODULES)
def test_every_example_of_a_module_is_accepted_by_its_own_argument_spec(name: str) -> None:
    full_name = f"operator_platform.federation.{name}"
    examples = [task[full_name] for task in yaml.safe_load(declared(name).EXAMPLES) if full_name in task]
    assert examples
    connection = {
        option: "https://ewbi.example" if entry.get("type", "str") in ("str", "path") else None
        for option, entry in declared(name).RESOURCE.connection_options.items()
        if entry.get("required")
    }
    for example in examples:
        spec = declared(name).RESOURCE.argument_spec()
        given = {**connection, **example}
        # What stands in braces is only known when a play runs.
        given = {
            option: value
            for option, value in given.items()
            if not (isinstance(value, str) and value.startswith("{{"))
            or spec["argument_spec"].get(option, {}).get("type", "str") in ("str", "path", "raw")
        }
        left_out = set(example) - set(given)
        messages = ArgumentSpecValidator(spec.pop("argument_spec"), **spec).validate(given).error_messages
        assert not [one for one in messages if not any(option in one for option in left_out)], example


@pytest.mark.parametrize("name", MODULES)
def test_the_attributes_are_documented(name: str) -> None:
    attributes = documentation(name)["attributes"]
    assert {"check_mode", "diff_mode", "idempotent", "action_group", "platform"} <= set(attributes)
    group = f"operator_platform.federation.{name.partition('_')[0]}"
    assert attributes["action_group"]["membership"] == [group]
    reads_only = name.endswith("_info")
    assert (attributes["diff_mode"]["support"] == "N/A") is reads_only


@pytest.mark.parametrize("name", MODULES)
def test_a_module_file_is_documentation_and_wiring(name: str) -> None:
    tree = ast.parse((PLUGINS / "modules" / f"{name}.py").read_text())
    after_return = False
    lines = 0
    for node in tree.body:
        if after_return:
            lines += (node.end_lineno or node.lineno) - node.lineno + 1
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "RETURN":
            after_return = True
    assert 0 < lines <= LINES_OF_CODE_AT_MOST
