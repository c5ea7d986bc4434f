# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The configuration file, read once and refused early with every wrong field named."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from ewbi_endpoint.model import Amounts
from ewbi_endpoint.wire.native.parts import Resources
from ewbi_endpoint.wire.native.values import Name
from ewbi_endpoint.wire.reading import problems_of

DATABASE_URL_VARIABLE = "EWBI_ENDPOINT_DATABASE_URL"
CONFIG_VARIABLE = "EWBI_ENDPOINT_CONFIG"


class ConfigError(Exception):
    """The configuration cannot be used; the text names the file and every wrong field."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Listen(_Section):
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8443


class Tls(_Section):
    certificate: Path = Path("tls/server.pem")
    key: Path = Path("tls/server.key")


class DatabaseSection(_Section):
    url: str = "sqlite:///ewbi.sqlite"


class Token(_Section):
    lifetime_seconds: Annotated[int, Field(ge=1, le=86_400)] = 900
    signing_key: Path = Path("keys/token.pem")


class Site(_Section):
    capacity: Resources


class Limits(_Section):
    """Bounds on what one caller may ask of the endpoint."""

    body_bytes: Annotated[int, Field(ge=1024)] = 1_048_576
    page_limit: Annotated[int, Field(ge=1, le=10_000)] = 1000
    wait_seconds: Annotated[int, Field(ge=0, le=60)] = 60
    requests_per_second: Annotated[int, Field(ge=1)] = 500
    burst: Annotated[int, Field(ge=1)] = 2000
    event_days: Annotated[int, Field(ge=1)] = 90


class Config(_Section):
    """Everything that the endpoint needs to know. Paths are absolute once loaded."""

    organization: Name
    listen: Listen = Listen()
    tls: Tls = Tls()
    database: DatabaseSection = DatabaseSection()
    token: Token = Token()
    sealing_key: Path = Path("keys/sealing.key")
    sites: dict[Name, Site] = {}
    limits: Limits = Limits()
    audit_log: Path | None = None

    def site_capacities(self) -> dict[str, Amounts]:
        """Physical capacity by site; what a site does not name is not limited by it."""
        return {name: site.capacity.to_amounts() for name, site in self.sites.items()}


def load_config(path: Path) -> Config:
    """Read a configuration file; relative paths in it start at its directory."""
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: is no YAML: {error}") from None
    if not isinstance(document, dict):
        raise ConfigError(f"{path}: must be a mapping with at least `organization`")
    try:
        config = Config.model_validate(document)
    except ValidationError as error:
        wrong = "; ".join(f"{item.param}: {item.reason}" for item in problems_of(error))
        raise ConfigError(f"{path}: {wrong}") from None
    return _located(config, path.resolve().parent, path)


def _located(config: Config, directory: Path, path: Path) -> Config:
    url = os.environ.get(DATABASE_URL_VARIABLE) or config.database.url
    changes: dict[str, Any] = {
        "tls": Tls(certificate=directory / config.tls.certificate, key=directory / config.tls.key),
        "database": DatabaseSection(url=_located_url(url, directory, path)),
        "token": config.token.model_copy(update={"signing_key": directory / config.token.signing_key}),
        "sealing_key": directory / config.sealing_key,
        "audit_log": None if config.audit_log is None else directory / config.audit_log,
    }
    return config.model_copy(update=changes)


def _located_url(text: str, directory: Path, path: Path) -> str:
    try:
        url = make_url(text)
    except ArgumentError:
        # The text may hold a password, so it is not repeated.
        raise ConfigError(f"{path}: database.url: is no database address such as sqlite:///ewbi.sqlite") from None
    backend = url.get_backend_name()
    if backend == "sqlite":
        if not url.database or url.database == ":memory:":
            raise ConfigError(f"{path}: database.url: an SQLite database needs a file")
        return f"sqlite:///{directory / url.database}"
    if backend != "postgresql":
        raise ConfigError(f"{path}: database.url: must be sqlite or postgresql, not {backend}")
    return url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
