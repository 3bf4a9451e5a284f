# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way back of a restore: every claim gets the volume that it had, and the copies go. Pure."""

from __future__ import annotations

from ansible_collections.robustmq.placement_center.plugins.module_utils._restore_actions import (
    Action,
    Discard,
    End,
    Mark,
    Scale,
    Tidy,
    Unmake,
    Widen,
)
from ansible_collections.robustmq.placement_center.plugins.module_utils._restore_journal import ROLLED_BACK, Journal
from ansible_collections.robustmq.placement_center.plugins.module_utils._restore_look import NARROW, Goal, Look, bind, home, removed, stop


def decide(look: Look, journal: Journal, goal: Goal) -> Action:
    """The next action."""
    for part in (_tools, _copies, _claims, _left_over, _marks, _set):
        action = part(look, journal, goal)
        if action is not None:
            return action
    return End(ROLLED_BACK)


def _tools(look: Look, _journal: Journal, _goal: Goal) -> Action | None:
    return Tidy(look.tools[0]) if look.tools else None


def _copies(look: Look, journal: Journal, goal: Goal) -> Action | None:
    """Claims that only ever held a copy; no member mounts them."""
    for ordinal in journal.ordinals:
        if journal.copy(ordinal) in look.claims:
            return _dropped(look, goal, journal.copy(ordinal), ordinal)
    return None


def _dropped(look: Look, goal: Goal, name: str, ordinal: int) -> Action:
    """The step by which a claim goes with its volume."""
    found = look.volumes.get(look.claims[name].volume)
    return Discard(look.claims[name].volume) if found is not None and found.reclaim != "Delete" else removed(look, goal, name, ordinal)


def _claims(look: Look, journal: Journal, goal: Goal) -> Action | None:
    """Members' claims; nothing is stopped where all are still those of before."""
    before = _before(look, journal)
    changed = [o for o in journal.new if (c := look.claims.get(journal.claim(o))) and c.volume == journal.new[o]]
    if home(look, journal, before) and not changed:
        return None
    if (action := stop(look, goal)) is not None:
        return action
    for ordinal in changed:
        return _dropped(look, goal, journal.claim(ordinal), ordinal)
    for ordinal, volume in sorted(before.items()):
        name = journal.claim(ordinal)
        if name in look.claims and look.claims[name].going:
            return removed(look, goal, name, ordinal)
        if (action := bind(look, goal, ordinal, name, volume)) is not None:
            return action
    return None


def _before(look: Look, journal: Journal) -> dict[int, str]:
    """The volumes of before that are still there."""
    return {o: old.volume for o, old in journal.old.items() if old.volume in look.volumes}


def _left_over(look: Look, journal: Journal, _goal: Goal) -> Action | None:
    """Volumes with a copy whose claim is gone already."""
    copies = {journal.copy(o) for o in journal.ordinals}
    for volume, found in look.volumes.items():
        copied = volume in journal.new.values() or found.claim[0] in copies
        if copied and (found.reclaim != "Delete" or not found.claim[1]):
            return Discard(volume)
    return None


def _marks(look: Look, journal: Journal, _goal: Goal) -> Action | None:
    for ordinal, old in journal.old.items():
        found = look.volumes.get(old.volume)
        if found is not None and found.kept:
            return Mark(old.volume, ordinal, on=False)
    return None


def _set(look: Look, journal: Journal, _goal: Goal) -> Action | None:
    if journal.before is None:
        return Unmake() if look.set is not None else Widen() if look.policy == NARROW else None
    whole = set(range(journal.first, journal.first + journal.before)) <= set(_before(look, journal))
    if look.set is not None and look.set.replicas == 0 and journal.before and whole:  # else a member would begin on an empty volume
        return Scale(journal.before)
    return Widen() if look.policy == NARROW else None
