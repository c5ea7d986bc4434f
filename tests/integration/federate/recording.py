# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A TLS proxy in front of an EWBI endpoint that keeps every byte that clients send, so that a test can search them."""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
import threading
from collections.abc import Callable
from pathlib import Path

CHUNK = 65536


class RecordingProxy:
    """Listens on a loopback port of its own with the endpoint's own certificate, and talks TLS to the endpoint, too.

    port, endpoint_port: where clients come, and where the endpoint listens. tls: the endpoint's tls folder; it need not
    exist before the first connection. sent: what clients sent, in order of arrival.
    """

    def __init__(self, endpoint_port: int, tls: Path) -> None:
        self.endpoint_port = endpoint_port
        self.tls = tls
        self.sent = bytearray()
        self._lock = threading.Lock()
        self._needle: bytes | None = None
        self._interruption: Callable[[], None] | None = None
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def interrupt_at(self, needle: bytes, interruption: Callable[[], None]) -> None:
        """Pass on no request that holds ``needle``, and call ``interruption`` at the first; until ``pass_all``."""
        self._needle, self._interruption = needle, interruption

    def pass_all(self) -> None:
        """Pass every request on again."""
        self._needle, self._interruption = None, None

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _address = self._listener.accept()
            except OSError:
                return  # closed
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, raw: socket.socket) -> None:
        server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server_side.load_cert_chain(self.tls / "server.pem", self.tls / "server.key")
        client_side = ssl.create_default_context(cafile=str(self.tls / "ca.pem"))
        # A side that hangs up, or a client that is killed, ends the connection; that is all there is to do about it.
        with (
            contextlib.suppress(OSError),
            server_side.wrap_socket(raw, server_side=True) as client,
            socket.create_connection(("127.0.0.1", self.endpoint_port)) as upstream_raw,
            client_side.wrap_socket(upstream_raw, server_hostname="127.0.0.1") as upstream,
        ):
            self._relay(client, upstream)

    def _relay(self, client: ssl.SSLSocket, upstream: ssl.SSLSocket) -> None:
        """Pass on what either side sends, until one of them hangs up. One thread: a TLS connection is not safe for two."""
        other = {client: upstream, upstream: client}
        while True:
            ready = [side for side in other if side.pending()] or select.select(list(other), [], [])[0]
            for source in ready:
                data = _read(source)
                if data is None:
                    continue
                if not data or (source is client and self._interrupted(data)):
                    return
                other[source].sendall(data)

    def _interrupted(self, data: bytes) -> bool:
        with self._lock:
            self.sent += data
            if self._needle is None or self._needle not in data:
                return False
            interruption, self._interruption = self._interruption, None
        if interruption is not None:
            interruption()
        return True


def _read(source: ssl.SSLSocket) -> bytes | None:
    """What has arrived; empty: the end; None: no data yet, only TLS's own (session tickets, part of a record)."""
    source.setblocking(False)
    try:
        return source.recv(CHUNK)
    except ssl.SSLWantReadError:
        return None
    finally:
        source.setblocking(True)
