# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a running replacement says: one plain line for each step and whenever the member gets into another state. Pure."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.robustmq.placement_center.plugins.module_utils import _replacement, _replacing, _telling
from ansible_collections.robustmq.placement_center.plugins.module_utils._replacement_gate import seat
from ansible_collections.robustmq.placement_center.plugins.module_utils._replacement_model import (
    Action,
    Discard,
    Fence,
    Free,
    Goal,
    Hold,
    Join,
    Keep,
    Leave,
    Look,
    Stop,
    Wait,
    Write,
)
from ansible_collections.robustmq.placement_center.plugins.module_utils._replacing import DONE, LEFT, RELEASED

QUIET = ("not_stable", "not_caught_up")


@dataclass(frozen=True)
class Told:
    """What was said last, so that only news is said; ``since`` is when the first step was taken."""

    line: str = ""
    phase: str = ""
    since: float | None = None


def news(told: Told, look: Look, goal: Goal, action: Action) -> tuple[Told, list[str]]:
    """The lines to say now, and what has been said after them."""
    sts, m = look.seen.set, _replacement.target(look.seen, goal.ordinal)
    if sts is None or m is None:
        return told, []
    step = _step(action, look, goal)
    since = told.since if told.since is not None or not step else look.seen.at
    note = _replacing.read(sts.annotations)
    phase, detail = "", ""
    if note and note.phase == RELEASED and not step:
        phase, detail = _telling.state_of(m, sts, look.verdict, look.memory.roll, look.seen)
    line = step or (detail if phase != told.phase else "")
    lines = []
    if line and line != told.line:
        passed = int(look.seen.at - since) if since is not None else 0
        lines.append(f"{sts.name}-{goal.ordinal}  {line}, {passed // 60:02}:{passed % 60:02}")
    whole = _whole(action, bool(phase))
    if whole and whole != told.line:
        lines.append(whole)
    return Told(whole or line or told.line, phase or told.phase, since), lines


def _step(action: Action, look: Look, goal: Goal) -> str:
    """What is done now."""
    if isinstance(action, Write):
        return _written(action, look)
    if isinstance(action, Leave):
        return f"leaves through {_name(look, action.leader)}{f': {look.memory.refused}' if look.memory.refused else ''}"
    if isinstance(action, Join) and (action.new or goal.taken_in):
        how = "is made a learner" if action.new else "is made a voter"
        return f"{how} through {_name(look, action.leader)}{f': {look.memory.refused}' if look.memory.refused else ''}"
    if isinstance(action, Join):
        return f"its join has stopped: finished through {_name(look, action.leader)}{f': {look.memory.refused}' if look.memory.refused else ''}"
    words: dict[type, str] = {
        Fence: "its claim is held: no new pod can start on it",
        Discard: "its claim is deleted, and stays until the member has left",
        Stop: "its pod is stopped",
        Free: "its old claim goes" if _left(look) else "it is back by itself: its claim is held no longer",
    }
    return f"its volume {action.name} is to be kept" if isinstance(action, Keep) else words.get(type(action), "")


def _left(look: Look) -> bool:
    note = _replacing.read(look.seen.set.annotations) if look.seen.set else None
    return note is not None and note.phase == LEFT


def _written(action: Write, look: Look) -> str:
    if action.note is None:
        return "is what it was: nothing was given up"
    volume = f" (volume {action.note.volumes[-1]})" if action.note.volumes else ""
    groups = ", ".join(f"{g.name} {list(g.voters)}" for g in look.verdict.groups)
    return {
        LEFT: f"votes nowhere any more; voters are {groups}",
        RELEASED: "a new claim and a new pod are made",
        DONE: f"serves from its new volume; voters are {groups}",
    }.get(action.note.phase, f"its claim{volume} is set aside")


def _name(look: Look, leader: int) -> str:
    sts = look.seen.set
    return next((f"{sts.name}-{m.ordinal}" for m in look.seen.members if sts and m.id == leader), f"raft id {leader}")


def _whole(action: Action, told: bool) -> str:
    """Why nothing is done now, where the member's own line does not say it."""
    if isinstance(action, Hold):
        return f"holds: {action.reasons[0].code}: {action.reasons[0].message}"
    if isinstance(action, Wait) and not told and action.reasons[0].code not in QUIET:
        return f"waits: {action.reasons[0].code}: {action.reasons[0].message}"
    return ""


def groups(look: Look, goal: Goal) -> list[dict[str, t.Any]]:
    """Every group as its leader sees it, and what the member is in it."""
    m = _replacement.target(look.seen, goal.ordinal)
    if m is None:
        return []
    it = seat(m, look.seen, look.verdict)

    def place(name: str) -> str:
        return "voter" if name in it.votes else "learner" if name in it.known else "unknown" if name not in it.heads else "none"

    return [{"group": g.name, "leader": g.leader, "voters": list(g.voters), "member": place(g.name)} for g in look.verdict.groups]
