# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The native dialect: the one place that knows how bodies are spelled.

Reading goes through `ewbi_endpoint.wire.reading.read` with a model of this package and then its `to_...`, which gives
objects of `ewbi_endpoint.model`; writing is the functions of `rendering`. Another dialect is another such package.
"""
