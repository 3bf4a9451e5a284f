# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is evidence: the cluster's objects and those that reach it, the logs that there are, and no secret in any entry."""

from __future__ import annotations

import json

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils import _evidence
from ansible_collections.robustmq.placement_center.plugins.module_utils._redact import MARK, Redactor

from .contract import CONTRACT_SET, LABELS, Object

NAME = "placement-center"
SET: Object = {**CONTRACT_SET, "metadata": {**CONTRACT_SET["metadata"], "uid": "u1"}}
CLUSTER = _evidence.about(NAME, [SET])


def thing(name: str, spec: Object | None = None, labels: Object | None = None, owner: str = "") -> Object:
    meta = {"name": name, "labels": labels, "ownerReferences": [{"uid": owner}] if owner else []}
    return {"metadata": meta, "spec": spec or {}}


OURS = [
    ("Pod", thing("placement-center-0", owner="u1")),
    ("Pod", thing("by-hand", labels=LABELS)),
    ("PersistentVolumeClaim", thing("data-placement-center-12")),
    ("PodDisruptionBudget", thing("any-name", {"selector": {"matchLabels": {"app": "robustmq"}}})),
    ("NetworkPolicy", thing("deny-all", {"podSelector": {}})),
    ("Service", thing("clients", {"selector": LABELS})),
    ("EndpointSlice", thing("placement-center-headless-x7k2p", labels=LABELS)),
    ("ConfigMap", thing("placement-center-receipts")),
    ("ControllerRevision", thing("placement-center-6d5f", owner="u1")),
    ("Lease", thing("placement-center-operation")),
]
OTHERS = [
    ("Pod", thing("placement-center-two-0", labels={"app": "robustmq", "component": "placement-center-two"}, owner="u2")),
    ("PersistentVolumeClaim", thing("data-placement-center-two-0")),
    ("PodDisruptionBudget", thing(NAME, {"selector": {"matchLabels": {"app": "other"}}})),
    ("NetworkPolicy", thing("other", {"podSelector": {"matchLabels": {"app": "other"}}})),
    ("Service", thing("external", {"type": "ExternalName"})),
    ("ConfigMap", thing("placement-center-two-config", labels={"component": "placement-center-two"})),
    ("ConfigMap", thing("kube-root-ca.crt")),
    ("ControllerRevision", thing("placement-center-9c1d", owner="u2")),
]
CASES = [(kind, obj, True) for kind, obj in OURS] + [(kind, obj, False) for kind, obj in OTHERS]


@pytest.mark.parametrize("kind, obj, ours", CASES, ids=[f"{k} {o['metadata']['name']}" for k, o, _ours in CASES])
def test_what_belongs_to_a_cluster(kind: str, obj: Object, ours: bool) -> None:
    assert _evidence.belongs(kind, obj, CLUSTER) is ours


def test_without_a_set_pods_are_known_by_their_labels() -> None:
    cluster = _evidence.about(NAME, [])
    assert _evidence.belongs("Pod", thing("placement-center-0", labels=LABELS), cluster)
    assert not _evidence.belongs("ControllerRevision", thing("placement-center-6d5f", owner=""), cluster)


def test_kinds_are_named_with_their_group() -> None:
    assert (_evidence.resource("Pod"), _evidence.resource("Lease")) == ("pods", "leases.coordination.k8s.io")
    assert _evidence.entry("EndpointSlice") == "objects/endpointslices.json"


def test_what_stands_behind_the_members_is_named_once() -> None:
    pods = [{"spec": {"nodeName": "n1"}}, {"spec": {"nodeName": "n1"}}, {"spec": {}}]
    claims = [{"spec": {"volumeName": "v1", "storageClassName": "ssd"}}, {"spec": {"storageClassName": "ssd"}}]
    assert _evidence.behind(pods, claims) == {"Node": ["n1"], "PersistentVolume": ["v1"], "StorageClass": ["ssd"]}
    assert _evidence.behind([{"spec": {}}], []) == {}


STATES = [
    ("running", {"state": {"running": {}}, "lastState": {}}, ["pc.log"]),
    ("running again", {"state": {"running": {}}, "lastState": {"terminated": {}}}, ["pc.log", "pc.previous.log"]),
    ("waits after a crash", {"state": {"waiting": {}}, "lastState": {"terminated": {}}}, ["pc.log", "pc.previous.log"]),
    ("ended", {"state": {"terminated": {}}}, ["pc.log"]),
    ("never started", {"state": {"waiting": {}}}, []),
]


@pytest.mark.parametrize("said, entries", [s[1:] for s in STATES], ids=[s[0] for s in STATES])
def test_only_logs_that_there_are_are_asked_for(said: Object, entries: list[str]) -> None:
    pod = {"metadata": {"name": "p"}, "status": {"containerStatuses": [{"name": "pc", **said}]}}
    assert [log.entry for log in _evidence.logs([pod])] == [f"logs/p/{e}" for e in entries]


def test_a_pod_that_nobody_has_seen_has_no_log() -> None:
    assert _evidence.logs([{"metadata": {"name": "p"}}]) == []


def test_a_secret_of_an_object_is_in_no_entry() -> None:
    found = {
        "logs/a/pc.log": "said swordfish at the start",
        "objects/pods.json": [{"spec": {"containers": [{"env": [{"name": "MQ_PASSWORD", "value": "swordfish"}]}]}}],
        "health.json": {"events": [{"message": "swordfish"}]},
    }
    files = _evidence.files(found, Redactor())
    assert list(files) == sorted(found) and not any(b"swordfish" in content for content in files.values())
    assert files["logs/a/pc.log"].decode() == f"said {MARK} at the start"
    assert json.loads(files["health.json"]) == {"events": [{"message": MARK}]}


def test_receipts_are_those_of_this_cluster() -> None:
    maps = [{"metadata": {"name": "placement-center-receipts"}, "data": {"1": "{}"}}]
    assert _evidence.receipts(maps, NAME) == {"1": "{}"} and _evidence.receipts(maps, "another") is None
