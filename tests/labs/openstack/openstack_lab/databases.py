# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""MariaDB, RabbitMQ, and the services' database schemas."""

from __future__ import annotations

import gzip
import hashlib
import importlib.metadata
import os
import socket
import subprocess
import threading
from pathlib import Path

from cryptography.fernet import Fernet

from openstack_lab.errors import ServiceError
from openstack_lab.files import write_private
from openstack_lab.processes import ProcessTable
from openstack_lab.settings import (
    APIS,
    MESSAGE_QUEUE_DISTRIBUTION_PORT,
    MESSAGE_QUEUE_PORT,
    REGION,
    Settings,
)

DATABASES = ("keystone", "glance", "placement", "nova_api", "nova_cell0", "nova_cell1", "neutron", "cinder")
DISTRIBUTIONS = ("keystone", "glance", "openstack-placement", "nova", "neutron", "cinder")

# nova keeps the addresses of its cells in a database. As templates, filled in from nova.conf when they are read, they
# hold no password and no path, so that a dump of the fresh schemas suits every later lab.
CELL_MESSAGE_QUEUE = "{scheme}://{username}:{password}@{hostname}:{port}/{path}"
CELL_DATABASE = "{scheme}://{username}@{hostname}/{path}?{query}"
CELL0_DATABASE = "{scheme}://{username}@{hostname}/nova_cell0?{query}"


def listens(port: int) -> bool:
    """Whether somebody accepts connections on a loopback port."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2):
            return True
    except OSError:
        return False


def start_mariadb(settings: Settings, processes: ProcessTable) -> None:
    """Start MariaDB. Root's account is bound to the operating system's root (unix_socket): there is no password."""
    data = settings.run / "mysql" / "data"
    if not (data / "mysql").exists():
        command = ["mariadb-install-db", "--no-defaults", "--user=root", f"--datadir={data}", "--skip-test-db"]
        _run_logged(
            settings,
            "mariadb-install",
            [[*command, "--auth-root-authentication-method=socket", "--auth-root-socket-user=root"]],
        )
    processes.start("mariadb", ["mariadbd", f"--defaults-file={settings.etc}/mariadb.cnf"])


def wait_for_mariadb(settings: Settings, processes: ProcessTable) -> None:
    processes.wait_for("mariadb", lambda: _sql(settings, b"select 1;").returncode == 0, seconds=60)


def start_rabbitmq(settings: Settings, processes: ProcessTable) -> None:
    """Start RabbitMQ and Erlang's port mapper, both on 127.0.0.1 only."""
    rabbit = settings.run / "rabbit"
    plugins = rabbit / "plugins"
    if not plugins.exists():
        plugins.write_text("[].\n")
    processes.start("epmd", ["epmd", "-address", "127.0.0.1"])
    environment = {
        "HOME": str(rabbit),  # the Erlang cookie is made there
        "RABBITMQ_NODENAME": "lab@localhost",
        "RABBITMQ_DIST_PORT": str(MESSAGE_QUEUE_DISTRIBUTION_PORT),
        "RABBITMQ_MNESIA_BASE": str(rabbit / "mnesia"),
        "RABBITMQ_LOG_BASE": str(settings.log),
        "RABBITMQ_PID_FILE": str(rabbit / "pid"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(plugins),
        "RABBITMQ_CONF_ENV_FILE": "/dev/null",
        "RABBITMQ_CONFIG_FILE": str(settings.etc / "rabbitmq.conf"),
        # one scheduler that does not spin: the defaults burn a core while idle
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1} +S 1:1 +sbwt none +sbwtdcpu none +sbwtdio none",
    }
    processes.start("rabbitmq", ["/usr/lib/rabbitmq/bin/rabbitmq-server"], environment)


def wait_for_rabbitmq(processes: ProcessTable) -> None:
    processes.wait_for("rabbitmq", lambda: listens(MESSAGE_QUEUE_PORT), seconds=90)


def create_schemas(settings: Settings) -> str:
    """Create the databases and migrate them, or restore that from an earlier lab; return which it was."""
    done = settings.run / ".schemas"
    if done.exists():
        return "there already"
    cache = _schema_cache(settings)
    if cache.exists():
        restored = _sql(settings, gzip.decompress(cache.read_bytes()))
        if restored.returncode:
            raise ServiceError(
                f"the schema cache {cache} cannot be restored: {restored.stderr.decode()}; delete it",
                settings.log / "mariadb.log",
            )
        outcome = "restored from the schema cache"
    else:
        _migrate(settings)
        command = ["mariadb-dump", f"--socket={settings.database_socket}", "--single-transaction"]
        dumped = subprocess.run([*command, "--databases", *DATABASES], capture_output=True, check=False)
        if dumped.returncode:
            raise ServiceError(f"the schemas cannot be dumped: {dumped.stderr.decode()}", settings.log / "mariadb.log")
        cache.parent.mkdir(parents=True, exist_ok=True)
        draft = cache.with_suffix(".draft")
        draft.write_bytes(gzip.compress(dumped.stdout, 6))
        draft.replace(cache)
        outcome = "migrated, and kept in the schema cache"
    done.touch()
    return outcome


