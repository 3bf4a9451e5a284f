# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Healthy, caught up, may restart: an Observation in, a Verdict out. Unknown is never healthy."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, replace

from ansible_collections.robustmq.placement_center.plugins.module_utils._model import (
    GroupVerdict,
    GroupView,
    Member,
    Observation,
    Reason,
    RestartVerdict,
    SetView,
    Verdict,
)

# States that seldom mend by themselves: a wait need not last to its end.
STUCK = ("pod_cannot_be_created", "pod_unschedulable", "pod_image", "pod_config", "pod_crashing")

Views = t.Mapping[int, GroupView]  # raft id expected there -> what that member says


@dataclass(frozen=True)
class Limits:
    """What still counts as healthy: entries behind the leader, age of the leader's last quorum in milliseconds."""

    max_lag: int = 100
    quorum_ack_ms: int = 2000


def judge(seen: Observation, limits: Limits) -> Verdict:
    """The whole answer of one pass; healthy means that there is nothing to say."""
    if seen.set is None:
        return Verdict(False, (Reason("set_missing", "the StatefulSet does not exist"),), (), ())
    reasons = [*_set_reasons(seen.set, seen.foreign_pods)]
    for member in seen.members:
        reasons += _pod_reasons(member)
        reasons += _answer_reasons(member)
    ordinals = {m.id: m.ordinal for m in seen.members}
    names = sorted({name for m in seen.members for name in m.raft or {}})
    verdicts = tuple(judge_group(name, _views(seen, name), set(ordinals), limits) for name in names)
    for verdict in verdicts:
        reasons += [replace(r, member=ordinals.get(r.member or 0)) for r in verdict.reasons]
    reasons += _across_groups(seen, verdicts)
    restarts = tuple(may_restart(m, seen, verdicts, limits) for m in seen.members)
    return Verdict(not reasons, tuple(reasons), verdicts, restarts)


def stuck(verdict: Verdict) -> str:
    """The code of a state that seldom mends by itself, or an empty string."""
    return next((r.code for r in verdict.reasons if r.code in STUCK), "")


def judge_group(name: str, views: Views, ids: set[int], limits: Limits) -> GroupVerdict:
    """One group over the members that answered; ``ids`` are those that the set's ordinals demand.

    ``member`` of the reasons is a raft id here.
    """
    leaders = [i for i, v in views.items() if v.state == "Leader"]
    lead = leaders[0] if len(leaders) == 1 else None
    split = list(_split_brain(name, views, leaders))
    reasons = [*split, *_identities(name, views)]
    if not leaders:
        named = sorted({v.leader for v in views.values() if v.leader is not None})
        said = f"; they still name {named}, which does not answer as leader" if named else ""
        reasons.append(Reason("no_leader", f"no member leads {name}{said}", group=name))
    if lead is None:
        return GroupVerdict(name, None, None, (), False, tuple(reasons))
    head = views[lead]
    reasons += _membership(name, head, ids)
    for i, v in sorted(views.items()):
        reasons += _member(name, i, v, lead, head)
        reasons += _behind(name, i, v, head, limits)
    fresh = head.quorum_ack_ms is not None and head.quorum_ack_ms <= limits.quorum_ack_ms
    if not fresh:
        age = "never" if head.quorum_ack_ms is None else f"{head.quorum_ack_ms} ms ago"
        reasons.append(Reason("quorum_stale", f"{name}: a majority last acknowledged leader {lead} {age}", group=name))
    followers = {i for i, v in views.items() if _follows(i, v, lead, head)}
    possible = fresh and not split and _majorities(head.voters, followers)
    voters = tuple(sorted(head.voters[-1])) if head.voters else ()
    return GroupVerdict(name, lead, head.term, voters, possible, tuple(reasons))


