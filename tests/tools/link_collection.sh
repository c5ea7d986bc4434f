#!/usr/bin/env bash
# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Makes operator_platform.federation importable from whatever path this is checked out at, without
# installing it: .collections/ansible_collections/operator_platform/federation links back to the checkout.
# Git, the tarball (build_ignore) and the linters leave .collections alone, so nothing follows the link round.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
namespace=.collections/ansible_collections/operator_platform
mkdir -p "$namespace"
# Relative, so that the checkout may be moved.
ln -sfn ../../.. "$namespace/federation"
