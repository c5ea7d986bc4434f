# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One endpoint of telco-north with an operator and two partners, shared by the tests of a module."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.integration.endpoint import postgresql
from tests.integration.endpoint.parties import SITES, Parties, introduce
from tests.integration.endpoint.server import EndpointProcess

# What depends on the database runs on both kinds, the rest on the default one.
ON_BOTH = ("test_cloudlets", "test_reservations")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "endpoint" in metafunc.fixturenames:
        both = metafunc.module.__name__.rpartition(".")[2] in ON_BOTH
        databases = ["sqlite", "postgresql"] if both else ["sqlite"]
        metafunc.parametrize("endpoint", databases, indirect=True, scope="module")


@pytest.fixture(scope="module")
def endpoint(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EndpointProcess]:
    """A running endpoint on the database of that kind."""
    directory: Path = tmp_path_factory.mktemp("telco-north")
    with ExitStack() as stack:
        settings: dict[str, Any] = {"sites": SITES, "audit_log": "audit.log"}
        if request.param == "postgresql":
            binaries = postgresql.programs()
            if binaries is None:
                pytest.skip(postgresql.MISSING)
            settings["database"] = {"url": stack.enter_context(postgresql.cluster(binaries))}
        yield stack.enter_context(EndpointProcess(directory, "telco-north", **settings))


@pytest.fixture(scope="module")
def parties(endpoint: EndpointProcess) -> Parties:
    """Its operator, and two partners with an active federation."""
    return introduce(endpoint)
