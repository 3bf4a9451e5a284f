# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Replacements in a small world, killed and disturbed at any moment: nobody starts empty with a vote, nobody else is touched, all end right.

The world has a StatefulSet's controller (no pod while its claim is being deleted), claims with finalizers, and raft groups whose joins and
leaves go group by group on one member and stay half done at the first group that it does not lead.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field, replace

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils import _replacing, _verdict
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Answer, Claim, GroupView, Member, Observation, Pod
from ansible_collections.robustmq.placement_center.plugins.module_utils._replacement import decide
from ansible_collections.robustmq.placement_center.plugins.module_utils._replacement_checks import finished, refusals
from ansible_collections.robustmq.placement_center.plugins.module_utils._replacement_gain import remember
from ansible_collections.robustmq.placement_center.plugins.module_utils._replacement_gate import without_own
from ansible_collections.robustmq.placement_center.plugins.module_utils._replacement_model import (
    Action,
    Discard,
    Done,
    Fence,
    Free,
    Goal,
    Hold,
    Join,
    Keep,
    Leave,
    Look,
    Memory,
    Stop,
    Write,
)
from ansible_collections.robustmq.placement_center.plugins.module_utils._replacing import HOLD
from ansible_collections.robustmq.placement_center.plugins.module_utils._volume_model import Volume
from hypothesis import given, settings
from hypothesis import strategies as st

from .test_replacement import LIMITS, LIVE, OK, SILENT, observation
from .test_verdict import claim as bound
from .test_verdict import pod as running

IDS = (1, 2, 3)
TARGET, GOAL = 2, Goal(1, stable_seconds=2, step_timeout=40, patience=3, limits=LIMITS)
TAKEN_IN = replace(GOAL, taken_in=True)


@dataclass
class Group:
    """One raft group."""

    leader: int
    voters: set[int] = field(default_factory=lambda: set(IDS))
    learners: set[int] = field(default_factory=set)


