# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Liveness, readiness and metrics, at the root and without the interface's version."""

from __future__ import annotations

import ipaddress

import orjson
from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from ewbi_endpoint.problems import Problem, not_yours
from ewbi_endpoint.service import Service
from ewbi_endpoint.store.tables import client

# Probes come every few seconds; their successes would drown the log.
QUIET = frozenset({"/healthz", "/readyz", "/metrics"})


def router(service: Service) -> APIRouter:
    """The routes that watch over the endpoint."""
    routes = APIRouter(tags=["health"])

    async def healthz() -> Response:
        """The process answers."""
        return Response(b'{"status":"ok"}', media_type="application/json")

    async def readyz() -> Response:
        """The database answers and has this version's tables."""
        try:
            await service.database.read(
                lambda connection: connection.execute(select(client.c.client_id).limit(1)).first()
            )
        except SQLAlchemyError as error:
            detail = f"The database does not answer ({type(error).__name__})"
            raise Problem(503, "UNAVAILABLE", detail, headers={"Retry-After": "5"}) from None
        body = {"status": "ready", "organization": service.organization}
        return Response(orjson.dumps(body), media_type="application/json")

    async def metrics(request: Request) -> Response:
        """Prometheus metrics, for callers on this machine and for the operator's token."""
        if not _is_local(request):
            caller = await service.authenticate(request.headers.get("authorization"))
            if not caller.is_operator:
                raise not_yours(f"Only {service.organization} itself may read the metrics")
        service.metrics.waiting.set(service.database.waiting)
        return Response(generate_latest(service.metrics.registry), media_type=CONTENT_TYPE_LATEST)

    for path, handler in (("/healthz", healthz), ("/readyz", readyz), ("/metrics", metrics)):
        routes.add_api_route(
            path, handler, methods=["GET"], operation_id=path[1:], response_class=Response, response_model=None
        )
    return routes


def _is_local(request: Request) -> bool:
    # A reverse proxy on this machine speaks for others: what it forwards is not local.
    if "x-forwarded-for" in request.headers or "forwarded" in request.headers or request.client is None:
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
