# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Access tokens: short-lived JWTs (RFC 9068's claims) signed with ES256 by this endpoint for itself."""

from __future__ import annotations

import base64
import hashlib
import uuid
from dataclasses import dataclass

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from ewbi_endpoint.times import SECOND, Instant

SCOPE = "ewbi"
# How many verified tokens are remembered, so that a signature is checked once a token and not once a call.
_REMEMBERED = 4096


class TokenError(Exception):
    """A token is not accepted; the text says why without repeating it."""


@dataclass(frozen=True, slots=True)
class TokenClaims:
    """What a verified token says. `generation` is the client's at issue: rotating its secret ends its tokens."""

    client_id: str
    generation: int
    expires: Instant


def new_signing_key() -> bytes:
    """A fresh EC P-256 private key, PEM."""
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


class TokenIssuer:
    """Issues and verifies the tokens of one endpoint."""

    def __init__(self, signing_key_pem: bytes, organization: str, lifetime_seconds: int) -> None:
        key = serialization.load_pem_private_key(signing_key_pem, password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
            raise ValueError("the signing key is no EC P-256 private key")
        self._key = key
        self._public = key.public_key()
        self._issuer = f"ewbi-endpoint:{organization}"
        self._audience = f"ewbi:{organization}"
        self.lifetime_seconds = lifetime_seconds
        point = self._public.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
        self._key_id = base64.urlsafe_b64encode(hashlib.sha256(point).digest()[:12]).decode()
        self._remembered: dict[str, TokenClaims] = {}

    def issue(self, client_id: str, generation: int, now: Instant) -> str:
        """A token for a client that has proven itself."""
        issued = now // SECOND
        claims = {
            "iss": self._issuer,
            "aud": self._audience,
            "sub": client_id,
            "client_id": client_id,
            "gen": generation,
            "scope": SCOPE,
            "iat": issued,
            # Rounded up: never a shorter life than expires_in says.
            "exp": -(-now // SECOND) + self.lifetime_seconds,
            "jti": uuid.uuid4().hex,
        }
        return jwt.encode(claims, self._key, algorithm="ES256", headers={"kid": self._key_id, "typ": "at+jwt"})

    def verify(self, token: str, now: Instant) -> TokenClaims:
        """The claims of a valid token; TokenError says why it is none."""
        claims = self._remembered.get(token)
        if claims is None:
            claims = self._decode(token)
            if len(self._remembered) >= _REMEMBERED:
                self._remembered.clear()
            self._remembered[token] = claims
        if now >= claims.expires:
            raise TokenError("the token has expired: get a new one from /api/v1/oauth2/token")
        return claims

    def _decode(self, token: str) -> TokenClaims:
        try:
            decoded = jwt.decode(
                token,
                self._public,
                algorithms=["ES256"],
                audience=self._audience,
                issuer=self._issuer,
                # The expiry is compared by `verify` with its caller's clock, for remembered tokens alike.
                options={"require": ["exp", "iat", "aud", "iss", "sub", "gen"], "verify_exp": False},
            )
        except jwt.PyJWTError:
            raise TokenError("the token was not issued by this endpoint, or was altered") from None
        return TokenClaims(str(decoded["sub"]), int(decoded["gen"]), int(decoded["exp"]) * SECOND)
