# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bounded parallel work in which one failure does not stop the rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from ansible_collections.operator_platform.federation.plugins.module_utils.errors import FederationError
from ansible_collections.operator_platform.federation.plugins.module_utils.waiting import Deadline

Given = TypeVar("Given")
Made = TypeVar("Made")


def settle_all(
    work: Callable[[Given], Made], over: Sequence[Given], concurrency: int, deadline: Deadline, doing: str
) -> list[Made | FederationError]:
    """Call ``work`` for each; results or our errors come back in the order given.

    What has not begun when the deadline passes is not begun. Errors that are not ours are bugs and are raised.
    """

    def settle(one: Given) -> Made | FederationError:
        try:
            deadline.check(doing)
            return work(one)
        except FederationError as error:
            return error

    if len(over) < 2 or concurrency < 2:
        return [settle(one) for one in over]
    with ThreadPoolExecutor(max_workers=min(concurrency, len(over))) as pool:
        return list(pool.map(settle, over))
