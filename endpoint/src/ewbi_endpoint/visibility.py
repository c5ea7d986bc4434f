# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may see and use what, decided from what the database says."""

from __future__ import annotations

from sqlalchemy import Connection

from ewbi_endpoint.model import Caller, FederationStatus, Key
from ewbi_endpoint.problems import Problem, not_found
from ewbi_endpoint.store import cloudlets, federations
from ewbi_endpoint.store.cloudlets import StoredCloudlet
from ewbi_endpoint.times import Instant


def require_federation(connection: Connection, caller: Caller, organization: str, now: Instant) -> None:
    """Refuse a partner whose federation with this operator is not active at this instant (403)."""
    if caller.is_operator:
        return
    federation = federations.find(connection, organization, caller.organization)
    status = None if federation is None else federation.effective_status(now)
    if status is FederationStatus.ACTIVE:
        return
    if status is None:
        detail = f"There is no federation of {organization} with {caller.organization}"
    elif status is FederationStatus.PROPOSED:
        detail = "The federation is proposed: accept it with update/federation and Status ACTIVE"
    else:
        detail = f"The federation of {organization} with {caller.organization} is {status.value}"
    raise Problem(403, "FEDERATION_NOT_ACTIVE", detail)


def visible_cloudlet(connection: Connection, caller: Caller, key: Key) -> StoredCloudlet:
    """The cloudlet of a key, for the operator or the partner that it is offered to; 404 for everybody else."""
    stored = cloudlets.find(connection, key)
    if stored is None or not (caller.is_operator or stored.profile.federated_organization == caller.organization):
        raise not_found("cloudlet", key.organization, key.name)
    return stored
