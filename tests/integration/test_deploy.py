# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The main job, on a real cluster: in order, proven, repeatable; data that outlives pods."""

from __future__ import annotations

import contextlib
import threading
import time
import typing as t
from datetime import datetime
from itertools import pairwise

import pytest

from .cluster import NAME, Cluster, Object, kubectl
from .kv import get, metrics, put

PODS = [f"{NAME}-{i}" for i in range(3)]


class LeaderWatch(threading.Thread):
    """Asks every member every 100 ms whether it leads a group, and keeps the moments when more than one said so."""

    def __init__(self, cluster: Cluster) -> None:
        super().__init__(daemon=True)
        self.cluster, self.ended = cluster, threading.Event()
        self.addresses: dict[int, str] = {}
        self.samples, self.doubled = 0, list[str]()

    def run(self) -> None:
        next_look = 0.0
        while not self.ended.wait(0.1):
            # A look costs as much as ten samples, and no pod is replaced during a first start.
            if len(self.addresses) < 3 and time.monotonic() > next_look:
                self._look()
                next_look = time.monotonic() + 1
            leading: dict[str, list[int]] = {}
            for address in self.addresses.values():
                with contextlib.suppress(OSError, ValueError):
                    for group, said in metrics(address).items():
                        if said["state"] == "Leader":
                            leading.setdefault(group, []).append(said["id"])
            self.samples += bool(leading)
            self.doubled += [f"{g}: {ids}" for g, ids in leading.items() if len(ids) > 1]

    def _look(self) -> None:
        with contextlib.suppress(AssertionError):
            for ordinal, pod in enumerate(self.cluster.get("pod")["items"]):
                if "podIP" in pod["status"]:
                    self.addresses[ordinal] = pod["status"]["podIP"]


def ready_since(pod: Object) -> datetime:
    (found,) = [c["lastTransitionTime"] for c in pod["status"]["conditions"] if c["type"] == "Ready" and c["status"] == "True"]
    return datetime.fromisoformat(found)


def test_members_start_one_after_the_other_and_there_are_never_two_leaders(cluster: Cluster) -> None:
    watch = LeaderWatch(cluster)
    watch.start()
    run = cluster.play("deploy")
    watch.ended.set()
    watch.join()
    assert run.code == 0, run.screen
    pods = [cluster.get("pod", name) for name in PODS]
    for before, after in pairwise(pods):
        assert datetime.fromisoformat(after["metadata"]["creationTimestamp"]) >= ready_since(before)
    assert watch.samples > 10 and watch.doubled == []
    health = run.last("pc_health")
    assert health["healthy"] and health["restart_safe"] == [0, 1, 2]
    assert [m["claim"] for m in health["members"]] == [f"data-{name}" for name in PODS]
    for name in PODS:
        assert f"{name}  Ready" in run.screen, "the wait tells each change of a member"


def test_a_second_deploy_writes_nothing_and_a_plan_changes_nothing(cluster: Cluster) -> None:
    plan = cluster.play("deploy", "--check", "--diff")
    assert plan.code == 0, plan.screen
    assert kubectl("get", "namespace", cluster.namespace, "--ignore-not-found") == ""
    assert "podManagementPolicy: OrderedReady" in plan.screen
    first = cluster.play("deploy")
    assert first.code == 0, first.screen
    _preflight, *written = [task["actions"] for task in first.tasks if task["action"].endswith("pc_apply")]
    assert plan.last("pc_apply")["actions"] == [action for part in written for action in part]
    before = cluster.versions()
    second = cluster.play("deploy")
    assert second.code == 0 and second.changed == 0, second.screen
    assert cluster.versions() == before
    assert cluster.play("deploy", "--check").changed == 0


def test_a_changed_template_goes_the_staged_way_and_other_changes_are_refused(cluster: Cluster) -> None:
    assert cluster.play("deploy").code == 0
    before = cluster.versions()
    change = {"pc_image": "robustmq/placement-center:0.4.0", "pc_config": {"raft": {"heartbeat_interval_ms": 150}}}
    plan = cluster.play("deploy", "--check", **change)
    assert plan.code == 0 and plan.last("pc_apply")["template"] and cluster.versions() == before, plan.screen
    run = cluster.play("deploy", **change)
    assert run.code == 0, run.screen
    assert [s["ordinal"] for s in run.last("pc_partition_step")["receipt"]["steps"]] == [2, 1, 0]
    assert {p["spec"]["containers"][0]["image"] for p in cluster.get("pod")["items"]} == {change["pc_image"]}
    assert cluster.play("deploy", **change).changed == 0
    before = cluster.versions()
    grown = cluster.play("deploy", pc_storage_size="2Gi", **change).failure()
    assert grown["reason"] == "claim_template_changed" and "expand" in grown["msg"]
    assert cluster.versions() == before


