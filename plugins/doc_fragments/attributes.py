# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the modules of the collection can do, and the action groups that they belong to."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
attributes:
  check_mode:
    description: Can run in check mode and tells what would change without changing it.
    support: full
  diff_mode:
    description: Shows what changes, or would change, field by field. Secret values are never shown.
    support: full
  idempotent:
    description: A second run with the same options changes nothing.
    support: full
  platform:
    description: Runs where Python 3.11 or later runs.
    platforms: posix
    support: full
"""

    INFO = r"""
attributes:
  check_mode:
    description: Reads only, so it does the same in check mode.
    support: full
  diff_mode:
    description: Reads only, so there is nothing to show.
    support: N/A
  idempotent:
    description: Reads only, so a second run changes nothing.
    support: full
  platform:
    description: Runs where Python 3.11 or later runs.
    platforms: posix
    support: full
"""

    EWBI = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/operator_platform.federation.ewbi) in C(module_defaults) to set the connection once.
    support: full
    membership:
      - operator_platform.federation.ewbi
"""

    SBI = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/operator_platform.federation.sbi) in C(module_defaults) to set the connection once.
    support: full
    membership:
      - operator_platform.federation.sbi
"""
