# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""RobustMQ 0.4 fills whoever is far behind by a snapshot that brings nothing; what the collection says of members that are hollow by that."""

from __future__ import annotations

import contextlib
import os
import signal
import time
import typing as t

import pytest

from tests.integration import faults, restoring
from tests.integration.beside import Beside
from tests.integration.cluster import NAME, kubectl
from tests.integration.updating import identity
from tests.integration.waiting import until
from tests.integration.where import served_by

from .conftest import Row
from .flood import Flood
from .hollow import caught_up, followers, lacks, not_yet, promise, says
from .members import Real
from .servers import Server

MANY = 2500  # values; a member that misses more than 1,000 is filled by a snapshot


@pytest.fixture(autouse=True)
def generation(server: Server) -> None:
    """The other one's snapshots bring everything."""
    server.only("v0_4", "its snapshots bring everything; what they do not take away is told elsewhere")


class SlowStart(Beside):
    """The next process of a member stands still until so much was written that it is behind the log: as on a slow node, or under quicker writers."""

    def __init__(self, cluster: Real, ordinal: int, flood: Flood) -> None:
        super().__init__()
        self.ordinal, self.seconds = ordinal, 0.0
        self._cluster, self._flood, self._before = cluster, flood, served_by(cluster, ordinal)

    def run(self) -> None:
        with contextlib.suppress(AssertionError):  # an update that is refused lets nobody go
            process = served_by(self._cluster, self.ordinal, other_than=self._before, seconds=200)
            began, written = time.monotonic(), len(self._flood.acknowledged)
            os.kill(process, signal.SIGSTOP)
            try:
                self._flood.reaches(written + MANY // 2, 90)
            finally:
                os.kill(process, signal.SIGCONT)
                self.seconds = time.monotonic() - began


class Hollow(t.NamedTuple):
    """A follower that lacks ``missing`` of what was acknowledged."""

    ordinal: int
    missing: int
    flood: Flood


@pytest.fixture(scope="module")
def hollow(members: Real) -> Hollow:
    """Its process was frozen while many values were written."""
    members.whole()
    ordinal = followers(members)[0]
    with Flood(members, "frozen") as flood, faults.stopped(members, ordinal):
        flood.reaches(MANY)
    with Flood(members, "more") as more:  # a hollow member starts again only once it has made a snapshot of its own, each 100 entries
        more.reaches(300)
    found = lacks(members, flood)
    assert set(found) == {ordinal}, f"the frozen member {ordinal} is not hollow: {found} missing after {flood.seconds:.1f} s"
    return Hollow(ordinal, found[ordinal], flood)


@not_yet("nobody compares what the members hold")
def test_a_follower_that_was_frozen_is_not_called_healthy(cluster: Real, hollow: Hollow, row: Row) -> None:
    row("missing on it", f"{hollow.missing} of {len(hollow.flood.acknowledged)}, frozen for {hollow.flood.seconds:.1f} s")
    found = cluster.look()
    row("status", says(found))
    promise(not found["healthy"], "status calls it healthy")


def test_status_says_at_least_what_it_cannot_see(cluster: Real, hollow: Hollow) -> None:
    concerns = [c["code"] for c in cluster.look()["concerns"]]
    assert concerns[-1:] == ["content_unknown"], f"{hollow.missing} values are missing, and: {concerns}"


@not_yet("a backup is verified by raft's numbers and hashes of files, not by what the other members hold")
def test_a_backup_of_a_hollow_member_loses_nothing(cluster: Real, hollow: Hollow, row: Row) -> None:
    run = cluster.play("backup")
    if run.code:
        row("backup", run.failure()["reason"])
        assert run.failure()["reason"].startswith("content_"), f"refused for another reason: {run.failure()['msg']}"
        return
    made = run.last("pc_backup")
    row("backup", f"of member {made['member']}, level {made['level']}; member {hollow.ordinal} is the hollow one")
    if made["member"] == hollow.ordinal:
        restored = restoring.restore(cluster, made["id"], pc_step_timeout=300)
        assert restored.code == 0, restored.screen
        cluster.whole()
    lost = set(hollow.flood.acknowledged).intersection(*({*hollow.flood.acknowledged} - set(cluster.values(o, hollow.flood.name)) for o in cluster.ordinals))
    row("after its restore", f"{len(lost)} of {len(hollow.flood.acknowledged)} acknowledged values are on no member")
    promise(not lost, f"{len(lost)} acknowledged values are gone for good")


@not_yet("no gate compares what is written meanwhile with what the server's log keeps")
def test_an_update_under_load_leaves_every_value_on_every_member(fresh: Real, row: Row) -> None:
    fresh.passes("deploy")
    with Flood(fresh, "update", writers=6) as flood, SlowStart(fresh, followers(fresh)[0], flood) as slow:
        run = fresh.play("upgrade", pc_image=fresh.server.next)
    row("written", f"{len(flood.acknowledged)} values, {flood.rate:.0f} a second; member {slow.ordinal} started {slow.seconds:.1f} s late")
    if run.code:
        row("upgrade", run.failure()["reason"])
        return
    found = lacks(fresh, flood)
    row("missing", ", ".join(f"{missing} on member {o}" for o, missing in found.items()) or "none")
    assert found, f"at {flood.rate:.0f} values a second nobody became hollow: the story did not happen"
    promise(False, "the update ended green")


@not_yet("no claim is known again, and nobody compares what the members hold")
def test_a_claim_that_was_made_again_is_not_called_healthy(fresh: Real, row: Row) -> None:
    fresh.passes("deploy")
    with Flood(fresh, "claim") as flood:
        flood.reaches(MANY)
    caught_up(fresh)
    ordinal = followers(fresh)[0]
    claim, pod, process = f"data-{NAME}-{ordinal}", identity(fresh, ordinal), served_by(fresh, ordinal)
    kubectl("delete", "pvc", claim, "-n", fresh.namespace, "--wait=false")
    kubectl("delete", "pod", f"{NAME}-{ordinal}", "-n", fresh.namespace)
    until(lambda: identity(fresh, ordinal) not in ("", pod), what="its pod is not made again")
    served_by(fresh, ordinal, other_than=process, seconds=90)
    found = lacks(fresh, flood)
    assert set(found) == {ordinal}, f"member {ordinal} is not hollow on its new claim: {found}"
    row("missing on it", f"{found[ordinal]} of {len(flood.acknowledged)}")
    seen = fresh.look()
    row("status", says(seen))
    promise(not seen["healthy"], "status calls it healthy")
