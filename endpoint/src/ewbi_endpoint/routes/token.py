# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""POST /oauth2/token: client credentials (RFC 6749, section 4.4)."""

from __future__ import annotations

import asyncio
import base64
import binascii
from urllib.parse import parse_qs, unquote_plus

import orjson
from fastapi import APIRouter, Request, Response

from ewbi_endpoint.calls import read_payload
from ewbi_endpoint.problems import Problem
from ewbi_endpoint.security.secrets import hash_secret, new_secret, verify_secret
from ewbi_endpoint.security.tokens import SCOPE
from ewbi_endpoint.service import Service
from ewbi_endpoint.store import clients
from ewbi_endpoint.wire.native.answers import TokenAnswer

_LARGEST_FORM = 16_384
_FORM = {
    "type": "object",
    "required": ["grant_type"],
    "properties": {
        "grant_type": {"type": "string", "enum": ["client_credentials"]},
        "client_id": {"type": "string"},
        "client_secret": {"type": "string"},
        "scope": {"type": "string"},
    },
}
# An unknown client costs the same work as a known one, so that ids cannot be told apart by time.
_NOBODY = hash_secret(new_secret())


def router(service: Service) -> APIRouter:
    """The route that gives tokens."""
    routes = APIRouter()

    async def token(request: Request) -> Response:
        """Prove a client's secret and get a short-lived bearer token."""
        form = await _form(request)
        client_id, secret = _credentials(request, form)
        return await _issue(service, request, client_id, secret)

    routes.add_api_route(
        "/oauth2/token",
        token,
        methods=["POST"],
        operation_id="token",
        summary="Get an access token",
        responses={200: {"model": TokenAnswer}},
        response_class=Response,
        openapi_extra={
            "requestBody": {
                "required": True,
                "content": {"application/x-www-form-urlencoded": {"schema": _FORM}},
            }
        },
    )
    return routes


async def _issue(service: Service, request: Request, client_id: str, secret: str) -> Response:
    address = request.client.host if request.client else "unknown"
    attempts = f"{client_id}@{address}"
    service.failed_tokens.check(attempts)
    client = await service.database.read(lambda connection: clients.find(connection, client_id))
    stored = client.secret_hash if client else _NOBODY
    # scrypt takes tens of milliseconds: not in the event loop's thread.
    proven = await asyncio.to_thread(verify_secret, secret, stored)
    if client is None or not proven:
        service.failed_tokens.spend(attempts)
        raise Problem(
            401,
            "invalid_client",
            "The client id or its secret is wrong",
            headers={"WWW-Authenticate": 'Basic realm="ewbi"'},
            extra={"error": "invalid_client"},
        )
    token = service.issuer.issue(client.client_id, client.generation, service.clock())
    body = {
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": service.issuer.lifetime_seconds,
        "scope": SCOPE,
    }
    # RFC 6749, section 5.1: tokens are not to be cached.
    return Response(orjson.dumps(body), 200, {"Cache-Control": "no-store", "Pragma": "no-cache"}, "application/json")


async def _form(request: Request) -> dict[str, str]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise Problem(415, "UNSUPPORTED_MEDIA_TYPE", "Send the form as application/x-www-form-urlencoded")
    payload = await read_payload(request, _LARGEST_FORM)
    try:
        fields = parse_qs(payload.decode(), keep_blank_values=True, max_num_fields=20)
    except ValueError:
        raise _oauth_error("invalid_request", "The form cannot be read") from None
    if any(len(values) > 1 for values in fields.values()):
        raise _oauth_error("invalid_request", "A field is given twice")
    form = {name: values[0] for name, values in fields.items()}
    if form.get("grant_type") != "client_credentials":
        raise _oauth_error("unsupported_grant_type", "grant_type must be client_credentials")
    if any(scope != SCOPE for scope in form.get("scope", "").split()):
        raise _oauth_error("invalid_scope", f"scope must be {SCOPE}, or left out")
    return form


def _credentials(request: Request, form: dict[str, str]) -> tuple[str, str]:
    scheme, _blank, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            client_id, colon, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            colon = ""
        if not colon:
            raise _oauth_error("invalid_request", "The Basic credentials cannot be read")
        # RFC 6749, section 2.3.1: both parts are form-encoded before they are put together.
        return unquote_plus(client_id), unquote_plus(secret)
    client_id, secret = form.get("client_id", ""), form.get("client_secret", "")
    if not client_id or not secret:
        raise _oauth_error("invalid_request", "client_id and client_secret are required, in the form or as HTTP Basic")
    return client_id, secret


def _oauth_error(error: str, detail: str) -> Problem:
    # RFC 6749, section 5.2, names the error in a member `error`; the rest is this interface's own shape.
    return Problem(400, error, detail, extra={"error": error})
