# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Progress: news once, and whether anybody is left to hear it."""

from __future__ import annotations

import fcntl
import pathlib

from ansible_collections.robustmq.placement_center.plugins.module_utils._progress import LOCK, Progress


def test_a_line_is_said_when_it_is_new(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "lines"
    progress = Progress(str(file))
    progress.tell(["a", "b"])
    progress.tell(["a", "c"])
    assert file.read_text() == "a\nb\nc\n"


def test_it_is_abandoned_once_the_reader_has_let_go_of_its_lock(tmp_path: pathlib.Path) -> None:
    progress = Progress(str(tmp_path / "lines"))
    assert not progress.abandoned, "there was no reader"
    with (tmp_path / f"lines{LOCK}").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert not progress.abandoned
    assert progress.abandoned and not Progress(None).abandoned
