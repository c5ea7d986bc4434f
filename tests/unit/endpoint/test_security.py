# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sealing, secrets, tokens and certificates."""

from __future__ import annotations

import ssl
from pathlib import Path

import jwt
import pytest
from cryptography import x509

from ewbi_endpoint.security.certificates import certificate_hosts, new_authority, new_server_certificate
from ewbi_endpoint.security.sealing import AccessDigest, Sealer, SealingError, new_sealing_key
from ewbi_endpoint.security.secrets import hash_secret, new_secret, verify_secret
from ewbi_endpoint.security.tokens import TokenError, TokenIssuer, new_signing_key
from ewbi_endpoint.times import SECOND

SECRETS = {"OS_PASSWORD": "geheim-ünïcode", "OS_AUTH_URL": "https://x"}


def test_what_is_sealed_opens_again_and_shows_nothing() -> None:
    sealer = Sealer(new_sealing_key())
    sealed = sealer.seal(SECRETS, "a/b")
    assert sealer.open(sealed, "a/b") == SECRETS
    assert b"geheim" not in sealed
    assert b"OS_PASSWORD" not in sealed
    assert sealer.seal(SECRETS, "a/b") != sealed


def test_what_is_sealed_opens_only_in_its_place_with_its_key_and_unaltered() -> None:
    key = new_sealing_key()
    sealed = Sealer(key).seal(SECRETS, "a/b")
    altered = sealed[:-1] + bytes([sealed[-1] ^ 1])
    for sealer, box, context in (
        (Sealer(key), sealed, "a/c"),
        (Sealer(new_sealing_key()), sealed, "a/b"),
        (Sealer(key), altered, "a/b"),
        (Sealer(key), b"\x02" + sealed[1:], "a/b"),
    ):
        with pytest.raises(SealingError):
            sealer.open(box, context)


def test_a_digest_tells_equal_from_different_and_is_salted() -> None:
    digest = AccessDigest.of(SECRETS)
    assert digest.matches(dict(reversed(SECRETS.items())))
    assert not digest.matches({**SECRETS, "OS_PASSWORD": "other"})
    assert AccessDigest.of(SECRETS) != digest
    sealer = Sealer(new_sealing_key())
    assert sealer.open_digest(sealer.seal_digest(digest, "a/b"), "a/b") == digest


def test_a_sealing_key_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Sealer("AAAA")


def test_only_the_right_secret_verifies_and_the_hash_hides_it() -> None:
    secret = new_secret()
    stored = hash_secret(secret)
    assert verify_secret(secret, stored)
    assert not verify_secret(secret + "x", stored)
    assert secret not in stored
    assert hash_secret(secret) != stored


def test_a_token_says_who_and_expires() -> None:
    issuer = TokenIssuer(new_signing_key(), "telco-north", 60)
    token = issuer.issue("south", 3, 1000 * SECOND)
    for _attempt in ("checked", "remembered"):
        claims = issuer.verify(token, 1059 * SECOND)
        assert (claims.client_id, claims.generation) == ("south", 3)
        with pytest.raises(TokenError, match="expired"):
            issuer.verify(token, 1060 * SECOND)


def test_tokens_of_others_and_unsigned_tokens_are_refused() -> None:
    issuer = TokenIssuer(new_signing_key(), "telco-north", 60)
    claims = jwt.decode(issuer.issue("south", 1, 0), options={"verify_signature": False})
    forged = [
        TokenIssuer(new_signing_key(), "telco-north", 60).issue("south", 1, 0),
        jwt.encode(claims, "", algorithm="none"),
        jwt.encode(claims, "k" * 32, algorithm="HS256"),
        issuer.issue("south", 1, 0)[:-6] + "AAAAAA",
        "nonsense",
    ]
    for token in forged:
        with pytest.raises(TokenError):
            issuer.verify(token, 0)


def test_a_token_for_another_endpoint_with_the_same_key_is_refused() -> None:
    key = new_signing_key()
    token = TokenIssuer(key, "telco-south", 60).issue("c", 1, 0)
    with pytest.raises(TokenError):
        TokenIssuer(key, "telco-north", 60).verify(token, 0)


def test_the_server_certificate_is_for_its_hosts_and_from_its_authority(tmp_path: Path) -> None:
    authority = new_authority("telco-north")
    server = new_server_certificate(authority, "telco-north", ["127.0.0.1", "localhost", "ewbi.north.example"])
    assert certificate_hosts(server.certificate) == ["127.0.0.1", "localhost", "ewbi.north.example"]
    certificate = x509.load_pem_x509_certificate(server.certificate)
    certificate.verify_directly_issued_by(x509.load_pem_x509_certificate(authority.certificate))
    (tmp_path / "ca.pem").write_bytes(authority.certificate)
    context = ssl.create_default_context(cafile=str(tmp_path / "ca.pem"))
    assert context.cert_store_stats()["x509_ca"] == 1
