# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where things stand in the picture of an operation: the scale of time, the lanes of the members, the lane of the writes. Pure."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.robustmq.placement_center.plugins.module_utils import _report_words as words
from ansible_collections.robustmq.placement_center.plugins.module_utils._report_facts import Operation, Step
from ansible_collections.robustmq.placement_center.plugins.module_utils._report_legend import GAPS, SIGNS, SMALL, diamond, legend
from ansible_collections.robustmq.placement_center.plugins.module_utils._report_shapes import (
    BOLD,
    Box,
    Curve,
    Label,
    Picture,
    Shape,
    fitted,
    hatch,
    line,
    width,
)

NARROW = 600.0  # below this names stand above their lanes
GUTTER = 172.0
BAR, LEAD, LAG = 24.0, 18.0, 24.0  # heights
STEPS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400)
PLAIN = 13.0  # letters of names


@dataclass(frozen=True)
class Frame:
    """The scale of time across the picture."""

    width: float
    seconds: float

    @property
    def narrow(self) -> bool:
        """There is no room beside the lanes."""
        return self.width < NARROW

    @property
    def left(self) -> float:
        """Where time begins."""
        return 1.0 if self.narrow else GUTTER

    @property
    def right(self) -> float:
        """Where it ends."""
        return self.width - 1.0

    def x(self, at: float) -> float:
        """Where a second is; what lies outside is at the edge."""
        return self.left + (self.right - self.left) * min(1.0, max(0.0, at / self.seconds))


def ticks(seconds: float, most: int) -> list[float]:
    """Round seconds to write beside the scale."""
    step = next((s for s in STEPS if seconds / s <= most), seconds / most)
    return [n * step for n in range(int(seconds / step) + 1)]


def clock(at: float, seconds: float) -> str:
    """A second as the scale writes it."""
    if seconds < 60:
        return f"{at:g} s"
    return f"{int(at) // 60}:{int(at) % 60:02}" if seconds < 3600 else f"{int(at) // 3600}:{int(at) % 3600 // 60:02} h"


def lanes(op: Operation, across: float) -> Picture:
    """The whole operation: a lane a member, one for the writes, and the scale behind them."""
    frame = Frame(across, op.end)
    top = y = 26.0
    found: list[Shape] = []
    for ordinal in op.members:
        shapes, height = _lane(op, ordinal, frame, y)
        found += [*shapes, line(0, y, across, y, "edge")]
        y += height
    if op.writer:
        shapes, height = _writes(op, frame, y)
        found += [*shapes, line(0, y, across, y, "edge")]
        y += height
    found.append(line(0, y, across, y, "edge"))
    shapes = [*_scale(frame, top, y), *found]
    used = {p.kind for s in op.steps for p in s.phases} | ({"lead"} if op.leads else set()) | ({"stop"} if op.stops else set())
    key, low = legend([sign for sign in SIGNS if sign in used], across, y + 12)
    about = f"{words.title(op)}. {words.headline(op)} A table with the same numbers follows."
    return Picture(across, low, (*shapes, *key), f"{words.title(op)}: members by time", about)


def _scale(frame: Frame, top: float, low: float) -> t.Iterator[Shape]:
    for at in ticks(frame.seconds, 4 if frame.narrow else 8):
        x, said = frame.x(at), clock(at, frame.seconds)
        half = width(said, SMALL) / 2
        anchor = "start" if x - half < frame.left else "end" if x + half > frame.right else "middle"
        yield line(x, top, x, low, "grid")
        yield Label(x, top - 9, said, SMALL, "soft", anchor)


def _lane(op: Operation, ordinal: int, frame: Frame, y: float) -> tuple[list[Shape], float]:
    """A member's lane and its height."""
    steps = [s for s in op.steps if s.ordinal == ordinal]
    name = f"{op.name}-{ordinal}"
    about = [f"{words.stage(s)}, {words.away(s)}" for s in steps[-1:]] if frame.narrow else [w for s in steps[-1:] for w in (words.stage(s), words.away(s))]
    shapes, y_led = _heading(name, about or ["stayed as it was"], frame, y)
    leads = list(_leads(op, ordinal, frame, y_led))
    y_bar = y_led + (LEAD + 4 if leads or not frame.narrow else 2)
    shapes += leads
    if not steps and frame.narrow:
        return shapes, y_bar + 8 - y
    shapes += [] if steps else [line(frame.left, y_bar + BAR / 2, frame.right, y_bar + BAR / 2, "rest")]
    for step in steps:
        shapes += _bar(op, step, frame, y_bar)
    y_lag, most = y_bar + BAR + 6, max((n for s in steps for _at, n in s.lag if n is not None), default=0)
    for step in steps if most else ():
        shapes += _lag(step, most, frame, y_lag)
    return shapes, y_lag + (LAG + 10 if most else 6) - y


def _heading(name: str, about: t.Sequence[str], frame: Frame, y: float) -> tuple[list[Shape], float]:
    """What a lane is called, and where its first row begins."""
    room = frame.width if frame.narrow else GUTTER - 12
    found: list[Shape] = [Label(0, y + 18, fitted(name, PLAIN * BOLD, room), PLAIN, "strong", tip=name)]
    found += [Label(0, y + 35 + 16 * n, fitted(said, SMALL, room), SMALL, "soft", tip=said) for n, said in enumerate(about)]
    return found, y + (26 + 16 * len(about) if frame.narrow else 4)


