# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The decisions of a restore: killed anywhere, run again, undone anywhere, it ends right, and no volume of before is ever touched."""

from __future__ import annotations

import typing as t
from dataclasses import replace

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils import _restore_actions as r
from ansible_collections.robustmq.placement_center.plugins.module_utils import _restore_journal
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Reason
from ansible_collections.robustmq.placement_center.plugins.module_utils._pauses import Hold
from ansible_collections.robustmq.placement_center.plugins.module_utils._restore import decide
from ansible_collections.robustmq.placement_center.plugins.module_utils._restore_journal import Journal, Old
from ansible_collections.robustmq.placement_center.plugins.module_utils._restore_look import OPEN, Goal, Look, Memory, remember
from hypothesis import given, settings
from hypothesis import strategies as st

from .restore_world import WANTED, World

GOAL = Goal("new", stable_seconds=2, step_timeout=60)

Step = t.Tuple[str, int]  # noqa: UP006 evaluated
KINDS = ("act", "act", "act", "act", "skip", "kill")
STEPS = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 12)), max_size=60)
WORLDS = st.sampled_from(
    [
        {"running": True, "reclaim": "Delete"},
        {"running": True, "reclaim": "Retain"},
        {"running": False},
        {"running": False, "volumes": False},
        {"made": False, "volumes": False},
        {"made": False, "volumes": True},
    ]
)


def drive(world: World, goal: Goal, steps: t.Sequence[Step], limit: int = 400) -> r.Action:
    """Run it: whatever the steps do to it first, then undisturbed to its end."""
    memory, left = Memory(), list(steps)
    for _look in range(limit):
        look = world.look(memory)
        action = decide(look, goal)
        if isinstance(action, (r.Done, Hold)):
            return action
        kind, cut = left.pop(0) if left else ("act", 99)
        wrote = world.act(action, cut if kind == "kill" else 99) if kind != "skip" else False
        memory = Memory() if kind == "kill" else remember(memory, look, action, wrote)
    raise AssertionError(f"no end: {action}")


def restored(world: World) -> None:
    assert world.policy == OPEN and world.replicas == 3 and not world.tools and not world.missing
    assert set(world.claims) == {f"data-pc-{o}" for o in range(3)}
    assert all(world.bound(n) and world.volumes[c.volume].holds == "copy" for n, c in world.claims.items())
    assert all(world.volumes[v].kept and world.volumes[v].reclaim == "Retain" for v in world.had)


def undone(world: World) -> None:
    for _tick in range(9):
        world.tick()
    assert world.policy == OPEN and not world.tools and world.replicas == world.before
    assert set(world.volumes) == world.had and not any(v.kept for v in world.volumes.values())
    assert all(world.bound(n) for n in world.claims) and len(world.claims) == len(world.had)


@settings(max_examples=300, deadline=None)
@given(WORLDS, STEPS)
def test_killed_anywhere_and_run_again_it_restores(options: dict[str, t.Any], steps: list[Step]) -> None:
    world = World(**options)
    assert drive(world, GOAL, steps) == r.Done("done")
    restored(world)


@settings(max_examples=300, deadline=None)
@given(WORLDS, STEPS, STEPS, st.integers(0, 60))
def test_undone_from_anywhere_everything_is_as_it_was(options: dict[str, t.Any], steps: list[Step], back: list[Step], turn: int) -> None:
    world, memory, action = World(**options), Memory(), None
    for number in range(turn):
        look = world.look(memory)
        action = decide(look, GOAL)
        kind, cut = steps[number] if number < len(steps) else ("act", 99)
        if isinstance(action, (r.Done, r.Opened)):
            break
        wrote = world.act(action, cut if kind == "kill" else 99)
        memory = Memory() if kind == "kill" else remember(memory, look, action, wrote)
    if world.journal is None or world.journal.ended:
        return
    assert drive(world, replace(GOAL, back=True), back) == r.Done("rolled_back")
    undone(world)


def test_the_old_members_serve_until_every_copy_is_compared() -> None:
    world, memory = World(), Memory()
    while True:
        look = world.look(memory)
        action = decide(look, GOAL)
        if isinstance(action, (r.Narrow, r.Scale)):
            break
        assert world.pods == {0, 1, 2}
        memory = remember(memory, look, action, world.act(action))
    assert len(world.j.new) == 3 and isinstance(action, r.Narrow), "clients are kept away before the members stop"


