# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose turn it is in an update: who is still to be replaced, who has been told to go, who is on the way, who is broken. Pure."""

from __future__ import annotations

import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils._memory import CONSEQUENCES, Memory
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import GroupVerdict, Member, Observation, Pod, SetView, Verdict
from ansible_collections.robustmq.placement_center.plugins.module_utils._raft import follows, majorities

# What a new pod may mend. Not here: whatever says that a member's data or identity is in doubt, or that its node is.
CURABLE = (
    "cluster_disconnected",
    "connection_cut",
    "critical_threads_dead",
    "garbled",
    "lag_unknown",
    "lagging",
    "leaders_differ",
    "no_answer",
    "not_in_service",
    "not_started",
    "pod_config",
    "pod_crashing",
    "pod_image",
    "pod_not_ready",
    "pod_unschedulable",
    "port_closed",
    "process_unresponsive",
    "raft_not_ready",
    "raft_stopped",
    "starting",
    "storage_error",
    "term_behind",
)


def index(m: Member, sts: SetView) -> int:
    """What the partition is compared with."""
    return m.ordinal - sts.first_ordinal


def serves(m: Member) -> bool:
    return m.pod is not None and m.pod.ready and not m.pod.terminating


def stage(m: Member) -> str:
    """How far a pod is, in words that are few."""
    if m.pod is None:
        return "gone"
    if m.pod.terminating:
        return "stops"
    if m.pod.ready:
        return "ready"
    return "answers" if m.raft else "runs" if m.pod.started else "waits"


def returning(sts: SetView) -> bool:
    """The wanted revision is the one that the update began from: pods that are made anew come back on it whatever the partition."""
    return bool(sts.update_revision) and sts.current_revision == sts.update_revision


def by_hand(sts: SetView) -> bool:
    """A deleted pod comes back on the wanted revision whatever its ordinal, so any order can be had by deleting."""
    return sts.strategy != "RollingUpdate" or returning(sts)


def todo(seen: Observation, sts: SetView) -> list[Member]:
    """Members with a pod of another revision, in the order of their ordinals."""
    return [m for m in seen.members if m.pod is not None and m.pod.revision != sts.update_revision]


def told(m: Member, sts: SetView) -> bool:
    """The partition lets the controller take it."""
    return _told(m.ordinal, sts)


def _told(ordinal: int, sts: SetView) -> bool:
    return sts.strategy == "RollingUpdate" and ordinal - sts.first_ordinal >= sts.partition


def leaving(ordinal: int, pod: Pod, sts: SetView) -> bool:
    """Its pod is on the way out, or may be at any moment."""
    return pod.terminating or (pod.revision != sts.update_revision and _told(ordinal, sts))


def serving(seen: Observation, ordinal: int) -> bool:
    """Is its pod Ready and meant to stay?"""
    return any(serves(m) for m in seen.members if m.ordinal == ordinal)


def runs(seen: Observation, ordinal: int) -> bool:
    """Does a container of its own run, so that it may be asked?"""
    return any(m.pod is not None and m.pod.started and not m.pod.terminating for m in seen.members if m.ordinal == ordinal)


def uneventful(before: Observation, seen: Observation, ordinal: int) -> bool:
    """Since ``before``, did nothing happen that the next decision waits for? The member on its way is not back, and all others are where they were."""
    if before.set is None or seen.set is None or _asked_of(before.set) != _asked_of(seen.set):
        return False
    for then, m in zip(before.members, seen.members, strict=True):
        if m.ordinal != ordinal and _place(then) != _place(m):
            return False
        if m.ordinal == ordinal and (m.pod and m.pod.trouble) and not (then.pod and then.pod.trouble == m.pod.trouble):
            return False
        if m.ordinal == ordinal and serves(m) and m.pod and m.pod.revision == seen.set.update_revision:
            return False
    return True


def _asked_of(sts: SetView) -> tuple[object, ...]:
    return sts.template, sts.strategy, sts.partition, sts.replicas, dict(sts.annotations)


def _place(m: Member) -> tuple[object, ...] | None:
    return (m.pod.uid, m.pod.restarts, serves(m)) if m.pod else None


def led(seen: Observation, sts: SetView) -> list[Member]:
    """Members of another revision that the controller may take at any moment and has not taken yet."""
    return [m for m in todo(seen, sts) if told(m, sts) and m.pod and not m.pod.terminating]


def moving(seen: Observation, sts: SetView, memory: Memory) -> list[Member]:
    """Members that are away, or told to go, or back and not yet what they were."""
    return [m for m in seen.members if _moves(m, sts, memory)]


def _moves(m: Member, sts: SetView, memory: Memory) -> bool:
    if m.pod is None or m.pod.terminating:
        return True
    if m.pod.revision != sts.update_revision:
        return told(m, sts)
    return not m.pod.ready or m.ordinal in memory.behind


def following(verdict: Verdict, sts: SetView, waiting: t.Sequence[Member], leader_last: bool, back: bool) -> Member:
    """Who of ``waiting`` goes next: by the partition the highest ordinal; by hand the broken first, then leaders last or the newest first."""
    if not by_hand(sts):
        return waiting[-1]
    leads = {m.ordinal: sum(g.leader == m.id for g in verdict.groups) for m in waiting}
    if back or returning(sts):
        return max(waiting, key=lambda m: (not serves(m), m.pod.created if m.pod else "", -m.ordinal))
    return min(waiting, key=lambda m: (serves(m), leads[m.ordinal] if leader_last else 0, -m.ordinal))


def only_it_is_broken(verdict: Verdict, m: Member) -> bool:
    """Whatever speaks against health is this member's own and may be mended by a new pod, or follows from its absence."""
    said = [r for r in verdict.reasons if r.code not in CONSEQUENCES]
    return bool(said) and all(r.member == m.ordinal and r.code in CURABLE for r in said)


def lost(seen: Observation, verdict: Verdict, sts: SetView) -> Member | None:
    """The lowest member that does not serve, if it is of another revision, nothing goes with its pod, and the controller would make it anew.

    In order the controller makes a pod only when all below are Ready; so whoever is missing above may be waiting for this one.
    """
    m = next((m for m in seen.members if not serves(m)), None)
    if m is None or m.pod is None or m.pod.terminating or m.pod.revision == sts.update_revision:
        return None
    coming = any(o.pod and not serves(o) and (o.pod.terminating or o.pod.revision == sts.update_revision) for o in seen.members)
    own = all(r.code in CURABLE for r in verdict.reasons if r.member == m.ordinal)
    spare = not m.pod.started or (bool(verdict.groups) and all(_votes_without(m, seen, verdict, g) for g in verdict.groups))
    return m if own and spare and not coming and not seen.unknown else None


def _votes_without(m: Member, seen: Observation, verdict: Verdict, group: GroupVerdict) -> bool:
    """Others against whose part in this group nothing is said are a majority, whether Kubernetes calls them Ready or not."""
    views = {o.id: o.raft[group.name] for o in seen.members if o.raft and group.name in o.raft}
    head = views.get(group.leader) if group.leader is not None else None
    against = {r.member for r in verdict.reasons if r.group == group.name}
    fit = [o for o in seen.members if o.ordinal != m.ordinal and o.id in views and o.ordinal not in against]
    voting = {o.id for o in fit if head and follows(o.id, views[o.id], group.leader, head)}
    return head is not None and group.writes_possible and majorities(head.voters, voting)
