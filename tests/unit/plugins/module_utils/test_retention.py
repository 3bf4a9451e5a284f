# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which backups the rules let go: never the newest that is verified, whatever the rules and whatever else there is."""

from __future__ import annotations

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils._retention import Kept, Rules, forgotten, moment, surplus
from hypothesis import given
from hypothesis import strategies as st


def at(text: str, verified: bool = True) -> Kept:
    """A backup of 2026, named by its time: month-day, and the hour where it matters."""
    day, _space, hour = text.partition(" ")
    return Kept(text, f"2026-{day}T{hour or '12'}:00:00Z", verified)


def left(backups: list[Kept], rules: Rules) -> list[str]:
    gone = surplus(backups, rules)
    return [b.id for b in backups if b.id not in gone]


# Ten days in a row, twice on the last; 2026-11-23 is a Monday.
DAYS = [at(f"11-{day}") for day in range(16, 26)] + [at("11-25 18")]
TABLE: list[tuple[str, Rules, list[str]]] = [
    ("no rule keeps all", Rules(), [b.id for b in DAYS]),
    ("the last three", Rules(last=3), ["11-24", "11-25", "11-25 18"]),
    ("the newest of each of three days", Rules(daily=3), ["11-23", "11-24", "11-25 18"]),
    ("the newest of each of two weeks", Rules(weekly=2), ["11-22", "11-25 18"]),
    ("rules add up", Rules(last=2, daily=3, weekly=2), ["11-22", "11-23", "11-24", "11-25", "11-25 18"]),
    ("more than there are", Rules(last=99), [b.id for b in DAYS]),
]


@pytest.mark.parametrize("rules, wanted", [c[1:] for c in TABLE], ids=[c[0] for c in TABLE])
def test_what_is_kept(rules: Rules, wanted: list[str]) -> None:
    assert left(DAYS, rules) == wanted


def test_the_oldest_go_first() -> None:
    assert surplus(list(reversed(DAYS)), Rules(last=8)) == ["11-16", "11-17", "11-18"]


def test_a_year_of_weeks_is_counted_as_a_calendar_does() -> None:
    """2026-12-31 and 2027-01-01 are days of one week."""
    turn = [Kept("old", "2026-12-27T12:00:00Z", True), Kept("eve", "2026-12-31T12:00:00Z", True), Kept("new", "2027-01-01T12:00:00Z", True)]
    assert left(turn, Rules(weekly=2)) == ["old", "new"]


UNVERIFIED = [at("11-20"), at("11-21", False), at("11-22"), at("11-23", False)]


def test_an_unverified_backup_takes_no_place_and_goes_once_a_newer_verified_one_is_kept() -> None:
    assert left(UNVERIFIED, Rules(last=1)) == ["11-22", "11-23"]
    assert left(UNVERIFIED, Rules(last=2)) == ["11-20", "11-22", "11-23"]


def test_where_nothing_is_verified_nothing_goes() -> None:
    assert surplus([at("11-20", False), at("11-21", False)], Rules(last=1)) == []


BACKUPS = st.lists(
    st.builds(
        lambda number, day, hour, verified: Kept(f"{number}", f"2026-{1 + day // 28:02}-{1 + day % 28:02}T{hour:02}:00:00Z", verified),
        st.integers(0, 10**6),
        st.integers(0, 335),
        st.integers(0, 23),
        st.booleans(),
    ),
    max_size=30,
    unique_by=lambda b: b.id,
)
RULES = st.builds(Rules, st.integers(0, 5), st.integers(0, 5), st.integers(0, 5))


@given(BACKUPS, RULES)
def test_the_newest_verified_backup_is_never_removed(backups: list[Kept], rules: Rules) -> None:
    gone = surplus(backups, rules)
    good = [b for b in backups if b.verified]
    if good:
        newest = max(b.created for b in good)
        assert any(b.id not in gone for b in good if b.created == newest)
    assert set(gone) <= {b.id for b in backups} and len(set(gone)) == len(gone)


@given(BACKUPS, RULES)
def test_applied_again_they_remove_nothing_more(backups: list[Kept], rules: Rules) -> None:
    gone = surplus(backups, rules)
    assert surplus([b for b in backups if b.id not in gone], rules) == []


@given(BACKUPS, RULES)
def test_what_is_removed_has_a_newer_verified_one_that_stays(backups: list[Kept], rules: Rules) -> None:
    gone = surplus(backups, rules)
    stay = [b for b in backups if b.id not in gone and b.verified]
    assert all(any(s.created > b.created for s in stay) for b in backups if b.id in gone)


@given(BACKUPS, RULES)
def test_unverified_backups_change_nothing_for_verified_ones(backups: list[Kept], rules: Rules) -> None:
    good = [b for b in backups if b.verified]
    assert surplus(good, rules) == [i for i in surplus(backups, rules) if i in {b.id for b in good}]


@given(BACKUPS, RULES)
def test_at_most_as_many_verified_ones_stay_as_the_rules_name(backups: list[Kept], rules: Rules) -> None:
    stay = [b for b in backups if b.verified and b.id not in surplus(backups, rules)]
    newest = max((b.created for b in stay), default="")
    assert not rules.any or len([b for b in stay if b.created < newest]) <= max(rules.last, 1) + rules.daily + rules.weekly


@pytest.mark.parametrize("text", ["2026-11-25T07:05:01Z", "2026-11-25T08:05:01+01:00", "2026-11-25T02:05:01-05:00"])
def test_a_moment_is_the_same_in_every_zone(text: str) -> None:
    assert moment(text).isoformat() == "2026-11-25T07:05:01+00:00"


# In a repository

NOW = "2026-11-25T12:00:00Z"


def stored(backup: str, kind: str = "pc-data", time: str = "2026-11-20T12:00:00.123456789Z") -> dict[str, object]:
    return {"id": f"{kind}:{backup}", "time": time, "tags": [kind, f"pc-id={backup}", "pc-set=n/pc"]}


WHOLE = [stored("a"), stored("a", "pc-manifest"), stored("b"), stored("b", "pc-manifest")]
REPOSITORIES = [
    ("nothing goes", WHOLE, [], []),
    ("data and manifest go together", WHOLE, ["a"], ["pc-data:a", "pc-manifest:a"]),
    ("data whose manifest was never stored", [*WHOLE, stored("x")], [], ["pc-data:x"]),
    ("unless it is young", [*WHOLE, stored("x", time="2026-11-25T11:00:00+01:00")], [], []),
    ("what goes again was half gone", [stored("a", "pc-manifest")], ["a"], ["pc-manifest:a"]),
    (
        "what others keep there",
        [{"id": "o", "time": "2020-01-01T00:00:00Z", "tags": None}, {"id": "p", "time": "2020-01-01T00:00:00Z", "tags": ["pc-data"]}],
        ["a"],
        [],
    ),
    ("an empty repository", [], ["a"], []),
]


@pytest.mark.parametrize("snapshots, gone, wanted", [c[1:] for c in REPOSITORIES], ids=[c[0] for c in REPOSITORIES])
def test_what_is_forgotten_in_a_repository(snapshots: list[dict[str, object]], gone: list[str], wanted: list[str]) -> None:
    assert forgotten(snapshots, gone, NOW) == wanted
