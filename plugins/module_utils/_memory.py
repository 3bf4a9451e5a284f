# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one look leaves for the next: how long it has been healthy, stuck or waiting, and who has still to catch up. Pure.

Nothing here outlives the run: a relaunch starts with an empty memory, which only ever waits longer.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field, replace

from ansible_collections.robustmq.placement_center.plugins.module_utils import _gain
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Member, Observation, Verdict
from ansible_collections.robustmq.placement_center.plugins.module_utils._verdict import stuck

# What is said of the whole when one member is away: it speaks against nobody else.
CONSEQUENCES = ("join_blocked", "budget_exhausted")
# Time between two looks proves nothing beyond so many seconds: nobody watched.
UNWATCHED = 10.0

# (ordinal, pod UID, restarts, group) -> the leader's last index when this process was first seen to follow it
Joined = t.Mapping[tuple[int, str, int, str], int]


@dataclass(frozen=True)
class Memory:
    """Durations in seconds, ages of the newest look."""

    at: float | None = None
    healthy_for: float = 0.0
    stuck_for: float = 0.0
    gain: _gain.Gain = field(default_factory=_gain.Gain)  # how long nothing was gained
    behind: frozenset[int] = frozenset()  # ordinals that have not applied what their leader had when they joined
    stuck_code: str = ""
    processes: t.Mapping[int, tuple[str, int]] = field(default_factory=dict)  # ordinal -> UID and restarts at the last look
    terms: tuple[tuple[str, int | None], ...] = ()  # of every group: an election breaks a window too
    steady: t.Mapping[int, float] = field(default_factory=dict)  # ordinal -> how long nothing has spoken against it; absent: something does
    joined: Joined = field(default_factory=dict)


def remember(before: Memory, seen: Observation, verdict: Verdict) -> Memory:
    """The memory after this look, but for what was gained, which each operation knows itself."""
    passed = 0.0 if before.at is None else max(0.0, seen.at - before.at)
    processes = {m.ordinal: (m.pod.uid, m.pod.restarts) for m in seen.members if m.pod}
    terms = tuple((g.name, g.term) for g in verdict.groups)
    joined = _joined(before.joined, seen, verdict)
    behind = frozenset(m.ordinal for m in seen.members if m.pod and _behind(m, verdict, joined))
    well = _well(seen, verdict) - behind
    unbroken = {o for o in well if o in before.steady and terms == before.terms and processes[o] == before.processes[o]}
    steady = {o: before.steady[o] + min(passed, UNWATCHED) if o in unbroken else 0.0 for o in well}
    code = stuck(verdict)
    return Memory(
        at=seen.at,
        healthy_for=min(steady.values(), default=0.0) if verdict.healthy and not behind else 0.0,
        stuck_for=before.stuck_for + passed if code and code == before.stuck_code else 0.0,
        gain=before.gain,
        behind=behind,
        stuck_code=code,
        processes=processes,
        terms=terms,
        steady=steady,
        joined=joined,
    )


def gained(before: Memory, now: Memory, facts: t.Iterable[_gain.Fact], wrote: bool) -> Memory:
    """The memory with what this look has gained; ``wrote`` is whether the action after the look before was a write."""
    passed = 0.0 if before.at is None or now.at is None else max(0.0, now.at - before.at)
    return replace(now, gain=_gain.counted(before.gain, facts, passed, wrote))


def _well(seen: Observation, verdict: Verdict) -> frozenset[int]:
    """Ordinals against which nothing is said; what is said of no member in particular is said of all."""
    against = {r.member for r in verdict.reasons if r.code not in CONSEQUENCES}
    return frozenset() if None in against else frozenset(m.ordinal for m in seen.members if m.pod and m.ordinal not in against)


def _joined(before: Joined, seen: Observation, verdict: Verdict) -> Joined:
    """Marks of the processes that are there now; a new one for each that is seen to follow for the first time.

    A mark never exceeds the log of a leader with a majority behind it: entries that died with the leader before are not waited for.
    """
    found: dict[tuple[int, str, int, str], int] = {}
    views = {(m.id, name): view for m in seen.members for name, view in (m.raft or {}).items()}
    for group in verdict.groups:
        head = views.get((group.leader, group.name)) if group.leader is not None else None
        last = head.last_log if head else None
        for m in seen.members:
            if m.pod is None:
                continue
            key = (m.ordinal, m.pod.uid, m.pod.restarts, group.name)
            view = views.get((m.id, group.name))
            if key in before:
                found[key] = min(before[key], last) if last is not None and group.writes_possible else before[key]
            elif view is not None and last is not None and view.leader == group.leader and view.term == group.term:
                found[key] = last
    return found


def _behind(m: Member, verdict: Verdict, joined: Joined) -> bool:
    for group in verdict.groups:
        mark = joined.get((m.ordinal, m.pod.uid, m.pod.restarts, group.name)) if m.pod else None
        view = (m.raft or {}).get(group.name)
        if mark is None or view is None or view.applied is None or view.applied < mark:
            return True
    return not verdict.groups
