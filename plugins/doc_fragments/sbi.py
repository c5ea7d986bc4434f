# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of the connection to control endpoints of cloudlets (module_utils/sbi/endpoints.py, CONTROL_ENDPOINTS)."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  control_endpoints:
    description:
      - The control endpoints to work through, one or many at once. One that does not answer fails only what is behind it.
      - The result of M(operator_platform.federation.ewbi_access_info) has this shape.
      - If not given, one control endpoint is taken from the environment variables that the access variables are called after
        (such as E(OS_AUTH_URL)), with E(SBI_PLATFORM_TYPE) (V(OpenStack) when unset) and E(SBI_CLOUDLET) as its name.
    type: list
    elements: dict
    suboptions:
      cloudlet:
        description: Name of the cloudlet that this is the control endpoint of, or a name for an operator's infrastructure.
        type: str
        required: true
      platform_type:
        description: What the control endpoint speaks. In this version only V(OpenStack) is served.
        type: str
        choices: [OpenStack, vCenter, VCD]
        default: OpenStack
      access_vars:
        description:
          - How to log in. Which names are needed depends on O(control_endpoints[].platform_type).
          - Passwords, secrets and tokens among them are kept out of logs and results.
        type: dict
        required: true
        suboptions:
          OS_AUTH_URL:
            description: Address of the identity service; only C(https) is accepted.
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
            description: Project to work in. Not needed with an application credential, which names its own.
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
            description: API token, instead of user and password.
            type: str
          VCD_CACERT_DATA:
            description: CA of VMware Cloud Director, PEM text.
            type: str
      ca_cert:
        description:
          - CA that signed the control endpoint's certificate, PEM text.
          - Without it (and without C(OS_CACERT_DATA)) the system's trust store decides. Verification cannot be switched off.
        type: str
      endpoint_scope:
        description: V(per_cloudlet) when the cloudlet has a control endpoint of its own, V(multi_site) when it shares one.
        type: str
        choices: [per_cloudlet, multi_site]
        default: per_cloudlet
      zones:
        description: Availability zones that the cloudlet is pinned to behind a multi-site control endpoint.
        type: list
        elements: str
        default: []
requirements:
  - openstacksdk >= 4.0 (for V(OpenStack))
"""
