# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A member of a real server gets a new volume: in one round, and with no more volumes set aside than the one."""

from __future__ import annotations

import re
import time

import pytest

from tests.integration.cluster import NAME
from tests.integration.restoring import volumes
from tests.integration.waiting import until

from .conftest import Row
from .members import Real

VALUES = 50


def mine(cluster: Real) -> set[str]:
    """Every volume that belongs, or has belonged, to a claim of this cluster."""
    return {name for name, v in volumes().items() if v["spec"].get("claimRef", {}).get("namespace") == cluster.namespace}


@pytest.mark.core
def test_a_replacement_ends_in_one_round_and_sets_one_volume_aside(fresh: Real, row: Row) -> None:
    """A young cluster that nobody writes to: what comes of it later is told by the stories of hollow members."""
    fresh.passes("deploy")
    fresh.whole()
    for number in range(VALUES):
        fresh.write(f"w{number}", str(number))
    leaders = set(fresh.leaders().values())
    victim = max(set(fresh.ordinals) - leaders)
    before, old = mine(fresh), fresh.get("pvc", f"data-{NAME}-{victim}")["spec"]["volumeName"]
    start = time.monotonic()
    run = fresh.passes("replace_member", quick=False, pc_ordinal=victim, pc_discard=f"{NAME}-{victim}", pc_stable_seconds=1, pc_step_timeout=240)
    rounds = len(re.findall(r"is set aside", run.screen))
    row("replacement", f"{time.monotonic() - start:.1f} s, {rounds} round, {len(mine(fresh) - before)} new volume")
    fresh.whole()
    result = run.last("pc_replace_member")
    assert result["state"] == "done" and [kept["volume"] for kept in result["kept"]] == [old]
    assert rounds == 1 and len(mine(fresh) - before) == 1
    assert fresh.get("pvc", f"data-{NAME}-{victim}")["spec"]["volumeName"] != old
    assert set(map(tuple, fresh.voters(victim).values())) == {(1, 2, 3)}
    wanted = {str(number) for number in range(VALUES)}
    until(lambda: wanted - set(fresh.values(victim)), lambda lacking: not lacking, 30)
