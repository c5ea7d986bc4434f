#!/usr/bin/env bash
# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Writes requirements/python<version>.txt from requirements/dev.in for each interpreter given
# (default: the one of .venv). Versions that endpoint/requirements.lock pins are kept.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
for python in "${@:-.venv/bin/python}"; do
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    "$python" -m venv "$scratch/$version"
    "$scratch/$version/bin/pip" install --quiet --disable-pip-version-check pip-tools
    echo "lock: requirements/python$version.txt"
    # Neither an index nor a find-links address is written: the file has to work with any mirror.
    "$scratch/$version/bin/pip-compile" --quiet --strip-extras --no-header --no-emit-index-url --no-emit-find-links \
        --no-emit-trusted-host --annotation-style=line --upgrade \
        --constraint endpoint/requirements.lock \
        --output-file "requirements/python$version.txt" requirements/dev.in
done
