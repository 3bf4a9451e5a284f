# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one look of an update leaves for the next, and how far the update is: the facts by which it gains. Pure."""

from __future__ import annotations

import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils import _gain, _memory, _turns
from ansible_collections.robustmq.placement_center.plugins.module_utils._memory import Memory
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Observation, Verdict
from ansible_collections.robustmq.placement_center.plugins.module_utils._rollout import Goal
from ansible_collections.robustmq.placement_center.plugins.module_utils._verdict import behind


def remember(before: Memory, seen: Observation, verdict: Verdict, goal: Goal, wrote: bool = False) -> Memory:
    """The memory after this look; ``wrote`` is whether the action after the look before was a write."""
    now = _memory.remember(before, seen, verdict)
    return _memory.gained(before, now, _facts(seen, verdict, now, goal), wrote)


def _facts(seen: Observation, verdict: Verdict, memory: Memory, goal: Goal) -> t.Iterator[_gain.Fact]:
    """How far the update is: who is on its revision, and how far the others are while so many are."""
    sts = seen.set
    if sts is None:
        return
    new = sum(m.pod is not None and m.pod.revision == sts.update_revision for m in seen.members)
    yield "updated", new
    yield "steady", new, len(memory.steady)
    if sts.observed:
        yield "observed", new
    if verdict.healthy and not memory.behind:
        yield "healthy", new
        if memory.healthy_for >= goal.stable_seconds:
            yield "stable", new
    for m in seen.members:
        yield "member", new, m.ordinal, _turns.stage(m)
        left = behind(m, seen, verdict)
        if left is not None and m.ordinal in memory.behind:
            yield "behind", new, m.ordinal, left.bit_length()  # half as much is a gain, one entry is none
