# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The interlock of a replacement: what a member is to its raft groups, and what speaks against touching it. Pure.

A member may be taken out, and one with an empty volume may start, only while one live member leads every group, and a majority of voters
lives and is caught up without it.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, replace

from ansible_collections.robustmq.placement_center.plugins.module_utils._model import GroupView, Member, Observation, Reason, Verdict
from ansible_collections.robustmq.placement_center.plugins.module_utils._raft import Limits, empty, follows, lag

# What only another operation, or somebody's decision, puts right.
LASTING = ("join_blocked", "member_leads", "split_brain", "too_few_voters")
FEWEST = 3  # voters from which one may be taken
# How the new member stands when its join has stopped on the way.
STALLED, OUTSIDE = "stalled", "outside"
# Empty, where the server is one whose new members wait to be taken in.
WAITING = "waiting"


@dataclass(frozen=True)
class Seat:
    """One member as the leaders of the groups see it."""

    member: Member
    heads: t.Mapping[str, GroupView]  # group -> what its leader says
    votes: frozenset[str]  # groups in which it has a vote
    known: frozenset[str]  # groups that know it at all
    serves: bool  # it answers as a voter of every group and follows every leader


def seat(m: Member, seen: Observation, verdict: Verdict) -> Seat:
    """Where a member stands."""
    raft = {o.id: o.raft or {} for o in seen.members}
    heads = {g.name: raft[g.leader][g.name] for g in verdict.groups if g.leader is not None}
    votes = frozenset(name for name, head in heads.items() if any(m.id in voters for voters in head.voters))
    known = votes | frozenset(name for name, head in heads.items() if m.id in head.nodes)
    return Seat(m, heads, votes, known, _serves(m, heads, votes, verdict))


def _serves(m: Member, heads: t.Mapping[str, GroupView], votes: frozenset[str], verdict: Verdict) -> bool:
    if m.pod is None or m.pod.terminating or not m.raft or not verdict.groups:
        return False
    led = {g.name: g.leader for g in verdict.groups}
    return all(name in votes and name in m.raft and _has(m.id, m.raft[name], leader, heads[name]) for name, leader in led.items())


def _has(member: int, view: GroupView, leader: int | None, head: GroupView) -> bool:
    """It follows the leader, and not as one whose volume is empty: what it had is then lost although it votes."""
    return follows(member, view, leader, head) and not empty(view)


def leader(verdict: Verdict) -> int | None:
    """The raft id of the one member that leads every group."""
    ids = {g.leader for g in verdict.groups}
    return ids.pop() if len(ids) == 1 else None


def bars(it: Seat, seen: Observation, verdict: Verdict) -> tuple[Reason, ...]:
    """Everything against acting on this member now; nothing is a go."""
    found = [r for r in verdict.reasons if r.code == "split_brain" or (r.code == "claim_shared" and r.member == it.member.ordinal)]
    if not seen.claims_known:
        found += seen.unknown
    if not verdict.groups:
        found += verdict.reasons[:1]
    return (*found, *_quorum(it, verdict), *_leaders(it, verdict))


def _quorum(it: Seat, verdict: Verdict) -> t.Iterator[Reason]:
    for g in verdict.groups:
        if g.leader is None:
            yield from (r for r in g.reasons if r.code == "no_leader")
            continue
        head = it.heads[g.name]
        voters = frozenset().union(*head.voters)
        if g.name in it.votes and len(voters) < FEWEST:
            text = f"{g.name} has the voters {sorted(voters)}: without one of {len(voters)} it could not lose another"
            yield Reason("too_few_voters", text, it.member.ordinal, g.name)
        if head.members_at is None or head.applied is None or head.applied < head.members_at:
            yield Reason("membership_changing", f"{g.name}: who votes is not yet settled", group=g.name)
    for r in verdict.restarts:
        if r.ordinal == it.member.ordinal and not r.ok and all(g.leader is not None for g in verdict.groups):
            yield Reason("would_break_quorum", f"member {r.ordinal} cannot be done without: {r.reason}", r.ordinal)


def _leaders(it: Seat, verdict: Verdict) -> t.Iterator[Reason]:
    """Joining and leaving go group by group on the member that is asked, and stay half done at the first group that it does not lead."""
    led = {g.name: g.leader for g in verdict.groups if g.leader is not None}
    mine = sorted(name for name, who in led.items() if who == it.member.id)
    if mine and len(led) > 1:
        text = f"member {it.member.ordinal} itself leads {', '.join(mine)}; when it goes, the groups are mostly led by different members"
        yield Reason("member_leads", text, it.member.ordinal)
    elif len(set(led.values())) > 1:
        said = "; ".join(f"{name} by raft id {who}" for name, who in sorted(led.items()))
        yield Reason("join_blocked", f"leaving and joining need one leader for all groups, but they are led apart: {said}")


def half(it: Seat, limits: Limits, taken_in: bool = False) -> str:
    """How a new member's join has stopped, if it looks so; one that is still being filled is on its way.

    ``STALLED``: some group has taken it and another has not made a voter of it. ``OUTSIDE``: it has data, and no group knows it.
    ``WAITING``: no group knows it, and it is empty; all that such a server says of voters then stands in its own configuration.
    """
    m = it.member
    if m.pod is None or not m.pod.started or m.raft is None or not it.heads:
        return ""
    lags = [lag(m.raft.get(name), it.heads[name]) for name in it.known - it.votes]
    if any(n is None or n > limits.max_lag for n in lags):
        return ""
    if it.known:
        return STALLED if it.votes != it.heads.keys() else ""
    if taken_in and all(empty(v) for v in m.raft.values()):
        return WAITING
    return OUTSIDE if any(v.voters or v.applied for v in m.raft.values()) else ""


def address(it: Seat, seen: Observation) -> str:
    """Where the groups reach it: as one of them says, else as they reach the others, since pods' names differ by the ordinal alone.

    What the member says itself is not asked for: it is new, and nobody has proven yet who it is.
    """
    for _name, head in sorted(it.heads.items()):
        if it.member.id in head.nodes:
            return head.nodes[it.member.id]
    name = seen.set.name if seen.set else ""
    for _group, head in sorted(it.heads.items()):
        for other in seen.members:
            pod, reached = f"{name}-{other.ordinal}", head.nodes.get(other.id, "")
            if reached.startswith((f"{pod}.", f"{pod}:")):
                return f"{name}-{it.member.ordinal}{reached[len(pod) :]}"
    return ""


def without_own(verdict: Verdict) -> Verdict:
    """The verdict without what the replacement itself says."""
    left = tuple(r for r in verdict.reasons if r.code != "replacement_unfinished")
    return replace(verdict, reasons=left, healthy=not left)
