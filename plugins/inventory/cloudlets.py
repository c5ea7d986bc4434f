# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Federated cloudlets as hosts."""

from __future__ import annotations

DOCUMENTATION = r"""
name: cloudlets
short_description: Federated cloudlets as hosts
version_added: 0.1.0
author:
  - operator_platform.federation contributors (@operator-platform)
description:
  - Lists the cloudlets that one or several partners offer to you, from their EWBI endpoints, and makes a host of each.
  - Host variables carry the cloudlet's profile, your reservations in it and its usage. They never hold a secret; control endpoints are
    opened with M(operator_platform.federation.ewbi_access_info).
  - Each endpoint is asked once for cloudlets, once for reservations and once for usage, all endpoints at the same time.
  - Uses a YAML file whose name is C(cloudlets.yml) or ends in C(.cloudlets.yml), also with C(.yaml).
notes:
  - Host variables are C(cloudlet) (C(organization) and C(name)), C(cloudlet_name), C(organization), C(partner_url), C(location),
    C(platform_type), C(ip_support), C(static_ips), C(resource_map), C(maintenance_state), C(maintenance_windows), C(site),
    C(endpoint_scope), C(federated_organization), C(capacity), C(ca_cert), C(state), C(compliance_state), C(revision),
    C(reservation) (the first of yours, or none), C(reservations), C(usage) (C(value), C(quota_max) and C(infra_max) per resource) and
    C(free) (what is free over time).
  - Hosts are in the groups C(cloudlets), C(partner_ORGANIZATION), C(platform_TYPE), C(maintenance_STATE) and C(compliance_STATE), all in
    lower case, such as C(partner_telco_north), C(platform_openstack), C(maintenance_online) and C(compliance_draft).
  - A cloudlet has no shell. Tasks for its host run on the controller, so C(ansible_connection) is C(local).
  - What a partner sends is never templated.
extends_documentation_fragment:
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache
requirements:
  - requests
  - jmespath, for O(query) and for expressions in O(hostnames)
options:
  plugin:
    description: Names this plugin.
    type: str
    required: true
    choices: [operator_platform.federation.cloudlets]
  partners:
    description:
      - The endpoints to list. Templates such as V({{ lookup('env', 'NORTH_SECRET'\) }}) and vault-encrypted values are resolved.
      - Without it there is one partner, described by O(ewbi_url) and the options beside it.
    type: list
    elements: dict
    default: []
    suboptions:
      organization:
        description: The serving operator. When given, an endpoint that shows cloudlets of another organization is an error.
        type: str
      url:
        description: Base address of the EWBI endpoint. When there is one partner, O(ewbi_url) is the default.
        type: str
      client_id:
        description: OAuth2 client. When there is one partner, O(ewbi_client_id) is the default.
        type: str
      client_secret:
        description: Secret of that client. When there is one partner, O(ewbi_client_secret) is the default.
        type: str
      ca_cert:
        description: CA of the endpoint, a path or PEM text. When there is one partner, O(ewbi_ca_cert) is the default.
        type: str
      client_cert:
        description: Path of a client certificate. When there is one partner, O(ewbi_client_cert) is the default.
        type: path
      client_key:
        description: Path of its key. When there is one partner, O(ewbi_client_key) is the default.
        type: path
      request_timeout:
        description: Seconds that one request may take, 30 where nothing is said.
        type: int
  ewbi_url:
    description: Base address of the only partner's EWBI endpoint, such as V(https://ewbi.telco-north.example:8443).
    type: str
    env: [{name: EWBI_URL}]
  ewbi_client_id:
    description: OAuth2 client that the only partner made for you.
    type: str
    env: [{name: EWBI_CLIENT_ID}]
  ewbi_client_secret:
    description: Secret of that client.
    type: str
    env: [{name: EWBI_CLIENT_SECRET}]
  ewbi_ca_cert:
    description: CA that signed the only partner's certificate, as the path of a PEM file or as PEM text.
    type: str
    env: [{name: EWBI_CA_CERT}]
  ewbi_client_cert:
    description: Path of a PEM file with the client certificate, for endpoints that ask for one.
    type: str
    env: [{name: EWBI_CLIENT_CERT}]
  ewbi_client_key:
    description: Path of the private key of O(ewbi_client_cert).
    type: str
    env: [{name: EWBI_CLIENT_KEY}]
  ewbi_request_timeout:
    description: Seconds that one request may take.
    type: int
    env: [{name: EWBI_REQUEST_TIMEOUT}]
  on_partner_error:
    description:
      - What to do when a partner cannot be listed. V(fail) ends with an error, V(warn) goes on with the others.
      - A listing that misses a partner is not cached.
    type: str
    choices: [fail, warn]
    default: fail
  hostnames:
    description:
      - How hosts are named, in the order of preference, each C(organization_name) (organization and name, joined by an underscore), a field
        of the cloudlet such as C(name), or a JMESPath expression over it.
      - The first one that gives a usable name which no other cloudlet has is taken.
    type: list
    elements: str
    default: [name, organization_name]
  query:
    description:
      - JMESPath expression that chooses cloudlets out of the list of all, such as C([?platform_type=='OpenStack']).
      - It sees the fields that are documented as host variables, and C(name).
    type: str
  group_prefix:
    description: Put before the names of the automatic groups.
    type: str
    default: ''
  hostvars_prefix:
    description: Put before the names of the host variables. Expressions then use the prefixed names.
    type: str
    default: ''
  concurrency:
    description: How many listings run at the same time.
    type: int
    default: 16
  deadline:
    description: Seconds that listing all partners may take.
    type: int
    default: 120
"""

