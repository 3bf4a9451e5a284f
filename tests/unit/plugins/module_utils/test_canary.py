# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gaps in acknowledgements, and lost writes told from writes in doubt."""

from __future__ import annotations

import itertools

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils._canary import Journal, Page, Span, merged, overlap
from hypothesis import given
from hypothesis import strategies as st

GAPS: list[tuple[str, list[float], list[Span], float, float, float]] = [
    ("even steps", [1, 2, 3], [], 0, 4, 1),
    ("one long", [1, 2, 7, 8], [], 0, 8.5, 5),
    ("none at all", [], [], 0, 9, 9),
    ("under way now", [1, 2], [], 0, 9, 7),
    ("before the mark", [1, 7, 8], [], 7.5, 8.5, 0.5),
    ("across the mark", [1, 7], [], 5, 8, 2),
    ("our own pause", [1, 7], [(2.0, 6.0)], 0, 7.5, 2),
    ("two excuses for the same time", [1, 7], [(2.0, 6.0), (3.0, 5.0)], 0, 7.5, 2),
    ("an excuse that reaches beyond", [1, 7], [(0.0, 3.0), (6.5, 9.0)], 0, 7.5, 3.5),
]


@pytest.mark.parametrize("acks, excused, since, until, gap", [c[1:] for c in GAPS], ids=[c[0] for c in GAPS])
def test_gaps(acks: list[float], excused: list[Span], since: float, until: float, gap: float) -> None:
    assert Journal(acknowledgements=acks, excused=excused).gap(since, until) == pytest.approx(gap)


def test_short_times_are_no_stops() -> None:
    assert Journal(acknowledgements=[1, 1.05, 3, 3.05]).stops(0.9, 3.1, 0.25) == [(1.05, pytest.approx(1.95))]


def test_how_long_writes_took() -> None:
    journal = Journal()
    for n in range(1, 101):
        journal.acknowledge(0, n, float(n), n / 1000)
    assert journal.latency(0, 200) == {"median": 50.0, "p99": 99.0, "max": 100.0}
    assert journal.latency(10, 10) == {"median": 10.0, "p99": 10.0, "max": 10.0}
    assert journal.latency(100.5, 200) is None


FATES = [
    ("the newest acknowledged", Page(7, set()), 7, False),
    ("one that was under way", Page(7, {8}), 8, False),
    ("an older one", Page(7, {8}), 6, True),
    ("nothing", Page(7, {8}), 0, True),
    ("nothing was acknowledged", Page(0, {8}), 0, False),
    ("an old one whose fate was unknown came late", Page(7, {3}), 3, False),
    ("acknowledged late, and not there", Page(8, {8}), 7, True),
]


@pytest.mark.parametrize("page, found, lost", [c[1:] for c in FATES], ids=[c[0] for c in FATES])
def test_fates(page: Page, found: int, lost: bool) -> None:
    assert page.lost(found) is lost


def test_doubt_closes_a_page_that_holds_something() -> None:
    journal = Journal()
    for fate in ("doubt", "doubt", "ack", "ack", "doubt", "doubt", "ack"):
        number, page = journal.begin()
        if fate == "ack":
            journal.acknowledge(page, number, float(number))
        else:
            journal.doubt(page, number)
    assert journal.pages == [Page(4, {1, 2, 5}), Page(7, {6})]
    assert journal.missing({0: 4, 1: 6}) == {}
    assert journal.missing({0: 3, 1: 7}) == {0: 4}


class Store:
    """A register whose unanswered writes land at any later time, or never."""

    def __init__(self) -> None:
        self.values: dict[int, int] = {}
        self.late: list[tuple[int, int]] = []


@given(st.lists(st.sampled_from(["ack", "lost", "stored unheard", "late", "land"]), max_size=60), st.booleans())
def test_a_store_that_keeps_its_word_is_never_accused(story: list[str], backwards: bool) -> None:
    journal, store = Journal(), Store()
    for at, fate in enumerate(story):
        if fate == "land":
            if store.late:
                page, number = store.late.pop(-1 if backwards else 0)
                store.values[page] = number
            continue
        number, page = journal.begin()
        if fate in ("ack", "stored unheard"):
            store.values[page] = number
        if fate == "late":
            store.late.append((page, number))
        if fate == "ack":
            journal.acknowledge(page, number, float(at))
        else:
            journal.doubt(page, number)
    assert journal.missing({page: store.values.get(page, 0) for page in range(len(journal.pages))}) == {}


@given(st.integers(1, 30), st.data())
def test_an_acknowledged_write_that_goes_before_doubt_is_missed(count: int, data: st.DataObject) -> None:
    journal = Journal()
    for _each in range(count):
        number, page = journal.begin()
        journal.acknowledge(page, number, float(number))
    kept = data.draw(st.integers(0, count - 1))
    journal.doubt(*reversed(journal.begin()))
    assert journal.missing({0: kept}) == {0: count}


SPANS = st.lists(st.tuples(st.floats(0, 50), st.floats(0, 50)).map(lambda s: (min(s), max(s))), max_size=12)


@given(SPANS)
def test_merged_spans_cover_the_same_and_never_overlap(spans: list[Span]) -> None:
    found = merged(spans)
    assert all(a[1] < b[0] for a, b in itertools.pairwise(found))
    assert all(any(a <= start and end <= b for a, b in found) for start, end in spans)
    assert overlap(found, 0, 50) <= sum(b - a for a, b in spans) + 1e-6
