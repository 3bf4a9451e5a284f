# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Updates and rollbacks through generated histories of a simulated cluster: what must never happen, and that there is always an end.

``ROLLOUT_EXAMPLES`` is the number of histories.
"""

from __future__ import annotations

import os
import typing as t
from dataclasses import dataclass, replace

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils._gain import WRITES
from ansible_collections.robustmq.placement_center.plugins.module_utils._memory import Memory
from ansible_collections.robustmq.placement_center.plugins.module_utils._pauses import Hold, Wait
from ansible_collections.robustmq.placement_center.plugins.module_utils._rollout import (
    PAUSED,
    STAGED,
    STATE,
    Action,
    Done,
    Enough,
    Goal,
    Move,
    Park,
    Rest,
    Roll,
    decide,
)
from ansible_collections.robustmq.placement_center.plugins.module_utils._rollout_gain import remember
from ansible_collections.robustmq.placement_center.plugins.module_utils._verdict import judge
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from .simulation import MAJORITY, SIZE, Conflict, Fate, World
from .test_verdict import LIMITS

EXAMPLES = int(os.environ.get("ROLLOUT_EXAMPLES", "1000"))
STABLE, TIMEOUT, PATIENCE = 6, 60, 15
BOUND = 1000  # simulated seconds after which there must be an end
QUIET = 130  # no fault begins or lasts after this


@dataclass(frozen=True)
class Fault:
    """What befalls the cluster ``at`` a second; ``member`` and ``n`` mean what the kind makes of them."""

    at: int
    kind: str
    member: int
    n: int


@dataclass(frozen=True)
class Script:
    """One history."""

    groups: int = 1
    first: int = 0
    leaders: tuple[int, ...] = (1, 1, 1)
    rate: int = 10
    fate: Fate = "good"
    breaks_after: int = 3
    slow: int = 2
    faults: tuple[Fault, ...] = ()
    deaths: frozenset[int] = frozenset()  # the driver is killed after these looks
    stale: frozenset[int] = frozenset()  # the world goes on between these looks and their writes
    most: int | None = None
    leader_last: bool = False
    rest: int = 0
    back_at: int | None = None  # when a person rolls back, whatever the state
    back_by_hand: bool = True


class Driver:
    """A loop as the modules run it: look, decide, at most one write, look again. Every write is held against what is true."""

    def __init__(self, script: Script) -> None:
        self.script, self.looks, self.foreign = script, 0, False
        self.world = World(script.groups, script.first, script.leaders, script.rate)
        self.world.fates = {"b": script.fate}
        self.world.breaks_after, self.world.slow = script.breaks_after, script.slow
        self.goal = Goal(script.leader_last, script.most, STABLE, TIMEOUT, PATIENCE, script.rest)
        self.unpause_at = -1
        self.memory, self.wrote = Memory(), False
        self.story: list[str] = []
        self.moved: list[int] = []
        self.stage("b", by_hand=script.leader_last)

    def stage(self, template: str, by_hand: bool) -> None:
        """One write that restarts nobody."""
        self.wanted, self.asked, self.foreign = template, -1, False
        spec: dict[str, t.Any] = {"strategy": "OnDelete", "partition": 0} if by_hand else {"strategy": "RollingUpdate", "partition": SIZE}
        self.world.set_spec(template=template, annotations={STAGED: template}, **spec)
        self.start()

    def start(self) -> None:
        """A new process: it remembers nothing."""
        self.memory, self.wrote = Memory(), False

    def roll_back(self) -> None:
        self.goal = replace(self.goal, leader_last=False, most=None, back=True)
        self.stage("a", self.script.back_by_hand)

    # Time and what it brings

    def pass_time(self, seconds: int) -> None:
        for _second in range(seconds):
            for fault in self.script.faults:
                if fault.at == self.world.now:
                    self.befall(fault)
            if self.world.now == self.unpause_at:
                self.world.set_spec(annotations={PAUSED: ""})
            if self.world.now == self.script.back_at and self.wanted == "b":
                self.roll_back()
            taken = len(self.world.taken)
            self.world.tick()
            for o in self.world.taken[taken:]:
                assert o == self.asked or self.foreign, f"the controller took {o} and we had asked for {self.asked}"

    def befall(self, fault: Fault) -> None:
        w, o = self.world, self.world.first + fault.member
        self.story.append(f"{w.now} {fault}")
        if fault.kind in ("evict", "kill"):
            getattr(w, fault.kind)(o)
        elif fault.kind in ("flap", "lose_node"):
            getattr(w, fault.kind)(o, 3 + fault.n)
        elif fault.kind == "election":
            w.election(fault.n, o)
        elif fault.kind == "unread":
            w.unread[o] = w.now + fault.n
        elif fault.kind in ("blind_until", "controller_down_until"):
            setattr(w, fault.kind, w.now + fault.n)
        elif fault.kind in ("slow", "idle"):
            w.slow, w.rate = (fault.n + 1, w.rate) if fault.kind == "slow" else (w.slow, 0)
        else:
            self.meddle(fault)

    def meddle(self, fault: Fault) -> None:
        """What people do to the set meanwhile."""
        if fault.kind == "pause":
            self.world.set_spec(annotations={PAUSED: "true"})
            self.unpause_at = self.world.now + fault.n + 1
        elif fault.kind == "template":
            self.foreign = True
            self.world.set_spec(template="c")
        elif self.world.strategy == "RollingUpdate":
            self.foreign = True
            self.world.set_spec(partition=fault.n % (SIZE + 1))

    # One pass

    def once(self) -> Action:
        self.looks += 1
        w = self.world
        seen = w.look()
        verdict = judge(seen, LIMITS)
        self.memory = remember(self.memory, seen, verdict, self.goal, self.wrote)
        action = decide(Roll(seen, verdict, self.memory), self.goal)
        self.wrote = False
        if isinstance(action, Move | Park | Rest):
            self.story.append(f"{w.now} {action}")
            wrong = self.wrongs(action) if isinstance(action, Move) else ""
            if self.looks in self.script.stale:
                self.pass_time(1)
            assert seen.set is not None
            try:
                self.perform(action, seen.set.version)
            except Conflict:
                return Wait(())
            assert not wrong, (f"{action}: {wrong}", self.story)
            self.wrote = True
            self.moved += [action.ordinal] if isinstance(action, Move) and action.ordinal not in self.moved[-1:] else []
        if self.looks in self.script.deaths:
            self.start()
        return action

    def perform(self, action: Move | Park | Rest, version: str) -> None:
        w = self.world
        if isinstance(action, Park):
            w.patch(version, partition=action.index)
        elif isinstance(action, Rest):
            w.patch(version, partition=action.index, strategy="RollingUpdate")
        elif action.uid:
            w.patch(version, annotations={STATE: f"rolling {action.ordinal} {w.now}"})
            w.delete(action.ordinal, action.uid)
        else:
            w.patch(version, partition=action.index)
            self.asked = action.ordinal

    def wrongs(self, move: Move) -> str:
        """What is true now and forbids this."""
        w, o = self.world, move.ordinal
        others = [x for x in w.ids if x != o]
        down = [x for x in others if not w.serves(x)]
        young = [x for x in others if w.now - w.bad_at[x] < STABLE - 1 and not (self.goal.back and w.serves(x) and w.revision(x) != w.update)]
        pod = w.pods[o]
        if pod is None or pod.revision == w.update:
            return "it is where it should be"
        if w.now < w.blind_until:
            return "not everything was known"
        if down and w.serves(o):
            return f"{down} are down"
        rescue = self.goal.back and not w.serves(o)
        if w.alive(o) and not w.votes_without(o):
            return "a majority would go"
        return f"{young} are not proven" if young and not rescue else ""

    def run(self, until: int) -> Action:
        """Up to an end, or up to a second."""
        action: Action = Wait(())
        while self.world.now < until:
            action = self.once()
            if isinstance(action, Done):
                self.check_done()
            if isinstance(action, Done | Enough | Hold):
                return action
            self.pass_time(1 if self.wrote else 2)
        return action

    def check_done(self) -> None:
        w = self.world
        assert all(p and p.revision == w.template == self.wanted for p in w.pods.values())
        assert all(w.caught_up(o) for o in w.ids)
        assert (w.strategy, w.partition) == ("RollingUpdate", self.goal.rest)

    def picture(self) -> tuple[t.Any, ...]:
        """What is left in the end."""
        w = self.world
        return w.template, w.partition, w.strategy, w.current, w.update, [(p.revision, p.ready) for p in w.pods.values() if p]

    def beyond_us(self) -> bool:
        """Others put a second member on a revision that does not serve, and each is needed for a majority, or neither ever catches up."""
        w = self.world
        bad = [o for o, p in w.pods.items() if p is None or p.revision != w.template]
        needed = not any(w.votes_without(o) for o in bad if w.pods[o])
        return len(bad) >= MAJORITY and (needed or self.script.fate == "never_catches_up")

    def through_the_faults(self) -> None:
        """Whoever watches starts it again a while after every end."""
        last = max((f.at for f in self.script.faults), default=-1)
        quiet = max(QUIET if last >= 0 else 0, self.script.back_at or 0) + 1
        while self.world.now < quiet:
            self.run(quiet)
            self.pass_time(20)
            self.start()
        if self.world.template != self.wanted:
            self.stage(self.wanted, self.world.strategy == "OnDelete")
        self.start()

    def finish(self) -> Action:
        """The end after the faults; a canary's is followed by the rest."""
        action = self.run(self.world.now + BOUND)
        if isinstance(action, Enough):
            self.goal = replace(self.goal, most=None)
            self.start()
            action = self.run(self.world.now + BOUND)
        self.story.append(f"{self.world.now} {action}")
        return action