EXAMPLES = r"""
# north.cloudlets.yml: one partner; address and credential come from EWBI_URL, EWBI_CLIENT_ID and EWBI_CLIENT_SECRET
plugin: operator_platform.federation.cloudlets

---
# partners.cloudlets.yml: several partners
plugin: operator_platform.federation.cloudlets
partners:
  - organization: telco-north
    url: https://ewbi.telco-north.example:8443
    client_id: telco-south
    client_secret: "{{ lookup('ansible.builtin.env', 'NORTH_SECRET') }}"
    ca_cert: /etc/federation/telco-north.pem
  - organization: telco-west
    url: https://ewbi.telco-west.example:8443
    client_id: telco-south
    client_secret: !vault |
      $ANSIBLE_VAULT;1.1;AES256
      ...
on_partner_error: warn
query: "[?state=='online' && platform_type=='OpenStack']"
hostnames:
  - organization_name
compose:
  free_vcpus: usage.vcpus.quota_max - usage.vcpus.value
groups:
  with_gpu: "'gpu' in (capacity.devices | default({}))"
keyed_groups:
  - prefix: site
    key: site
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: /var/cache/federation
cache_timeout: 300
"""

import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import ansible.template
from ansible.errors import AnsibleParserError
from ansible.module_utils.common.text.converters import to_native
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable

from ansible_collections.operator_platform.federation.plugins.module_utils.errors import (
    FederationError,
    InvalidInput,
    MissingLibrary,
)
from ansible_collections.operator_platform.federation.plugins.module_utils.model.problems import Problems
from ansible_collections.operator_platform.federation.plugins.module_utils.waiting import Deadline
from ansible_collections.operator_platform.federation.plugins.plugin_utils import cloudlet_records, partners
from ansible_collections.operator_platform.federation.plugins.plugin_utils.cloudlet_records import Record
from ansible_collections.operator_platform.federation.plugins.plugin_utils.expressions import (
    Expressions,
    keyed_group_names,
)

if hasattr(ansible.template, "trust_as_template"):
    # Since ansible-core 2.19 only what is marked as a template is one.
    def untrusted(value: Any) -> Any:
        return value
else:
    # Before, everything is one that is not marked unsafe.
    from ansible.utils.unsafe_proxy import wrap_var as untrusted


