# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cluster comes back from one member's copy: what is there again, what is lost, what is kept, and what can be undone."""

from __future__ import annotations

import json
import pathlib

import pytest

from .backups import made, paper
from .cluster import NAME, Cluster, Object, kubectl
from .kv import get, put
from .restoring import KEPT, bound, destroyed, journal, restore, start, undo, volumes
from .test_deploy import wait_healthy
from .updating import deployed, until
from .writer import Writer

RETAIN = "Retain"


def ready(cluster: Cluster) -> int:
    """Three members, and the index of the last log entry that they have."""
    deployed(cluster)
    wait_healthy(cluster)
    return int(cluster.raft(0)["metadata_0"]["last_log_index"])


def there(cluster: Cluster, writer: Writer) -> list[int]:
    """Of the acknowledged numbers those that every member has."""
    hosts = writer.hosts()
    assert len(hosts) == 3
    return [n for n in writer.acknowledged if all(get(host, f"w{n}") == str(n) for host in hosts)]


def accounted(cluster: Cluster, writer: Writer, found: Object, before: int) -> None:
    """Each entry after ``before`` is a write of the writer's or the backup's mark: what is there and what is lost, to the entry."""
    end = found["opened"]["metadata_0"]["last_log"]
    kept = there(cluster, writer)
    assert kept == writer.acknowledged[: len(kept)], "what is there is all of the beginning"
    assert len(kept) == end - before - 1, (len(kept), end, before)


@pytest.mark.long
def test_a_running_cluster_goes_back_to_its_backup_and_keeps_the_old_volumes(cluster: Cluster) -> None:
    index = ready(cluster)
    with Writer(cluster) as writer:
        backup = made(cluster)
    policy = cluster.get("networkpolicy", NAME)["spec"]
    before, written = bound(cluster), cluster.versions()
    planned = restore(cluster, "latest", typed=False)
    assert planned.code == 0 and planned.changed == 0 and cluster.versions() == written, planned.screen
    plan = planned.last("pc_restore")
    assert plan["state"] == "planned" and plan["backup"]["id"] == backup["id"] and f"confirm_id={backup['id']}" in plan["plan"][-1]
    run = restore(cluster, backup["id"])
    assert run.code == 0, run.screen
    result, found = run.last("pc_restore"), paper(cluster, backup["id"])
    wait_healthy(cluster)
    accounted(cluster, writer, found, index)
    (lost,) = result["lost"]
    assert lost == plan["lost"][0] and lost["entries"] == len(writer.acknowledged) - len(there(cluster, writer))
    assert (lost["first"], lost["last"]) == (found["opened"]["metadata_0"]["last_log"] + 1, index + len(writer.acknowledged) + 1)
    known = volumes()
    assert {k["volume"] for k in result["kept"]} == set(before.values()) and not set(bound(cluster).values()) & set(before.values())
    assert all(known[v]["spec"]["persistentVolumeReclaimPolicy"] == RETAIN and KEPT in known[v]["metadata"]["annotations"] for v in before.values())
    assert cluster.get("networkpolicy", NAME)["spec"] == policy and journal(cluster)["ended"] == "done"
    assert cluster.module("pc_pvc_check")["reasons"] == []
    written = {k: v for k, v in cluster.versions().items() if not k.startswith("Lease")}
    again = restore(cluster, backup["id"])
    assert again.code == 0 and again.changed == 0 and again.last("pc_restore")["state"] == "done", again.screen
    assert undo(cluster, backup["id"]).failure()["reason"] == "restore_opened"
    assert {k: v for k, v in cluster.versions().items() if not k.startswith("Lease")} == written
    for row in result["kept"]:
        kubectl(*row["remove"].replace("'", "").split()[1:])
    until(lambda: not set(volumes()) & set(before.values()), "the old volumes are gone")


def test_all_members_and_volumes_destroyed_under_load_come_back(cluster: Cluster) -> None:
    index = ready(cluster)
    with Writer(cluster) as writer:
        backup = made(cluster)
        safe = list(writer.acknowledged)
        destroyed(cluster)
    assert bound(cluster) == {}
    run = restore(cluster, backup["id"])
    assert run.code == 0, run.screen
    wait_healthy(cluster)
    found = paper(cluster, backup["id"])
    accounted(cluster, writer, found, index)
    fence = backup["fence"]["metadata_0"]
    assert there(cluster, writer)[: fence - index - 1] == safe[: fence - index - 1], "all that was acknowledged before the fence"
    (lost,) = run.last("pc_restore")["lost"]
    assert (lost["first"], lost["last"]) == (found["opened"]["metadata_0"]["last_log"] + 1, None), "nobody was left to tell the newest"
    assert made(cluster)["level"] == 2


def test_a_namespace_that_was_deleted_is_restored_by_the_same_call(cluster: Cluster, tmp_path: pathlib.Path) -> None:
    key = {"pc_backup_signing_key_file": str(tmp_path / "key")}
    (tmp_path / "key").write_text("0123456789abcdef")
    index = ready(cluster)
    with Writer(cluster) as writer:
        backup = made(cluster, **key)
    found = json.loads(cluster.get("configmap", f"{NAME}-b-{backup['id']}")["data"]["manifest.json"])
    image = cluster.get("statefulset", NAME)["spec"]["template"]["spec"]
    kubectl("delete", "namespace", cluster.namespace)
    unsigned = restore(cluster, "latest", typed=False)
    assert unsigned.failure()["reason"] == "backup_missing" and "signature_unknown" in unsigned.failure()["msg"]
    run = restore(cluster, backup["id"], **key)
    assert run.code == 0, run.screen
    wait_healthy(cluster)
    accounted(cluster, writer, found, index)
    assert cluster.get("statefulset", NAME)["spec"]["template"]["spec"] == image
    assert "StatefulSet/placement-center" in run.last("pc_restore")["made"]
    again = cluster.play("deploy")
    assert again.code == 0 and again.changed == 0, f"it is what a deployment makes: {again.screen}"
    assert made(cluster, **key)["level"] == 2


@pytest.mark.long
def test_what_was_begun_is_undone_and_the_newest_data_is_there(cluster: Cluster) -> None:
    ready(cluster)
    backup = made(cluster)
    with Writer(cluster) as writer:
        until(lambda: len(writer.acknowledged) > 20, "writes after the backup")
    before = bound(cluster)
    run = start(cluster, backup["id"])
    run.until(lambda: any(v not in before.values() for v in bound(cluster).values()), "the first claim exchanged", 180)
    run.kill()
    assert cluster.play("deploy").failure()["reason"] == "restore_unfinished"
    other = restore(cluster, "20200101-000000-aaaa", typed=False).failure()
    assert other["reason"] == "restore_unfinished", other
    back = undo(cluster, backup["id"])
    assert back.code == 0 and back.last("pc_restore")["state"] == "rolled_back", back.screen
    assert back.last("pc_health")["healthy"], back.screen
    assert bound(cluster) == before and writer.missing() == []
    assert undo(cluster, backup["id"]).failure()["reason"] == "nothing_to_roll_back"
    assert not [v for v in volumes().values() if v["spec"]["claimRef"]["namespace"] == cluster.namespace and KEPT in v["metadata"].get("annotations", {})]
    put(writer.hosts()[0], "after", "1")
