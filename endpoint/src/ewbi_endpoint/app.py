# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The web application: routes, the middleware around them, and problems as answers."""

from __future__ import annotations

import asyncio
import logging
import re
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ewbi_endpoint import __version__
from ewbi_endpoint.openapi import describe
from ewbi_endpoint.problems import MEDIA_TYPE, Problem
from ewbi_endpoint.routes import access, cloudlet, event, federation, health, reservation, token, usage
from ewbi_endpoint.security.sealing import SealingError
from ewbi_endpoint.service import Service, detached_service
from ewbi_endpoint.sweeper import sweep_forever

BASE = "/api/v1"
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_log = logging.getLogger("ewbi.request")


def create_app(service: Service) -> FastAPI:
    """The application of one service."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        service.database.start()
        sweeper = asyncio.create_task(sweep_forever(service))
        yield
        sweeper.cancel()
        await asyncio.gather(sweeper, return_exceptions=True)
        await asyncio.to_thread(service.database.close)

    app = FastAPI(
        title="EWBI endpoint",
        version=__version__,
        openapi_url=f"{BASE}/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        redirect_slashes=False,
    )
    bodies: dict[str, Any] = {}
    tokens = token.router(service)
    app.include_router(tokens, prefix=BASE)
    # The path that RFC 6749's examples and GSMA OPG.04 use.
    app.include_router(tokens, include_in_schema=False)
    for resource in (federation, cloudlet, access, reservation, event, usage):
        app.include_router(resource.router(service, bodies), prefix=BASE)
    app.include_router(health.router(service))
    describe(app, bodies)

    app.exception_handler(Problem)(_problem)
    app.exception_handler(SealingError)(_sealing_error)
    app.exception_handler(HTTPException)(_http_exception)
    app.add_middleware(RequestMiddleware, service=service)
    return app


async def _problem(request: Request, error: Problem) -> Response:
    return _problem_response(error)


async def _sealing_error(request: Request, error: SealingError) -> Response:
    _log.error("sealed data cannot be opened", extra={"fields": {"request_id": request.state.request_id}})
    detail = f"{str(error).capitalize()}; the operator has to put the right one back"
    return _problem_response(Problem(503, "SEALING_KEY", detail, headers={"Retry-After": "60"}))


async def _http_exception(request: Request, error: HTTPException) -> Response:
    cause = {404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED"}.get(error.status_code, "HTTP_ERROR")
    detail = f"{request.method} {request.url.path}: {error.detail}"
    return _problem_response(Problem(error.status_code, cause, detail, headers=error.headers))


def _problem_response(problem: Problem) -> Response:
    return Response(orjson.dumps(problem.body()), problem.status, problem.headers, MEDIA_TYPE)


class RequestMiddleware:
    """Gives every request an id, an end even when something unforeseen happens, a log line and its metrics."""

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self._app = app
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        state = scope.setdefault("state", {})
        state["request_id"] = request_id
        started = time.perf_counter()
        status = 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message.setdefault("headers", []).append((b"x-request-id", request_id.encode()))
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        except Exception:
            _log.error("an unforeseen error", exc_info=True, extra={"fields": {"request_id": request_id}})
            if status:
                raise
            detail = f"The endpoint failed on this request; its log has more under request id {request_id}"
            response = _problem_response(Problem(500, "INTERNAL", detail))
            await response(scope, receive, send_with_id)
        self._record(scope, status, time.perf_counter() - started, request_id)

    def _record(self, scope: Scope, status: int, seconds: float, request_id: str) -> None:
        route = scope.get("route")
        # Only known paths become labels: a caller must not be able to invent metrics.
        path = getattr(route, "path", "unknown")
        metrics = self._service.metrics
        metrics.requests.labels(path, str(status)).inc()
        if not path.endswith("show/event"):
            metrics.seconds.labels(path).observe(seconds)
        if path in health.QUIET and status < 400:
            return
        caller = scope["state"].get("caller")
        fields = {
            "request_id": request_id,
            "method": scope["method"],
            "path": path,
            "status": status,
            "ms": round(seconds * 1000, 1),
            "client": None if caller is None else caller.client_id,
            "organization": None if caller is None else caller.organization,
        }
        _log.info("answered", extra={"fields": fields})


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            text: str = value.decode("latin-1")
            # A caller's id goes into the log, so it must look like one.
            return text if _REQUEST_ID.fullmatch(text) else uuid.uuid4().hex
    return uuid.uuid4().hex


def published_document() -> dict[str, Any]:
    """The OpenAPI document of this version, made without a configuration."""
    return create_app(detached_service()).openapi()
