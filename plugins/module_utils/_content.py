# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What raft's numbers do not say of what the members hold, where a server's snapshots do not carry it whole. Pure.

A member that was filled by such a snapshot has the leader's term, its applied index and lag 0 (measured on RobustMQ v0.4.11 and v0.1.28).
"""

from __future__ import annotations

import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils._model import ADDITIVE, EMPTY, Observation, Reason, Snapshots

# What a snapshot does, and what then is wrong with whoever was filled by it.
FAULTS = {
    EMPTY: ("brings nothing", "lacks what was written meanwhile"),
    ADDITIVE: ("deletes nothing", "still has what was deleted meanwhile"),
}


def unseen(seen: Observation) -> t.Iterator[Reason]:
    """One line, which no hint follows: it is a fact about the server and stays for as long as that runs.

    Where every log reaches back to its beginning nobody can have been filled by a snapshot, and there is nothing to say.
    """
    fault = FAULTS.get(seen.snapshots.carry)
    if fault is None or len(seen.members) < 2 or not _purged(seen):
        return
    does, then = fault
    text = (
        f"what the members hold is not compared: from {seen.snapshots.window} entries behind on, this server fills a member by a snapshot that {does};"
        f" with lag 0 it then {then}"
    )
    yield Reason("content_unknown", text)


def _purged(seen: Observation) -> bool:
    return any(view.purged is not None for m in seen.members for view in (m.raft or {}).values())


def window(snapshots: Snapshots, away_ms: int) -> list[str]:
    """A plan's line about it: how fast may be written before whoever is away for so long falls out of the log."""
    fault = FAULTS.get(snapshots.carry)
    if fault is None:
        return []
    _does, then = fault
    rate = round(1000 * snapshots.window / max(1, away_ms))
    return [f"a member for whose absence {snapshots.window} entries or more are written (here from some {rate} a second on) {then}, at lag 0"]
