# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a running update says: one plain line when a member or the whole gets into another state. Pure."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ansible_collections.robustmq.placement_center.plugins.module_utils._memory import Memory
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Member, Observation, SetView, Verdict
from ansible_collections.robustmq.placement_center.plugins.module_utils._pauses import Hold, Wait
from ansible_collections.robustmq.placement_center.plugins.module_utils._rollout import Action, Move
from ansible_collections.robustmq.placement_center.plugins.module_utils._verdict import STUCK, behind
from ansible_collections.robustmq.placement_center.plugins.module_utils._versions import tag

AWAY = {"gone", "stopping", "starting", "silent", *STUCK}  # a member in one of these has a clock of its own


@dataclass(frozen=True)
class Told:
    """What was said last, so that only news is said; ``since`` is when each member began to move."""

    phases: t.Mapping[int, str] = field(default_factory=dict)
    since: t.Mapping[int, float] = field(default_factory=dict)
    before: t.Mapping[int, str] = field(default_factory=dict)  # ordinal -> the version that it ran at first
    waiting: str = ""


def news(told: Told, seen: Observation, verdict: Verdict, memory: Memory, action: Action) -> tuple[Told, list[str]]:
    """The lines to say now, and what has been said after them."""
    sts = seen.set
    if sts is None:
        return told, []
    phases, since = dict(told.phases), dict(told.since)
    before = {**{m.ordinal: tag(m.pod.image) for m in seen.members if m.pod}, **told.before}
    lines: list[str] = []
    for m in seen.members:
        going = isinstance(action, Move) and action.ordinal == m.ordinal
        phase, detail = ("goes", action.reason) if going and isinstance(action, Move) else state_of(m, sts, verdict, memory, seen)
        if going or (phase in AWAY and m.ordinal not in since):
            since[m.ordinal] = seen.at
        if m.ordinal in since and phase not in ("old", phases.get(m.ordinal)):
            passed = int(seen.at - since[m.ordinal])
            lines.append(f"{sts.name}-{m.ordinal}  {before.get(m.ordinal, '?')} -> {tag(sts.image)}  {detail}, {passed // 60:02}:{passed % 60:02}")
        if phase == "whole":
            since.pop(m.ordinal, None)
        phases[m.ordinal] = phase
    waiting = "" if since and not isinstance(action, Hold) else _waiting(action)
    if waiting and waiting != told.waiting:
        lines.append(waiting)
    return Told(phases, since, before, waiting), lines


def _waiting(action: Action) -> str:
    """Why nothing is done now, where no member's own line says it."""
    if isinstance(action, Hold):
        return f"holds: {action.reasons[0].code}: {action.reasons[0].message}"
    if isinstance(action, Wait) and action.reasons and action.reasons[0].member is None and action.reasons[0].code != "not_stable":
        return f"waits: {action.reasons[0].code}: {action.reasons[0].message}"
    return ""


def state_of(m: Member, sts: SetView, verdict: Verdict, memory: Memory, seen: Observation) -> tuple[str, str]:
    """A stable word for where a member is, and the same for people."""
    pod = m.pod
    if pod is None:
        return "gone", "its pod is gone"
    if pod.terminating:
        return "stopping", "stops"
    if pod.revision != sts.update_revision and pod.ready:
        return "old", "on its old revision"
    if pod.trouble:
        return pod.trouble, f"{pod.trouble}: {pod.message}"
    if not pod.started:
        return "starting", f"{pod.phase}{f' ({pod.message})' if pod.message else ''}"
    if m.raft is None:
        return "silent", "runs, does not answer yet"
    return _raft_phase(m, verdict, memory, seen)


def _raft_phase(m: Member, verdict: Verdict, memory: Memory, seen: Observation) -> tuple[str, str]:
    if any(g.leader is None for g in verdict.groups) or not verdict.groups:
        return "leaderless", "waits for a leader"
    if any(m.id not in g.voters for g in verdict.groups):
        return "joining", "joins"
    if m.ordinal in memory.behind:
        return "catching up", f"joined, {behind(m, seen, verdict) or 0:,} entries behind"
    if m.pod is None or not m.pod.ready:
        return "caught up", "caught up, not Ready yet"
    return "whole", "Ready and caught up"
