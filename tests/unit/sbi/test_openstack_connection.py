# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logging in: what the SDK is given, and what becomes of the CA's file."""

from __future__ import annotations

import stat
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.operator_platform.federation.plugins.module_utils.errors import (
    AuthenticationFailed,
    InvalidInput,
    MissingLibrary,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack import connection
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.platform import ControlEndpoint

openstack = pytest.importorskip("openstack", reason="openstacksdk is not installed")

PASSWORD = {
    "OS_AUTH_URL": "https://cloud.example/v3",
    "OS_USERNAME": "infra",
    "OS_PASSWORD": "Sesame-1",
    "OS_PROJECT_NAME": "infra",
    "OS_USER_DOMAIN_NAME": "north",
    "OS_REGION_NAME": "one",
}
APPLICATION = {
    "OS_AUTH_URL": "https://cloud.example/v3",
    "OS_APPLICATION_CREDENTIAL_ID": "id",
    "OS_APPLICATION_CREDENTIAL_SECRET": "Sesame-2",
    "OS_PROJECT_NAME": "ignored",
}


class Sdk:
    """Stands for openstack.connect: remembers its arguments and the CA file's state at that moment."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.given: dict[str, Any] = {}
        self.ca_mode = 0
        self.ca_text = ""

    def __call__(self, **given: Any) -> SimpleNamespace:
        self.given = given
        if given["cacert"]:
            path = Path(given["cacert"])
            self.ca_mode, self.ca_text = stat.S_IMODE(path.stat().st_mode), path.read_text(encoding="ascii")
        return SimpleNamespace(session=SimpleNamespace(get_token=self._log_in), close=lambda: None)

    def _log_in(self) -> str:
        if self.error is not None:
            raise self.error
        return "token"


def endpoint(access: dict[str, str], ca_cert: str | None = None) -> ControlEndpoint:
    return ControlEndpoint("harbour-1", "OpenStack", access, ca_cert)


@pytest.fixture
def sdk(monkeypatch: pytest.MonkeyPatch) -> Sdk:
    made = Sdk()
    monkeypatch.setattr(openstack, "connect", made)
    return made


def test_nothing_that_lies_about_on_the_machine_is_read(sdk: Sdk) -> None:
    connection.connect(endpoint(PASSWORD))
    assert (sdk.given["load_yaml_config"], sdk.given["load_envvars"], sdk.given["verify"]) == (False, False, True)
    assert sdk.given["interface"] == "public"
    assert sdk.given["auth"]["project_domain_name"] == "north"


def test_an_application_credential_is_given_no_other_scope(sdk: Sdk) -> None:
    connection.connect(endpoint(APPLICATION))
    assert sdk.given["auth_type"] == "v3applicationcredential"
    assert set(sdk.given["auth"]) == {"auth_url", "application_credential_id", "application_credential_secret"}


@pytest.mark.parametrize("way", ["ca_cert", "OS_CACERT_DATA"])
def test_the_ca_is_in_a_private_file_as_long_as_the_connection_is_open(sdk: Sdk, way: str) -> None:
    pem = "-----BEGIN CERTIFICATE-----"
    given = endpoint(PASSWORD, pem) if way == "ca_cert" else endpoint({**PASSWORD, "OS_CACERT_DATA": pem})
    opened = connection.connect(given)
    path = Path(sdk.given["cacert"])
    assert (sdk.ca_mode, sdk.ca_text) == (0o600, f"{pem}\n")
    assert path.exists()
    opened.close()
    assert not path.exists()
    opened.close()


def test_a_failed_log_in_leaves_no_file_and_tells_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    sdk = Sdk(openstack.exceptions.SDKException("401: The request you have made requires authentication."))
    monkeypatch.setattr(openstack, "connect", sdk)
    with pytest.raises(AuthenticationFailed) as refused:
        connection.connect(endpoint(PASSWORD, "pem"))
    assert not Path(sdk.given["cacert"]).exists()
    assert "Sesame" not in f"{refused.value}{refused.value.as_failure()}"
    assert refused.value.__cause__ is None


def test_a_withdrawn_application_credential_is_a_credential_that_is_not_accepted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gone = openstack.exceptions.NotFoundException("Could not find Application Credential: id.", http_status=404)
    monkeypatch.setattr(openstack, "connect", Sdk(gone))
    with pytest.raises(AuthenticationFailed, match="Application Credential"):
        connection.connect(endpoint(APPLICATION))


def test_plain_http_is_refused_before_anything_is_sent(sdk: Sdk) -> None:
    with pytest.raises(InvalidInput, match="https"):
        connection.connect(endpoint({**PASSWORD, "OS_AUTH_URL": "http://cloud.example/v3"}))
    assert sdk.given == {}


def test_a_missing_library_is_named_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "openstack", None)
    with pytest.raises(MissingLibrary, match="openstacksdk"):
        connection.connect(endpoint(PASSWORD))


def test_a_control_endpoint_does_not_show_its_access_variables() -> None:
    assert "Sesame" not in repr(endpoint(PASSWORD))
