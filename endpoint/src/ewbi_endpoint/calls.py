# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a call of the interface becomes a route: authentication, reading, idempotency and answering in one place."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import orjson
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel
from sqlalchemy import Connection, delete, insert, select

from ewbi_endpoint.model import Caller
from ewbi_endpoint.problems import Problem, not_yours, stale
from ewbi_endpoint.service import Service
from ewbi_endpoint.store.tables import idempotency
from ewbi_endpoint.times import SECOND, Instant
from ewbi_endpoint.wire.reading import WireModel, read

B = TypeVar("B", bound=WireModel)

_REPLAY_FOR: Instant = 24 * 3600 * SECOND
_LONGEST_KEY = 255


@dataclass(frozen=True, slots=True)
class Answer:
    """A successful answer."""

    status: int
    body: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call(Generic[B]):
    """One authenticated, well-formed call, which sees one instant throughout as the present.

    `raw` is the body as sent, for calls that merge it with what is stored.
    """

    service: Service
    now: Instant
    caller: Caller
    path: str
    body: B
    raw: Mapping[str, Any]
    payload: bytes
    request_id: str
    if_match: str | None = None
    idempotency_key: str | None = None

    def check_revision(self, revision: int) -> None:
        """Honour If-Match where it was sent (412)."""
        expected = self.if_match
        if expected is None or expected.strip() == "*":
            return
        accepted = [part.strip().removeprefix("W/").strip('"') for part in expected.split(",")]
        if str(revision) not in accepted:
            raise stale(expected, revision)

    def operator_only(self, what: str) -> None:
        """Refuse everybody but the endpoint's own organization (403)."""
        if not self.caller.is_operator:
            raise not_yours(f"Only {self.service.organization} itself may {what} here")

    async def read(self, work: Callable[[Connection], Answer]) -> Answer:
        """Answer from one consistent snapshot."""
        return await self.service.database.read(work)

    async def write(self, work: Callable[[Connection], Answer]) -> Answer:
        """Answer from a change; with an Idempotency-Key the first answer is kept and given again."""
        if self.idempotency_key is None:
            return await self.service.database.write(work)
        return await self.service.database.write(lambda connection: self._once(connection, work))

    def _once(self, connection: Connection, work: Callable[[Connection], Answer]) -> Answer:
        key = {"organization": self.caller.organization, "path": self.path, "key": self.idempotency_key}
        table = idempotency
        row = connection.execute(select(table).filter_by(**key)).mappings().first()
        # A keyed digest: the body may hold secrets.
        fingerprint = self.service.sealer.digest("idempotency", self.payload)
        context = f"answer to {self.caller.organization} {self.path} {self.idempotency_key}"
        if row is not None and row["created"] > self.now - _REPLAY_FOR:
            if row["fingerprint"] != fingerprint:
                detail = "This Idempotency-Key was used with another body: take a new key for a new request"
                raise Problem(422, "IDEMPOTENCY_KEY_REUSED", detail)
            headers = orjson.loads(row["headers"]) | {"Idempotent-Replayed": "true"}
            body = self.service.sealer.open(bytes(row["body"]), context)["body"]
            return Answer(row["status"], orjson.loads(body), headers)
        answer = work(connection)
        connection.execute(delete(table).filter_by(**key))
        values = {
            **key,
            "fingerprint": fingerprint,
            "status": answer.status,
            "headers": orjson.dumps(dict(answer.headers)).decode(),
            # Sealed: an answer to the operator holds the digest of access variables.
            "body": self.service.sealer.seal({"body": orjson.dumps(answer.body).decode()}, context),
            "created": self.now,
        }
        connection.execute(insert(table), values)
        return answer


def prune_replays(connection: Connection, now: Instant) -> None:
    """Forget answers that are no longer replayed."""
    connection.execute(delete(idempotency).where(idempotency.c.created <= now - _REPLAY_FOR))


Handler = Callable[[Call[B]], Awaitable[Answer]]


@dataclass(slots=True)
class Calls:
    """The calls of one resource, being added to a router."""

    router: APIRouter
    service: Service
    bodies: dict[str, type[BaseModel]]

    def add(
        self,
        path: str,
        body: type[B],
        handler: Handler[B],
        *,
        summary: str,
        answers: Mapping[int, Any],
    ) -> None:
        """Serve `POST /auth/PATH`; `answers` documents the successful ones by status."""
        service = self.service

        async def serve(request: Request) -> Response:
            caller = await service.authenticate(request.headers.get("authorization"))
            request.state.caller = caller
            payload, raw = await read_json(request, service.config.limits.body_bytes)
            call = Call(
                service=service,
                now=service.clock(),
                caller=caller,
                path=path,
                body=read(body, raw),
                raw=raw,
                payload=payload,
                request_id=request.state.request_id,
                if_match=request.headers.get("if-match"),
                idempotency_key=_idempotency_key(request),
            )
            return to_response(await handler(call))

        self.bodies[body.__name__] = body
        operation = path.replace("/", "_")
        content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{body.__name__}"}}}
        self.router.add_api_route(
            f"/auth/{path}",
            serve,
            methods=["POST"],
            name=operation,
            operation_id=operation,
            summary=summary,
            status_code=min(answers),
            responses={status: {"model": model} for status, model in answers.items()},
            response_class=Response,
            openapi_extra={
                "requestBody": {"required": True, "content": content},
                "security": [{"clientCredentials": ["ewbi"]}],
            },
        )


def to_response(answer: Answer) -> Response:
    """An answer as JSON."""
    return Response(orjson.dumps(answer.body), answer.status, dict(answer.headers), "application/json")


async def read_json(request: Request, largest: int) -> tuple[bytes, Any]:
    """The body, refused while it arrives when it is too large (413), of another kind (415) or no JSON (400)."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Problem(415, "UNSUPPORTED_MEDIA_TYPE", "Send the body as application/json")
    payload = await read_payload(request, largest)
    try:
        return payload, orjson.loads(payload)
    except orjson.JSONDecodeError as error:
        detail = f"The body is no JSON in UTF-8: {error.msg} at line {error.lineno}, column {error.colno}"
        raise Problem(400, "MALFORMED_BODY", detail) from None


async def read_payload(request: Request, largest: int) -> bytes:
    """The bytes of a body, at most `largest` of them."""
    too_large = Problem(413, "TOO_LARGE", f"A body may have {largest} bytes at most")
    declared = request.headers.get("content-length", "0")
    if declared.isdigit() and int(declared) > largest:
        raise too_large
    payload = bytearray()
    async for part in request.stream():
        payload += part
        if len(payload) > largest:
            raise too_large
    return bytes(payload)


def _idempotency_key(request: Request) -> str | None:
    key = request.headers.get("idempotency-key")
    if key is not None and not 1 <= len(key) <= _LONGEST_KEY:
        raise Problem(400, "MALFORMED_HEADER", f"Idempotency-Key must have 1 to {_LONGEST_KEY} characters")
    return key


def etag(revision: int) -> dict[str, str]:
    """The header that names a revision."""
    return {"ETag": f'"{revision}"'}
