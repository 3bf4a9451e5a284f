# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a restore sees: frozen data, and the few questions that both directions ask of it. Pure."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Reason
from ansible_collections.robustmq.placement_center.plugins.module_utils._pauses import Hold, Wait, late
from ansible_collections.robustmq.placement_center.plugins.module_utils._restore_actions import Action, Aim, Bind, Remove, Scale
from ansible_collections.robustmq.placement_center.plugins.module_utils._restore_journal import Journal

Object = dict[str, t.Any]

# How a network policy stands: as the operator has it, for peers alone, or there is none.
OPEN, NARROW, NONE = "open", "narrow", "none"


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
    waited: float = 0.0  # since anything moved
    why: str = ""
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
    return Wait(reasons) if look.memory.waited < goal.step_timeout else late(look.memory.waited, reasons)


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
    why = action.reasons[0].code if isinstance(action, (Wait, Hold)) else ""
    moved = wrote or not why or why != before.why
    return Memory(
        at=look.at,
        waited=0.0 if moved else before.waited + passed,
        why=why,
        proven_for=before.proven_for + max(passed, 0.001) if look.unproven == () and not wrote else 0.0,
        stopped=action.replicas == 0 if wrote and isinstance(action, Scale) else before.stopped,
    )
