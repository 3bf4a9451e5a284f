# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later

"""One build: run it, count what it compiles, and never be silent for long."""

import os
import subprocess
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path

from testbed.progress import Failure, clock, say

_SAY_EVERY_SECONDS = 10
_LINES_SHOWN = 15


def is_unit(line: str) -> bool:
    """Tell whether a line of `go build -v` or `cargo build` names a package it has compiled."""
    words = line.split()
    return words[:1] == ["Compiling"] or (len(words) == 1 and not line.startswith("#"))


class _Reader(threading.Thread):
    """Reads a build's output: counts the packages, keeps the last lines for a failure."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        super().__init__(daemon=True)
        self._process = process
        self.units = 0
        self.last: deque[str] = deque(maxlen=_LINES_SHOWN)

    def run(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.last.append(line)
            self.units += is_unit(line)


def build(title: str, command: Sequence[str], folder: Path, env: Mapping[str, str]) -> float:
    """Run a build in folder and give the seconds it took; its output is shown only on failure."""
    started = time.monotonic()
    say(f"building {title}")
    with subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, **env},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        reader = _Reader(process)
        reader.start()
        while reader.is_alive():
            reader.join(_SAY_EVERY_SECONDS)
            if reader.is_alive():
                say(f"building {title} ... {clock(time.monotonic() - started)}, {reader.units} packages")
    if process.returncode:
        raise Failure(f"building {title} failed:\n{''.join(reader.last)}")
    return time.monotonic() - started
