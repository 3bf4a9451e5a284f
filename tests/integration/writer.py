# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A client that knows nothing of the collection: it writes numbers all the time and keeps those that were acknowledged."""

from __future__ import annotations

import time

from .beside import Beside
from .cluster import NAME, Cluster
from .kv import get, put

PATIENCE = 0.5  # seconds; the address of a pod that is gone may swallow a connection for longer
STOP = 0.25


class Writer(Beside):
    """Writes through whoever accepts it, as a context; ``missing`` reads everything back."""

    def __init__(self, cluster: Cluster) -> None:
        super().__init__()
        self.cluster = cluster
        self.acknowledged: list[int] = []
        self.gap = 0.0  # seconds, the longest without an acknowledgement
        self.stopped = 0.0  # seconds, the sum of all that were longer than a quarter of one

    def run(self) -> None:
        number, last, hosts = 0, time.monotonic(), self.hosts()
        while not self.ended.wait(0.02):
            number += 1
            if self._put(hosts, number):
                self.acknowledged.append(number)
                gap, last = time.monotonic() - last, time.monotonic()
                self.gap, self.stopped = max(self.gap, gap), self.stopped + (gap if gap >= STOP else 0)
            else:
                hosts = self.hosts()

    def _put(self, hosts: list[str], number: int) -> bool:
        for host in list(hosts):
            try:
                put(host, f"w{number}", str(number), timeout=PATIENCE, service=self.cluster.service)
            except OSError:
                hosts.append(hosts.pop(0))  # whoever accepts it stands first
                continue
            return True
        return False

    def hosts(self) -> list[str]:
        """Addresses of the members that have one."""
        pods = [p for p in self.cluster.get("pods")["items"] if p["metadata"]["name"].removeprefix(f"{NAME}-").isdecimal()]
        return [p["status"]["podIP"] for p in pods if p["status"].get("podIP") and not p["metadata"].get("deletionTimestamp")]

    def missing(self, seconds: float = 30) -> list[int]:
        """Acknowledged numbers that some member does not have; followers are given a moment."""
        end, left = time.monotonic() + seconds, self.acknowledged
        hosts = self.hosts()
        while left and time.monotonic() < end:
            left = [n for n in left if any(get(host, f"w{n}", service=self.cluster.service) != str(n) for host in hosts)]
            if left:
                time.sleep(0.5)
        return left