COMMON = ["evict", "kill", "flap", "election"]
KINDS = [*COMMON, *COMMON, "lose_node", "slow", "idle", "blind_until", "unread", "controller_down_until", "pause", "template", "partition"]
FATES: tuple[Fate, ...] = ("good", "good", "good", "crashes", "no_image", "never_ready", "never_catches_up", "breaks")
NUMBERS = st.frozensets(st.integers(1, 60), max_size=6)
SCRIPTS = st.builds(
    Script,
    groups=st.integers(1, 3),
    first=st.integers(0, 1),
    leaders=st.tuples(*[st.integers(1, SIZE)] * 3),
    rate=st.sampled_from([0, 1, 10, 30]),
    fate=st.sampled_from(FATES),
    breaks_after=st.integers(0, 30),
    slow=st.integers(1, 12),
    faults=st.lists(st.builds(Fault, st.integers(0, 90), st.sampled_from(KINDS), st.integers(0, SIZE - 1), st.integers(0, 20)), max_size=7).map(tuple),
    deaths=NUMBERS,
    stale=NUMBERS,
    most=st.sampled_from([None, None, 1, 2]),
    leader_last=st.booleans(),
    rest=st.sampled_from([0, 0, SIZE]),
    back_at=st.one_of(st.none(), st.none(), st.integers(1, 120)),
    back_by_hand=st.booleans(),
)
# Not shrunk, which may take longer than all histories together: the story that a failure tells is short enough to read.
histories = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)


