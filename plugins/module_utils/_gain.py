# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rule by which every operation ends, whatever the server does. Pure.

The time of a step counts from the last *gain*: a fact that this run had not seen before. A write is no gain, and a fact that comes back is
none either. Every operation names its facts out of a finite set, so each of them is done one day, or holds: after ``step_timeout`` without
a gain, or after so many writes. A plan that begins anew is none of that: its rounds are counted, and there are at most ``ROUNDS``.
"""

from __future__ import annotations

import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Reason
from ansible_collections.robustmq.placement_center.plugins.module_utils._pauses import Hold, Wait, late

ROUNDS = 2  # how often a plan may begin, the first time included
WRITES = 50  # without a gain; a step needs a handful

Fact: t.TypeAlias = t.Hashable


class Gain(t.NamedTuple):
    """How an operation goes on; seconds and writes count from the last gain."""

    facts: frozenset[Fact] = frozenset()  # all that this run has seen
    waited: float = 0.0
    writes: int = 0


def counted(before: Gain, facts: t.Iterable[Fact], passed: float, wrote: bool) -> Gain:
    """The state after a look. :param passed: seconds since the look before. :param wrote: the action after that look was a write."""
    known = before.facts | frozenset(facts)
    if len(known) > len(before.facts):
        return Gain(known)
    return Gain(known, before.waited + passed, before.writes + wrote)


def barred(gain: Gain, seconds: float) -> Hold | None:
    """Why a further write may not be; None while it may. :param seconds: how long a step may last."""
    if gain.writes >= WRITES or gain.waited >= seconds:
        text = f"{gain.writes} writes in {gain.waited:.0f} s, and nothing was gained by them"
        return Hold((Reason("no_progress", text),))
    return None


def lasting(asked: float, cut_off: float, stable: float) -> float:
    """Seconds that a step may last: no fewer than a member needs that is back and cut off, of which nothing can be seen.

    :param asked: the operator's. :param cut_off: the profile's; 0 where it does not happen. :param stable: the window that follows.
    """
    return max(asked, cut_off + stable) if cut_off else asked


def patiently(gain: Gain, seconds: float, reasons: tuple[Reason, ...]) -> Wait | Hold:
    """Wait for it, not for ever."""
    return late(gain.waited, reasons) if gain.waited >= seconds else Wait(reasons)


def steadily(gain: Gain, seconds: float, proven: float, stable: float, how: str = "healthy") -> Wait | Hold:
    """Wait for the stable window; one that never comes to its end is no gain either.

    :param proven: seconds of it that have passed. :param stable: how long it is.
    """
    return patiently(gain, seconds + stable, (Reason("not_stable", f"{how}, and {stable - proven:.0f} s of the stable window to go"),))
