# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`ewbi-endpoint init`: everything that an endpoint needs before it can serve, made once and never overwritten."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import yaml

from ewbi_endpoint.config import Config, load_config
from ewbi_endpoint.files import write_private
from ewbi_endpoint.security.certificates import PemPair, certificate_hosts, new_authority, new_server_certificate
from ewbi_endpoint.security.sealing import new_sealing_key
from ewbi_endpoint.security.tokens import new_signing_key
from ewbi_endpoint.store.database import Database
from ewbi_endpoint.store.schema import upgrade

CONFIG_FILE = "config.yml"


@dataclass(frozen=True, slots=True)
class Wish:
    """What `init` was asked for."""

    directory: Path
    organization: str
    hosts: tuple[str, ...]
    port: int
    renew_server_certificate: bool = False


def initialise(wish: Wish) -> list[str]:
    """Make what is missing; the names of what was made."""
    directory = wish.directory
    for folder in (directory, directory / "tls", directory / "keys"):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made: list[str] = []
    config_path = directory / CONFIG_FILE
    if not config_path.exists():
        write_private(config_path, _config_text(wish).encode())
        made.append(CONFIG_FILE)
    config = load_config(config_path)
    made += _certificates(wish, directory, config)
    for path, make in ((config.token.signing_key, new_signing_key), (config.sealing_key, _sealing_key)):
        if not path.exists():
            write_private(path, make())
            made.append(_shown(path, directory))
    database = Database(config.database.url)
    try:
        if upgrade(database):
            made.append("database")
    finally:
        database.close()
    if database.is_sqlite:
        restrict_sqlite(config.database.url)
    return made


def restrict_sqlite(url: str) -> None:
    """Only the owner may read the database and its journals."""
    path = url.removeprefix("sqlite:///")
    for name in (path, f"{path}-wal", f"{path}-shm"):
        if os.path.exists(name):
            os.chmod(name, 0o600)


def _certificates(wish: Wish, directory: Path, config: Config) -> list[str]:
    made = []
    authority_paths = (directory / "tls/ca.pem", directory / "tls/ca.key")
    server_paths = (config.tls.certificate, config.tls.key)
    serving = all(path.exists() for path in server_paths)
    if serving and not wish.renew_server_certificate:
        return []
    if not all(path.exists() for path in authority_paths):
        if any(path.exists() for path in authority_paths):
            raise FileNotFoundError(f"{directory}/tls has only one of ca.pem and ca.key: put the other one back")
        authority = new_authority(config.organization)
        write_private(authority_paths[1], authority.key)
        write_private(authority_paths[0], authority.certificate)
        authority_paths[0].chmod(0o644)
        made.append("tls/ca.pem")
    authority = PemPair(authority_paths[0].read_bytes(), authority_paths[1].read_bytes())
    hosts = list(wish.hosts) or (certificate_hosts(server_paths[0].read_bytes()) if serving else _local_hosts(config))
    server = new_server_certificate(authority, config.organization, hosts)
    write_private(server_paths[1], server.key)
    # The chain as a server has to send it: its own certificate; the authority is what clients bring.
    write_private(server_paths[0], server.certificate)
    made.append(_shown(server_paths[0], directory))
    return made


def _local_hosts(config: Config) -> list[str]:
    host = config.listen.host
    return list(dict.fromkeys(name for name in (host, "127.0.0.1", "localhost") if name not in ("0.0.0.0", "::")))


def _sealing_key() -> bytes:
    return new_sealing_key().encode()


def _shown(path: Path, directory: Path) -> str:
    try:
        return str(path.relative_to(directory.resolve()))
    except ValueError:
        return str(path)


def _config_text(wish: Wish) -> str:
    document = {
        "organization": wish.organization,
        "listen": {"host": wish.hosts[0] if wish.hosts else "127.0.0.1", "port": wish.port},
    }
    return (
        "# Made by `ewbi-endpoint init`. Paths are relative to this file; docs/endpoint.md has every option.\n"
        + yaml.safe_dump(document, sort_keys=False)
    )
