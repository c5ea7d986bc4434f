# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bootstraps pip in the virtualenvs of ansible-test, from a wheel that pip itself has fetched.

ansible-test downloads a get-pip script from a site of its own, which a machine with only a package index
cannot reach. It looks first for a cached copy; tests/tools/sanity.sh puts this file there, and the wheel of
the same pip version beside it. ansible-test calls it like get-pip: with pip's own install arguments and the
two get-pip options --no-setuptools and --no-wheel, which pip does not know.
"""

from __future__ import annotations

import os
import runpy
import sys
from pathlib import Path

GET_PIP_OPTIONS = ("--no-setuptools", "--no-wheel")


def main() -> None:
    # ansible-test runs a copy of this file from elsewhere and names the cached one in GET_PIP.
    here = Path(os.environ["GET_PIP"]).resolve()
    version = here.stem.removeprefix("get_pip_").replace("_", ".")
    wheel = here.with_name(f"pip-{version}-py3-none-any.whl")
    if not wheel.is_file():
        sys.exit(f"pip bootstrap: {wheel} is missing; run tests/tools/sanity.sh, which fetches it")
    sys.path.insert(0, str(wheel))
    sys.argv = ["pip", "install", *(argument for argument in sys.argv[1:] if argument not in GET_PIP_OPTIONS)]
    runpy.run_module("pip", run_name="__main__")


if __name__ == "__main__":
    main()
