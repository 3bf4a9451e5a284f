# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Receipts as facts to draw: what is known, what is older, and what no receipt should hold."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils import _receipt
from ansible_collections.robustmq.placement_center.plugins.module_utils._receipt import Lead, Receipt, Side, StepReceipt
from ansible_collections.robustmq.placement_center.plugins.module_utils._report_facts import backup, operation
from ansible_collections.robustmq.placement_center.plugins.module_utils._report_time import Change, Led, Phase, leads, phases
from ansible_collections.robustmq.placement_center.plugins.module_utils._report_values import LONGEST, moment, number, numbers, rows, table, text, whole
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.reports import ALL, drawn, said

TEXTS = [
    ("plain", "plain"),
    ("a\n  b\tc\r", "a b c"),
    ("\x00\x1b[31mred\x7f", "[31mred"),
    ("evil\u202etxt.exe\u2066", "eviltxt.exe"),
    ("\ud800", ""),
    ("€ 漢 😀 →", "€ 漢 😀 →"),
    (7, ""),
    (None, ""),
]


@pytest.mark.parametrize("value, line", TEXTS)
def test_a_text_is_one_line_that_can_be_shown(value: t.Any, line: str) -> None:
    assert text(value) == line


def test_a_text_has_an_end() -> None:
    assert len(text("x" * 10**6)) == LONGEST and text("x" * 10**6).endswith("…")


@pytest.mark.parametrize("value", [True, "7", None, float("nan"), float("inf"), 1e300, 10**400, [], {}])
def test_what_is_no_number_that_can_be_drawn_is_unknown(value: t.Any) -> None:
    assert number(value) is None and whole(value) is None
    assert numbers({"a": value, "b": 2}) == {"b": 2.0}


def test_a_table_has_texts_as_keys_and_rows_are_tables() -> None:
    assert table([1]) == {} and table({1: 2, "a": 3}) == {"a": 3} and rows([{"a": 1}, 7, None]) == [{"a": 1}]


MOMENTS = [("2027-01-15T08:00:00.500Z", 1_800_000_000.5), ("2027-01-15T08:00:00", 1_800_000_000.0), ("soon", None), ("", None), (7, None)]


@pytest.mark.parametrize("value, at", MOMENTS)
def test_moments(value: t.Any, at: float | None) -> None:
    assert moment(value) == at


def test_a_step_is_cut_at_the_ends_of_its_phases() -> None:
    ends = {"gate": 10.0, "gone": 13.0, "created": 13.5, "ready": 60.0, "joined": 17.0, "caught_up": 17.0, "stable": 70.0}
    assert phases(10.0, 70.0, ends) == (
        Phase("gone", "away", 10.0, 13.0),
        Phase("created", "away", 13.0, 13.5),
        Phase("joined", "away", 13.5, 17.0),
        Phase("ready", "back", 17.0, 60.0),
        Phase("stable", "proof", 60.0, 70.0),
    )
    assert phases(10.0, 40.0, {"gate": 10.0, "gone": 13.0})[-1] == Phase("created", "stuck", 13.0, 40.0)
    assert phases(10.0, 10.0, {}) == ()


def test_leads_are_spans_with_the_same_groups() -> None:
    told = [Change(0, "g", 1, 4), Change(0, "h", 1, 2), Change(5, "g", None, 4), Change(7, "g", 2, 5), Change(9, "g", 2, 6)]
    assert leads(told, 20.0) == (
        Led(1, 0, 5, (("g", 4), ("h", 2))),
        Led(1, 5, 20.0, (("h", 2),)),
        Led(2, 7, 9, (("g", 5),)),
        Led(2, 9, 20.0, (("g", 6),)),
    )


def test_an_older_receipt_is_drawn_from_what_it_has() -> None:
    old = said("update")
    for name in ("totals", "members"):
        del old[name]
    for step in old["steps"]:
        for name in ("reached", "lag", "leaders", "write_latency_ms"):
            del step[name]
    op = operation(old)
    assert op is not None and op.members == (0, 1, 2)
    assert [p.name for p in op.steps[0].phases[:4]] == ["gone", "created", "joined", "ready"] and op.steps[0].phases[2].end == pytest.approx(7.202)
    assert [led.member for led in op.leads] == [0, 2] and all(step.done and step.phases[-1].kind == "proof" for step in op.steps)


def test_the_receipts_of_these_tests_have_the_form_of_real_ones() -> None:
    step = StepReceipt(0, 1.0, Side("r", "i:1"), Side("r", "i:2"), lag=((1.0, 0),)).see([Lead(1.0, "g", 0, 1)]).reach("stable", 2.0)
    real = _receipt.build(Receipt("update-1", "n", "s", 1.0, 2.0, "done", steps=(step,)))
    for name in ALL:
        receipt = said(name)
        assert set(receipt) == set(real), name
        assert all(set(s) == set(real["steps"][0]) for s in receipt["steps"]), name


def test_what_these_receipts_say() -> None:
    hold, update = drawn("hold"), drawn("update")
    assert [s.ordinal for s in update.steps] == [2, 1, 0] and all(s.done for s in update.steps) and len(update.stops) == 2
    assert not hold.steps[0].done and hold.steps[0].phases[-1].kind == "stuck" and [h.code for h in hold.holds] == ["pod_crashing", "step_timeout"]
    assert [c.seconds for c in drawn("growth").claims] == [41.2, 68.7, 39.5] and drawn("growth").steps == ()
    assert [(b.grade, b.level, b.counts) for b in map(backup, said("backups"))] == [("B", 2, True), ("B", 3, True), ("A", 1, True), ("C", 1, False)]


@pytest.mark.parametrize("value", [None, [], "x", {}, {"operation": "update-1"}, {"operation": "u", "started": "soon", "state": "done"}])
def test_what_is_no_receipt(value: t.Any) -> None:
    assert operation(value) is None


JUNK = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9), lambda inner: st.lists(inner, max_size=3), max_leaves=6)
PLACES = ["ended", "steps", "writer", "forecast", "measured", "facts", "members", "name", "namespace", "reason", "requests"]
INNER = ["ordinal", "begun", "before", "after", "reached", "durations", "holds", "elections", "write_gap_ms", "led", "away_ms", "lag", "leaders"]


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(PLACES), JUNK), st.dictionaries(st.sampled_from(INNER), JUNK))
def test_junk_in_a_receipt_is_unknown_and_nothing_worse(outer: dict[str, t.Any], inner: dict[str, t.Any]) -> None:
    receipt = said("update")
    receipt["steps"][1] |= inner
    op = operation({**receipt, **outer})
    assert op is not None and op.end >= 1.0
    assert all(0 <= step.start <= step.end <= op.end and all(p.start < p.end for p in step.phases) for step in op.steps)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(JUNK | st.dictionaries(st.sampled_from(["id", "created", "level", "bytes", "proven", "grade"]), JUNK))
def test_junk_as_a_backup(value: t.Any) -> None:
    assert backup(value).counts is False
