# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a drawing consists of, and how much room words take. Pure: nothing here draws."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

EM = 0.6  # width of a letter in the broadest of the fonts that systems have, measured in its height
BROAD, ASIAN = 0.95, 1.05  # of those that are broader
BOLD = 1.12  # what is bold is broader too


class Box(t.NamedTuple):
    """A rectangle; ``tip`` is told when it is pointed at."""

    x: float
    y: float
    width: float
    height: float
    css: str
    tip: str = ""
    corner: float = 0.0


class Label(t.NamedTuple):
    """One line of words; ``anchor`` says which part of it stands at x."""

    x: float
    y: float
    words: str
    size: float
    css: str
    anchor: str = "start"
    tip: str = ""


class Curve(t.NamedTuple):
    """Lines through points, each a line of its own; ``closed`` fills it."""

    lines: tuple[tuple[tuple[float, float], ...], ...]
    css: str
    tip: str = ""
    closed: bool = False


Shape: t.TypeAlias = "Box | Label | Curve"


@dataclass(frozen=True)
class Picture:
    """Shapes with the size of the whole; ``about`` says in words what is to be seen."""

    width: float
    height: float
    shapes: tuple[Shape, ...]
    title: str = ""
    about: str = ""


def line(x1: float, y1: float, x2: float, y2: float, css: str, tip: str = "") -> Curve:
    """From one point to another."""
    return Curve((((x1, y1), (x2, y2)),), css, tip)


def hatch(box: Box, css: str, gap: float = 6.0) -> Curve:
    """Slanted lines that fill a box."""
    lines: list[tuple[tuple[float, float], ...]] = []
    low, right = box.y + box.height, box.x + box.width
    for n in range(1, int((box.width + box.height) / gap) + 1):
        foot = box.x + n * gap
        start = (min(foot, right), low - max(0.0, foot - right))
        end = (max(box.x, foot - box.height), box.y + max(0.0, box.x - (foot - box.height)))
        lines.append((start, end))
    return Curve(tuple(lines), css)


def width(words: str, size: float) -> float:
    """About how much room they take."""
    return sum(BROAD if letter in "MW@%" else ASIAN if letter >= "\u2e80" else EM for letter in words) * size


def fitted(words: str, size: float, room: float) -> str:
    """The words, or their beginning; nothing where that would say nothing."""
    if width(words, size) <= room:
        return words
    letters = next((n for n in range(len(words), 3, -1) if width(words[:n] + "…", size) <= room), 0)
    return f"{words[:letters].rstrip()}…" if letters else ""


def wrapped(words: str, size: float, room: float, most: int) -> list[str]:
    """The words in lines; what does not fit into so many ends with a mark."""
    lines: list[str] = []
    left = words.split()
    while left and len(lines) < most:
        taken = 1
        while taken < len(left) and width(" ".join(left[: taken + 1]), size) <= room:
            taken += 1
        last = len(lines) == most - 1
        lines.append(fitted(" ".join(left if last else left[:taken]), size, room))
        left = left[taken:]
    return lines


def moved(shapes: t.Iterable[Shape], right: float, down: float) -> list[Shape]:
    """The same elsewhere."""
    found: list[Shape] = []
    for shape in shapes:
        if isinstance(shape, Curve):
            found.append(shape._replace(lines=tuple(tuple((x + right, y + down) for x, y in points) for points in shape.lines)))
        else:
            found.append(shape._replace(x=shape.x + right, y=shape.y + down))
    return found
