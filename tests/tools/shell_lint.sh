#!/usr/bin/env bash
# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Checks every bash script that git knows: its syntax always, and with shellcheck where that is installed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

mapfile -t scripts < <(git ls-files --cached --others --exclude-standard -z | xargs -0 grep -lE '^#!.*\bbash\b' |
    while IFS= read -r path; do [[ $(head -c 2 "$path") == '#!' && $path != *.j2 ]] && echo "$path"; done)
for script in "${scripts[@]}"; do
    bash -n "$script"
done
if command -v shellcheck >/dev/null; then
    shellcheck --external-sources "${scripts[@]}"
else
    echo "shell_lint: shellcheck is not installed (apt-get install shellcheck): only the syntax was checked"
fi
echo "shell_lint: ${#scripts[@]} scripts"
