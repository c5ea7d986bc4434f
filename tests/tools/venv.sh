#!/usr/bin/env bash
# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Makes .venv from the pinned requirements of the Python that is here, installs the endpoint into it,
# and links the checkout where Ansible looks for collections. Does nothing when nothing has changed.
#
#   VENV    where to make it (default: .venv of the checkout)
#   PYTHON  which interpreter to take (default: the first of python3.11, 3.12, 3.13, python3 with a lock)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
checkout=$PWD
venv=${VENV:-$checkout/.venv}

version_of() { # prints "3.11" for an interpreter that runs, nothing for one that does not (a pyenv shim may not)
    "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null || true
}

choose_python() {
    local candidate version
    for candidate in ${PYTHON:-python3.11 python3.12 python3.13 python3}; do
        version=$(version_of "$candidate")
        if [[ -n $version && -f requirements/python$version.txt ]]; then
            echo "$candidate $version"
            return
        fi
    done
    echo "venv: no usable Python among: ${PYTHON:-python3.11 python3.12 python3.13 python3}." \
        "Pinned requirements exist for: $(cd requirements && echo python*.txt)." \
        "Install one of these (Debian: apt-get install python3 python3-venv) or set PYTHON=/path/to/it." >&2
    exit 1
}

ensure_venv_module() { # Debian ships ensurepip in a package of its own
    local python=$1 version=$2
    if "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        return
    fi
    if [[ $(id -u) -eq 0 ]] && command -v apt-get >/dev/null; then
        echo "venv: $python has no venv module: installing python$version-venv with apt-get"
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "python$version-venv"
    else
        echo "venv: $python has no venv module: install the package python$version-venv, as root" >&2
        exit 1
    fi
}

chosen=$(choose_python)
read -r python version <<<"$chosen"
lock=requirements/python$version.txt
bash tests/tools/link_collection.sh

stamp=$venv/.installed
wanted=$(
    {
        echo "$checkout $version"
        cat "$lock" endpoint/requirements.lock endpoint/pyproject.toml tests/tools/venv.sh
    } | sha256sum
)
if [[ -f $stamp && $(cat "$stamp") == "$wanted" ]]; then
    exit 0
fi

ensure_venv_module "$python" "$version"
echo "venv: installing $lock and the endpoint into ${venv#"$checkout"/} with $("$python" --version)"
# A virtualenv of another interpreter or another path cannot be brought up to date: it is made anew.
if [[ ! -x $venv/bin/python || $(version_of "$venv/bin/python") != "$version" || ! -x $venv/bin/pip ]] ||
    ! head -n 1 "$venv/bin/pip" | grep -qF "$venv/bin/python"; then
    "$python" -m venv --clear "$venv"
fi
rm -f "$stamp"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$lock" -r endpoint/requirements.lock
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --editable endpoint
"$venv/bin/python" -m pip check
echo "$wanted" >"$stamp"
