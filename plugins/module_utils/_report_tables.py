# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a page says beside its pictures: the same facts as rows of words. Pure."""

from __future__ import annotations

import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils import _report_words as words
from ansible_collections.robustmq.placement_center.plugins.module_utils._report_facts import Backup, Operation, Step
from ansible_collections.robustmq.placement_center.plugins.module_utils._report_time import ORDER

ROOM, LETTER = 920, 8  # pixels: of the narrowest screen on which rows are rows, and of a letter


class Table(t.NamedTuple):
    """A caption, the names of its columns, and its rows; the first cell of a row names it."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def crowded(self) -> bool:
        """Its words are too long to stand beside each other unbroken; a row's name is never broken."""
        longest = [max(len(word) for cell in cells for word in cell.split(" ")) for cells in zip(*self.rows)]
        named = max((len(row[0]) for row in self.rows), default=0)
        return 16 * len(self.columns) + LETTER * (named + sum(longest[1:])) > ROOM


def of(op: Operation) -> list[Table]:
    """All that the pictures of an operation show."""
    found = [_members(op), _phases(op)] if op.steps else []
    if op.claims:
        claims = tuple((c.name, c.before or "unknown", c.after or "unknown", _seconds(c.seconds)) for c in op.claims)
        found.append(Table("Claims", ("Claim", "From", "To", "Took"), claims))
    if op.leads:
        leads = tuple((f"{op.name}-{led.member}", words.leads(led).removeprefix("leads "), _seconds(led.start), _seconds(led.end)) for led in op.leads)
        found.append(Table("Leaders", ("Member", "Leads", "From", "To"), leads))
    if op.stops:
        found.append(Table("Writes stopped", ("After", "For"), tuple((_seconds(at), words.duration(long)) for at, long in op.stops)))
    if compared := words.compared(op):
        both = tuple((name, words.amount(expected, unit), words.amount(came, unit)) for name, expected, came, unit in compared)
        found.append(Table("Forecast and measured", ("What", "Forecast", "Measured"), both))
    return found


def _members(op: Operation) -> Table:
    columns = ("Member", "Version", "Away", "Longest write gap", "Write latency", "Most behind", "Elections", "Led before")
    return Table("Members", columns, tuple(_step(op, step) for step in op.steps))


def _phases(op: Operation) -> Table:
    """How long each took."""
    rows = []
    for step in op.steps:
        took = {p.name: f"{words.duration(p.end - p.start)}{', not over' if p.kind == 'stuck' else ''}" for p in step.phases}
        rows.append((f"{op.name}-{step.ordinal}", words.duration(step.start), *(took.get(name, "-") for name in ORDER[1:])))
    return Table("Phases", ("Member", "Begun after", *(words.PHASES[name][0].upper() + words.PHASES[name][1:] for name in ORDER[1:])), tuple(rows))


def _step(op: Operation, step: Step) -> tuple[str, ...]:
    most = max((n for _at, n in step.lag if n is not None), default=None)
    return (
        f"{op.name}-{step.ordinal}",
        words.stage(step),
        "not back" if step.away_ms is None else words.duration(step.away_ms / 1000),
        "unknown" if step.gap_ms is None else words.duration(step.gap_ms / 1000),
        words.latency(step.latency),
        "unknown" if most is None else words.many(most, "entry", "entries"),
        "unknown" if step.elections is None else str(step.elections),
        ", ".join(step.led) or "none",
    )


def backups(known: t.Sequence[Backup], now: float) -> Table:
    """Every backup, with what it is worth."""
    columns = ("Backup", "Made", "Age", "Grade", "Level", "Restore proven", "Kept", "Size", "Counts")
    return Table("Backups", columns, tuple(_backup(b, now) for b in known))


def _backup(b: Backup, now: float) -> tuple[str, ...]:
    grade = f"{b.grade}: {words.GRADES[b.grade]}" if b.grade in words.GRADES else "unknown"
    level = f"{b.level}: {words.LEVELS[b.level]}" if 0 <= b.level < len(words.LEVELS) else str(b.level)
    return (
        b.id,
        "unknown" if b.created is None else words.moment(b.created),
        words.age(b.created, now),
        grade,
        level,
        "never" if b.proven is None else words.moment(b.proven),
        ", ".join(w for w in (b.method, b.where) if w),
        words.size(b.bytes),
        "yes" if b.counts else f"no: {b.reason or 'unknown'}",
    )


def overview(ops: t.Sequence[Operation]) -> list[tuple[str, ...]]:
    """A row for each operation - when, how long, gap, elections, holds - and one for all together."""
    rows = [(words.moment(op.started), _seconds(op.seconds), *_cost(op)) for op in ops]
    gaps = [op.writer["longest_gap_ms"] for op in ops if "longest_gap_ms" in op.writer]
    elections = [op.measured["elections"] for op in ops if "elections" in op.measured]
    took = [op.seconds for op in ops if op.seconds is not None]
    worst = words.duration(max(gaps) / 1000) if gaps else "unknown"
    last = ("", words.duration(sum(took)), worst, f"{sum(elections):g}", str(sum(len(op.holds) for op in ops)))
    return [*rows, last]


def _cost(op: Operation) -> tuple[str, str, str]:
    gap, elections = op.writer.get("longest_gap_ms"), op.measured.get("elections")
    return ("unknown" if gap is None else words.duration(gap / 1000), "unknown" if elections is None else f"{elections:g}", str(len(op.holds)))


def _seconds(seconds: float | None) -> str:
    return "unknown" if seconds is None else words.duration(seconds)
