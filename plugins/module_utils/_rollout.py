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

from ansible_collections.robustmq.placement_center.plugins.module_utils import _gain, _turns
from ansible_collections.robustmq.placement_center.plugins.module_utils._memory import CONSEQUENCES, Memory
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Member, Observation, Reason, SetView, Verdict
from ansible_collections.robustmq.placement_center.plugins.module_utils._pauses import Hold, Wait, not_ours
from ansible_collections.robustmq.placement_center.plugins.module_utils._verdict import STUCK

PREFIX = "placement-center.robustmq.io/"
STAGED, PREVIOUS, STATE, WHY, PAUSED, RETURNING = (PREFIX + word for word in ("staged", "previous", "state", "reason", "paused", "returning"))
FINISHED = f"{PREFIX}finished"  # the staged template that all members have proven; the state alone may be a later hold's, or a pause's


@dataclass(frozen=True)
class Goal:
    """How the update is to go; times in seconds."""

    leader_last: bool = False
    most: int | None = None  # so many members may be on the update revision when it stops; None: all
    stable_seconds: float = 0.0
    step_timeout: float = 900.0
    patience: float = 15.0
    rest: int = 0  # the partition at rest
    back: bool = False  # a rollback: the wanted revision has served before


@dataclass(frozen=True)
class Roll:
    """One look, and the memory after it."""

    seen: Observation
    verdict: Verdict
    memory: Memory
    lease: bool = True
    gap_reasons: tuple[Reason, ...] = ()  # what the canary writer holds against going on
    abandoned: bool = False  # nobody is left who would hear how it ends


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
class Enough:
    """As many members are updated as were asked for."""


@dataclass(frozen=True)
class Done:
    """Every member is on the update revision, proven and stable, and the strategy is at rest."""


Action: t.TypeAlias = "Move | Park | Rest | Wait | Hold | Enough | Done"


def decide(roll: Roll, goal: Goal) -> Action:
    """The next action; a write only as long as writes gain anything. Parking, which takes nobody, is never too much."""
    action = _next(roll, goal)
    if isinstance(action, (Move, Rest)):
        return _gain.barred(roll.memory.gain, goal.step_timeout + goal.stable_seconds) or action
    return action


def _next(roll: Roll, goal: Goal) -> Action:
    sts = roll.seen.set
    if sts is None:
        return Hold((Reason("set_missing", "the StatefulSet does not exist"),))
    if stopped := not_ours(roll.lease, roll.abandoned):
        return stopped
    if not sts.observed or not sts.update_revision:
        return _patiently(roll, goal, (Reason("set_not_observed", "the controller has not yet seen the newest specification"),))
    moving = _turns.moving(roll.seen, sts, roll.memory)
    why_park = _stray(roll, sts, moving)
    if why_park:
        return Park(_turns.index(_turns.led(roll.seen, sts)[-1], sts) + 1, why_park)
    if _foreign(sts):
        return Hold((Reason("foreign_change", "the pod template is not the one that was staged: somebody else changed it"),))
    if moving:
        return _while_moving(roll, goal, sts, moving)
    return _between_steps(roll, goal, sts)


def _foreign(sts: SetView) -> bool:
    return sts.annotations.get(STAGED, sts.template) != sts.template


def _stray(roll: Roll, sts: SetView, moving: list[Member]) -> Reason | None:
    """Why whoever the controller may take, and has not taken yet, must not go now."""
    led = _turns.led(roll.seen, sts)
    if not led:
        return None
    m = led[-1]
    if _foreign(sts):
        return Reason("foreign_change", f"the controller would take member {m.ordinal} to a template that was not staged", m.ordinal)
    if len(led) > 1:
        text = f"the partition is {sts.partition}, which would take {len(led)} members: somebody else let it down"
        return Reason("foreign_change", text, m.ordinal)
    if not _turns.serves(m):
        return None
    others = [r for r in roll.verdict.reasons if r.member != m.ordinal and r.code not in CONSEQUENCES]
    away = [o for o in moving if o.ordinal != m.ordinal]
    if others or away:
        text = others[0].message if others else f"member {away[0].ordinal} is on its way"
        return Reason("would_break_quorum", f"member {m.ordinal} was let go, but meanwhile: {text}", m.ordinal)
    return None


def _while_moving(roll: Roll, goal: Goal, sts: SetView, moving: list[Member]) -> Action:
    """A member is on its way; the controller forgets a pod that is broken on a revision that is no longer wanted."""
    m = moving[0]
    broken = m.pod is not None and not m.pod.terminating and not m.pod.ready and m.pod.revision != sts.update_revision
    cure = _cure(roll, goal, sts, m) if broken and len(moving) == 1 else None
    if cure is None and goal.back:
        cure = _recover(roll, sts)
    if cure:
        return cure
    reasons = tuple(r for r in roll.verdict.reasons if r.member in {m.ordinal for m in moving}) or roll.verdict.reasons
    if not reasons and m.ordinal not in roll.memory.behind:
        reasons = (Reason("set_not_observed", f"the controller has not yet taken member {m.ordinal}", m.ordinal),)
    return _patiently(roll, goal, reasons or (_not_caught_up(m.ordinal),))


