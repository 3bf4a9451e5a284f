# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a restore may do: each is one write with a precondition, but for ``Copy``, which may be repeated from any of its moments. Pure."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.robustmq.placement_center.plugins.module_utils._pauses import Hold, Wait


class Begin(t.NamedTuple):
    """Write down what is there, before anything is changed; or write it down anew, while nothing was."""


class Keep(t.NamedTuple):
    """Let a volume outlive its claim."""

    volume: str


class Copy(t.NamedTuple):
    """Bring the copy to new volumes, and compare every file."""

    ordinals: tuple[int, ...]


class Narrow(t.NamedTuple):
    """Keep clients away."""


class Stopped(t.NamedTuple):
    """Note the newest that the old members told; the first of these is where their last word counts."""


class Scale(t.NamedTuple):
    """As many members."""

    replicas: int


class Remove(t.NamedTuple):
    """Delete a claim."""

    claim: str


class Aim(t.NamedTuple):
    """Let a volume be for this claim and no other."""

    volume: str
    claim: str


class Bind(t.NamedTuple):
    """Make a member's claim for this volume."""

    ordinal: int
    volume: str


class Mark(t.NamedTuple):
    """Say on a volume that it was kept, or (``on`` false) that it no longer is."""

    volume: str
    ordinal: int
    on: bool = True


class Make(t.NamedTuple):
    """Make an object again."""

    what: str


class Tidy(t.NamedTuple):
    """Take away a tool that a run which was killed has left."""

    what: str


class TurnBack(t.NamedTuple):
    """Note that it is being undone."""


class Discard(t.NamedTuple):
    """Let a volume with a copy go with its claim, or at once where it has none."""

    volume: str


class Unmake(t.NamedTuple):
    """Delete the set that the restore has made."""


class Opened(t.NamedTuple):
    """Note that clients are let in: from here on there is no way back."""


class Widen(t.NamedTuple):
    """Give the network policy back as it was."""


class End(t.NamedTuple):
    """Note how it ended."""

    state: str


@dataclass(frozen=True)
class Done:
    """It has ended."""

    state: str


Write: t.TypeAlias = (
    "Begin | Keep | Copy | Narrow | Stopped | Scale | Remove | Aim | Bind | Mark | Make | Tidy | TurnBack | Discard | Unmake | Opened | Widen | End"
)
Action: t.TypeAlias = t.Union["Write", Wait, Hold, "Done"]
