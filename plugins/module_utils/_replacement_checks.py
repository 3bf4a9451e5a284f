# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a member's volume may not be replaced, all of it, and what would be done: facts in, refusals and a plan out. Pure."""

from __future__ import annotations

import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils import _replacement, _replacement_gate, _replacing
from ansible_collections.robustmq.placement_center.plugins.module_utils._claims import TEMPLATE
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import Refused
from ansible_collections.robustmq.placement_center.plugins.module_utils._hints import hint
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Claim, Reason
from ansible_collections.robustmq.placement_center.plugins.module_utils._replacement_gate import Seat, seat
from ansible_collections.robustmq.placement_center.plugins.module_utils._replacement_model import Goal, Look
from ansible_collections.robustmq.placement_center.plugins.module_utils._replacing import HELD, HOLD, LEFT, RELEASED, Note
from ansible_collections.robustmq.placement_center.plugins.module_utils._volume_model import Finding, Volume

Object = dict[str, t.Any]


def refusals(look: Look, goal: Goal, live: Object | None) -> list[Refused]:
    """Every reason against beginning, or against going on with what another run has begun; none is a go.

    :param live: the StatefulSet as the API server has it.
    """
    sts = look.seen.set
    if sts is None or live is None:
        return [_refused(Reason("set_missing", "the StatefulSet does not exist"))]
    m = _replacement.target(look.seen, goal.ordinal)
    if m is None:
        ordinals = ", ".join(str(o.ordinal) for o in look.seen.members)
        return [_refused(Reason("ordinal_unknown", f"there is no member {goal.ordinal}; the ordinals are {ordinals or 'none'}"))]
    templates = [each["metadata"]["name"] for each in live["spec"].get("volumeClaimTemplates", [])]
    if templates != [TEMPLATE]:
        said = f"its claim templates are {', '.join(templates) or 'none'}, and only a set with the one called {TEMPLATE} is known here"
        return [_refused(Reason("no_claim_template", said))]
    note = _replacing.under_way(sts.annotations)
    if note and note.ordinal != goal.ordinal:
        return [_refused(_replacement.unfinished(note))]
    it = seat(m, look.seen, look.verdict)
    found = list(_replacement_gate.bars(it, look.seen, look.verdict))
    if note is None:
        found += _replacement.needless(it, look.verdict, goal)
    if isinstance(look.volume, Finding):
        found.append(Reason(look.volume.code, look.volume.message, goal.ordinal))
    return [_refused(r) for r in sorted(found, key=lambda r: r.code != "nothing_to_replace")]


def _refused(reason: Reason) -> Refused:
    return Refused(reason.code, reason.message, hint(reason.code))


def finished(look: Look, goal: Goal) -> bool:
    """A run before this one has done it, and the member serves."""
    sts, m = look.seen.set, _replacement.target(look.seen, goal.ordinal)
    if sts is None or m is None or goal.discard:
        return False
    return _replacement.replaced(seat(m, look.seen, look.verdict), _replacing.read(sts.annotations))


def plan(look: Look, goal: Goal) -> list[Object]:
    """The steps that are still to be taken, in their order."""
    sts, m = look.seen.set, _replacement.target(look.seen, goal.ordinal)
    if sts is None or m is None or finished(look, goal):
        return []
    note = _replacing.under_way(sts.annotations) or _replacement.begun(m, look)
    it, name = seat(m, look.seen, look.verdict), f"{sts.name}-{goal.ordinal}"
    steps: list[Object] = []
    if note.phase == HELD:
        steps += _aside(m.claim, look.volume)
        steps += [{"step": "stop", "object": name}] if m.pod else []
        steps += [{"step": "leave", "object": name, "groups": sorted(it.votes)}] if it.votes else []
    if note.phase in (HELD, LEFT):
        steps.append({"step": "release", "object": m.claim.name if m.claim else ""})
    return [*steps, {"step": "join", "object": name, "groups": _missing(it, note)}]


def _aside(claim: Claim | None, volume: Volume | Finding | None) -> list[Object]:
    if claim is None:
        return []
    keep = isinstance(volume, Volume) and volume.reclaim != "Retain"
    held = claim.terminating or HOLD in claim.finalizers
    steps: list[Object] = [{"step": "keep", "object": claim.volume}] if keep else []
    steps += [] if held else [{"step": "hold", "object": claim.name}]
    return [*steps, *([] if claim.terminating else [{"step": "delete", "object": claim.name}])]


def _missing(it: Seat, note: Note) -> list[str]:
    """Groups that it has still to join."""
    return sorted(it.heads.keys() - (it.votes if note.phase == RELEASED else set()))


def kept(note: Note | None, before: t.Iterable[str] = ()) -> list[Object]:
    """The volumes that stay, each with the command that removes it together with its data.

    :param before: what earlier replacements have left.
    """
    patch = '{"spec":{"persistentVolumeReclaimPolicy":"Delete"}}'
    names = dict.fromkeys([*before, *(note.volumes if note else ())])
    return [{"volume": name, "remove": f"kubectl patch pv {name} -p '{patch}'"} for name in names]
