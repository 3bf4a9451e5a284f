# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Leaders that are apart, and what may come of it: a member that has left only some groups; and a second cluster on an empty volume."""

from __future__ import annotations

import time

from tests.integration import faults
from tests.integration.cluster import NAME, kubectl
from tests.integration.health_rows import host
from tests.integration.kv import leave, put
from tests.integration.looking import codes, findings
from tests.integration.waiting import until

from .conftest import Row
from .members import Real

AWAY = 35  # seconds; the longest election timeout of the newer generation is 20


def concerns(cluster: Real) -> set[str]:
    """What ``status`` finds worth knowing while all is well."""
    return {each["code"] for each in cluster.look()["concerns"]}


def apart(cluster: Real) -> dict[str, int]:
    """Stop the leader of ``metadata_0`` for longer than its peers wait, until groups are led by different members."""
    led = cluster.leaders()
    for _attempt in range(4):
        if len(set(led.values())) > 1:
            return led
        with faults.stopped(cluster, led["metadata_0"]):
            time.sleep(AWAY)
        cluster.whole()
        led = cluster.leaders()
    raise AssertionError(f"four leaders were away for {AWAY} s, and one member leads every group: {led}")


def test_leaders_that_are_apart_are_a_concern_of_a_healthy_cluster(cluster: Real, row: Row) -> None:
    cluster.server.only("v0_4", "it has one group")
    led = apart(cluster)
    row("leaders after one was stopped", f"{led}")
    cluster.whole()
    assert "leaders_apart" in concerns(cluster)
    screen = cluster.passes("status").screen
    assert "leaders_apart" in screen


def test_a_member_that_has_left_only_some_groups_is_told(cluster: Real, row: Row) -> None:
    cluster.server.only("v0_4", "it has one group")
    led = apart(cluster)
    victim = next((o for o in reversed(cluster.ordinals) if o not in led.values()), None)
    victim = victim or next(o for o in cluster.ordinals if o != led["metadata_0"])
    try:
        leave(host(cluster, led["metadata_0"]), victim)
    except OSError as refused:
        row("what the server says", str(refused)[:120])
    found = until(cluster.look, lambda said: {"voter_missing", "membership_differs"} & codes(said), 30)
    groups = sorted(g for g, v in cluster.voters(led["metadata_0"]).items() if victim not in v)
    row("left only", ", ".join(groups))
    assert 0 < len(groups) < 3, "it has left some groups, and not all"
    assert ("voter_missing", victim) in findings(found) and not found["healthy"]
    assert cluster.play("upgrade", quick=False, pc_image=cluster.server.next, pc_stable_seconds=1, pc_wait_patience=3).code != 0, "no update begins"


def _removed_claim(cluster: Real, ordinal: int) -> None:
    claim = f"data-{NAME}-{ordinal}"
    lost = cluster.get("pvc", claim)["spec"]["volumeName"]
    kubectl("patch", "pv", lost, "-p", '{"spec":{"persistentVolumeReclaimPolicy":"Delete"}}')
    kubectl("delete", "pvc", claim, "-n", cluster.namespace)


def test_a_second_cluster_that_an_empty_volume_has_founded_is_told(fresh: Real, row: Row) -> None:
    """Member 1 begins empty while its peers are down; then they come back with what they had."""
    fresh.server.only("v0_4", "one empty member founds nothing there")
    fresh.passes("deploy")
    fresh.whole()
    fresh.write("before", "held by the two others")
    fresh.scale(0)
    until(lambda: not fresh.get("pods")["items"], seconds=60, what="all are down")
    _removed_claim(fresh, 1)
    fresh.scale(1)
    until(lambda: accepts(fresh, 1), seconds=90, what="it leads by itself")
    fresh.scale(3)
    until(fresh.look, lambda said: ("split_brain", None) in findings(said), 120)
    found = fresh.look()
    row("told as", ", ".join(sorted(codes(found))))
    assert found["restart_safe"] == [] and not found["healthy"]


def accepts(cluster: Real, ordinal: int) -> bool:
    """Whether a member takes a write."""
    try:
        put(host(cluster, ordinal), "alone", "and lost", service=cluster.service)
    except (OSError, KeyError, AssertionError):
        return False
    return True