def _between_steps(roll: Roll, goal: Goal, sts: SetView) -> Action:
    todo = _turns.todo(roll.seen, sts)
    enough = goal.most is not None and len(roll.seen.members) - len(todo) >= goal.most
    after = _turns.following(roll.verdict, sts, todo, goal.leader_last, goal.back) if todo and not enough else None
    if roll.verdict.reasons or roll.memory.behind:
        cure = _cure(roll, goal, sts, after) if after else None
        if cure is None and goal.back:
            cure = _recover(roll, sts)
        if cure:
            return _barred(roll, sts) or cure
        return _patiently(roll, goal, roll.verdict.reasons or tuple(map(_not_caught_up, sorted(roll.memory.behind))))
    if roll.memory.healthy_for < goal.stable_seconds:
        return _steadily(roll, goal, roll.memory.healthy_for)
    if not todo:
        at_rest = sts.strategy == "RollingUpdate" and sts.partition == goal.rest
        return Done() if at_rest else Rest(goal.rest)
    if after is None:
        return Enough()
    return _barred(roll, sts) or _if_it_may(roll, goal, sts, after)


def _barred(roll: Roll, sts: SetView) -> Hold | None:
    """What keeps the next step from beginning though the cluster is well."""
    if sts.annotations.get(PAUSED) == "true":
        return Hold((Reason("paused", "paused by the playbook pause; lift it with pc_paused=false"),))
    return Hold(roll.gap_reasons) if roll.gap_reasons else None


def _cure(roll: Roll, goal: Goal, sts: SetView, m: Member) -> Action | None:
    """Replace the one member that is broken, once all others have proven themselves; None where that is not the case at hand.

    On the way back nobody needs to catch up on a revision that is to be left.
    """
    pointless = goal.back and not roll.verdict.reasons
    spared = {o.ordinal for o in _turns.todo(roll.seen, sts)} if pointless else {m.ordinal}
    steady = [roll.memory.steady.get(o.ordinal) for o in roll.seen.members if o.ordinal not in spared]
    proven = min((s for s in steady if s is not None), default=goal.stable_seconds)
    if None in steady or not (pointless or _turns.only_it_is_broken(roll.verdict, m)):
        return None
    return _steadily(roll, goal, proven) if proven < goal.stable_seconds else _if_it_may(roll, goal, sts, m)


def _recover(roll: Roll, sts: SetView) -> Move | None:
    """On the way back a member that is down anyhow is replaced even where others are not well."""
    m = _turns.lost(roll.seen, roll.verdict, sts) if _turns.by_hand(sts) else None
    return Move(m.ordinal, _turns.index(m, sts), "down already, and the way back is the cure", m.pod.uid) if m and m.pod else None


def _if_it_may(roll: Roll, goal: Goal, sts: SetView, m: Member) -> Action:
    may = next((r for r in roll.verdict.restarts if r.ordinal == m.ordinal), None)
    if may is None or not may.ok:
        why = may.reason if may else "not judged"
        return _patiently(roll, goal, (Reason("would_break_quorum", f"member {m.ordinal} may not go: {why}", m.ordinal),))
    if not _turns.by_hand(sts) and not _turns.told(m, sts):
        return Move(m.ordinal, _turns.index(m, sts), "every gate is open")
    why = "every gate is open" if _turns.serves(m) else "the controller does not replace a broken pod by itself"
    return Move(m.ordinal, _turns.index(m, sts), why, m.pod.uid if m.pod else "")


def _not_caught_up(ordinal: int) -> Reason:
    return Reason("not_caught_up", f"member {ordinal} has not applied what its leader had when it joined", ordinal)


def _steadily(roll: Roll, goal: Goal, proven: float) -> Wait | Hold:
    return _gain.steadily(roll.memory.gain, goal.step_timeout, proven, goal.stable_seconds)


def _patiently(roll: Roll, goal: Goal, reasons: tuple[Reason, ...]) -> Wait | Hold:
    """Wait, but not for ever: less long in a state that seldom mends by itself, unless it is about to be mended by us."""
    ours = {m.ordinal for m in roll.seen.members if m.pod and m.pod.terminating}
    if goal.back and roll.seen.set:
        ours |= {m.ordinal for m in _turns.todo(roll.seen, roll.seen.set)}
    hopeless = next((r for r in roll.verdict.reasons if r.code in STUCK and r.member not in ours), None)
    if hopeless and min(roll.memory.stuck_for, roll.memory.gain.waited) >= goal.patience:
        return Hold((hopeless, *(r for r in reasons if r != hopeless)))
    return _gain.patiently(roll.memory.gain, goal.step_timeout, reasons)
