# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a deployment refuses, each with its own code, and what it calls a change."""

from __future__ import annotations

import copy
import dataclasses
import typing as t

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils import _plan, _settings
from ansible_collections.robustmq.placement_center.plugins.module_utils._plan import Facts, Step
from ansible_collections.robustmq.placement_center.plugins.module_utils._profiles import PROFILES

from .contract import CONTRACT_CLASS, CONTRACT_SET

WHERE = _settings.Cluster("robustmq", "placement-center", 3, "cluster.local", PROFILES["contract"])
CLASS = {**CONTRACT_CLASS, "volumeBindingMode": "WaitForFirstConsumer"}
FACTS = Facts(namespace={"metadata": {"name": "robustmq"}}, stateful_set=None, storage_class=None, config_map=None, drivers=frozenset({"ebs.csi.aws.com"}))


def set_with(**spec: t.Any) -> dict[str, t.Any]:
    return {**CONTRACT_SET, "spec": {**CONTRACT_SET["spec"], **spec}}


def claims_of(size: str, kind: str = "ssd") -> list[dict[str, t.Any]]:
    made = copy.deepcopy(CONTRACT_SET["spec"]["volumeClaimTemplates"])
    made[0]["spec"]["resources"]["requests"]["storage"] = size
    made[0]["spec"]["storageClassName"] = kind
    return t.cast(list[dict[str, t.Any]], made)


def claim(size: str, kind: str = "ssd") -> dict[str, t.Any]:
    return {"metadata": {"name": "data-placement-center-1"}, "spec": claims_of(size, kind)[0]["spec"]}


def quota(**hard: str) -> dict[str, t.Any]:
    return {"metadata": {"name": "q"}, "status": {"hard": {k.replace("_", "."): v for k, v in hard.items()}, "used": {"pods": "1"}}}


def node(cpu: str, memory: str, **spec: t.Any) -> dict[str, t.Any]:
    return {"spec": spec, "status": {"allocatable": {"cpu": cpu, "memory": memory}}}


CASES: list[tuple[str, dict[str, t.Any], list[str]]] = [
    ("nothing speaks against it", {}, []),
    ("the namespace goes", {"namespace": {"metadata": {"name": "n"}, "status": {"phase": "Terminating"}}}, ["namespace_terminating"]),
    ("no driver", {"drivers": frozenset({"other"})}, ["driver_missing"]),
    ("the class is as wanted", {"storage_class": CLASS}, []),
    ("the class has other parameters", {"storage_class": {**CLASS, "parameters": {"type": "gp2"}}}, ["class_differs"]),
    ("the class deletes", {"storage_class": {**CLASS, "reclaimPolicy": "Delete"}}, ["class_differs"]),
    ("not allowed", {"denied": ("get pods/proxy",)}, ["forbidden"]),
    ("a claim as wanted is left from before", {"claims": {"data-placement-center-1": claim("20Gi")}}, []),
    ("the same size in other words", {"claims": {"data-placement-center-1": claim("20480Mi")}}, []),
    ("a claim of another size", {"claims": {"data-placement-center-1": claim("10Gi")}}, ["claim_taken"]),
    ("a claim of another class", {"claims": {"data-placement-center-1": claim("20Gi", "hdd")}}, ["claim_taken"]),
    ("somebody else's claim", {"claims": {"data-other-1": claim("10Gi")}}, []),
    ("too many pods for the quota", {"quotas": (quota(pods="3"),)}, ["quota_exceeded"]),
    ("just enough pods", {"quotas": (quota(pods="4"),)}, []),
    ("too much memory for the quota", {"quotas": (quota(limits_memory="2Gi"),)}, ["quota_exceeded"]),
    ("too much storage for the quota", {"quotas": (quota(requests_storage="50Gi"),)}, ["quota_exceeded"]),
    ("a node that fits", {"nodes": (node("1", "1Gi"),)}, []),
    ("only nodes that are too small", {"nodes": (node("250m", "8Gi"), node("400m", "8Gi"))}, ["node_too_small"]),
    ("the node that fits is closed", {"nodes": (node("250m", "8Gi"), node("4", "8Gi", unschedulable=True))}, ["node_too_small"]),
    ("nodes are unknown", {"nodes": None}, []),
    ("it runs as wanted", {"stateful_set": CONTRACT_SET}, []),
    ("it has five members", {"stateful_set": set_with(replicas=5)}, ["replicas_changed"]),
    ("its claims are smaller", {"stateful_set": set_with(volumeClaimTemplates=claims_of("10Gi"))}, ["claim_template_changed"]),
    ("its claims are of another class", {"stateful_set": set_with(volumeClaimTemplates=claims_of("20Gi", "hdd"))}, ["claim_template_changed"]),
    ("it has another service", {"stateful_set": set_with(serviceName="x")}, ["set_immutable"]),
    ("it is to be made again", {"recreating": True}, ["recreate_pending"]),
    ("two things at once", {"drivers": frozenset(), "quotas": (quota(pods="3"),)}, ["driver_missing", "quota_exceeded"]),
]