def prepare_keystone(settings: Settings, admin_password: str) -> None:
    """Make keystone's keys, its administrator, and its own entry in the catalogue."""
    done = settings.run / ".keystone"
    if done.exists():
        return
    for repository in ("fernet-keys", "credential-keys"):
        # Key 0 is the next primary ("staged"), the highest number is the primary (keystone's fernet FAQ).
        for number in ("0", "1"):
            write_private(settings.etc / "keystone" / repository / number, Fernet.generate_key().decode())
        (settings.etc / "keystone" / repository).chmod(0o700)
    keystone = APIS["keystone"]
    command = [*_keystone_manage(settings), "bootstrap"]
    command += ["--bootstrap-admin-url", keystone.internal_url, "--bootstrap-internal-url", keystone.internal_url]
    command += ["--bootstrap-public-url", keystone.public_url, "--bootstrap-region-id", REGION]
    # The password goes through the environment: everybody may read a command line.
    _run_logged(settings, "keystone-bootstrap", [command], {"OS_BOOTSTRAP_PASSWORD": admin_password})
    done.touch()


def _keystone_manage(settings: Settings) -> list[str]:
    # As two arguments: keystone overlooks --config-file=PATH and silently works on another database.
    return ["keystone-manage", "--config-file", f"{settings.etc}/keystone/keystone.conf"]


def _schema_cache(settings: Settings) -> Path:
    versions = " ".join(f"{name}={importlib.metadata.version(name)}" for name in DISTRIBUTIONS)
    templates = f"{CELL_MESSAGE_QUEUE} {CELL_DATABASE} {CELL0_DATABASE}"
    key = hashlib.sha256(f"{versions} {templates}".encode()).hexdigest()[:12]
    return settings.home / "schemas" / f"{key}.sql.gz"


def _sql(settings: Settings, statements: bytes) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        ["mariadb", f"--socket={settings.database_socket}"], input=statements, capture_output=True, check=False
    )


def _migrate(settings: Settings) -> None:
    """Run every service's migrations, in two lanes at the same time (there are two processors)."""
    create = "".join(f"create database if not exists {name} character set utf8mb3;" for name in DATABASES)
    created = _sql(settings, create.encode())
    if created.returncode:
        raise ServiceError(f"the databases cannot be created: {created.stderr.decode()}", settings.log / "mariadb.log")
    etc = settings.etc
    nova = ["nova-manage", f"--config-file={etc}/nova/nova.conf"]
    lanes = {
        "migrate-first": [
            [*_keystone_manage(settings), "db_sync"],
            ["placement-manage", f"--config-file={etc}/placement/placement.conf", "db", "sync"],
            ["glance-manage", f"--config-file={etc}/glance/glance-api.conf", "db_sync"],
            ["cinder-manage", f"--config-file={etc}/cinder/cinder.conf", "db", "sync"],
        ],
        "migrate-second": [
            [
                "neutron-db-manage",
                f"--config-file={etc}/neutron/neutron.conf",
                f"--config-file={etc}/neutron/ml2.ini",
                "upgrade",
                "heads",
            ],
            [*nova, "api_db", "sync"],
            [*nova, "cell_v2", "map_cell0", "--database_connection", CELL0_DATABASE],
            [
                *nova,
                "cell_v2",
                "create_cell",
                "--name=cell1",
                f"--transport-url={CELL_MESSAGE_QUEUE}",
                f"--database_connection={CELL_DATABASE}",
            ],
            [*nova, "db", "sync"],
        ],
    }
    failures: list[ServiceError] = []

    def work(name: str) -> None:
        try:
            _run_logged(settings, name, lanes[name])
        except ServiceError as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(name,)) for name in lanes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def _run_logged(
    settings: Settings, log_name: str, commands: list[list[str]], environment: dict[str, str] | None = None
) -> None:
    path = settings.log / f"{log_name}.log"
    with path.open("ab") as log:
        for command in commands:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(environment or {})},
                check=False,
            )
            if done.returncode:
                raise ServiceError(f"'{' '.join(command[:3])} ...' ended with status {done.returncode}", path)
