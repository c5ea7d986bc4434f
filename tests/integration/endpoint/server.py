# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real endpoint in a process of its own, over TLS, for tests of anything that talks to one.

with EndpointProcess(tmp_path, organization="telco-north") as endpoint:
    endpoint.add_client("north-automation", "telco-north", "operator")
    client = endpoint.client("north-automation")
    client.call("show/cloudlet", {})
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any

import yaml

from ewbi_endpoint.cli import main

READY_SECONDS = 30


def free_port() -> int:
    """A loopback port that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class EndpointClient:
    """A bare client that knows nothing of the collection: urllib, a token and JSON."""

    def __init__(self, endpoint: EndpointProcess, client_id: str, secret: str) -> None:
        self._endpoint = endpoint
        self._client_id = client_id
        self._secret = secret
        self._token: str | None = None

    def token(self) -> str:
        """A bearer token, obtained once."""
        if self._token is None:
            form = (
                "grant_type=client_credentials"
                f"&client_id={urllib.request.quote(self._client_id)}&client_secret={urllib.request.quote(self._secret)}"
            )
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            status, body, _headers = self._endpoint.request("/api/v1/oauth2/token", form.encode(), headers)
            if status != 200:
                raise AssertionError(f"no token: {status} {body}")
            self._token = json.loads(body)["access_token"]
        return self._token

    def call(self, path: str, body: Any, **headers: str) -> tuple[int, dict[str, Any]]:
        """POST a JSON body to /auth/PATH; status and answer. Headers: `if_match="3"` becomes `If-Match: 3`."""
        status, answer, _headers = self.call_with_headers(path, body, **headers)
        return status, answer

    def call_with_headers(self, path: str, body: Any, **headers: str) -> tuple[int, dict[str, Any], dict[str, str]]:
        """As `call`, with the answer's headers in lower case."""
        sent = {name.replace("_", "-").title(): value for name, value in headers.items()}
        sent |= {"Content-Type": "application/json", "Authorization": f"Bearer {self.token()}"}
        status, answer, found = self._endpoint.request(f"/api/v1/auth/{path}", json.dumps(body).encode(), sent)
        return status, json.loads(answer), found


class EndpointProcess:
    """One endpoint: initialised in `directory`, started on a free port, stopped with the context."""

    def __init__(self, directory: Path, organization: str = "telco-north", **config: Any) -> None:
        self.directory = directory
        self.organization = organization
        self.port = free_port()
        self.config = directory / "config.yml"
        self.ca = directory / "tls" / "ca.pem"
        self.log = directory / "endpoint.log"
        self.url = f"https://127.0.0.1:{self.port}"
        self.secrets: dict[str, str] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self.cli(
            "init", "--directory", str(directory), "--organization", organization, "--host", "127.0.0.1",
            "--host", "localhost", "--port", str(self.port),
        )  # fmt: skip
        if config:
            self.configure(**config)
            # Another database than the one that was just made has no tables yet.
            self.cli("migrate", "--config", str(self.config))

    def __enter__(self) -> EndpointProcess:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @classmethod
    def replica(cls, original: EndpointProcess, directory: Path) -> EndpointProcess:
        """Another process with the keys, clients and database of one that is there, on a port of its own."""
        shutil.copytree(original.directory, directory, ignore=shutil.ignore_patterns("*.log"))
        copy = cls(directory, original.organization)
        copy.secrets = dict(original.secrets)
        copy.configure(listen={"host": "127.0.0.1", "port": copy.port})
        return copy

    def cli(self, *arguments: str) -> dict[str, Any]:
        """Run an `ewbi-endpoint` command and return what it printed."""
        # In this process: a Python of its own for each command would take most of the time of these tests.
        printed, complained = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(complained):
            code = main(arguments)
        if code:
            raise AssertionError(f"{' '.join(arguments)}: exit {code}: {complained.getvalue()}")
        result: dict[str, Any] = json.loads(printed.getvalue())
        return result

    def configure(self, **config: Any) -> None:
        """Merge sections into config.yml, such as `sites={"harbour": {"capacity": {"vcpus": 8}}}`."""
        document = yaml.safe_load(self.config.read_text())
        document.update(config)
        self.config.write_text(yaml.safe_dump(document))

    def add_client(self, client_id: str, organization: str, role: str) -> str:
        """Let a client in; its secret, which is also kept in `secret_file(client_id)`."""
        arguments = ["--config", str(self.config), "--client-id", client_id, "--organization", organization]
        self.cli("client", "add", *arguments, "--role", role, "--secret-out", str(self.secret_file(client_id)))
        self.secrets[client_id] = self.secret_file(client_id).read_text()
        return self.secrets[client_id]

    def secret_file(self, client_id: str) -> Path:
        """Where a client's secret is kept."""
        return self.directory / f"{client_id}.secret"

    def client(self, client_id: str) -> EndpointClient:
        """A client that was added."""
        return EndpointClient(self, client_id, self.secrets[client_id])

    def start(self) -> None:
        """Start the process and wait until it is ready."""
        command = [sys.executable, "-m", "ewbi_endpoint", "serve", "--config", str(self.config)]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise AssertionError(f"the endpoint ended with {self._process.returncode}: {self.log.read_text()}")
            try:
                if self.request("/readyz")[0] == 200:
                    return
            except OSError:
                time.sleep(0.05)
        raise AssertionError(f"the endpoint was not ready after {READY_SECONDS} s: {self.log.read_text()}")

    def kill(self) -> None:
        """SIGKILL: no chance to finish anything."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """SIGTERM, and SIGKILL for one that does not follow."""
        self._end(signal.SIGTERM)

    def restart(self) -> None:
        """Stop where it runs, and start again on the same port and database."""
        self.stop()
        self.start()

    @property
    def pid(self) -> int:
        """The process id of a running endpoint."""
        if self._process is None:
            raise AssertionError("the endpoint does not run")
        return self._process.pid

    def request(
        self, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, bytes, dict[str, str]]:
        """One HTTPS request with this endpoint's authority trusted: status, body, headers in lower case."""
        context = ssl.create_default_context(cafile=str(self.ca))
        request = urllib.request.Request(self.url + path, data=body, headers=headers or {})
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
        )
        try:
            with opener.open(request, timeout=90) as response:
                return response.status, response.read(), {k.lower(): v for k, v in response.headers.items()}
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read(), {k.lower(): v for k, v in error.headers.items()}

    def _end(self, number: int) -> None:
        process, self._process = self._process, None
        if process is None or process.poll() is not None:
            return
        os.kill(process.pid, number)
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
