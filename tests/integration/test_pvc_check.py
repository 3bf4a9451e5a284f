# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""pc_pvc_check against real claims: whole, full, left over, wrong, waiting, lost; and under rights that do not suffice."""

from __future__ import annotations

import json
import pathlib
import time
import typing as t

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils._entry import Job
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import PcError
from ansible_collections.robustmq.placement_center.plugins.module_utils._profiles import PROFILES
from ansible_collections.robustmq.placement_center.plugins.modules import pc_pvc_check

from .cluster import NAME, Cluster, Object, kubectl
from .faults import filled
from .looking import DEFAULTS
from .test_permissions import Operator
from .where import data

CLAIMS = [f"data-{NAME}-{i}" for i in range(3)]


def check(cluster: Cluster, **options: t.Any) -> Object:
    """One answer without the seconds that Ansible takes to start; an error as ``run`` would tell it."""
    mine = {name: option.get("default") for name, option in pc_pvc_check.SPEC.items()}
    try:
        return pc_pvc_check.work(Job({**DEFAULTS, **mine, "namespace": cluster.namespace, **options}, PROFILES["contract"], False))
    except PcError as exc:
        return {"reason": exc.reason, **exc.partial}


def codes(findings: list[Object]) -> set[tuple[str, int | None]]:
    return {(f["code"], f["ordinal"]) for f in findings}


def soon(cluster: Cluster, good: t.Callable[[Object], t.Any], seconds: float = 45, **options: t.Any) -> Object:
    """The first answer that is as it should be: the kubelet measures every ten seconds, controllers take their time."""
    end = time.monotonic() + seconds
    while not good(found := check(cluster, **options)):
        assert time.monotonic() < end, found
        time.sleep(0.5)
    return found


def claim(cluster: Cluster, name: str, storage_class: str = "ssd", size: str = "1Gi", **other: t.Any) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": name, "namespace": cluster.namespace, "labels": other.pop("labels", {})},
        "spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": storage_class, "resources": {"requests": {"storage": size}}, **other},
    }


def apply(*objects: Object) -> None:
    kubectl("apply", "-f", "-", text=json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}))


def message(found: Object, code: str) -> str:
    return next(str(f["message"]) for f in (*found["reasons"], *found["concerns"]) if f["code"] == code)


def test_nothing_there_is_not_ok(cluster: Cluster) -> None:
    found = cluster.module("pc_pvc_check")
    assert not found["ok"] and not found["changed"] and codes(found["reasons"]) == {("set_missing", None)}
    found = cluster.module("pc_pvc_check", must_pass=True)
    assert found["failed"] and found["reason"] == "set_missing" and found["claims"] == []


@pytest.mark.parametrize("options", [{"min_free_percent": 101}, {"min_free_percent": -1}, {"previous": {"healthy": True}}])
def test_options_that_cannot_work_are_refused(cluster: Cluster, options: Object) -> None:
    assert check(cluster, **options)["reason"] == "bad_input"


def test_claims_of_a_running_cluster(cluster: Cluster) -> None:
    """Whole, growing, beside claims that are not its own, full, asked to grow, and deleted: one cluster's life."""
    assert cluster.play("deploy").code == 0
    whole = soon(cluster, lambda found: found["ok"])
    assert [row["claim"] for row in whole["claims"]] == CLAIMS and whole["requests"] <= 12
    for row in whole["claims"]:
        wanted = {"phase": "Bound", "capacity": "1Gi", "class": "ssd", "reclaim_policy": "Retain", "driver": "ebs.csi.aws.com", "expandable": True}
        assert wanted.items() <= row.items() and row["pods"] == [f"{NAME}-{row['ordinal']}"]
        assert row["used_bytes"] > 0 and row["inodes_used"] > 0 and row["bytes_per_hour"] is None
        assert row["volume"] == cluster.get("pvc", row["claim"])["spec"]["volumeName"]
    assert codes(whole["concerns"]) <= {("no_snapshot_class", None)}

    with (data(cluster, 1) / "grown").open("wb") as file:
        file.write(bytes(64 << 20))
    grown = soon(cluster, lambda found: (found["claims"][1]["bytes_per_hour"] or 0) > 64 << 20, previous=whole)
    assert grown["ok"] and 0 < grown["claims"][1]["hours_until_full"] < 10

    apply(claim(cluster, f"data-{NAME}-3"), claim(cluster, "data-other-0", labels={"app": "other"}))
    beside = check(cluster)
    assert beside["ok"] and ("orphan", 3) in codes(beside["concerns"]) and beside["foreign"] == []
    assert [o["claim"] for o in beside["orphans"]] == [f"data-{NAME}-3"]

    with filled(data(cluster, 2)):
        full = soon(cluster, lambda found: not found["ok"])
        assert codes(full["reasons"]) == {("volume_full", 2)} and full["claims"][2]["free_percent"] < 10
        assert check(cluster, must_pass=True)["reason"] == "volume_full"
    soon(cluster, lambda found: found["ok"])

    kubectl("patch", "pvc", CLAIMS[1], "-n", cluster.namespace, "-p", '{"spec":{"resources":{"requests":{"storage":"2Gi"}}}}')
    asked = check(cluster)
    assert codes(asked["reasons"]) == {("resize_pending", 1)} and ("claim_larger", 1) in codes(asked["concerns"])
    kubectl("delete", "pvc", CLAIMS[2], "-n", cluster.namespace, "--wait=false")
    assert ("claim_terminating", 2) in codes(check(cluster)["reasons"])