def live(script: Script) -> Driver:
    """A whole history: the update through its faults to an end, then the way back."""
    driver = Driver(script)
    driver.through_the_faults()
    end = driver.finish()
    assert isinstance(end, Done | Hold), driver.story
    assert script.fate != "good" or isinstance(end, Done), (end, driver.story)
    if driver.wanted == "b":
        driver.roll_back()
        end = driver.finish()
    assert isinstance(end, Done) or not script.back_by_hand or driver.beyond_us(), (end, driver.story)
    return driver


@histories
@given(SCRIPTS)
def test_every_history_keeps_the_majority_and_comes_to_an_end(script: Script) -> None:
    live(script)


def whole(script: Script) -> Driver:
    """A history without faults, to its end."""
    driver = Driver(script)
    driver.through_the_faults()
    assert isinstance(driver.finish(), Done)
    return driver


@pytest.mark.parametrize("script", [Script(), Script(leader_last=True, groups=3, leaders=(3, 1, 2)), Script(most=1, rest=SIZE), Script(first=1, back_at=30)])
def test_a_plan_interrupted_after_any_look_or_write_ends_the_same(script: Script) -> None:
    plain = whole(script)
    for look in range(1, plain.looks + 1):
        assert whole(replace(script, deaths=frozenset({look}))).picture() == plain.picture()
        assert whole(replace(script, stale=frozenset({look}))).picture() == plain.picture()


