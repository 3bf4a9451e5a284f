# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a restore sees: frozen data, and the few questions that both directions ask of it. Pure."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ansible_collections.robustmq.placement_center.plugins.module_utils import _gain
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Reason
from ansible_collections.robustmq.placement_center.plugins.module_utils._pauses import Hold, Wait
from ansible_collections.robustmq.placement_center.plugins.module_utils._restore_actions import Action, Aim, Bind, Remove, Scale
from ansible_collections.robustmq.placement_center.plugins.module_utils._restore_journal import Journal

Object = dict[str, t.Any]

# How a network policy stands: as the operator has it, for peers alone, or there is none.
OPEN, NARROW, NONE = "open", "narrow", "none"
# A look that lasted longer is one behind a copy, which is no waiting.
LOOK_LASTS = 30.0


class Claim(t.NamedTuple):
    """A claim that has one of the names."""

    uid: str
    volume: str
    bound: bool
    going: bool = False
    held: bool = False  # by a finalizer of ours


class Volume(t.NamedTuple):
    """A volume that was there before, or has the copy. ``claim`` is who it is for: name, and UID where it is bound or was."""

    version: str
    reclaim: str
    bound: bool
    claim: tuple[str, str] = ("", "")
    kept: bool = False  # it is marked as kept
    going: bool = False


class Owner(t.NamedTuple):
    """The StatefulSet."""

    uid: str
    version: str
    replicas: int


@dataclass(frozen=True)
class Goal:
    """What this run is for; times in seconds."""

    run: str
    back: bool = False
    guard: bool = True  # clients can be kept away
    stable_seconds: float = 0.0
    step_timeout: float = 900.0


@dataclass(frozen=True)
class Memory:
    """What looks before this one have left."""

    at: float | None = None
    gain: _gain.Gain = field(default_factory=_gain.Gain)  # how long nothing was gained
    proven_for: float = 0.0
    stopped: bool = False  # this run has scaled the set to zero


@dataclass(frozen=True)
class Look:
    """One look."""

    at: float
    journal: Journal | None
    set: Owner | None = None
    claims: t.Mapping[str, Claim] = field(default_factory=dict)
    volumes: t.Mapping[str, Volume] = field(default_factory=dict)
    pods: tuple[str, ...] = ()  # of the set
    mounted: t.Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # claim -> pods
    attached: frozenset[str] = frozenset()  # volumes
    tools: tuple[str, ...] = ()  # kind/name of Jobs, and of what they read, that this restore has made
    policy: str = NONE
    fresh: bool = True  # the journal tells what was there before as it still is
    missing: tuple[str, ...] = ()  # kind/name of objects that are to be made again
    newest: t.Mapping[str, int] = field(default_factory=dict)  # raft group -> last log index that a member tells
    unproven: tuple[Reason, ...] | None = None  # why the restored members are not yet what they must be; None: they were not asked
    memory: Memory = Memory()
    lease: bool = True
    abandoned: bool = False


def running(look: Look) -> bool:
    """Is there a member, or is one to come?"""
    return bool(look.pods) or (look.set is not None and look.set.replicas > 0)


def home(look: Look, journal: Journal, volumes: t.Mapping[int, str]) -> bool:
    """Has every one of these ordinals its claim, bound to that volume?"""
    for ordinal, volume in volumes.items():
        claim = look.claims.get(journal.claim(ordinal))
        if claim is None or claim.volume != volume or not claim.bound or claim.going:
            return False
    return True


def patiently(look: Look, goal: Goal, *reasons: Reason) -> Wait | Hold:
    """Wait for it, not for ever."""
    return _gain.patiently(look.memory.gain, goal.step_timeout, reasons)


def stop(look: Look, goal: Goal) -> Action | None:
    """Whatever runs has to stop, and to let go of its volumes, before claims are exchanged."""
    journal = look.journal
    if look.set is not None and look.set.replicas:
        if look.memory.stopped:
            return Hold((Reason("scaled_back", f"somebody has scaled {journal.name if journal else 'the set'} to {look.set.replicas} while it is restored"),))
        return Scale(0)
    if look.pods:
        return patiently(look, goal, Reason("pod_terminating", f"{', '.join(look.pods)} still there"))
    for claim, pods in sorted(look.mounted.items()):
        return patiently(look, goal, Reason("claim_mounted", f"{claim} is mounted by {', '.join(pods)}"))
    for volume in sorted(look.attached):
        return patiently(look, goal, Reason("volume_attached", f"volume {volume} is still attached to a node"))
    return None


def removed(look: Look, goal: Goal, name: str, ordinal: int) -> Action:
    """The step by which a claim that is there goes."""
    if look.claims[name].going and not look.claims[name].held:
        return patiently(look, goal, Reason("claim_terminating", f"{name} is being deleted", ordinal))
    return Remove(name)


def bind(look: Look, goal: Goal, ordinal: int, name: str, volume: str) -> Action | None:
    """The steps by which a volume that has no claim any more becomes a member's."""
    claim, found = look.claims.get(name), look.volumes.get(volume)
    if claim is not None and claim.volume != volume:
        text = f"{name} is bound to {claim.volume or 'nothing'}, which was neither there before nor has the copy"
        return Hold((Reason("claim_unexpected", text, ordinal),))
    if claim is not None:
        return None if claim.bound else patiently(look, goal, Reason("claim_pending", f"{name} is not bound to {volume} yet", ordinal))
    if found is None or found.going:
        return Hold((Reason("volume_gone", f"volume {volume}, which was for {name}, is gone", ordinal),))
    if found.claim != (name, ""):
        return Aim(volume, name)
    return Bind(ordinal, volume)


def remember(before: Memory, look: Look, action: Action, wrote: bool = False) -> Memory:
    """The memory after a look and its action."""
    passed = look.at - before.at if before.at is not None else 0.0
    return Memory(
        at=look.at,
        gain=_gain.counted(before.gain, _facts(look), min(passed, LOOK_LASTS), wrote),
        proven_for=before.proven_for + max(passed, 0.001) if look.unproven == () and not wrote else 0.0,
        stopped=action.replicas == 0 if wrote and isinstance(action, Scale) else before.stopped,
    )


def _facts(look: Look) -> t.Iterator[_gain.Fact]:
    """How far the restore is, in either direction; nothing here is a name or a number that is new at every turn."""
    journal = look.journal
    if journal is None:
        return
    way = (journal.back, journal.opened, journal.ended)
    yield "journal", way, journal.stopped, len(journal.new), look.fresh
    yield "set", way, look.set.replicas if look.set else None, len(look.pods), look.policy
    yield "left", way, len(look.tools), len(look.missing), len(look.mounted), len(look.attached)
    if look.unproven is not None:
        yield "unproven", way, len(look.unproven)
    copies, before = set(journal.new.values()), {old.volume for old in journal.old.values()}
    for ordinal in journal.ordinals:
        for name in (journal.claim(ordinal), journal.copy(ordinal)):
            claim = look.claims.get(name)
            holds = "nothing" if claim is None else "copy" if claim.volume in copies else "before" if claim.volume in before else "other"
            yield "claim", way, name, holds, claim is not None and claim.bound, claim is not None and claim.going
    for name in copies | before:
        volume = look.volumes.get(name)
        yield "volume", way, name in copies, volume is not None and (volume.reclaim, volume.bound, volume.kept, volume.going)
    for what in ("Retain", "Delete"):
        yield what, way, sum(volume.reclaim == what for volume in look.volumes.values())
    yield "kept", way, sum(volume.kept for volume in look.volumes.values())
