# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a waiting person sees, on stderr: stdout belongs to the result."""

import subprocess
import sys
import time
from pathlib import Path

_STARTED = time.monotonic()
_HEARTBEAT_SECONDS = 10


class Problem(Exception):
    """Something that the user has to put right; shown without a traceback."""


def say(text: str) -> None:
    """Print one line with the time since the start."""
    print(f"[{time.monotonic() - _STARTED:5.0f} s] {text}", file=sys.stderr, flush=True)


def run_quietly(command: list[str], what: str, log: Path) -> None:
    """Run a command with its output in a log; show that it lives, and the log's end when it fails."""
    with open(log, "wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        while True:
            try:
                code = process.wait(_HEARTBEAT_SECONDS)
                break
            except subprocess.TimeoutExpired:
                say(f"{what} ...")
            except BaseException:
                process.kill()
                raise
    if code != 0:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-20:])
        raise Problem(f"{what} failed (all of it in {log}):\n{tail}")
