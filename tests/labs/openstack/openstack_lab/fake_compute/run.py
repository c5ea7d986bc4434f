# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``nova-compute`` that finds the lab's own driver: nova loads drivers from the package nova.virt only."""

from __future__ import annotations

import sys
from pathlib import Path

import nova.virt
from nova.cmd.compute import main

nova.virt.__path__.append(str(Path(__file__).parent / "drivers"))

if __name__ == "__main__":
    sys.argv[0] = "nova-compute"
    main()
