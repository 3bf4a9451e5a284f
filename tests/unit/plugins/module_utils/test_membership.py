# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Leaving and joining as bytes, against protobuf written out by hand."""

from __future__ import annotations

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils._membership import Call, join, leave, take_in
from ansible_collections.robustmq.placement_center.plugins.module_utils._profiles import PROFILES

META = "/meta.service.common.MetaServiceService"
LEARNER = "/placement.center.openraft.OpenRaftService/AddLearner"
OLD = "/placement.center.openraft.OpenRaftService/ChangeMembership"


@pytest.mark.parametrize("profile", ["contract", "v0_4"])
def test_the_newer_servers_are_told_who_leaves_or_joins(profile: str) -> None:
    assert leave(PROFILES[profile], 2, {1, 2, 3}) == Call(f"{META}/LeaveCluster", b"\0\0\0\0\x02\x08\x02")
    assert leave(PROFILES[profile], 300, {1, 2, 3}).body == b"\0\0\0\0\x03\x08\xac\x02"
    assert join(PROFILES[profile], 2, "a:1", {1, 3}) == Call(f"{META}/JoinCluster", b"\0\0\0\0\x07\x08\x02\x12\x03a:1")


def test_the_older_server_is_told_who_votes() -> None:
    assert leave(PROFILES["v0_1"], 2, {1, 2, 3}) == Call(OLD, b"\0\0\0\0\x04\x0a\x02\x01\x03")
    assert take_in(PROFILES["v0_1"], 2, "a:1") == Call(LEARNER, b"\0\0\0\0\x0d\x08\x02\x12\x07\x0a\x03a:1\x10\x02\x18\x00")
    assert join(PROFILES["v0_1"], 2, "a:1", {1, 3}) == Call(OLD, b"\0\0\0\0\x07\x0a\x03\x01\x02\x03\x10\x01")
