# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: ewbi_cloudlet
short_description: Publish cloudlets on an operator's EWBI endpoint
version_added: 0.1.0
description:
  - A cloudlet is a Virtual Data Centre at known coordinates. Publishing it makes it visible to the one partner that it is offered to.
  - Only what is named is changed. Access variables are compared without being read back.
author:
  - operator_platform.federation contributors (@operator-platform)
options:
  organization:
    description: The serving operator. Has to be the organization that runs the endpoint.
    type: str
  name:
    description: Name of the cloudlet, unique within O(organization).
    type: str
  location:
    description: Where the cloudlet is, WGS 84. Required when it is created.
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
  platform_type:
    description: What the control endpoint speaks. Required when it is created.
    type: str
    choices: [OpenStack, vCenter, VCD]
  access_vars:
    description:
      - How the partner reaches the control endpoint. The endpoint keeps it sealed and reveals it only to the partner that the
        cloudlet is offered to, while it holds a granted reservation.
      - Leave it out to keep what the endpoint holds. Which names are needed depends on O(platform_type).
    type: dict
    suboptions:
      OS_AUTH_URL:
        description: Address of the identity service.
        type: str
      OS_USERNAME:
        description: User name.
        type: str
      OS_PASSWORD:
        description: Password of that user.
        type: str
      OS_APPLICATION_CREDENTIAL_ID:
        description: Identifier of an application credential.
        type: str
      OS_APPLICATION_CREDENTIAL_SECRET:
        description: Secret of that application credential.
        type: str
      OS_PROJECT_NAME:
        description: Project that is the VDC.
        type: str
      OS_USER_DOMAIN_NAME:
        description: Domain of the user.
        type: str
      OS_PROJECT_DOMAIN_NAME:
        description: Domain of the project.
        type: str
      OS_REGION_NAME:
        description: Region.
        type: str
      OS_CACERT_DATA:
        description: CA of the identity service and its catalogue, PEM text.
        type: str
      VCENTER_ADDR:
        description: Host name of the vCenter server.
        type: str
      VCENTER_USER:
        description: User name.
        type: str
      VCENTER_PASSWORD:
        description: Password of that user.
        type: str
      VCENTER_DATACENTER:
        description: Datacenter that holds the VDC.
        type: str
      VCENTER_FOLDER:
        description: Folder that holds the VDC.
        type: str
      VCENTER_RESOURCE_POOL:
        description: Resource pool that is the VDC.
        type: str
      VCENTER_CACERT_DATA:
        description: CA of the vCenter server, PEM text.
        type: str
      VCD_URL:
        description: Address of VMware Cloud Director.
        type: str
      VCD_ORG:
        description: Organization.
        type: str
      VDC_NAME:
        description: Organization VDC.
        type: str
      VCD_USER:
        description: User name.
        type: str
      VCD_PASSWORD:
        description: Password of that user.
        type: str
      VCD_API_TOKEN:
        description: API token.
        type: str
      VCD_CACERT_DATA:
        description: CA of Cloud Director, PEM text.
        type: str
  ca_cert:
    description: CA of the control endpoint, PEM text. An empty text takes it away.
    type: str
  ip_support:
    description: Whether instances get fixed addresses out of O(static_ips), or addresses by DHCP.
    type: str
    choices: [static, dhcp]
  static_ips:
    description: Addresses, ranges and CIDRs, separated by commas. Needed with O(ip_support=static), not allowed with O(ip_support=dhcp).
    type: str
  resource_map:
    description: Special devices of the cloudlet, a name to C(model:count), such as C(gpu) to C(nvidia-t4:2).
    type: dict
  maintenance_state:
    description: While V(offline), the cloudlet takes no new reservation and no new instance. What runs is left alone.
    type: str
    choices: [online, offline]
  maintenance_windows:
    description: Planned downtimes. An empty list removes those that are there.
    type: list
    elements: dict
    suboptions:
      start:
        description: RFC 3339 moment.
        type: str
        required: true
      end:
        description: RFC 3339 moment, after the start.
        type: str
        required: true
      reason:
        description: Told to the partner.
        type: str
  site:
    description: Cloudlets of one site share its physical capacity. An empty text takes it away.
    type: str
  endpoint_scope:
    description: Whether the control endpoint is the cloudlet's own, or one over many sites.
    type: str
    choices: [per_cloudlet, multi_site]
  federated_organization:
    description: The partner that the cloudlet is offered to. Nobody else sees it. An empty text takes the offer back.
    type: str
  capacity:
    description: What may be reserved of the cloudlet in all. What is not named cannot be reserved.
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
        description: Special devices as counts by the name that the resource map of the cloudlet uses, such as C(gpu) to 2.
        type: dict
  cloudlets:
    description:
      - Many cloudlets at once, each with the options of a single one. They are read in one listing and changed concurrently; one that
        fails does not stop the rest.
    type: list
    elements: dict
    suboptions:
      organization:
        required: true
        description: The serving operator. Has to be the organization that runs the endpoint.
        type: str
      name:
        required: true
        description: Name of the cloudlet, unique within O(organization).
        type: str
      location:
        description: Where the cloudlet is, WGS 84. Required when it is created.
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
      platform_type:
        description: What the control endpoint speaks. Required when it is created.
        type: str
        choices: [OpenStack, vCenter, VCD]
      access_vars:
        description:
          - How the partner reaches the control endpoint. The endpoint keeps it sealed and reveals it only to the partner that the
            cloudlet is offered to, while it holds a granted reservation.
          - Leave it out to keep what the endpoint holds. Which names are needed depends on O(platform_type).
        type: dict
        suboptions:
          OS_AUTH_URL:
            description: Address of the identity service.
            type: str
          OS_USERNAME:
            description: User name.
            type: str
          OS_PASSWORD:
            description: Password of that user.
            type: str
          OS_APPLICATION_CREDENTIAL_ID:
            description: Identifier of an application credential.
            type: str
          OS_APPLICATION_CREDENTIAL_SECRET:
            description: Secret of that application credential.
            type: str
          OS_PROJECT_NAME:
            description: Project that is the VDC.
            type: str
          OS_USER_DOMAIN_NAME:
            description: Domain of the user.
            type: str
          OS_PROJECT_DOMAIN_NAME:
            description: Domain of the project.
            type: str
          OS_REGION_NAME:
            description: Region.
            type: str
          OS_CACERT_DATA:
            description: CA of the identity service and its catalogue, PEM text.
            type: str
          VCENTER_ADDR:
            description: Host name of the vCenter server.
            type: str
          VCENTER_USER:
            description: User name.
            type: str
          VCENTER_PASSWORD:
            description: Password of that user.
            type: str
          VCENTER_DATACENTER:
            description: Datacenter that holds the VDC.
            type: str
          VCENTER_FOLDER:
            description: Folder that holds the VDC.
            type: str
          VCENTER_RESOURCE_POOL:
            description: Resource pool that is the VDC.
            type: str
          VCENTER_CACERT_DATA:
            description: CA of the vCenter server, PEM text.
            type: str
          VCD_URL:
            description: Address of VMware Cloud Director.
            type: str
          VCD_ORG:
            description: Organization.
            type: str
          VDC_NAME:
            description: Organization VDC.
            type: str
          VCD_USER:
            description: User name.
            type: str
          VCD_PASSWORD:
            description: Password of that user.
            type: str
          VCD_API_TOKEN:
            description: API token.
            type: str
          VCD_CACERT_DATA:
            description: CA of Cloud Director, PEM text.
            type: str
      ca_cert:
        description: CA of the control endpoint, PEM text. An empty text takes it away.
        type: str
      ip_support:
        description: Whether instances get fixed addresses out of O(static_ips), or addresses by DHCP.
        type: str
        choices: [static, dhcp]
      static_ips:
        description: Addresses, ranges and CIDRs, separated by commas. Needed with O(ip_support=static), not allowed with O(ip_support=dhcp).
        type: str
      resource_map:
        description: Special devices of the cloudlet, a name to C(model:count), such as C(gpu) to C(nvidia-t4:2).
        type: dict
      maintenance_state:
        description: While V(offline), the cloudlet takes no new reservation and no new instance. What runs is left alone.
        type: str
        choices: [online, offline]
      maintenance_windows:
        description: Planned downtimes. An empty list removes those that are there.
        type: list
        elements: dict
        suboptions:
          start:
            description: RFC 3339 moment.
            type: str
            required: true
          end:
            description: RFC 3339 moment, after the start.
            type: str
            required: true
          reason:
            description: Told to the partner.
            type: str
      site:
        description: Cloudlets of one site share its physical capacity. An empty text takes it away.
        type: str
      endpoint_scope:
        description: Whether the control endpoint is the cloudlet's own, or one over many sites.
        type: str
        choices: [per_cloudlet, multi_site]
      federated_organization:
        description: The partner that the cloudlet is offered to. Nobody else sees it. An empty text takes the offer back.
        type: str
      capacity:
        description: What may be reserved of the cloudlet in all. What is not named cannot be reserved.
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
            description: Special devices as counts by the name that the resource map of the cloudlet uses, such as C(gpu) to 2.
            type: dict
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
- name: Publish one cloudlet
  operator_platform.federation.ewbi_cloudlet:
    ewbi_url: https://ewbi.telco-north.example:8443
    ewbi_client_id: north-automation
    ewbi_client_secret: "{{ vault_north_client_secret }}"
    ewbi_ca_cert: /etc/ssl/telco-north-ca.pem
    organization: telco-north
    name: harbour-1
    location: {latitude: 53.5461, longitude: 9.9661}
    platform_type: OpenStack
    access_vars: "{{ harbour_access_vars }}"
    ip_support: static
    static_ips: 198.51.100.10-198.51.100.40,198.51.100.64/28
    resource_map: {gpu: "nvidia-t4:2"}
    site: harbour
    endpoint_scope: per_cloudlet
    federated_organization: telco-south
    capacity: {vcpus: 64, memory_mb: 262144, disk_gb: 4000, bandwidth_mbps: 10000, instances: 40, external_ips: 16, devices: {gpu: 2}}

- name: Publish many from a file
  operator_platform.federation.ewbi_cloudlet:
    src: cloudlets.yml

- name: Take one out of service for new reservations
  operator_platform.federation.ewbi_cloudlet:
    organization: telco-north
    name: harbour-1
    maintenance_state: offline
"""

RETURN = r"""
---
results:
  description: One entry for each of the cloudlets, in the order given.
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
    cloudlet:
      description: The cloudlet as the endpoint shows it, without access variables.
      type: dict
    error:
      description: Why it failed, as code, message and details (asked, answered, remedy).
      type: dict
failure:
  description: The first failure in machine-readable form, as code, message and details.
  returned: on failure
  type: dict
"""

from ansible_collections.operator_platform.federation.plugins.module_utils.ewbi.cloudlet import CloudletResource
from ansible_collections.operator_platform.federation.plugins.module_utils.resource import main

RESOURCE = CloudletResource()

if __name__ == "__main__":
    main(RESOURCE)
