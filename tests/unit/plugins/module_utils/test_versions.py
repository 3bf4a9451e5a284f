# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which version may follow which, by profile."""

from __future__ import annotations

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils import _versions
from ansible_collections.robustmq.placement_center.plugins.module_utils._profiles import PROFILES

RULES: list[tuple[str, list[str], str, list[str]]] = [
    ("contract", ["pc:0.3.0"], "pc:0.3.0", []),
    ("contract", ["pc:0.3.0"], "pc:0.4.0", []),
    ("contract", ["pc:0.4.0"], "pc:0.4.1", []),
    ("contract", ["pc:0.3.0"], "pc:0.5.0", ["version_skew"]),
    ("contract", ["pc:0.3.0"], "pc:1.0.0", ["version_skew"]),
    ("contract", ["pc:0.4.0"], "pc:0.3.0", ["downgrade"]),
    ("contract", ["pc:0.3.0", "pc:0.4.0"], "pc:0.4.1", []),
    ("contract", ["pc:0.3.0", "pc:0.4.0"], "pc:0.3.0", ["downgrade"]),
    ("contract", ["pc:0.3.0", "pc:0.4.0"], "pc:0.5.0", ["version_skew"]),
    ("contract", ["pc@sha256:00"], "pc:0.4.0", ["version_unknown"]),
    ("contract", ["pc:0.3.0"], "pc:stable", ["version_unknown"]),
    ("v0_4", ["mq:v0.4.0"], "mq:v0.4.1", ["storage_format_moved"]),
    ("v0_4", ["mq:v0.4.0"], "mq:v0.4.11", ["storage_format_moved"]),
    ("v0_4", ["mq:v0.4.1"], "mq:v0.4.11", []),
    ("v0_4", ["mq:v0.4.11"], "mq:v0.4.0", ["storage_format_moved", "downgrade"]),
    ("v0_4", ["mq:v0.4.11"], "mq:v0.4.2", ["downgrade"]),
]


@pytest.mark.parametrize("profile, running, wanted, refused", RULES)
def test_what_may_follow(profile: str, running: list[str], wanted: str, refused: list[str]) -> None:
    found = _versions.refusals(PROFILES[profile], running, wanted, False, False)
    assert [r.reason for r in found] == refused


def test_what_is_meant_is_allowed_but_never_a_move_of_the_format() -> None:
    old, new = "mq:v0.4.11", "mq:v0.4.0"
    assert [r.reason for r in _versions.refusals(PROFILES["v0_4"], [old], new, True, True)] == ["storage_format_moved"]
    assert _versions.refusals(PROFILES["contract"], ["pc:0.4.0"], "pc:0.3.0", True, False) == []
    assert _versions.refusals(PROFILES["contract"], ["pc:x"], "pc:y", False, True) == []
