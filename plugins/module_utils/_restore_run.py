# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The loop of a restore: look, decide, act with a precondition, look again. It decides nothing itself."""

from __future__ import annotations

import time
import typing as t
from dataclasses import dataclass, replace

from ansible_collections.robustmq.placement_center.plugins.module_utils import _restore_telling
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import PcError, Refused, Unreachable
from ansible_collections.robustmq.placement_center.plugins.module_utils._gain import Gain
from ansible_collections.robustmq.placement_center.plugins.module_utils._hints import hint
from ansible_collections.robustmq.placement_center.plugins.module_utils._pauses import Hold
from ansible_collections.robustmq.placement_center.plugins.module_utils._restore import decide
from ansible_collections.robustmq.placement_center.plugins.module_utils._restore_act import Hand
from ansible_collections.robustmq.placement_center.plugins.module_utils._restore_actions import Action, Done
from ansible_collections.robustmq.placement_center.plugins.module_utils._restore_look import Goal, Look, Memory, remember
from ansible_collections.robustmq.placement_center.plugins.module_utils._restore_see import Eye
from ansible_collections.robustmq.placement_center.plugins.module_utils._roll import Keeper
from ansible_collections.robustmq.placement_center.plugins.module_utils._wait import AWAY, looked

LOOK_SECONDS = 0.5
NOT_OURS = ("lease_lost", "abandoned")  # whoever may not act does not undo either


class Outcome(t.NamedTuple):
    """How it ended, and the failure that it was undone for."""

    action: Done | Hold
    look: Look
    writes: int
    cause: PcError | None


@dataclass
class Restorer:
    """One restore, until it is done, undone, or holds."""

    eye: Eye
    hand: Hand
    goal: Goal
    lease: Keeper
    say: t.Callable[[str], None]
    abandoned: t.Callable[[], bool]
    undo: bool  # what cannot be gone on with is undone
    writes: int = 0

    def run(self) -> Outcome:
        """Look and act until there is an end.

        :raises PcError: something failed, and stays as it is for the next run.
        """
        memory, told, cause = Memory(), "", t.cast("PcError | None", None)
        while True:
            look = self._look(memory)
            if look is None:
                continue
            action = decide(look, self.goal)
            line, told = _restore_telling.news(told, look, action)
            if line:
                self.say(line)
            if isinstance(action, Done):
                return Outcome(action, look, self.writes, cause)
            wrote, failure = self._tried(action, look)
            if failure is not None:
                if not self._turned(look, failure):
                    return self._ended(action, look, failure, cause)
                cause, memory = failure, replace(memory, gain=Gain())  # the way back has its own time
                if not isinstance(action, Hold):  # that is told already
                    self.say(f"{failure.reason}: {failure}")
            memory = remember(memory, look, action, wrote)
            self.writes += wrote
            if not wrote:
                time.sleep(LOOK_SECONDS)

    def _tried(self, action: Action, look: Look) -> tuple[bool, PcError | None]:
        """Did it write, and what was in the way?"""
        if isinstance(action, Hold):
            first = action.reasons[0]
            return False, Refused(first.code, first.message, hint(first.code))
        try:
            return self._act(action, look), None
        except Unreachable:
            self.say(AWAY)
            return False, None
        except PcError as exc:
            return False, exc

    def _look(self, memory: Memory) -> Look | None:
        """One look; None while the API server does not answer, as long as one part may last."""
        return looked(lambda: self.eye.look(memory, not self.lease.lost, self.abandoned()), memory.at, self.goal.step_timeout, self.say, LOOK_SECONDS)

    def _act(self, action: Action, look: Look) -> bool:
        self.lease.take()
        return self.lease.held and self.hand.act(action, look)

    def _turned(self, look: Look, failure: PcError) -> bool:
        """Is it undone from here on? Damage in the backup always is, since nobody has been stopped for it yet."""
        journal = look.journal
        if self.goal.back or failure.reason in NOT_OURS or journal is None or journal.opened or journal.back:
            return False
        if self.undo or (failure.reason == "data_damaged" and not journal.stopped):
            self.goal = replace(self.goal, back=True)
            return True
        return False

    def _ended(self, action: Action, look: Look, failure: PcError, cause: PcError | None) -> Outcome:
        if isinstance(action, Hold):
            return Outcome(action, look, self.writes, cause)
        raise failure
