# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting for something to become true, with what was seen last where it never does."""

from __future__ import annotations

import pprint
import time
import typing as t

T = t.TypeVar("T")


def until(ask: t.Callable[[], T], true: t.Callable[[T], t.Any] = bool, seconds: float = 60, pause: float = 0.1, what: str = "") -> T:
    """The first answer of which it is true; ``what`` that is, where the answer does not say it."""
    end = time.monotonic() + seconds
    while not true(found := ask()):
        assert time.monotonic() < end, what or pprint.pformat(found)[-3000:]
        time.sleep(pause)
    return found
