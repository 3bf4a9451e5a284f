# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The loop of a growth: look at claims and members, decide, act with a precondition, look again. It decides nothing itself."""

from __future__ import annotations

import time
import typing as t
from dataclasses import dataclass, replace
from functools import partial

from ansible_collections.robustmq.placement_center.plugins.module_utils import _recreate, _verdict
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import Conflict, PcError
from ansible_collections.robustmq.placement_center.plugins.module_utils._growth import Action, Ask, Done, Goal, Look, Memory, Recreate, chosen, decide, remember
from ansible_collections.robustmq.placement_center.plugins.module_utils._growth_telling import news
from ansible_collections.robustmq.placement_center.plugins.module_utils._kube import Kube
from ansible_collections.robustmq.placement_center.plugins.module_utils._observe import Observer
from ansible_collections.robustmq.placement_center.plugins.module_utils._pauses import Hold
from ansible_collections.robustmq.placement_center.plugins.module_utils._raft import Limits
from ansible_collections.robustmq.placement_center.plugins.module_utils._roll import Keeper
from ansible_collections.robustmq.placement_center.plugins.module_utils._stage import live_set
from ansible_collections.robustmq.placement_center.plugins.module_utils._storage import Storage
from ansible_collections.robustmq.placement_center.plugins.module_utils._wait import looked

LOOK_SECONDS = 1.0


class Outcome(t.NamedTuple):
    """How it ended, and what it stood on."""

    action: Action
    look: Look
    writes: int
    seconds: dict[str, float]  # claim -> from being asked to having the size


@dataclass
class Grower:
    """One growth, until it is done or holds."""

    kube: Kube
    storage: Storage
    observer: Observer
    limits: Limits
    goal: Goal
    lease: Keeper
    say: t.Callable[[str], None]
    abandoned: t.Callable[[], bool] = lambda: False
    writes: int = 0

    def look(self, memory: Memory, wrote: bool) -> Look:
        """One look, judged and remembered."""
        claims, seen = self.storage.look(), self.observer.look()
        look = Look(claims, seen, _verdict.judge(seen, self.limits), memory, not self.lease.lost, self.abandoned())
        return replace(look, memory=remember(memory, look, self.goal, wrote))

    def run(self, wrote: bool = False) -> Outcome:
        """Look and act until there is an end; ``wrote`` is whether a run before this loop has."""
        memory, told, asked, seconds = Memory(wrote=wrote), dict[str, str](), dict[str, float](), dict[str, float]()
        while True:
            look = looked(partial(self.look, memory, wrote), memory.at, self.goal.step_timeout, self.say, LOOK_SECONDS)
            if look is None:
                continue
            memory, action = look.memory, decide(look, self.goal)
            told, lines = news(told, look, self.goal, action, asked)
            for line in lines:
                self.say(line)
            seconds |= {
                name: round(look.claims.at - asked[name], 1) for name, phase in told.items() if phase == "grown" and name in asked and name not in seconds
            }
            if isinstance(action, (Done, Hold)):
                return Outcome(action, look, self.writes, seconds)
            wrote = self._act(action, look)
            if isinstance(action, Ask) and wrote:
                asked[action.claim.name] = look.claims.at
            self.writes += wrote
            if not wrote:
                time.sleep(LOOK_SECONDS)

    def _act(self, action: Action, look: Look) -> bool:
        """True if it wrote; a conflict means that the next look decides again."""
        if not isinstance(action, (Ask, Recreate)):
            return False
        self.lease.take()
        if not self.lease.held:
            return False
        try:
            if isinstance(action, Ask):
                requests = {"requests": {"storage": self.goal.size}}
                patch = {"metadata": {"resourceVersion": action.claim.version}, "spec": {"resources": requests}}
                self.kube.merge("PersistentVolumeClaim", self.observer.namespace, action.claim.name, patch)
            else:
                self._recreate(look)
        except Conflict:
            return False
        return True

    def _recreate(self, look: Look) -> None:
        template = chosen(look.claims)
        live = live_set(self.kube, self.observer.namespace, self.observer.name)
        if look.seen.set is None or live["metadata"]["resourceVersion"] != look.seen.set.version:
            raise Conflict("the StatefulSet was changed since it was looked at")
        try:
            _recreate.recreate(self.kube, live, template.name if template else "", self.goal.size, self.say)
        except PcError as exc:
            exc.partial.setdefault("changed", True)
            raise
