# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real endpoint of the operator telco-north, known to an operator client and to two partners."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.integration.endpoint.server import EndpointProcess

NORTH, SOUTH = "telco-north", "telco-south"
OPERATOR, PARTNER = "north-automation", "south-automation"


@dataclass(frozen=True)
class North:
    """The endpoint of telco-north and what tests do with it."""

    endpoint: EndpointProcess

    def options(self, client_id: str = OPERATOR, **differs: Any) -> dict[str, Any]:
        """Connection options of the ewbi modules."""
        return {
            "ewbi_url": self.endpoint.url,
            "ewbi_client_id": client_id,
            "ewbi_client_secret": self.endpoint.secrets[client_id],
            "ewbi_ca_cert": str(self.endpoint.ca),
            **differs,
        }

    def call(self, path: str, body: dict[str, Any], client_id: str = OPERATOR) -> dict[str, Any]:
        """A call of a bare client that has to succeed."""
        status, answer = self.endpoint.client(client_id).call(path, body)
        assert status in (200, 201), (path, status, answer)
        return answer

    def federate(self) -> None:
        key = {"federation_key": {"organization": NORTH, "partner": SOUTH}}
        self.call("create/federation", key)
        self.call("update/federation", {**key, "Status": "ACTIVE"}, PARTNER)

    def events(self) -> list[dict[str, Any]]:
        """Everything that ever changed here."""
        found: list[dict[str, Any]] = []
        since = "0"
        while True:
            page = self.call("show/event", {"since": since, "limit": 1000})
            found += page["items"]
            if not page["items"]:
                return found
            since = page["next_cursor"]

    def requests(self, *verbs: str) -> list[str]:
        """Paths of the calls answered so far whose verb is one of these, out of the endpoint's own log."""
        paths = []
        for line in self.endpoint.log.read_text().splitlines():
            path = str(json.loads(line).get("path", "")) if line.startswith("{") else ""
            if path.startswith("/auth/") and path.split("/")[2] in verbs:
                paths.append(path)
        return paths


def start_north(directory: Path, **config: Any) -> North:
    """Started, with its clients; to be stopped by the caller."""
    endpoint = EndpointProcess(directory, NORTH, **config)
    endpoint.start()
    endpoint.add_client(OPERATOR, NORTH, "operator")
    endpoint.add_client(PARTNER, SOUTH, "partner")
    return North(endpoint)


@pytest.fixture(scope="module")
def north(tmp_path_factory: pytest.TempPathFactory) -> Iterator[North]:
    """Federated with telco-south, shared by the tests of a file."""
    running = start_north(tmp_path_factory.mktemp("north"))
    try:
        running.federate()
        yield running
    finally:
        running.endpoint.stop()
