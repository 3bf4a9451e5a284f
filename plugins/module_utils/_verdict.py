# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Healthy, caught up, may restart: an Observation in, a Verdict out. Unknown is never healthy."""

from __future__ import annotations

import typing as t
from dataclasses import replace

from ansible_collections.robustmq.placement_center.plugins.module_utils._content import unseen
from ansible_collections.robustmq.placement_center.plugins.module_utils._findings import concerns, findings
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import (
    GroupVerdict,
    GroupView,
    Member,
    Observation,
    Reason,
    RestartVerdict,
    Verdict,
)
from ansible_collections.robustmq.placement_center.plugins.module_utils._raft import Limits, caught_up, judge_group, lag, majorities

# Told first, in this order, whatever else there is: what may be losing data, then what keeps writes from happening.
WORST = ("split_brain", "claim_shared", "two_of_one_id", "wrong_id", "claim_lost", "no_leader", "quorum_stale", "leader_deposed")
# States that seldom mend by themselves: a wait need not last to its end.
STUCK = ("pod_cannot_be_created", "pod_unschedulable", "pod_image", "pod_config", "pod_crashing")

# Who has no room to write, or may have none, answers well until its next write; nobody else is to rely on it.
NO_ROOM = ("volume_full", "free_space_unknown", "claim_missing", "claim_lost", "claim_pending")


def judge(seen: Observation, limits: Limits) -> Verdict:
    """The whole answer of one pass; healthy means that there is nothing to say."""
    if seen.set is None:
        return Verdict(False, (Reason("set_missing", "the StatefulSet does not exist"),), (), ())
    reasons = list(findings(seen, limits.min_free_percent))
    ordinals = {m.id: m.ordinal for m in seen.members}
    names = sorted({name for m in seen.members for name in m.raft or {}})
    verdicts = tuple(judge_group(name, _views(seen, name), set(ordinals), limits) for name in names)
    for verdict in verdicts:
        reasons += [replace(r, member=ordinals.get(r.member or 0)) for r in verdict.reasons]
    reasons += _across_groups(seen, verdicts)
    reasons.sort(key=lambda r: WORST.index(r.code) if r.code in WORST else len(WORST))
    doubtful = {r.member for r in reasons if r.code in NO_ROOM} | {m.ordinal for m in seen.members if m.claim is None}
    restarts = tuple(_may_restart(m, seen, verdicts, limits, doubtful) for m in seen.members)
    beside = (*concerns(seen), *_apart(seen, verdicts), *unseen(seen))
    return Verdict(not reasons, tuple(reasons), verdicts, restarts, beside)


def with_reasons(verdict: Verdict, more: t.Sequence[Reason]) -> Verdict:
    """The verdict with further reasons against health."""
    return replace(verdict, healthy=verdict.healthy and not more, reasons=verdict.reasons + tuple(more))


def stuck(verdict: Verdict) -> str:
    """The code of a state that seldom mends by itself, or an empty string."""
    return next((r.code for r in verdict.reasons if r.code in STUCK), "")


def unmeasured(seen: Observation, verdict: Verdict) -> bool:
    """Does nothing speak against health but that kubelets, which may be asked, have not measured volumes yet?"""
    codes = {r.code for r in verdict.reasons}
    return codes == {"free_space_unknown"} and not seen.usage_unknown


def behind(m: Member, seen: Observation, verdict: Verdict) -> int | None:
    """The most entries that a member is behind in any group, as far as it is known; None where nothing is."""
    raft = {o.id: o.raft or {} for o in seen.members}
    lags = [lag((m.raft or {}).get(g.name), raft.get(g.leader or 0, {}).get(g.name)) for g in verdict.groups]
    return max((n for n in lags if n is not None), default=None)


def _may_restart(target: Member, seen: Observation, verdicts: tuple[GroupVerdict, ...], limits: Limits, doubtful: set[int | None]) -> RestartVerdict:
    """The counterfactual: every group keeps a majority of caught-up voters that can write while ``target`` is away."""
    if not verdicts:
        return RestartVerdict(target.ordinal, False, "no raft group could be read")
    for verdict in verdicts:
        views = _views(seen, verdict.name)
        head = views.get(verdict.leader) if verdict.leader is not None else None
        if head is None or any(r.code == "split_brain" for r in verdict.reasons):
            return RestartVerdict(target.ordinal, False, f"{verdict.name} has no single leader")
        if not verdict.writes_possible:
            return RestartVerdict(target.ordinal, False, f"{verdict.name}: no majority follows its leader now")
        others = [m for m in seen.members if m.id != target.id and m.ordinal not in doubtful and _serves(m)]
        fit = {m.id for m in others if caught_up(m.id, views.get(m.id), verdict.leader, head, limits)}
        if not majorities(head.voters, fit):
            text = f"{verdict.name}: without it only {sorted(fit)} of voters {list(verdict.voters)} are caught up"
            return RestartVerdict(target.ordinal, False, text)
    return RestartVerdict(target.ordinal, True, "every group keeps a majority of caught-up voters")


def _serves(m: Member) -> bool:
    """Ready to Kubernetes, which notices late, and to itself."""
    ready = m.pod is not None and m.pod.ready and not m.pod.terminating
    return ready and m.ready.ok is not False and m.alive.ok is not False


def _views(seen: Observation, group: str) -> dict[int, GroupView]:
    return {m.id: m.raft[group] for m in seen.members if m.raft and group in m.raft}


def _across_groups(seen: Observation, verdicts: tuple[GroupVerdict, ...]) -> t.Iterator[Reason]:
    for m in seen.members:
        for verdict in verdicts:
            if m.raft is not None and verdict.name not in m.raft:
                yield Reason("group_missing", f"member {m.id} does not run {verdict.name}", m.ordinal, verdict.name)
    led = [v for v in verdicts if v.leader is not None]
    if len({v.voters for v in led}) > 1:
        said = "; ".join(f"{v.name} {list(v.voters)}" for v in led)
        yield Reason("membership_differs", f"voters differ between groups: {said}")
    if _somebody_is_away(seen, verdicts) and len({v.leader for v in verdicts}) > 1:
        said = "; ".join(f"{v.name} by {v.leader}" for v in verdicts)
        yield Reason("join_blocked", f"joining needs one leader for all groups, but they are led apart: {said}")


def _apart(seen: Observation, verdicts: tuple[GroupVerdict, ...]) -> t.Iterator[Reason]:
    """Nobody misses anything while all serve; what it would forbid is told before it is needed."""
    ordinals = {m.id: m.ordinal for m in seen.members}
    led: dict[int, list[str]] = {}
    for verdict in verdicts:
        if verdict.leader is not None:
            led.setdefault(ordinals.get(verdict.leader, verdict.leader), []).append(verdict.name)
    if len(led) < 2 or _somebody_is_away(seen, verdicts):
        return  # the latter is join_blocked, which stands in the way already
    said = "; ".join(f"{', '.join(names)} by {ordinal}" for ordinal, names in sorted(led.items()))
    yield Reason("leaders_apart", f"different members lead the raft groups ({said}): while they do, no member can be replaced, join or leave")


def _somebody_is_away(seen: Observation, verdicts: tuple[GroupVerdict, ...]) -> bool:
    """Is there a member that would have to join, or may have to?"""
    return any(r.code == "voter_missing" for v in verdicts for r in v.reasons) or any(m.raft is None for m in seen.members)
