# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Client secrets: made random, kept only as scrypt hashes (RFC 7914)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets

# OWASP's parameters for scrypt: 2**16 with r=8 needs 64 MiB and ~150 ms; secrets made here are 256 random bits, so
# the smaller 2**14 (16 MiB, ~40 ms) only has to slow down guesses of secrets that an operator chose.
_N, _R, _P = 2**14, 8, 1
SHORTEST_SECRET = 16


def new_secret() -> str:
    """A fresh client secret of 256 random bits."""
    return secrets.token_urlsafe(32)


def hash_secret(secret: str) -> str:
    """The text to store: parameters, salt and hash."""
    salt = os.urandom(16)
    return "$".join(("scrypt", f"{_N},{_R},{_P}", _text(salt), _text(_scrypt(secret, salt, _N, _R, _P))))


def verify_secret(secret: str, stored: str) -> bool:
    """Whether a secret is the one that was hashed, in time that does not depend on where they differ."""
    parameters, salt, expected = stored.split("$")[1:]
    n, r, p = (int(number) for number in parameters.split(","))
    found = _scrypt(secret, base64.b64decode(salt), n, r, p)
    return hmac.compare_digest(found, base64.b64decode(expected))


def _scrypt(secret: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    return hashlib.scrypt(secret.encode(), salt=salt, n=n, r=r, p=p, maxmem=256 * n * r, dklen=32)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
