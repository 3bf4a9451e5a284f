# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later

"""What runs and what it costs: resident memory and processor time of everything that is ours."""

import os
import time
from pathlib import Path

from testbed import cgroups, paths
from testbed.processes import read_stat
from testbed.progress import Failure

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_MIB = 1024 * 1024


def _label(pid: int) -> str:
    """Call a process as its log is called, or by its program when the testbed did not start it."""
    for record in paths.PROCESSES.glob("*.json"):
        if f'"pid": {pid},' in record.read_text():
            return record.stem
    try:
        return Path(Path(f"/proc/{pid}/cmdline").read_text().split("\0")[0]).name
    except OSError:
        return "ended"


def show(seconds: float) -> None:
    """Print one line a process, measured over the given seconds, and the sums."""
    before = {pid: stat for pid in cgroups.processes() if (stat := read_stat(pid))}
    if not before:
        raise Failure("the testbed does not run")
    time.sleep(seconds)
    rows = []
    for pid, old in before.items():
        stat = read_stat(pid)
        if stat:
            cpu = (stat.cpu_ticks - old.cpu_ticks) / _TICKS / seconds * 100
            rows.append((_label(pid), pid, stat.rss_pages * _PAGE / _MIB, cpu))
    print(f"{'process':<36} {'pid':>7} {'MiB':>7} {'% core':>7}")
    for label, pid, mib, cpu in sorted(rows, key=lambda row: -row[2]):
        print(f"{label:<36} {pid:>7} {mib:7.0f} {cpu:7.1f}")
    print(f"{'all':<36} {'':>7} {sum(row[2] for row in rows):7.0f} {sum(row[3] for row in rows):7.1f}")
