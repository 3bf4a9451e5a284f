# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one look leaves for the next: how long it has been healthy, stuck or waiting, and who has still to catch up. Pure.

Nothing here outlives the run: a relaunch starts with an empty memory, which only ever waits longer.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Member, Observation, Verdict
from ansible_collections.robustmq.placement_center.plugins.module_utils._verdict import stuck

# (ordinal, pod UID, group) -> the leader's last index when this pod was first seen to follow it
Joined = t.Mapping[tuple[int, str, str], int]


@dataclass(frozen=True)
class Memory:
    """Durations in seconds, ages of the newest look."""

    at: float | None = None
    healthy_for: float = 0.0
    stuck_for: float = 0.0
    waited: float = 0.0  # since our last write, or since the start
    behind: frozenset[int] = frozenset()  # ordinals that have not applied what their leader had when they joined
    stuck_code: str = ""
    pods: tuple[tuple[str, int], ...] = ()  # UID and restarts of every pod at the last look
    healthy: bool = False
    joined: Joined = field(default_factory=dict)


def remember(before: Memory, seen: Observation, verdict: Verdict, wrote: bool = False) -> Memory:
    """The memory after this look.

    :param wrote: the action after the look before was a write; waiting starts anew.
    """
    passed = 0.0 if before.at is None else max(0.0, seen.at - before.at)
    pods = tuple((m.pod.uid, m.pod.restarts) for m in seen.members if m.pod)
    joined = _joined(before.joined, seen, verdict)
    behind = frozenset(m.ordinal for m in seen.members if m.pod and _behind(m, verdict, joined))
    good = verdict.healthy and not behind
    unbroken = good and before.healthy and pods == before.pods
    code = stuck(verdict)
    return Memory(
        at=seen.at,
        healthy_for=before.healthy_for + passed if unbroken else 0.0,
        stuck_for=before.stuck_for + passed if code and code == before.stuck_code else 0.0,
        waited=0.0 if wrote else before.waited + passed,
        behind=behind,
        stuck_code=code,
        pods=pods,
        healthy=good,
        joined=joined,
    )


def _joined(before: Joined, seen: Observation, verdict: Verdict) -> Joined:
    """Marks of the pods that are there now; a new one for each that is seen to follow for the first time."""
    found: dict[tuple[int, str, str], int] = {}
    heads = {g.name: g for g in verdict.groups}
    logs = {(m.id, name): view.last_log for m in seen.members for name, view in (m.raft or {}).items()}
    for m in seen.members:
        for name, view in (m.raft or {}).items():
            key = (m.ordinal, m.pod.uid if m.pod else "", name)
            head = heads.get(name)
            last = logs.get((head.leader, name)) if head and head.leader is not None else None
            if key in before:
                found[key] = before[key]
            elif head and last is not None and view.leader == head.leader and view.term == head.term:
                found[key] = last
    return found


def _behind(m: Member, verdict: Verdict, joined: Joined) -> bool:
    for group in verdict.groups:
        mark = joined.get((m.ordinal, m.pod.uid if m.pod else "", group.name))
        view = (m.raft or {}).get(group.name)
        if mark is None or view is None or view.applied is None or view.applied < mark:
            return True
    return not verdict.groups
