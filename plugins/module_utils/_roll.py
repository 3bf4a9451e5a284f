# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The loop of an update: look, decide, act with a precondition, look again. It decides nothing itself."""

from __future__ import annotations

import time
import typing as t
from dataclasses import dataclass, replace

from ansible_collections.robustmq.placement_center.plugins.module_utils import _memory, _staging, _turns, _verdict
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import Conflict, Unreachable
from ansible_collections.robustmq.placement_center.plugins.module_utils._kube import Kube
from ansible_collections.robustmq.placement_center.plugins.module_utils._memory import Memory
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Observation, Reason, Verdict
from ansible_collections.robustmq.placement_center.plugins.module_utils._observe import Observer
from ansible_collections.robustmq.placement_center.plugins.module_utils._pauses import Hold, Wait
from ansible_collections.robustmq.placement_center.plugins.module_utils._raft import Limits
from ansible_collections.robustmq.placement_center.plugins.module_utils._rollout import (
    FINISHED,
    STAGED,
    STATE,
    WHY,
    Action,
    Done,
    Enough,
    Goal,
    Move,
    Park,
    Rest,
    Roll,
    decide,
)
from ansible_collections.robustmq.placement_center.plugins.module_utils._rollout_gain import remember
from ansible_collections.robustmq.placement_center.plugins.module_utils._telling import Told, news
from ansible_collections.robustmq.placement_center.plugins.module_utils._wait import looked

Object = dict[str, t.Any]
LOOK_SECONDS = 0.5  # raft says nothing by itself, so it is asked again after this
GLANCE_SECONDS = 0.7  # the same for a member that is on its way
FULL_SECONDS = 15.0  # while one is, everything else is looked at again after this, unless a limit is reached before
UNTAKEN_SECONDS = 1.0  # or after this, while the controller has not taken it
BURST = 0.15  # changes of a pod come in bursts
SETTLE = 0.07  # the services hear of a pod's readiness a little later than we
OLD_SECONDS = 1.0  # what was seen so long ago is not acted on: the Lease of a run that was killed is waited for


class Keeper(t.Protocol):
    """Whoever keeps the right to act."""

    @property
    def lost(self) -> str:
        """Who has it instead; empty while nobody has."""

    def take(self) -> None:
        """Get it, if it is not had yet."""

    @property
    def held(self) -> bool:
        """May we still act?"""


class Hand(t.Protocol):
    """What accompanies the loop: it notes each look and the action that follows, and may speak against going on."""

    def note(self, seen: Observation, verdict: Verdict, memory: Memory, action: Action) -> None:
        """Called once for each look, before the action."""

    def objections(self) -> tuple[Reason, ...]:
        """Reasons to hold before the next member."""


@dataclass(frozen=True)
class Outcome:
    """How it ended: the last action, and what it stood on."""

    action: Action
    seen: Observation
    verdict: Verdict
    writes: int
    state: str


