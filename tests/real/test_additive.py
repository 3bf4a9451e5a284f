# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""RobustMQ 0.1 fills whoever is far behind by a snapshot that brings everything and takes nothing away, and that does not end where it is large."""

from __future__ import annotations

import contextlib

import pytest

from tests.integration import faults
from tests.integration.health_rows import host
from tests.integration.kv import delete

from .conftest import Row
from .flood import Flood
from .hollow import caught_up, followers, lacks, not_yet, promise, says
from .members import Real
from .servers import Server

MANY = 7000  # values; a snapshot is made each 5,000 entries, and the last 1,000 of them are kept
LARGE = 1000  # bytes


@pytest.fixture(autouse=True)
def generation(server: Server) -> None:
    """The other one's snapshots bring nothing."""
    server.only("v0_1", "its snapshots bring nothing, which is told elsewhere")


@not_yet("nobody compares what the members hold")
def test_what_was_deleted_while_a_member_was_away_is_not_left_on_it(fresh: Real, row: Row) -> None:
    fresh.passes("deploy")
    with Flood(fresh, "old") as old:
        old.reaches(1000)
    assert lacks(fresh, old) == {}, "a member is short of values before anything was done to it"
    leader, ordinal = fresh.leaders().popitem()[1], followers(fresh)[0]
    with faults.stopped(fresh, ordinal):
        for key in old.acknowledged:
            delete(host(fresh, leader), key, service=fresh.service)
        with Flood(fresh, "new") as flood:
            flood.reaches(MANY, 120)
    caught_up(fresh, 120)
    left = {o: len(fresh.values(o, old.name)) for o in fresh.ordinals}
    assert left == {o: len(old.acknowledged) if o == ordinal else 0 for o in fresh.ordinals}, f"no surplus on member {ordinal}: {left}"
    row("deleted, and still on it", f"{left[ordinal]} of {len(old.acknowledged)}")
    found = fresh.look()
    row("status", says(found))
    promise(not found["healthy"], "status calls it healthy")


@not_yet("it is told as lagging, which waits for what never comes")
def test_a_snapshot_that_never_ends_is_named(fresh: Real, row: Row) -> None:
    fresh.passes("deploy")
    ordinal = followers(fresh)[0]
    with faults.stopped(fresh, ordinal), Flood(fresh, "large", value="x" * LARGE) as flood:
        flood.reaches(MANY, 120)
    with contextlib.suppress(AssertionError):
        caught_up(fresh, 90)
        pytest.fail(f"member {ordinal} has caught up: its snapshot of {MANY} KB did end")
    found = fresh.look()
    row("status after 90 s", says(found))
    assert not found["healthy"]
    promise(any("snapshot" in r["code"] for r in found["reasons"]), "no reason says that its snapshot does not end")
