# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a series of numbered writes proves: how long none was acknowledged, and whether an acknowledged one is gone. Pure.

A write whose fate is unknown may land late and overwrite a newer one. So the first of them closes its key as soon as that key holds
something acknowledged, and the numbers go on in the next key: in each, what must be there is never in doubt.
"""

from __future__ import annotations

import itertools
import typing as t
from dataclasses import dataclass, field

Span = tuple[float, float]


@dataclass
class Page:
    """One key's numbers: the newest acknowledged, and those of unknown fate."""

    acknowledged: int = 0
    doubtful: set[int] = field(default_factory=set)

    def lost(self, found: int) -> bool:
        """Is an acknowledged write missing, where ``found`` is the number that stands there (0: none)?"""
        return found < self.acknowledged and found not in self.doubtful


@dataclass
class Journal:
    """Every number written, when the acknowledgements came, and when we could not have noticed one."""

    pages: list[Page] = field(default_factory=lambda: [Page()])
    acknowledgements: list[float] = field(default_factory=list)
    took: list[float] = field(default_factory=list)  # seconds that each of them was waited for
    excused: list[Span] = field(default_factory=list)
    last: int = 0

    def begin(self) -> tuple[int, int]:
        """The next number, and the page for it."""
        self.last += 1
        return self.last, len(self.pages) - 1

    def acknowledge(self, page: int, number: int, at: float, took: float = 0.0) -> None:
        """It is stored, they say."""
        self.pages[page].acknowledged = max(self.pages[page].acknowledged, number)
        self.acknowledgements.append(at)
        self.took.append(took)

    def doubt(self, page: int, number: int) -> None:
        """Nobody knows whether it is stored."""
        self.pages[page].doubtful.add(number)
        if page == len(self.pages) - 1:
            self.turn()

    def turn(self) -> None:
        """Write on in another key, so that what is in this one stays to be read."""
        if self.pages[-1].acknowledged:
            self.pages.append(Page())

    def excuse(self, start: float, end: float) -> None:
        """Silence between these was not the cluster's."""
        self.excused.append((start, end))

    def stops(self, since: float, until: float, least: float = 0.0) -> list[Span]:
        """(when it began, how long) of each time without an acknowledgement, the last one perhaps under way; without what is excused."""
        marks = [since, *(at for at in self.acknowledgements if since < at < until), until]
        excused = merged(self.excused)
        found = ((a, b - a - overlap(excused, a, b)) for a, b in itertools.pairwise(marks))
        return [(at, seconds) for at, seconds in found if seconds >= least]

    def gap(self, since: float, until: float) -> float:
        """Seconds of the longest."""
        return max((seconds for _at, seconds in self.stops(since, until)), default=0.0)

    def latency(self, since: float, until: float) -> dict[str, float] | None:
        """Milliseconds that writes took which were acknowledged: the middle one, all but one in a hundred, the longest; None where there was none."""
        took = sorted(seconds for at, seconds in zip(self.acknowledgements, self.took) if since <= at <= until)
        ranks = {"median": 50, "p99": 99, "max": 100}
        return {name: round(1000 * took[(len(took) * rank + 99) // 100 - 1], 1) for name, rank in ranks.items()} if took else None

    def missing(self, found: t.Mapping[int, int]) -> dict[int, int]:
        """Page -> acknowledged number that is gone; ``found`` is the number that stands in each page."""
        return {page: p.acknowledged for page, p in enumerate(self.pages) if page in found and p.lost(found[page])}


def merged(spans: t.Iterable[Span]) -> list[Span]:
    """The same time, without overlaps, in order."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def overlap(spans: t.Sequence[Span], start: float, end: float) -> float:
    """Seconds of the spans, which do not overlap, between two times."""
    return sum(max(0.0, min(end, b) - max(start, a)) for a, b in spans)
