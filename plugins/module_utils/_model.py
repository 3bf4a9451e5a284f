# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Frozen data: what one pass over a cluster has seen. No method here asks or decides.

Small records are named tuples: a dataclass takes ten times as long to define, which every look would pay for.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field


class Answer(t.NamedTuple):
    """What one question to a member brought: ``ok`` is None where the profile has no such question."""

    ok: bool | None
    reason: str = ""  # stable code when ok is False
    detail: str = ""


# What a member has of the entries that a snapshot of raft stood for, once it was filled by one.
COMPLETE, EMPTY, ADDITIVE = "complete", "empty", "additive"  # all of them; none; what they set, but nothing that they deleted is gone


class Snapshots(t.NamedTuple):
    """What a server's snapshots carry, and how many entries behind a member has to be before it is filled by one."""

    carry: str = COMPLETE
    window: int = 0


WHOLE = Snapshots()


@dataclass(frozen=True)
class GroupView:
    """What one member says of one raft group (openraft metrics); None is unknown, which is not zero."""

    id: int | None
    state: str | None  # Leader, Follower, Learner, Candidate
    term: int | None
    leader: int | None  # whom it names
    last_log: int | None
    applied: int | None
    voters: tuple[frozenset[int], ...]  # one set, two while a membership changes
    nodes: t.Mapping[int, str]  # every known node, learners too, and its address
    quorum_ack_ms: int | None  # only a leader knows
    running: bool
    vote: str = ""  # term, whom it voted for, committed or not
    members_at: int | None = None  # the log entry that says who votes; it holds for good once it is applied
    purged: int | None = None  # up to there its log is gone; None where it reaches back to its beginning


@dataclass(frozen=True)
class Pod:
    """A member's pod as Kubernetes tells it."""

    name: str
    uid: str
    phase: str
    ready: bool
    terminating: bool
    restarts: int
    image: str
    revision: str
    node: str
    ip: str
    created: str  # RFC 3339
    started: bool  # the container runs
    trouble: str = ""  # stable code of what keeps it from running
    message: str = ""  # Kubernetes' own words for it
    started_at: str = ""  # RFC 3339, of the container that runs now
    last_exit: str = ""  # how the container ended before
    grace: int = 0  # seconds that its probes give it to start
    prepared: int | None = None  # seconds from its place on a node until its volumes and network were there


class Usage(t.NamedTuple):
    """What a mounted volume's file system has, as the kubelet measured it; bytes, and numbers of inodes."""

    capacity: int
    free: int
    inodes: int
    inodes_free: int
    measured: str = ""  # RFC 3339

    @property
    def free_percent(self) -> float:
        """Share that is free, of bytes or of inodes: the smaller."""
        shares = [100 * free / whole for free, whole in ((self.free, self.capacity), (self.inodes_free, self.inodes)) if whole]
        return min(shares, default=0.0)


@dataclass(frozen=True)
class Claim:
    """A member's claim."""

    name: str
    phase: str
    size: str
    storage_class: str
    volume: str
    usage: Usage | None = None  # None: could not learn
    resizing: str = ""  # how far its growth is; empty at rest
    uid: str = ""
    version: str = ""  # resourceVersion: the precondition of a write
    terminating: bool = False
    finalizers: tuple[str, ...] = ()  # what keeps it while it is being deleted


class Node(t.NamedTuple):
    """What speaks against a node: ``ready`` is None where it could not be learned."""

    name: str
    ready: bool | None
    pressures: tuple[str, ...] = ()  # DiskPressure, MemoryPressure, PIDPressure


class Budget(t.NamedTuple):
    """A PodDisruptionBudget that covers the members."""

    name: str
    allowed: int  # disruptions that would be granted now


@dataclass(frozen=True)
class Event:
    """One warning of the last minutes about the set, its pods or its claims."""

    object: str  # kind/name
    reason: str
    message: str
    count: int
    at: str  # RFC 3339


@dataclass(frozen=True)
class Member:
    """One ordinal of the StatefulSet: its pod, its claim, its own answers."""

    ordinal: int
    id: int
    pod: Pod | None
    claim: Claim | None
    ready: Answer
    alive: Answer
    raft: t.Mapping[str, GroupView] | None  # None: could not learn
    raft_error: Answer


@dataclass(frozen=True)
class SetView:
    """The StatefulSet itself."""

    name: str
    uid: str
    replicas: int
    first_ordinal: int
    observed: bool  # the controller has seen the newest generation
    partition: int
    current_revision: str
    update_revision: str
    image: str
    strategy: str = "RollingUpdate"  # or OnDelete
    template: str = ""  # digest of the pod template
    annotations: t.Mapping[str, str] = field(default_factory=dict)
    version: str = ""  # resourceVersion: the precondition of a write
    create_failure: str = ""  # the controller's words when its last attempt to create a pod failed
    config_map: str = ""  # the one that the template mounts


@dataclass(frozen=True)
class Reason:
    """One finding. ``code`` is stable; ``member`` an ordinal; ``group`` a raft group."""

    code: str
    message: str
    member: int | None = None
    group: str | None = None


@dataclass(frozen=True)
class Observation:
    """One pass, read concurrently; ``at`` is Unix seconds, ``took_ms`` the whole pass."""

    at: float
    took_ms: int
    requests: int
    set: SetView | None
    members: tuple[Member, ...]
    version: str = ""  # of the pods' list; a watch goes on from here
    foreign_pods: tuple[str, ...] = ()  # selected by the labels, but not an ordinal of the set
    intruders: tuple[tuple[str, int], ...] = ()  # a pod that mounts a member's claim without being it, and that ordinal
    nodes: t.Mapping[str, Node] = field(default_factory=dict)  # those that run members
    budgets: tuple[Budget, ...] | None = None  # None: could not learn
    served: t.Mapping[str, frozenset[str]] | None = None  # service -> UIDs of pods that it sends traffic to; None: could not learn
    events: tuple[Event, ...] = ()
    claims_known: bool = True
    unknown: tuple[Reason, ...] = ()  # what was asked of Kubernetes and could not be learned
    usage_unknown: tuple[Reason, ...] = ()  # the same for free space, which one gate alone needs
    snapshots: Snapshots = WHOLE  # of the server that runs there, as far as its profile knows


class GroupVerdict(t.NamedTuple):
    """One raft group judged over all its members."""

    name: str
    leader: int | None  # the id of the one member that leads and is followed
    term: int | None
    voters: tuple[int, ...]
    writes_possible: bool
    reasons: tuple[Reason, ...]


class RestartVerdict(t.NamedTuple):
    """Would every group keep a majority of caught-up voters without this ordinal?"""

    ordinal: int
    ok: bool
    reason: str


@dataclass(frozen=True)
class Verdict:
    """The answer of one pass."""

    healthy: bool
    reasons: tuple[Reason, ...]
    groups: tuple[GroupVerdict, ...]
    restarts: tuple[RestartVerdict, ...]
    concerns: tuple[Reason, ...] = ()  # worth knowing; does not speak against health
