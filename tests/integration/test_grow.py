# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The claims grow on a real cluster, under a writer that knows nothing of it: no pod is touched, no acknowledged write lost."""

from __future__ import annotations

import json
import os
import pathlib
import random
import time
import typing as t

import pytest

from .cluster import NAME, Cluster, Object, Run, kubectl
from .faults import growth_fails
from .test_deploy import wait_healthy
from .updating import Running
from .where import data
from .writer import Writer

CLAIMS = [f"data-{NAME}-{o}" for o in range(3)]
GIB = 1 << 30
# The kernel grows a mounted ext4 only for whoever has CAP_SYS_RESOURCE, and xfs for every root.
XFS = {"pc_storage_class": "ssd-xfs", "pc_storage_parameters": {"type": "gp3", "csi.storage.k8s.io/fstype": "xfs"}}
FINALIZER = "placement-center.test/hold"


def deployed(cluster: Cluster, **variables: t.Any) -> None:
    """Three members with claims of 1Gi."""
    run = cluster.play("deploy", **{**XFS, **variables})
    assert run.code == 0, run.screen
    wait_healthy(cluster)


def given(size: str, **variables: t.Any) -> Object:
    return {"pc_storage_size": size, "pc_stable_seconds": 1, "pc_step_timeout": 120, **variables}


def expand(cluster: Cluster, size: str, *flags: str, **variables: t.Any) -> Run:
    """The playbook with nothing but what a person would give."""
    return cluster.play("expand", *flags, quick=False, **given(size, **variables))


def start(cluster: Cluster, size: str) -> Running:
    """The same, to be killed."""
    return Running(cluster, "expand", given(size))


def pods(cluster: Cluster) -> dict[str, tuple[str, int]]:
    """Name -> UID and restarts: what a growth must not move."""
    return {p["metadata"]["name"]: (p["metadata"]["uid"], p["status"]["containerStatuses"][0]["restartCount"]) for p in cluster.get("pods")["items"]}


def sizes(cluster: Cluster) -> dict[str, tuple[str, str]]:
    """Claim -> size asked for, and size that it has."""
    found = {c["metadata"]["name"]: c for c in cluster.get("pvc")["items"]}
    return {n: (c["spec"]["resources"]["requests"]["storage"], c["status"]["capacity"]["storage"]) for n, c in found.items()}


def template(cluster: Cluster) -> str:
    return str(cluster.get("statefulset", NAME)["spec"]["volumeClaimTemplates"][0]["spec"]["resources"]["requests"]["storage"])


def managers(cluster: Cluster) -> list[tuple[str, str, str]]:
    """Who has set which fields of the set, but for its status."""
    found = json.loads(kubectl("get", "statefulset", NAME, "-n", cluster.namespace, "-o", "json", "--show-managed-fields"))["metadata"]["managedFields"]
    return sorted((m["manager"], m["operation"], json.dumps(m["fieldsV1"], sort_keys=True)) for m in found if not m.get("subresource"))


def revisions(cluster: Cluster) -> list[str]:
    return sorted(r["metadata"]["name"] for r in cluster.get("controllerrevision")["items"])


def left(cluster: Cluster) -> dict[str, str]:
    return {k: v for k, v in cluster.versions().items() if not k.startswith("Lease")}


def ends_right(cluster: Cluster, before: dict[str, tuple[str, int]]) -> None:
    """Every claim, file system and the template have 2Gi, the pods are those of before, and nothing is left behind."""
    assert sizes(cluster) == dict.fromkeys(CLAIMS, ("2Gi", "2Gi")) and template(cluster) == "2Gi"
    for ordinal in range(3):
        seen = os.statvfs(data(cluster, ordinal))
        assert seen.f_blocks * seen.f_frsize > 1.8 * GIB
    assert pods(cluster) == before
    assert not [name for name in cluster.versions() if name.endswith("-recreate")]
    wait_healthy(cluster)


def test_claims_grow_while_members_serve_and_no_pod_is_touched(cluster: Cluster) -> None:
    deployed(cluster)
    before, written, known, history = pods(cluster), left(cluster), managers(cluster), revisions(cluster)
    plan = expand(cluster, "2Gi", "--check")
    assert plan.code == 0 and [row["claim"] for row in plan.last("pc_pvc_grow")["plan"]] == CLAIMS[::-1], plan.screen
    assert left(cluster) == written, "a plan changes nothing"
    refused = cluster.play("deploy", **{**XFS, "pc_storage_size": "2Gi"}).failure()
    assert refused["reason"] == "claim_template_changed" and "expand" in refused["msg"]
    with Writer(cluster) as writer:
        run = expand(cluster, "2Gi")
        assert run.code == 0, run.screen
    ends_right(cluster, before)
    result = run.last("pc_pvc_grow")
    assert result["state"] == "done" and all(row["seconds"] > 0 and row["filesystem_bytes"] > 1.8 * GIB for row in result["claims"])
    receipt = json.loads(pathlib.Path(result["receipt_path"]).read_text())
    assert (receipt["operation"], receipt["state"], receipt["facts"]["template"]["to"]) == ("expand", "done", "2Gi")
    assert f"{CLAIMS[2]}  1Gi -> 2Gi  asked for" in run.screen, "each change of a claim is told as it comes"
    assert managers(cluster) == known, "every field is whose it was"
    assert revisions(cluster) == history, "no rollout was begun"
    written = left(cluster)
    again = expand(cluster, "2Gi")
    assert again.code == 0 and again.changed == 0 and left(cluster) == written, "a second run writes nothing"
    assert cluster.play("deploy", **{**XFS, "pc_storage_size": "2Gi"}).changed == 0
    assert writer.acknowledged and writer.missing() == []
    kubectl("delete", "pod", f"{NAME}-1", "-n", cluster.namespace)
    wait_healthy(cluster)
    assert pods(cluster)[f"{NAME}-1"] != before[f"{NAME}-1"], "the set that was made again looks after its pods"


