# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Progress of a running module: lines appended to a file that its action plugin reads aloud."""

from __future__ import annotations

import fcntl
import typing as t

LOCK = ".lock"  # after the file's name: locked by whoever reads it, for as long as ansible-playbook lives


class Progress:
    """Says each line of a report when it is new or changed; silent without a file."""

    def __init__(self, path: str | None) -> None:
        self._path = path
        self._said: list[str] = []

    def tell(self, lines: t.Sequence[str]) -> None:
        """Append what differs from the last call, line by line."""
        before = self._said
        self._said = list(lines)
        for line in lines:
            if line not in before:
                self.say(line)

    def say(self, line: str) -> None:
        """Append one line."""
        if self._path:
            with open(self._path, "a", encoding="utf-8") as told:
                told.write(f"{line}\n")

    @property
    def abandoned(self) -> bool:
        """Has the ansible-playbook that started this ended? Where nobody reads there is nobody to ask, and the answer is no."""
        try:
            with open(f"{self._path}{LOCK}", "rb") as lock:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