FILE_NAME = re.compile(r"(^|\.)cloudlets\.ya?ml$")


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    """Reads options, asks or remembers, and fills the inventory."""

    NAME = "operator_platform.federation.cloudlets"

    def verify_file(self, path: str) -> bool:
        return bool(super().verify_file(path) and FILE_NAME.search(os.path.basename(path)))

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        super().parse(inventory, loader, path)
        self._read_config_data(path)
        try:
            records = self._records(path, cache)
            self._populate(records)
        except FederationError as error:
            # Without the chain: frames of a traceback could show what was passed on to open a session.
            raise AnsibleParserError(f"{path}: {error}") from None

    def _records(self, path: str, cache: bool) -> list[Record]:
        """From the cache, where it may be used and was filled for the same partners; otherwise from the endpoints."""
        problems = Problems()
        defaults = {option: self.get_option(option) for option in partners.SESSION_OPTIONS.values()}
        asked = partners.read_partners(self.get_option("partners"), defaults, self._resolve, problems)
        for name in ("concurrency", "deadline"):
            problems.whole_number({name: self.get_option(name)}, name, least=1)
        problems.refuse("The inventory source")
        caching = self.get_option("cache")
        key = self.get_cache_key(path)
        print_of_asked = partners.fingerprint(asked)
        if caching and cache:
            remembered = self._cache.get(key)
            if isinstance(remembered, Mapping) and remembered.get("partners") == print_of_asked:
                return [dict(record) for record in remembered["records"]]
        records, complete = self._fetch(asked)
        if caching and complete:
            self._cache[key] = {"partners": print_of_asked, "records": records}
        return records

    def _fetch(self, asked: Sequence[partners.Partner]) -> tuple[list[Record], bool]:
        """Records of all partners, and whether no partner is missing."""
        answers = partners.fetch(asked, Deadline(self.get_option("deadline")), self.get_option("concurrency"))
        records: list[Record] = []
        failed: list[str] = []
        for partner, answer in zip(asked, answers, strict=True):
            if isinstance(answer, FederationError):
                failed.append(f"The partner {partner} could not be listed. {answer}")
            else:
                records.extend(answer)
        if failed and self.get_option("on_partner_error") == "fail":
            raise FederationError(
                " ".join(failed), remedy="Mend it, or set on_partner_error: warn to go on with the other partners."
            )
        for text in failed:
            self.display.warning(text)
        return records, not failed

    def _resolve(self, value: Any) -> str:
        """A template's result, a decrypted vault text, or the text itself."""
        return str(self.templar.template(value))

    def _populate(self, records: list[Record]) -> None:
        search = _jmespath_search()
        if self.get_option("query"):
            records = cloudlet_records.select(records, self.get_option("query"), search)
        names = cloudlet_records.host_names(records, self.get_option("hostnames"), search)
        members: dict[str, list[str]] = {}
        parents: dict[str, set[str]] = {}
        construct = _Construction(self, members, parents)
        prefix, group_prefix = self.get_option("hostvars_prefix"), self.get_option("group_prefix")
        for host, record in zip(names, records, strict=True):
            known = untrusted(cloudlet_records.host_variables(record, prefix))
            # The same interpreter as the controller's own (what ansible_playbook_python says in a play).
            known["ansible_connection"] = "local"
            known["ansible_python_interpreter"] = sys.executable
            self.inventory.add_host(host)
            for name, value in known.items():
                self.inventory.set_variable(host, name, value)
            for group in cloudlet_records.automatic_groups(record, group_prefix):
                members.setdefault(group, []).append(host)
            construct.host(host, known)
        # Hosts are attached group by group, once: attaching them as they come costs a pass over all groups each.
        for group, hosts in members.items():
            safe = self.inventory.add_group(group)
            for host in hosts:
                self.inventory.add_child(safe, host)
        for parent, children in parents.items():
            safe = self.inventory.add_group(parent)
            for child in sorted(children):
                self.inventory.add_child(safe, child)


