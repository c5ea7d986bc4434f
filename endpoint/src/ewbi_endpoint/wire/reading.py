# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading bodies: tolerant of how keys are spelled, strict about what they say, complete about what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from ewbi_endpoint.problems import InvalidParam, invalid_params

M = TypeVar("M", bound="WireModel")

_REASONS = {
    "missing": "is required",
    "extra_forbidden": "is not a field of this call",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "dict_type": "must be an object",
}


def fold(name: str) -> str:
    """What two spellings of one key have in common: Platform_type, platform_type and platformType are one."""
    return name.replace("_", "").replace("-", "").lower()


class WireModel(BaseModel):
    """An object on the wire. Field aliases are the canonical spelling; other spellings of them are read too."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    _spellings: ClassVar[dict[str, str]] = {}

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        cls._spellings = {fold(field.alias or name): field.alias or name for name, field in cls.model_fields.items()}

    @model_validator(mode="before")
    @classmethod
    def _canonical_spelling(cls, value: Any) -> Any:
        return respell(value, cls._spellings)

    @classmethod
    def contradictions(cls, body: Mapping[str, Any]) -> list[InvalidParam]:
        """What no single field can tell: called with the canonically spelled body, also when fields are wrong."""
        return []


def respell(value: Any, spellings: Mapping[str, str]) -> Any:
    """Give the keys of an object their canonical spelling; unknown keys stay, to be refused by name."""
    if not isinstance(value, dict):
        return value
    result: dict[str, Any] = {}
    for key, item in value.items():
        canonical = spellings.get(fold(key), key)
        if canonical in result:
            raise PydanticCustomError("given_twice", "has {field} twice, in two spellings", {"field": canonical})
        result[canonical] = item
    return result


def problems_of(error: ValidationError) -> list[InvalidParam]:
    """Pydantic's findings as wire paths. Their inputs are left out: they may be secrets."""
    found = []
    for item in error.errors(include_url=False, include_input=False, include_context=True):
        path = ".".join(str(part) for part in item["loc"]) or "body"
        reason = _REASONS.get(item["type"])
        if reason is None:
            reason = item["msg"].removeprefix("Value error, ")
        found.append(InvalidParam(path, reason))
    return found


def read(model: type[M], body: Any) -> M:
    """Read a body, or refuse it with every wrong field named (400, or 422 for contradictions only)."""
    if not isinstance(body, dict):
        raise invalid_params([InvalidParam("body", "must be a JSON object")])
    found: list[InvalidParam] = []
    result: M | None = None
    try:
        result = model.model_validate(body)
    except ValidationError as error:
        found.extend(problems_of(error))
    try:
        canonical = respell(body, model._spellings)
    except PydanticCustomError:
        canonical = body
    named = {item.param for item in found}
    found.extend(item for item in model.contradictions(canonical) if item.param not in named)
    if found or result is None:
        raise invalid_params(found)
    return result
