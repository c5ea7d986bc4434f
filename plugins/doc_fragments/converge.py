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

    STATE = r"""
options:
  src:
    description:
      - A YAML or JSON file on the controller that holds the same list, for thousands of objects; a relative path is looked for
        beside the playbook and in the files of the role, and a file encrypted with C(ansible-vault) is opened. It is read by the
        module itself, which is much faster than passing the list through variables.
    type: path
  state:
    description: Whether they should be there.
    type: str
    choices: [present, absent]
    default: present
"""
