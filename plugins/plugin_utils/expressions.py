# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Constructed variables and groups for thousands of hosts.

ansible-core compiles an expression anew for every host, which takes about half a millisecond each (measured on
ansible-core 2.19). Most expressions are a name, a dotted path, or see few different values over all hosts. So a path is
looked up directly, and the value of anything else is remembered by the values that it refers to. Whatever cannot be
decided here goes to ansible-core's own templating, so the results and errors are the same.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jinja2
from jinja2 import nodes

Path = tuple[str, ...]

_DOTTED = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")
# Jinja looks for an attribute before a key, so {{ usage.items }} is a method: leave such names to it.
_ATTRIBUTES_OF_A_DICT = frozenset(dir(dict))
# Filters whose result is not decided by their input.
_DICE = frozenset({"random", "shuffle", "random_mac", "password_hash", "vault", "unvault", "strftime", "expandvars"})
_MISSING = object()


@dataclass(frozen=True)
class _Reading:
    """path: the expression is nothing but this. refers_to: all that its value depends on; None: cannot be told."""

    path: Path | None
    refers_to: tuple[Path, ...] | None


class Expressions:
    """Evaluates expressions over the variables of one host after another.

    evaluate: the slow and complete way, called with the expression and all variables. known: in calls, the variables
    that are plain values (not templates themselves) and may be looked up directly. conditional: results are truth
    values, and a path is only decided here if it is one.
    """

    def __init__(self, evaluate: Callable[[str, Mapping[str, Any]], Any], conditional: bool = False) -> None:
        self._evaluate = evaluate
        self._conditional = conditional
        self._readings: dict[str, _Reading] = {}
        self._remembered: dict[tuple[str, tuple[Any, ...]], Any] = {}

    def value(self, expression: Any, known: Mapping[str, Any], everything: Callable[[], Mapping[str, Any]]) -> Any:
        """everything: gives all variables of the host, asked for only when templating is needed."""
        if not isinstance(expression, str):
            return self._evaluate(expression, everything())
        reading = self._readings.get(expression)
        if reading is None:
            reading = self._readings[expression] = _read(expression)
        if reading.path is not None:
            value = _reach(known, reading.path)
            if value is not _MISSING and (not self._conditional or isinstance(value, bool)):
                return value
        if reading.refers_to is None or not all(path[0] in known for path in reading.refers_to):
            return self._evaluate(expression, everything())
        key = (expression, tuple(_dependence(known, path) for path in reading.refers_to))
        if key not in self._remembered:
            self._remembered[key] = self._evaluate(expression, everything())
        return self._remembered[key]


def keyed_group_names(key: Any, keyed: Mapping[str, Any], leading_separator: bool) -> list[str]:
    """Names, not yet made safe, of the groups that a value of a keyed_groups entry leads to (ansible-core's rules).

    Raises TypeError for a value that names no group.
    """
    empty = (None, "")
    default = keyed.get("default_value")
    separator = keyed.get("separator", "_")
    prefix = keyed.get("prefix", "")
    if key in empty and default is not None:
        bare = [default]
    elif not key:
        return []
    elif isinstance(key, str):
        bare = [key]
    elif isinstance(key, (list, tuple)):
        bare = [default if name in empty and default is not None else name for name in key]
    elif isinstance(key, Mapping):
        bare = []
        for name, value in key.items():
            if value in empty and default is not None:
                bare.append(f"{name}{separator}{default}")
            elif value in empty and keyed.get("trailing_separator") is False:
                bare.append(name)
            else:
                bare.append(f"{name}{separator}{value}")
    else:
        raise TypeError(f"a group is named by text, a list or a mapping, not by {type(key).__name__}")
    joint = "" if prefix == "" and not leading_separator else separator
    return [f"{prefix}{joint}{name}" for name in bare]


def _read(expression: str) -> _Reading:
    text = expression.strip()
    if _DOTTED.fullmatch(text):
        path = tuple(text.split("."))
        if _ATTRIBUTES_OF_A_DICT.isdisjoint(path[1:]):
            return _Reading(path, (path,))
    try:
        # Only read, never run: this environment finds out which names an expression refers to.
        tree = jinja2.Environment(autoescape=False).parse("{{ (" + expression + ") }}")  # noqa: S701
    except jinja2.TemplateSyntaxError:
        return _Reading(None, None)
    if any(found.name in _DICE for found in tree.find_all(nodes.Filter)):
        return _Reading(None, None)
    paths: set[Path] = set()
    _collect(tree, paths)
    return _Reading(None, tuple(sorted(paths)))


def _collect(node: nodes.Node, paths: set[Path]) -> None:
    """The longest chains of names that the expression looks up."""
    chain = _chain(node)
    if chain is not None:
        paths.add(chain[0])
        return
    for child in node.iter_child_nodes():
        _collect(child, paths)


def _chain(node: nodes.Node) -> tuple[Path, bool] | None:
    """A chain of names, and whether it may go on. A method such as usage.items() depends on all of what it belongs to,
    so the chain ends before it."""
    if isinstance(node, nodes.Name):
        return (node.name,), True
    if isinstance(node, nodes.Getattr):
        before, name = _chain(node.node), node.attr
    elif isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
        before, name = _chain(node.node), node.arg.value
    else:
        return None
    if before is None or not before[1] or name in _ATTRIBUTES_OF_A_DICT:
        return before and (before[0], False)
    return (*before[0], name), True


def _reach(known: Mapping[str, Any], path: Path) -> Any:
    value: Any = known
    for name in path:
        if not isinstance(value, dict) or name not in value:
            return _MISSING
        value = value[name]
    return value


def _dependence(known: Mapping[str, Any], path: Path) -> tuple[int, Any]:
    """How far the path leads and what is there: for what is missing, or a method of a text, that is its owner."""
    value: Any = known
    for depth, name in enumerate(path):
        if not isinstance(value, dict) or name not in value:
            return depth, _frozen(value)
        value = value[name]
    return len(path), _frozen(value)


def _frozen(value: Any) -> Any:
    """Something hashable that is equal for equal values only; 1, 1.0 and True are different."""
    if value is None or isinstance(value, (str, int, float)):
        return (type(value).__name__, value)
    return json.dumps(value, sort_keys=True, default=repr)
