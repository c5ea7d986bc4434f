# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Refusals of the OpenStack services become our errors, with the services' own words."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.operator_platform.federation.plugins.module_utils.errors import (
    AuthenticationFailed,
    Conflict,
    FederationError,
    Forbidden,
    InvalidInput,
    NotEnough,
    NotFound,
    PlatformFault,
    Unreachable,
    Unsupported,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack.errors import (
    failure,
    own_words,
    refusal,
)

NOVA_QUOTA = "Quota exceeded for cores: Requested 4, but already used 4 of 4 cores"
NEUTRON_QUOTA = "Quota exceeded for resources: ['floatingip']."
CINDER_QUOTA = (
    "VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed gigabytes quota. Requested 41G, "
    "quota is 40G and 0G has been consumed."
)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"forbidden": {"code": 403, "message": NOVA_QUOTA}}, NOVA_QUOTA),
        ({"NeutronError": {"type": "OverQuota", "message": NEUTRON_QUOTA, "detail": ""}}, NEUTRON_QUOTA),
        ({"overLimit": {"code": 413, "message": CINDER_QUOTA}}, CINDER_QUOTA),
        ({"error": {"code": 403, "message": "You are not authorized", "title": "Forbidden"}}, "You are not authorized"),
        ({"errors": [{"status": 403, "title": "Forbidden", "detail": "Denied.\n\n Policy"}]}, "Denied. Policy"),
        ({"errors": []}, ""),
        ("403 Forbidden\n\nNo image for you", "403 Forbidden No image for you"),
        (None, ""),
        ({"message": "plain"}, "plain"),
    ],
)
def test_each_services_own_words_are_found(body: Any, words: str) -> None:
    assert own_words(body) == words


@pytest.mark.parametrize(
    ("status", "words", "kind"),
    [
        (403, NOVA_QUOTA, NotEnough),
        (409, NEUTRON_QUOTA, NotEnough),
        (413, CINDER_QUOTA, NotEnough),
        (400, "Quota limit 1 for cores must be greater than or equal to already used and reserved 2.", NotEnough),
        (400, "Invalid input for cidr", InvalidInput),
        (401, "The request you have made requires authentication.", AuthenticationFailed),
        (403, "Policy doesn't allow os_compute_api:flavors:create to be performed.", Forbidden),
        (404, "Project could not be found", NotFound),
        (405, "", Unsupported),
        (406, "Version 2.99 is not supported", Unsupported),
        (409, "Security Group is in use", Conflict),
        (413, "", NotEnough),
        (429, "", PlatformFault),
        (500, "The server has either erred", PlatformFault),
        (503, "", PlatformFault),
    ],
)
def test_a_status_becomes_the_error_that_it_means(status: int, words: str, kind: type[FederationError]) -> None:
    error = refusal(status, {"error": {"message": words}}, "POST compute /servers on site", "req-1")
    assert error.__class__ is kind
    told = str(error)
    assert "POST compute /servers on site" in told
    assert str(status) in told
    assert words in told
    assert "req-1" in told
    assert error.remedy


def test_the_librarys_own_trailer_is_not_repeated() -> None:
    error = refusal(404, "Could not find it. (HTTP 404) (Request-ID: req-22)", "GET identity /x", "req-22")
    assert error.answered == "HTTP 404, Could not find it. (request req-22)"


class ConnectFailure(Exception):
    """Called like keystoneauth's."""


class SSLFailure(ConnectFailure):
    """Called like keystoneauth's."""


class SDKException(Exception):
    """Called like openstacksdk's."""


class Unauthorized(SDKException):
    http_status = 401
    request_id = "req-3"


@pytest.mark.parametrize(
    ("raised", "kind", "word"),
    [
        (SSLFailure("certificate verify failed: unable to get local issuer certificate"), Unreachable, "certificate"),
        (ConnectFailure("Connection refused"), Unreachable, "Connection refused"),
        (Unauthorized("The request you have made requires authentication."), AuthenticationFailed, "req-3"),
        (SDKException("Service error: 401 unauthorized"), AuthenticationFailed, "401"),
        (SDKException("something new"), PlatformFault, "SDKException: something new"),
    ],
)
def test_exceptions_of_the_libraries_become_our_errors(
    raised: Exception, kind: type[FederationError], word: str
) -> None:
    error = failure(raised, "log in at https://cloud.example/v3 for harbour-1")
    assert error.__class__ is kind
    assert word in str(error)
    assert "harbour-1" in str(error)


def test_our_own_errors_pass_unchanged() -> None:
    error = NotFound("gone")
    assert failure(error, "asked") is error