class _Construction:
    """compose, groups and keyed_groups of one source, with ansible-core's meaning."""

    def __init__(self, plugin: Any, members: dict[str, list[str]], parents: dict[str, set[str]]) -> None:
        self._plugin = plugin
        self._inventory = plugin.inventory
        self._members = members
        self._parents = parents
        self._strict = plugin.get_option("strict")
        self._compose = plugin.get_option("compose") or {}
        self._groups = plugin.get_option("groups") or {}
        self._keyed = plugin.get_option("keyed_groups") or []
        # Extra variables may be templates that refer to any variable, so nothing can be known or remembered then.
        self._direct = not plugin.get_option("use_extra_vars")
        self._values = Expressions(plugin._compose)
        self._conditions = Expressions(self._condition, conditional=True)
        for number, entry in enumerate(self._keyed):
            if not isinstance(entry, Mapping) or not entry.get("key"):
                raise InvalidInput(
                    "The inventory source", [(f"keyed_groups[{number}]", "must be a mapping with a key")]
                )
            if entry.get("default_value") is not None and entry.get("trailing_separator") is not None:
                place = f"keyed_groups[{number}]"
                raise InvalidInput(
                    "The inventory source", [(place, "takes default_value or trailing_separator, not both")]
                )

    def host(self, host: str, known: Mapping[str, Any]) -> None:
        """Set composed variables and note the groups of one host. known: its plain variables."""
        composed = {}
        for name, expression in self._compose.items():
            found, value = self._try(
                self._values, expression, known, lambda: known, f"Could not set {name} for host {host}"
            )
            if found:
                composed[name] = value
                self._inventory.set_variable(host, name, value)
        known = {**known, **composed} if composed else known

        def everything() -> Mapping[str, Any]:
            return self._inventory.get_host(host).get_vars()

        for name, expression in self._groups.items():
            group = self._plugin._sanitize_group_name(name)
            found, value = self._try(
                self._conditions, expression, known, everything, f"Could not add host {host} to group {group}"
            )
            if found and value:
                self._members.setdefault(group, []).append(host)
        for entry in self._keyed:
            self._keyed_groups(host, entry, known, everything)

    def _keyed_groups(
        self, host: str, entry: Mapping[str, Any], known: Mapping[str, Any], everything: Callable[[], Mapping[str, Any]]
    ) -> None:
        what = f"Could not generate group for host {host} from {entry['key']} entry"
        found, key = self._try(self._values, entry["key"], known, everything, what)
        if not found:
            return
        try:
            names = keyed_group_names(key, entry, self._plugin.get_option("leading_separator"))
        except TypeError as error:
            raise AnsibleParserError(f"{what}: {error}") from None
        if not names and self._strict and key not in ([], {}):
            raise AnsibleParserError(f"No key or key resulted empty for {entry['key']} in host {host}, invalid entry")
        parent = self._parent(entry, everything) if names else None
        for name in names:
            group = self._plugin._sanitize_group_name(name)
            hosts = self._members.setdefault(group, [])
            if not hosts or hosts[-1] != host:
                hosts.append(host)
            if parent:
                self._parents.setdefault(parent, set()).add(group)

    def _parent(self, entry: Mapping[str, Any], everything: Callable[[], Mapping[str, Any]]) -> str | None:
        raw = entry.get("parent_group")
        if raw and self._plugin.templar.is_template(raw):
            self._plugin.templar.available_variables = everything()
            raw = self._plugin.templar.template(raw)
        return self._plugin._sanitize_group_name(raw) if raw else None

    def _try(
        self,
        expressions: Expressions,
        expression: Any,
        known: Mapping[str, Any],
        everything: Callable[[], Mapping[str, Any]],
        what: str,
    ) -> tuple[bool, Any]:
        """(True, value), or (False, None) where a wrong expression is passed over because strict is off."""
        try:
            return True, expressions.value(expression, known if self._direct else {}, everything)
        except Exception as error:
            if self._strict:
                raise AnsibleParserError(f"{what}: {to_native(error)}") from error
            return False, None

    def _condition(self, expression: Any, variables: Mapping[str, Any]) -> bool:
        templar = self._plugin.templar
        templar.available_variables = variables
        if hasattr(templar, "evaluate_conditional"):
            return bool(templar.evaluate_conditional(expression))
        # ansible-core before 2.19
        return boolean(templar.template("{% if " + str(expression) + " %}True{% else %}False{% endif %}"))


def _jmespath_search() -> Callable[[str, Any], Any]:
    """jmespath.search; the library is only asked for when an expression needs it."""

    def search(expression: str, data: Any) -> Any:
        try:
            import jmespath
        except ImportError:
            raise MissingLibrary(
                "The options query and hostnames need the Python library jmespath.",
                remedy="Install it for the Python that runs Ansible: pip install jmespath",
            ) from None
        return jmespath.search(expression, data)

    return search
