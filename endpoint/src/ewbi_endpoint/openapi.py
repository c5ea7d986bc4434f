# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The OpenAPI document: FastAPI's, with the bodies that the routes read themselves and the errors they share."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from ewbi_endpoint.wire.native.answers import ProblemAnswer

_DESCRIPTION = (
    "The East-Westbound Interface of one operator. Bodies are written as shown; readers also accept lower-case and"
    " snake_case spellings of the same keys."
)
_ERRORS = {
    "400": "Malformed; invalidParams names every wrong field",
    "401": "No token, or one that is not accepted",
    "403": "Known, but not allowed",
    "404": "Not there, or not visible to the caller",
    "409": "Conflict, or not enough",
    "412": "If-Match names another revision",
    "413": "Body too large",
    "415": "Body of another kind",
    "422": "Well-formed but impossible",
    "429": "Too many requests; see Retry-After",
    "500": "Internal error",
    "503": "Unavailable; see Retry-After",
}
_TEMPLATE = "#/components/schemas/{model}"


def describe(app: FastAPI, bodies: dict[str, type[BaseModel]]) -> None:
    """Make the application publish its complete document."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _complete(app, bodies)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]  # FastAPI's documented way to extend the document


def _complete(app: FastAPI, bodies: dict[str, type[BaseModel]]) -> dict[str, Any]:
    document = get_openapi(title=app.title, version=app.version, description=_DESCRIPTION, routes=app.routes)
    models: list[type[BaseModel]] = [bodies[name] for name in sorted(bodies)]
    models.append(ProblemAnswer)
    _references, definitions = models_json_schema([(model, "validation") for model in models], ref_template=_TEMPLATE)
    components = document.setdefault("components", {})
    components["schemas"] = components.get("schemas", {}) | definitions["$defs"]
    components["securitySchemes"] = {
        "clientCredentials": {
            "type": "oauth2",
            "flows": {
                "clientCredentials": {"tokenUrl": "/api/v1/oauth2/token", "scopes": {"ewbi": "The whole interface"}}
            },
        }
    }
    problem = {"application/problem+json": {"schema": {"$ref": _TEMPLATE.format(model="ProblemAnswer")}}}
    for path, operations in document["paths"].items():
        for operation in operations.values():
            # FastAPI's own error shape is never answered.
            operation["responses"].pop("422", None)
            codes = _ERRORS if path.startswith("/api/") else {"401": _ERRORS["401"], "503": _ERRORS["503"]}
            for status, description in codes.items():
                operation["responses"][status] = {"description": description, "content": problem}
    return document
