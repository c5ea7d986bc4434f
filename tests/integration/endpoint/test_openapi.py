# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The running endpoint held against the document that it publishes, with requests made up from that document."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import checks
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.integration.endpoint.parties import Parties, publish, reserve
from tests.integration.endpoint.server import EndpointProcess

CALLS = sorted(
    f"/api/v1/auth/{verb}/{what}"
    for what, verbs in {
        "federation": ("create", "update", "delete", "show"),
        "cloudlet": ("create", "update", "delete", "show"),
        "reservation": ("create", "update", "activate", "delete", "show"),
        "access": ("show",),
        "event": ("show",),
        "usage": ("show",),
    }.items()
    for verb in verbs
)


@pytest.fixture(scope="module")
def document(endpoint: EndpointProcess, parties: Parties) -> dict[str, Any]:
    """The published document, of an endpoint with something in it."""
    reserve(parties, publish(parties, Site="s"), Resources={"vcpus": 2, "devices": {"gpu": 1}})
    published: dict[str, Any] = json.loads(endpoint.request("/api/v1/openapi.json")[1])
    return published


def test_every_call_of_the_contract_is_in_the_document(document: dict[str, Any]) -> None:
    assert sorted(path for path in document["paths"] if "/auth/" in path) == CALLS
    for path in CALLS:
        operation = document["paths"][path]["post"]
        assert operation["security"] == [{"clientCredentials": ["ewbi"]}]
        assert "application/problem+json" in operation["responses"]["400"]["content"]


@pytest.mark.parametrize("role", ["north", "south"])
@pytest.mark.parametrize("path", CALLS)
def test_whatever_is_sent_the_answer_is_one_that_the_document_promises(
    endpoint: EndpointProcess, parties: Parties, document: dict[str, Any], path: str, role: str
) -> None:
    schema = schemathesis.openapi.from_dict(document)
    operation = schema[path]["POST"]
    token = getattr(parties, role).token()
    session = requests.Session()
    # An authority from the environment would replace the endpoint's own.
    session.trust_env = False

    # Few and always the same examples: this finds what is grossly wrong, in a second a call.
    @settings(
        max_examples=12,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def whatever(case: Any) -> None:
        if isinstance(case.body, dict) and "wait_seconds" in case.body:
            case.body["wait_seconds"] = 0
        case.call_and_validate(
            base_url=endpoint.url,
            headers={"Authorization": f"Bearer {token}"},
            session=session,
            verify=str(endpoint.ca),
            checks=[
                checks.not_a_server_error,
                status_code_conformance,
                content_type_conformance,
                response_schema_conformance,
            ],
        )

    whatever()
