# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: sbi_network
short_description: Manage networks inside cloudlets
version_added: 0.1.0
description:
  - Makes routed internal and external networks in a VDC, with DHCP or static addresses, addresses kept for named instances out of a
    block, and security rules.
  - A network is completed when a former run was cut off, and taken down in the right order. One that is in use is not deleted.
  - Networks that are routed to the same external network share a router, so their addresses must not overlap.
  - A network of the same name that this collection did not make is never taken over.
author:
  - operator_platform.federation contributors (@operator-platform)
options:
  cloudlet:
    description:
      - Which of O(control_endpoints) it is behind, by its C(cloudlet).
      - May be left out when there is only one.
    type: str
  name:
    description: Name of the network.
    type: str
  cidr:
    description: Addresses of the network, IPv4 or IPv6. Required when it shall be present; cannot be changed in place.
    type: str
  kind:
    description:
      - V(internal) is inside the VDC.
      - V(external) faces the world. In a VDC that is a network routed to the external network in O(routed_to), on which every
        assigned instance has a floating address as well. With an administrator's credential and without O(routed_to) it is a
        provider's external network, which others route to. Cannot be changed in place.
      - Without it, V(internal).
    type: str
    choices: [internal, external]
  routed_to:
    description: External network that a router connects it to. Without it, the network is not routed.
    type: str
  dhcp:
    description: Whether instances get their addresses by DHCP. Without it, V(true).
    type: bool
  dns:
    description: Name servers given to instances.
    type: list
    elements: str
  gateway:
    description: Address of the router. Without it the platform chooses, which is the first address.
    type: str
  ip_block:
    description:
      - Addresses that instances get, as addresses, ranges and CIDRs separated by commas. Assignments have to be in it.
      - The gateway's address in it is never given away.
    type: str
  assignments:
    description:
      - Instance name to address. An instance of that name gets it, by DHCP or statically.
      - The complete list; an address that is not in it any more is given back, unless it is in use.
    type: dict
  security_rules:
    description:
      - Traffic that is let through. In a direction for which no rule is given, nothing comes in and everything goes out.
      - The complete list. Without the option, the rules are left as they are.
    type: list
    elements: dict
    suboptions:
      direction:
        description: Which way the traffic goes.
        type: str
        choices: [ingress, egress]
        default: ingress
      protocol:
        description: Protocol.
        type: str
        choices: [tcp, udp, icmp, any]
        default: any
      port_min:
        description: First port. Without ports, all of them.
        type: int
      port_max:
        description: Last port.
        type: int
      remote_cidr:
        description: The other side's addresses.
        type: str
        default: 0.0.0.0/0
  networks:
    description: Many networks at once, with the options above.
    type: list
    elements: dict
    suboptions:
      cloudlet:
        description:
          - Which of O(control_endpoints) it is behind, by its C(cloudlet).
          - May be left out when there is only one.
        type: str
      name:
        description: Name of the network.
        type: str
        required: true
      cidr:
        description: Addresses of the network, IPv4 or IPv6. Required when it shall be present; cannot be changed in place.
        type: str
      kind:
        description:
          - V(internal) is inside the VDC.
          - V(external) faces the world. In a VDC that is a network routed to the external network in O(routed_to), on which every
            assigned instance has a floating address as well. With an administrator's credential and without O(routed_to) it is a
            provider's external network, which others route to. Cannot be changed in place.
          - Without it, V(internal).
        type: str
        choices: [internal, external]
      routed_to:
        description: External network that a router connects it to. Without it, the network is not routed.
        type: str
      dhcp:
        description: Whether instances get their addresses by DHCP. Without it, V(true).
        type: bool
      dns:
        description: Name servers given to instances.
        type: list
        elements: str
      gateway:
        description: Address of the router. Without it the platform chooses, which is the first address.
        type: str
      ip_block:
        description:
          - Addresses that instances get, as addresses, ranges and CIDRs separated by commas. Assignments have to be in it.
          - The gateway's address in it is never given away.
        type: str
      assignments:
        description:
          - Instance name to address. An instance of that name gets it, by DHCP or statically.
          - The complete list; an address that is not in it any more is given back, unless it is in use.
        type: dict
      security_rules:
        description:
          - Traffic that is let through. In a direction for which no rule is given, nothing comes in and everything goes out.
          - The complete list. Without the option, the rules are left as they are.
        type: list
        elements: dict
        suboptions:
          direction:
            description: Which way the traffic goes.
            type: str
            choices: [ingress, egress]
            default: ingress
          protocol:
            description: Protocol.
            type: str
            choices: [tcp, udp, icmp, any]
            default: any
          port_min:
            description: First port. Without ports, all of them.
            type: int
          port_max:
            description: Last port.
            type: int
          remote_cidr:
            description: The other side's addresses.
            type: str
            default: 0.0.0.0/0
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
- name: Make a network with fixed addresses for two instances
  operator_platform.federation.sbi_network:
    control_endpoints: "{{ access.control_endpoints }}"
    cloudlet: harbour-1
    name: cluster
    cidr: 10.20.0.0/24
    routed_to: public
    dns: [198.51.100.53]
    ip_block: 10.20.0.10-10.20.0.99
    assignments: {controller-1: 10.20.0.10, worker-1: 10.20.0.11}
    security_rules:
      - {protocol: tcp, port_min: 22}
      - {protocol: icmp}

- name: Take it down
  operator_platform.federation.sbi_network:
    control_endpoints: "{{ access.control_endpoints }}"
    cloudlet: harbour-1
    name: cluster
    state: absent
"""

RETURN = r"""
---
results:
  description: One entry for each of the networks, in the order given.
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
    network:
      description: The network as it is on the platform.
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
from ansible_collections.operator_platform.federation.plugins.module_utils.sbi.network import NetworkResource

RESOURCE = NetworkResource()

if __name__ == "__main__":
    main(RESOURCE)