@dataclass
class World:
    """The cluster; one ``tick`` is a second."""

    groups: list[Group]
    broken: bool = True  # the target's volume: its process ends at every start
    data: set[int] = field(default_factory=set)  # groups of which the target's volume has anything
    claim: Claim | None = field(default_factory=lambda: replace(bound(1), uid="c0", volume="v0"))
    reclaim: str = "Delete"
    pod: str | None = "p0"
    stops_at: int | None = None
    annotations: dict[str, str] = field(default_factory=dict)
    down: dict[int, int] = field(default_factory=dict)  # another member -> until when
    now: int = 0
    made: int = 0
    starts_at: int = 0  # when the process in a new pod begins
    waits: bool = False  # a new member waits until it is taken in, and names voters out of its own configuration
    refuses: bool = False  # nobody is ever taken in
    lost: bool = False  # whoever enters gets data, and no group knows it
    volumes: int = 0  # new ones

    # What is true

    def up(self, i: int) -> bool:
        if i == TARGET:
            return self.pod is not None and not self.broken and self.stops_at is None and self.now >= self.starts_at
        return self.down.get(i, 0) <= self.now

    def works(self, g: Group) -> bool:
        return self.up(g.leader) and sum(self.up(i) for i in g.voters) > len(g.voters) // 2

    def interlocked(self) -> bool:
        """One live leader of all groups, another than the target, and a majority without it."""
        others = [i for i in IDS if i != TARGET and self.up(i)]
        led = {g.leader for g in self.groups}
        return len(led) == 1 and led <= set(others) and all(len(g.voters & set(others)) > len(g.voters) // 2 for g in self.groups)

    def votes(self) -> bool:
        return any(TARGET in g.voters for g in self.groups)

    # What happens by itself

    def tick(self) -> None:
        self.now += 1
        if self.stops_at is not None and self.now >= self.stops_at:
            self.pod = self.stops_at = None
        if self.claim and self.claim.terminating and self.pod is None and HOLD not in self.claim.finalizers:
            self.claim = None
        if self.pod is None and not (self.claim and self.claim.terminating):
            self._make()
        if self.up(TARGET) and not self.data:
            self._enter()

    def _make(self) -> None:
        self.made += 1
        if self.claim is None:
            self.claim = replace(bound(1), uid=f"c{self.made}", volume=f"v{self.made}")
            self.broken, self.data = False, set()
            self.volumes += 1
            for g in self.groups:
                g.learners.discard(TARGET)
            assert not self.votes(), "an empty volume is there while the member has a vote"
        self.pod, self.starts_at = f"p{self.made}", self.now + 2

    def _enter(self) -> None:
        """An empty member asks the leader of the first group to take it in; its process ends where that stops, and goes on half."""
        assert not self.votes(), "it starts on an empty volume while it has a vote"
        if self.lost:
            self.data.add(0)
        elif self.works(self.groups[0]) and not (self.waits or self.refuses):
            self.take_in(self.groups[0].leader)

    def take_in(self, leader: int) -> None:
        for n, g in enumerate(self.groups):
            if g.leader != leader or not self.works(g):
                return
            g.voters.add(TARGET)
            self.data.add(n)

    def learn(self, leader: int) -> None:
        """The older server's way in: a learner first, by its leader's hand."""
        for g in self.groups:
            if g.leader == leader and self.works(g) and not self.refuses:
                g.learners.add(TARGET)

    def admit(self, leader: int) -> None:
        """Whoever is no learner cannot be made a voter."""
        if not self.waits or all(g.leader == leader and TARGET in g.learners for g in self.groups):
            self.take_in(leader)

    def take_out(self, leader: int) -> None:
        for g in self.groups:
            if TARGET in g.voters:
                if g.leader != leader or not self.works(g):
                    return
                g.voters.discard(TARGET)

    # What is seen and done

    def look(self) -> Observation:
        members = [self._member(i) for i in IDS]
        found = observation(members)
        sts = replace(t.cast(t.Any, found.set), annotations=dict(self.annotations), first_ordinal=0, version="1")
        return replace(found, at=float(self.now), set=sts)

    def _member(self, i: int) -> Member:
        up = self.up(i)
        raft = {f"g{n}": self._view(i, n, g) for n, g in enumerate(self.groups)} if up else None
        answer = OK if up else SILENT
        pod: Pod | None = running(i - 1, ready=up)
        if i == TARGET:
            ready = up and all(TARGET in g.voters for g in self.groups)
            pod = replace(running(1, ready), uid=self.pod, started=up, terminating=self.stops_at is not None) if self.pod else None
            pod = replace(pod, trouble="pod_crashing") if pod and self.broken else pod
        return Member(i - 1, i, pod, self.claim if i == TARGET else bound(i - 1), answer, answer, raft, Answer(None) if up else SILENT)

    def _view(self, i: int, n: int, g: Group) -> GroupView:
        learns = i in g.learners and i not in g.voters
        if i == TARGET and n not in self.data and not learns:
            if self.waits:
                return GroupView(i, "Candidate", 7, None, 0, None, (frozenset(IDS),), dict.fromkeys(IDS, "elsewhere:1"), None, True, members_at=0)
            return GroupView(i, "Learner", 1, None, None, None, (), {}, None, True)
        nodes = {v: f"pc-{v - 1}:1228" for v in g.voters | g.learners}
        voters, ack = (frozenset(g.voters),), 1 if self.works(g) else 9999
        return GroupView(i, "Leader" if i == g.leader else "Follower", 1, g.leader, 50, 50, voters, nodes, ack if i == g.leader else None, True, members_at=40)

    def act(self, action: Action) -> None:
        """Carry it out; the truth must have been with it."""
        claim = t.cast(Claim, self.claim)
        if isinstance(action, (Fence, Discard, Stop, Leave)) or (isinstance(action, Free) and claim.terminating):
            assert self.interlocked(), action
        if isinstance(action, Write):
            self.annotations = {k: v for k, v in _replacing.patch("1", action.note)["metadata"]["annotations"].items() if v is not None}
        elif isinstance(action, Keep):
            self.reclaim = "Retain"
        elif isinstance(action, Fence):
            self.claim = replace(claim, finalizers=(HOLD,))
        elif isinstance(action, Discard):
            assert self.reclaim == "Retain" and HOLD in claim.finalizers
            self.claim = replace(claim, terminating=True)
        elif isinstance(action, Stop):
            assert action.pod.uid == self.pod and action.pod.name == "pc-1"
            self.stops_at = self.now + 2
        elif isinstance(action, Leave):
            self.take_out(action.leader)
        elif isinstance(action, Free):
            self.claim = replace(claim, finalizers=())
        elif isinstance(action, Join):
            self.learn(action.leader) if action.new else self.admit(action.leader)


class Run:
    """One run of the module, in the world's time."""

    def __init__(self, world: World) -> None:
        self.world, self.memory, self.wrote, self.ended = world, Memory(), False, ""
        self.goal, self.writes = TAKEN_IN if world.waits else GOAL, 0
        first = self._look(Memory(), False)
        if finished(first, self.goal):
            self.ended = "done"
        elif refusals(first, self.goal, LIVE):
            self.ended = "refused"

    def _look(self, memory: Memory, wrote: bool) -> Look:
        seen, claim = self.world.look(), self.world.claim
        volume = Volume("Bound", self.world.reclaim, "ebs", claim.uid, version="1") if claim else None
        found = Look(seen, without_own(_verdict.judge(seen, LIMITS)), volume, memory)
        return replace(found, memory=remember(memory, found, self.goal, wrote))

    def step(self) -> None:
        if self.ended:
            return
        found = self._look(self.memory, self.wrote)
        self.memory = found.memory
        action = decide(found, self.goal)
        self.wrote = not isinstance(action, (Hold, Done)) and type(action).__name__ != "Wait"
        if isinstance(action, (Hold, Done)):
            self.ended = "done" if isinstance(action, Done) else action.reasons[0].code
            return
        self.writes += self.wrote
        self.world.act(action)


def world(groups: int, **how: bool) -> World:
    return World([Group(1) for _group in range(groups)], **how)


EVENTS = st.lists(st.sampled_from(["nothing", "nothing", "kill", "elect", "gather", "down", "restart"]), max_size=80)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([1, 3]), st.booleans(), EVENTS, st.randoms(use_true_random=False))
def test_whatever_happens_nobody_starts_empty_with_a_vote_and_it_ends_right(groups: int, waits: bool, events: list[str], chance: t.Any) -> None:
    made = world(groups, waits=waits)
    run = Run(made)
    for what in events:
        others = [i for i in IDS if i != TARGET]
        if what == "kill" or run.ended:
            run = Run(made)
        elif what == "elect" and all(map(made.up, others)):
            for g in made.groups:
                g.leader = chance.choice(others)
        elif what == "gather":
            for g in made.groups:
                g.leader = 1
        elif what == "down" and all(map(made.up, others)):
            made.down[chance.choice(others)] = made.now + chance.randint(1, 6)
        made.tick()
        run.step()
    _ends_right(made)


