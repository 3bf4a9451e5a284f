# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Frozen data of a replacement: its goal, a look with what looks before have left, and the actions. No method here decides."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ansible_collections.robustmq.placement_center.plugins.module_utils import _memory
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Claim, Observation, Pod, Verdict
from ansible_collections.robustmq.placement_center.plugins.module_utils._pauses import Hold, Wait
from ansible_collections.robustmq.placement_center.plugins.module_utils._raft import Limits
from ansible_collections.robustmq.placement_center.plugins.module_utils._replacing import Note
from ansible_collections.robustmq.placement_center.plugins.module_utils._volume_model import Finding, Volume

__all__ = ["Action", "Discard", "Done", "Fence", "Free", "Goal", "Hold", "Join", "Keep", "Leave", "Look", "Memory", "Stop", "Wait", "Write"]


@dataclass(frozen=True)
class Goal:
    """Which member, and how patiently; times in seconds."""

    ordinal: int
    discard: bool = False  # it is meant although the member serves
    stable_seconds: float = 0.0
    step_timeout: float = 900.0
    patience: float = 15.0
    taken_in: bool = False  # a new member waits until it is taken in, and asks nobody
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True)
class Memory:
    """What looks before this one have left."""

    roll: _memory.Memory = field(default_factory=_memory.Memory)
    wrote: bool = False  # this run has changed something
    refused: str = ""  # the leader's words, where it has refused the last call
    half: str = ""  # how the join has stopped
    half_for: float = 0.0


@dataclass(frozen=True)
class Look:
    """One look, judged, and the memory after it; ``volume`` stands behind the member's claim."""

    seen: Observation
    verdict: Verdict
    volume: Volume | Finding | None
    memory: Memory = Memory()
    lease: bool = True
    abandoned: bool = False  # nobody is left who would hear how it ends


@dataclass(frozen=True)
class Write:
    """Write the note, or take it away; the controller looks at the set anew whenever it changes."""

    note: Note | None


@dataclass(frozen=True)
class Keep:
    """Let the volume outlive its claim."""

    name: str
    volume: Volume


@dataclass(frozen=True)
class Fence:
    """Have the claim stay while it is being deleted."""

    claim: Claim


@dataclass(frozen=True)
class Discard:
    """Delete the claim: from now on no new pod can start on it."""

    claim: Claim


@dataclass(frozen=True)
class Stop:
    """Delete the pod."""

    pod: Pod


@dataclass(frozen=True)
class Leave:
    """Have the leader take the member out of every group."""

    leader: int


@dataclass(frozen=True)
class Free:
    """Hold the claim no longer."""

    claim: Claim


@dataclass(frozen=True)
class Join:
    """Have the leader finish what the member's own join has not; or (new) make a learner of one that no group knows."""

    leader: int
    address: str
    new: bool = False


@dataclass(frozen=True)
class Done:
    """It serves from a new volume; or (undone) from the one that it had, which was never given up."""

    undone: bool = False


Action: t.TypeAlias = "Write | Keep | Fence | Discard | Stop | Leave | Free | Join | Wait | Hold | Done"
