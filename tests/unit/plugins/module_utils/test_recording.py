# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the receipt of a step notes from look to look: how far its member is behind, and each change of a leader."""

from __future__ import annotations

import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils._memory import Memory
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Observation
from ansible_collections.robustmq.placement_center.plugins.module_utils._pauses import Wait
from ansible_collections.robustmq.placement_center.plugins.module_utils._recording import Steps, noted
from ansible_collections.robustmq.placement_center.plugins.module_utils._rollout import Action, Move
from ansible_collections.robustmq.placement_center.plugins.module_utils._verdict import behind, judge

from .test_rollout import GONE, look
from .test_verdict import LIMITS

GOES = Move(2, 2, "every gate is open")


def steps(*looks: tuple[Observation, Action]) -> Steps:
    found: Steps = ()
    for seen, action in looks:
        found = noted(found, seen, judge(seen, LIMITS), Memory(), action)
    return found


def late(entries: int) -> dict[str, t.Any]:
    head = look("aab").members[0].raft
    last = head["g"].last_log if head else None
    return {"raft": {"applied": (last or 0) - entries}}


def test_a_step_has_its_members_lag_over_time() -> None:
    wait = Wait(())
    (step,) = steps((look("aaa", at=100.0), GOES), (look("aab", at=102.0, m2=GONE), wait), (look("aab", at=107.0, m2=late(9)), wait))
    assert step.lag == ((100.0, 0), (102.0, None), (107.0, 9))


def test_a_change_of_the_leader_is_kept_once() -> None:
    wait = Wait(())
    times = [(look("aab", at=101.0), wait), (look("aab", at=103.0, leader=2), wait), (look("aab", at=104.0, leader=2), wait)]
    (step,) = steps((look("aaa", at=100.0), GOES), *times)
    assert [(lead.at, lead.group, lead.member) for lead in step.leaders] == [(100.0, "g", 0), (103.0, "g", 1)]


def test_what_is_not_known_is_no_lag() -> None:
    seen = look("aab", m2=GONE)
    assert behind(seen.members[2], seen, judge(seen, LIMITS)) is None
