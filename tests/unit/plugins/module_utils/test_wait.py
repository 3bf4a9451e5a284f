# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting, with a false clock: a stable window has no break, and a wait ends when there is nothing to wait for."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils._wait import Clock, Patience, until_stable


class False_:
    """A clock that only pauses move."""

    def __init__(self) -> None:
        self.time = 0.0

    def clock(self) -> Clock:
        return Clock(lambda: self.time, self.pause)

    def pause(self, seconds: float) -> None:
        self.time += seconds


def wait(story: t.Callable[[float], str], stable: float, timeout: float, patience: float = 5.0) -> tuple[bool, bool, float]:
    """``story`` says at each moment: good, bad or stuck."""
    false = False_()
    ended = until_stable(
        look=lambda: story(false.time),
        good=lambda seen: seen == "good",
        hopeless=Patience[str](patience, lambda seen: "stuck" if seen == "stuck" else ""),
        stable=stable,
        timeout=timeout,
        clock=false.clock(),
    )
    return ended.held, ended.gave_up, ended.seconds


CASES: list[tuple[str, t.Callable[[float], str], float, float, tuple[bool, bool, float]]] = [
    ("good at once", lambda now: "good", 0, 0, (True, False, 0)),
    ("bad, and no time", lambda now: "bad", 0, 0, (False, False, 0)),
    ("good after a while", lambda now: "good" if now >= 3 else "bad", 0, 10, (True, False, 3)),
    ("good for long enough", lambda now: "good", 4, 10, (True, False, 4)),
    ("a break starts the window afresh", lambda now: "bad" if 2 <= now < 3 else "good", 4, 10, (True, False, 7)),
    ("never for long enough", lambda now: "good" if now % 2 < 1 else "bad", 4, 10, (False, False, 10)),
    ("stuck for too long", lambda now: "stuck", 0, 100, (False, True, 5)),
    ("stuck, but not for long", lambda now: "stuck" if now < 3 else "good", 0, 100, (True, False, 3)),
    ("stuck again after a while", lambda now: "stuck" if now < 3 or now >= 5 else "bad", 0, 100, (False, True, 10)),
]


@pytest.mark.parametrize("story, stable, timeout, result", [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_until_stable(story: t.Callable[[float], str], stable: float, timeout: float, result: tuple[bool, bool, float]) -> None:
    assert wait(story, stable, timeout) == pytest.approx(result)
