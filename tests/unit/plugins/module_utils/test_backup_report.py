# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Backups as they are told: which count, what is wrong with the others, and whether they are young enough."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils import _backup_report, _manifest
from ansible_collections.robustmq.placement_center.plugins.module_utils._backup_store import Stored
from ansible_collections.robustmq.placement_center.plugins.module_utils._manifest import Seal
from ansible_collections.robustmq.placement_center.plugins.module_utils._retention import moment
from hypothesis import given
from hypothesis import strategies as st

Object = dict[str, t.Any]
KEY, OTHER = b"sixteen bytes...", b"another sixteen."
ID, MADE = "20261125-070501-4f3a", "2026-11-25T07:05:01Z"
NOW = moment("2026-11-25T08:05:01Z").timestamp()
HOUR, DAY = 3600, 86400
PAPER: Object = {
    "schema": 1,
    "id": ID,
    "created": MADE,
    "grade": "B",
    "method": "snapshot",
    "level": 2,
    "bytes": 7,
    "fence": {"metadata_0": 812},
    "cluster": {"namespace": "n"},
}


def stored(change: Object | None = None, where: str = "cluster", backup: str = ID, **other: t.Any) -> Stored:
    paper = {**PAPER, "id": backup, **(change or {})}
    return Stored(backup, where, paper, _manifest.sealed(paper, KEY), **other)


def altered() -> Stored:
    whole = stored()
    return Stored(whole.id, "cluster", {**whole.paper, "level": 3}, whole.seal)


LESS = Stored(ID, "storage", {"schema": 1, "id": ID}, Seal("", ""))  # somebody has cut it
UNREAD = Stored(ID, "cluster", {}, Seal("", ""), trouble="manifest_damaged")
REASONS: list[tuple[str, Stored, bytes | None, str]] = [
    ("one that counts", stored(), KEY, ""),
    ("level 1 counts", stored({"level": 1}), KEY, ""),
    ("nothing was read back", stored({"level": 0}), KEY, "backup_unverified"),
    ("it was never finished", stored(finished=False), KEY, "backup_unfinished"),
    ("its paper cannot be read", UNREAD, KEY, "manifest_damaged"),
    ("its paper was altered", altered(), KEY, "manifest_damaged"),
    ("its paper was cut", LESS, KEY, "manifest_damaged"),
    ("somebody else has signed it", stored(), OTHER, "signature_bad"),
    ("the key is not here", stored(), None, "signature_unknown"),
    ("a newer schema", stored({"schema": 2}), KEY, "manifest_unknown_schema"),
]


@pytest.mark.parametrize("backup, key, reason", [c[1:] for c in REASONS], ids=[c[0] for c in REASONS])
def test_a_backup_counts_only_if_nothing_is_wrong_with_it(backup: Stored, key: bytes | None, reason: str) -> None:
    row = _backup_report.row(backup, key, NOW)
    assert (row["reason"], row["counts"]) == (reason, not reason) and row["id"] == ID


def test_a_row_tells_what_the_paper_says() -> None:
    wanted = {"id": ID, "where": "cluster", "reason": "", "counts": True, "proven": "", "created": MADE, "age_seconds": HOUR}
    assert _backup_report.row(stored(), KEY, NOW) == {**wanted, "grade": "B", "method": "snapshot", "level": 2, "bytes": 7, "fence": {"metadata_0": 812}}


@pytest.mark.parametrize("backup", [UNREAD, altered(), LESS, stored({"schema": 2, "created": 7})], ids=["unread", "altered", "cut", "newer"])
def test_nothing_that_a_damaged_or_unknown_paper_says_is_told(backup: Stored) -> None:
    row = _backup_report.row(backup, KEY, NOW)
    assert (row["level"], row["created"], row["bytes"], row["fence"]) == (0, "", 0, {})
    assert row.keys() == _backup_report.row(stored(), KEY, NOW).keys()


def test_a_proof_that_the_key_has_signed_makes_level_3() -> None:
    proof = _manifest.proof(ID, "2026-11-25T07:30:00Z", KEY)
    row = _backup_report.row(stored(proof=proof), KEY, NOW)
    assert (row["level"], row["proven"]) == (3, "2026-11-25T07:30:00Z")
    for false in (_manifest.proof(ID, MADE, OTHER), _manifest.proof("20261125-070501-0000", MADE, KEY), MADE, "{}"):
        row = _backup_report.row(stored(proof=false), KEY, NOW)
        assert (row["level"], row["proven"], row["counts"]) == (2, "", True)


# Both lists


def test_what_is_in_both_lists_is_told_once_as_the_first_has_it() -> None:
    older, newer = "20261124-070501-4f3a", "20261126-070501-4f3a"
    first = [stored(), stored(backup=older)]
    second = [stored(where="repository"), stored(where="repository", backup=newer)]
    found = _backup_report.merged(first, second)
    assert [(b.id, b.where) for b in found] == [(newer, "repository"), (ID, "cluster"), (older, "cluster")]


# Young enough for an update


def rows(*ages: float, counts: bool = True, proven: str = "") -> list[Object]:
    return [{"counts": counts, "age_seconds": int(age), "proven": proven} for age in ages]


PROVEN = rows(HOUR, proven="2026-11-20T08:05:01Z")  # five days ago
STALE: list[tuple[str, list[Object], int, int, list[str]]] = [
    ("nothing is demanded", [], 0, 0, []),
    ("there is none", [], 24, 7, ["backup_too_old", "proof_too_old"]),
    ("a young one", rows(HOUR, 90 * HOUR), 24, 0, []),
    ("just too old", rows(24 * HOUR), 24, 0, ["backup_too_old"]),
    ("a young one that does not count", rows(HOUR, counts=False), 24, 0, ["backup_too_old"]),
    ("a young proof", PROVEN, 24, 7, []),
    ("an old proof", PROVEN, 24, 5, ["proof_too_old"]),
    ("no proof", rows(HOUR), 24, 5, ["proof_too_old"]),
]


@pytest.mark.parametrize("known, hours, days, wanted", [c[1:] for c in STALE], ids=[c[0] for c in STALE])
def test_what_is_too_old_for_an_update(known: list[Object], hours: int, days: int, wanted: list[str]) -> None:
    assert [r.reason for r in _backup_report.stale(known, hours, days, NOW)] == wanted


@given(st.lists(st.tuples(st.integers(0, 100 * HOUR), st.booleans())), st.integers(1, 99))
def test_one_young_backup_that_counts_is_enough(known: list[tuple[int, bool]], hours: int) -> None:
    told = [row for age, counts in known for row in rows(age, counts=counts)]
    young = any(counts and age < hours * HOUR for age, counts in known)
    assert bool(_backup_report.stale(told, hours, 0, NOW)) != young
