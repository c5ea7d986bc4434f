# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: sbi_inventory_info
short_description: Look at what is in cloudlets
version_added: 0.1.0
description:
  - Gives a resource view for every control endpoint, in one shape whatever the platform and whatever the scope of the endpoint.
  - What cannot be controlled or seen through an endpoint is named in the view's capabilities, each with a reason.
  - Usage is always the triple of V(value), V(quota_max) and V(infra_max), the last being unknown to a tenant.
author:
  - operator_platform.federation contributors (@operator-platform)
options:
  promises:
    description: What the serving operator published and granted. Each view is checked against the promise for its cloudlet.
    type: list
    elements: dict
    default: []
    suboptions:
      cloudlet:
        description: Which of O(control_endpoints) it is for.
        type: str
        required: true
      granted:
        description: What the ledger granted. An amount is kept when the quota is not below it.
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
      location:
        description: Where the cloudlet is, WGS 84.
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
      resource_map:
        description: Device name to C(model:count). Each device has to be there.
        type: dict
      networks:
        description: Networks that have to be there, by name.
        type: list
        elements: str
      images:
        description: Catalogue items that have to be there, by name.
        type: list
        elements: str
extends_documentation_fragment:
  - operator_platform.federation.sbi
  - operator_platform.federation.converge
  - operator_platform.federation.attributes.info
  - operator_platform.federation.attributes.sbi
"""

EXAMPLES = r"""
---
- name: Look at all cloudlets, and check one of them
  operator_platform.federation.sbi_inventory_info:
    control_endpoints: "{{ access.control_endpoints }}"
    promises:
      - cloudlet: harbour-1
        granted: {vcpus: 16, memory_mb: 32768, instances: 8, devices: {gpu: 1}}
        location: {latitude: 53.5461, longitude: 9.9661}
        resource_map: {gpu: "nvidia-t4:2"}
  register: inventory

- name: Every promise is kept
  ansible.builtin.assert:
    that: inventory.unkept | length == 0
"""

RETURN = r"""
---
views:
  description: One entry for each control endpoint that could be looked at, in the order given.
  returned: always
  type: list
  elements: dict
  contains:
    cloudlet:
      description: Name of the cloudlet.
      type: str
    observed_at:
      description: When it was looked at, RFC 3339.
      type: str
    platform_type:
      description: What the control endpoint speaks.
      type: str
    endpoint_scope:
      description: V(per_cloudlet) or V(multi_site).
      type: str
    capabilities:
      description: Capability to V(available) and V(reason).
      type: dict
    compute:
      description: Amount (such as V(vcpus)) to V(value), V(quota_max) and V(infra_max).
      type: dict
    devices:
      description: Device name to V(value), V(quota_max) and V(infra_max).
      type: dict
    networks:
      description: Own, shared and external networks, with addresses that are kept for instances.
      type: list
      elements: dict
    datastores:
      description: Where disks can be (volume types, on OpenStack).
      type: list
      elements: dict
    catalogue:
      description: Images, with checksum and whether the serving operator certified them.
      type: list
      elements: dict
    flavors:
      description: Sizes, with the devices that each hands out.
      type: list
      elements: dict
    zones:
      description: Availability zones; only those that the cloudlet is pinned to, if it is.
      type: list
      elements: str
    location:
      description: Latitude and longitude as the platform keeps them.
      type: dict
    checks:
      description: One entry a comparison with the promise, as V(check), V(expected), V(found) and V(ok).
      type: list
      elements: dict
unkept:
  description: The checks that are not kept, as V(cloudlet) and the name of the check.
  returned: always
  type: list
  elements: str
failure:
  description: Which control endpoints could not be looked at, as code, message and details.
  returned: on failure
  type: dict
"""

from ansible_collections.operator_platform.federation.plugins.module_utils.resource import main
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.inventory import InventoryInfo

RESOURCE = InventoryInfo()

if __name__ == "__main__":
    main(RESOURCE)
