# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""From one look to the next into the receipts of steps: which phase a member has reached, and what held it up. Pure."""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.robustmq.placement_center.plugins.module_utils._memory import Memory
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Observation, Verdict
from ansible_collections.robustmq.placement_center.plugins.module_utils._pauses import Hold
from ansible_collections.robustmq.placement_center.plugins.module_utils._receipt import Lead, Side, StepReceipt, groups
from ansible_collections.robustmq.placement_center.plugins.module_utils._rollout import Action, Done, Enough, Move, Rest
from ansible_collections.robustmq.placement_center.plugins.module_utils._series import grown
from ansible_collections.robustmq.placement_center.plugins.module_utils._verdict import behind

Steps = tuple[StepReceipt, ...]


def noted(steps: Steps, seen: Observation, verdict: Verdict, memory: Memory, action: Action) -> Steps:
    """The steps after this look and the action that follows it."""
    if steps:
        steps = (*steps[:-1], _advanced(steps[-1], seen, verdict, memory, action))
    if isinstance(action, Move) and not (steps and steps[-1].ordinal == action.ordinal and "stable" not in steps[-1].reached):
        return (*steps, _begun(action.ordinal, seen, verdict))
    return steps


def _begun(ordinal: int, seen: Observation, verdict: Verdict) -> StepReceipt:
    ids = {m.id for m in seen.members if m.ordinal == ordinal}
    led = tuple(g.name for g in verdict.groups if g.leader in ids)
    begun = StepReceipt(ordinal, seen.at, _side(ordinal, seen, verdict), reached={"gate": seen.at}, led=led)
    return _watched(begun, seen, verdict)


def _watched(step: StepReceipt, seen: Observation, verdict: Verdict) -> StepReceipt:
    """What is drawn over time: how far the member is behind, and who leads."""
    ordinals = {m.id: m.ordinal for m in seen.members}
    member = next((m for m in seen.members if m.ordinal == step.ordinal), None)
    late = behind(member, seen, verdict) if member else None
    leaders = [Lead(seen.at, g.name, ordinals.get(g.leader or 0), g.term) for g in verdict.groups]
    return replace(step, lag=grown(step.lag, seen.at, late)).see(leaders)


def _side(ordinal: int, seen: Observation, verdict: Verdict) -> Side:
    pod = next((m.pod for m in seen.members if m.ordinal == ordinal), None)
    return Side(pod.revision if pod else "", pod.image if pod else "", groups(seen, verdict))


def _advanced(step: StepReceipt, seen: Observation, verdict: Verdict, memory: Memory, action: Action) -> StepReceipt:
    if "stable" in step.reached:
        return step
    step = _watched(step, seen, verdict)
    member = next((m for m in seen.members if m.ordinal == step.ordinal), None)
    if isinstance(action, Hold):
        step = step.hold(*action.reasons)
    if member is None or member.pod is None or member.pod.terminating:
        return step.reach("gone", seen.at) if member is None or member.pod is None else step
    new = seen.set is not None and member.pod.revision == seen.set.update_revision
    if not new:
        return step
    step = step.reach("gone", seen.at).reach("created", seen.at)
    if member.pod.ready:
        step = step.reach("ready", seen.at)
    if verdict.groups and all(member.id in g.voters for g in verdict.groups) and member.raft:
        step = step.reach("joined", seen.at)
    if "joined" in step.reached and member.ordinal not in memory.behind:
        step = step.reach("caught_up", seen.at)
    over = isinstance(action, (Done, Enough, Rest)) or (isinstance(action, Move) and action.ordinal != step.ordinal)
    if over:
        step = step.reach("stable", seen.at)
    return replace(step, after=_side(step.ordinal, seen, verdict))
