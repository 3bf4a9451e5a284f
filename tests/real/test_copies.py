# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Backups of a real server, what proves them, and what comes back of them: read on each member itself."""

from __future__ import annotations

import time

import pytest

from tests.integration.backups import RESTIC, made, paper, repository, tools
from tests.integration.restoring import bound, destroyed, restore
from tests.integration.test_drill import left
from tests.integration.updating import serving
from tests.integration.waiting import until

from .conftest import Row
from .members import Real, RealWriter


def held(cluster: Real, numbers: list[int]) -> dict[int, int]:
    """Ordinal -> how many of these numbers it does not have."""
    wanted = {str(number) for number in numbers}
    lacks = {o: len(wanted - set(cluster.values(o))) for o in cluster.ordinals}
    return {o: count for o, count in lacks.items() if count}


@pytest.mark.core
def test_a_snapshot_is_kept_drilled_and_restored_after_total_loss(cluster: Real, row: Row) -> None:
    with RealWriter(cluster) as writer:
        serving(writer)
        safe, start = list(writer.acknowledged), time.monotonic()
        backup = made(cluster)
        row("snapshot backup", f"{time.monotonic() - start:.1f} s, grade {backup['grade']}")
        serving(writer)
    opened = paper(cluster, backup["id"])["opened"]
    assert opened.keys() == cluster.voters(1).keys() and tools(cluster) == []

    start = time.monotonic()
    drill = cluster.passes("drill").last("pc_drill")
    row("drill", f"{time.monotonic() - start:.1f} s")
    assert drill["id"] == backup["id"] and drill["proven"]
    until(lambda: left(cluster) == [], what="all of the drill is gone")

    destroyed(cluster)
    assert bound(cluster) == {}
    start = time.monotonic()
    run = restore(cluster, backup["id"], pc_step_timeout=300)
    assert run.code == 0, run.screen
    row("restore after total loss", f"{time.monotonic() - start:.1f} s")
    cluster.whole()
    row("acknowledged before the backup", f"{len(safe)}, on every member")
    assert held(cluster, safe) == {}
    assert len(run.last("pc_restore")["lost"]) == len(opened)
    cluster.write("after", "it takes writes")


def test_restic_stores_a_snapshot_and_a_stopped_member_and_both_come_back(fresh: Real, row: Row) -> None:
    fresh.passes("deploy")
    fresh.whole()
    repository(fresh)
    for source in ("snapshot", "cold"):
        with RealWriter(fresh) as writer:
            serving(writer)
            safe, start = list(writer.acknowledged), time.monotonic()
            backup = made(fresh, **RESTIC, **({"pc_backup_source": "cold"} if source == "cold" else {}))
            row(f"restic, {source}", f"{time.monotonic() - start:.1f} s, grade {backup['grade']}")
        fresh.whole()
        assert writer.lacking() == {}, "a backup costs no write, and leaves no member behind"
        destroyed(fresh)
        start = time.monotonic()
        run = restore(fresh, backup["id"], pc_step_timeout=300, **RESTIC)
        assert run.code == 0, run.screen
        row(f"restore, {source}", f"{time.monotonic() - start:.1f} s")
        fresh.whole()
        assert held(fresh, safe) == {}
