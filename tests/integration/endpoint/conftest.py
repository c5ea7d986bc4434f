# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One endpoint of telco-north with an operator and two partners, shared by the tests of a module."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.endpoint.parties import SITES, Parties, introduce
from tests.integration.endpoint.server import EndpointProcess


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EndpointProcess]:
    """A running endpoint on SQLite."""
    directory: Path = tmp_path_factory.mktemp("telco-north")
    with EndpointProcess(directory, "telco-north", sites=SITES, audit_log="audit.log") as process:
        yield process


@pytest.fixture(scope="module")
def parties(endpoint: EndpointProcess) -> Parties:
    """Its operator, and two partners with an active federation."""
    return introduce(endpoint)
