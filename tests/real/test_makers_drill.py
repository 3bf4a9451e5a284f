# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The makers' own drill: ten rounds of kill and restart with the leader first, a member at full load, and a slow network.

What their documents ask of it: what was written is read back on all three after each round, the applied index of no member ever goes back, and
who is told to stop has ended within 25 s.
"""

from __future__ import annotations

import time

from tests.integration import faults, where
from tests.integration.cluster import NAME, kubectl
from tests.integration.waiting import until

from .conftest import Row
from .hardship import delayed, loaded
from .members import Real, RealWriter

ROUNDS = 10
VALUES = 10
GRACE = 25.0


class Applied:
    """The applied index of each member and group, which must never go back."""

    def __init__(self, cluster: Real) -> None:
        self.cluster = cluster
        self.seen: dict[tuple[int, str], int] = {}

    def look(self) -> None:
        """Compare with the last look."""
        for ordinal in self.cluster.ordinals:
            said = until(lambda ordinal=ordinal: self._of(ordinal), seconds=60, what=f"member {ordinal} does not answer")  # type: ignore[misc]
            for group, index in said.items():
                before = self.seen.get((ordinal, group), 0)
                assert index >= before, f"member {ordinal} has applied {index} of {group}, and had applied {before}"
                self.seen[ordinal, group] = index

    def _of(self, ordinal: int) -> dict[str, int]:
        """Empty while it does not answer: just back, it may let a question wait for longer than two seconds."""
        try:
            return self.cluster.applied(ordinal)
        except OSError:
            return {}


def _written(cluster: Real, name: str) -> set[str]:
    for number in range(VALUES):
        cluster.write(f"w-{name}-{number}", f"{name}-{number}")
    return {f"{name}-{number}" for number in range(VALUES)}


def _read_back(cluster: Real, wanted: set[str]) -> None:
    """On each member itself; followers are given a moment."""
    for ordinal in cluster.ordinals:
        until(lambda ordinal=ordinal: wanted - set(cluster.values(ordinal, "w-")), lambda lacking: not lacking, 30)  # type: ignore[misc]


def _stopped(cluster: Real, ordinal: int) -> float:
    """Tell a pod to go; returns the seconds until its process had ended."""
    pid, start = where.served_by(cluster, ordinal), time.monotonic()
    kubectl("delete", "pod", f"{NAME}-{ordinal}", "-n", cluster.namespace, "--wait=false")
    until(lambda: where.server(cluster, ordinal) != pid if _has_pod(cluster, ordinal) else True, seconds=60, pause=0.05)
    return time.monotonic() - start


def _has_pod(cluster: Real, ordinal: int) -> bool:
    return bool(kubectl("get", "pod", f"{NAME}-{ordinal}", "-n", cluster.namespace, "--ignore-not-found", "-o", "name"))


def test_ten_rounds_of_kill_and_restart_lose_nothing(cluster: Real, row: Row) -> None:
    applied, wanted = Applied(cluster), set[str]()
    exits, returns = list[float](), list[float]()
    for number in range(ROUNDS):
        wanted |= _written(cluster, f"round{number}")
        leader = next(iter(cluster.leaders().values()))
        others = sorted(set(cluster.ordinals) - {leader})
        victim = leader if number % 3 == 0 else others[number % 2]
        applied.look()
        start = time.monotonic()
        if number % 2:
            exits.append(_stopped(cluster, victim))
        else:
            gone = faults.kill(cluster, victim)
            where.served_by(cluster, victim, other_than=gone, seconds=200)
        cluster.whole(200)
        returns.append(time.monotonic() - start)
        _read_back(cluster, wanted)
        applied.look()
    row("rounds", f"{ROUNDS}, {len(wanted)} values on all three, applied indexes never went back")
    row("whole again after", f"{min(returns):.0f} to {max(returns):.0f} s")
    row("ended after being told to stop", f"{max(exits):.1f} s at most (limit {GRACE:.0f} s)")
    assert max(exits) <= GRACE


def test_a_member_at_full_load_costs_no_write(cluster: Real, row: Row) -> None:
    victim = next(iter(cluster.leaders().values()))
    with loaded(cluster, victim), RealWriter(cluster) as writer:
        time.sleep(20)
        found = cluster.look()
    row("leader at full load", f"{len(writer.acknowledged)} writes, longest gap {writer.gap:.2f} s")
    assert found["writes_possible"] and writer.lacking() == {}


def test_a_slow_network_costs_no_write(cluster: Real, row: Row) -> None:
    """100 ms, give or take 10, on what the leader sends to its peers."""
    victim = next(iter(cluster.leaders().values()))
    before = cluster.leaders()
    with delayed(cluster, victim), RealWriter(cluster) as writer:
        time.sleep(20)
        found = cluster.look()
    row("100 +- 10 ms from the leader", f"{len(writer.acknowledged)} writes, longest gap {writer.gap:.2f} s, leaders {before} to {cluster.leaders()}")
    cluster.whole()
    assert found["writes_possible"] and writer.lacking() == {}
