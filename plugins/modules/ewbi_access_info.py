# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: ewbi_access_info
short_description: Reveal how to reach the control endpoints of cloudlets
version_added: 0.1.0
description:
  - The one audited call that reveals access variables, to the partner that a cloudlet is offered to, while it holds a granted
    reservation.
  - The result holds secrets, so the module refuses to run unless the task says C(no_log=true). The result has the shape that the
    option O(operator_platform.federation.sbi_inventory_info#module:control_endpoints) takes.
author:
  - operator_platform.federation contributors (@operator-platform)
options:
  cloudlets:
    description: Whose control endpoints to reveal.
    type: list
    elements: dict
    required: true
    suboptions:
      organization:
        description: The serving operator.
        type: str
        required: true
      name:
        description: Name of the cloudlet.
        type: str
        required: true
extends_documentation_fragment:
  - operator_platform.federation.ewbi
  - operator_platform.federation.converge
  - operator_platform.federation.attributes.info
  - operator_platform.federation.attributes.ewbi
"""

EXAMPLES = r"""
---
- name: Reveal the control endpoint of a cloudlet
  operator_platform.federation.ewbi_access_info:
    ewbi_url: https://ewbi.telco-north.example:8443
    ewbi_client_id: telco-south
    ewbi_client_secret: "{{ vault_south_client_secret }}"
    cloudlets:
      - {organization: telco-north, name: harbour-1}
  register: access
  no_log: true

- name: Look at what is there
  operator_platform.federation.sbi_inventory_info:
    control_endpoints: "{{ access.control_endpoints }}"
"""

RETURN = r"""
---
control_endpoints:
  description: One entry a cloudlet, in the order given.
  returned: success
  type: list
  elements: dict
  contains:
    cloudlet:
      description: Name of the cloudlet.
      type: str
    platform_type:
      description: What the control endpoint speaks.
      type: str
    access_vars:
      description: Name to value; secret.
      type: dict
    ca_cert:
      description: CA of the control endpoint, PEM text.
      type: str
"""

from ansible_collections.operator_platform.federation.plugins.module_utils.ewbi.access import AccessInfo
from ansible_collections.operator_platform.federation.plugins.module_utils.resource import main

RESOURCE = AccessInfo()

if __name__ == "__main__":
    main(RESOURCE)