def test_without_faults_each_member_is_moved_once_and_in_order() -> None:
    def order(script: Script) -> list[int]:
        driver = Driver(script)
        assert isinstance(driver.finish(), Done)
        return driver.moved

    assert order(Script()) == [2, 1, 0]
    assert order(Script(leader_last=True)) == [2, 1, 0]
    assert order(Script(leader_last=True, leaders=(3, 3, 3))) == [1, 0, 2]
    assert order(Script(leader_last=True, groups=3, leaders=(3, 3, 2))) == [0, 1, 2]
    assert order(Script(first=1)) == [3, 2, 1]


@pytest.mark.parametrize("fate, code", [("crashes", "pod_crashing"), ("no_image", "pod_image"), ("never_ready", "step_timeout"), ("breaks", "pod_crashing")])
@pytest.mark.parametrize("by_hand", [False, True])
def test_a_bad_revision_holds_at_the_first_member_with_its_reason_and_the_way_back_is_open(fate: Fate, code: str, by_hand: bool) -> None:
    driver = Driver(Script(fate=fate, leader_last=by_hand, groups=3, leaders=(3, 1, 2)))
    held = driver.finish()
    assert isinstance(held, Hold) and held.reasons[0].code == code
    assert len(driver.moved) == 1 and sum(driver.world.serves(o) for o in driver.world.ids) == MAJORITY
    driver.roll_back()
    assert isinstance(driver.finish(), Done)


def test_a_revision_that_never_catches_up_holds_at_the_first_member() -> None:
    driver = Driver(Script(fate="never_catches_up"))
    held = driver.finish()
    assert isinstance(held, Hold) and held.reasons[0].code == "step_timeout"
    assert driver.moved == [2]


def test_a_pause_holds_between_steps_and_a_run_after_it_goes_on() -> None:
    driver = Driver(Script(faults=(Fault(12, "pause", 0, 100),)))
    held = driver.run(BOUND)
    assert isinstance(held, Hold) and held.reasons[0].code == "paused"
    assert driver.moved == [2] and driver.world.caught_up(2)
    driver.world.set_spec(annotations={PAUSED: ""})
    driver.start()
    assert isinstance(driver.finish(), Done)


def test_another_template_is_held_and_takes_nobody_whom_the_controller_had_not_taken_at_once() -> None:
    driver = Driver(Script(faults=(Fault(30, "template", 0, 0),)))
    held = driver.run(BOUND)
    assert isinstance(held, Hold) and held.reasons[0].code == "foreign_change"
    driver.pass_time(60)
    assert driver.world.taken == [2, 1, 2] and [driver.world.revision(o) for o in driver.world.ids] == ["a", "b", "c"]
    assert all(driver.world.serves(o) for o in driver.world.ids)


class Restless(Driver):
    """Somebody takes every step back at once: the strategy at rest is undone as soon as it is there."""

    def once(self) -> Action:
        action = super().once()
        if isinstance(action, Rest) and self.wrote:
            self.world.set_spec(partition=SIZE, strategy="OnDelete")
        return action


@pytest.mark.parametrize("by_hand", [False, True])
def test_writes_that_somebody_takes_back_come_to_an_end(by_hand: bool) -> None:
    driver = Restless(Script(leader_last=by_hand, rest=SIZE))
    held = driver.run(BOUND)
    assert isinstance(held, Hold) and held.reasons[0].code == "no_progress"
    assert sum("Rest(" in line for line in driver.story) <= WRITES + 1


@pytest.mark.parametrize("every", [2, 3, 7])
def test_a_member_that_comes_and_goes_is_no_gain(every: int) -> None:
    """Its probe fails again and again, so that the stable window never ends."""
    driver = Driver(Script(faults=tuple(Fault(at, "flap", 2, 0) for at in range(12, 900, every))))
    held = driver.run(BOUND)
    assert isinstance(held, Hold) and held.reasons[0].code == "step_timeout" and driver.world.now < 6 * TIMEOUT
    assert driver.moved == [2]
