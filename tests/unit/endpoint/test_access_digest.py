# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The digest by which the operator sees that access variables are unchanged."""

from __future__ import annotations

import hashlib
import hmac

from ansible_collections.operator_platform.federation.plugins.module_utils.ewbi.cloudlet import digest_matches
from ewbi_endpoint.security.sealing import AccessDigest

ACCESS_VARS = {"OS_USERNAME": "süd", "OS_PASSWORD": 'a"\\b\n', "OS_AUTH_URL": "https://keystone.example"}


def test_equal_variables_are_recognised_whatever_their_order() -> None:
    digest = AccessDigest.of(ACCESS_VARS)
    assert digest.matches(dict(reversed(ACCESS_VARS.items())))
    assert not digest.matches({**ACCESS_VARS, "OS_PASSWORD": "b"})
    assert not digest.matches({})


def test_the_salt_is_another_each_time() -> None:
    assert AccessDigest.of(ACCESS_VARS) != AccessDigest.of(ACCESS_VARS)


def test_the_digest_is_the_documented_hmac() -> None:
    salt = bytes(range(16))
    canonical = b'{"A":"1","B":"\xc3\xbc"}'
    expected = hmac.new(salt, canonical, hashlib.sha256).hexdigest()
    assert AccessDigest.of({"B": "ü", "A": "1"}, salt.hex()) == AccessDigest(salt.hex(), expected)


def test_the_collection_reads_the_digest_that_the_endpoint_writes() -> None:
    digest = AccessDigest.of(ACCESS_VARS)
    shown = {"Salt": digest.salt, "Digest": digest.digest}
    assert digest_matches(ACCESS_VARS, shown)
    assert not digest_matches({**ACCESS_VARS, "OS_PASSWORD": "b"}, shown)
