# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The copies of a drill: nothing that they know leads to the members whose names they bear."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils import _drill
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import Refused
from ansible_collections.robustmq.placement_center.plugins.module_utils._profiles import PROFILES

Object = dict[str, t.Any]
CONTRACT = PROFILES["contract"]


def paper(*addresses: str) -> Object:
    return {"groups": {"metadata_0": {"nodes": {str(i): a for i, a in enumerate(addresses, 1)}}}}


def test_each_name_that_raft_knows_leads_to_a_copy() -> None:
    said = paper("m-0.h.prod.svc:1228", "m-1.h.prod.svc:1228", "m-2.h.prod.svc:1228")
    assert _drill.hosts(said, CONTRACT) == {0: "m-0.h.prod.svc", 1: "m-1.h.prod.svc", 2: "m-2.h.prod.svc"}
    assert list(_drill.hosts(said, PROFILES["v0_4"])) == [1, 2, 3]


@pytest.mark.parametrize("address", ["10.0.0.7:1228", "[fd00::7]:1228", "m-1.h.prod.svc:1229", "m-1.h.prod.svc", ""])
def test_what_a_hosts_file_cannot_lead_elsewhere_is_refused(address: str) -> None:
    with pytest.raises(Refused) as refused:
        _drill.hosts(paper("m-0.h.prod.svc:1228", address), CONTRACT)
    assert refused.value.reason == "drill_impossible"


def test_the_copies_know_no_dns_and_their_names_lead_into_their_own_namespace() -> None:
    pod = {"containers": [{"name": "x"}], "dnsPolicy": "ClusterFirst", "hostNetwork": True, "hostAliases": [{"ip": "192.0.2.1", "hostnames": ["other"]}]}
    live = {"metadata": {"name": "m", "namespace": "prod"}, "spec": {"replicas": 3, "podManagementPolicy": "OrderedReady", "template": {"spec": pod}}}
    made = _drill.stateful_set(live, "scratch", 3, {"m-0.h.prod.svc": "192.0.2.10"})
    spec = made["spec"]["template"]["spec"]
    assert made["metadata"]["namespace"] == "scratch" and live["metadata"]["namespace"] == "prod"
    assert (spec["dnsPolicy"], spec["dnsConfig"]["nameservers"]) == ("None", ["127.0.0.1"]) and "hostNetwork" not in spec
    assert spec["hostAliases"] == [{"ip": "192.0.2.10", "hostnames": ["m-0.h.prod.svc"]}]


def test_nothing_leaves_the_namespace_and_all_of_it_is_found_again() -> None:
    own = _drill.labels("prod", "m")
    policy = _drill.policy("scratch", own)
    assert policy["spec"] == {"podSelector": {}, "policyTypes": ["Egress"], "egress": [{"to": [{"podSelector": {}}]}]}
    for made in (policy, _drill.namespace("scratch", own), _drill.service("scratch", "m", 0, CONTRACT, own)):
        assert all(f"{key}={value}" in _drill.selector("prod", "m") for key, value in made["metadata"]["labels"].items())
    assert not {"app", "component"} & own.keys(), "no service of the members' selects by these"


def test_its_namespace_has_a_name_that_kubernetes_takes() -> None:
    assert len(_drill.scratch_name("p" * 52, "20261125-070501-4f3a")) <= 63
