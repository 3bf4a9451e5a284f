# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an update does next: what was seen and a goal in, one action out. Pure; time is a field of what was seen.

Two ways lead to a replaced pod. Stepping the partition lets the controller take the member with the highest ordinal that is not yet on
the update revision. Deleting a pod, with its UID as the precondition, is for everything that the controller does not do by itself:
another order, the way back of an update that did not end, and a pod that is broken (kubernetes#67250).
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.robustmq.placement_center.plugins.module_utils._memory import Memory
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Member, Observation, Reason, SetView, Verdict
from ansible_collections.robustmq.placement_center.plugins.module_utils._verdict import stuck

PREFIX = "placement-center.robustmq.io/"
STAGED, PREVIOUS, STATE, WHY, PAUSED = (PREFIX + word for word in ("staged", "previous", "state", "reason", "paused"))

# What other members and groups say when one member is away: no reason to spare it.
CONSEQUENCES = ("join_blocked", "budget_exhausted")


@dataclass(frozen=True)
class Goal:
    """How the update is to go; times in seconds."""

    leader_last: bool = False
    most: int | None = None  # so many members may be on the update revision when it stops; None: all
    stable_seconds: float = 0.0
    step_timeout: float = 900.0
    patience: float = 15.0
    rest: int = 0  # the partition at rest


@dataclass(frozen=True)
class Roll:
    """One look, and what the looks before it have left."""

    seen: Observation
    verdict: Verdict
    memory: Memory
    lease: bool = True
    gap_reasons: tuple[Reason, ...] = ()  # what the canary writer holds against going on


@dataclass(frozen=True)
class Move:
    """Replace one member; a ``uid`` means by deleting its pod, else by letting the partition down to its ``index``."""

    ordinal: int
    index: int
    reason: str
    uid: str = ""


@dataclass(frozen=True)
class Park:
    """Raise the partition so that the controller takes nobody that it was not told to."""

    index: int
    reason: Reason


@dataclass(frozen=True)
class Rest:
    """All members are on the update revision: back to the strategy at rest."""

    index: int


@dataclass(frozen=True)
class Wait:
    """Look again; why is the first reason."""

    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Hold:
    """Stop here and leave the cluster as it is: no member is down by our doing that was not before."""

    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Enough:
    """As many members are updated as were asked for."""


@dataclass(frozen=True)
class Done:
    """Every member is on the update revision, proven and stable, and the strategy is at rest."""


Action: t.TypeAlias = "Move | Park | Rest | Wait | Hold | Enough | Done"


def decide(roll: Roll, goal: Goal) -> Action:
    """The next action."""
    sts = roll.seen.set
    if sts is None:
        return Hold((Reason("set_missing", "the StatefulSet does not exist"),))
    if not roll.lease:
        return Hold((Reason("lease_lost", "another operation has taken the lease, or it could not be renewed"),))
    if sts.annotations.get(STAGED, sts.template) != sts.template:
        text = "the pod template is not the one that was staged: somebody else changed it"
        return Hold((Reason("foreign_change", text),))
    if not sts.observed:
        return _patiently(roll, goal, (Reason("set_not_observed", "the controller has not yet seen the newest specification"),))
    taken = [m for m in _todo(roll.seen, sts) if _index(m, sts) >= sts.partition and sts.strategy == "RollingUpdate"]
    if len(taken) > 1:
        text = f"the partition is {sts.partition}, which would take {len(taken)} members: somebody else let it down"
        return Park(_index(taken[-1], sts) + 1, Reason("foreign_change", text, taken[-1].ordinal))
    moving = [m for m in roll.seen.members if _moving(m, sts, roll.memory)]
    if moving:
        return _while_moving(roll, goal, sts, moving)
    return _between_steps(roll, goal, sts)


def _while_moving(roll: Roll, goal: Goal, sts: SetView, moving: list[Member]) -> Action:
    """A member is on its way; the controller forgets a pod that is broken on a revision that is no longer wanted."""
    for m in moving:
        broken = m.pod is not None and not m.pod.terminating and not m.pod.ready and m.pod.revision != sts.update_revision
        if broken and m.pod and _others_are_well(roll, m) and _may_go(roll, m):
            return Move(m.ordinal, _index(m, sts), "the controller does not replace a broken pod by itself", m.pod.uid)
    reasons = tuple(r for r in roll.verdict.reasons if r.member in {m.ordinal for m in moving}) or roll.verdict.reasons
    return _patiently(roll, goal, reasons or (Reason("not_caught_up", f"{moving[0].ordinal} has not applied what its leader had when it joined"),))


def _between_steps(roll: Roll, goal: Goal, sts: SetView) -> Action:
    todo = _todo(roll.seen, sts)
    after = _next(roll, goal, sts, todo) if todo else None
    cure = after is not None and bool(roll.verdict.reasons) and _others_are_well(roll, after)
    if roll.verdict.reasons and not cure:
        return _patiently(roll, goal, roll.verdict.reasons)
    if not cure and roll.memory.healthy_for < goal.stable_seconds:
        left = goal.stable_seconds - roll.memory.healthy_for
        return Wait((Reason("not_stable", f"healthy, and {left:.0f} s of the stable window to go"),))
    if after is None:
        at_rest = sts.strategy == "RollingUpdate" and sts.partition == goal.rest
        return Done() if at_rest else Rest(goal.rest)
    if goal.most is not None and len(roll.seen.members) - len(todo) >= goal.most:
        return Enough()
    if sts.annotations.get(PAUSED) == "true":
        return Hold((Reason("paused", "paused by the playbook pause; lift it with pc_paused=false"),))
    if roll.gap_reasons:
        return Hold(roll.gap_reasons)
    if not _may_go(roll, after):
        why = next(r.reason for r in roll.verdict.restarts if r.ordinal == after.ordinal)
        return _patiently(roll, goal, (Reason("would_break_quorum", f"member {after.ordinal} may not go: {why}", after.ordinal),))
    return _move(after, sts)


def _move(m: Member, sts: SetView) -> Action:
    index = _index(m, sts)
    if sts.strategy == "RollingUpdate" and not returning(sts):
        return Move(m.ordinal, index, "every gate is open")
    if m.pod is None:
        return Wait((Reason("pod_missing", f"ordinal {m.ordinal} has no pod", m.ordinal),))
    return Move(m.ordinal, index, "every gate is open", m.pod.uid)


def _next(roll: Roll, goal: Goal, sts: SetView, todo: list[Member]) -> Member:
    """Who goes next: by the partition the highest ordinal; on the way back the newest; else the broken first and leaders last."""
    if returning(sts):
        return max(todo, key=lambda m: (not _serves(m), m.pod.created if m.pod else "", -m.ordinal))
    if not goal.leader_last:
        return todo[-1]
    led = {m.ordinal: sum(g.leader == m.id for g in roll.verdict.groups) for m in todo}
    return min(todo, key=lambda m: (_serves(m), led[m.ordinal], -m.ordinal))


def returning(sts: SetView) -> bool:
    """The wanted revision is the one that the update began from: pods that are made anew come back on it whatever the partition."""
    return bool(sts.update_revision) and sts.current_revision == sts.update_revision


def _todo(seen: Observation, sts: SetView) -> list[Member]:
    """Members with a pod of another revision, in the order of their ordinals."""
    return [m for m in seen.members if m.pod is not None and m.pod.revision != sts.update_revision]


def _moving(m: Member, sts: SetView, memory: Memory) -> bool:
    """Away, or told to go, or back and not yet what it was."""
    if m.pod is None or m.pod.terminating:
        return True
    if m.pod.revision != sts.update_revision:
        return sts.strategy == "RollingUpdate" and _index(m, sts) >= sts.partition
    return not m.pod.ready or m.ordinal in memory.behind


def _index(m: Member, sts: SetView) -> int:
    return m.ordinal - sts.first_ordinal


def _serves(m: Member) -> bool:
    return m.pod is not None and m.pod.ready and not m.pod.terminating


def _others_are_well(roll: Roll, m: Member) -> bool:
    """Whatever speaks against health is this member's own, or follows from its absence; a cure may begin."""
    return all(r.member == m.ordinal or r.code in CONSEQUENCES for r in roll.verdict.reasons)


def _may_go(roll: Roll, m: Member) -> bool:
    return any(r.ordinal == m.ordinal and r.ok for r in roll.verdict.restarts)


def _patiently(roll: Roll, goal: Goal, reasons: tuple[Reason, ...]) -> Action:
    """Wait, but not for ever: less long in a state that seldom mends by itself."""
    hopeless = stuck(roll.verdict)
    if hopeless and roll.memory.stuck_for >= goal.patience:
        first = next(r for r in roll.verdict.reasons if r.code == hopeless)
        return Hold((first, *(r for r in reasons if r != first)))
    if roll.memory.waited >= goal.step_timeout:
        late = Reason("step_timeout", f"no progress for {roll.memory.waited:.0f} s; last: {reasons[0].code}: {reasons[0].message}", reasons[0].member)
        return Hold((late, *reasons))
    return Wait(reasons)
