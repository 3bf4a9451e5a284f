# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""pc_health against real members: whole, and hurt in ways that have a name."""

from __future__ import annotations

import time

import pytest

from .cluster import NAME, Cluster, Object, kubectl
from .test_deploy import wait_healthy


def fault(cluster: Cluster, ordinal: int, *words: str) -> None:
    """Hurt or heal a member from inside its own pod."""
    kubectl("exec", f"{NAME}-{ordinal}", "-n", cluster.namespace, "--", "/robustmq/libs/placement-center", "fault", *words)


def codes(found: Object) -> set[str]:
    return {r["code"] for r in found["reasons"]}


def soon(cluster: Cluster, wanted: set[str], seconds: float = 20) -> Object:
    """The first answer that has these codes."""
    end = time.monotonic() + seconds
    while True:
        found = cluster.module("pc_health")
        assert not found.get("failed"), found
        if wanted <= codes(found):
            return found
        assert time.monotonic() < end, f"{codes(found)} never had {wanted}"


def test_nothing_there_is_not_healthy(cluster: Cluster) -> None:
    found = cluster.module("pc_health")
    assert not found["healthy"] and codes(found) == {"set_missing"} and not found["changed"]


def test_a_wait_that_fails_says_why(cluster: Cluster) -> None:
    found = cluster.module("pc_health", wait_timeout=2, must_pass=True)
    assert found["failed"] and found["reason"] == "set_missing" and found["waited_seconds"] >= 2


def test_what_hurts_has_a_name(cluster: Cluster) -> None:
    """The five cases in which a running process is not a working service, one after the other on one cluster."""
    assert cluster.play("deploy").code == 0
    whole = wait_healthy(cluster)
    assert whole["requests"] <= 12 + 3 * 3 and whole["restart_safe"] == [0, 1, 2]
    fault(cluster, 2, "disk_full")
    found = soon(cluster, {"storage_error"})
    assert {r["member"] for r in found["reasons"] if r["code"] == "storage_error"} == {2}
    assert 0 not in found["restart_safe"] and 1 not in found["restart_safe"]
    fault(cluster, 2, "clear", "all")
    wait_healthy(cluster)
    fault(cluster, 2, "peers_lost")
    soon(cluster, {"cluster_disconnected"})
    fault(cluster, 2, "clear", "all")
    wait_healthy(cluster)
    fault(cluster, 2, "unresponsive")
    soon(cluster, {"process_unresponsive"})
    fault(cluster, 2, "clear", "all")
    wait_healthy(cluster)
    fault(cluster, 2, "deadlock")
    started = time.monotonic()
    found = cluster.module("pc_health")
    assert "no_answer" in codes(found) and time.monotonic() - started < 15


def test_a_crashing_image_ends_the_wait_with_its_exit_code(cluster: Cluster) -> None:
    failure = cluster.play("deploy", pc_env={"REFERENCE_FAULT": "exit_at_start"}, pc_wait_patience=5).failure()
    assert failure["reason"] == "pod_crashing" and "exit code" in failure["msg"]


def test_an_image_that_does_not_exist_ends_the_wait(cluster: Cluster) -> None:
    failure = cluster.play("deploy", pc_image="robustmq/placement-center:9.9.9").failure()
    assert failure["reason"] == "pod_image" and "9.9.9" in failure["msg"]


@pytest.mark.parametrize("profile, image", [("v0_1", "robustmq/placement-center:0.1.28"), ("v0_4", "ghcr.io/robustmq/robustmq:v0.4.11")])
def test_robustmqs_own_generations_are_deployed_and_read(cluster: Cluster, profile: str, image: str) -> None:
    run = cluster.play("deploy", pc_profile=profile, pc_image=image)
    assert run.code == 0, run.screen
    found = run.last("pc_health")
    assert found["healthy"] and len(found["groups"]) == (1 if profile == "v0_1" else 3)
