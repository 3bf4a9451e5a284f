# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A member's volume is destroyed and replaced on a real cluster, under a writer that knows nothing of it; killed on the way, and run again."""

from __future__ import annotations

import json
import time
import typing as t

import pytest

from . import faults, where
from .cluster import NAME, Cluster, Object, Run, kubectl
from .kv import set_voters
from .looking import codes, look
from .operator_account import Operator
from .test_deploy import wait_healthy
from .updating import Running, down, identity, note, until
from .writer import Writer

GIVEN: Object = {"pc_stable_seconds": 1, "pc_step_timeout": 90, "pc_wait_patience": 3}
HOLD = "placement-center.robustmq.io/replacing"
THREE: Object = {"pc_env": {"REFERENCE_GROUPS": "3"}}


def replace(cluster: Cluster, ordinal: int, *flags: str, **variables: t.Any) -> Run:
    """The playbook with nothing but what a person would give."""
    return cluster.play("replace_member", *flags, quick=False, pc_ordinal=ordinal, **{**GIVEN, **variables})


def start(cluster: Cluster, ordinal: int, **variables: t.Any) -> Running:
    """The same, to be killed."""
    return Running(cluster, "replace_member", {"pc_ordinal": ordinal, **GIVEN, **variables})


def claim(cluster: Cluster, ordinal: int) -> Object:
    """A member's claim; empty where it has none."""
    return t.cast(Object, json.loads(kubectl("get", "pvc", f"data-{NAME}-{ordinal}", "-n", cluster.namespace, "-o", "json", check=False) or "{}"))


def uid(cluster: Cluster, ordinal: int) -> str:
    return str(claim(cluster, ordinal).get("metadata", {}).get("uid", ""))


def phase(cluster: Cluster) -> str:
    """How far the StatefulSet says that it is."""
    return str(json.loads(note(cluster, "replacing") or "{}").get("phase", ""))


def claims(cluster: Cluster) -> dict[str, str]:
    """Every claim with its version: what a write would move."""
    return {name: version for name, version in cluster.versions().items() if name.startswith("PersistentVolumeClaim")}


def volume(name: str) -> Object:
    return t.cast(Object, json.loads(kubectl("get", "pv", name, "-o", "json")))


def leaders(cluster: Cluster) -> dict[str, int | None]:
    """Group -> the ordinal that leads it."""
    return {g["name"]: g["leader"] for g in look(cluster.namespace, request_timeout=1)["groups"]}


def settled(cluster: Cluster) -> dict[str, int]:
    """The same, once every group is led."""
    found = dict[str, t.Any]()

    def led() -> bool:
        found.clear()
        found.update(leaders(cluster))
        return bool(found) and None not in found.values()

    until(led, "every group has a leader", 60)
    return found


def ends_right(cluster: Cluster, ordinal: int, old: str, others: list[str]) -> None:
    """It has another claim than before, nothing of the replacement is left, and nobody else was touched."""
    wait_healthy(cluster)
    mine = claim(cluster, ordinal)["metadata"]
    assert mine["uid"] != old and "deletionTimestamp" not in mine and HOLD not in mine.get("finalizers", [])
    assert phase(cluster) == "done" and [identity(cluster, o) for o in range(3) if o != ordinal] == others


def test_a_destroyed_volume_is_replaced_while_the_others_serve_and_after_a_kill_too(cluster: Cluster, operator: t.Callable[..., Operator]) -> None:
    kubeconfig = operator("observe", "replace_member").kubeconfig
    assert cluster.play("deploy").code == 0
    wait_healthy(cluster)
    before, old, others = claims(cluster), claim(cluster, 1), [identity(cluster, o) for o in (0, 2)]
    lost, uid_before = old["spec"]["volumeName"], old["metadata"]["uid"]
    cluster.env["K8S_AUTH_KUBECONFIG"] = kubeconfig
    assert replace(cluster, 1).failure()["reason"] == "nothing_to_replace"
    assert replace(cluster, 7).failure()["reason"] == "ordinal_unknown"
    kubectl("patch", "pv", lost, "-p", '{"spec":{"persistentVolumeReclaimPolicy":"Delete"}}')
    with Writer(cluster) as writer:
        faults.destroy(cluster, 1)
        plan = replace(cluster, 1, "--check")
        assert plan.code == 0 and plan.last("pc_replace_member")["plan"][0] == {"step": "keep", "object": lost}, plan.screen
        assert claims(cluster) == before and volume(lost)["spec"]["persistentVolumeReclaimPolicy"] == "Delete"
        assert not note(cluster, "replacing"), "a plan changes nothing"
        held = start(cluster, 1)
        held.until(lambda: phase(cluster) == "held" and not identity(cluster, 1), "its pod is gone")
        print(f"killed: {held.kill()}")
        assert "replacement_unfinished" in codes(look(cluster.namespace)), "no update begins"
        assert down(cluster) == [f"{NAME}-1"]
        ended = replace(cluster, 1)
        assert ended.code == 0, ended.screen
    cluster.env.clear()
    ends_right(cluster, 1, uid_before, others)
    result = ended.last("pc_replace_member")
    assert result["state"] == "done" and [row["volume"] for row in result["kept"]] == [lost] and lost in result["kept"][0]["remove"]
    assert [(row["voters"], row["member"]) for row in result["groups"]] == [([1, 2, 3], "voter")]
    assert (volume(lost)["spec"]["persistentVolumeReclaimPolicy"], volume(lost)["status"]["phase"]) == ("Retain", "Released")
    written = cluster.versions()
    again = replace(cluster, 1)
    assert again.code == 0 and again.changed == 0 and cluster.versions() == written, "a second run writes nothing"
    assert writer.acknowledged and writer.missing() == []
    kubectl("patch", "pv", lost, "-p", '{"spec":{"persistentVolumeReclaimPolicy":"Delete"}}')
    until(lambda: not kubectl("get", "pv", lost, "--ignore-not-found"), "the command that is told removes the old volume")


