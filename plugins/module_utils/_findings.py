# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What speaks against health outside raft: the set, its pods, their answers, nodes, traffic and volumes."""

from __future__ import annotations

import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils import _replacing
from ansible_collections.robustmq.placement_center.plugins.module_utils._guard import GUARD
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Member, Observation, Pod, Reason
from ansible_collections.robustmq.placement_center.plugins.module_utils._views import RECENT_SECONDS, seconds


def findings(seen: Observation, min_free_percent: int) -> t.Iterator[Reason]:
    """Every reason; ``min_free_percent`` 0 asks nothing of the volumes' free space."""
    yield from _set(seen)
    yield from seen.unknown
    if not seen.unknown and (seen.served is None or seen.budgets is None):
        yield Reason("unknown_fact", "services or disruption budgets could not be read")
    for member in seen.members:
        yield from _pod(member)
        yield from _answers(member, seen.at)
        yield from _node(member, seen)
        yield from _traffic(member, seen)
        yield from _claim(member, seen)
        if min_free_percent:
            yield from _space(member, seen, min_free_percent)


def concerns(seen: Observation) -> t.Iterator[Reason]:
    """Worth knowing, and no reason against health."""
    if seen.budgets == ():
        yield Reason("budget_missing", "no disruption budget covers the members: a node drain may take several at once")
    running = [m.pod for m in seen.members if m.pod]
    for budget in seen.budgets or ():
        if budget.allowed == 0 and len(running) == len(seen.members) and all(pod.ready for pod in running):
            yield Reason("budget_exhausted", f"budget {budget.name} grants no disruption although all members are Ready: node drains will hang")
    revisions = sorted({pod.revision for pod in running})
    if len(revisions) > 1:
        yield Reason("revisions_differ", f"members run different revisions: {', '.join(revisions)}")
    for m in seen.members:
        since = seconds(m.pod.started_at) if m.pod else None
        if m.pod and m.pod.restarts and since is not None and seen.at - since <= RECENT_SECONDS:
            ended = f", after {m.pod.last_exit}" if m.pod.last_exit else ""
            yield Reason("restarted", f"{m.pod.name} restarted {int(seen.at - since)} s ago{ended}", m.ordinal)


def _set(seen: Observation) -> t.Iterator[Reason]:
    if seen.set is None:
        return
    if not seen.set.observed:
        yield Reason("set_not_observed", "the StatefulSet controller has not yet seen the newest specification")
    if not seen.members:
        yield Reason("no_members", "the StatefulSet is scaled to zero: nothing serves")
    for name in seen.foreign_pods:
        yield Reason("foreign_pod", f"pod {name} belongs to the set but is none of its ordinals")
    for name, ordinal in seen.intruders:
        yield Reason("claim_shared", f"pod {name} mounts the volume of member {ordinal}: two processes on one identity destroy its data", ordinal)
    note = _replacing.under_way(seen.set.annotations)
    if note:
        text = f"the replacement of member {note.ordinal} was begun and has not ended" if note.ordinal >= 0 else "the note of a replacement cannot be read"
        yield Reason("replacement_unfinished", text)
    if seen.set.create_failure:
        yield Reason("pod_cannot_be_created", seen.set.create_failure)


def _pod(m: Member) -> t.Iterator[Reason]:
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


def _answers(m: Member, now: float) -> t.Iterator[Reason]:
    if m.pod is None:
        return
    if not m.pod.started:  # mostly said by the pod's own reason; a pod that nobody asked is not well because it is Ready
        if m.pod.ready and not m.pod.trouble and not m.pod.terminating:
            yield Reason("no_answer", f"{m.pod.name} is Ready, but none of its containers is seen to run as the member: nobody was asked", m.ordinal)
        return
    unread = m.raft_error if m.raft is None else None
    wrong = {a.reason: a.detail for a in (unread, m.alive, m.ready) if a is not None and a.ok is False}
    age = _starting_for(m.pod, now)
    if "port_closed" in wrong and age is not None:
        wrong.pop("port_closed")
        text = f"{m.pod.name} runs for {age} s and does not listen yet; its probes give it {m.pod.grace} s"
        yield Reason("starting", text, m.ordinal)
    for code, detail in wrong.items():
        yield Reason(code, f"{m.pod.name}: {detail}", m.ordinal)
    if m.raft is None and not wrong and age is None:
        yield Reason("no_answer", f"{m.pod.name}: its raft metrics could not be read", m.ordinal)


