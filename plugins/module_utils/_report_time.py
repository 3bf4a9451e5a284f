# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a step and its raft groups went through, as spans of seconds since the operation began. Pure."""

from __future__ import annotations

import itertools
import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils._receipt import PHASES
from ansible_collections.robustmq.placement_center.plugins.module_utils._report_values import Object, number, rows, table, text, whole

NEVER = float("inf")
ORDER = ("gate", "gone", "created", "joined", "caught_up", "ready", "stable")  # as they mostly come


class Phase(t.NamedTuple):
    """Part of a step, named after what ends it; ``kind`` is away, back, proof, or stuck where it never ended."""

    name: str
    kind: str
    start: float
    end: float


class Led(t.NamedTuple):
    """A member leads these groups, each in its term."""

    member: int
    start: float
    end: float
    groups: tuple[tuple[str, int | None], ...]


class Change(t.NamedTuple):
    """From then on this member leads the group; None is nobody."""

    at: float
    group: str
    member: int | None
    term: int | None


def reached(step: Object) -> dict[str, float]:
    """Seconds into the step at which phases ended; where the receipt is older than that, from how long each took."""
    told = {p: number(at) for p, at in table(step.get("reached")).items()}
    found = {p: at for p in PHASES if (at := told.get(p)) is not None and at >= 0}
    if found:
        return found
    passed = 0.0
    for phase in PHASES:
        took = number(table(step.get("durations")).get(phase))
        if took is not None:
            passed = found[phase] = passed + max(0.0, took)
    away = number(step.get("away_ms"))
    if away is not None and "joined" in found:  # durations have it behind readiness, though it mostly comes before
        found["joined"] = min(found["joined"], max(0.0, away / 1000))
    if "stable" in found and found.get("caught_up") == found.get("ready"):
        found.pop("caught_up", None)  # so has this, and when it was is not told
    return found


def phases(start: float, end: float, ends: t.Mapping[str, float]) -> tuple[Phase, ...]:
    """The step cut at the ``ends`` of its phases, which are counted like its start and end."""
    found, at, joined = [], start, ends.get("joined", NEVER)
    for name in sorted(ends, key=lambda p: (ends[p], ORDER.index(p))):
        kind = "proof" if name == "stable" else "away" if ends[name] <= joined else "back"
        if ends[name] > at:
            found.append(Phase(name, kind, at, ends[name]))
            at = ends[name]
    if "stable" not in ends and end > at:
        found.append(Phase(next(p for p in ORDER if p not in ends), "stuck", at, end))
    return tuple(found)


def changes(step: Object, start: float, end: float) -> list[Change]:
    """Who leads from when on; a receipt that is older than that tells it of the step's begin and end, by raft ids."""
    told = [(number(c.get("at")), text(c.get("group")), whole(c.get("member")), whole(c.get("term"))) for c in rows(step.get("leaders"))]
    if told:
        return [Change(start + at, group, member, term) for at, group, member, term in told if at is not None]
    found = []
    for at, side in ((start, "before"), (end, "after")):
        for group, facts in table(table(step.get(side)).get("groups")).items():
            leader = whole(table(facts).get("leader"))
            found.append(Change(at, text(group), None if leader is None else leader - 1, whole(table(facts).get("term"))))
    return found


def leads(told: t.Iterable[Change], end: float) -> tuple[Led, ...]:
    """Per member, the spans in which it leads the same groups in the same terms."""
    spans: dict[int, list[tuple[float, float, tuple[str, int | None]]]] = {}
    for _group, those in itertools.groupby(sorted(told, key=lambda c: (c.group, c.at)), key=lambda c: c.group):
        ordered = list(those)
        for change, until in zip(ordered, [*(c.at for c in ordered[1:]), end]):
            if change.member is not None and until > change.at:
                spans.setdefault(change.member, []).append((change.at, until, (change.group, change.term)))
    return tuple(led for member in sorted(spans) for led in _merged(member, spans[member]))


def _merged(member: int, spans: t.Sequence[tuple[float, float, tuple[str, int | None]]]) -> t.Iterator[Led]:
    edges = sorted({edge for start, end, _what in spans for edge in (start, end)})
    last: Led | None = None
    for start, end in itertools.pairwise(edges):
        now = tuple(sorted((what for s, e, what in spans if s <= start and end <= e), key=str))
        if last and last.groups == now:
            last = last._replace(end=end)
            continue
        if last and last.groups:
            yield last
        last = Led(member, start, end, now)
    if last and last.groups:
        yield last
