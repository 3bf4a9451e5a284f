# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where things stand in the picture for chats and tickets: the newest operation whole, the others in a line each. Pure."""

from __future__ import annotations

import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils import _report_words as words
from ansible_collections.robustmq.placement_center.plugins.module_utils._report_bars import claims, comparison
from ansible_collections.robustmq.placement_center.plugins.module_utils._report_facts import Backup, Operation
from ansible_collections.robustmq.placement_center.plugins.module_utils._report_layout import lanes
from ansible_collections.robustmq.placement_center.plugins.module_utils._report_shapes import (
    BOLD,
    Box,
    Label,
    Picture,
    Shape,
    fitted,
    line,
    moved,
    wrapped,
)

ACROSS, EDGE = 1200.0, 40.0
ROOM = ACROSS - 2 * EDGE


def poster(title: str, ops: t.Sequence[Operation], backups: t.Sequence[Backup] | None, now: float) -> Picture:
    """All of it, on a sheet of its own."""
    found: list[Shape] = [Label(EDGE, 50, fitted(title, 24 * BOLD, ROOM), 24, "strong")]
    y = 66.0
    if ops:
        shapes, y = _newest(ops[0], y)
        found += shapes
    else:
        found.append(Label(EDGE, y + 24, "No operation has left a receipt.", 15, "plain"))
        y += 40
    if len(ops) > 1:
        shapes, y = _others(ops[1:], y + 8)
        found += shapes
    if backups is not None:
        said, means = words.newest(backups, now)
        found += [line(EDGE, y + 8, ACROSS - EDGE, y + 8, "edge"), Label(EDGE, y + 34, "Backups", 13, "strong")]
        found.append(Label(EDGE + 100, y + 34, fitted(f"{words.MARKS[means]} {said}", 13 * BOLD, ROOM - 100), 13, means))
        y += 44
    about = " ".join(words.headline(op) for op in ops[:1])
    return Picture(ACROSS, y + 20, (Box(0, 0, ACROSS, y + 20, "sheet"), *found), title, about)


def _newest(op: Operation, y: float) -> tuple[list[Shape], float]:
    said, means = words.state(op)
    head = fitted(words.title(op), 18 * BOLD, ROOM - 260)
    found: list[Shape] = [Label(EDGE, y + 26, head, 18, "strong")]
    found.append(Label(ACROSS - EDGE, y + 26, fitted(f"{words.MARKS[means]} {said}", 18 * BOLD, 250), 18, means, "end"))
    found.append(Label(EDGE, y + 46, fitted(f"{op.id}, begun {words.moment(op.started)}", 13, ROOM), 13, "soft"))
    y += 54
    for text in wrapped(words.headline(op), 15, ROOM, 2):
        y += 21
        found.append(Label(EDGE, y, text, 15, "lead-in"))
    for hold in op.holds[:3]:
        for n, text in enumerate(wrapped(f"{hold.code}: {hold.message}", 13, ROOM - 20, 2)):
            y += 20
            found += [Label(EDGE, y, "!", 13, "bad")] if n == 0 else []
            found.append(Label(EDGE + 14, y, text, 13, "plain"))
    if advice := words.advice(op.reason):
        y += 20
        found.append(Label(EDGE, y, fitted(f"What to do: {advice}", 13 * BOLD, ROOM), 13, "strong"))
    shapes, y = _figures(op, y + 16)
    found += shapes
    for picture in (claims(op, ROOM) if op.claims else lanes(op, ROOM), comparison(op, ROOM)):
        if picture is not None:
            found += moved(picture.shapes, EDGE, y)
            y += picture.height + 16
    return found, y


def _figures(op: Operation, y: float) -> tuple[list[Shape], float]:
    """The numbers in columns, four in a row."""
    found: list[Shape] = []
    figures = words.figures(op)
    for n, (name, value) in enumerate(figures):
        x, top = EDGE + (n % 4) * ROOM / 4, y + (n // 4) * 50
        found += [line(x, top + 2, x, top + 40, "edge"), Label(x + 10, top + 15, name, 12, "soft")]
        found.append(Label(x + 10, top + 34, fitted(value, 14 * BOLD, ROOM / 4 - 24), 14, "strong"))
    return found, y + 50 * ((len(figures) + 3) // 4) + 14


def _others(ops: t.Sequence[Operation], y: float) -> tuple[list[Shape], float]:
    found: list[Shape] = [line(EDGE, y, ACROSS - EDGE, y, "edge"), Label(EDGE, y + 26, "Before that", 13, "strong")]
    y += 30
    for op in ops:
        y += 22
        said, means = words.state(op)
        took = "" if op.seconds is None else words.duration(op.seconds)
        found.append(Label(EDGE, y, words.moment(op.started), 13, "soft"))
        found.append(Label(EDGE + 200, y, fitted(words.title(op), 13, 480), 13, "plain"))
        found.append(Label(EDGE + 700, y, fitted(f"{words.MARKS[means]} {said}", 13 * BOLD, 200), 13, means))
        found.append(Label(ACROSS - EDGE, y, took, 13, "soft", "end"))
    return found, y + 12
