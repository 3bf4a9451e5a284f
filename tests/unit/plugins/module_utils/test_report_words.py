# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a report says in words."""

from __future__ import annotations

import dataclasses

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils import _report_words as words
from ansible_collections.robustmq.placement_center.plugins.module_utils._report_facts import backup, operation
from ansible_collections.robustmq.placement_center.plugins.module_utils._report_tables import backups, of, overview

from tests.reports import ALL, NOW, drawn, said

DURATIONS = [(0, "0 ms"), (0.0034, "3.4 ms"), (0.412, "412 ms"), (0.9996, "1.0 s"), (2.874, "2.9 s"), (9.96, "10 s"), (59.4, "59 s"), (60, "1 min")]
DURATIONS += [(184.04, "3 min 4 s"), (3600, "1 h"), (3905, "1 h 5 min")]


@pytest.mark.parametrize("seconds, told", DURATIONS)
def test_durations(seconds: float, told: str) -> None:
    assert words.duration(seconds).replace("\u00a0", " ") == told


AGES = [
    (NOW - 60, "under an hour"),
    (NOW + 60, "under an hour"),
    (NOW - 3600, "1 hour"),
    (NOW - 40 * 3600, "40 hours"),
    (NOW - 80 * 3600, "3 days"),
    (None, "unknown"),
]


@pytest.mark.parametrize("created, told", AGES)
def test_ages_count_to_the_full_hour(created: float | None, told: str) -> None:
    assert words.age(created, NOW) == told


HEADLINES = [
    ("update", "done", "3 members went and came back, each proven before the next."),
    ("rollback", "done", "1 member went and came back, and has proven itself."),
    ("hold", "held", "It stopped with member 2 on its way: pod_crashing. It touched no other member."),
    ("growth", "done", "Every claim has 40Gi."),
    ("update", "canary", "It stopped after 3 members, as it was told to. Run it again to go on."),
    ("update", "failed", "It stopped before the next member: no reason was noted. 3 members had gone before."),
]


@pytest.mark.parametrize("name, state, line", HEADLINES)
def test_headlines(name: str, state: str, line: str) -> None:
    assert words.headline(dataclasses.replace(drawn(name), state=state)) == line


def test_titles() -> None:
    told = [words.title(drawn(name)).replace("\u00a0", " ") for name in ALL]
    assert told == ["Rollback 0.5.0 → 0.4.0", "Update 0.4.0 → 0.5.0", "Update 0.3.0 → 0.4.0", "Growth of the volumes to 40Gi"]


LOST = [({"lost": 0}, "3,391, 0 lost"), ({"lost": 2}, "3,391, lost in 2 keys"), ({"lost": None}, "3,391, not read back"), ({}, "3,391")]


@pytest.mark.parametrize("known, told", LOST)
def test_lost_writes_are_told_and_so_is_not_knowing(known: dict[str, int | None], told: str) -> None:
    receipt = said("update")
    del receipt["writer"]["lost"]
    receipt["writer"] |= known
    op = operation(receipt)
    assert op is not None and dict(words.figures(op))["Writes"] == told


def test_advice_is_plain_text() -> None:
    assert words.advice("pod_crashing") == "Read why it exits before anything else." and words.advice("unheard_of") == ""
    assert "`" not in words.advice("claim_lost")


def test_the_newest_backup_that_counts_is_told() -> None:
    known = [backup(b) for b in said("backups")]
    line, means = words.newest(known, NOW)
    assert means == "good" and line == "The newest backup that counts is 2 hours old, grade B, level 2; the last proven restore is 22 hours old."
    assert words.newest(known[-1:], NOW) == ("No backup that counts is known.", "bad")
    assert words.newest(known[:1], NOW)[1] == "note"


def test_every_row_of_a_table_has_every_column() -> None:
    made = [table for name in ALL for table in of(drawn(name))] + [backups([backup(b) for b in said("backups")], NOW)]
    assert all(len(row) == len(table.columns) for table in made for row in table.rows)
    assert {t.caption for t in made} == {"Members", "Phases", "Leaders", "Writes stopped", "Forecast and measured", "Claims", "Backups"}
    assert not any(table.crowded for table in made)
    assert {len(row) for row in overview([drawn(name) for name in ALL])} == {5}
