# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: ewbi_federation
short_description: Federate two operators on an EWBI endpoint
version_added: 0.1.0
description:
  - A federation is the relation between the operator that serves and the partner that orchestrates. Without one that is active,
    the partner is refused everything else.
  - Federation is mutual by two of them, one on each operator's endpoint.
author:
  - operator_platform.federation contributors (@operator-platform)
options:
  organization:
    description: The serving operator, whose endpoint keeps the federation.
    type: str
  partner:
    description: The orchestrating partner.
    type: str
  partner_url:
    description: Base address of the partner's own EWBI endpoint.
    type: str
  ca_cert:
    description: CA of the partner's endpoint, PEM text.
    type: str
  status:
    description:
      - The serving operator proposes (V(PROPOSED)) and may suspend or terminate. The partner accepts by setting V(ACTIVE).
    type: str
    choices: [PROPOSED, ACTIVE, SUSPENDED, TERMINATED]
  expires:
    description: RFC 3339 moment after which the federation no longer holds.
    type: str
  federations:
    description:
      - Many federations at once, each with the options of a single one. They are read in one listing and changed concurrently; one that
        fails does not stop the rest.
    type: list
    elements: dict
    suboptions:
      organization:
        required: true
        description: The serving operator, whose endpoint keeps the federation.
        type: str
      partner:
        required: true
        description: The orchestrating partner.
        type: str
      partner_url:
        description: Base address of the partner's own EWBI endpoint.
        type: str
      ca_cert:
        description: CA of the partner's endpoint, PEM text.
        type: str
      status:
        description:
          - The serving operator proposes (V(PROPOSED)) and may suspend or terminate. The partner accepts by setting V(ACTIVE).
        type: str
        choices: [PROPOSED, ACTIVE, SUSPENDED, TERMINATED]
      expires:
        description: RFC 3339 moment after which the federation no longer holds.
        type: str
      state:
        description: Overrides O(state) for this one.
        type: str
        choices: [present, absent]
extends_documentation_fragment:
  - operator_platform.federation.ewbi
  - operator_platform.federation.converge
  - operator_platform.federation.converge.state
  - operator_platform.federation.attributes
  - operator_platform.federation.attributes.ewbi
"""

EXAMPLES = r"""
---
- name: Propose a federation (serving operator)
  operator_platform.federation.ewbi_federation:
    ewbi_url: https://ewbi.telco-north.example:8443
    ewbi_client_id: north-automation
    ewbi_client_secret: "{{ vault_north_client_secret }}"
    organization: telco-north
    partner: telco-south
    status: PROPOSED

- name: Accept it (orchestrating partner)
  operator_platform.federation.ewbi_federation:
    ewbi_url: https://ewbi.telco-north.example:8443
    ewbi_client_id: telco-south
    ewbi_client_secret: "{{ vault_south_client_secret }}"
    organization: telco-north
    partner: telco-south
    partner_url: https://ewbi.telco-south.example:8443
    status: ACTIVE
"""

RETURN = r"""
---
results:
  description: One entry for each of the federations, in the order given.
  returned: when the input was valid
  type: list
  elements: dict
  contains:
    key:
      description: What tells it apart, as V(organization/name).
      type: str
    changed:
      description: Whether it changed, or would change in check mode.
      type: bool
    action:
      description: V(created), V(updated), V(deleted) or V(unchanged).
      type: str
    changes:
      description: What an update changed, as field to before and after.
      type: dict
    federation:
      description: The federation as the endpoint shows it.
      type: dict
    error:
      description: Why it failed, as code, message and details (asked, answered, remedy).
      type: dict
failure:
  description: The first failure in machine-readable form, as code, message and details.
  returned: on failure
  type: dict
"""

from ansible_collections.operator_platform.federation.plugins.module_utils.ewbi.federation import FederationResource
from ansible_collections.operator_platform.federation.plugins.module_utils.resource import main

RESOURCE = FederationResource()

if __name__ == "__main__":
    main(RESOURCE)
