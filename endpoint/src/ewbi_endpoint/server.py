# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The server process: uvicorn behind TLS 1.2 or newer."""

from __future__ import annotations

import ssl

import uvicorn

from ewbi_endpoint.app import create_app
from ewbi_endpoint.config import Config, ConfigError
from ewbi_endpoint.initialise import restrict_sqlite
from ewbi_endpoint.observability import configure_logging
from ewbi_endpoint.service import open_service
from ewbi_endpoint.store.schema import is_current

_STOP_SECONDS = 5


def serve(config: Config) -> None:
    """Serve until told to stop."""
    configure_logging(config.audit_log)
    service = open_service(config)
    if not is_current(service.database):
        raise ConfigError("the database has not the tables of this version: run `ewbi-endpoint migrate`")
    if service.database.is_sqlite:
        restrict_sqlite(config.database.url)
    settings = uvicorn.Config(
        create_app(service),
        host=config.listen.host,
        port=config.listen.port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=_STOP_SECONDS,
        timeout_keep_alive=75,
    )
    settings.load()
    settings.ssl = _tls(config)
    uvicorn.Server(settings).run()


def _tls(config: Config) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(config.tls.certificate, config.tls.key)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(f"{config.tls.certificate}, {config.tls.key}: cannot be used: {error}") from None
    return context
