# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The staged update on a real cluster, under a writer that knows nothing of it: one member at a time, no acknowledged write lost."""

from __future__ import annotations

import json
import os
import random
import time

import pytest

from .cluster import NAME, Cluster, Object, kubectl
from .test_deploy import wait_healthy
from .updating import deployed, down, images, moving, note, rollback, start, upgrade
from .writer import Writer


def test_an_update_moves_one_member_at_a_time_and_comes_back_with_its_config(cluster: Cluster) -> None:
    deployed(cluster)
    wait_healthy(cluster)
    before = cluster.versions()
    plan = upgrade(cluster, "0.4.0", "--check")
    assert plan.code == 0 and plan.last("pc_stage")["plan"]["members"][0]["to"] == "0.4.0", plan.screen
    assert cluster.versions() == before, "a plan changes nothing"
    with Writer(cluster) as writer:
        run = upgrade(cluster, "0.4.0")
        assert run.code == 0, run.screen
        created = [cluster.get("pod", f"{NAME}-{o}")["metadata"]["creationTimestamp"] for o in range(3)]
        assert images(cluster) == ["0.4.0"] * 3 and sorted(created, reverse=True) == created, "the highest ordinal first"
        receipt = run.last("pc_partition_step")["receipt"]
        assert [s["ordinal"] for s in receipt["steps"]] == [2, 1, 0] and receipt["writer"]["acknowledged"] > 0
        assert all({"gone", "ready", "joined", "caught_up", "stable"} <= set(s["durations"]) for s in receipt["steps"])
        again = cluster.versions()
        assert upgrade(cluster, "0.4.0").changed == 0 and cluster.versions() == again, "a second run writes nothing"
        changed = upgrade(cluster, pc_config={"raft": {"heartbeat_interval_ms": 150}}, pc_resources={"requests": {"cpu": "10m", "memory": "32Mi"}})
        assert changed.code == 0, changed.screen
        assert changed.last("pc_stage")["changes"] != [] and images(cluster) == ["0.4.0"] * 3, "what was not named stays"
        mounted = cluster.get("statefulset", NAME)["spec"]["template"]["spec"]["volumes"][0]["configMap"]["name"]
        assert "heartbeat_interval_ms = 150" in json.dumps(cluster.get("configmap", mounted)["data"])
        back = rollback(cluster)
        assert back.code == 0, back.screen
        remounted = cluster.get("statefulset", NAME)["spec"]["template"]["spec"]["volumes"][0]["configMap"]["name"]
        assert remounted != mounted and "150" not in json.dumps(cluster.get("configmap", f"{NAME}-config")["data"])
        assert rollback(cluster).changed == 0, "back is back"
    assert writer.acknowledged and writer.missing() == []


BROKEN = [
    ("0.4.2-exit-at-start", "pod_crashing", {}),
    pytest.param("0.4.2-never-ready", "step_timeout", {"pc_step_timeout": 12}, marks=pytest.mark.long),
]


@pytest.mark.parametrize("version, reason, variables", BROKEN, ids=["exits", "is_never_ready"])
def test_a_broken_version_stops_at_the_first_member_and_comes_back(cluster: Cluster, version: str, reason: str, variables: Object) -> None:
    deployed(cluster)
    with Writer(cluster) as writer:
        held = upgrade(cluster, version, **variables)
        assert held.last("pc_partition_step")["reason"] == reason, held.screen
        assert images(cluster) == ["0.3.0", "0.3.0", version] and note(cluster, "state") == "held" and note(cluster, "reason") == reason
        back = rollback(cluster)
        assert back.code == 0, back.screen
        assert images(cluster) == ["0.3.0"] * 3 and note(cluster, "state") == "done"
        by_itself = upgrade(cluster, version, pc_on_failure="rollback", **variables)
        assert by_itself.code != 0 and images(cluster) == ["0.3.0"] * 3, by_itself.screen
    wait_healthy(cluster)
    assert writer.missing() == []


