# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A TLS server and a session with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.operator_platform.federation.plugins.module_utils.ewbi import session as session_module
from ansible_collections.operator_platform.federation.plugins.module_utils.ewbi.session import EwbiSession
from ansible_collections.operator_platform.federation.plugins.module_utils.waiting import Deadline
from tests.unit.ewbi.tls_server import TlsServer

SECRET = "hush-client-secret"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[TlsServer]:
    with TlsServer(tmp_path / "server") as running:
        yield running


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Pauses between attempts are written down instead of being slept."""
    pauses: list[float] = []
    monkeypatch.setattr(session_module.time, "sleep", pauses.append)
    return pauses


@pytest.fixture
def connect(server: TlsServer) -> Iterator[Callable[..., EwbiSession]]:
    opened: list[EwbiSession] = []

    def make(**differs: Any) -> EwbiSession:
        options = {"ca_cert": str(server.ca_cert), "deadline": Deadline(60), "url": server.url, **differs}
        made = EwbiSession(options.pop("url"), "south", SECRET, options.pop("deadline"), **options)
        opened.append(made)
        return made

    yield make
    for one in opened:
        one.close()
