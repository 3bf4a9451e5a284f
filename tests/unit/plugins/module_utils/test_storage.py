# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Kubernetes says of claims, as facts; and a refusal of any one question as a fact of its own."""

from __future__ import annotations

import time
import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils import _storage, _volumes
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import Forbidden, Unreachable
from ansible_collections.robustmq.placement_center.plugins.module_utils._kube import Found
from ansible_collections.robustmq.placement_center.plugins.module_utils._volume_model import Finding, Mount, Volume

Object = dict[str, t.Any]
SET: Object = {
    "metadata": {"name": "pc", "uid": "set"},
    "spec": {
        "replicas": 2,
        "ordinals": {"start": 1},
        "selector": {"matchLabels": {"app": "pc"}},
        "template": {"spec": {"containers": [{"volumeMounts": [{"name": "data"}]}]}},
        "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Delete", "whenScaled": "Retain"},
        "volumeClaimTemplates": [
            {
                "metadata": {"name": "data"},
                "spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": "ssd", "resources": {"requests": {"storage": "1Gi"}}},
            }
        ],
    },
}


def pod(name: str, claim: str, **other: t.Any) -> Object:
    owners = [{"uid": "set"}] if other.get("owned", True) else []
    return {
        "metadata": {"name": name, "uid": f"uid-{name}", "ownerReferences": owners},
        "spec": {"nodeName": "node", "volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": claim}}, {"name": "x", "emptyDir": {}}]},
        "status": {"phase": other.get("phase", "Running")},
    }


def claim(name: str, **status: t.Any) -> Object:
    spec = {"accessModes": ["ReadWriteOnce"], "storageClassName": "ssd", "resources": {"requests": {"storage": "1Gi"}}, "volumeName": f"pv-{name}"}
    return {"metadata": {"name": name, "uid": f"uid-{name}"}, "spec": spec, "status": {"phase": "Bound", "capacity": {"storage": "1Gi"}, **status}}


class Stub:
    """Stands in for a connection; ``refused`` maps a kind to the error that its questions bring."""

    def __init__(self, **refused: Exception) -> None:
        self.requests, self.refused = 0, refused
        self.lists: dict[str, list[Object]] = {
            "Pod": [pod("pc-1", "data-pc-1"), pod("pc-2", "data-pc-2")],
            "PersistentVolumeClaim": [claim("data-pc-1"), claim("data-pc-2"), claim("data-pc-0"), claim("data-other-1")],
            "VolumeSnapshotClass": [{"driver": "ebs.csi.aws.com"}],
            "Event": [],
        }

    def _asked(self, kind: str) -> None:
        self.requests += 1
        if kind in self.refused:
            raise self.refused[kind]

    def get(self, kind: str, name: str, namespace: str = "") -> Object | None:
        self._asked(kind)
        volume = {
            "metadata": {"name": name},
            "spec": {"persistentVolumeReclaimPolicy": "Retain", "claimRef": {"uid": f"uid-{name[3:]}"}},
            "status": {"phase": "Bound"},
        }
        volume["spec"]["awsElasticBlockStore"] = {}
        return {"StatefulSet": SET, "PersistentVolume": volume, "StorageClass": {"provisioner": "kubernetes.io/aws-ebs", "allowVolumeExpansion": True}}[kind]

    def find(self, kind: str, namespace: str = "", fields: str = "") -> Found:
        self._asked(kind)
        return Found(self.lists[kind], "7")

    def stats(self, node: str) -> Object:
        self._asked("stats")
        figures = {"capacityBytes": 100, "availableBytes": 50, "inodes": 10, "inodesFree": 5}
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        return {"pods": [{"volume": [{**figures, "time": now, "pvcRef": {"name": f"data-pc-{o}", "namespace": "ns"}} for o in (1, 2)]}]}


def look(**refused: Exception) -> t.Any:
    return _storage.Storage(t.cast(t.Any, Stub(**refused)), "ns", "pc").look()


def test_one_look_asks_each_question_once() -> None:
    seen = look()
    assert _volumes.judge(seen, 10).reasons == ()
    assert sorted(seen.claims) == ["data-pc-0", "data-pc-1", "data-pc-2"] and seen.set.deletes == ("deleted",)
    assert seen.volumes["pv-data-pc-1"] == Volume("Bound", "Retain", "ebs.csi.aws.com", "uid-data-pc-1")
    assert seen.requests == 4 + 3 + 1 + 1  # set, pods, claims, snapshot classes; volumes; class; node


def test_what_is_refused_is_told_and_never_passes() -> None:
    refusals: list[tuple[str, Exception, str]] = [
        ("Pod", Forbidden("no pods"), "forbidden"),
        ("PersistentVolume", Unreachable("cut"), "unreachable"),
        ("StorageClass", Forbidden("no classes"), "forbidden"),
        ("VolumeSnapshotClass", Forbidden("no snapshot classes"), "forbidden"),
        ("stats", Forbidden("no stats"), "free_space_unknown"),
    ]
    for kind, error, code in refusals:
        found = _volumes.judge(look(**{kind: error}), 10)
        assert code in {r.code for r in found.reasons}, kind
        assert any(str(error) in r.message for r in found.reasons), kind


def test_events_are_asked_for_only_where_a_claim_is_not_at_rest() -> None:
    stub = Stub(Event=Forbidden("no events"))
    storage = _storage.Storage(t.cast(t.Any, stub), "ns", "pc")
    assert storage.look().unknown == ()
    stub.lists["PersistentVolumeClaim"][0] = claim("data-pc-1", conditions=[{"type": "Resizing", "status": "True"}])
    assert storage.look().unknown == (Finding("forbidden", "no events"),)


def test_a_pod_mounts_as_the_member_that_its_set_and_name_say() -> None:
    pods = [pod("pc-1", "a"), pod("pc-2", "a", owned=False), pod("job", "a", phase="Succeeded"), pod("pc-x", "b")]
    assert _storage.mounts(pods, SET) == {
        "a": (Mount("pc-1", "node", 1), Mount("pc-2", "node", None)),
        "b": (Mount("pc-x", "node", None),),
    }


def test_a_refusal_is_not_hidden_by_the_waiting_that_follows_it() -> None:
    def event(kind: str, reason: str, at: str, uid: str = "u") -> Object:
        return {"involvedObject": {"uid": uid}, "type": kind, "reason": reason, "message": "words", "lastTimestamp": at}

    events = [
        event("Warning", "Old", "2026-01-01"),
        event("Warning", "ProvisioningFailed", "2026-01-02"),
        event("Normal", "ExternalProvisioning", "2026-01-03"),
    ]
    assert _storage.words(events, "u") == "ProvisioningFailed: words"
    assert _storage.words(events[2:], "u") == "ExternalProvisioning: words"
    assert _storage.words(events, "other") == ""
