# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The last word of each cluster, and the order in which they are told."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.robustmq.placement_center.plugins.plugin_utils import _fleet
from ansible_collections.robustmq.placement_center.plugins.plugin_utils._fleet import Line

MOVED = "robustmq.placement_center.pc_partition_step"
LOOKED = "robustmq.placement_center.pc_health"


@pytest.mark.parametrize(
    "what, results, line",
    [
        ("a state and its summary", [(MOVED, {"state": "done", "summary": "healthy"}, False)], Line("a", True, "done", "healthy")),
        ("a failure by its code", [(MOVED, {"reason": "pod_crashing", "msg": "it\nends"}, True)], Line("a", False, "pod_crashing", "it ends")),
        ("a failure stays", [(MOVED, {"reason": "x", "msg": "y"}, True), (LOOKED, {"summary": "healthy"}, False)], Line("a", False, "x", "y")),
        ("ill is not good", [(LOOKED, {"healthy": False, "reasons": [{"code": "lagging"}], "summary": "s"}, False)], Line("a", False, "lagging", "s")),
        ("others say nothing", [("ansible.builtin.debug", {"msg": "x"}, False)], None),
        ("names that are right are no word of the cluster", [(_fleet.LOOKED_AT_NAMES, {}, False)], None),
        ("names that are wrong are", [(_fleet.LOOKED_AT_NAMES, {"reason": "variable_unknown", "msg": "m"}, True)], Line("a", False, "variable_unknown", "m")),
        ("nor take anything back", [(MOVED, {"state": "done"}, False), ("ansible.builtin.fail", {"msg": "x"}, True)], Line("a", True, "done", "")),
    ],
)
def test_the_last_word(what: str, results: list[tuple[str, dict[str, t.Any], bool]], line: Line | None) -> None:
    found = None
    for action, result, failed in results:
        found = _fleet.read("a", action, result, failed, found)
    assert found == line, what


def test_who_needs_somebody_comes_first_and_nobody_is_left_out() -> None:
    lines = [Line("a", True, "done", "healthy"), Line("c", False, "held", "no quorum")]
    assert _fleet.table(lines, ["a", "b", "c"]) == [
        "1 of 3 clusters are as they should be",
        "c  held         no quorum",
        "b  not reached  the play ended before",
        "a  done         healthy",
    ]
