# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The specification's own Create-Cloudlet body, sent by a client that knows nothing of this project."""

from __future__ import annotations

import http.client
import json
import ssl
from base64 import b64encode

from tests.integration.endpoint.parties import Parties
from tests.integration.endpoint.server import EndpointProcess

# Exactly the keys and kinds of values that the specification names, no more.
SPECIFICATION_BODY = """
{
  "cloudlet_key": {"organization": "telco-north", "name": "specified"},
  "cloudlet_location": {"Latitude": "53.5461", "Longitude": "9.9661"},
  "Platform_type": "OpenStack",
  "Access_vars": {"OS_AUTH_URL": "https://cloud.example:5000/v3", "OS_USERNAME": "tenant", "OS_PASSWORD": "p"},
  "IP_support": "Static set",
  "Static_IPs": "198.51.100.10-198.51.100.40,198.51.100.64/28",
  "Resource_Map": {"gpu": "nvidia-t4:2", "nic": "sriov:8"}
}
"""


def post(endpoint: EndpointProcess, path: str, body: str, headers: dict[str, str]) -> tuple[int, dict[str, object]]:
    context = ssl.create_default_context(cafile=str(endpoint.ca))
    connection = http.client.HTTPSConnection("127.0.0.1", endpoint.port, context=context, timeout=30)
    try:
        connection.request("POST", path, body, headers)
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()


def test_the_specifications_own_body_is_accepted(endpoint: EndpointProcess, parties: Parties) -> None:
    basic = b64encode(f"north-automation:{endpoint.secrets['north-automation']}".encode()).decode()
    form = {"Authorization": f"Basic {basic}", "Content-Type": "application/x-www-form-urlencoded"}
    status, token = post(endpoint, "/api/v1/oauth2/token", "grant_type=client_credentials", form)
    assert status == 200
    headers = {"Authorization": f"Bearer {token['access_token']}", "Content-Type": "application/json"}

    status, created = post(endpoint, "/api/v1/auth/create/cloudlet", SPECIFICATION_BODY, headers)
    assert status == 201
    sent = json.loads(SPECIFICATION_BODY)
    for field in ("cloudlet_key", "cloudlet_location", "Platform_type", "Static_IPs", "Resource_Map"):
        assert created[field] == sent[field]
    assert created["IP_support"] == "Static"
    assert "Access_vars" not in created

    assert post(endpoint, "/api/v1/auth/create/cloudlet", SPECIFICATION_BODY, headers)[0] == 200
