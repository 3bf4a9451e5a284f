# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What people read: rows that line up, a verdict in one sentence, versions by tag."""

from __future__ import annotations

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils import _report, _verdict
from ansible_collections.robustmq.placement_center.plugins.module_utils._hints import NEXT
from ansible_collections.robustmq.placement_center.plugins.module_utils._versions import tag

from .test_verdict import LIMITS, observation, recorded

VERSIONS = [
    ("robustmq/placement-center:0.3.0", "0.3.0"),
    ("registry:5000/pc", ""),
    ("registry:5000/pc:v1", "v1"),
    ("pc:1.2@sha256:0123456789abcdef", "1.2"),
    ("pc@sha256:0123456789abcdef", "sha256:0123456789ab"),
]


@pytest.mark.parametrize("image, version", VERSIONS)
def test_version(image: str, version: str) -> None:
    assert tag(image) == version


def test_a_whole_cluster_is_one_sentence_and_a_row_a_member() -> None:
    seen = recorded("whole-leaders-split")
    verdict = _verdict.judge(seen, LIMITS)
    assert _report.summary(seen, verdict).startswith("healthy: 3 members, data_0 led by 3 in term 2")
    said, heading, *rows = [line["text"] for line in _report.screen(seen, verdict)]
    rows, concerns = rows[:3], rows[3:]
    assert said == _report.summary(seen, verdict)
    assert [line.partition(":")[0] for line in concerns] == ["leaders_apart", "    next"] and all(len(r) <= 120 for r in rows)
    assert heading.index("ROLE") == rows[1].index("Follower+Leader")


def test_a_broken_cluster_names_the_first_reason_and_how_many_more() -> None:
    seen = recorded("leader-dead-3s")
    text = _report.summary(seen, _verdict.judge(seen, LIMITS))
    assert text.startswith("not healthy: ") and "more)" in text


def test_the_screen_says_what_is_wrong_and_once_for_each_code_what_to_do_next() -> None:
    seen = recorded("leader-dead-3s")
    lines = [line["text"] for line in _report.screen(seen, _verdict.judge(seen, LIMITS))]
    assert sum(line.startswith("no_leader: ") for line in lines) == 3
    assert lines.count(f"    next: {NEXT['no_leader']}") == 1


def test_an_empty_set_has_no_rows() -> None:
    seen = observation([])
    assert [line["state"] for line in _report.screen(seen, _verdict.judge(seen, LIMITS))][:2] == ["bad", "note"]
    assert _report.result(seen, _verdict.judge(seen, LIMITS))["restart_safe"] == []
