# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a restore does next: one look and a goal in, one action out. Pure; time is a field of what was seen.

The copy is brought to new volumes and compared while the old members still serve. They are stopped only for the exchange of the
claims; their volumes are never written to, and are there until somebody deletes them.
"""

from __future__ import annotations

from ansible_collections.robustmq.placement_center.plugins.module_utils import _gain, _restore_back
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Reason
from ansible_collections.robustmq.placement_center.plugins.module_utils._pauses import Hold, Wait, not_ours
from ansible_collections.robustmq.placement_center.plugins.module_utils._restore_actions import (
    Action,
    Begin,
    Copy,
    Done,
    End,
    Keep,
    Make,
    Mark,
    Narrow,
    Opened,
    Scale,
    Stopped,
    Tidy,
    TurnBack,
    Widen,
)
from ansible_collections.robustmq.placement_center.plugins.module_utils._restore_journal import DONE, Journal
from ansible_collections.robustmq.placement_center.plugins.module_utils._restore_look import (
    NARROW,
    OPEN,
    Goal,
    Look,
    bind,
    home,
    patiently,
    removed,
    running,
    stop,
)


def decide(look: Look, goal: Goal) -> Action:
    """The next action; a write only as long as writes gain anything."""
    action = _next(look, goal)
    if isinstance(action, (Done, Hold, Wait)):
        return action
    return _gain.barred(look.memory.gain, goal.step_timeout + goal.stable_seconds) or action


def _next(look: Look, goal: Goal) -> Action:
    journal = look.journal
    if journal is not None and journal.ended and journal.run == goal.run:
        return Done(journal.ended)
    if stopped := not_ours(look.lease, look.abandoned):
        return stopped
    if journal is None or journal.ended:
        return Begin()
    if journal.opened:
        return Widen() if look.policy == NARROW else End(DONE)
    if journal.back:
        return _restore_back.decide(look, journal, goal)
    if goal.back:
        return TurnBack()
    for part in (_kept, _copied, _stopped, _exchanged, _made, _started):
        action = part(look, journal, goal)
        if action is not None:
            return action
    return Opened()


def _kept(look: Look, journal: Journal, _goal: Goal) -> Action | None:
    """The volumes of before come first: whatever happens, they stay."""
    if not journal.stopped and not look.fresh:
        return Begin()
    for old in journal.old.values():
        found = look.volumes.get(old.volume)
        if found is not None and found.reclaim != "Retain":
            return Keep(old.volume)
    return None


def _copied(look: Look, journal: Journal, _goal: Goal) -> Action | None:
    todo = tuple(o for o in journal.ordinals if o not in journal.new)
    if todo:
        return Copy(todo)
    if look.tools:
        return Tidy(look.tools[0])
    for ordinal, volume in journal.new.items():
        found = look.volumes.get(volume)
        if found is None or found.going:
            return Hold((Reason("volume_gone", f"volume {volume}, which has the copy for {journal.claim(ordinal)}, is gone", ordinal),))
        if found.reclaim != "Retain":
            return Keep(volume)
    return None


def _stopped(look: Look, journal: Journal, goal: Goal) -> Action | None:
    """Clients are kept away first, so that what the members tell last is the last that there is."""
    if home(look, journal, journal.new):
        return None
    if running(look) and goal.guard and look.policy == OPEN:
        return Narrow()
    going = not journal.stopped or (look.set is not None and look.set.replicas > 0)
    if not journal.stopped or (not going and any(last > journal.newest.get(group, 0) for group, last in look.newest.items())):
        return Stopped()  # where clients cannot be kept away there is always something newer: it is noted again once no more members are to be
    return stop(look, goal)


def _exchanged(look: Look, journal: Journal, goal: Goal) -> Action | None:
    for ordinal, volume in journal.new.items():
        action = _one(look, journal, goal, ordinal, volume)
        if action is not None:
            return action
    for ordinal, old in journal.old.items():
        found = look.volumes.get(old.volume)
        if found is not None and not found.kept:
            return Mark(old.volume, ordinal)
    return None


def _one(look: Look, journal: Journal, goal: Goal, ordinal: int, volume: str) -> Action | None:
    """One member's claim: the copy's own claim goes, then the old one, then there is one for the volume."""
    name, copy = journal.claim(ordinal), journal.copy(ordinal)
    if copy in look.claims:
        return removed(look, goal, copy, ordinal)
    claim, old = look.claims.get(name), journal.old.get(ordinal)
    if claim is not None and old is not None and claim.uid == old.uid:
        return removed(look, goal, name, ordinal)
    return bind(look, goal, ordinal, name, volume)


def _made(look: Look, _journal: Journal, _goal: Goal) -> Action | None:
    return Make(look.missing[0]) if look.missing else None


def _started(look: Look, journal: Journal, goal: Goal) -> Action | None:
    """The restored members start among themselves, and are proven before anybody else may reach them."""
    if look.set is None:
        return Hold((Reason("set_missing", "the StatefulSet does not exist, and the manifest has none"),))
    if look.set.replicas not in (0, journal.replicas):
        text = f"{journal.name} was scaled to {look.set.replicas}, the copy knows {journal.replicas} members"
        return Hold((Reason("scaled_back", text),))
    if goal.guard and look.policy == OPEN:
        return Narrow()
    if look.set.replicas != journal.replicas:
        return Scale(journal.replicas)
    if look.unproven is None:
        return Wait((Reason("unknown_fact", "the restored members were not asked yet"),))
    if look.unproven:
        return patiently(look, goal, *look.unproven)
    if look.memory.proven_for < goal.stable_seconds:
        return _gain.steadily(look.memory.gain, goal.step_timeout, look.memory.proven_for, goal.stable_seconds, "proven")
    return None
