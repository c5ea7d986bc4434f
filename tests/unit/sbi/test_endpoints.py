# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control endpoints of a task: what is read, what is refused, and who fails when one cannot be opened."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.operator_platform.federation.plugins.module_utils.errors import (
    InvalidInput,
    Unreachable,
    Unsupported,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.model.access_vars import SECRET_NAMES
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi import endpoints, registry
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.platform import (
    ControlEndpoint,
    Surroundings,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.waiting import Deadline

ACCESS = {"OS_AUTH_URL": "https://cloud.example/v3", "OS_USERNAME": "u", "OS_PASSWORD": "Sesame-1"}


def surroundings() -> Surroundings:
    """Made anew by each test: a deadline that began at import has passed when a long run of tests gets here."""
    return Surroundings(Deadline(60), 4)


class Opened:
    def __init__(self, endpoint: ControlEndpoint, _surroundings: Surroundings) -> None:
        self.cloudlet = endpoint.cloudlet
        self.closed = False

    def close(self) -> None:
        self.closed = True


def pool(*names: str) -> endpoints.ControlEndpoints:
    return endpoints.ControlEndpoints([ControlEndpoint(name, "OpenStack", ACCESS) for name in names], surroundings())


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Opened]:
    found: list[Opened] = []

    def open_platform(endpoint: ControlEndpoint, surroundings: Surroundings) -> Opened:
        if endpoint.cloudlet == "broken":
            raise Unreachable("The control endpoint does not answer.")
        found.append(Opened(endpoint, surroundings))
        return found[-1]

    monkeypatch.setattr(endpoints, "open_platform", open_platform)
    return found


def test_only_the_secrets_are_hidden() -> None:
    options = endpoints.CONTROL_ENDPOINTS["control_endpoints"]["options"]["access_vars"]["options"]
    assert {name for name, option in options.items() if option["no_log"]} == SECRET_NAMES


def test_every_wrong_field_is_named_and_no_value_is_quoted() -> None:
    raw = [
        {"cloudlet": "a", "access_vars": {"OS_USERNAME": "u", "OS_PASSWORD": "Sesame-1"}},
        {"cloudlet": "a", "platform_type": "OpenStack", "access_vars": {**ACCESS, "OS_TYPO": "Sesame-2"}},
    ]
    with pytest.raises(InvalidInput) as refused:
        endpoints.read_endpoints({"control_endpoints": raw})
    assert [name for name, _reason in refused.value.fields] == [
        "control_endpoints[0].access_vars.OS_AUTH_URL",
        "control_endpoints[1].cloudlet",
        "control_endpoints[1].access_vars.OS_TYPO",
    ]
    assert "Sesame" not in str(refused.value)


def test_without_the_option_one_endpoint_comes_from_the_environment() -> None:
    found = endpoints.read_endpoints({}, {**ACCESS, "SBI_CLOUDLET": "harbour-1", "PATH": "/bin"})
    assert [(entry.cloudlet, entry.platform_type, dict(entry.access_vars)) for entry in found] == [
        ("harbour-1", "OpenStack", ACCESS)
    ]


def test_without_either_the_option_is_asked_for() -> None:
    with pytest.raises(InvalidInput, match="control_endpoints: is required"):
        endpoints.read_endpoints({}, {})


def test_an_unknown_platform_in_the_environment_is_named() -> None:
    with pytest.raises(InvalidInput, match="SBI_PLATFORM_TYPE"):
        endpoints.read_endpoints({}, {**ACCESS, "SBI_PLATFORM_TYPE": "OpenNebula"})


def test_endpoints_of_the_option_do_not_take_anything_from_the_environment() -> None:
    raw = [{"cloudlet": "a", "access_vars": {"OS_AUTH_URL": "https://cloud.example/v3"}}]
    with pytest.raises(InvalidInput, match="OS_PASSWORD"):
        endpoints.read_endpoints({"control_endpoints": raw}, ACCESS)


def test_objects_behind_one_endpoint_share_one_log_in_and_all_are_closed(opened: list[Opened]) -> None:
    with pool("a", "b") as found:
        assert found.platform("a") is found.platform("a")
        found.platform("b")
    assert [(one.cloudlet, one.closed) for one in opened] == [("a", True), ("b", True)]


def test_an_endpoint_that_cannot_be_opened_fails_only_what_is_behind_it(opened: list[Opened]) -> None:
    with pool("a", "broken", "b") as found:
        answers: dict[str, Any] = found.each(lambda cloudlet, _platform: f"seen {cloudlet}", found.names)
        assert answers["a"] == "seen a"
        assert answers["b"] == "seen b"
        assert isinstance(answers["broken"], Unreachable)
        with pytest.raises(Unreachable):
            found.platform("broken")
    assert len(opened) == 2


def test_a_platform_type_that_nobody_knows_is_refused_naming_the_known_ones() -> None:
    with pytest.raises(InvalidInput, match="OpenStack, vCenter, VCD"):
        registry.open_platform(ControlEndpoint("a", "OpenNebula", ACCESS), surroundings())


@pytest.mark.parametrize("platform_type", ["vCenter", "VCD"])
def test_a_platform_that_is_not_there_yet_is_unsupported_naming_those_that_are(platform_type: str) -> None:
    with pytest.raises(Unsupported, match="platforms there: OpenStack"):
        registry.open_platform(ControlEndpoint("a", platform_type, ACCESS), surroundings())