def may_restart(target: Member, seen: Observation, verdicts: tuple[GroupVerdict, ...], limits: Limits) -> RestartVerdict:
    """The counterfactual: every group keeps a majority of caught-up voters while ``target`` is away."""
    if not verdicts:
        return RestartVerdict(target.ordinal, False, "no raft group could be read")
    for verdict in verdicts:
        views = _views(seen, verdict.name)
        head = views.get(verdict.leader) if verdict.leader is not None else None
        if head is None or any(r.code == "split_brain" for r in verdict.reasons):
            return RestartVerdict(target.ordinal, False, f"{verdict.name} has no single leader")
        fit = {m.id for m in seen.members if m.id != target.id and _serves(m) and _caught_up(m.id, views.get(m.id), verdict.leader, head, limits)}
        if not _majorities(head.voters, fit):
            text = f"{verdict.name}: without it only {sorted(fit)} of voters {list(verdict.voters)} are caught up"
            return RestartVerdict(target.ordinal, False, text)
    return RestartVerdict(target.ordinal, True, "every group keeps a majority of caught-up voters")


def _serves(m: Member) -> bool:
    """Ready to Kubernetes, which notices late, and to itself."""
    ready = m.pod is not None and m.pod.ready and not m.pod.terminating
    return ready and m.ready.ok is not False and m.alive.ok is not False


def lag(view: GroupView | None, head: GroupView | None) -> int | None:
    """Entries that a member has still to apply, measured against its leader's log; None is unknown."""
    if view is None or head is None or view.applied is None or head.last_log is None:
        return None
    return max(0, head.last_log - view.applied)


def _follows(i: int, v: GroupView, leader: int | None, head: GroupView) -> bool:
    """It is who it should be, and follows that leader in that term; the leader follows itself."""
    return v.id == i and v.running and v.leader == leader and v.term is not None and v.term == head.term


def _caught_up(i: int, view: GroupView | None, leader: int | None, head: GroupView, limits: Limits) -> bool:
    behind = lag(view, head)
    return view is not None and _follows(i, view, leader, head) and behind is not None and behind <= limits.max_lag