def written(cluster: Cluster, ordinal: int) -> dict[str, int]:
    return {group: metrics["last_applied"]["index"] for group, metrics in cluster.raft(ordinal).items()}


def wait_healthy(cluster: Cluster) -> Object:
    found = cluster.module("pc_health", wait_timeout=90, stable_seconds=1, must_pass=True)
    assert found.get("healthy"), found
    return found


def volumes(cluster: Cluster) -> dict[str, str]:
    return {c["metadata"]["name"]: c["spec"]["volumeName"] for c in cluster.get("pvc")["items"]}


def test_a_deleted_pod_meets_its_claim_again_and_follows(cluster: Cluster) -> None:
    assert cluster.play("deploy").code == 0
    before, index, bound = wait_healthy(cluster), written(cluster, 2), volumes(cluster)
    lead = before["groups"][0]["leader"]
    victim = next(o for o in (2, 1) if o != lead)
    kubectl("delete", "pod", f"{NAME}-{victim}", "-n", cluster.namespace)
    after = wait_healthy(cluster)
    assert volumes(cluster) == bound
    assert after["members"][victim]["uid"] != before["members"][victim]["uid"]
    assert after["members"][victim]["roles"] == dict.fromkeys(index, "Follower")
    assert all(written(cluster, victim)[g] >= i for g, i in index.items())


def test_all_pods_deleted_at_once_come_back_with_their_data_and_one_leader(cluster: Cluster) -> None:
    assert cluster.play("deploy").code == 0
    wait_healthy(cluster)
    key = write(cluster, "all-at-once")
    bound = volumes(cluster)
    kubectl("delete", "pod", *PODS, "-n", cluster.namespace)
    after = wait_healthy(cluster)
    assert volumes(cluster) == bound
    assert all(g["leader"] is not None for g in after["groups"]) and after["restart_safe"] == [0, 1, 2]
    for ordinal in range(3):
        assert read(cluster, ordinal, key) == "all-at-once"


def write(cluster: Cluster, value: str) -> str:
    """One acknowledged write through the member itself; the key."""
    lead = next(o for o in range(3) if cluster.raft(o)["metadata_0"]["state"] == "Leader")
    put(cluster.get("pod", f"{NAME}-{lead}")["status"]["podIP"], "test", value)
    return "test"


def read(cluster: Cluster, ordinal: int, key: str) -> str:
    end = time.monotonic() + 5
    found = ""
    while not found and time.monotonic() < end:  # a follower answers for itself and may be a moment behind
        found = get(cluster.get("pod", f"{NAME}-{ordinal}")["status"]["podIP"], key)
    return found


@pytest.mark.parametrize("wrong", ["", "placement", "PLACEMENT-CENTER"])
def test_destroy_wants_the_name(cluster: Cluster, wrong: str) -> None:
    failure = cluster.play("destroy", pc_confirm=wrong).failure()
    assert failure["reason"] == "not_confirmed"


def test_destroy_keeps_the_data_which_a_later_deploy_meets_again(cluster: Cluster) -> None:
    assert cluster.play("deploy").code == 0
    key = write(cluster, "kept")
    bound = volumes(cluster)
    planned = cluster.play("destroy", "--check", pc_confirm=NAME)
    assert planned.code == 0 and cluster.get("statefulset")["items"], planned.screen
    run = cluster.play("destroy", pc_confirm=NAME)
    assert run.code == 0, run.screen
    assert [a["name"] for a in run.last("pc_destroy")["actions"]] == [a["name"] for a in planned.last("pc_destroy")["actions"]]
    assert cluster.get("statefulset,service,pdb,networkpolicy")["items"] == []
    assert volumes(cluster) == bound
    assert cluster.play("destroy", pc_confirm=NAME).changed == 0
    assert cluster.play("deploy").code == 0
    assert volumes(cluster) == bound and read(cluster, 0, key) == "kept"
    assert cluster.play("destroy", pc_confirm=NAME, pc_destroy_claims=True).code == 0
    gone: t.Any = kubectl("get", "pvc", "-n", cluster.namespace, "--no-headers", "--ignore-not-found")
    assert gone == "" or "Terminating" in gone
