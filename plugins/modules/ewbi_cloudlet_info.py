# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: ewbi_cloudlet_info
short_description: List the cloudlets that an EWBI endpoint shows
version_added: 0.1.0
description:
  - Lists what the client may see. A partner sees only what is offered to it, the operator sees all of its own.
author:
  - operator_platform.federation contributors (@operator-platform)
options:
  organization:
    description: Only those of this operator.
    type: str
  name:
    description: Only those of these names.
    type: list
    elements: str
  platform_type:
    description: Only those of this platform.
    type: str
    choices: [OpenStack, vCenter, VCD]
  site:
    description: Only those of this site.
    type: str
  maintenance_state:
    description: Only those in this state.
    type: str
    choices: [online, offline]
  federated_organization:
    description: Only those offered to this partner.
    type: str
  near:
    description: Nearest first, each with its distance in km.
    type: dict
    suboptions:
      latitude:
        description: Degrees from -90 to 90, WGS 84.
        type: float
        required: true
      longitude:
        description: Degrees from -180 to 180, WGS 84.
        type: float
        required: true
      within_km:
        description: Only those at most this far away.
        type: float
extends_documentation_fragment:
  - operator_platform.federation.ewbi
  - operator_platform.federation.converge
  - operator_platform.federation.attributes.info
  - operator_platform.federation.attributes.ewbi
"""

EXAMPLES = r"""
---
- name: Which of the partner's cloudlets are within 100 km of Hamburg?
  operator_platform.federation.ewbi_cloudlet_info:
    ewbi_url: https://ewbi.telco-north.example:8443
    ewbi_client_id: telco-south
    ewbi_client_secret: "{{ vault_south_client_secret }}"
    near: {latitude: 53.55, longitude: 9.99, within_km: 100}
  register: found
"""

RETURN = r"""
---
cloudlets:
  description: The cloudlets, ordered by key, or by distance with O(near). Never with access variables.
  returned: success
  type: list
  elements: dict
"""

from ansible_collections.operator_platform.federation.plugins.module_utils.ewbi.cloudlet import CloudletInfo
from ansible_collections.operator_platform.federation.plugins.module_utils.resource import main

RESOURCE = CloudletInfo()

if __name__ == "__main__":
    main(RESOURCE)