def split(cluster: Cluster) -> tuple[dict[str, int], int]:
    """Elections until two members lead different groups; the third is returned beside."""
    led = settled(cluster)
    for _attempt in range(10):
        with faults.stopped(cluster, led["metadata_0"]):
            time.sleep(6)
        led = settled(cluster)
        if len(set(led.values())) == 2:
            return led, ({0, 1, 2} - set(led.values())).pop()
    raise AssertionError("ten elections, and never two leaders")


def gathered(cluster: Cluster, led: dict[str, int]) -> None:
    """As the page of reason codes says: end the process of the one that leads fewer, again as soon as it is back."""
    least = min(led.values(), key=list(led.values()).count)
    gone = faults.kill(cluster, least)
    where.served_by(cluster, least, other_than=gone)
    faults.kill(cluster, least)
    until(lambda: len(set(settled(cluster).values())) == 1, "one leader of all groups", 60)


@pytest.mark.long
def test_it_is_refused_while_leaders_are_apart_or_the_quorum_is_gone(cluster: Cluster) -> None:
    assert cluster.play("deploy", **THREE).code == 0
    wait_healthy(cluster)
    led, lost = split(cluster)
    faults.destroy(cluster, lost)
    written = claims(cluster)
    assert replace(cluster, lost).failure()["reason"] == "join_blocked"
    with faults.stopped(cluster, led["metadata_0"]):
        gone = replace(cluster, lost).failure()
    assert {r["reason"] for r in gone["refusals"]} & {"no_leader", "would_break_quorum"}, gone
    assert claims(cluster) == written and not note(cluster, "replacing"), "a refusal changes nothing"
    gathered(cluster, settled(cluster))
    old, others = uid(cluster, lost), [identity(cluster, o) for o in range(3) if o != lost]
    ended = replace(cluster, lost)
    assert ended.code == 0, ended.screen
    ends_right(cluster, lost, old, others)
    assert [row["member"] for row in ended.last("pc_replace_member")["groups"]] == ["voter"] * 3


STEPS: list[tuple[str, t.Callable[[Cluster, str], t.Any]]] = [
    ("it is noted", lambda c, old: phase(c) == "held"),
    ("its claim is held", lambda c, old: HOLD in claim(c, 1)["metadata"]["finalizers"]),
    ("its claim is deleted", lambda c, old: "deletionTimestamp" in claim(c, 1)["metadata"]),
    ("its pod is gone", lambda c, old: not identity(c, 1)),
    ("it has left", lambda c, old: phase(c) == "left"),
    ("its claim is new", lambda c, old: uid(c, 1) not in ("", old)),
    ("its pod is new", lambda c, old: phase(c) == "released" and identity(c, 1)),
    ("it serves", lambda c, old: phase(c) == "released" and not down(c)),
    ("it is done", lambda c, old: phase(c) == "done" and uid(c, 1) not in ("", old)),
]


@pytest.mark.long
def test_killed_after_every_step_it_is_run_again_and_ends_right(cluster: Cluster) -> None:
    assert cluster.play("deploy").code == 0
    wait_healthy(cluster)
    others = [identity(cluster, o) for o in (0, 2)]
    with Writer(cluster) as writer:
        for what, seen in STEPS:
            old, meant = uid(cluster, 1), {"pc_discard": f"{NAME}-1"}
            run = start(cluster, 1, **meant)
            run.until(lambda seen=seen, old=old: seen(cluster, old), what)  # type: ignore[misc]
            print(f"killed when {what}: {run.kill()}")
            assert set(down(cluster)) <= {f"{NAME}-1"}
            ended = replace(cluster, 1, **(meant if uid(cluster, 1) == old else {}))
            assert ended.code == 0, ended.screen
            ends_right(cluster, 1, old, others)
    assert writer.missing() == []


@pytest.mark.long
def test_a_member_that_only_some_groups_know_is_finished(cluster: Cluster) -> None:
    """Half left, without a note; and half joined, when the replacement had come so far."""
    assert cluster.play("deploy", **THREE).code == 0
    wait_healthy(cluster)
    leader = cluster.get("pod", f"{NAME}-0")["status"]["podIP"]
    with Writer(cluster) as writer:
        set_voters(leader, {1, 3})
        old = uid(cluster, 1)
        run = start(cluster, 1, pc_stable_seconds=30)
        run.until(lambda: phase(cluster) == "released" and not down(cluster), "it serves")
        run.kill()
        assert uid(cluster, 1) != old, "whom only some groups know is replaced"
        set_voters(leader, {1, 3})
        old = uid(cluster, 1)
        ended = replace(cluster, 1)
        assert ended.code == 0 and "its join has stopped" in ended.screen, ended.screen
        wait_healthy(cluster)
        assert uid(cluster, 1) == old, "half a join is finished on the volume that it has"
    assert writer.missing() == []
