# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the replacement of a member's volume does next: one look and a goal in, one action out. Pure; time is a field of what was seen.

The old claim is deleted but held by a finalizer: a StatefulSet makes no pod while its claim is being deleted, so nobody starts on an empty
volume while the member still has a vote. Only when it votes nowhere is the claim let go, and with it the way is free for a new one.
"""

from __future__ import annotations

from ansible_collections.robustmq.placement_center.plugins.module_utils import _gain, _replacement_gate, _replacing
from ansible_collections.robustmq.placement_center.plugins.module_utils._guard import GUARD
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Claim, Member, Observation, Pod, Reason, Verdict
from ansible_collections.robustmq.placement_center.plugins.module_utils._pauses import Hold, Wait, late, not_ours
from ansible_collections.robustmq.placement_center.plugins.module_utils._replacement_gate import LASTING, OUTSIDE, WAITING, Seat, seat
from ansible_collections.robustmq.placement_center.plugins.module_utils._replacement_model import (
    Action,
    Discard,
    Done,
    Fence,
    Free,
    Goal,
    Join,
    Keep,
    Leave,
    Look,
    Stop,
    Write,
)
from ansible_collections.robustmq.placement_center.plugins.module_utils._replacing import DONE, HELD, HOLD, LEFT, RELEASED, Note
from ansible_collections.robustmq.placement_center.plugins.module_utils._volume_model import Finding


def decide(look: Look, goal: Goal) -> Action:
    """The next action; a write only as long as writes gain anything."""
    action = _next(look, goal)
    if isinstance(action, (Done, Hold, Wait)):
        return action
    return _gain.barred(look.memory.roll.gain, goal.step_timeout + goal.stable_seconds) or action


def _next(look: Look, goal: Goal) -> Action:
    sts = look.seen.set
    m = target(look.seen, goal.ordinal)
    if sts is None or m is None:
        code = "set_missing" if sts is None else "ordinal_unknown"
        return Hold((Reason(code, f"there is no member {goal.ordinal}"),))
    if stopped := not_ours(look.lease, look.abandoned):
        return stopped
    note, it = _replacing.read(sts.annotations), seat(m, look.seen, look.verdict)
    if note is None or note.phase == DONE:
        return _at_rest(look, goal, it, note)
    if note.ordinal != goal.ordinal:
        return Hold((unfinished(note),))
    if note.phase == RELEASED:
        return _coming(look, goal, it, note)
    if note.phase == HELD and m.claim and m.claim.uid == note.claim and not m.claim.terminating and it.serves and not goal.discard:
        return Free(m.claim) if HOLD in m.claim.finalizers else Write(None)  # it came back by itself, and nothing is lost yet
    against = _replacement_gate.bars(it, look.seen, look.verdict)
    if against:
        return _patiently(against, look, goal)
    return _going(look, goal, it, note) if note.phase == HELD else _making_way(look, goal, it, note)


def target(seen: Observation, ordinal: int) -> Member | None:
    """The member that is meant."""
    return next((m for m in seen.members if m.ordinal == ordinal), None)


def unfinished(note: Note) -> Reason:
    """Why another member's replacement cannot begin."""
    of = f"of member {note.ordinal} has not ended" if note.ordinal >= 0 else "has left a note that cannot be read"
    return Reason("replacement_unfinished", f"a replacement that was begun {of}")


def replaced(it: Seat, note: Note | None) -> bool:
    """It serves from the claim that a replacement before this one has given it."""
    m = it.member
    if note is None or note.phase != DONE or note.ordinal != m.ordinal or m.claim is None:
        return False
    return it.serves and m.claim.uid == note.claim and m.claim.phase == "Bound" and not m.claim.terminating


def _at_rest(look: Look, goal: Goal, it: Seat, note: Note | None) -> Action:
    if look.memory.wrote and (note is not None or it.serves):
        return Done(undone=note is None)
    if replaced(it, note) and not goal.discard:
        return Done()
    against = [*_replacement_gate.bars(it, look.seen, look.verdict), *needless(it, look.verdict, goal)]
    return Hold(tuple(against)) if against else Write(begun(it.member, look))


def begun(m: Member, look: Look, before: Note | None = None) -> Note:
    """The note with which a replacement begins, or begins anew with the claim that the member has now."""
    volume = m.claim.volume if m.claim and look.volume is not None else ""
    kept = tuple(dict.fromkeys([*(before.volumes if before else ()), *([volume] if volume else [])]))
    return Note(m.ordinal, m.claim.uid if m.claim else "", kept, HELD, before.rounds + 1 if before else 1)


def _anew(m: Member, look: Look, note: Note, why: str) -> Action:
    """Begin with the claim that the member has now, unless that has been tried: each time a volume is set aside."""
    if note.rounds < _gain.ROUNDS:
        return Write(begun(m, look, note))
    kept = f"; set aside: {', '.join(note.volumes)}" if note.volumes else ""
    return Hold((Reason("begun_anew", f"member {m.ordinal} {why}, and the replacement has begun {note.rounds} times already{kept}", m.ordinal),))


