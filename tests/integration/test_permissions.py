# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documented Roles are enough, each right in them is needed, and a missing one is said by name."""

from __future__ import annotations

import json
import typing as t

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils._rights import HEALTH, Right

from .backups import RESTIC, made, repository, tools
from .cluster import NAME, Cluster, kubectl
from .looking import codes, look
from .operator_account import Operator, less
from .restoring import journal, leftovers, restore, start, undo
from .test_deploy import wait_healthy
from .test_grow import XFS, expand

SPACE_OFF = {"min_free_percent": 0}


def test_the_documented_roles_are_enough_for_every_playbook(cluster: Cluster, operator: t.Callable[..., Operator]) -> None:
    cluster.env["K8S_AUTH_KUBECONFIG"] = operator("observe", "deploy", "api-server", "node-statistics").kubeconfig
    run = cluster.play("deploy")
    assert run.code == 0, run.screen
    again = cluster.play("deploy")
    assert again.code == 0 and again.changed == 0, again.screen
    kubectl("wait", "--for=condition=Ready", "pod", "-l", f"component={NAME}", "-n", cluster.namespace, check=False)
    wait_healthy(cluster)
    status = cluster.play("status", pc_must_pass=True)
    assert status.code == 0, status.screen
    claims = cluster.module("pc_pvc_check")
    assert claims["ok"], claims
    gone = cluster.play("destroy", pc_confirm=NAME, pc_destroy_claims=True)
    assert gone.code == 0, gone.screen


def test_without_node_statistics_free_space_is_unknown_and_only_that(cluster: Cluster, operator: t.Callable[..., Operator]) -> None:
    kubeconfig = operator("observe").kubeconfig
    assert cluster.play("deploy").code == 0
    found = look(cluster.namespace, kubeconfig=kubeconfig)
    assert codes(found) == {"free_space_unknown"} and all("nodes/proxy" in r["message"] for r in found["reasons"])
    assert look(cluster.namespace, kubeconfig=kubeconfig, **SPACE_OFF)["healthy"]
    for right in HEALTH:
        admin_takes_away_and_gives_back(cluster, kubeconfig, right)


def admin_takes_away_and_gives_back(cluster: Cluster, kubeconfig: str, right: Right) -> None:
    kind = "ClusterRole" if right.everywhere else "Role"
    name = f"placement-center-observe-{cluster.namespace}"
    role = json.loads(kubectl("get", kind, name, "-n", cluster.namespace, "-o", "json"))
    poorer = {**role, "metadata": {"name": name}, "rules": less(role["rules"], right)}
    kubectl("apply", "-n", cluster.namespace, "-f", "-", text=json.dumps(poorer))
    found = look(cluster.namespace, kubeconfig=kubeconfig, **SPACE_OFF, wait_timeout=1 if right.verb == "watch" else 0)
    kubectl("apply", "-n", cluster.namespace, "-f", "-", text=json.dumps({**role, "metadata": {"name": name}}))
    if right.verb == "watch":  # only shortens a wait
        return
    assert not found["healthy"] and "forbidden" in codes(found), (right, found)
    said = found.get("msg", "") + " ".join(r["message"] for r in found["reasons"] if r["code"] == "forbidden")
    assert right.verb in said and right.resource.split("/")[0] in said, (right, said)


def test_a_deployment_asks_for_what_its_proof_will_need(cluster: Cluster, operator: t.Callable[..., Operator]) -> None:
    cluster.env["K8S_AUTH_KUBECONFIG"] = operator("observe", "deploy", "api-server", without=Right("list", "events")).kubeconfig
    failure = cluster.play("deploy").failure()
    assert failure["reason"] == "forbidden" and "list events" in failure["msg"]
    assert cluster.get("configmap")["items"] == [c for c in cluster.get("configmap")["items"] if c["metadata"]["name"] == "kube-root-ca.crt"]


def test_the_documented_roles_are_enough_for_a_growth(cluster: Cluster, operator: t.Callable[..., Operator]) -> None:
    kubeconfig = operator("observe", "expand", "node-statistics").kubeconfig
    assert cluster.play("deploy", **XFS).code == 0
    cluster.env["K8S_AUTH_KUBECONFIG"] = kubeconfig
    run = expand(cluster, "2Gi")
    assert run.code == 0 and run.changed, run.screen
    assert [e for e in cluster.get("events")["items"] if e["reason"] == "Expand"], "the Event was written"


@pytest.mark.long
def test_the_documented_roles_are_enough_for_a_backup_of_every_kind(cluster: Cluster, operator: t.Callable[..., Operator]) -> None:
    kubeconfig = operator("observe", "backup").kubeconfig
    assert cluster.play("deploy").code == 0
    wait_healthy(cluster)
    repository(cluster)
    cluster.env["K8S_AUTH_KUBECONFIG"] = kubeconfig
    first = made(cluster)
    second = made(cluster, pc_keep_last=1)
    assert second["removed"] == [first["id"]] and second["level"] == 2
    warm = made(cluster, **RESTIC)
    cold = made(cluster, **RESTIC, pc_backup_source="cold", pc_keep_last=1)
    assert cold["removed"] == [warm["id"]] and cold["level"] == 2
    assert [done["concerns"] for done in (first, second, warm, cold)] == [[], [], [], []]
    assert tools(cluster) == [], "what was made for a moment could be removed"
    known = cluster.module("pc_backup_info", repository=RESTIC["pc_backup_repository"])
    assert [(b["id"], b["counts"]) for b in known["backups"]] == [(cold["id"], True), (second["id"], True)] and known["unfinished"] == []


@pytest.mark.long
def test_the_documented_roles_are_enough_for_a_restore_and_the_way_back(cluster: Cluster, operator: t.Callable[..., Operator]) -> None:
    kubeconfig = operator("observe", "restore", "api-server").kubeconfig
    assert cluster.play("deploy", pc_network_policy=False).code == 0
    wait_healthy(cluster)
    repository(cluster)
    first, second = made(cluster)["id"], made(cluster, **RESTIC)["id"]
    cluster.env["K8S_AUTH_KUBECONFIG"] = kubeconfig
    run = restore(cluster, first)
    assert run.code == 0 and run.last("pc_restore")["concerns"] == [], run.screen
    assert [e for e in cluster.get("events")["items"] if e["reason"] == "Restore"], "the Event was written"
    begun = start(cluster, second)
    begun.until(lambda: journal(cluster).get("stopped") and journal(cluster)["backup"] == second, "the members stopped", 240)
    begun.kill()
    back = undo(cluster, second)
    assert back.code == 0 and back.last("pc_restore")["state"] == "rolled_back", back.screen
    assert cluster.module("pc_health", wait_timeout=90, min_free_percent=0)["healthy"]
    assert leftovers(cluster) == [f"configmap/{NAME}-restore"]


def test_the_documented_roles_are_enough_for_an_update_and_the_way_back(cluster: Cluster, operator: t.Callable[..., Operator]) -> None:
    kubeconfig = operator("observe", "upgrade").kubeconfig
    assert cluster.play("deploy").code == 0
    cluster.env["K8S_AUTH_KUBECONFIG"] = kubeconfig
    given: dict[str, t.Any] = {"pc_stable_seconds": 0, "quick": False}
    run = cluster.play("upgrade", pc_image="robustmq/placement-center:0.4.0", **given)
    assert run.code == 0 and run.last("pc_partition_step")["receipt"]["concerns"] == [], run.screen
    back = cluster.play("rollback", **given)
    assert back.code == 0 and back.last("pc_rollback")["receipt"]["concerns"] == [], back.screen
