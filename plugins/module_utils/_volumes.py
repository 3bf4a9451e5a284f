# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Claims against ordinals: facts in, findings out. What could not be learned never passes."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, replace

from ansible_collections.robustmq.placement_center.plugins.module_utils._claims import claim_name
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Usage
from ansible_collections.robustmq.placement_center.plugins.module_utils._quantities import quantity
from ansible_collections.robustmq.placement_center.plugins.module_utils._views import seconds
from ansible_collections.robustmq.placement_center.plugins.module_utils._volume_behind import (
    class_concerns,
    snapshot_concerns,
    storage_class,
    volume,
)
from ansible_collections.robustmq.placement_center.plugins.module_utils._volume_model import (
    ClaimFacts,
    Facts,
    Finding,
    Owner,
    Template,
    Volume,
)

STALE_SECONDS = 900  # a kubelet measures every minute, unless its disks hang


@dataclass(frozen=True)
class Slot:
    """Where the set expects a claim."""

    claim: str
    ordinal: int
    template: Template


@dataclass(frozen=True)
class Judgement:
    """Good means that there is no reason."""

    reasons: tuple[Finding, ...]
    concerns: tuple[Finding, ...] = ()
    orphans: tuple[Finding, ...] = ()
    foreign: tuple[Finding, ...] = ()


def slots(owner: Owner) -> list[Slot]:
    """Every claim that the set mounts, by template and ordinal."""
    return [Slot(claim_name(owner.name, o, each.name), o, each) for o in owner.ordinals for each in owner.templates]


def judge(seen: Facts, min_free_percent: int) -> Judgement:
    """Everything that speaks against the claims of one set, and what else is worth knowing."""
    if seen.set is None:
        return Judgement((Finding("set_missing", "the StatefulSet does not exist"),))
    reasons, concerns = [*_set(seen.set), *_unlearned(seen)], [*_retention(seen.set)]
    for slot in slots(seen.set):
        claim = seen.claims.get(slot.claim)
        if claim is None:
            reasons.append(Finding("claim_missing", f"ordinal {slot.ordinal} has no claim {slot.claim}", slot.claim, slot.ordinal))
            continue
        found = [*_claim(slot, claim, seen.set), *_bound(claim, seen), *resize(claim), *_space(slot, claim, seen, min_free_percent)]
        reasons += [replace(f, claim=slot.claim, ordinal=slot.ordinal) for f in found]
        concerns += [replace(f, claim=slot.claim, ordinal=slot.ordinal) for f in _worth_knowing(slot, claim, seen)]
    orphans, strangers = _beyond(seen, seen.set)
    concerns += [*class_concerns(seen), *snapshot_concerns(seen), *orphans]
    foreign = [r for r in reasons if r.code == "claim_foreign"] + strangers
    return Judgement(tuple(reasons), tuple(concerns), tuple(orphans), tuple(foreign))


def _unlearned(seen: Facts) -> t.Iterator[Finding]:
    yield from seen.unknown
    for found in (*seen.volumes.values(), *seen.classes.values(), seen.snapshots):
        if isinstance(found, Finding):
            yield found


def _set(owner: Owner) -> t.Iterator[Finding]:
    """Nothing to check is not a good answer."""
    if not owner.ordinals:
        yield Finding("no_members", "the StatefulSet is scaled to zero: there is no claim to check")
    if not owner.templates:
        yield Finding("no_claim_template", "the StatefulSet has no claim template: a member that is restarted elsewhere starts empty")
    for wanted in owner.templates:
        if not wanted.mounted:
            yield Finding("claim_unused", f"no container mounts the claims of template {wanted.name}: what members write is lost with their pods")


def _retention(owner: Owner) -> t.Iterator[Finding]:
    for when in owner.deletes:
        yield Finding("retention_delete", f"data at risk: the StatefulSet deletes claims when it is {when}")


def _claim(slot: Slot, claim: ClaimFacts, owner: Owner) -> t.Iterator[Finding]:
    """Is it the claim that the template asks for?"""
    wanted, name = slot.template, slot.claim
    if claim.terminating:
        yield Finding("claim_terminating", f"{name} is being deleted; it goes with the last pod that mounts it")
    if quantity(claim.size) < quantity(wanted.size):
        yield Finding("claim_size", f"{name} asks for {claim.size}, the template for {wanted.size}")
    if wanted.storage_class is not None and claim.storage_class != wanted.storage_class:
        yield Finding("claim_class", f"{name} is of class {claim.storage_class or 'none'}, the template of {wanted.storage_class or 'none'}")
    if claim.modes != wanted.modes:
        yield Finding("claim_mode", f"{name} has {_list(claim.modes)}, the template {_list(wanted.modes)}")
    why = _foreign(claim, owner)
    if why:
        yield Finding("claim_foreign", f"{name} {why}")
    for mount in claim.mounts:
        if mount.ordinal != slot.ordinal:
            yield Finding("claim_shared", f"pod {mount.pod} mounts {name}, the claim of member {slot.ordinal}")


