#!/usr/bin/env bash
# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Runs `ansible-test sanity` over what git knows of this checkout. Arguments go to ansible-test
# (for example: tests/tools/sanity.sh --test validate-modules).
#
# ansible-test wants a git work tree at .../ansible_collections/NAMESPACE/NAME and keeps state in the home
# directory, so both are made under build/: neither the checkout's place nor the user's home matters.
#
#   VENV  the virtualenv whose ansible-core is used (default: .venv)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
checkout=$PWD
venv=$(realpath "${VENV:-.venv}")
python_version=$("$venv/bin/python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
home=$checkout/build/sanity/home-$python_version
tree=$checkout/build/sanity/tree-$python_version/ansible_collections/operator_platform/federation

# What git tracks or would track: no virtualenv, no lab, no cache. Deleted files are still listed by git: left out.
rm -rf "$tree"
mkdir -p "$tree" "$home"
git ls-files --cached --others --exclude-standard -z |
    while IFS= read -r -d '' path; do [[ -e $path ]] && printf '%s\0' "$path"; done |
    tar --create --null --files-from=- | tar --extract --directory "$tree"
git -C "$tree" init --quiet
git -C "$tree" add --all
git -C "$tree" -c user.name=sanity -c user.email=sanity@localhost commit --quiet --message "The tree that is checked"

# The pip that ansible-test bootstraps its own virtualenvs with: see tests/tools/pip_bootstrap.py.
pip_version=$("$venv/bin/python" -c "
import types
from ansible_test._internal.python_requirements import get_venv_packages
print(get_venv_packages(types.SimpleNamespace(version='$python_version'))['pip'])")
cache=$home/.ansible/test/cache
mkdir -p "$cache"
if [[ ! -f $cache/pip-$pip_version-py3-none-any.whl ]]; then
    "$venv/bin/pip" download --quiet --disable-pip-version-check --no-deps --dest "$cache" "pip==$pip_version"
fi
cp tests/tools/pip_bootstrap.py "$cache/get_pip_${pip_version//./_}.py"

# pip finds the user's settings (a mirror, a certificate) through HOME, which is another one here. What it installs
# into the virtualenvs of ansible-test is not what one wants to read.
mkdir -p "$home/.config/pip" "$home/.pip"
if [[ -f $HOME/.config/pip/pip.conf ]]; then
    ln -sf "$HOME/.config/pip/pip.conf" "$home/.config/pip/pip.conf"
fi
printf '[global]\nquiet = 2\n' >"$home/.pip/pip.conf"

cd "$tree"
exec env HOME="$home" PATH="$venv/bin:$PATH" \
    "$venv/bin/ansible-test" sanity --python "$python_version" --color no "$@" </dev/null
