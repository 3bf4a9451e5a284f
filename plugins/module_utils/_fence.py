# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The raft facts around a copy: which voter to copy, from which index on it is complete, and whether anything moved meanwhile. Pure."""

from __future__ import annotations

import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils._model import GroupView, Member, Observation, Reason, Verdict
from ansible_collections.robustmq.placement_center.plugins.module_utils._raft import Limits, caught_up

Object = dict[str, t.Any]
Marks = t.Mapping[str, int]  # group -> log index

# What keeps a copy of a caught-up voter from being whole; anything else that is ill is told and does not stop a backup.
BARRING = (
    "set_missing",
    "set_not_observed",
    "split_brain",
    "no_leader",
    "quorum_stale",
    "membership_changing",
    "membership_differs",
    "leader_deposed",
    "wrong_id",
)

# Of these, what an election or a join brings about and takes away again.
PASSING = ("set_not_observed", "no_leader", "quorum_stale", "membership_changing", "membership_differs", "leader_deposed")


def bars(verdict: Verdict) -> tuple[Reason, ...]:
    """Why no copy would be worth anything now; where nothing bars, every group has one leader and one membership."""
    found = tuple(r for r in verdict.reasons if r.code in BARRING)
    if not verdict.groups and not found:
        return (Reason("no_leader", "no raft group could be read"),)
    return found


def heads(seen: Observation, verdict: Verdict) -> dict[str, GroupView]:
    """Every group's leader, as it describes itself."""
    by_id = {m.id: m for m in seen.members}
    return {g.name: t.cast(t.Mapping[str, GroupView], by_id[g.leader].raft)[g.name] for g in verdict.groups if g.leader in by_id and by_id[g.leader].raft}


def index(seen: Observation, verdict: Verdict) -> dict[str, int]:
    """What is committed in every group at least: what its leader has applied."""
    return {name: head.applied or 0 for name, head in heads(seen, verdict).items()}


def voter(seen: Observation, verdict: Verdict, limits: Limits, wanted: int | None = None) -> Member | Reason:
    """Whom to copy: a voter of every group that is caught up and serves; rather one that leads nothing; of these the highest ordinal."""
    fit = [m for m in seen.members if _fit(m, seen, verdict, limits)]
    if wanted is not None:
        fit = [m for m in fit if m.ordinal == wanted]
        if not fit:
            return Reason("voter_not_fit", f"member {wanted} is no caught-up voter of every group, so its copy would lack writes", wanted)
    if not fit:
        return Reason("no_voter_fit", "no member is a caught-up voter of every group with a volume of its own")
    return min(fit, key=lambda m: (sum(g.leader == m.id for g in verdict.groups), -m.ordinal))


def _fit(m: Member, seen: Observation, verdict: Verdict, limits: Limits) -> bool:
    if m.pod is None or m.pod.terminating or m.claim is None or m.claim.phase != "Bound" or not m.raft:
        return False
    lead, views = heads(seen, verdict), m.raft
    return bool(verdict.groups) and all(
        g.name in lead
        and lead[g.name].applied is not None  # else there is no fence to be behind
        and m.id in g.voters
        and caught_up(m.id, views.get(g.name), g.leader, lead[g.name], limits)
        and views[g.name].state in ("Leader", "Follower")
        for g in verdict.groups
    )


def short(m: Member, fence: Marks) -> list[Reason]:
    """Groups in which a member has not applied all that the fence asks for."""
    found = []
    for name, mark in sorted(fence.items()):
        view = (m.raft or {}).get(name)
        applied = view.applied if view else None
        if applied is None or applied < mark:
            has = "unknown" if applied is None else str(applied)
            found.append(Reason("fence_not_reached", f"{name}: member {m.ordinal} has applied {has} of {mark}", m.ordinal, name))
    return found


def moved(before: tuple[Observation, Verdict], after: tuple[Observation, Verdict]) -> tuple[Reason, ...]:
    """What was not the same after a copy as before it; a copy between two looks that agree lies in one term of one leader."""
    one, two = heads(*before), heads(*after)
    found = [Reason("bracket_broken", f"{name} could not be read after the copy", group=name) for name in sorted(one.keys() - two.keys())]
    for name in sorted(one.keys() & two.keys()):
        a, b = one[name], two[name]
        for what, x, y in (("leader", a.id, b.id), ("term", a.term, b.term), ("voters", _sets(a), _sets(b))):
            if x != y:
                found.append(Reason("bracket_broken", f"{name}: its {what} was {x} before the copy and {y} after it", group=name))
    return (*found, *bars(after[1]))


def facts(seen: Observation, verdict: Verdict) -> Object:
    """Every group as a manifest tells it."""
    told = {}
    for name, head in sorted(heads(seen, verdict).items()):
        roles = {str(m.ordinal): {"applied": v.applied, "last_log": v.last_log, "state": v.state} for m in seen.members if (v := (m.raft or {}).get(name))}
        known = {"leader": head.id, "term": head.term, "committed": head.applied, "last_log": head.last_log}
        told[name] = {**known, "voters": _sets(head), "nodes": {str(i): a for i, a in sorted(head.nodes.items())}, "members": roles}
    return told


def _sets(view: GroupView) -> list[list[int]]:
    return [sorted(c) for c in view.voters]
