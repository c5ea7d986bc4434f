# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: ewbi_reservation_info
short_description: List the reservations that an EWBI endpoint shows
version_added: 0.1.0
description:
  - A partner sees its own reservations, the operator those of all partners.
author:
  - operator_platform.federation contributors (@operator-platform)
options:
  organization:
    description: Only those of this partner.
    type: str
  name:
    description: Only those of these names.
    type: list
    elements: str
  cloudlet:
    description: Only those of this cloudlet.
    type: dict
    suboptions:
      organization:
        description: The serving operator.
        type: str
      name:
        description: Name of the cloudlet.
        type: str
  state:
    description: Only those in one of these states.
    type: list
    elements: str
    choices: [REQUESTED, GRANTED, PARTIALLY_GRANTED, REJECTED, ACTIVE, EXPIRING, EXPIRED, RELEASED]
extends_documentation_fragment:
  - operator_platform.federation.ewbi
  - operator_platform.federation.converge
  - operator_platform.federation.attributes.info
  - operator_platform.federation.attributes.ewbi
"""

EXAMPLES = r"""
---
- name: Which grants still have to be made real?
  operator_platform.federation.ewbi_reservation_info:
    ewbi_url: https://ewbi.telco-north.example:8443
    ewbi_client_id: north-automation
    ewbi_client_secret: "{{ vault_north_client_secret }}"
    state: [GRANTED, PARTIALLY_GRANTED]
  register: pending
"""

RETURN = r"""
---
reservations:
  description: The reservations, ordered by key, with state, granted and reason.
  returned: success
  type: list
  elements: dict
"""

from ansible_collections.operator_platform.federation.plugins.module_utils.ewbi.reservation import ReservationInfo
from ansible_collections.operator_platform.federation.plugins.module_utils.resource import main

RESOURCE = ReservationInfo()

if __name__ == "__main__":
    main(RESOURCE)
