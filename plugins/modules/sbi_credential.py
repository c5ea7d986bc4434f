# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: sbi_credential
short_description: Issue credentials that are scoped to a VDC
version_added: 0.1.0
description:
  - Issues what the partner gets, so that the administrator's credential never leaves the serving operator. On OpenStack it is a
    restricted application credential of the VDC's own user.
  - A secret can be read once only, when it is issued. With a credential there and O(rotate=false) nothing is issued and the result
    holds no access variables.
  - The result holds secrets, so the module refuses to run unless the task says C(no_log=true).
author:
  - operator_platform.federation contributors (@operator-platform)
options:
  cloudlet:
    description:
      - Which of O(control_endpoints) it is behind, by its C(cloudlet).
      - May be left out when there is only one.
    type: str
  name:
    description: Name of the VDC that the credential is scoped to.
    type: str
  rotate:
    description: Issue a new one although there is one already, and withdraw the former.
    type: bool
    default: false
  credentials:
    description: Many credentials at once, with the options above.
    type: list
    elements: dict
    suboptions:
      cloudlet:
        description:
          - Which of O(control_endpoints) it is behind, by its C(cloudlet).
          - May be left out when there is only one.
        type: str
      name:
        description: Name of the VDC that the credential is scoped to.
        type: str
        required: true
      rotate:
        description: Issue a new one although there is one already, and withdraw the former.
        type: bool
        default: false
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
- name: Issue a credential for a VDC
  operator_platform.federation.sbi_credential:
    control_endpoints: "{{ federation_infrastructure }}"
    name: harbour-1
  register: issued
  no_log: true

- name: Issue it anew and withdraw the former
  operator_platform.federation.sbi_credential:
    control_endpoints: "{{ federation_infrastructure }}"
    name: harbour-1
    rotate: true
  register: issued
  no_log: true
"""

RETURN = r"""
---
results:
  description: One entry for each of the credentials, in the order given.
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
    credential:
      description: V(cloudlet), V(name) and, when it was issued just now, V(access_vars) (secret).
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
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.credential import CredentialResource

RESOURCE = CredentialResource()

if __name__ == "__main__":
    main(RESOURCE)
