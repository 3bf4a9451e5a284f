# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A claim that somebody deletes while every member is down never leads to a member that starts empty; and the way out of it."""

from __future__ import annotations

import json
import time
import typing as t

import pytest

from .backups import made
from .cluster import NAME, Cluster, kubectl
from .looking import look
from .operator_account import Operator
from .restoring import restore
from .test_deploy import wait_healthy
from .test_replace_member import claim, replace
from .updating import down, identity, until
from .writer import Writer

GUARD = "placement-center.robustmq.io/guard"
ON = {"pc_guard_claims": True}
CLAIM = f"data-{NAME}-0"


def guarded(cluster: Cluster) -> list[bool]:
    return [GUARD in claim(cluster, o)["metadata"]["finalizers"] for o in range(3)]


def scaled(cluster: Cluster, start: int, replicas: int) -> None:
    patch = json.dumps({"spec": {"ordinals": {"start": start}, "replicas": replicas}})
    kubectl("patch", "statefulset", NAME, "-n", cluster.namespace, "-p", patch)


def pods(cluster: Cluster) -> list[str]:
    return [p["metadata"]["name"] for p in cluster.get("pods")["items"]]


def serve(cluster: Cluster, *ordinals: int) -> bool:
    """Exactly these members are there, and they are Ready."""
    names = [f"{NAME}-{o}" for o in ordinals]
    return pods(cluster) == names and not set(names) & set(down(cluster))


def test_a_claim_deleted_while_all_are_down_keeps_its_member_away_until_it_is_replaced(cluster: Cluster, operator: t.Callable[..., Operator]) -> None:
    kubeconfig = operator("observe", "deploy", "api-server", "replace_member", "node-statistics").kubeconfig
    cluster.env["K8S_AUTH_KUBECONFIG"] = kubeconfig
    first = cluster.play("deploy", **ON)
    assert first.code == 0 and guarded(cluster) == [True] * 3, first.screen
    written = cluster.versions()
    again = cluster.play("deploy", **ON)
    assert again.code == 0 and again.changed == 0 and cluster.versions() == written, again.screen
    with Writer(cluster) as writer:
        until(lambda: len(writer.acknowledged) > 50, "writes are acknowledged")
    old = claim(cluster, 0)["metadata"]["uid"]
    scaled(cluster, 0, 0)
    until(lambda: not pods(cluster), "all members are down")
    kubectl("delete", "pvc", CLAIM, "-n", cluster.namespace, "--wait=false")
    scaled(cluster, 0, 3)
    for _moment in range(10):
        assert f"{NAME}-0" not in pods(cluster), "no member starts on an empty volume"
        time.sleep(1)
    assert claim(cluster, 0)["metadata"]["uid"] == old and "deletionTimestamp" in claim(cluster, 0)["metadata"]
    found = look(cluster.namespace)
    (said,) = [r for r in found["reasons"] if r["code"] == "claim_terminating"]
    assert said["member"] == 0 and "guard" in said["message"] and not found["healthy"]
    off = cluster.play("deploy", "--check")
    assert [a["name"] for a in off.last("pc_apply")["actions"] if a["kind"] == "PersistentVolumeClaim"] == [f"data-{NAME}-{o}" for o in (1, 2)], off.screen
    scaled(cluster, 1, 2)
    until(lambda: serve(cluster, 1, 2), "the majority that has the data serves")
    scaled(cluster, 0, 3)
    others = [identity(cluster, o) for o in (1, 2)]
    ended = replace(cluster, 0)
    assert ended.code == 0, ended.screen
    assert claim(cluster, 0)["metadata"]["uid"] != old and [identity(cluster, o) for o in (1, 2)] == others
    wait_healthy(cluster)
    assert writer.acknowledged and writer.missing() == []
    assert guarded(cluster) == [False, True, True]
    assert cluster.play("deploy", **ON).changed and guarded(cluster) == [True] * 3
    gone = cluster.play("destroy", pc_confirm=NAME, pc_destroy_claims=True)
    assert gone.code == 0, gone.screen
    until(lambda: cluster.get("pvc")["items"] == [], "the claims go although they were guarded")


@pytest.mark.long
def test_all_guarded_claims_deleted_are_let_go_by_a_restore(cluster: Cluster) -> None:
    assert cluster.play("deploy", **ON).code == 0 and guarded(cluster) == [True] * 3
    with Writer(cluster) as writer:
        until(lambda: len(writer.acknowledged) > 50, "writes are acknowledged")
    backup = made(cluster)["id"]
    old = [claim(cluster, o)["metadata"]["uid"] for o in range(3)]
    scaled(cluster, 0, 0)
    until(lambda: not pods(cluster), "all members are down")
    kubectl("delete", "pvc", *(f"data-{NAME}-{o}" for o in range(3)), "-n", cluster.namespace, "--wait=false")
    scaled(cluster, 0, 3)
    time.sleep(5)
    assert pods(cluster) == [] and [claim(cluster, o)["metadata"]["uid"] for o in range(3)] == old
    run = restore(cluster, backup)
    assert run.code == 0, run.screen
    assert not set(old) & {claim(cluster, o)["metadata"]["uid"] for o in range(3)}
    wait_healthy(cluster)
    assert writer.acknowledged and writer.missing() == []
    again = cluster.play("deploy", **ON)
    assert again.code == 0 and guarded(cluster) == [True] * 3, again.screen
