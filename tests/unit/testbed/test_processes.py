# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later

"""A process is recognised by pid and start time, and only while it lives."""

import json
import os
from pathlib import Path

import pytest

from testbed import paths
from testbed.processes import Daemon, parse_stat, read_stat, running_pid

LINE = "42 (a ) (b) S 1 42 42 0 -1 4194560 100 0 0 0 7 5 0 0 20 0 1 0 98765 1000000 321 18446744073709551615"


@pytest.fixture
def daemon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Daemon:
    monkeypatch.setattr(paths, "PROCESSES", tmp_path)
    return Daemon("self", ["never", "run"])


def test_stat_is_read_past_a_name_with_brackets() -> None:
    stat = parse_stat(LINE)
    assert (stat.state, stat.cpu_ticks, stat.start_ticks, stat.rss_pages) == ("S", 12, 98765, 321)


def test_a_process_that_is_gone_has_no_stat() -> None:
    assert read_stat(2**22 + 1) is None


@pytest.mark.parametrize("shift, alive", [(0, True), (1, False)], ids=["same start time", "pid used again"])
def test_identity_is_pid_and_start_time(daemon: Daemon, shift: int, alive: bool) -> None:
    stat = read_stat(os.getpid())
    assert stat is not None
    daemon.record.write_text(json.dumps({"pid": os.getpid(), "start_ticks": stat.start_ticks + shift}))
    assert (running_pid(daemon) == os.getpid()) is alive


@pytest.mark.parametrize("text", [None, "", "{"], ids=["no record", "empty", "half written"])
def test_without_a_whole_record_nothing_runs(daemon: Daemon, text: str | None) -> None:
    if text is not None:
        daemon.record.write_text(text)
    assert running_pid(daemon) is None
