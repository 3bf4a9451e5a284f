# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the growth of the claims does next: one look and a goal in, one action out. Pure; time is a field of what was seen."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ansible_collections.robustmq.placement_center.plugins.module_utils import _gain, _volumes
from ansible_collections.robustmq.placement_center.plugins.module_utils._claims import TEMPLATE
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Observation, Reason, Usage, Verdict
from ansible_collections.robustmq.placement_center.plugins.module_utils._pauses import Hold, Wait, not_ours
from ansible_collections.robustmq.placement_center.plugins.module_utils._quantities import quantity
from ansible_collections.robustmq.placement_center.plugins.module_utils._volume_model import ClaimFacts, Facts, Template

FRESH_SECONDS = 60  # a warning that is older may be of an attempt before this one
FULL_PERCENT = 5  # a member with less free may be ill of it, and growth is the cure
SMALL, GROWING, FAILED, UNMEASURED, GROWN = "small", "growing", "failed", "unmeasured", "grown"


@dataclass(frozen=True)
class Goal:
    """How large, and how patiently; times in seconds."""

    size: str
    stable_seconds: float = 0.0
    step_timeout: float = 900.0
    patience: float = 15.0
    measure: bool = True  # the kubelet's own figure is asked for, else the claim's status is believed


@dataclass(frozen=True)
class Memory:
    """What looks before this one have left."""

    at: float | None = None
    before: t.Mapping[str, int] = field(default_factory=dict)  # claim -> bytes of its file system before it was asked to grow
    gain: _gain.Gain = field(default_factory=_gain.Gain)  # how long nothing was gained
    failed_for: float = 0.0
    healthy_for: float = 0.0
    wrote: bool = False


@dataclass(frozen=True)
class Look:
    """One look at claims and members, and the memory after it."""

    claims: Facts
    seen: Observation
    verdict: Verdict
    memory: Memory = Memory()
    lease: bool = True
    abandoned: bool = False  # nobody is left who would hear how it ends


@dataclass(frozen=True)
class Ask:
    """Ask for the new size of one claim."""

    claim: ClaimFacts


@dataclass(frozen=True)
class Recreate:
    """All claims have grown: bring the claim template up to date."""


@dataclass(frozen=True)
class Done:
    """Every claim, its file system and the template have the size."""


Action: t.TypeAlias = "Ask | Recreate | Wait | Hold | Done"


def decide(look: Look, goal: Goal) -> Action:
    """The next action; a write only as long as writes gain anything."""
    action = _next(look, goal)
    if isinstance(action, (Ask, Recreate)):
        return _gain.barred(look.memory.gain, goal.step_timeout + goal.stable_seconds) or action
    return action


def _next(look: Look, goal: Goal) -> Action:
    template = chosen(look.claims)
    if template is None:
        return Hold((Reason("set_missing", "the StatefulSet, or its claim template, does not exist"),))
    if stopped := not_ours(look.lease, look.abandoned):
        return stopped
    places = {c.name: place(c, look, goal) for c in ordered(look.claims)}
    for claim in ordered(look.claims):
        if places[claim.name] in (GROWING, FAILED, UNMEASURED):
            return _under_way(claim, places[claim.name], look, goal)
    todo = [c for c in ordered(look.claims) if places[c.name] == SMALL]
    stale = quantity(template.size) != quantity(goal.size)
    if not (todo or stale or look.memory.wrote):
        return Done()
    against = bars(look)
    if against:
        return _patiently(against, look, goal)
    if look.memory.healthy_for < goal.stable_seconds:
        return _gain.steadily(look.memory.gain, goal.step_timeout, look.memory.healthy_for, goal.stable_seconds)
    if todo:
        return Ask(todo[0])
    return Recreate() if stale else Done()


def chosen(seen: Facts) -> Template | None:
    """The template whose claims grow: the one that is called as ours are, else the only one."""
    templates = seen.set.templates if seen.set else ()
    named = [each for each in templates if each.name == TEMPLATE]
    return named[0] if named else templates[0] if len(templates) == 1 else None


def ordered(seen: Facts) -> list[ClaimFacts]:
    """The claims that grow, those first whose volume is full, then the highest ordinal."""
    template = chosen(seen)
    slots = _volumes.slots(seen.set) if seen.set else []
    mine = [seen.claims[s.claim] for s in slots if s.template == template and s.claim in seen.claims]
    ill = full(seen)
    return sorted(mine, key=lambda c: (c.ordinal not in ill, -c.ordinal))