@dataclass
class Roller:
    """One update, until it is done, has gone far enough, or holds."""

    kube: Kube
    observer: Observer
    limits: Limits
    goal: Goal
    lease: Keeper
    hand: Hand
    say: t.Callable[[str], None]
    state: str = "rolling"  # what the StatefulSet says while it goes on
    abandoned: t.Callable[[], bool] = lambda: False

    def run(self, first: Observation) -> Outcome:
        """Look and act until there is an end; ``first`` is the look that the goal stands on."""
        memory, told, wrote, writes = Memory(), Told(), False, 0
        look: Observation | None = first
        while True:
            seen, look = look or self._look(memory), None
            if seen is None:
                memory = replace(memory, steady={}, healthy_for=0.0)
                continue
            verdict = _verdict.judge(seen, self.limits)
            memory = remember(memory, seen, verdict, self.goal, wrote)
            action = decide(Roll(seen, verdict, memory, not self.lease.lost, self.hand.objections(), self.abandoned()), self.goal)
            if self._granted_late(action):
                wrote = False
                continue
            told, lines = news(told, seen, verdict, memory, action)
            for line in lines:
                self.say(line)
            self.hand.note(seen, verdict, memory, action)
            wrote = self._act(action, seen)
            writes += wrote
            if isinstance(action, Park) and wrote:
                action = Hold((action.reason,))
            if isinstance(action, (Done, Enough, Hold)):
                return self._end(action, seen, verdict, writes)
            ordinal = self._on_its_way(seen, memory, action, wrote)
            if ordinal is not None:
                told, memory = self._follow(seen, ordinal, told, memory)
            elif not wrote:
                self.kube.wait_for_change("Pod", self.observer.namespace, seen.version, LOOK_SECONDS)

    def _on_its_way(self, seen: Observation, memory: Memory, action: Action, wrote: bool) -> int | None:
        """The only member that is: until it is back, little needs to be asked."""
        if isinstance(action, Move):
            return action.ordinal if wrote else None
        moving = _turns.moving(seen, seen.set, memory) if seen.set and isinstance(action, Wait) else []
        return moving[0].ordinal if len(moving) == 1 and not _turns.serves(moving[0]) else None

    def _follow(self, full: Observation, ordinal: int, told: Told, memory: Memory) -> tuple[Told, Memory]:
        """Tell what becomes of it, until the next decision is due. What is seen here is never acted upon."""
        start, before, seen, ask = time.monotonic(), None, full, ordinal in memory.behind
        due = _due(memory, self.goal)
        while (left := start + (UNTAKEN_SECONDS if _turns.serving(seen, ordinal) else due) - time.monotonic()) > 0 and not self.abandoned():
            self.kube.wait_for_change("Pod", self.observer.namespace, seen.version, min(left, GLANCE_SECONDS) if ask else left)
            if before and _turns.runs(seen, ordinal) and not ask:
                time.sleep(SETTLE)
                break  # it has caught up, so this was its readiness, or it is time
            time.sleep(BURST)
            try:
                seen = self.observer.glance(seen, ask)
            except Unreachable:
                break
            verdict = _verdict.judge(seen, self.limits)
            fresh = _memory.remember(memory, seen, verdict)
            if ask:
                memory = replace(memory, joined=fresh.joined)
            told, lines = news(told, seen, verdict, fresh, Wait(()))
            for line in lines:
                self.say(line)
            self.hand.note(seen, verdict, fresh, Wait(()))
            before = before or seen
            if not _turns.uneventful(before, seen, ordinal):
                break
            ask = ordinal in fresh.behind and _turns.runs(seen, ordinal)
        return told, memory

    def _look(self, memory: Memory) -> Observation | None:
        """One look; None while the API server does not answer, as long as a step may last."""
        return looked(self.observer.look, memory.at, self.goal.step_timeout, self.say, 1.0)

    def _granted_late(self, action: Action) -> bool:
        """Take the Lease where a write is due; True if that lasted so long that what was seen has grown old."""
        if not isinstance(action, (Move, Park, Rest)):
            return False
        asked = time.monotonic()
        self.lease.take()
        return time.monotonic() - asked > OLD_SECONDS

    def _act(self, action: Action, seen: Observation) -> bool:
        """True if it wrote; a conflict means that the next look decides again."""
        if seen.set is None or not isinstance(action, (Move, Park, Rest)) or not self.lease.held:
            return False
        try:
            if isinstance(action, Move) and action.uid:
                # The UID alone would not notice that somebody else is at work on the set.
                self._patch(_staging.state_patch(seen.set.version, self.state))
                pod = {"kind": "Pod", "metadata": {"name": f"{seen.set.name}-{action.ordinal}", "namespace": self.observer.namespace, "uid": action.uid}}
                self.kube.delete(pod)
            else:
                state, finished = ("done", seen.set.template) if isinstance(action, Rest) else (self.state, "")
                self._patch({**_staging.state_patch(seen.set.version, state, "", finished), "spec": {"updateStrategy": _partition(action.index)}})
        except Conflict:
            return False
        return True

    def _end(self, action: Action, seen: Observation, verdict: Verdict, writes: int) -> Outcome:
        """Leave the state where people look for it."""
        state, why = _state(action, seen)
        for _attempt in range(3):
            live = self.kube.get("StatefulSet", self.observer.name, self.observer.namespace)
            notes = (live or {}).get("metadata", {}).get("annotations", {})
            told = (notes.get(STATE), notes.get(WHY, "")) == (state, why)
            nothing_to_tell = state == "done" and STATE not in notes and notes.get(STAGED) == notes.get(FINISHED)
            if live is None or self.lease.lost or told or nothing_to_tell:
                break
            try:
                finished = notes.get(STAGED, "") if state == "done" else ""
                self._patch(_staging.state_patch(live["metadata"]["resourceVersion"], state, why, finished))
                break
            except Conflict:
                continue
        return Outcome(action, seen, verdict, writes, state)

    def _patch(self, patch: Object) -> None:
        self.kube.merge("StatefulSet", self.observer.namespace, self.observer.name, patch)


def _due(memory: Memory, goal: Goal) -> float:
    """Seconds until a decision may be due though nothing happens: where patience ends, or the time of the step."""
    patience = goal.patience - memory.stuck_for if memory.stuck_code else FULL_SECONDS
    return min(FULL_SECONDS, max(UNTAKEN_SECONDS, min(patience, goal.step_timeout - memory.gain.waited)))


def _partition(index: int) -> Object:
    return {"type": "RollingUpdate", "rollingUpdate": {"partition": index}}


def _state(action: Action, seen: Observation) -> tuple[str, str]:
    if isinstance(action, Hold):
        code = action.reasons[0].code
        return ("paused", "") if code == "paused" else ("held", code)
    if isinstance(action, Enough):
        return "canary", ""
    return "done", ""
