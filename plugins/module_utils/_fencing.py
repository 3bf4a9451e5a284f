# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at raft around a copy: elections are waited for, and a voter until it has all that was committed when the copy was asked for."""

from __future__ import annotations

import time
import typing as t
from dataclasses import dataclass

from ansible_collections.robustmq.placement_center.plugins.module_utils import _backup, _fence, _verdict
from ansible_collections.robustmq.placement_center.plugins.module_utils._backup import Wish
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import Refused, TimedOut
from ansible_collections.robustmq.placement_center.plugins.module_utils._hints import hint
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Member, Observation, Reason, Verdict
from ansible_collections.robustmq.placement_center.plugins.module_utils._observe import Observer
from ansible_collections.robustmq.placement_center.plugins.module_utils._raft import Limits
from ansible_collections.robustmq.placement_center.plugins.module_utils._wait import outlast

Look = tuple[Observation, Verdict]

LOOK_SECONDS = 0.3
UNREST_SECONDS = 60.0  # that an election may last; RobustMQ's take up to 36


@dataclass(frozen=True)
class Fencing:
    """Looks for one backup. ``alive`` raises where this run may not go on; ``patience`` is in seconds."""

    observer: Observer
    limits: Limits
    wish: Wish
    say: t.Callable[[str], None]
    alive: t.Callable[[], None]
    patience: float

    def look(self) -> Look:
        """One look, judged."""
        seen = outlast(self.observer.look, self.patience, self.alive)
        return seen, _verdict.judge(seen, self.limits)

    def settle(self) -> None:
        """Wait until the member that was away is one of them again.

        :raises TimedOut: it is not.
        """
        end = time.monotonic() + self.patience
        while not (verdict := self.look()[1]).healthy:
            self.alive()
            if time.monotonic() > end:
                first = verdict.reasons[0]
                raise TimedOut(f"the member that was stopped for the copy is not well: {first.code}: {first.message}", hint(first.code))
            time.sleep(LOOK_SECONDS)

    def fenced(self) -> tuple[Member, dict[str, int], Look]:
        """A voter that has all that was committed when it was asked for.

        :raises Refused: there is none. :raises TimedOut: it does not catch up.
        """
        end = time.monotonic() + self.patience
        seen, verdict = self._calm()
        fence = _fence.index(seen, verdict)
        while True:
            found = _backup.member(seen, verdict, self.limits, self.wish)
            if isinstance(found, Member) and not (behind := _fence.short(found, fence)):
                told = ", ".join(f"{name} at {mark}" for name, mark in sorted(fence.items()))
                self.say(f"fence: {told}; member {found.ordinal} has it all")
                return found, fence, (seen, verdict)
            reason = found if isinstance(found, Reason) else behind[0]
            if time.monotonic() > end:
                raise TimedOut(f"no member got to the fence: {reason.code}: {reason.message}", hint(reason.code))
            time.sleep(LOOK_SECONDS)
            seen, verdict = self._calm()

    def _calm(self) -> Look:
        """A look at a raft whose groups have one leader and one membership each; an election is waited for."""
        end = time.monotonic() + min(UNREST_SECONDS, self.patience)
        while True:
            self.alive()
            seen, verdict = self.look()
            bars = _fence.bars(verdict)
            if not bars:
                return seen, verdict
            lasting = [r for r in bars if r.code not in _fence.PASSING]
            if lasting or time.monotonic() > end:
                first = (lasting or bars)[0]
                raise Refused(first.code, first.message, hint(first.code))
            time.sleep(LOOK_SECONDS)