def _ends_right(made: World) -> None:
    """Undisturbed, and with its leaders gathered, the next runs bring it to an end."""
    for g in made.groups:
        g.leader = 1
    for _turn in range(8):
        made.tick()
    run = Run(made)
    for _turn in range(120):
        if run.ended:
            break
        made.tick()
        run.step()
    assert run.ended == "done", (run.ended, made)
    assert all(g.voters == set(IDS) for g in made.groups) and not made.broken and made.claim and not made.claim.terminating
    assert HOLD not in made.claim.finalizers and made.claim.uid != "c0"
    assert _replacing.under_way(made.annotations) is None
    assert Run(made).ended == "done", "there is nothing left to do"


def test_a_join_that_stopped_halfway_is_finished() -> None:
    made = world(3)
    run = Run(made)
    while made.claim is None or made.claim.uid == "c0":
        made.tick()
        run.step()
    made.groups[1].leader = 3
    while not made.data:
        made.tick()
        run.step()
    assert made.data == {0} and TARGET not in made.groups[1].voters
    _ends_right(made)


def test_killed_after_every_step_the_next_run_goes_on() -> None:
    for steps in range(1, 40):
        made = world(3)
        run = Run(made)
        for _step in range(steps):
            made.tick()
            run.step()
        _ends_right(made)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from([1, 3]), st.sampled_from(["refuses", "lost"]), st.booleans(), EVENTS, st.randoms(use_true_random=False))
def test_one_that_never_joins_ends_in_a_hold_and_costs_two_volumes_at_most(groups: int, how: str, waits: bool, events: list[str], chance: t.Any) -> None:
    made = world(groups, waits=waits, **{how: True})
    run = Run(made)
    for what in events:
        if what == "kill" or run.ended:
            run = Run(made)
        elif what == "down":
            made.down[chance.choice([1, 3])] = made.now + chance.randint(1, 6)
        made.tick()
        run.step()
    for g in made.groups:
        g.leader = 1
    for _relaunch in range(4):
        for _turn in range(8):
            made.tick()
        run = Run(made)
        for _turn in range(400):
            if run.ended:
                break
            made.tick()
            run.step()
        assert run.ended in ("begun_anew", "step_timeout", "no_progress"), (run.ended, made)
    assert made.volumes <= 2
    note = _replacing.under_way(made.annotations)
    assert note is not None and len(note.volumes) <= 2, "all that was set aside is named"


def test_one_that_waits_is_taken_in_in_one_round() -> None:
    made = world(1, waits=True)
    _ends_right(made)
    assert made.volumes == 1 and made.now < 60
    note = _replacing.read(made.annotations)
    assert note is not None and note.volumes == ("v0",) and note.rounds == 1


@pytest.mark.parametrize(
    "how, waits, code", [("lost", False, "begun_anew"), ("lost", True, "begun_anew"), ("refuses", True, "step_timeout"), ("refuses", False, "step_timeout")]
)
def test_each_way_of_never_joining_has_its_code(how: str, waits: bool, code: str) -> None:
    made = world(1, waits=waits, **{how: True})
    run = Run(made)
    while not run.ended and made.now < 1000:
        made.tick()
        run.step()
    assert run.ended == code and made.now < 200


@pytest.mark.parametrize("advice", ["it joins after all", "the note is taken away"])
def test_what_the_page_advises_after_two_rounds_works(advice: str) -> None:
    made = world(1, lost=True)
    _driven(made, Run(made))
    assert made.volumes == 2
    made.lost = False
    if advice == "it joins after all":
        made.take_in(made.groups[0].leader)
    else:
        made.annotations = {}
    run = Run(made)
    _driven(made, run)
    assert run.ended == "done" and made.votes() and made.volumes == (2 if advice == "it joins after all" else 3)


def _driven(made: World, run: Run) -> None:
    for _turn in range(400):
        if not run.ended:
            made.tick()
            run.step()
