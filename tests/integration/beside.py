# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What runs beside a test for as long as a block lasts."""

from __future__ import annotations

import contextlib
import pathlib
import threading
import typing as t


class Beside(threading.Thread):
    """A thread as a context; ``run`` goes on until ``ended`` is set."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.ended = threading.Event()

    def __enter__(self) -> t.Self:
        self.start()
        return self

    def __exit__(self, *_failure: object) -> None:
        self.ended.set()
        self.join()


class Peak(Beside):
    """The most memory that any process has had of whose command line one of ``words`` is a part, in MiB.

    ``field``: of the kernel's status of a process, such as VmHWM.
    """

    def __init__(self, *words: bytes, field: str) -> None:
        super().__init__()
        self.words, self.field, self.mib = words, field, 0.0

    def run(self) -> None:
        while not self.ended.wait(0.1):
            for folder in pathlib.Path("/proc").glob("[0-9]*"):
                with contextlib.suppress(OSError, StopIteration):
                    if any(word in (folder / "cmdline").read_bytes() for word in self.words):
                        line = next(x for x in (folder / "status").read_text().splitlines() if x.startswith(self.field))
                        self.mib = max(self.mib, int(line.split()[1]) / 1024)