def _foreign(claim: ClaimFacts, owner: Owner) -> str:
    """Why a claim that has an ordinal's name is not that ordinal's, or nothing. A claim made by hand has no labels, and is."""
    owners = sorted(told for uid, told in claim.owners.items() if uid not in owner.uids)
    if owners:
        return f"belongs to {', '.join(owners)}, which is not this set"
    labels = sorted(f"{k}={claim.labels[k]}" for k, v in owner.labels.items() if claim.labels.get(k, v) != v)
    return f"carries {', '.join(labels)}: it was made for another set" if labels else ""


def _bound(claim: ClaimFacts, seen: Facts) -> t.Iterator[Finding]:
    """Is there a volume, and is it this claim's?"""
    name, found = claim.name, seen.volumes.get(claim.volume)
    if claim.phase == "Lost":
        yield Finding("claim_lost", f"{name} is Lost: its volume {claim.volume} is gone")
    elif claim.phase != "Bound" or not claim.volume:
        yield Finding("claim_pending", f"{name} is {claim.phase}: {_waits(claim, seen)}")
    elif found is None:
        yield Finding("claim_lost", f"{name} is bound to volume {claim.volume}, which does not exist")
    elif isinstance(found, Volume):
        if found.phase != "Bound":
            yield Finding("claim_lost", f"{name} is bound to volume {claim.volume}, which is {found.phase}")
        elif found.claim_uid != claim.uid:
            yield Finding("claim_lost", f"{name} is bound to volume {claim.volume}, which is bound to another claim")
        if found.terminating:
            yield Finding("claim_terminating", f"volume {claim.volume} of {name} is being deleted")


def _waits(claim: ClaimFacts, seen: Facts) -> str:
    """What keeps it from being bound: the provisioner's own words, where there are any."""
    made_by = storage_class(claim, seen)
    late = made_by is not None and made_by.waits and not any(m.node for m in claim.mounts)
    return claim.words or ("its class makes a volume only once a pod is scheduled" if late else "nobody says why")


def resize(claim: ClaimFacts) -> t.Iterator[Finding]:
    """A growth that is under way, or failed; nothing at rest."""
    told = {kind: words for kind, words in claim.conditions.items() if kind in _FAILED or kind in _GROWING}
    failed = claim.resize.endswith(("Infeasible", "Failed")) or any(kind in _FAILED for kind in told)
    small = claim.phase == "Bound" and (not claim.capacity or quantity(claim.capacity) < quantity(claim.size))
    if not (told or claim.resize or small):
        return
    words = "; ".join([*(f"{kind}: {words}" if words else kind for kind, words in sorted(told.items())), *filter(None, [claim.resize, claim.words])])
    text = f"{claim.name} has {claim.capacity or 'an unknown size'}, {claim.size} are asked for: {words or 'nobody says why'}"
    yield Finding("resize_failed", text) if failed else Finding("resize_pending", text)


_FAILED = ("ControllerResizeError", "NodeResizeError")
_GROWING = ("Resizing", "FileSystemResizePending")


def _space(slot: Slot, claim: ClaimFacts, seen: Facts, least: int) -> t.Iterator[Finding]:
    if not least or claim.phase != "Bound":  # an unbound one has its own reason
        return
    used = seen.usages.get(slot.claim)
    measured = seconds(used.measured) if isinstance(used, Usage) else None
    if isinstance(used, Usage) and measured is not None and seen.at - measured <= STALE_SECONDS:
        if used.free_percent < least:
            yield Finding("volume_full", f"{slot.claim}: {free(used)}, {least} % are demanded")
        return
    why = (
        f"last measured at {used.measured or 'an unknown time'}"
        if isinstance(used, Usage)
        else used.message
        if used
        else "its node has not measured it yet"
        if any(m.node for m in claim.mounts)
        else "no running pod mounts it"
    )
    yield Finding("free_space_unknown", f"{slot.claim}: free space is unknown: {why} (min_free_percent: 0 does without)")


def free(used: Usage) -> str:
    """What is free, in words."""
    return f"{_percent(used.free, used.capacity)} of its bytes and {_percent(used.inodes_free, used.inodes)} of its inodes are free"


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "none"


def _worth_knowing(slot: Slot, claim: ClaimFacts, seen: Facts) -> t.Iterator[Finding]:
    found = volume(claim, seen)
    if found and found.reclaim == "Delete":
        yield Finding("reclaim_delete", f"data at risk: volume {claim.volume} is deleted with {slot.claim}")
    if quantity(claim.size) > quantity(slot.template.size):
        yield Finding("claim_larger", f"{slot.claim} asks for {claim.size}, the template for {slot.template.size}")


def _beyond(seen: Facts, owner: Owner) -> tuple[list[Finding], list[Finding]]:
    """Claims of ordinals that the set does not have: the set's own, and strangers'."""
    orphans, strangers = [], []
    for name, claim in sorted(seen.claims.items()):
        if claim.ordinal in owner.ordinals:
            continue
        why = _foreign(claim, owner)
        if why:
            strangers.append(Finding("claim_foreign", f"{name} {why}", name, claim.ordinal))
        else:
            pods = ", ".join(m.pod for m in claim.mounts)
            text = f"{name} is no member's: {f'still mounted by {pods}' if pods else 'keep it for when the set grows, or delete it'}"
            orphans.append(Finding("orphan", text, name, claim.ordinal))
    return orphans, strangers


def _list(modes: frozenset[str]) -> str:
    return "+".join(sorted(modes)) or "none"
