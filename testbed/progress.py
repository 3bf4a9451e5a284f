# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lines that tell a waiting person what happens, and the one way to wait."""

import time
from collections.abc import Callable

from testbed import paths

_STARTED = time.monotonic()


class Failure(Exception):
    """Something the user has to know; shown as one line, without a traceback."""


def clock(seconds: float) -> str:
    """Write a duration as minutes and seconds."""
    return f"{int(seconds) // 60:02d}:{int(seconds) % 60:02d}"


def say(text: str) -> None:
    """Print one line with the time since the command started."""
    print(f"[{time.monotonic() - _STARTED:6.1f}s] {text}", flush=True)


def wait_for(what: str, ready: Callable[[], bool], seconds: float, poll: float = 0.1) -> None:
    """Poll until ready() is true; past the deadline fail and name what was waited for."""
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            raise Failure(f"waited {seconds:.0f} s in vain for {what}; the logs are in {paths.LOGS}")
        time.sleep(poll)
