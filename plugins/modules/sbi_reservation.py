# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: sbi_reservation
short_description: Make grants real on a serving operator's platform
version_added: 0.1.0
description:
  - Turns what the ledger granted into quotas, a bandwidth policy and access to devices.
  - What a platform's quotas cannot hold, such as devices on OpenStack, is kept as a mark on the VDC, and the resource view says so
    in its capabilities.
  - Refuses, naming both numbers, when more is in use than is to be granted, or when the platform has fewer devices than that.
  - With O(state=absent) the grant is taken back; every quota is 0 again.
author:
  - operator_platform.federation contributors (@operator-platform)
options:
  cloudlet:
    description:
      - Which of O(control_endpoints) it is behind, by its C(cloudlet).
      - May be left out when there is only one.
    type: str
  name:
    description: Name of the VDC.
    type: str
  resources:
    description: What is granted, amounts that are not named being 0. Required when a grant shall be present.
    type: dict
    suboptions:
      vcpus:
        description: Virtual CPUs.
        type: int
      memory_mb:
        description: Memory in MiB.
        type: int
      disk_gb:
        description: Disk in GiB.
        type: int
      bandwidth_mbps:
        description: Bandwidth in Mbit/s.
        type: int
      instances:
        description: Number of instances.
        type: int
      external_ips:
        description: Number of external (floating) addresses.
        type: int
      devices:
        description: Special devices as counts by the name that the cloudlet's resource map uses, such as C(gpu) to 2.
        type: dict
  reservations:
    description: Many grants at once, with the options above.
    type: list
    elements: dict
    suboptions:
      cloudlet:
        description:
          - Which of O(control_endpoints) it is behind, by its C(cloudlet).
          - May be left out when there is only one.
        type: str
      name:
        description: Name of the VDC.
        type: str
        required: true
      resources:
        description: What is granted, amounts that are not named being 0. Required when a grant shall be present.
        type: dict
        suboptions:
          vcpus:
            description: Virtual CPUs.
            type: int
          memory_mb:
            description: Memory in MiB.
            type: int
          disk_gb:
            description: Disk in GiB.
            type: int
          bandwidth_mbps:
            description: Bandwidth in Mbit/s.
            type: int
          instances:
            description: Number of instances.
            type: int
          external_ips:
            description: Number of external (floating) addresses.
            type: int
          devices:
            description: Special devices as counts by the name that the cloudlet's resource map uses, such as C(gpu) to 2.
            type: dict
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
- name: Make grants real
  operator_platform.federation.sbi_reservation:
    control_endpoints: "{{ federation_infrastructure }}"
    reservations:
      - cloudlet: north-infrastructure
        name: harbour-1
        resources: {vcpus: 16, memory_mb: 32768, disk_gb: 400, bandwidth_mbps: 1000, instances: 8, external_ips: 2, devices: {gpu: 1}}
      - cloudlet: north-infrastructure
        name: campus-1
        state: absent
"""

RETURN = r"""
---
results:
  description: One entry for each of the grants, in the order given.
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
    reservation:
      description: The grant as it is real on the platform.
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
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.reservation import GrantResource

RESOURCE = GrantResource()

if __name__ == "__main__":
    main(RESOURCE)
