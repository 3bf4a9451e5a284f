# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""One raft group, judged over what all its members say of it."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.robustmq.placement_center.plugins.module_utils._model import GroupVerdict, GroupView, Reason

Views = t.Mapping[int, GroupView]  # raft id expected there -> what that member says


@dataclass(frozen=True)
class Limits:
    """What still counts as healthy: entries behind the leader, age of the leader's last quorum in milliseconds, free space."""

    max_lag: int = 100
    quorum_ack_ms: int = 2000
    min_free_percent: int = 10  # 0: nothing is asked of the volumes


def judge_group(name: str, views: Views, ids: set[int], limits: Limits) -> GroupVerdict:
    """One group over the members that answered; ``ids`` are those that the set's ordinals demand.

    ``member`` of the reasons is a raft id here.
    """
    claims = [i for i, v in views.items() if v.state == "Leader"]
    deposed = _deposed(views, claims, limits)
    leaders = [i for i in claims if i not in deposed]
    lead = leaders[0] if len(leaders) == 1 else None
    split = list(_split_brain(name, views, leaders))
    reasons = [*split, *_identities(name, views)]
    for i in deposed:
        text = f"{name}: raft id {i} still leads in term {views[i].term}, and no majority hears it; {leaders} leads now"
        reasons.append(Reason("leader_deposed", text, i, name))
    if not leaders:
        named = sorted({v.leader for v in views.values() if v.leader is not None})
        said = f"; they still name {named}, which does not answer as leader" if named else ""
        reasons.append(Reason("no_leader", f"no member that answers leads {name}{said}", group=name))
    if lead is None:
        return GroupVerdict(name, None, None, (), False, tuple(reasons))
    head = views[lead]
    reasons += _membership(name, head, ids)
    for i, v in sorted(views.items()):
        reasons += _member(name, i, v, lead, head)
        reasons += _behind(name, i, v, head, limits)
    fresh = _heard(head, limits)
    if not fresh:
        age = "never" if head.quorum_ack_ms is None else f"{head.quorum_ack_ms} ms ago"
        reasons.append(Reason("quorum_stale", f"{name}: a majority last acknowledged leader {lead} {age}", group=name))
    followers = {i for i, v in views.items() if follows(i, v, lead, head)}
    possible = fresh and not split and majorities(head.voters, followers)
    voters = tuple(sorted(head.voters[-1])) if head.voters else ()
    return GroupVerdict(name, lead, head.term, voters, possible, tuple(reasons))


def lag(view: GroupView | None, head: GroupView | None) -> int | None:
    """Entries that a member has still to apply, measured against its leader's log; None is unknown."""
    if view is None or head is None or view.applied is None or head.last_log is None:
        return None
    return max(0, head.last_log - view.applied)


def follows(i: int, v: GroupView, leader: int | None, head: GroupView) -> bool:
    """It is who it should be, and follows that leader in that term; the leader follows itself."""
    return v.id == i and v.running and v.leader == leader and v.term is not None and v.term == head.term


def empty(view: GroupView) -> bool:
    """It has no entry, or none that anybody would know: v0.1.28 begins its log with an entry of its own, and names voters out of its configuration."""
    return not view.applied and not (view.last_log and view.voters)


def caught_up(i: int, view: GroupView | None, leader: int | None, head: GroupView, limits: Limits) -> bool:
    behind = lag(view, head)
    return view is not None and follows(i, view, leader, head) and behind is not None and behind <= limits.max_lag


