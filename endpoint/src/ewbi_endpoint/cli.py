# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command `ewbi-endpoint`. What it prints on success is one JSON object, with `changed` where it changes."""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import yaml
from sqlalchemy.exc import SQLAlchemyError

from ewbi_endpoint import __version__
from ewbi_endpoint.administration import ClientWish, CommandError, SecretFiles, let_all_in, let_in, read_wishes, rotate
from ewbi_endpoint.config import CONFIG_VARIABLE, Config, ConfigError, load_config
from ewbi_endpoint.files import write_private
from ewbi_endpoint.initialise import Wish, initialise
from ewbi_endpoint.model import Role
from ewbi_endpoint.security.sealing import new_sealing_key
from ewbi_endpoint.store import clients
from ewbi_endpoint.store.database import Database
from ewbi_endpoint.store.schema import upgrade
from ewbi_endpoint.wire.native.values import NAME_PATTERN

T = TypeVar("T")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; 0 where it succeeded."""
    options = _parser().parse_args(arguments)
    try:
        result = options.run(options)
    except (CommandError, ConfigError) as error:
        print(f"ewbi-endpoint: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"ewbi-endpoint: {error.filename or ''}: {error.strerror or error}", file=sys.stderr)
        return 1
    except SQLAlchemyError as error:
        # The driver's words may repeat the address with its password.
        print(f"ewbi-endpoint: the database does not answer as it should ({type(error).__name__})", file=sys.stderr)
        return 1
    if result is not None:
        print(json.dumps(result, indent=2))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="ewbi-endpoint", description="The EWBI endpoint of one operator")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    init = commands.add_parser("init", help="make certificates, keys, configuration and database; overwrites nothing")
    init.add_argument("--directory", type=Path, required=True)
    init.add_argument("--organization", required=True, help="the operator whose endpoint this is")
    init.add_argument("--host", action="append", default=[], help="name or address to be reached at; the first listens")
    init.add_argument("--port", type=int, default=8443)
    init.add_argument("--renew-server-certificate", action="store_true")
    init.set_defaults(run=_init)

    serve = _with_config(commands.add_parser("serve", help="serve"))
    serve.set_defaults(run=_serve)

    migrate = _with_config(commands.add_parser("migrate", help="bring the database to this version"))
    migrate.set_defaults(run=_migrate)

    openapi = commands.add_parser("openapi", help="print the OpenAPI document")
    openapi.add_argument("--output", type=Path)
    openapi.set_defaults(run=_openapi)

    key = commands.add_parser("key", help="keys").add_subparsers(required=True, metavar="COMMAND")
    new_key = key.add_parser("new", help="write a new sealing key to a file that is not there yet")
    new_key.add_argument("--output", type=Path, required=True)
    new_key.set_defaults(run=_new_key)

    client = commands.add_parser("client", help="OAuth2 clients").add_subparsers(required=True, metavar="COMMAND")
    add = _with_config(client.add_parser("add", help="let a client in; the same again is no change"))
    add.add_argument("--organization", required=True)
    add.add_argument("--client-id", required=True)
    add.add_argument("--role", choices=[role.value for role in Role], required=True)
    _with_secret(add)
    add.set_defaults(run=_client_add)
    apply = _with_config(client.add_parser("apply", help="let several in, with a file for each one's secret"))
    apply.add_argument("--clients", required=True, help="file with a YAML list of clients; - is standard input")
    apply.add_argument("--secret-directory", type=Path, required=True)
    apply.set_defaults(run=_client_apply)
    rotation = _with_config(client.add_parser("rotate-secret", help="give a client another secret"))
    rotation.add_argument("--client-id", required=True)
    _with_secret(rotation)
    rotation.set_defaults(run=_client_rotate)
    remove = _with_config(client.add_parser("remove", help="shut a client out"))
    remove.add_argument("--client-id", required=True)
    remove.set_defaults(run=_client_remove)
    listing = _with_config(client.add_parser("list", help="list the clients"))
    listing.set_defaults(run=_client_list)
    return parser


def _with_config(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    default = os.environ.get(CONFIG_VARIABLE)
    parser.add_argument("--config", type=Path, default=default, required=default is None)
    return parser


def _with_secret(parser: argparse.ArgumentParser) -> None:
    secret = parser.add_mutually_exclusive_group()
    secret.add_argument("--secret-file", type=Path, help="read the secret from this file")
    secret.add_argument("--secret-out", type=Path, help="write the new secret to this file, for its owner only")


def _init(options: argparse.Namespace) -> dict[str, Any]:
    if not re.fullmatch(NAME_PATTERN, options.organization):
        raise CommandError(f"--organization {options.organization!r} must match {NAME_PATTERN}")
    if not 1 <= options.port <= 65535:
        raise CommandError(f"--port {options.port} must lie between 1 and 65535")
    wish = Wish(
        options.directory.resolve(),
        options.organization,
        tuple(options.host),
        options.port,
        options.renew_server_certificate,
    )
    made = initialise(wish)
    return {"changed": bool(made), "made": made, "config": str(wish.directory / "config.yml")}


def _serve(options: argparse.Namespace) -> None:
    # Imported late: every other command starts in a third of the time without the web framework.
    from ewbi_endpoint.server import serve

    serve(load_config(options.config))


def _migrate(options: argparse.Namespace) -> dict[str, Any]:
    return {"changed": _in_database(load_config(options.config), upgrade)}


def _openapi(options: argparse.Namespace) -> dict[str, Any] | None:
    from ewbi_endpoint.app import published_document

    text = json.dumps(published_document(), indent=2, sort_keys=True) + "\n"
    if options.output is None:
        sys.stdout.write(text)
    else:
        options.output.write_text(text, encoding="utf-8")
    return None


def _new_key(options: argparse.Namespace) -> dict[str, Any]:
    if options.output.exists():
        raise CommandError(f"{options.output} exists: a sealing key is never overwritten, what it sealed would be lost")
    write_private(options.output, new_sealing_key().encode())
    return {"changed": True}


def _client_add(options: argparse.Namespace) -> dict[str, Any]:
    config = load_config(options.config)
    wish = ClientWish(options.client_id, options.organization, Role(options.role))
    return _in_database(config, lambda database: let_in(database, config.organization, wish, _secret_files(options)))


def _client_apply(options: argparse.Namespace) -> dict[str, Any]:
    config = load_config(options.config)
    text = sys.stdin.read() if options.clients == "-" else Path(options.clients).read_text(encoding="utf-8")
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise CommandError(f"--clients {options.clients}: is no YAML: {error}") from None
    wishes = read_wishes(document)
    return _in_database(
        config, lambda database: let_all_in(database, config.organization, wishes, options.secret_directory)
    )


def _client_rotate(options: argparse.Namespace) -> dict[str, Any]:
    files = _secret_files(options)
    return _in_database(load_config(options.config), lambda database: rotate(database, options.client_id, files))


def _client_remove(options: argparse.Namespace) -> dict[str, Any]:
    def remove(database: Database) -> bool:
        return database.write_now(lambda connection: clients.remove(connection, options.client_id))

    return {"changed": _in_database(load_config(options.config), remove)}


def _client_list(options: argparse.Namespace) -> dict[str, Any]:
    found = _in_database(load_config(options.config), lambda database: database.read_now(clients.all_clients))
    return {
        "clients": [
            {"client_id": item.client_id, "organization": item.organization, "role": item.role.value} for item in found
        ]
    }


def _secret_files(options: argparse.Namespace) -> SecretFiles:
    return SecretFiles(options.secret_file, options.secret_out)


def _in_database(config: Config, work: Callable[[Database], T]) -> T:
    database = Database(config.database.url)
    try:
        return work(database)
    finally:
        database.close()