def test_without_its_lease_it_does_nothing() -> None:
    world = World()
    look = world.look(Memory())
    assert isinstance(decide(replace(look, lease=False), GOAL), Hold) and isinstance(decide(replace(look, abandoned=True), GOAL), Hold)


def test_somebody_who_scales_the_set_meanwhile_stops_it() -> None:
    world, memory = World(), Memory()
    while not (world.journal and world.journal.stopped and world.replicas == 0):
        look = world.look(memory)
        action = decide(look, GOAL)
        memory = remember(memory, look, action, world.act(action))
    world.replicas = 3
    held = decide(world.look(memory), GOAL)
    assert isinstance(held, Hold) and held.reasons[0].code == "scaled_back"
    assert decide(world.look(Memory()), GOAL) == r.Scale(0), "the next run stops it again"


def test_a_claim_that_nobody_knows_is_left_alone() -> None:
    world, memory = World(running=False, volumes=False), Memory()
    while not (world.journal and world.journal.stopped):
        look = world.look(memory)
        action = decide(look, GOAL)
        memory = remember(memory, look, action, world.act(action))
    world.make_copy("data-pc-1", "stranger")
    held = drive(world, GOAL, [])
    assert isinstance(held, Hold) and held.reasons[0].code == "claim_unexpected" and "data-pc-1" in world.claims


def test_a_copy_that_is_gone_is_not_gone_on_with() -> None:
    world = World()
    world.journal = replace(world.begun(WANTED), new={0: "new-0", 1: "new-1", 2: "new-2"})
    held = drive(world, GOAL, [])
    assert isinstance(held, Hold) and held.reasons[0].code == "volume_gone" and world.pods == {0, 1, 2}


def test_members_that_are_not_proven_in_time_are_held_behind_the_policy() -> None:
    world = World()
    world.ill = True
    held = drive(world, replace(GOAL, step_timeout=5), [])
    assert isinstance(held, Hold) and held.reasons[0].code == "step_timeout" and world.policy != OPEN


def test_the_journal_is_read_as_it_was_written() -> None:
    old = {0: Old({"uid": "u", "spec": {"a": 1}}, "pv-0"), 2: Old({"uid": "w", "spec": {}}, "")}
    written = replace(WANTED, old=old, new={1: "pv-9"}, newest={"g": 3}, stopped=True, before=3, policy={"spec": {}})
    found: dict[str, t.Any] = _restore_journal.note(written)
    assert _restore_journal.read(found) == written
    with pytest.raises(ValueError, match="no journal"):
        _restore_journal.read({"data": {"journal.json": "{}"}})


def test_names_are_those_of_the_set_and_of_nobody_else() -> None:
    journal: Journal = replace(WANTED, name="x" * 52)
    assert journal.claim(1) == f"data-{'x' * 52}-1" and len(journal.copy(1)) <= 63 and journal.copy(1) != journal.copy(2)


class Unsteady(World):
    """Members that never become what they must be, with another reason at every look; or somebody who gives the claim's volume away."""

    def look(self, memory: Memory) -> Look:
        found = super().look(memory)
        if found.unproven is None:
            return found
        codes = ("no_leader", "lagging", "member_empty", "pod_not_ready")
        return replace(found, unproven=tuple(Reason(code, "now this") for code in codes[: 1 + int(self.now) % 4][-1:]))


def test_a_member_that_never_joins_ends_the_restore_in_a_hold_whatever_it_says() -> None:
    world = Unsteady()
    held = drive(world, replace(GOAL, step_timeout=20), [])
    assert isinstance(held, Hold) and held.reasons[0].code == "step_timeout" and world.policy != OPEN
    assert len([v for v in world.volumes if v.startswith("new-")]) == 3, "it made no further copies"
    assert drive(world, replace(GOAL, back=True), []) == r.Done("rolled_back")
    undone(world)


class Restored(World):
    """Somebody lets clients in again as soon as they are kept away."""

    def do_narrow(self, _action: r.Narrow) -> None:
        """It has no effect."""


def test_a_write_that_somebody_takes_back_ends_the_restore_in_a_hold() -> None:
    held = drive(Restored(), GOAL, [])
    assert isinstance(held, Hold) and held.reasons[0].code == "no_progress"


def test_clients_that_go_on_writing_do_not_keep_the_members_from_being_stopped() -> None:
    class Busy(World):
        def look(self, memory: Memory) -> Look:
            found = super().look(memory)
            return replace(found, newest={"g": 1000 + int(self.now)}) if found.newest else found

    world = Busy()
    assert drive(world, GOAL, []) == r.Done("done")
