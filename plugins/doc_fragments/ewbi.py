# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of the connection to an EWBI endpoint (module_utils/options.py, EWBI)."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  ewbi_url:
    description:
      - Base address of the operator's EWBI endpoint, such as V(https://ewbi.telco-north.example:8443).
      - Only C(https) is accepted, on loopback as well.
      - If not given, the environment variable E(EWBI_URL) is used.
    type: str
    required: true
  ewbi_client_id:
    description:
      - OAuth2 client that the endpoint's operator made for you.
      - If not given, the environment variable E(EWBI_CLIENT_ID) is used.
    type: str
    required: true
  ewbi_client_secret:
    description:
      - Secret of that client.
      - If not given, the environment variable E(EWBI_CLIENT_SECRET) is used.
    type: str
    required: true
  ewbi_ca_cert:
    description:
      - CA that signed the endpoint's certificate, as the path of a PEM file on the controller or as PEM text.
      - Without it the system's trust store decides. Verification cannot be switched off.
      - If not given, the environment variable E(EWBI_CA_CERT) is used.
    type: str
  ewbi_client_cert:
    description:
      - Path of a PEM file with the client certificate, for endpoints that ask for one (mutual TLS).
      - If not given, the environment variable E(EWBI_CLIENT_CERT) is used.
    type: path
  ewbi_client_key:
    description:
      - Path of the private key of O(ewbi_client_cert).
      - If not given, the environment variable E(EWBI_CLIENT_KEY) is used.
    type: path
  ewbi_request_timeout:
    description:
      - Seconds that one request may take. A whole task is bounded by O(deadline).
      - If not given, the environment variable E(EWBI_REQUEST_TIMEOUT) is used.
    type: int
    default: 30
requirements:
  - requests
"""
