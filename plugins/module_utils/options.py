# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options that several modules and plugins share, once. Their documentation is in plugins/doc_fragments."""

from __future__ import annotations

from typing import Any

from ansible.module_utils.basic import env_fallback

Options = dict[str, dict[str, Any]]

CONVERGE: Options = {
    "concurrency": {"type": "int", "default": 16},
    "deadline": {"type": "int", "default": 600},
}

EWBI: Options = {
    "ewbi_url": {"type": "str", "required": True, "fallback": (env_fallback, ["EWBI_URL"])},
    "ewbi_client_id": {"type": "str", "required": True, "fallback": (env_fallback, ["EWBI_CLIENT_ID"])},
    "ewbi_client_secret": {
        "type": "str",
        "required": True,
        "no_log": True,
        "fallback": (env_fallback, ["EWBI_CLIENT_SECRET"]),
    },
    "ewbi_ca_cert": {"type": "str", "fallback": (env_fallback, ["EWBI_CA_CERT"])},
    "ewbi_client_cert": {"type": "path", "fallback": (env_fallback, ["EWBI_CLIENT_CERT"])},
    "ewbi_client_key": {"type": "path", "fallback": (env_fallback, ["EWBI_CLIENT_KEY"])},
    "ewbi_request_timeout": {"type": "int", "default": 30, "fallback": (env_fallback, ["EWBI_REQUEST_TIMEOUT"])},
}
