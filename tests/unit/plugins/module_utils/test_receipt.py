# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a receipt says, how many are kept, and that nothing secret gets into one."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils import _receipt
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Reason
from ansible_collections.robustmq.placement_center.plugins.module_utils._receipt import GroupFacts, Lead, Receipt, Side, StepReceipt
from hypothesis import given
from hypothesis import strategies as st

BEGUN = 1_800_000_000.0
BEFORE = Side("r1", "i:1", {"metadata_0": GroupFacts(3, 4, 100), "data_0": GroupFacts(1, 2, 9)})
AFTER = Side("r2", "i:2", {"metadata_0": GroupFacts(1, 6, 140), "data_0": GroupFacts(1, 2, 9)})
LEADERS = (Lead(BEGUN, "metadata_0", 2, 4), Lead(BEGUN, "data_0", 0, 2), Lead(BEGUN + 1, "metadata_0", None, 5), Lead(BEGUN + 2, "metadata_0", 0, 6))
STEP = StepReceipt(2, BEGUN, BEFORE, AFTER, write_gap_ms=740, led=("metadata_0",), leaders=LEADERS)


def receipt(**more: object) -> Receipt:
    return Receipt("upgrade", "placement-center", "n", BEGUN, BEGUN + 12.5, "done", **more)  # type: ignore[arg-type]


def test_a_phase_lasts_from_the_one_before_it_that_was_seen() -> None:
    step = STEP
    for phase, at in (("gate", 0.5), ("gone", 2.0), ("ready", 4.0), ("ready", 9.0), ("caught_up", 4.25)):
        step = step.reach(phase, BEGUN + at)
    assert _receipt.durations(step) == {"gate": 0.5, "gone": 1.5, "ready": 2.0, "caught_up": 0.25}


def test_phases_that_ended_at_once_took_no_time() -> None:
    step = STEP.reach("joined", BEGUN + 3).reach("ready", BEGUN + 5)
    assert _receipt.durations(step) == {"ready": 5.0, "joined": 0.0}


def led(*leaders: tuple[int | None, int]) -> tuple[Lead, ...]:
    return tuple(Lead(BEGUN + n, "metadata_0", member, term) for n, (member, term) in enumerate(leaders))


ELECTIONS: list[tuple[str, tuple[Lead, ...], Side | None, int | None]] = [
    ("the same leader in the same term", led((2, 4)), AFTER, 0),
    ("another one", led((2, 4), (None, 5), (0, 6)), AFTER, 1),
    ("and back", led((2, 4), (0, 6), (2, 7)), AFTER, 2),
    ("the same one, elected again", led((2, 4), (None, 4), (2, 6)), AFTER, 1),
    ("back within its peers' patience", led((2, 4), (None, 4), (2, 4)), AFTER, 0),
    ("a term that one who was cut off has raised", led((2, 74), (2, 193)), AFTER, 1),
    ("nobody was seen to lead", led((None, 4)), AFTER, None),
    ("its end is not known", led((2, 4), (0, 6)), None, None),
    ("nobody leads in the end", led((2, 4), (0, 6)), Side("r2", "i:2", {"metadata_0": GroupFacts(None, None, None)}), None),
]


@pytest.mark.parametrize("leaders, after, wanted", [row[1:] for row in ELECTIONS], ids=[row[0] for row in ELECTIONS])
def test_elections_are_leaders_that_were_seen_and_no_terms(leaders: tuple[Lead, ...], after: Side | None, wanted: int | None) -> None:
    assert _receipt.elections(replace(STEP, leaders=leaders, after=after))["metadata_0"] == wanted


def test_the_same_hold_is_kept_once() -> None:
    step = STEP.hold(Reason("lagging", "9 behind", 2, "g"), Reason("lagging", "8 behind", 2, "g")).hold(Reason("lagging", "7 behind", 2, "g"))
    assert [r.message for r in step.holds] == ["9 behind"]
    assert [r.message for r in STEP.hold(Reason("a", "x")).hold(Reason("a", "y"), Reason("b", "z")).holds] == ["x", "z"]


def test_a_receipt_is_plain_data() -> None:
    built = json.loads(_receipt.text(receipt(steps=(STEP.reach("gate", BEGUN + 1),), requests=7)))
    assert (built["started"], built["ended"], built["seconds"]) == ("2027-01-15T08:00:00.000Z", "2027-01-15T08:00:12.500Z", 12.5)
    (step,) = built["steps"]
    assert step["before"]["groups"]["metadata_0"] == {"leader": 3, "term": 4, "last_index": 100}
    assert step["elections"] == {"data_0": 0, "metadata_0": 1} and step["durations"] == {"gate": 1.0}
    assert _receipt.key(receipt()) == "20270115T080000.000Z-upgrade.json"


