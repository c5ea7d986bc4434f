# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: ewbi_usage_info
short_description: Tell what is used and free of cloudlets
version_added: 0.1.0
description:
  - For each cloudlet the triple value, quota_max and infra_max per resource now, and what is free over time.
  - A partner's value counts its own grants only.
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
  site:
    description: Only those of this site.
    type: str
extends_documentation_fragment:
  - operator_platform.federation.ewbi
  - operator_platform.federation.converge
  - operator_platform.federation.attributes.info
  - operator_platform.federation.attributes.ewbi
"""

EXAMPLES = r"""
---
- name: What is free in the harbour?
  operator_platform.federation.ewbi_usage_info:
    ewbi_url: https://ewbi.telco-north.example:8443
    ewbi_client_id: telco-south
    ewbi_client_secret: "{{ vault_south_client_secret }}"
    site: harbour
  register: usage
"""

RETURN = r"""
---
usage:
  description: One entry a cloudlet.
  returned: success
  type: list
  elements: dict
  contains:
    cloudlet:
      description: Its organization and name.
      type: dict
    resources:
      description: Resource name to value, quota_max and infra_max; devices one level deeper.
      type: dict
    free:
      description: Periods with start, end and the resources that are free in them.
      type: list
      elements: dict
"""

from ansible_collections.operator_platform.federation.plugins.module_utils.ewbi.usage import UsageInfo
from ansible_collections.operator_platform.federation.plugins.module_utils.resource import main

RESOURCE = UsageInfo()

if __name__ == "__main__":
    main(RESOURCE)
