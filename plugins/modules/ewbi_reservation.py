# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: ewbi_reservation
short_description: Reserve resources of a partner's cloudlets
version_added: 0.1.0
description:
  - The partner's ledger decides each reservation against capacity, over time. What is granted is held until it is released or ends.
  - A rejected reservation fails, telling what is free. In check mode the ledger is asked without holding anything.
  - Growing, shrinking or extending is decided all or nothing, without letting go of what is held.
author:
  - operator_platform.federation contributors (@operator-platform)
options:
  organization:
    description: The orchestrating partner that reserves.
    type: str
  name:
    description: An opaque label of lower-case letters, digits and hyphens, at most 64 characters. It must not say who the reservation is for.
    type: str
  cloudlet:
    description: The cloudlet. Required unless it is released, or only made active.
    type: dict
    suboptions:
      organization:
        description: The serving operator.
        type: str
        required: true
      name:
        description: Name of the cloudlet.
        type: str
        required: true
  resources:
    description: What is asked for. Required with O(cloudlet).
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
  minimum:
    description: The least that is still useful; down to it a partial grant is accepted. Without it, all or nothing.
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
  start:
    description: RFC 3339 moment. Without it, now.
    type: str
  end:
    description: RFC 3339 moment, after O(start). Without it, open.
    type: str
  grace_seconds:
    description: Seconds after O(end) for which what runs is left alone.
    type: int
  active:
    description:
      - For the serving operator, V(true) says that the grant has been made real on the platform.
    type: bool
  reservations:
    description:
      - Many reservations at once, each with the options of a single one. They are read in one listing and changed concurrently; one that
        fails does not stop the rest.
    type: list
    elements: dict
    suboptions:
      organization:
        required: true
        description: The orchestrating partner that reserves.
        type: str
      name:
        required: true
        description: An opaque label of lower-case letters, digits and hyphens, at most 64 characters. It must not say who the reservation is for.
        type: str
      cloudlet:
        description: The cloudlet. Required unless it is released, or only made active.
        type: dict
        suboptions:
          organization:
            description: The serving operator.
            type: str
            required: true
          name:
            description: Name of the cloudlet.
            type: str
            required: true
      resources:
        description: What is asked for. Required with O(cloudlet).
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
      minimum:
        description: The least that is still useful; down to it a partial grant is accepted. Without it, all or nothing.
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
      start:
        description: RFC 3339 moment. Without it, now.
        type: str
      end:
        description: RFC 3339 moment, after O(start). Without it, open.
        type: str
      grace_seconds:
        description: Seconds after O(end) for which what runs is left alone.
        type: int
      active:
        description:
          - For the serving operator, V(true) says that the grant has been made real on the platform.
        type: bool
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
- name: Reserve the aggregate demand on one cloudlet
  operator_platform.federation.ewbi_reservation:
    ewbi_url: https://ewbi.telco-north.example:8443
    ewbi_client_id: telco-south
    ewbi_client_secret: "{{ vault_south_client_secret }}"
    organization: telco-south
    name: harbour-1-2027
    cloudlet: {organization: telco-north, name: harbour-1}
    resources: {vcpus: 16, memory_mb: 32768, disk_gb: 400, instances: 8, external_ips: 2, devices: {gpu: 1}}
    minimum: {vcpus: 8, memory_mb: 16384, instances: 4}
    end: "2027-12-31T23:59:59Z"

- name: Say that grants are real on the platform (serving operator)
  operator_platform.federation.ewbi_reservation:
    reservations:
      - {organization: telco-south, name: harbour-1-2027, active: true}

- name: Release it
  operator_platform.federation.ewbi_reservation:
    organization: telco-south
    name: harbour-1-2027
    state: absent
"""

RETURN = r"""
---
results:
  description: One entry for each of the reservations, in the order given.
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
    reservation:
      description: The reservation as the ledger shows it, with V(state), V(granted) and, where not all was granted, V(reason).
      type: dict
    error:
      description: Why it failed, as code, message and details (asked, answered, remedy).
      type: dict
failure:
  description: The first failure in machine-readable form, as code, message and details.
  returned: on failure
  type: dict
"""

from ansible_collections.operator_platform.federation.plugins.module_utils.ewbi.reservation import ReservationResource
from ansible_collections.operator_platform.federation.plugins.module_utils.resource import main

RESOURCE = ReservationResource()

if __name__ == "__main__":
    main(RESOURCE)
