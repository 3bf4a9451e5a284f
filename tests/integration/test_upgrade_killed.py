# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The update killed in the state that each of its actions leaves: run again, it goes on from there and ends right."""

from __future__ import annotations

import os
import typing as t

import pytest

from .cluster import NAME, Cluster, Object, kubectl
from .test_deploy import wait_healthy
from .updating import Running, deployed, down, identity, images, note, partition, rollback, start, until, upgrade
from .writer import Writer

ALL = int(os.environ.get("KILLS", "0")) > 0  # else a few, as many as every test run can bear
# A member that takes its time, so that who interferes meanwhile is always early enough.
LATE: Object = {"pc_env": {"REFERENCE_FAULT": "slow_start=4"}}
# What is said of a member on its way, in this order; one may be too short to be seen, and then the next serves as well.
PHASES = (
    "stops",
    "its pod is gone",
    "Pending",
    "runs, does not answer yet",
    "waits for a leader",
    "joins",
    "joined, ",
    "caught up, not Ready",
    "Ready and caught up",
)


def killed(cluster: Cluster, seen: t.Callable[[Running], t.Any], what: str, playbook: str = "upgrade", version: str = "", **variables: t.Any) -> None:
    """Start it, and kill it when that is seen."""
    run = start(cluster, version, playbook, **variables)
    try:
        run.until(lambda: seen(run), what)
    finally:
        said = run.kill()
    print(f"killed at {what}: {said}")
    away = down(cluster)
    assert len(away) <= 1, f"{what}: {away}"


def replaced(cluster: Cluster) -> t.Callable[[Running], bool]:
    """Has any member been taken since now?"""
    before = [identity(cluster, o) for o in range(3)]
    return lambda _run: [identity(cluster, o) for o in range(3)] != before


def at_phase(ordinal: int, phase: str) -> t.Callable[[Running], bool]:
    """Has it been said of this member, or what comes later?"""
    return lambda run: run.says(ordinal, *PHASES[PHASES.index(phase) :])


def test_killed_after_each_step_of_the_partition_and_in_each_phase_of_a_wait(cluster: Cluster) -> None:
    deployed(cluster)
    wait_healthy(cluster)
    with Writer(cluster) as writer:
        killed(cluster, lambda _: note(cluster, "staged") and partition(cluster) == 3, "staged", version="0.4.0")
        assert images(cluster) == ["0.3.0"] * 3, "staging restarts nobody"
        killed(cluster, lambda _: partition(cluster) == 2, "move 2", version="0.4.0")
        orphaned(cluster)
        killed(cluster, at_phase(0, "runs, does not answer yet"), "wait: silent", version="0.4.0")
        ended = upgrade(cluster, "0.4.0")
        assert ended.code == 0 and images(cluster) == ["0.4.0"] * 3 and note(cluster, "state") == "done", ended.screen
        for ordinal, phase in ((2, "its pod is gone"), (1, "caught up, not Ready"), (0, "Ready and caught up")) if ALL else ():
            killed(cluster, at_phase(ordinal, phase), f"wait: {phase}", version="0.4.1", pc_stable_seconds=4)
        if ALL:
            ended = upgrade(cluster, "0.4.1")
            assert ended.code == 0 and images(cluster) == ["0.4.1"] * 3 and note(cluster, "state") == "done", ended.screen
            assert upgrade(cluster, "0.4.1").changed == 0
    assert writer.missing() == []


def orphaned(cluster: Cluster) -> None:
    """Only ansible-playbook is killed: the module outlives it, notices, lets nobody go any more, and gives the Lease back."""
    run = start(cluster, "0.4.0")
    run.until(lambda: run.says(1, "its pod is gone", *PHASES[2:]), "member 1 on its way")
    print(f"orphaned at {run.kill_group()}")
    until(lambda: not run.lives_on, "the end of what was left of it", 30)
    assert (note(cluster, "state"), note(cluster, "reason")) == ("held", "abandoned")
    until(lambda: not down(cluster), "the member that was on its way is back")
    assert images(cluster)[0] == "0.3.0" and partition(cluster) == 1, "no other member was let go"


def test_killed_where_it_stops_by_itself(cluster: Cluster) -> None:
    """Enough, Park, Done, Hold; and the way back."""
    deployed(cluster)
    wait_healthy(cluster)
    with Writer(cluster) as writer:
        killed(cluster, lambda _: note(cluster, "state") == "canary", "enough", version="0.4.0", pc_canary=True, **LATE)
        if ALL:
            again = upgrade(cluster, "0.4.0", pc_canary=True, **LATE)
            assert again.code == 0 and again.changed == 0, again.screen
        assert images(cluster) == ["0.3.0", "0.3.0", "0.4.0"]
        parked(cluster)
        killed(cluster, lambda _: note(cluster, "state") == "done", "done", version="0.4.0", **LATE)
        assert images(cluster) == ["0.4.0"] * 3 and upgrade(cluster, "0.4.0", **LATE).changed == 0
        if ALL:
            held_and_brought_back(cluster)
        wait_healthy(cluster)
    assert writer.missing() == []


def held_and_brought_back(cluster: Cluster) -> None:
    """Killed when it holds, and on the way back."""
    bad: Object = {"pc_env": {"REFERENCE_FAULT": "exit_at_start"}}
    killed(cluster, lambda _: note(cluster, "state") == "held", "hold", **bad)
    held = upgrade(cluster, **bad)
    assert held.last("pc_partition_step")["reason"] == "pod_crashing", held.screen
    killed(cluster, replaced(cluster), "move by delete, on the way back", "rollback")
    back = rollback(cluster)
    assert back.code == 0 and note(cluster, "state") == "done" and down(cluster) == [], back.screen
    faults = {e["value"] for p in cluster.get("pods")["items"] for e in p["spec"]["containers"][0]["env"] if e["name"] == "REFERENCE_FAULT"}
    assert faults == {"slow_start=4"}


def parked(cluster: Cluster) -> None:
    """Somebody lets the partition down in the middle; the update raises it, and is killed when it has."""
    run = start(cluster, "0.4.0", **LATE)
    run.until(lambda: partition(cluster) == 1, "move 1")
    kubectl("patch", "statefulset", NAME, "-n", cluster.namespace, "--type=merge", "-p", '{"spec":{"updateStrategy":{"rollingUpdate":{"partition":0}}}}')
    run.until(lambda: partition(cluster), "park")
    print(f"killed at park: {run.kill()}")
    until(lambda: not down(cluster), "the member that was on its way is back")
    assert images(cluster) == ["0.3.0", "0.4.0", "0.4.0"], "the member that was not told to go has stayed"


@pytest.mark.long
def test_killed_after_each_deletion_with_the_leader_last_and_before_the_strategy_rests(cluster: Cluster) -> None:
    deployed(cluster)
    wait_healthy(cluster)
    last: Object = {"version": "0.4.0", "pc_order": "leader_last"}
    with Writer(cluster) as writer:
        for turn in range(3 if ALL else 1):
            killed(cluster, replaced(cluster), f"move by delete, number {turn + 1}", **last)
        killed(cluster, lambda _: images(cluster) == ["0.4.0"] * 3 and partition(cluster) is not None, "rest", **last)
        ended = upgrade(cluster, "0.4.0", pc_order="leader_last")
        assert ended.code == 0 and ended.changed == 0 and note(cluster, "state") == "done" and partition(cluster) == 0, ended.screen
        wait_healthy(cluster)
    assert writer.missing() == []