def _majorities(configs: tuple[frozenset[int], ...], have: set[int]) -> bool:
    """A majority of every configuration in force (two while membership changes); none known is none."""
    return bool(configs) and all(len(c & have) > len(c) // 2 for c in configs)


def _views(seen: Observation, group: str) -> dict[int, GroupView]:
    return {m.id: m.raft[group] for m in seen.members if m.raft and group in m.raft}


def _split_brain(name: str, views: Views, leaders: list[int]) -> t.Iterator[Reason]:
    if len(leaders) > 1:
        said = ", ".join(f"{i} in term {views[i].term}" for i in leaders)
        yield Reason("split_brain", f"{name} has {len(leaders)} leaders: {said}", group=name)
    for lead in leaders:
        rule = frozenset().union(*views[lead].voters)
        for i, v in views.items():
            if i == lead or v.applied is None:
                continue
            lost = [c for c in v.voters if len(c & rule) <= len(c) // 2]
            if lost:
                text = (
                    f"{name}: {lead} leads with voters {sorted(rule)} while {i} holds voters {sorted(lost[0])}:"
                    " acknowledged writes are being lost; restart nothing, write nothing"
                )
                yield Reason("split_brain", text, group=name)
                return


def _identities(name: str, views: Views) -> t.Iterator[Reason]:
    for i, v in sorted(views.items()):
        if v.id != i:
            yield Reason("wrong_id", f"{name}: the member that should be {i} says that it is {v.id}", i, name)
        if not v.running:
            yield Reason("raft_stopped", f"{name}: raft of member {i} has stopped", i, name)


def _membership(name: str, head: GroupView, ids: set[int]) -> t.Iterator[Reason]:
    if len(head.voters) != 1:
        yield Reason("membership_changing", f"{name}: {len(head.voters)} voter configurations are in force", group=name)
    voters = frozenset().union(*head.voters)
    for i in sorted(ids - voters):
        yield Reason("voter_missing", f"{name}: {i} is no voter; voters are {sorted(voters)}", i, name)
    for i in sorted(voters - ids):
        yield Reason("voter_unexpected", f"{name}: voter {i} belongs to no ordinal", group=name)


def _member(name: str, i: int, v: GroupView, lead: int, head: GroupView) -> t.Iterator[Reason]:
    if v.state == "Learner" or v.state is None:
        yield Reason("not_voter", f"{name}: {i} is {v.state or 'in an unknown state'}, not a voter", i, name)
    if v.leader != lead:
        yield Reason("leaders_differ", f"{name}: {i} names {v.leader} as leader, {lead} leads", i, name)
    if v.term is None or head.term is None or v.term < head.term:
        yield Reason("term_behind", f"{name}: {i} is in term {v.term}, the leader in {head.term}", i, name)
    if v.voters != head.voters:
        text = f"{name}: {i} knows voters {_sets(v.voters)}, the leader {_sets(head.voters)}"
        yield Reason("membership_differs", text, i, name)


def _behind(name: str, i: int, v: GroupView, head: GroupView, limits: Limits) -> t.Iterator[Reason]:
    behind = lag(v, head)
    if behind is None:
        yield Reason("lag_unknown", f"{name}: how far {i} is behind is unknown", i, name)
    elif behind > limits.max_lag:
        yield Reason("lagging", f"{name}: {i} is {behind} entries behind, {limits.max_lag} are allowed", i, name)


def _sets(configs: tuple[frozenset[int], ...]) -> str:
    return " + ".join(str(sorted(c)) for c in configs) or "none"


def _across_groups(seen: Observation, verdicts: tuple[GroupVerdict, ...]) -> t.Iterator[Reason]:
    for m in seen.members:
        for verdict in verdicts:
            if m.raft is not None and verdict.name not in m.raft:
                yield Reason("group_missing", f"member {m.id} does not run {verdict.name}", m.ordinal, verdict.name)
    led = [v for v in verdicts if v.leader is not None]
    if len({v.voters for v in led}) > 1:
        said = "; ".join(f"{v.name} {list(v.voters)}" for v in led)
        yield Reason("membership_differs", f"voters differ between groups: {said}")
    absent = any(r.code == "voter_missing" for v in verdicts for r in v.reasons) or any(m.raft is None for m in seen.members)
    if absent and len({v.leader for v in verdicts}) > 1:
        said = "; ".join(f"{v.name} by {v.leader}" for v in verdicts)
        yield Reason("join_blocked", f"joining needs one leader for all groups, but they are led apart: {said}")


def _set_reasons(seen: SetView, foreign_pods: tuple[str, ...]) -> t.Iterator[Reason]:
    if not seen.observed:
        yield Reason("set_not_observed", "the StatefulSet controller has not yet seen the newest specification")
    for name in foreign_pods:
        yield Reason("foreign_pod", f"pod {name} carries the members' labels but is no ordinal of the set")
    if seen.create_failure:
        yield Reason("pod_cannot_be_created", seen.create_failure)


def _pod_reasons(m: Member) -> t.Iterator[Reason]:
    if m.pod is None:
        yield Reason("pod_missing", f"ordinal {m.ordinal} has no pod", m.ordinal)
        return
    if m.pod.terminating:
        yield Reason("pod_terminating", f"{m.pod.name} is being deleted", m.ordinal)
    if m.pod.trouble:
        yield Reason(m.pod.trouble, f"{m.pod.name}: {m.pod.message}", m.ordinal)
    elif not m.pod.ready:
        said = f": {m.pod.message}" if m.pod.message else ""
        yield Reason("pod_not_ready", f"{m.pod.name} is {m.pod.phase} but not Ready{said}", m.ordinal)


def _answer_reasons(m: Member) -> t.Iterator[Reason]:
    if m.pod is None or not m.pod.started:
        return  # said by the pod's own reason
    for answer in (m.ready, m.alive):
        if answer.ok is False:
            yield Reason(answer.reason, f"{m.pod.name}: {answer.detail}", m.ordinal)
    if m.raft is None and m.raft_error.reason not in (m.ready.reason, m.alive.reason):
        yield Reason(m.raft_error.reason, f"{m.pod.name}: {m.raft_error.detail}", m.ordinal)
