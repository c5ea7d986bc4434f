# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: sbi_vdc
short_description: Create Virtual Data Centres on a serving operator's platform
version_added: 0.1.0
description:
  - A Virtual Data Centre (VDC) is a tenant on the platform that becomes a cloudlet. On OpenStack it is a project in the
    administrator's own project domain, with a user that is a member of it and of nothing else.
  - Every quota starts at 0, so that nothing can be used before a grant is made real with
    M(operator_platform.federation.sbi_reservation).
  - A project of the same name that this collection did not make is never taken over.
  - A VDC that still holds what its tenant made is not deleted.
author:
  - operator_platform.federation contributors (@operator-platform)
options:
  cloudlet:
    description:
      - Which of O(control_endpoints) it is behind, by its C(cloudlet).
      - May be left out when there is only one.
    type: str
  name:
    description: Name of the VDC (the project, on OpenStack), usually the name of the cloudlet that it becomes.
    type: str
  organization:
    description: The serving operator. Required when the VDC shall be present.
    type: str
  federated_organization:
    description: The partner that the VDC is for.
    type: str
  location:
    description: Where the VDC is, WGS 84. Kept as a mark that the tenant can read.
    type: dict
    suboptions:
      latitude:
        description: Degrees from -90 to 90.
        type: float
        required: true
      longitude:
        description: Degrees from -180 to 180.
        type: float
        required: true
  zones:
    description: Availability zones that the VDC is pinned to. Without them it is pinned to none.
    type: list
    elements: str
  description:
    description: Free text for people.
    type: str
  vdcs:
    description: Many VDCs at once, with the options above.
    type: list
    elements: dict
    suboptions:
      cloudlet:
        description:
          - Which of O(control_endpoints) it is behind, by its C(cloudlet).
          - May be left out when there is only one.
        type: str
      name:
        description: Name of the VDC (the project, on OpenStack), usually the name of the cloudlet that it becomes.
        type: str
        required: true
      organization:
        description: The serving operator. Required when the VDC shall be present.
        type: str
      federated_organization:
        description: The partner that the VDC is for.
        type: str
      location:
        description: Where the VDC is, WGS 84. Kept as a mark that the tenant can read.
        type: dict
        suboptions:
          latitude:
            description: Degrees from -90 to 90.
            type: float
            required: true
          longitude:
            description: Degrees from -180 to 180.
            type: float
            required: true
      zones:
        description: Availability zones that the VDC is pinned to. Without them it is pinned to none.
        type: list
        elements: str
      description:
        description: Free text for people.
        type: str
      state:
        description: Overrides O(state) for this one.
        type: str
        choices: [present, absent]
extends_documentation_fragment:
  - operator_platform.federation.sbi
  - operator_platform.federation.converge
  - operator_platform.federation.converge.state
  - operator_platform.federation.attributes
  - operator_platform.federation.attributes.sbi
"""

EXAMPLES = r"""
---
- name: Make a VDC for a partner
  operator_platform.federation.sbi_vdc:
    control_endpoints:
      - cloudlet: north-infrastructure
        access_vars:
          OS_AUTH_URL: https://identity.telco-north.example/v3
          OS_USERNAME: infrastructure
          OS_PASSWORD: "{{ vault_north_infrastructure_password }}"
          OS_PROJECT_NAME: infra
          OS_USER_DOMAIN_NAME: telco-north
          OS_PROJECT_DOMAIN_NAME: telco-north
    name: harbour-1
    organization: telco-north
    federated_organization: telco-south
    location: {latitude: 53.5461, longitude: 9.9661}
    zones: [az-harbour]

- name: Take it down
  operator_platform.federation.sbi_vdc:
    control_endpoints: "{{ federation_infrastructure }}"
    name: harbour-1
    state: absent
"""

RETURN = r"""
---
results:
  description: One entry for each of the VDCs, in the order given.
  returned: when the input was valid
  type: list
  elements: dict
  contains:
    key:
      description: What tells it apart, as V(cloudlet/name).
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
    vdc:
      description: The VDC as the platform keeps it.
      type: dict
    error:
      description: Why it failed, as code, message and details (asked, answered, remedy).
      type: dict
failure:
  description: The first failure in machine-readable form, as code, message and details.
  returned: on failure
  type: dict
"""

from ansible_collections.operator_platform.federation.plugins.module_utils.resource import main
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.vdc import VdcResource

RESOURCE = VdcResource()

if __name__ == "__main__":
    main(RESOURCE)
