# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The only clock and sleep. Loops are given functions, so that a test gives them a false clock."""

from __future__ import annotations

import time
import typing as t
from dataclasses import dataclass

from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import Unreachable

T = t.TypeVar("T")


@dataclass(frozen=True)
class Clock:
    """Where time comes from, in seconds; ``pause`` returns early when something may have changed."""

    now: t.Callable[[], float] = time.monotonic
    pause: t.Callable[[float], None] = time.sleep


def outlast(ask: t.Callable[[], T], seconds: float, alive: t.Callable[[], None], clock: Clock = Clock()) -> T:
    """The answer to a question that changes nothing, asked again for at most ``seconds`` while the API server is away.

    :param alive: raises where this run may not go on. :raises Unreachable: it was away for longer.
    """
    start = clock.now()
    while True:
        try:
            return ask()
        except Unreachable:
            if clock.now() - start > seconds:
                raise
        alive()
        clock.pause(1.0)


AWAY = "waits: unreachable: the API server does not answer"


def looked(look: t.Callable[[], T], since: float | None, seconds: float, say: t.Callable[[str], None], pause: float) -> T | None:
    """One look of a loop; None, after a ``pause`` in seconds, while the API server is away: for ``seconds`` from the last look on.

    :param since: Unix time of that look; without one nothing is waited for. :raises Unreachable: it was away for longer.
    """
    try:
        return look()
    except Unreachable:
        if since is None or time.time() - since > seconds:
            raise
    say(AWAY)
    time.sleep(pause)
    return None


@dataclass(frozen=True)
class Waited(t.Generic[T]):
    """How a wait ended: held without a break, given up for a reason, or out of time; always with the last look."""

    last: T
    held: bool
    gave_up: bool
    seconds: float


class Patience(t.Generic[T]):
    """True once the same hopeless state has lasted too long; a look without one starts afresh."""

    def __init__(self, seconds: float, state: t.Callable[[T], str]) -> None:
        self._seconds, self._state = seconds, state
        self._last, self._since = "", 0.0

    def __call__(self, seen: T, elapsed: float) -> bool:
        now = self._state(seen)
        if now != self._last:
            self._last, self._since = now, elapsed
        return bool(now) and elapsed - self._since >= self._seconds


def until_stable(
    look: t.Callable[[], T],
    good: t.Callable[[T], bool],
    hopeless: t.Callable[[T, float], bool],
    stable: float,
    timeout: float,
    clock: Clock,
) -> Waited[T]:
    """Look again and again until ``good`` has held for ``stable`` seconds without a break.

    :param hopeless: asked with the look and the seconds since the start; True ends the wait at once.
    :param stable: seconds; 0 is satisfied by one good look.
    :param timeout: seconds for the whole wait; 0 means one look and no waiting at all.
    """
    start = clock.now()
    since: float | None = None
    while True:
        seen = look()
        now = clock.now()
        if good(seen):
            since = now if since is None else since
            if now - since >= stable:
                return Waited(seen, True, False, now - start)
        else:
            since = None
            if timeout and hopeless(seen, now - start):
                return Waited(seen, False, True, now - start)
        left = start + timeout - now
        if left <= 0:
            return Waited(seen, False, False, now - start)
        still = stable - (now - since) if since is not None else 1.0
        clock.pause(max(0.05, min(still, left, 1.0)))
