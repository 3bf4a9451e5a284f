# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table in the last lines of a run: each story, how it ended, how long it took, and what it measured. Pure."""

from __future__ import annotations

import typing as t


class Line(t.NamedTuple):
    """One story."""

    story: str
    result: str
    seconds: float
    figures: tuple[str, ...]


def story_of(nodeid: str) -> str:
    """A test's name as words; what it is parametrized with stays in brackets."""
    return nodeid.rpartition("::")[2].removeprefix("test_").replace("_", " ")


def lines(title: str, rows: t.Sequence[Line]) -> list[str]:
    """The table as text: a head, and a line for each story with its figures below one another."""
    width = max([len(row.story) for row in rows] + [len("story")])
    found = [title, f"{'story':{width}}  {'result':8}  {'took':>6}  measured"]
    for row in rows:
        first, *more = row.figures or ("",)
        found.append(f"{row.story:{width}}  {row.result:8}  {_clock(row.seconds):>6}  {first}".rstrip())
        found += [f"{'':{width}}  {'':8}  {'':6}  {figure}" for figure in more]
    return found


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"
