# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that every module of the collection has (module_utils/options.py, CONVERGE)."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  concurrency:
    description: How many requests may be under way at once.
    type: int
    default: 16
  deadline:
    description:
      - Seconds that the whole task may take. Nothing waits longer; what had not begun by then is not begun and the task can be
        run again.
    type: int
    default: 600
"""
