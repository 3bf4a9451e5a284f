# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several writers at once, as fast as the server acknowledges; what was acknowledged is kept."""

from __future__ import annotations

import threading
import time
import typing as t

from tests.integration.health_rows import host
from tests.integration.kv import Line
from tests.integration.waiting import until

from .members import Real


class Flood:
    """As a context: ``writers`` threads, each with a key of its own for every number; whoever takes a write gets the next ones too."""

    def __init__(self, cluster: Real, name: str, writers: int = 8, value: str = "", pause: float = 0.0) -> None:
        """``value`` is what each key gets behind its own name; ``pause`` seconds between two writes of one writer."""
        self.name, self.acknowledged, self.seconds = name, list[str](), 0.0
        self._cluster, self._value, self._pause = cluster, value, pause
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._write, args=(n,), daemon=True) for n in range(writers)]

    def __enter__(self) -> t.Self:
        self._began = time.monotonic()
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_failure: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()
        self.seconds = time.monotonic() - self._began

    def reaches(self, count: int, seconds: float = 60) -> None:
        """Wait until so many are acknowledged."""
        until(lambda: len(self.acknowledged), lambda n: n >= count, seconds)

    @property
    def rate(self) -> float:
        """Acknowledged writes a second."""
        return len(self.acknowledged) / self.seconds

    def _write(self, writer: int) -> None:
        number, ordinals, line = 0, list(self._cluster.ordinals), None
        while not self._ended.is_set():
            key = f"{self.name}{writer}-{number}"
            try:
                line = line or Line(host(self._cluster, ordinals[0]), service=self._cluster.service)
                line.put(key, key + self._value)
            except (OSError, KeyError, AssertionError):  # it does not lead, it is away, or it has no address
                line = None
                ordinals.append(ordinals.pop(0))
                self._ended.wait(0.05)
                continue
            self.acknowledged.append(key)
            number += 1
            self._ended.wait(self._pause)
