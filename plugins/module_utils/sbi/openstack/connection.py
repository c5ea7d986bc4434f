# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Opens the connection to an OpenStack cloud with openstacksdk, and with nothing that lies about on the machine.

clouds.yaml and OS_* of the environment are switched off: with one cloud in clouds.yaml the SDK would silently merge that
cloud's project into somebody else's credential.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from typing import Any

from ansible_collections.operator_platform.federation.plugins.module_utils.errors import (
    AuthenticationFailed,
    FederationError,
    InvalidInput,
    MissingLibrary,
    NotFound,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.openstack.errors import (
    failure,
    library_errors,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.platform import ControlEndpoint

APP_NAME = "operator_platform.federation"


class OpenConnection:
    """An authorised SDK connection and the private file that its CA is in."""

    def __init__(self, sdk: Any, ca_file: str | None) -> None:
        self.sdk = sdk
        self._ca_file = ca_file

    def close(self) -> None:
        self.sdk.close()
        _remove(self._ca_file)
        self._ca_file = None


def connect(endpoint: ControlEndpoint) -> OpenConnection:
    """Connect and log in. Raises MissingLibrary, InvalidInput, Unreachable or AuthenticationFailed."""
    sdk_module = _library()
    _refuse_plain_http(endpoint)
    asked = f"log in at {endpoint.access_vars['OS_AUTH_URL']} for {endpoint.cloudlet}"
    ca_file = _write_ca(ca_of(endpoint))
    try:
        sdk = sdk_module.connect(
            load_yaml_config=False,
            load_envvars=False,
            app_name=APP_NAME,
            interface="public",
            region_name=endpoint.access_vars.get("OS_REGION_NAME"),
            verify=True,
            cacert=ca_file,
            **_authentication(endpoint),
        )
        sdk.session.get_token()
    except library_errors() as error:
        _remove(ca_file)
        # The cause is left out: keystoneauth's exceptions may carry the request, and the request carries the password.
        raise _log_in_error(failure(error, asked)) from None
    return OpenConnection(sdk, ca_file)


def _log_in_error(error: FederationError) -> FederationError:
    """keystone answers 404 to an application credential that was withdrawn: it is the credential that is wrong."""
    if not isinstance(error, NotFound):
        return error
    return AuthenticationFailed(
        "OpenStack does not accept the credential.",
        asked=error.asked,
        answered=error.answered,
        remedy="Check the access variables; a withdrawn credential has to be issued again.",
    )


def ca_of(endpoint: ControlEndpoint) -> str | None:
    """PEM text of the CA, from the cloudlet's own field or from the access variables; None: the system's trust store."""
    return endpoint.ca_cert or endpoint.access_vars.get("OS_CACERT_DATA") or None


def _library() -> Any:
    try:
        import openstack
    except ImportError as error:
        raise MissingLibrary(
            "The Python library openstacksdk cannot be imported.",
            answered=str(error),
            remedy="Install the collection's requirements.txt into the Python that runs this task.",
        ) from error
    return openstack


def _refuse_plain_http(endpoint: ControlEndpoint) -> None:
    if not endpoint.access_vars.get("OS_AUTH_URL", "").startswith("https://"):
        raise InvalidInput(
            f"The control endpoint of {endpoint.cloudlet}",
            [("access_vars.OS_AUTH_URL", "must begin with https://; a credential is never sent in the clear")],
        )


def _authentication(endpoint: ControlEndpoint) -> dict[str, Any]:
    """Arguments for log-in. An application credential names its project itself; keystone refuses it any other scope."""
    given = endpoint.access_vars
    if "OS_APPLICATION_CREDENTIAL_ID" in given:
        return {
            "auth_type": "v3applicationcredential",
            "auth": {
                "auth_url": given["OS_AUTH_URL"],
                "application_credential_id": given["OS_APPLICATION_CREDENTIAL_ID"],
                "application_credential_secret": given["OS_APPLICATION_CREDENTIAL_SECRET"],
            },
        }
    domain = given.get("OS_USER_DOMAIN_NAME") or given.get("OS_PROJECT_DOMAIN_NAME") or "Default"
    auth = {
        "auth_url": given["OS_AUTH_URL"],
        "username": given["OS_USERNAME"],
        "password": given["OS_PASSWORD"],
        "user_domain_name": domain,
    }
    if "OS_PROJECT_NAME" in given:
        auth["project_name"] = given["OS_PROJECT_NAME"]
        auth["project_domain_name"] = given.get("OS_PROJECT_DOMAIN_NAME") or domain
    return {"auth_type": "v3password", "auth": auth}


def _write_ca(pem: str | None) -> str | None:
    """keystoneauth takes a path only. mkstemp makes the file readable to this user alone (0600)."""
    if not pem:
        return None
    handle, path = tempfile.mkstemp(prefix="federation-ca-", suffix=".pem")
    with os.fdopen(handle, "w", encoding="ascii", errors="replace") as file:
        file.write(pem if pem.endswith("\n") else pem + "\n")
    return path


def _remove(path: str | None) -> None:
    if path:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)