def test_what_a_step_saw_over_time_counts_from_its_begin() -> None:
    step = StepReceipt(2, BEGUN, BEFORE, AFTER, lag=((BEGUN, 0), (BEGUN + 2.04, None), (BEGUN + 9, 120))).reach("joined", BEGUN + 6.5)
    step = step.see([Lead(BEGUN, "g", 2, 4)]).see([Lead(BEGUN + 1, "g", 2, 4)]).see([Lead(BEGUN + 3.25, "g", None, 5), Lead(BEGUN + 3.25, "h", 0, 1)])
    built = _receipt.build(receipt(steps=(step,), writer={"longest_gap_ms": 740}, members=(0, 1, 2)))
    (told,) = built["steps"]
    assert told["lag"] == [[0.0, 0], [2.0, None], [9.0, 120]] and told["reached"] == {"joined": 6.5}
    assert [(lead["at"], lead["group"], lead["member"]) for lead in told["leaders"]] == [(0.0, "g", 2), (3.2, "g", None), (3.2, "h", 0)]
    assert built["totals"] == {
        "members": 1,
        "holds": 0,
        "elections": None,
        "longest_away_ms": 6500,
        "longest_write_gap_ms": 740,
        "most_behind": 120,
    }


def test_totals_of_nothing_are_unknown() -> None:
    assert {v for k, v in _receipt.totals(receipt()).items() if k not in ("members", "holds")} == {None}


def test_ten_receipts_with_all_they_may_hold_fit_beside_each_other() -> None:
    lag = tuple((BEGUN + n, 10**7 + n) for n in range(60))
    leaders = tuple(Lead(BEGUN + n, "metadata_0", n % 7, 10**6 + n) for n in range(60))
    full = StepReceipt(6, BEGUN, BEFORE, AFTER, lag=lag, leaders=leaders)
    assert len(_receipt.text(receipt(steps=(full,) * 7))) * 10 < _receipt.ROOM


SECRETS = [
    "Authorization: Bearer hunter2",
    "https://user:hunter2@registry/x",
    'token="hunter2"',
    "password: hunter2, and more",
    '{"api_key": "hunter2"}',
    "-----BEGIN RSA PRIVATE KEY-----\nhunter2\n-----END RSA PRIVATE KEY-----",
    "-----BEGIN PRIVATE KEY-----\nhunter2",
]


@pytest.mark.parametrize("words", SECRETS)
def test_no_secret_gets_into_a_receipt(words: str) -> None:
    step = StepReceipt(2, BEGUN, BEFORE, holds=(Reason("pod_image", f"could not pull: {words}"),))
    text = _receipt.text(receipt(reason=words, steps=(step,), writer={"trouble": words}, forecast={"why": [words]}))
    assert "hunter2" not in text and "could not pull" in text


def test_a_secret_that_one_text_gives_away_is_hidden_in_the_others() -> None:
    step = StepReceipt(2, BEGUN, BEFORE, holds=(Reason("pod_crashing", "could not open hunter2"),))
    assert "hunter2" not in _receipt.text(receipt(reason="https://user:hunter2@registry/x", steps=(step,)))


@pytest.mark.parametrize("words", ["pull i:1 at registry:5000/x", "secretly, the token ring: 3 members", "group metadata_0: 3 is behind"])
def test_plain_words_stay(words: str) -> None:
    assert _receipt.build(receipt(reason=words))["reason"] == words


@given(st.dictionaries(st.integers(0, 40), st.integers(0, 300_000), max_size=14), st.integers(0, 40), st.integers(0, 300_000))
def test_the_newest_are_kept_and_they_fit(old: dict[int, int], new: int, size: int) -> None:
    data = {f"{at:03}": "x" * length for at, length in old.items()}
    change = _receipt.kept(data, f"{new:03}", "y" * size)
    left = {name: text for name, text in {**data, **change}.items() if text is not None}
    assert len(left) <= 10 and sum(map(len, left.values())) <= _receipt.ROOM and f"{new:03}" in left
    others = sorted(set(left) - {f"{new:03}"})
    gone = sorted(set(data) - set(left))
    assert not others or not gone or gone[-1] < others[0]


def test_surplus_files_are_the_oldest_and_only_receipts() -> None:
    names = [f"2026010{day}T000000.000Z-update-{day}a.json" for day in range(1, 10)] + ["20260110T000000.000Z-rollback-b.json", "notes.json", ".x"]
    assert _receipt.surplus(names, names[0]) == []
    new = "20260111T000000.000Z-update-c.json"
    assert _receipt.surplus([*names, new], new) == [names[0]]
    assert _receipt.surplus([*names, "20250101T000000.000Z-update-d.json"], "20250101T000000.000Z-update-d.json") == [names[0]], "the new one stays"


@pytest.mark.parametrize("led, feel, wanted", [(("g",), "it is slow", ["it is slow"]), ((), "it is slow", []), (("g",), "", [])])
def test_what_clients_feel_of_a_leaders_turn_is_noted_where_one_went(led: tuple[str, ...], feel: str, wanted: list[str]) -> None:
    steps = (replace(STEP, led=()), replace(STEP, led=led))
    assert _receipt.build(receipt(steps=steps, clients_feel=feel))["notes"] == wanted
