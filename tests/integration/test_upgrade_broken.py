# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""New versions that are no good in ways of their own: each stops at the first member, two of three serve on, and the way back is open."""

from __future__ import annotations

import json
import typing as t
from dataclasses import dataclass, field

import pytest

from .beside import Beside
from .cluster import NAME, Cluster, Object, kubectl
from .faults import tell, told
from .test_deploy import wait_healthy
from .updating import deployed, images, note, rollback, serves, serving, until, upgrade
from .writer import Writer

VERSION = "0.4.0"


def nearly_all_memory() -> str:
    """Less than the node has, and more than it has left beside any two members."""
    (node,) = json.loads(kubectl("get", "nodes", "-o", "json"))["items"]
    kibibytes = int(node["status"]["allocatable"]["memory"].removesuffix("Ki"))
    return f"{kibibytes - 16 * 1024}Ki"


@dataclass(frozen=True)
class Broken:
    """One way: the reason that is told first, those that may stand behind it, and what makes it so."""

    first: str
    causes: tuple[str, ...]
    variables: Object = field(default_factory=dict)
    memory: bool = False
    later: str = ""  # a fault that begins once the new pod is Ready
    by_itself: bool = False  # the way back is asked for beforehand

    def given(self) -> Object:
        """The update's variables."""
        return {**self.variables, **({"pc_resources": {"requests": {"cpu": "20m", "memory": nearly_all_memory()}}} if self.memory else {})}


WAYS = {
    "never_catches_up": Broken(
        "step_timeout", ("not_caught_up", "lagging"), {"pc_env": {"REFERENCE_FAULT": "slow_catch_up=400"}, "pc_step_timeout": 12}, by_itself=True
    ),
    "breaks_when_watched": Broken("step_timeout", ("raft_not_ready", "pod_not_ready"), {"pc_stable_seconds": 10, "pc_step_timeout": 14}, later="never_ready"),
    "crashes_when_watched": Broken("pod_crashing", ("pod_crashing",), {"pc_stable_seconds": 10, "pc_step_timeout": 60}, later="crash", by_itself=True),
    "fits_no_more": Broken("pod_unschedulable", ("pod_unschedulable",), memory=True),
}


class Breaker(Beside):
    """Waits until the new pod of the first member is Ready, and breaks it, again and again, as long as its block lasts."""

    def __init__(self, cluster: Cluster, fault: str) -> None:
        super().__init__()
        self.cluster, self.fault, self.broken = cluster, fault, 0

    def run(self) -> None:
        while self.fault and not self.ended.wait(0.2):
            if serves(self.cluster, 2, VERSION):
                with_luck(tell, self.cluster, 2, self.fault)
                self.broken += 1


def with_luck(do: t.Callable[..., None], *given: t.Any) -> None:
    """A member that crashes does not always let kubectl end well."""
    try:
        do(*given)
    except AssertionError:
        pass


SHORT = ("fits_no_more",)


@pytest.mark.parametrize("way", [pytest.param(way, id=name, marks=[] if name in SHORT else pytest.mark.long) for name, way in WAYS.items()])
def test_it_holds_at_the_first_member_with_its_own_reason_and_comes_back(cluster: Cluster, way: Broken) -> None:
    deployed(cluster)
    wait_healthy(cluster)
    with Writer(cluster) as writer:
        with Breaker(cluster, way.later) as breaker:
            held = upgrade(cluster, VERSION, pc_on_failure="rollback" if way.by_itself else "hold", **way.given())
        result = held.last("pc_partition_step")
        assert held.code and result["reason"] == way.first, held.screen
        assert {r["code"] for r in result["reasons"]} & set(way.causes), result["reasons"]
        assert bool(way.later) == bool(breaker.broken)
        assert [step["ordinal"] for step in result["receipt"]["steps"]] == [2], "nobody else was let go"
        serving(writer)
        if not way.by_itself:
            assert images(cluster) == ["0.3.0", "0.3.0", VERSION] and (note(cluster, "state"), note(cluster, "reason")) == ("held", way.first)
            back = rollback(cluster)
            assert back.code == 0, back.screen
        assert images(cluster) == ["0.3.0"] * 3 and note(cluster, "state") == "done", held.screen
        wait_healthy(cluster)
    assert writer.missing() == []


@pytest.mark.long
def test_one_that_is_ill_is_cured_when_it_is_its_turn_and_never_passed_over(cluster: Cluster) -> None:
    deployed(cluster)
    wait_healthy(cluster)
    before = {name: version for name, version in cluster.versions().items() if name != f"StatefulSet/{NAME}"}  # whose status tells of the illness
    with Writer(cluster) as writer:
        with told(cluster, 1, "unresponsive"):
            refused = upgrade(cluster, VERSION).failure()
            assert refused["reason"] == "process_unresponsive", refused
        assert {name: version for name, version in cluster.versions().items() if name in before} == before
        assert images(cluster) == ["0.3.0"] * 3 and note(cluster, "state") == "", "nothing was staged"
        wait_healthy(cluster)
        tell(cluster, 2, "deadlock")
        until(lambda: not serves(cluster, 2, "0.3.0"), "member 2 is not Ready")
        cured = upgrade(cluster, VERSION, pc_canary=True)
        assert cured.code == 0 and images(cluster) == ["0.3.0", "0.3.0", VERSION], cured.screen
        held = upgrade(cluster, pc_env={"REFERENCE_FAULT": "exit_at_start"})
        assert held.last("pc_partition_step")["reason"] == "pod_crashing", held.screen
        serving(writer)
        cured = upgrade(cluster, pc_canary=True, pc_env={"REFERENCE_FAULT": ""})
        assert cured.code == 0 and note(cluster, "state") == "canary", cured.screen
        ended = upgrade(cluster)
        assert ended.code == 0 and images(cluster) == [VERSION] * 3 and note(cluster, "state") == "done", ended.screen
    assert writer.missing() == []