def majorities(configs: tuple[frozenset[int], ...], have: set[int]) -> bool:
    """A majority of every configuration in force (two while membership changes); none known is none."""
    return bool(configs) and all(len(c & have) > len(c) // 2 for c in configs)


def _deposed(views: Views, claims: list[int], limits: Limits) -> list[int]:
    """Leaders of an older term whom no majority hears any more, beside the one of the newest: they can acknowledge nothing."""
    terms = sorted(((views[i].term or 0, i) for i in claims), reverse=True)
    if len(terms) < 2 or terms[0][0] == terms[1][0]:
        return []
    newest = views[terms[0][1]]
    old = [i for _term, i in terms[1:] if views[i].voters == newest.voters and not _heard(views[i], limits)]
    return old if len(old) == len(terms) - 1 else []


def _heard(head: GroupView, limits: Limits) -> bool:
    """A majority has acknowledged this leader lately."""
    return head.quorum_ack_ms is not None and head.quorum_ack_ms <= limits.quorum_ack_ms


def _split_brain(name: str, views: Views, leaders: list[int]) -> t.Iterator[Reason]:
    if len(leaders) > 1:
        said = ", ".join(f"raft id {i} in term {views[i].term}" for i in leaders)
        yield Reason("split_brain", f"{name} has {len(leaders)} leaders: {said}", group=name)
    for lead in leaders:
        rule = frozenset().union(*views[lead].voters)
        for i, v in views.items():
            if i == lead or v.applied is None:
                continue
            lost = [c for c in v.voters if len(c & rule) <= len(c) // 2]
            if lost:
                text = (
                    f"{name}: raft id {lead} leads with voters {sorted(rule)} while {i} holds voters {sorted(lost[0])}:"
                    " acknowledged writes are being lost; restart nothing, write nothing"
                )
                yield Reason("split_brain", text, group=name)
                return


def _identities(name: str, views: Views) -> t.Iterator[Reason]:
    for said in sorted({v.id for v in views.values() if v.id is not None}):
        same = sorted(i for i, v in views.items() if v.id == said)
        if len(same) > 1:
            yield Reason("two_of_one_id", f"{name}: the members that should be raft ids {same} all say that they are {said}", group=name)
    settled = [i for i, v in views.items() if v.voters and v.applied]
    for i, v in sorted(views.items()):
        if settled and empty(v):
            text = f"{name}: raft id {i} has no data while {sorted(settled)} have some: its volume is empty, or it has not joined"
            yield Reason("member_empty", text, i, name)
        if v.id != i:
            yield Reason("wrong_id", f"{name}: the member that should be {i} says that it is {v.id}", i, name)
        if not v.running:
            yield Reason("raft_stopped", f"{name}: raft of member {i} has stopped", i, name)


def _membership(name: str, head: GroupView, ids: set[int]) -> t.Iterator[Reason]:
    if len(head.voters) != 1:
        yield Reason("membership_changing", f"{name}: {len(head.voters)} voter configurations are in force", group=name)
    voters = frozenset().union(*head.voters)
    for i in sorted(ids - voters):
        yield Reason("voter_missing", f"{name}: raft id {i} is no voter; voters are {sorted(voters)}", i, name)
    for i in sorted(voters - ids):
        yield Reason("voter_unexpected", f"{name}: voter {i} belongs to no ordinal", group=name)


def _member(name: str, i: int, v: GroupView, lead: int, head: GroupView) -> t.Iterator[Reason]:
    if v.state == "Learner" or v.state is None:
        yield Reason("not_voter", f"{name}: raft id {i} is {v.state or 'in an unknown state'}, not a voter", i, name)
    if v.leader != lead:
        yield Reason("leaders_differ", f"{name}: raft id {i} names {v.leader} as leader, {lead} leads", i, name)
    if v.term is None or head.term is None or v.term < head.term:
        yield Reason("term_behind", f"{name}: raft id {i} is in term {v.term}, the leader in {head.term}", i, name)
    if v.voters != head.voters:
        text = f"{name}: raft id {i} knows voters {_sets(v.voters)}, the leader {_sets(head.voters)}"
        yield Reason("membership_differs", text, i, name)


def _behind(name: str, i: int, v: GroupView, head: GroupView, limits: Limits) -> t.Iterator[Reason]:
    behind = lag(v, head)
    if behind is None:
        yield Reason("lag_unknown", f"{name}: how far raft id {i} is behind is unknown", i, name)
    elif behind > limits.max_lag:
        yield Reason("lagging", f"{name}: raft id {i} is {behind} entries behind, {limits.max_lag} are allowed", i, name)


def _sets(configs: tuple[frozenset[int], ...]) -> str:
    return " + ".join(str(sorted(c)) for c in configs) or "none"
