# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The passwords of one lab: made once, kept in $LAB_RUN/secrets (0600), gone with ``down --wipe``."""

from __future__ import annotations

import json
import secrets

from openstack_lab.files import write_private
from openstack_lab.settings import APIS, Settings

OPERATOR_USERS = ("north-infra", "south-infra")


def load_or_create(settings: Settings) -> dict[str, str]:
    """Passwords by account: admin, message-queue, each service, each operator's infrastructure administrator."""
    path = settings.run / "secrets"
    accounts = ["admin", "message-queue", *APIS, *OPERATOR_USERS]
    passwords = json.loads(path.read_text()) if path.exists() else {}
    for account in accounts:
        # hexadecimal: it stands in URLs and INI files, where other characters would need quoting
        passwords.setdefault(account, secrets.token_hex(16))
    write_private(path, json.dumps(passwords, indent=1) + "\n")
    return passwords
