# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where bars stand that compare: what was expected and what came; how long each claim took. Pure."""

from __future__ import annotations

import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils import _report_words as words
from ansible_collections.robustmq.placement_center.plugins.module_utils._report_facts import Operation
from ansible_collections.robustmq.placement_center.plugins.module_utils._report_shapes import BOLD, Box, Label, Picture, Shape, fitted, line, moved, width

NARROW = 600.0  # below this one stands below the other
SMALL, PLAIN = 11.5, 13.0
ROW = 22.0


class Bar(t.NamedTuple):
    """One row: its name, its length and how that is said."""

    name: str
    length: float
    said: str
    css: str


def comparison(op: Operation, across: float) -> Picture | None:
    """Forecast beside measured; None where there is nothing of either."""
    found: list[Shape] = []
    told = words.compared(op)
    beside = across >= NARROW and len(told) > 1
    y, room = 0.0, (across - 40) / 2 if beside else across
    for n, (name, expected, came, unit) in enumerate(told):
        rows = [Bar("forecast", expected or 0.0, words.amount(expected, unit), "expected"), Bar("measured", came or 0.0, words.amount(came, unit), "came")]
        shapes, low = _block(name, rows, room, 0.0 if beside else y)
        found += moved(shapes, n * (room + 40) if beside else 0.0, 0.0)
        y = max(y, low)
    if not any(value for _name, *values, _unit in told for value in values):
        return None  # bars of no length show nothing; the table says it
    said = "; ".join(f"{name}: forecast {words.amount(e, unit)}, measured {words.amount(m, unit)}" for name, e, m, unit in told)
    return Picture(across, y, tuple(found), "Forecast and measured", said)


def claims(op: Operation, across: float) -> Picture:
    """A bar for each claim that was grown."""
    rows = [Bar(c.name, c.seconds or 0.0, _grown(c.seconds, c.before, c.after), "came" if c.seconds is not None else "expected") for c in op.claims]
    name = "Seconds from being asked to having the size"
    shapes, low = _block(name, rows, across, 0.0)
    return Picture(across, low, tuple(shapes), f"{words.title(op)}: each claim", "; ".join(f"{r.name}: {r.said}" for r in rows))


def _grown(seconds: float | None, before: str, after: str) -> str:
    return f"has {after or '?'}" if seconds is None else f"{before or '?'} → {after or '?'} in {words.duration(seconds)}"


def _block(name: str, rows: t.Sequence[Bar], across: float, y: float) -> tuple[list[Shape], float]:
    """A heading over rows that share a scale, and where they end."""
    found: list[Shape] = [Label(0, y + 15, fitted(name, PLAIN * BOLD, across), PLAIN, "strong")]
    rows = [row._replace(name=fitted(row.name, SMALL, across - 8), said=fitted(row.said, SMALL, across / 2)) for row in rows]
    left = max(60.0, *(width(row.name, SMALL) for row in rows)) + 12
    stacked = left > across / 3  # the names are too long to stand beside their bars
    left = 1.0 if stacked else left
    y += 24
    room = across - left - max(width(row.said, SMALL) for row in rows) - 12
    most = max(row.length for row in rows) or 1.0
    for row in rows:
        if stacked:
            found.append(Label(0, y + 12, row.name, SMALL, "soft"))
            y += 18
        else:
            found.append(Label(0, y + 13, row.name, SMALL, "soft"))
        long = max(0.0, room) * row.length / most
        found += [line(left, y, left, y + ROW - 4, "edge"), *([Box(left, y + 2, max(1.5, long), ROW - 8, row.css)] if row.length else [])]
        found.append(Label(left + long + 8, y + 13, row.said, SMALL, "plain"))
        y += ROW
    return found, y + 10
