# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a running growth says: one plain line when a claim or the whole gets into another state. Pure."""

from __future__ import annotations

import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils import _volumes
from ansible_collections.robustmq.placement_center.plugins.module_utils._growth import FAILED, GROWN, SMALL, UNMEASURED, Action, Ask, Goal, Look, ordered, place
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Usage
from ansible_collections.robustmq.placement_center.plugins.module_utils._pauses import Hold, Wait
from ansible_collections.robustmq.placement_center.plugins.module_utils._volume_model import ClaimFacts

# Kubernetes' own words for how far it is.
STEPS = {
    "": "asked of the driver",
    "ControllerResizeInProgress": "the driver grows the volume",
    "NodeResizePending": "the volume has grown, the node is next",
    "NodeResizeInProgress": "the node grows the file system",
}


def news(told: dict[str, str], look: Look, goal: Goal, action: Action, asked: t.Mapping[str, float]) -> tuple[dict[str, str], list[str]]:
    """The lines to say now, and what has been said after them: claim -> how far it is."""
    now, lines = dict(told), list[str]()
    for claim in ordered(look.claims):
        going = isinstance(action, Ask) and action.claim.name == claim.name
        phase, text = ("asked", "asked for") if going else _phase(claim, look, goal)
        if phase != told.get(claim.name) and not (claim.name not in told and phase in (SMALL, GROWN)):
            passed = int(look.claims.at - asked[claim.name]) if claim.name in asked else 0
            lines.append(f"{claim.name}  {_size(claim, goal)}  {text}, {passed // 60:02}:{passed % 60:02}")
        now[claim.name] = phase
    whole = _whole(action)
    if whole and whole != told.get(""):
        lines.append(whole)
    return {**now, "": whole}, lines


def _size(claim: ClaimFacts, goal: Goal) -> str:
    return f"{claim.capacity or '?'} -> {goal.size}" if claim.capacity != goal.size else goal.size


def _phase(claim: ClaimFacts, look: Look, goal: Goal) -> tuple[str, str]:
    """A stable word for where a claim is, and the same for people."""
    where = place(claim, look, goal)
    used = look.claims.usages.get(claim.name)
    has = f"{used.capacity / 2**30:.2f}Gi" if isinstance(used, Usage) else "not measured"
    if where == SMALL:
        return where, "to be grown"
    if where == FAILED:
        return where, f"fails: {'; '.join(f.message for f in _volumes.resize(claim))}"
    if where == UNMEASURED:
        return where, f"grown; its file system: {has}, to be measured"
    if where == GROWN:
        return where, f"has the size; its file system: {has}" if goal.measure else "has the size"
    return f"{where} {claim.resize}", STEPS.get(claim.resize, claim.resize)


def _whole(action: Action) -> str:
    """Why nothing is done now, where no claim's own line says it."""
    if isinstance(action, Hold):
        return f"holds: {action.reasons[0].code}: {action.reasons[0].message}"
    quiet = ("not_stable", "resize_pending", "resize_failed")
    if isinstance(action, Wait) and action.reasons[0].code not in quiet:
        return f"waits: {action.reasons[0].code}: {action.reasons[0].message}"
    return ""
