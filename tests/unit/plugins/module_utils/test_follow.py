# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""While a member is on its way little is asked: what may be told from a glance, and what must end it at once."""

from __future__ import annotations

import dataclasses
import typing as t

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Observation
from ansible_collections.robustmq.placement_center.plugins.module_utils._observe import _again
from ansible_collections.robustmq.placement_center.plugins.module_utils._rollout import PAUSED
from ansible_collections.robustmq.placement_center.plugins.module_utils._turns import leaving, uneventful

from .test_rollout import DEAD, GONE, LEAVING, UNREADY, look, one
from .test_verdict import pod

BEFORE = look("aab", 2, m2=LEAVING)
CASES: list[tuple[str, Observation, bool]] = [
    ("its pod is gone", look("aab", 2, m2=GONE), True),
    ("a new one starts", look("aab", 2, m2=UNREADY), True),
    ("it is back", look("aab", 2), False),
    ("it is broken", look("aab", 2, m2=DEAD), False),
    ("another is not Ready", look("aab", 2, m2=GONE, m0=UNREADY), False),
    ("another was replaced", look("aab", 2, m2=GONE, m0={"pod": {"uid": "new"}}), False),
    ("another has restarted", look("aab", 2, m2=GONE, m1={"pod": {"restarts": 1}}), False),
    ("another is going", look("aab", 2, m2=GONE, m1=LEAVING), False),
    ("somebody let the partition down", look("aab", 0, m2=GONE), False),
    ("somebody changed the template", look("aab", 2, m2=GONE, spec={"template": "other"}), False),
    ("somebody paused it", look("aab", 2, m2=GONE, spec={"annotations": {PAUSED: "true"}}), False),
    ("the set is gone", dataclasses.replace(look("aab", 2, m2=GONE), set=None), False),
]


@pytest.mark.parametrize("seen, quiet", [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_what_ends_a_glance(seen: Observation, quiet: bool) -> None:
    assert uneventful(BEFORE, seen, 2) is quiet


def test_a_pod_that_was_broken_all_the_time_is_no_news() -> None:
    assert uneventful(look("aab", 2, m2=DEAD), look("aab", 2, m2=DEAD), 2)


LEAVES: list[tuple[str, t.Any, int, bool]] = [
    ("on the old revision, and let go", {"revision": "a"}, 2, True),
    ("on the old revision, and kept", {"revision": "a"}, 3, False),
    ("on the new revision", {"revision": "b"}, 0, False),
    ("on its way out", {"revision": "b", "terminating": True}, 3, True),
]


@pytest.mark.parametrize("fields, partition, gone", [c[1:] for c in LEAVES], ids=[c[0] for c in LEAVES])
def test_who_is_not_waited_for(fields: dict[str, t.Any], partition: int, gone: bool) -> None:
    sts = look("aaa", partition).set
    assert sts is not None and leaving(2, dataclasses.replace(pod(2), **fields), sts) is gone


def test_what_a_process_said_holds_for_that_process_only() -> None:
    said = one(2, "a")
    assert said.pod is not None and said.raft is not None
    assert _again(said, said.pod, None).raft == said.raft
    for other in ({"uid": "new"}, {"restarts": 1}, {"started": False}):
        assert _again(said, dataclasses.replace(said.pod, **other), None).raft is None
    assert _again(said, None, None).raft is None
