# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A series of numbers over time that stays small, however long it lasts. Pure."""

from __future__ import annotations

import typing as t

POINTS = 60
Point: t.TypeAlias = "tuple[float, int | None]"  # when, and how many; None is silence
Series: t.TypeAlias = "tuple[Point, ...]"


def grown(series: Series, at: float, value: int | None) -> Series:
    """The series with one more point; a level stretch is kept as its two ends."""
    level = len(series) > 1 and series[-1][1] == series[-2][1] == value
    longer = (*(series[:-1] if level else series), (at, value))
    return longer if len(longer) <= POINTS else _halved(longer)


def _halved(series: Series) -> Series:
    """The first and the last, and of each two in between the worse: peaks and silences stay."""
    inner = series[1:-1]
    worse = (max(inner[i : i + 2], key=_weight) for i in range(0, len(inner), 2))
    return (series[0], *worse, series[-1])


def _weight(point: Point) -> float:
    return float("inf") if point[1] is None else point[1]