@pytest.mark.parametrize("change, reasons", [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_refusals(change: dict[str, t.Any], reasons: list[str]) -> None:
    found = _plan.refusals(WHERE, dataclasses.replace(FACTS, **change), [CLASS, CONTRACT_SET], require_driver=True)
    assert [r.reason for r in found] == reasons
    assert all(str(r) and r.hint for r in found)


def test_a_class_alone_does_not_care_about_a_namespace_that_goes() -> None:
    going = {"metadata": {"name": "n"}, "status": {"phase": "Terminating"}}
    assert _plan.refusals(WHERE, dataclasses.replace(FACTS, namespace=going), [CLASS], require_driver=True) == []


def test_without_a_class_there_is_nothing_to_claim_from() -> None:
    found = _plan.refusals(WHERE, FACTS, [CONTRACT_SET], require_driver=False)
    assert [r.reason for r in found] == ["class_missing"]


def test_another_template_is_refused_with_the_field_and_the_way() -> None:
    other = copy.deepcopy(CONTRACT_SET)
    other["spec"]["template"]["spec"]["containers"][0]["image"] = "robustmq/placement-center:0.4.0"
    step = Step(other, CONTRACT_SET, other)
    assert _plan.template_change([Step(CONTRACT_SET, CONTRACT_SET, CONTRACT_SET), step]) is step
    refusal = _plan.template_refusal(step)
    assert refusal.reason == "template_changed" and "spec.containers[0].image" in str(refusal) and "pc_partition_step" in refusal.hint


def test_what_the_server_keeps_for_itself_is_no_change() -> None:
    live = {**CONTRACT_CLASS, "metadata": {"name": "ssd", "uid": "1", "resourceVersion": "7", "managedFields": []}}
    would_be = {**CONTRACT_CLASS, "metadata": {"name": "ssd", "uid": "1", "resourceVersion": "8"}}
    assert Step(CONTRACT_CLASS, live, would_be).action == "unchanged"
    assert Step(CONTRACT_CLASS, live, {**would_be, "allowVolumeExpansion": False}).action == "change"
    assert Step(CONTRACT_CLASS, None, would_be).action == "create"


PROVISIONERS = [
    ("as asked", "x", None, "x"),
    ("the class's own", "", {"provisioner": "kubernetes.io/aws-ebs"}, "kubernetes.io/aws-ebs"),
    ("today's driver", "", None, "ebs.csi.aws.com"),
]


@pytest.mark.parametrize("given, live, result", [c[1:] for c in PROVISIONERS], ids=[c[0] for c in PROVISIONERS])
def test_provisioner(given: str, live: dict[str, t.Any] | None, result: str) -> None:
    assert _plan.provisioner(given, dataclasses.replace(FACTS, storage_class=live)) == result