def _leads(op: Operation, ordinal: int, frame: Frame, y: float) -> t.Iterator[Shape]:
    mine = [led for led in op.leads if led.member == ordinal]
    taken = frame.left  # by words, up to here
    for led, then in zip(mine, [*mine[1:], None]):
        x, end, low = frame.x(led.start), frame.x(led.end), y + LEAD - 3
        said = words.leads(led)
        yield line(x, low, end, low, "lead", said)
        yield diamond(x, low, said)
        room = (frame.x(then.start) if then else frame.right) - x - 14
        if room < width(said, SMALL) <= x - 12 - taken:
            yield Label(x - 9, low - 5, said, SMALL, "led", "end")
            taken = x
        elif fits := fitted(said, SMALL, room):
            yield Label(x + 9, low - 5, fits, SMALL, "led", tip=said)
            taken = x + 9 + width(fits, SMALL)


def _bar(op: Operation, step: Step, frame: Frame, y: float) -> t.Iterator[Shape]:
    for phase in step.phases:
        x, end = frame.x(phase.start), frame.x(phase.end)
        said = words.PHASES[phase.name]
        tip = f"{said}: {words.duration(phase.end - phase.start)}{', and has not ended' if phase.kind == 'stuck' else ''}"
        box = Box(x, y, max(1.5, end - x), BAR, f"phase {phase.kind}", tip)
        yield box
        if phase.kind in ("away", "stuck"):
            yield hatch(box, f"hatch {phase.kind}", GAPS[phase.kind])
        if phase.kind != "stuck" and width(said, SMALL) + 6 <= box.width:
            yield Label(x + box.width / 2, y + 16, said, SMALL, f"on {phase.kind}", "middle")
    if step.done:
        yield from _beside(words.duration(step.end - step.start), "soft", step, frame, y + 16)
        return
    said, last = f"! {op.reason or 'did not end'}", step.phases[-1]
    if width(said, SMALL) + 16 <= frame.x(last.end) - frame.x(last.start):
        yield Label((frame.x(last.start) + frame.x(last.end)) / 2, y + 16, said, SMALL, "on stuck", "middle")
    else:
        yield from _beside(said, "bad", step, frame, y + 16)


def _beside(said: str, css: str, step: Step, frame: Frame, y: float) -> t.Iterator[Shape]:
    """Words behind the end of a step, or before its start where that is nearer to the edge."""
    start, end = frame.x(step.start), frame.x(step.end)
    behind, before = frame.right - end - 8, start - frame.left - 8
    if max(behind, before) < width(said, SMALL):
        said = fitted(said, SMALL, max(behind, before))
    if said and width(said, SMALL) <= behind:
        yield Label(end + 7, y, said, SMALL, css)
    elif said:
        yield Label(start - 7, y, said, SMALL, css, "end")


def _lag(step: Step, most: int, frame: Frame, y: float) -> t.Iterator[Shape]:
    """How far it was behind; a silence is a break."""
    runs: list[list[tuple[float, float]]] = [[]]
    for at, n in step.lag:
        if n is None:
            runs.append([])
        else:
            runs[-1].append((frame.x(at), y + LAG - LAG * n / most))
    drawn = tuple(tuple(run) for run in runs if len(run) > 1)
    yield line(frame.x(step.start), y + LAG, frame.x(step.end), y + LAG, "ground")
    yield Curve(tuple(((run[0][0], y + LAG), *run, (run[-1][0], y + LAG)) for run in drawn), "lagfill", closed=True)
    yield Curve(drawn, "lag", "entries behind the leader")
    known = [(at, n) for at, n in step.lag if n is not None]
    peak = max(known, key=lambda point: point[1], default=(0.0, 0))
    low = next((at for at, n in known if at > peak[0] and n * 8 < peak[1]), step.end)
    said = f"up to {words.many(peak[1], 'entry', 'entries')} behind"
    if peak[1] and width(said, SMALL) + 8 <= frame.right - frame.x(low):
        yield Label(frame.x(low) + 8, y + LAG - 7, said, SMALL, "soft")
    elif peak[1]:
        yield from _beside(said, "soft", step, frame, y + LAG - 7)


def _writes(op: Operation, frame: Frame, y: float) -> tuple[list[Shape], float]:
    """The lane of the writes: where none was acknowledged, and how long those took that were."""
    gap = op.writer.get("longest_gap_ms")
    about = [] if gap is None else [f"longest gap {words.duration(gap / 1000)}"]
    shapes, top = _heading("Writes", about, frame, y)
    low = top + LEAD
    start = min((s.start for s in op.steps), default=0.0)
    shapes.append(line(frame.x(start), low + 8, frame.right, low + 8, "flow"))
    free = frame.left
    for at, seconds in op.stops:
        x, end, said = frame.x(at), frame.x(at + seconds), words.duration(seconds)
        shapes.append(Box(x, low, max(2.5, end - x), 16, "stop", f"no write was acknowledged for {said}"))
        half = width(said, SMALL * BOLD) / 2
        middle = min(max((x + end) / 2, frame.left + half), frame.right - half)
        if middle - half >= free:
            shapes.append(Label(middle, low - 5, said, SMALL, "bad", "middle"))
            free = middle + half + 8
    for step in op.steps:
        said = f"median {words.duration(step.latency['median'] / 1000)}" if "median" in step.latency else ""
        longer = f"{said}, p99 {words.duration(step.latency['p99'] / 1000)}" if "p99" in step.latency else said
        room = frame.x(step.end) - frame.x(step.start)
        said = longer if width(longer, SMALL) <= room else said
        if said and width(said, SMALL) <= room:
            shapes.append(Label((frame.x(step.start) + frame.x(step.end)) / 2, low + 32, said, SMALL, "soft", "middle", words.latency(step.latency)))
    return shapes, low + 42 - y
