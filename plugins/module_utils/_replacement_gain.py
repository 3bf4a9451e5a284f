# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one look of a replacement leaves for the next, and how far the replacement is: the facts by which it gains. Pure."""

from __future__ import annotations

import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils import _gain, _memory, _replacement_gate, _replacing, _turns
from ansible_collections.robustmq.placement_center.plugins.module_utils._replacement import target
from ansible_collections.robustmq.placement_center.plugins.module_utils._replacement_gate import seat
from ansible_collections.robustmq.placement_center.plugins.module_utils._replacement_model import Goal, Look, Memory
from ansible_collections.robustmq.placement_center.plugins.module_utils._replacing import HOLD
from ansible_collections.robustmq.placement_center.plugins.module_utils._verdict import behind
from ansible_collections.robustmq.placement_center.plugins.module_utils._volume_model import Volume


def remember(before: Memory, look: Look, goal: Goal, wrote: bool = False, refused: str = "") -> Memory:
    """The memory after a look; ``wrote`` and ``refused`` (a call's refusal, in the leader's words) are what became of the action before."""
    roll = _memory.remember(before.roll, look.seen, look.verdict)
    m = target(look.seen, goal.ordinal)
    now = _replacement_gate.half(seat(m, look.seen, look.verdict), goal.limits, goal.taken_in) if m else ""
    passed = look.seen.at - before.roll.at if before.roll.at is not None else 0.0
    lasting = before.half_for + passed if now and now == before.half and not (wrote or refused) else 0.0
    roll = _memory.gained(before.roll, roll, _facts(look, goal, roll, now), wrote)
    return Memory(roll, before.wrote or wrote, refused, now, lasting)


def _facts(look: Look, goal: Goal, roll: _memory.Memory, half: str) -> t.Iterator[_gain.Fact]:
    """How far the replacement is; each round has its own, and there are few rounds."""
    m, sts = target(look.seen, goal.ordinal), look.seen.set
    if m is None or sts is None:
        return
    note, it = _replacing.read(sts.annotations), seat(m, look.seen, look.verdict)
    at = (note.rounds, note.phase) if note else (0, "")
    old = note is not None and m.claim is not None and m.claim.uid == note.claim
    yield "claim", at, old, m.claim and (m.claim.phase, m.claim.terminating, HOLD in m.claim.finalizers)
    yield "pod", at, _turns.stage(m)
    yield "seat", at, len(it.votes), len(it.known), it.serves, half
    yield "volume", at, look.volume.reclaim if isinstance(look.volume, Volume) else None
    if look.verdict.healthy and not roll.behind:
        yield "healthy", at, roll.healthy_for >= goal.stable_seconds
    left = behind(m, look.seen, look.verdict)
    if left is not None and m.ordinal in roll.behind:
        yield "behind", at, left.bit_length()  # half as much is a gain, one entry is none
