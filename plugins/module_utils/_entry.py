# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a module starts and ends: the only AnsibleModule, the only exit_json and fail_json."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass
from functools import cached_property

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.robustmq.placement_center.plugins.module_utils import _connect, _kube
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import PcError
from ansible_collections.robustmq.placement_center.plugins.module_utils._profiles import PROFILES, Profile

# kubernetes.core's connection options, word for word (compared by tests/unit/test_contract.py).
AUTH_SPEC: dict[str, t.Any] = {
    "kubeconfig": {"type": "raw"},
    "context": {},
    "host": {},
    "api_key": {"no_log": True},
    "username": {},
    "password": {"no_log": True},
    "validate_certs": {"type": "bool", "aliases": ["verify_ssl"]},
    "ca_cert": {"type": "path", "aliases": ["ssl_ca_cert"]},
    "client_cert": {"type": "path", "aliases": ["cert_file"]},
    "client_key": {"type": "path", "aliases": ["key_file"]},
    "proxy": {"type": "str"},
    "no_proxy": {"type": "str"},
    "proxy_headers": {
        "type": "dict",
        "options": {
            "proxy_basic_auth": {"type": "str", "no_log": True},
            "basic_auth": {"type": "str", "no_log": True},
            "user_agent": {"type": "str"},
        },
    },
    "persist_config": {"type": "bool"},
    "impersonate_user": {},
    "impersonate_groups": {"type": "list", "elements": "str"},
}

CLUSTER_SPEC: dict[str, t.Any] = {
    "namespace": {"type": "str", "default": "robustmq"},
    "name": {"type": "str", "default": "placement-center"},
    "profile": {"type": "str", "default": "contract", "choices": sorted(PROFILES)},
    "request_timeout": {"type": "int", "default": 5},
}


@dataclass(frozen=True)
class Job:
    """What a module's ``work`` is given."""

    params: dict[str, t.Any]
    profile: Profile
    check_mode: bool

    @cached_property
    def kube(self) -> _kube.Kube:
        """The cluster; connected when first asked for, so that bad options are told before a missing cluster."""
        return self.own_kube()

    def own_kube(self) -> _kube.Kube:
        """Another connection, for somebody who must not wait for the first one's requests."""
        return _kube.Kube({name: self.params[name] for name in AUTH_SPEC}, self.params["request_timeout"])

    @property
    def namespace(self) -> str:
        """Where the cluster lives."""
        return str(self.params["namespace"])

    @property
    def name(self) -> str:
        """The StatefulSet's name."""
        return str(self.params["name"])


def run(work: t.Callable[[Job], dict[str, t.Any]], spec: dict[str, t.Any]) -> None:
    """Give ``work`` its job and Ansible its answer; an error of the family becomes a failure with its code and facts."""
    module = AnsibleModule(argument_spec={**AUTH_SPEC, **CLUSTER_SPEC, **spec}, supports_check_mode=True)
    module.no_log_values.update(_connect.secrets_of(module.params["kubeconfig"]))
    try:
        result = work(Job(module.params, PROFILES[module.params["profile"]], module.check_mode))
    except PcError as exc:
        facts = {"changed": False, **exc.partial}
        module.fail_json(msg=exc.words, reason=exc.reason, hint=exc.hint, **facts)
    else:
        for text in result.pop("warnings", ()):
            module.warn(text)
        module.exit_json(**result)
