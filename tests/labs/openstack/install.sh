#!/usr/bin/env bash
# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# One-time installation for the lab: Debian packages, a Python environment from requirements.lock, a guest image.
# Each part says what it does and is skipped when it is there. Called by `lab up`.
set -euo pipefail
LAB_SOURCE=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
# shellcheck source=tests/labs/openstack/settings.sh
. "$LAB_SOURCE/settings.sh"
export PATH=$PATH:/usr/sbin:/sbin

say() { echo "lab install: $*"; }
fail() { echo "lab install: $*" >&2; exit 1; }

is_python_311() { [ "$("$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)" = 3.11 ]; }

# The lock file was resolved for Python 3.11 and is used with no other version.
find_python() {
  local candidate
  if [ -n "${LAB_PYTHON:-}" ]; then
    is_python_311 "$LAB_PYTHON" || fail "LAB_PYTHON=$LAB_PYTHON is not Python 3.11, for which requirements.lock was made"
    echo "$LAB_PYTHON"
    return
  fi
  for candidate in python3.11 python3 /usr/bin/python3.11; do
    if command -v "$candidate" >/dev/null && is_python_311 "$candidate"; then
      echo "$candidate"
      return
    fi
  done
  echo /usr/bin/python3.11 # Debian 12's own, installed below
}

is_installed() { [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

on_debian_12() (
  [ -r /etc/os-release ] || return 1
  . /etc/os-release
  [ "${ID:-}" = debian ] && [ "${VERSION_ID:-}" = 12 ] && [ "$(dpkg --print-architecture)" = amd64 ]
)

install_packages() {
  local package policy=/usr/sbin/policy-rc.d made_policy='' missing=()
  for package in "$@"; do is_installed "$package" || missing+=("$package"); done
  [ ${#missing[@]} -gt 0 ] || return 0
  [ "$LAB_APT" != 0 ] || fail "LAB_APT=0, but these Debian packages are missing: ${missing[*]}"
  on_debian_12 || fail "the package list is made for Debian 12 on amd64, and these packages are missing: ${missing[*]}"
  say "Debian packages: ${missing[*]}"
  # Debian starts daemons when it installs them, on the ports and sockets that the lab uses. policy-rc.d forbids that.
  if [ ! -e $policy ]; then
    printf '#!/bin/sh\nexit 101\n' >$policy
    chmod 755 $policy
    made_policy=yes
  fi
  local status=0
  { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends --no-upgrade "${missing[@]}"; } \
    >"$FEDERATION_LAB_HOME/apt.log" 2>&1 || status=$?
  [ -z "$made_policy" ] || rm -f $policy
  [ $status = 0 ] || { tail -n 20 "$FEDERATION_LAB_HOME/apt.log" >&2; fail "apt-get failed; the whole log is $FEDERATION_LAB_HOME/apt.log"; }
  keep_daemons_off "${missing[@]}"
}

# Under systemd the packages' own daemons would come up at the next boot. Only those that we have just installed are touched.
keep_daemons_off() {
  [ -d /run/systemd/system ] || return 0
  local package unit
  for package in "$@"; do
    dpkg-query --listfiles "$package" 2>/dev/null | sed -n 's#.*/systemd/system/\([^/]*\.\(service\|socket\)\)$#\1#p' | grep -v '@' | while read -r unit; do
      systemctl disable --quiet "$unit" 2>/dev/null || true
    done
  done
}

install_environment() {
  local python=$1 stamp=$LAB_VENV/.installed wanted
  wanted=$(sha256sum <"$LAB_SOURCE/requirements.lock")
  [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ] || return 0
  say "Python environment with OpenStack 2025.1 in $LAB_VENV (766 MB, one to two minutes)"
  if ! { [ -x "$LAB_VENV/bin/python3" ] && is_python_311 "$LAB_VENV/bin/python3"; }; then
    rm -rf "$LAB_VENV"
    "$python" -m venv "$LAB_VENV"
  fi
  # Some of these packages' sources are built with setup.py and need a setuptools that still has pkg_resources.
  "$LAB_VENV/bin/pip" install --quiet --disable-pip-version-check --upgrade wheel 'setuptools<80' 2>"$FEDERATION_LAB_HOME/pip.log" ||
    { cat "$FEDERATION_LAB_HOME/pip.log" >&2; fail "pip could not install setuptools"; }
  "$LAB_VENV/bin/pip" install --quiet --disable-pip-version-check --requirement "$LAB_SOURCE/requirements.lock" 2>"$FEDERATION_LAB_HOME/pip.log" ||
    { tail -n 20 "$FEDERATION_LAB_HOME/pip.log" >&2; fail "pip failed; the whole log is $FEDERATION_LAB_HOME/pip.log"; }
  echo "$wanted" >"$stamp"
}

mkdir -p "$FEDERATION_LAB_HOME"
# Everything in the default home is made by the lab and belongs into no commit.
[ "$FEDERATION_LAB_HOME" != "$LAB_CHECKOUT/.lab/openstack" ] || echo '*' >"$LAB_CHECKOUT/.lab/.gitignore"
mapfile -t packages < <(grep -v '^#' "$LAB_SOURCE/packages.txt")
python=$(find_python)
# Debian splits off what venv and libvirt-python need; a Python built from source has it.
[ "$(readlink -f "$(command -v "$python" || echo "$python")")" != /usr/bin/python3.11 ] || packages+=(python3.11 python3.11-venv python3.11-dev)
install_packages "${packages[@]}"
install_environment "$python"
if [ ! -f "$LAB_IMAGES/guest.qcow2" ]; then
  say "guest image $LAB_IMAGES/guest.qcow2 (13 MB, half a minute)"
  "$LAB_SOURCE/build_guest.sh" >"$FEDERATION_LAB_HOME/guest.log" 2>&1 ||
    { tail -n 20 "$FEDERATION_LAB_HOME/guest.log" >&2; fail "the guest image could not be built; the whole log is $FEDERATION_LAB_HOME/guest.log"; }
fi
