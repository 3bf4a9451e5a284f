# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A StatefulSet controller and raft groups in simulated seconds, with the semantics that an update depends on.

The controller is OrderedReady: it makes and updates nothing while a pod is not Ready, so it never replaces a broken pod of an old
revision; it updates from the highest index down to the partition; a pod made anew below the partition is of the current revision, at
or above it of the update revision; under OnDelete always of the update revision. Raft: an election begins once a leader has been away
for the timeout and a majority is up; a leader that is back in time leads on in its term; members apply the log at a limited rate.
"""

from __future__ import annotations

import dataclasses
import typing as t
from dataclasses import dataclass, field

from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Answer, GroupView, Member, Node, Observation, Pod, Reason, SetView

from .test_verdict import SILENT, claim, observation

SIZE = 3
MAJORITY = 2
ELECTION = 6  # seconds without a leader until another is elected
SPEED = 300  # entries that a member applies a second
UNKNOWN = (Reason("unknown_fact", "could not be read"),)

# What becomes of a member on a revision: after so many seconds of service it breaks, if ever.
Fate = t.Literal["good", "crashes", "no_image", "never_ready", "never_catches_up", "breaks"]
TROUBLE = {"crashes": "pod_crashing", "breaks": "pod_crashing", "no_image": "pod_image"}


class Conflict(Exception):
    """The object is not what the precondition says."""


@dataclass
class SimPod:
    """One pod and the process in it."""

    uid: str
    revision: str
    born: int
    up_at: int  # when the process serves
    restarts: int = 0
    ready: bool = False
    gone_at: int | None = None  # being deleted until then
    unready_until: int = 0  # a readiness probe that fails
    dead_until: int = 0  # its node is lost
    ready_since: int | None = None


@dataclass
class Group:
    """One raft group; what members have applied is on their volumes and outlives their pods."""

    name: str
    leader: int
    term: int = 1
    log: int = 500
    tail: int = 0  # entries that the leader has and no majority
    applied: dict[int, int] = field(default_factory=dict)
    away_since: int | None = None
    quorum_at: int = 0

    def step(self, now: int, up: set[int], frozen: set[int], rate: int) -> None:
        if self.leader in up and len(up) >= MAJORITY:
            self.away_since, self.quorum_at = None, now
            self.log, self.tail = self.log + rate, 2 if rate else 0
            self.applied[self.leader] = self.log
            for i in up - frozen - {self.leader}:
                self.applied[i] = min(self.log, self.applied[i] + SPEED)
        elif self.leader not in up:
            self.away_since = now if self.away_since is None else self.away_since
            if now - self.away_since >= ELECTION and len(up) >= MAJORITY:
                self.elect(now, max(sorted(up), key=lambda i: self.applied[i]))

    def elect(self, now: int, leader: int) -> None:
        self.leader, self.term, self.away_since, self.quorum_at, self.tail = leader, self.term + 1, None, now, 0
        self.log = self.applied[leader]
        self.applied = {i: min(n, self.log) for i, n in self.applied.items()}

    def works(self, up: set[int]) -> bool:
        return self.leader in up and len(up) >= MAJORITY


class World:
    """The cluster; one ``tick`` is a second."""

    def __init__(self, groups: int = 1, first: int = 0, leaders: t.Sequence[int] = (1, 2, 3), rate: int = 10) -> None:
        self.now, self.first, self.rate = 0, first, rate
        self.ids = {o: o + 1 for o in range(first, first + SIZE)}
        at = sorted(self.ids.values())
        self.groups = [Group(f"g{n}", at[leaders[n] - 1], applied=dict.fromkeys(at, 500)) for n in range(groups)]
        self.fates: dict[str, Fate] = {}
        self.breaks_after = 0
        self.slow = 2  # seconds from a pod's making to its service
        self.pods: dict[int, SimPod | None] = {o: SimPod(f"uid-{o}", "a", -100, -90, ready=True, ready_since=-80) for o in self.ids}
        self.template, self.partition, self.strategy = "a", 0, "RollingUpdate"
        self.current, self.update = "a", "a"
        self.generation = self.observed = self.version = self._uids = 0
        self.controller_down_until = self.blind_until = 0
        self.unread: dict[int, int] = {}  # ordinal -> until when its raft cannot be read
        self.annotations: dict[str, str] = {}
        self.taken: list[int] = []  # ordinals that the controller itself took
        self.marks: dict[tuple[str, str, int], int] = {}  # (uid, group, restarts) -> the leader's log when that process joined
        self.bad_at: dict[int, int] = dict.fromkeys(self.ids, -100)  # when a member was last not what it should be

    # What is true

    def alive(self, o: int) -> bool:
        """Its process runs and takes part in raft."""
        p = self.pods[o]
        return p is not None and p.gone_at is None and self.now >= p.up_at and self.now >= p.dead_until and not self.broken(p)

    def broken(self, p: SimPod) -> bool:
        fate = self.fates.get(p.revision, "good")
        worn = fate == "breaks" and p.ready_since is not None and self.now - p.ready_since >= self.breaks_after
        return worn or fate in ("crashes", "no_image")

    def serves(self, o: int) -> bool:
        p = self.pods[o]
        return p is not None and p.ready and self.alive(o)

    def revision(self, o: int) -> str:
        p = self.pods[o]
        return p.revision if p else ""

    def up(self) -> set[int]:
        return {self.ids[o] for o in self.ids if self.alive(o)}

    def caught_up(self, o: int) -> bool:
        """It serves and has applied what each leader had when it joined, as far as that still exists."""
        p = self.pods[o]
        marks = [(g, self.marks.get((p.uid, g.name, p.restarts)) if p else None) for g in self.groups]
        return self.serves(o) and all(mark is not None and g.applied[self.ids[o]] >= min(mark, g.log) for g, mark in marks)

    def votes_without(self, o: int) -> bool:
        """Every group would go on with members that are at most a hundred entries behind."""
        rest, up = [x for x in self.ids if x != o and self.alive(x)], self.up()
        return all(g.works(up) and sum(g.log - g.applied[self.ids[x]] <= 100 for x in rest) >= MAJORITY for g in self.groups)

    # Time

    def tick(self) -> None:
        self.now += 1
        before = self._facts()
        for o, p in self.pods.items():
            if p is not None and p.gone_at is not None and self.now >= p.gone_at:
                self.pods[o] = None
        frozen = {self.ids[o] for o, p in self.pods.items() if p and self.fates.get(p.revision) == "never_catches_up"}
        up = self.up()
        for g in self.groups:
            g.step(self.now, up, frozen, self.rate)
        for o in self.ids:
            self._probe(o, up)
        self._sync()
        for o in self.ids:
            if not self.caught_up(o) or any(g.away_since is not None and self.now - g.away_since >= 3 for g in self.groups):
                self.bad_at[o] = self.now
        self.version += self._facts() != before

    def _facts(self) -> tuple[t.Any, ...]:
        """What the set's status counts: a change of it is a new resourceVersion."""
        return self.observed, self.current, self.update, [(p.uid, p.ready, p.gone_at is None) if p else None for p in self.pods.values()]

    def _probe(self, o: int, up: set[int]) -> None:
        p, lives = self.pods[o], self.ids[o] in up
        if p is None:
            return
        for g in self.groups:
            if lives and g.works(up):
                self.marks.setdefault((p.uid, g.name, p.restarts), g.log + g.tail)
        p.ready = lives and self.now >= p.unready_until and self.fates.get(p.revision) != "never_ready"
        if p.ready and p.ready_since is None:
            p.ready_since = self.now

    def _sync(self) -> None:
        if self.now < self.controller_down_until:
            return
        self.observed, self.update = self.generation, self.template
        for o, p in self.pods.items():
            if p is None:
                self._make(o)
                return
            if p.gone_at is not None or not p.ready:
                return
        pods = [(o, p) for o, p in self.pods.items() if p]
        if self.strategy != "RollingUpdate":
            return
        if all(p.revision == self.update for _index, p in pods):
            self.current = self.update
        for o, p in reversed(pods):
            if o - self.first >= self.partition and p.revision != self.update:
                self.taken.append(o)
                self._remove(o)
                return

    def _make(self, o: int) -> None:
        old = self.strategy == "RollingUpdate" and o - self.first < self.partition
        self._uids += 1
        self.pods[o] = SimPod(f"new-{self._uids}", self.current if old else self.update, self.now, self.now + self.slow)

    def _remove(self, o: int) -> None:
        p = self.pods[o]
        if p is not None and p.gone_at is None:
            p.gone_at = max(self.now + 1, p.dead_until)
            p.ready = False
            self.version += 1

    # Writes with preconditions

    def patch(self, version: str, **spec: t.Any) -> None:
        """Change the set if it is still of that version: ``template``, ``partition``, ``strategy``, ``annotations``."""
        if version != str(self.version):
            raise Conflict
        self.set_spec(**spec)

    def set_spec(self, **spec: t.Any) -> None:
        self.annotations.update(spec.pop("annotations", {}))
        self.generation += any(getattr(self, key) != value for key, value in spec.items())
        for key, value in spec.items():
            setattr(self, key, value)
        self.version += 1

    def delete(self, o: int, uid: str) -> None:
        p = self.pods[o]
        if p is None or p.uid != uid:
            raise Conflict
        self._remove(o)

    # Faults

    def evict(self, o: int) -> None:
        self._remove(o)

    def kill(self, o: int) -> None:
        p = self.pods[o]
        if p is not None and p.gone_at is None and self.alive(o):
            p.restarts, p.up_at, p.ready, p.ready_since = p.restarts + 1, self.now + self.slow, False, None
            self.version += 1

    def flap(self, o: int, seconds: int) -> None:
        p = self.pods[o]
        if p is not None:
            p.unready_until, p.ready = self.now + seconds, False
            self.version += 1

    def lose_node(self, o: int, seconds: int) -> None:
        p = self.pods[o]
        if p is not None:
            p.dead_until, p.ready = self.now + seconds, False
            p.up_at = max(p.up_at, p.dead_until)
            p.restarts += 1
            self.version += 1

    def election(self, n: int, o: int) -> None:
        g = self.groups[n % len(self.groups)]
        i = self.ids[o]
        if len(self.up()) >= MAJORITY and i in self.up() and g.applied[i] == max(g.applied[j] for j in self.up()):
            g.elect(self.now, i)

    # What a look sees

    def look(self) -> Observation:
        seen = observation(self._member(o) for o in self.ids)
        lost = Node("node", False) if any(p and self.now < p.dead_until for p in self.pods.values()) else Node("node", True)
        sts = SetView(
            "pc",
            "u",
            SIZE,
            self.first,
            self.observed == self.generation,
            self.partition,
            self.current,
            self.update,
            "img:1",
            self.strategy,
            self.template,
            dict(self.annotations),
            str(self.version),
        )
        nodes = {"node": Node("node", True), "lost": lost}
        return dataclasses.replace(seen, at=float(self.now), set=sts, nodes=nodes, unknown=UNKNOWN if self.now < self.blind_until else ())

    def _member(self, o: int) -> Member:
        p, i = self.pods[o], self.ids[o]
        if p is None:
            return Member(o, i, None, claim(o), Answer(None), Answer(None), None, SILENT)
        on = self.alive(o)
        worn = self.broken(p)
        trouble = TROUBLE[self.fates[p.revision]] if worn and self.now >= p.up_at else ""
        node = "lost" if self.now < p.dead_until else "node"
        seen = Pod(f"pc-{o}", p.uid, "Running", p.ready, p.gone_at is not None, p.restarts, "img:1", p.revision, node, "10.0.0.1",
                   f"{p.born + 1000:09d}", on, trouble, trouble)  # fmt: skip
        raft = {g.name: self._view(g, i) for g in self.groups} if on and self.now >= self.unread.get(o, 0) else None
        return Member(o, i, seen, claim(o), Answer(None), Answer(None), raft, Answer(None) if raft else SILENT)

    def _view(self, g: Group, i: int) -> GroupView:
        leads = g.leader == i
        return GroupView(
            i, "Leader" if leads else "Follower", g.term, g.leader, g.log + g.tail if leads else g.applied[i], g.applied[i],
            (frozenset(self.ids.values()),), {}, 1000 * (self.now - g.quorum_at) if leads else None, True,
        )  # fmt: skip