def _starting_for(pod: Pod, now: float) -> int | None:
    """Seconds since its container started, while Kubernetes itself would still wait; None after that, or where it is Ready."""
    since = seconds(pod.started_at)
    if pod.ready or since is None or now - since > pod.grace:
        return None
    return max(0, int(now - since))


def _node(m: Member, seen: Observation) -> t.Iterator[Reason]:
    if m.pod is None or not m.pod.node:
        return
    node = seen.nodes.get(m.pod.node)
    if node is None:
        if not seen.unknown:
            yield Reason("unknown_fact", f"node {m.pod.node} of {m.pod.name} could not be read", m.ordinal)
        return
    if not node.ready:
        yield Reason("node_not_ready", f"{m.pod.name} stands on node {node.name}, which is not Ready", m.ordinal)
    for pressure in node.pressures:
        yield Reason("node_pressure", f"{m.pod.name} stands on node {node.name}, which has {pressure}: it may be evicted", m.ordinal)


def _traffic(m: Member, seen: Observation) -> t.Iterator[Reason]:
    if m.pod is None or not m.pod.ready or m.pod.terminating or seen.served is None:
        return
    pods = {o.pod.uid for o in seen.members if o.pod}
    ours = {service: uids for service, uids in seen.served.items() if uids & pods}
    missing = sorted(service for service, uids in ours.items() if m.pod.uid not in uids)
    if missing or not ours:
        said = f"by {', '.join(missing)}" if missing else "by any service"
        yield Reason("not_in_service", f"{m.pod.name} is Ready but is not served {said}", m.ordinal)


def _claim(m: Member, seen: Observation) -> t.Iterator[Reason]:
    if m.claim is None:
        if seen.claims_known:
            yield Reason("claim_missing", f"ordinal {m.ordinal} has no claim of its own", m.ordinal)
        elif not seen.unknown:
            yield Reason("unknown_fact", f"the claim of ordinal {m.ordinal} could not be read", m.ordinal)
    elif m.claim.terminating and not _set_aside(m, seen):
        then = "its guard keeps it, and no pod is made on it" if GUARD in m.claim.finalizers else "it goes with the pod that mounts it"
        yield Reason("claim_terminating", f"claim {m.claim.name} is being deleted; {then}", m.ordinal)
    elif m.claim.phase == "Lost":
        yield Reason("claim_lost", f"claim {m.claim.name} has lost its volume {m.claim.volume}", m.ordinal)
    elif m.claim.phase != "Bound":
        yield Reason("claim_pending", f"claim {m.claim.name} is {m.claim.phase}, not bound to a volume", m.ordinal)
    elif m.claim.resizing:
        yield Reason("claim_resizing", f"claim {m.claim.name} grows to {m.claim.size}: {m.claim.resizing}", m.ordinal)


def _set_aside(m: Member, seen: Observation) -> bool:
    """Is its claim deleted by a replacement, which has its own reason?"""
    note = _replacing.under_way(seen.set.annotations) if seen.set else None
    return note is not None and note.ordinal == m.ordinal


def _space(m: Member, seen: Observation, percent: int) -> t.Iterator[Reason]:
    if m.claim is None or m.pod is None or not m.pod.started:
        return  # not mounted: there is nothing to measure, and other reasons say so
    usage = m.claim.usage
    if usage is None:
        why = seen.usage_unknown[0].message if seen.usage_unknown else "the kubelet has not measured it yet; it does within a minute of the start"
        yield Reason("free_space_unknown", f"{m.claim.name}: {why}", m.ordinal)
    elif usage.free_percent < percent:
        text = f"{m.claim.name}: {usage.free_percent:.1f} % free ({usage.free} bytes, {usage.inodes_free} inodes), {percent} % are demanded"
        yield Reason("volume_full", text, m.ordinal)