def full(seen: Facts) -> set[int]:
    """Ordinals whose volume has hardly anything free."""
    used = {c.ordinal: seen.usages.get(c.name) for c in seen.claims.values()}
    return {o for o, u in used.items() if isinstance(u, Usage) and u.free_percent < FULL_PERCENT}


def bars(look: Look) -> tuple[Reason, ...]:
    """What speaks against going on; not what a full volume does to its member, since growth is the cure."""
    ill = full(look.claims)
    return tuple(r for r in look.verdict.reasons if r.code != "claim_resizing" and (r.member is None or r.member not in ill))


def place(claim: ClaimFacts, look: Look, goal: Goal) -> str:
    """How far a claim is."""
    if quantity(claim.size) != quantity(goal.size):
        return SMALL
    found = {f.code for f in _volumes.resize(claim)}
    if found:
        return FAILED if "resize_failed" in found or _warned(claim, look.claims.at) else GROWING
    return GROWN if not goal.measure or _measured(claim, look) else UNMEASURED


def _warned(claim: ClaimFacts, now: float) -> bool:
    """A driver that says it may yet succeed leaves no condition on the claim, only a warning at each attempt."""
    if claim.resize.startswith("Node") or "FileSystemResizePending" in claim.conditions:
        return False  # the volume has grown since; a node's failure is a condition
    lately = claim.heard is not None and now - claim.heard <= FRESH_SECONDS
    return lately and claim.words.startswith(("VolumeResizeFailed", "FileSystemResizeFailed"))


def _measured(claim: ClaimFacts, look: Look) -> bool:
    """Has the file system itself the size? It keeps a part for itself, the same before and after as far as is known."""
    used, before = look.claims.usages.get(claim.name), look.memory.before.get(claim.name)
    if not isinstance(used, Usage):
        return False
    size = quantity(claim.size)
    if before is None:  # asked by a run before this one
        return used.capacity >= size * 85 / 100
    return used.capacity > before and used.capacity >= size * 85 / 100


def _under_way(claim: ClaimFacts, where: str, look: Look, goal: Goal) -> Action:
    if where == UNMEASURED:
        used = look.claims.usages.get(claim.name)
        has = f"{used.capacity} bytes" if isinstance(used, Usage) else used.message if used else "not measured yet"
        code = used.code if used is not None and not isinstance(used, Usage) else "resize_pending"
        reasons: tuple[Reason, ...] = (Reason(code, f"{claim.name} has {claim.capacity}; its file system: {has}", claim.ordinal),)
    else:
        reasons = tuple(Reason("resize_failed" if where == FAILED else f.code, f.message, claim.ordinal) for f in _volumes.resize(claim))
    if where == FAILED and look.memory.failed_for >= goal.patience:
        return Hold(reasons)
    return _patiently(reasons, look, goal)


def _patiently(reasons: tuple[Reason, ...], look: Look, goal: Goal) -> Wait | Hold:
    return _gain.patiently(look.memory.gain, goal.step_timeout, reasons)


def remember(before: Memory, look: Look, goal: Goal, wrote: bool = False) -> Memory:
    """The memory after a look; ``wrote`` is whether something was written since the one before."""
    now, passed = look.claims.at, look.claims.at - before.at if before.at is not None else 0.0
    places = {c.name: place(c, look, goal) for c in ordered(look.claims)}
    sizes = {c.name: u.capacity for c in ordered(look.claims) if isinstance(u := look.claims.usages.get(c.name), Usage)}
    asked = {name: size for name, size in sizes.items() if places[name] == SMALL}
    well = not bars(look)
    healthy_for = before.healthy_for + max(passed, 0.001) if well and not wrote else 0.0
    facts = _facts(look, goal, places, healthy_for >= goal.stable_seconds if well else None)
    return Memory(
        at=now,
        before={**before.before, **asked},
        gain=_gain.counted(before.gain, facts, passed, wrote),
        failed_for=before.failed_for + passed if FAILED in places.values() else 0.0,
        healthy_for=healthy_for,
        wrote=before.wrote or wrote,
    )


def _facts(look: Look, goal: Goal, places: t.Mapping[str, str], stable: bool | None) -> t.Iterator[_gain.Fact]:
    """How far the growth is. :param stable: the stable window has passed; None where something speaks against the members."""
    template = chosen(look.claims)
    done = sum(where == GROWN for where in places.values()), template is not None and quantity(template.size) == quantity(goal.size)
    yield "grown", done
    if stable is not None:
        yield "well", done, stable
    for claim in ordered(look.claims):
        yield "claim", claim.name, places[claim.name], claim.resize, claim.capacity
