# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Access variables at rest: AES-256-GCM under a key that is kept outside the database."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
# NIST SP 800-38D recommends 96-bit nonces; random ones are safe for far more sealings than a key will ever see.
_NONCE_BYTES = 12
_VERSION = b"\x01"
_SALT_BYTES = 16


class SealingError(Exception):
    """Sealed data cannot be opened: another sealing key, or altered data."""


def new_sealing_key() -> str:
    """A fresh key as it is kept in its file (base64)."""
    return base64.b64encode(os.urandom(KEY_BYTES)).decode()


@dataclass(frozen=True, slots=True)
class AccessDigest:
    """HMAC-SHA-256 of access variables under a random salt, over their canonical JSON; both hexadecimal.

    Shown to the operator that writes them, who can so tell without a call, and without sending them, whether they are
    still the same. Never shown to a partner, and sealed at rest: whoever had it could try out passwords.
    """

    salt: str
    digest: str

    @classmethod
    def of(cls, values: Mapping[str, str], salt: str | None = None) -> AccessDigest:
        """The digest of access variables, under a fresh salt or a given one."""
        salt = os.urandom(_SALT_BYTES).hex() if salt is None else salt
        canonical = json.dumps(dict(values), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return cls(salt, hmac.new(bytes.fromhex(salt), canonical.encode(), hashlib.sha256).hexdigest())

    def matches(self, values: Mapping[str, str]) -> bool:
        """Whether these are the access variables that the digest was made of."""
        return hmac.compare_digest(AccessDigest.of(values, self.salt).digest, self.digest)


class Sealer:
    """Seals and opens access variables, and makes keyed digests of requests that may hold them.

    `context` (the cloudlet's key) is bound to the sealed data: moved to another row it does not open.
    """

    def __init__(self, key_text: str) -> None:
        key = base64.b64decode(key_text.strip(), validate=True)
        if len(key) != KEY_BYTES:
            raise ValueError(f"a sealing key has {KEY_BYTES} bytes, this one {len(key)}")
        # Two purposes, two keys: a digest must not be made with what encrypts.
        self._aead = AESGCM(_derived(key, b"access variables at rest"))
        self._digest_key = _derived(key, b"digests")

    def seal(self, values: Mapping[str, str], context: str) -> bytes:
        """Seal a mapping of names to secret values."""
        nonce = os.urandom(_NONCE_BYTES)
        plain = orjson.dumps(dict(values), option=orjson.OPT_SORT_KEYS)
        return _VERSION + nonce + self._aead.encrypt(nonce, plain, context.encode())

    def open(self, sealed: bytes, context: str) -> dict[str, str]:
        """What `seal` was given; SealingError where it cannot be opened."""
        if sealed[:1] != _VERSION:
            raise SealingError("the sealed access variables have an unknown format")
        nonce, box = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        try:
            plain = self._aead.decrypt(nonce, box, context.encode())
        except InvalidTag:
            raise SealingError(
                "the access variables cannot be opened: the sealing key is not the one they were sealed with"
            ) from None
        values: dict[str, str] = orjson.loads(plain)
        return values

    def seal_digest(self, digest: AccessDigest, context: str) -> bytes:
        """Seal a digest, so that a stolen database gives nothing to try passwords on."""
        return self.seal({"salt": digest.salt, "digest": digest.digest}, f"digest of {context}")

    def open_digest(self, sealed: bytes, context: str) -> AccessDigest:
        """What `seal_digest` was given."""
        return AccessDigest(**self.open(sealed, f"digest of {context}"))

    def digest(self, purpose: str, data: bytes) -> str:
        """A keyed digest (HMAC-SHA-256, hexadecimal): equal for equal data, useless without the key."""
        return hmac.new(self._digest_key, purpose.encode() + b"\0" + data, hashlib.sha256).hexdigest()


def _derived(key: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(key)