def test_what_cannot_work_is_refused_and_nothing_changes(cluster: Cluster) -> None:
    deployed(cluster)
    wait_healthy(cluster)
    before = cluster.versions()
    for version, reason, variables in (
        ("9.9.9", "version_skew", {}),
        ("0.4.9", "image_unavailable", {}),
        ("0.2.0", "downgrade", {}),
        ("", "node_too_small", {"pc_resources": {"requests": {"memory": "900Gi"}}}),
        ("", "config_unknown_key", {"pc_config": {"no_such_key": 1}}),
    ):
        failure = upgrade(cluster, version, **variables).failure()
        assert failure["reason"] == reason, failure
        assert {k: v for k, v in cluster.versions().items() if not k.startswith("Lease")} == before
    kubectl("delete", "pod", f"{NAME}-0", f"{NAME}-1", "-n", cluster.namespace, "--wait=false")
    refused = upgrade(cluster, "0.4.0").failure()
    assert refused["refusals"], "two members are away"
    wait_healthy(cluster)
    assert images(cluster) == ["0.3.0"] * 3 and note(cluster, "state") == ""


def test_the_canary_stops_after_one_and_a_pause_holds_between_steps(cluster: Cluster) -> None:
    deployed(cluster)
    canary = upgrade(cluster, "0.4.0", pc_canary=True)
    assert canary.code == 0 and canary.last("pc_partition_step")["state"] == "canary", canary.screen
    assert images(cluster) == ["0.3.0", "0.3.0", "0.4.0"] and note(cluster, "state") == "canary"
    assert cluster.play("pause").code == 0
    paused = upgrade(cluster, "0.4.0")
    assert paused.code == 0 and paused.last("pc_partition_step")["state"] == "paused", paused.screen
    assert images(cluster) == ["0.3.0", "0.3.0", "0.4.0"]
    assert cluster.play("pause", pc_paused=False).code == 0
    assert upgrade(cluster, "0.4.0").code == 0 and images(cluster) == ["0.4.0"] * 3


def test_leaders_go_last_where_that_was_asked_for(cluster: Cluster) -> None:
    deployed(cluster)
    lead = wait_healthy(cluster)["groups"][0]["leader"]
    run = upgrade(cluster, "0.4.0", pc_order="leader_last")
    assert run.code == 0 and [s["ordinal"] for s in run.last("pc_partition_step")["receipt"]["steps"]][-1] == lead, run.screen
    strategy = cluster.get("statefulset", NAME)["spec"]["updateStrategy"]
    assert strategy["type"] == "RollingUpdate" and strategy["rollingUpdate"]["partition"] == 0 and images(cluster) == ["0.4.0"] * 3


@pytest.mark.long
def test_killed_at_any_moment_it_is_run_again_and_ends_right(cluster: Cluster) -> None:
    deployed(cluster)
    with Writer(cluster) as writer:
        for _kill in range(int(os.environ.get("KILLS", "2"))):
            run = start(cluster, "0.4.0")
            time.sleep(random.uniform(2, 14))
            run.kill()
            assert len(down(cluster)) <= 1
        last = upgrade(cluster, "0.4.0")
        assert last.code == 0 and images(cluster) == ["0.4.0"] * 3, last.screen
    assert writer.missing() == []


def test_what_others_do_meanwhile(cluster: Cluster) -> None:
    """A second update, and at last a template that somebody changes by hand."""
    deployed(cluster)
    with Writer(cluster) as writer:
        run = start(cluster, "0.4.0")
        moving(cluster, run, 2)
        second = upgrade(cluster, "0.4.1").failure()
        assert second["reason"] in ("operation_running", "changed_meanwhile") or second["refusals"], second
        assert run.ends() == 0 and images(cluster) == ["0.4.0"] * 3
        run = start(cluster, "0.4.1")
        moving(cluster, run, 2)
        patch = '{"spec":{"template":{"metadata":{"annotations":{"somebody":"else"}}}}}'
        kubectl("patch", "statefulset", NAME, "-n", cluster.namespace, "--type=merge", "-p", patch)
        assert run.ends() != 0 and note(cluster, "reason") == "foreign_change"
        assert images(cluster)[:2] == ["0.4.0", "0.4.0"], "no further member was let go"
        refused = upgrade(cluster, "0.4.1").failure()
        assert refused["reason"] == "foreign_change", refused
    assert writer.missing() == []
