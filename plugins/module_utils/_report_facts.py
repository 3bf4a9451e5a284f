# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Receipts and backups as facts to draw, whatever a file may say. Pure."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ansible_collections.robustmq.placement_center.plugins.module_utils._report_time import Led, Phase, changes, leads, phases, reached
from ansible_collections.robustmq.placement_center.plugins.module_utils._report_values import (
    Object,
    items,
    moment,
    number,
    numbers,
    rows,
    table,
    text,
    whole,
)
from ansible_collections.robustmq.placement_center.plugins.module_utils._versions import tag


class Held(t.NamedTuple):
    """A reason that held a step up."""

    code: str
    message: str
    member: int | None


class Claim(t.NamedTuple):
    """A claim that was to grow; ``seconds`` from being asked to having the size."""

    name: str
    ordinal: int | None
    before: str
    after: str
    seconds: float | None


class Backup(t.NamedTuple):
    """A backup, as it is told; times are Unix seconds."""

    id: str
    created: float | None
    grade: str
    level: int
    method: str
    where: str
    bytes: float
    counts: bool
    reason: str
    proven: float | None


@dataclass(frozen=True)
class Step:
    """One member's turn; ``start`` and ``end`` in seconds since the operation began."""

    ordinal: int
    start: float
    end: float
    phases: tuple[Phase, ...]
    before: str
    after: str
    lag: tuple[tuple[float, int | None], ...] = ()
    holds: tuple[Held, ...] = ()
    led: tuple[str, ...] = ()
    elections: int | None = None
    away_ms: float | None = None
    gap_ms: float | None = None
    latency: t.Mapping[str, float] = field(default_factory=dict)

    @property
    def done(self) -> bool:
        """It came to its end."""
        return not any(p.kind == "stuck" for p in self.phases)


@dataclass(frozen=True)
class Operation:
    """All that is drawn of one receipt; ``started`` is Unix time, what is unknown None or absent."""

    id: str
    kind: str
    namespace: str
    name: str
    state: str
    reason: str
    started: float
    seconds: float | None
    members: tuple[int, ...] = ()
    steps: tuple[Step, ...] = ()
    leads: tuple[Led, ...] = ()
    stops: tuple[tuple[float, float], ...] = ()  # when writes stopped, and for how long
    writer: t.Mapping[str, float] = field(default_factory=dict)
    unverified: bool = False  # what was written could not be read back
    latency: t.Mapping[str, float] = field(default_factory=dict)
    forecast: t.Mapping[str, float] = field(default_factory=dict)
    measured: t.Mapping[str, float] = field(default_factory=dict)
    claims: tuple[Claim, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def end(self) -> float:
        """Where the picture ends: nothing that is known lies behind it."""
        known = [*(s.end for s in self.steps), *(at + length for at, length in self.stops), *(c.seconds or 0.0 for c in self.claims)]
        return max([self.seconds or 0.0, *known, 1.0])

    @property
    def holds(self) -> tuple[Held, ...]:
        """Those of all steps, in their order."""
        return tuple(hold for step in self.steps for hold in step.holds)


def operation(said: t.Any) -> Operation | None:
    """The facts of a receipt; None where it is none."""
    paper = table(said)
    started, ended = moment(paper.get("started")), moment(paper.get("ended"))
    if not text(paper.get("operation")) or started is None or not text(paper.get("state")):
        return None
    seconds = None if ended is None else max(0.0, ended - started)
    writer = table(paper.get("writer"))
    told = [(s, max(0.0, (moment(s.get("begun")) or started) - started)) for s in rows(paper.get("steps")) if (whole(s.get("ordinal")) or 0) >= 0]
    steps = tuple(_step(s, start, seconds) for s, start in told)
    known = [change for (s, _start), step in zip(told, steps) for change in changes(s, step.start, step.end)]
    led = leads(known, max([seconds or 0.0, *(s.end for s in steps)]))
    stops = [(number(s.get("after_ms")), number(s.get("ms"))) for s in rows(writer.get("stops"))]
    first = steps[0].start if steps else 0.0
    return Operation(
        id=text(paper["operation"]),
        kind=text(paper["operation"]).partition("-")[0],
        namespace=text(paper.get("namespace")),
        name=text(paper.get("name")),
        state=text(paper["state"]),
        reason=text(paper.get("reason")),
        started=started,
        seconds=seconds,
        members=_members(paper, steps, led),
        steps=steps,
        leads=led,
        stops=tuple((first + at / 1000, ms / 1000) for at, ms in stops if at is not None and ms is not None and at >= 0 and ms > 0),
        writer=numbers(writer),
        unverified="lost" in writer and "lost" not in numbers(writer),
        latency=numbers(writer.get("latency_ms")),
        forecast=numbers(paper.get("forecast")),
        measured=numbers(paper.get("measured")),
        claims=_claims(table(paper.get("facts"))),
        notes=tuple(note for note in map(text, items(paper.get("notes"))) if note),
    )


def _members(paper: Object, steps: t.Sequence[Step], led: t.Sequence[Led]) -> tuple[int, ...]:
    """All of them where the receipt tells them, else those of which it tells something."""
    named = {whole(n) for n in items(paper.get("members"))} | {s.ordinal for s in steps} | {lead.member for lead in led}
    return tuple(sorted(n for n in named if n is not None and n >= 0))


def _step(said: Object, start: float, seconds: float | None) -> Step:
    ends = {phase: start + at for phase, at in reached(said).items()}
    end = ends["stable"] if "stable" in ends else max([seconds or 0.0, start, *ends.values()])
    elections = [n for n in map(whole, table(said.get("elections")).values()) if n is not None]
    lag = [(number(p[0]), whole(p[1])) for p in items(said.get("lag")) if isinstance(p, (list, tuple)) and len(p) == 2]
    return Step(
        ordinal=whole(said.get("ordinal")) or 0,
        start=start,
        end=end,
        phases=phases(start, end, ends),
        before=tag(text(table(said.get("before")).get("image"))),
        after=tag(text(table(said.get("after")).get("image"))),
        lag=tuple((start + at, n) for at, n in lag if at is not None and at >= 0 and (n is None or n >= 0)),
        holds=tuple(Held(text(h.get("code")), text(h.get("message")), whole(h.get("member"))) for h in rows(said.get("holds"))),
        led=tuple(text(group) for group in items(said.get("led"))),
        elections=sum(elections) if elections else None,
        away_ms=number(said.get("away_ms")),
        gap_ms=number(said.get("write_gap_ms")),
        latency=numbers(said.get("write_latency_ms")),
    )


def _claims(facts: Object) -> tuple[Claim, ...]:
    planned = {text(p.get("claim")): p for p in rows(facts.get("plan"))}
    found = []
    for claim in rows(facts.get("claims")):
        name = text(claim.get("claim"))
        before = text(planned.get(name, {}).get("from"))
        found.append(Claim(name, whole(claim.get("ordinal")), before, text(claim.get("size")), number(claim.get("seconds"))))
    return tuple(found)


def backup(said: t.Any) -> Backup:
    """One row of what is known of backups."""
    row = table(said)
    counts, proven = row.get("counts") is True, moment(row.get("proven"))
    grade, method, where, reason = (text(row.get(name)) for name in ("grade", "method", "where", "reason"))
    level, size = whole(row.get("level")) or 0, number(row.get("bytes")) or 0.0
    return Backup(text(row.get("id")), moment(row.get("created")), grade, level, method, where, size, counts, reason, proven)