def test_what_cannot_work_is_refused_and_nothing_changes(cluster: Cluster) -> None:
    rigid = f"rigid-{cluster.namespace}"
    deployed(cluster, pc_storage_class=rigid, storage_expandable=False)
    try:
        written = left(cluster)
        for size, reason in (("", "size_invalid"), ("much", "size_invalid"), ("512Mi", "claim_shrink"), ("2Gi", "not_expandable")):
            failure = expand(cluster, size).failure()
            assert failure["reason"] == reason, failure
        kubectl("patch", "storageclass", rigid, "-p", '{"allowVolumeExpansion":true}')
        kubectl("create", "quota", "small", "--hard=requests.storage=5Gi", "-n", cluster.namespace)
        end = time.monotonic() + 30
        while "requests.storage" not in cluster.get("resourcequota", "small").get("status", {}).get("used", {}):
            assert time.monotonic() < end
            time.sleep(0.2)
        failure = expand(cluster, "2Gi").failure()
        assert failure["reason"] == "quota_exceeded" and "small" in failure["msg"], failure
        kubectl("delete", "quota", "small", "-n", cluster.namespace)
        assert left(cluster) == written
    finally:
        kubectl("delete", "storageclass", rigid)


def test_an_update_that_is_under_way_is_not_disturbed(cluster: Cluster) -> None:
    deployed(cluster)
    canary = cluster.play("upgrade", quick=False, pc_image="robustmq/placement-center:0.4.0", pc_canary=True, pc_stable_seconds=1)
    assert canary.code == 0, canary.screen
    written = left(cluster)
    failure = expand(cluster, "2Gi").failure()
    assert failure["reason"] == "revisions_differ" and left(cluster) == written, failure


@pytest.mark.long
def test_a_growth_that_the_driver_fails_is_told_in_its_words_and_gone_on_with(cluster: Cluster) -> None:
    deployed(cluster)
    before = pods(cluster)

    def held(words: str) -> None:
        failure = expand(cluster, "2Gi", pc_wait_patience=5).failure()
        assert failure["reason"] == "resize_failed" and words in failure["msg"] and failure["state"] == "held", failure
        assert [asked for asked, _has in sizes(cluster).values()] == ["1Gi", "1Gi", "2Gi"]
        assert template(cluster) == "1Gi" and pods(cluster) == before

    with growth_fails(cluster, 2, "node", "INTERNAL the file system is too old"):
        with growth_fails(cluster, 2, "controller", "RESOURCE_EXHAUSTED the pool is full"):
            held("the pool is full")
            update = cluster.play("upgrade", quick=False, pc_image="robustmq/placement-center:0.4.0", pc_stable_seconds=1).failure()
            assert "claim_resizing" in {r["reason"] for r in update["refusals"]}, update
        held("the file system is too old")
    # The kubelet tries again after up to two minutes.
    run = expand(cluster, "2Gi", pc_wait_patience=240, pc_step_timeout=300)
    assert run.code == 0, run.screen
    ends_right(cluster, before)


def test_killed_between_delete_and_recreate_it_is_finished_by_the_next_run(cluster: Cluster) -> None:
    deployed(cluster)
    before, known = pods(cluster), managers(cluster)
    # What is being deleted stays until its last finalizer is gone, which leaves time to aim.
    kubectl("patch", "statefulset", NAME, "-n", cluster.namespace, "--type=merge", "-p", json.dumps({"metadata": {"finalizers": [FINALIZER]}}))
    with Writer(cluster) as writer:
        run = start(cluster, "2Gi")
        run.until(lambda: "deletionTimestamp" in cluster.get("statefulset", NAME)["metadata"], "the set deleted", 180)
        run.kill()
        kubectl("patch", "statefulset", NAME, "-n", cluster.namespace, "--type=merge", "-p", '{"metadata":{"finalizers":null}}', check=False)
        gone(cluster)
        assert pods(cluster) == before, "pods run on without their set"
        refused = cluster.play("deploy", **{**XFS, "pc_storage_size": "2Gi"}).failure()
        assert refused["reason"] == "recreate_pending", refused
        last = expand(cluster, "2Gi")
        assert last.code == 0 and last.last("pc_pvc_grow")["repaired"], last.screen
        kubectl("patch", "statefulset", NAME, "-n", cluster.namespace, "--type=merge", "-p", '{"metadata":{"finalizers":null}}')
        ends_right(cluster, before)
    assert [m for m in managers(cluster) if m[0] != "kubectl-patch"] == known
    assert writer.missing() == []


def gone(cluster: Cluster) -> None:
    """Wait until there is no set; with a finalizer removed early, the garbage collector's own may still be on it."""
    end = time.monotonic() + 60
    while kubectl("get", "statefulset", NAME, "-n", cluster.namespace, "--ignore-not-found"):
        assert time.monotonic() < end
        time.sleep(0.2)


@pytest.mark.long
def test_killed_at_any_moment_it_is_run_again_and_ends_right(cluster: Cluster) -> None:
    deployed(cluster)
    before = pods(cluster)
    with Writer(cluster) as writer:
        for _kill in range(int(os.environ.get("KILLS", "2"))):
            run = start(cluster, "2Gi")
            time.sleep(random.uniform(3, 15))
            run.kill()
            assert pods(cluster) == before
        last = expand(cluster, "2Gi")
        assert last.code == 0, last.screen
        ends_right(cluster, before)
    assert writer.missing() == []