def needless(it: Seat, verdict: Verdict, goal: Goal) -> list[Reason]:
    """Why nothing says that the volume is lost; what is meant all the same has no reason against it."""
    m = it.member
    if goal.discard:
        return []
    if it.serves:
        lost = m.claim is None or m.claim.phase == "Lost" or m.claim.terminating
        said = "it still has its data, whatever becomes of its claim" if lost else "its volume is not lost"
        return [Reason("nothing_to_replace", f"member {m.ordinal} answers as a voter of every group: {said}", m.ordinal)]
    return [r for r in verdict.reasons if r.member == m.ordinal and r.code in ("pod_image", "pod_config", "starting")]


def _going(look: Look, goal: Goal, it: Seat, note: Note) -> Action:
    """The claim is set aside, the pod goes, and the member leaves."""
    claim, pod = it.member.claim, it.member.pod
    if claim is not None and claim.uid != note.claim:
        return _anew(it.member, look, note, "has got another claim while it still had a vote")
    if claim is not None and (first := _set_aside(claim, look)):
        return first
    held = claim is not None and _keeps(claim)
    if pod is not None and held:
        return _stop(pod, look, goal)
    if it.votes:  # where nothing keeps a new pod away, it leaves before its pod does
        return _leave(look, goal)
    return Write(note._replace(phase=LEFT))


def _set_aside(claim: Claim, look: Look) -> Action | None:
    """Its volume stays, and no pod can start on the claim; None where that is so as far as it can be."""
    if isinstance(look.volume, Finding):
        return Hold((Reason(look.volume.code, look.volume.message),))
    if look.volume is not None and look.volume.reclaim != "Retain":
        return Keep(claim.volume, look.volume)
    if claim.terminating:  # a claim that somebody else has deleted takes no finalizer any more
        return None
    return Discard(claim) if HOLD in claim.finalizers else Fence(claim)


def _keeps(claim: Claim) -> bool:
    """A finalizer of ours keeps it while it is being deleted."""
    return HOLD in claim.finalizers or GUARD in claim.finalizers


def _stop(pod: Pod, look: Look, goal: Goal) -> Action:
    if not pod.terminating:
        return Stop(pod)
    return _patiently((Reason("pod_terminating", f"{pod.name} is being deleted", goal.ordinal),), look, goal)


def _leave(look: Look, goal: Goal) -> Action:
    leads = _replacement_gate.leader(look.verdict)
    if leads is None or look.memory.roll.gain.waited >= goal.step_timeout:
        return late(look.memory.roll.gain.waited, (Reason("leave_refused", look.memory.refused or "the leader has not answered", goal.ordinal),))
    return Leave(leads)


def _making_way(look: Look, goal: Goal, it: Seat, note: Note) -> Action:
    """It votes nowhere: the old pod and the old claim go, and the controller makes new ones."""
    claim, pod = it.member.claim, it.member.pod
    old = claim is None or claim.uid == note.claim
    if not old:
        return Write(note._replace(phase=RELEASED))
    if it.votes:
        return Write(note._replace(phase=HELD))  # it has joined again on what it had
    if pod is not None:
        return _stop(pod, look, goal)
    if claim is None:
        return Write(note._replace(phase=RELEASED))
    if first := _set_aside(claim, look):
        return first
    if _keeps(claim):
        return Free(claim)
    text = f"claim {claim.name} is being deleted and is kept by {', '.join(claim.finalizers) or 'nobody'}"
    return _patiently((Reason("claim_terminating", text, goal.ordinal),), look, goal)


def _coming(look: Look, goal: Goal, it: Seat, note: Note) -> Action:
    """It joins on its new volume, catches up, and proves itself."""
    m, memory = it.member, look.memory
    if m.claim is not None and m.claim.uid == note.claim:
        return Write(note._replace(phase=HELD))
    if memory.half and not _replacement_gate.bars(it, look.seen, look.verdict):
        first = _half_way(look, goal, it, note)
        if first is not None:
            return first
    if look.verdict.reasons:
        mine = [r for r in look.verdict.reasons if r.member == goal.ordinal]
        return _patiently((*mine, *(r for r in look.verdict.reasons if r not in mine)), look, goal)
    if m.ordinal in memory.roll.behind or m.claim is None:
        return _patiently((Reason("not_caught_up", f"member {m.ordinal} has joined and is not yet caught up", m.ordinal),), look, goal)
    if memory.roll.healthy_for < goal.stable_seconds:
        return _gain.steadily(memory.roll.gain, goal.step_timeout, memory.roll.healthy_for, goal.stable_seconds)
    return Write(note._replace(claim=m.claim.uid, phase=DONE))


def _half_way(look: Look, goal: Goal, it: Seat, note: Note) -> Action | None:
    """What is to be done for a member whose join has stopped; one that joins by itself is given time for it."""
    memory, leads, address = look.memory, _replacement_gate.leader(look.verdict), _replacement_gate.address(it, look.seen)
    if not goal.taken_in and memory.half_for < goal.patience:
        return None
    if memory.half == OUTSIDE:
        ours = memory.half_for >= goal.patience
        return _anew(it.member, look, note, "has data, and no group knows it") if ours else None
    may = leads is not None and address and memory.roll.gain.waited < goal.step_timeout
    return Join(leads, address, memory.half == WAITING) if may and leads is not None else None


def _patiently(reasons: tuple[Reason, ...], look: Look, goal: Goal) -> Action:
    gain = look.memory.roll.gain
    if gain.waited >= goal.patience and any(r.code in LASTING for r in reasons):
        return Hold(tuple(sorted(reasons, key=lambda r: r.code not in LASTING)))
    return _gain.patiently(gain, goal.step_timeout, reasons)