@pytest.fixture
def few(cluster: Cluster, tmp_path: pathlib.Path) -> t.Iterator[Operator]:
    """A user with the documented Role, without the optional one for node statistics."""
    made = Operator(cluster, tmp_path, "observe")
    yield made
    made.remove()


def test_what_may_not_be_read_is_named_and_never_passes(cluster: Cluster, few: Operator) -> None:
    """Without node statistics; then without what is read at the cluster scope."""
    assert cluster.play("deploy").code == 0
    found = check(cluster, kubeconfig=few.kubeconfig)
    assert codes(found["reasons"]) == {("free_space_unknown", i) for i in range(3)}
    assert "nodes/proxy" in message(found, "free_space_unknown")
    assert check(cluster, kubeconfig=few.kubeconfig, min_free_percent=0, must_pass=True)["ok"]
    kubectl("delete", "clusterrolebinding", f"placement-center-observe-{cluster.namespace}")
    found = soon(cluster, lambda found: not found["ok"], kubeconfig=few.kubeconfig, min_free_percent=0)
    assert {code for code, _ordinal in codes(found["reasons"])} == {"forbidden"}
    said = " ".join(r["message"] for r in found["reasons"])
    assert all(f'resource "{kind}"' in said for kind in ("persistentvolumes", "storageclasses", "volumesnapshotclasses")), said


@pytest.fixture
def classes(cluster: Cluster) -> t.Iterator[tuple[str, str]]:
    """A class that deletes its volumes, makes them at once and never grows them; and one that the driver refuses."""
    deletes, refused = f"deletes-{cluster.namespace}", f"refused-{cluster.namespace}"
    meta = {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "provisioner": "ebs.csi.aws.com", "volumeBindingMode": "Immediate"}
    kubectl("create", "namespace", cluster.namespace)
    apply(
        {**meta, "metadata": {"name": deletes}, "reclaimPolicy": "Delete"},
        {**meta, "metadata": {"name": refused}, "reclaimPolicy": "Delete", "parameters": {"colour": "red"}, "allowVolumeExpansion": True},
    )
    yield deletes, refused
    kubectl("delete", "storageclass", deletes, refused)


def stateful_set(cluster: Cluster, storage_class: str) -> Object:
    """Five members that no node takes: their claims are there, and nobody writes."""
    labels = {"app": "adopted"}
    template = claim(cluster, "data", storage_class, "2Gi")
    pod = {"nodeSelector": {"no": "node"}, "containers": [{"name": "c", "image": "none", "volumeMounts": [{"name": "data", "mountPath": "/data"}]}]}
    return {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {"name": NAME, "namespace": cluster.namespace},
        "spec": {
            "replicas": 5,
            "serviceName": "none",
            "podManagementPolicy": "Parallel",
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": pod},
            "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": template["spec"]}],
        },
    }


def static_volume(cluster: Cluster, storage_class: str) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": f"lost-{cluster.namespace}"},
        "spec": {
            "capacity": {"storage": "2Gi"},
            "accessModes": ["ReadWriteOnce"],
            "persistentVolumeReclaimPolicy": "Retain",
            "storageClassName": storage_class,
            "csi": {"driver": "ebs.csi.aws.com", "volumeHandle": f"none-{cluster.namespace}"},
            "claimRef": {"namespace": cluster.namespace, "name": f"data-{NAME}-4"},
        },
    }


def test_every_way_in_which_a_claim_can_be_wrong_has_its_code(cluster: Cluster, classes: tuple[str, str]) -> None:
    """Claims made by hand before the set, as in a cluster that is adopted."""
    deletes, refused = classes
    lost = f"lost-{cluster.namespace}"
    apply(
        claim(cluster, f"data-{NAME}-0", deletes, "1Gi"),
        claim(cluster, f"data-{NAME}-1", refused, "2Gi"),
        claim(cluster, f"data-{NAME}-2", deletes, "2Gi", labels={"app": "other"}),
        static_volume(cluster, deletes),
        claim(cluster, f"data-{NAME}-4", deletes, "2Gi", volumeName=lost),
    )
    kubectl("wait", "--for=jsonpath={.status.phase}=Bound", f"pvc/data-{NAME}-4", "-n", cluster.namespace, "--timeout=60s")
    apply(stateful_set(cluster, deletes))
    stranger = {"name": "v", "persistentVolumeClaim": {"claimName": f"data-{NAME}-3"}}
    spec = {"nodeSelector": {"no": "node"}, "containers": [{"name": "c", "image": "none"}], "volumes": [stranger]}
    apply({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "stranger", "namespace": cluster.namespace}, "spec": spec})
    kubectl("delete", "pv", lost, "--wait=false")
    kubectl("patch", "pv", lost, "-p", '{"metadata":{"finalizers":null}}', check=False)
    wanted = {("claim_size", 0), ("claim_pending", 1), ("claim_class", 1), ("claim_foreign", 2), ("claim_shared", 3), ("claim_lost", 4)}

    def told(found: Object) -> bool:
        return codes(found["reasons"]) == wanted and "unknown parameter" in message(found, "claim_pending")

    found = soon(cluster, told, 60, min_free_percent=0)
    assert {o for c, o in codes(found["concerns"]) if c == "reclaim_delete"} == {0, 2, 3}
    assert ("not_expandable", None) in codes(found["concerns"])
    assert [f["claim"] for f in found["foreign"]] == [f"data-{NAME}-2"]
    unmounted = check(cluster)
    assert {("free_space_unknown", o) for o in (0, 2, 3)} <= codes(unmounted["reasons"]) and "no running pod" in message(unmounted, "free_space_unknown")
