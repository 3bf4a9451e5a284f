# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an update does next, case by case: each look goes through the real verdict and the real memory."""

from __future__ import annotations

import dataclasses
import typing as t

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils._gain import Gain, lasting
from ansible_collections.robustmq.placement_center.plugins.module_utils._memory import Memory
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Answer, Member, Observation, Reason, SetView
from ansible_collections.robustmq.placement_center.plugins.module_utils._pauses import Hold, Wait
from ansible_collections.robustmq.placement_center.plugins.module_utils._rollout import (
    PAUSED,
    STAGED,
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

from .test_verdict import LIMITS, SILENT, claim, observation, pod, view

GOAL = Goal(stable_seconds=10, step_timeout=900, patience=15)


def one(ordinal: int, revision: str, **change: t.Any) -> Member:
    """A member of three, ordinals 0 to 2, raft ids 1 to 3; m1 leads. ``pod`` and ``raft`` change fields of theirs, None takes them away."""
    i = ordinal + 1
    podded, raft = change.get("pod", {}), change.get("raft", {})
    body = None if podded is None else dataclasses.replace(pod(ordinal), revision=revision, created=f"2026-01-0{4 - ordinal}T00:00:00Z")
    body = body and dataclasses.replace(body, **podded)
    views = None if podded is None or raft is None else {"g": dataclasses.replace(view(i, change.get("leader", 1)), **raft)}
    return Member(ordinal, i, body, claim(ordinal), Answer(None), Answer(None), views, Answer(None) if views else SILENT)


DEAD: dict[str, t.Any] = {"pod": {"ready": False, "started": False, "trouble": "pod_crashing", "message": "exit 1"}, "raft": None}
UNREADY: dict[str, t.Any] = {"pod": {"ready": False}}
GONE: dict[str, t.Any] = {"pod": None}
LEAVING: dict[str, t.Any] = {"pod": {"terminating": True, "ready": False}, "raft": None}
SILENT_POD: dict[str, t.Any] = {"raft": None}


def look(revisions: str, partition: int = 3, at: float = 100.0, **more: t.Any) -> Observation:
    """``revisions`` has the letter of each member's pod, lowest ordinal first; b is wanted, a is where it began."""
    spec = {"update_revision": "b", "current_revision": "a", "template": "t", "version": "7", **more.pop("spec", {})}
    members = [one(o, r, **{"leader": more.get("leader", 1), **more.get(f"m{o}", {})}) for o, r in enumerate(revisions)]
    sts = SetView("pc", "u", 3, 0, True, partition, **{"image": "img:1", **spec})
    return dataclasses.replace(observation(members), set=sts, at=at, unknown=more.get("unknown", ()))


def after(*looks: Observation, goal: Goal = GOAL, lease: bool = True, gap: tuple[Reason, ...] = (), every: float = 5.0) -> Action:
    """What is decided at the last of these looks; the last one is repeated until the stable window has passed."""
    memory, at = Memory(), 0.0
    seen = looks[-1]
    for seen in [*looks, *[looks[-1]] * 4]:
        seen, at = dataclasses.replace(seen, at=at), at + every
        verdict = judge(seen, LIMITS)
        memory = remember(memory, seen, verdict, GOAL)
    return decide(Roll(seen, judge(seen, LIMITS), memory, lease, gap), goal)


def at_once(seen: Observation, goal: Goal = GOAL, **roll: t.Any) -> Action:
    """What is decided at the first look of a run."""
    verdict = judge(seen, LIMITS)
    return decide(Roll(seen, verdict, remember(Memory(), seen, verdict, GOAL), **roll), goal)


def told(action: Action) -> tuple[t.Any, ...]:
    """An action as a table writes it: its kind, its member or index, its first code."""
    if isinstance(action, Move):
        return ("move", action.ordinal, action.uid)
    if isinstance(action, Park):
        return ("park", action.index, action.reason.code)
    if isinstance(action, Rest):
        return ("rest", action.index)
    if isinstance(action, Wait | Hold):
        return (type(action).__name__.lower(), action.reasons[0].code)
    return (type(action).__name__.lower(),)


ANNOTATED = {"annotations": {PAUSED: "true", STAGED: "t"}}
FOREIGN = {"annotations": {STAGED: "another"}}
ON_DELETE = {"strategy": "OnDelete"}
BACK = {"current_revision": "b"}

STEPS: list[tuple[str, Observation, tuple[t.Any, ...]]] = [
    ("the first to go has the highest ordinal", look("aaa"), ("move", 2, "")),
    ("then the next below", look("aab", 2), ("move", 1, "")),
    ("and the last", look("abb", 1), ("move", 0, "")),
    ("all are there and the partition is not at rest", look("bbb", 3), ("rest", 0)),
    ("all are there and the partition is at rest", look("bbb", 0), ("done",)),
    ("all are there and deleting is still the strategy", look("bbb", 0, spec=ON_DELETE), ("rest", 0)),
    ("no set", dataclasses.replace(look("aaa"), set=None), ("hold", "set_missing")),
    ("the controller lags", dataclasses.replace(look("aaa"), set=dataclasses.replace(look("aaa").set, observed=False)), ("wait", "set_not_observed")),
    ("no revision is named yet", look("aaa", spec={"update_revision": ""}), ("wait", "set_not_observed")),
    ("the template is another's", look("aaa", spec=FOREIGN), ("hold", "foreign_change")),
    ("the template is another's and the controller would go on with it", look("aac", 1, spec=FOREIGN), ("park", 3, "foreign_change")),
    ("another's template, one on its way with it", look("aac", 1, spec=FOREIGN, m2=LEAVING), ("park", 2, "foreign_change")),
    ("the partition was let down to all", look("aaa", 0), ("park", 3, "foreign_change")),
    ("the partition was let down below the one on its way", look("aab", 0, m2=GONE), ("park", 2, "foreign_change")),
    ("let go, but another left meanwhile", look("aab", 1, m2=GONE), ("park", 2, "would_break_quorum")),
    ("let go, but another is not well", look("aab", 1, m0=SILENT_POD), ("park", 2, "would_break_quorum")),
    ("let go, and not yet taken", look("aaa", 2), ("wait", "set_not_observed")),
    ("taken, and going", look("aaa", 2, m2=LEAVING), ("wait", "pod_terminating")),
    ("gone", look("aab", 2, m2=GONE), ("wait", "pod_missing")),
    ("back, and not Ready", look("aab", 2, m2=UNREADY), ("wait", "pod_not_ready")),
    ("another is not well", look("aab", 2, m0=SILENT_POD), ("wait", "no_leader")),
    ("one far behind", look("aab", 2, leader=2, m1={"raft": {"last_log": 900, "applied": 900}}), ("wait", "lagging")),
    ("Kubernetes could not be asked everything", look("aaa", unknown=(Reason("unknown_fact", "budgets"),)), ("wait", "unknown_fact")),
    ("paused", look("aab", 2, spec=ANNOTATED), ("hold", "paused")),
    ("paused inside a step", look("aab", 2, spec=ANNOTATED, m2=UNREADY), ("wait", "pod_not_ready")),
    ("paused where nobody is left to go", look("bbb", 3, spec=ANNOTATED), ("rest", 0)),
    ("the next in line is broken", look("aaa", m2=UNREADY), ("move", 2, "")),
    ("the next in line is broken, and paused", look("aaa", m2=UNREADY, spec=ANNOTATED), ("hold", "paused")),
    ("a broken one has been let go", look("aaa", 2, m2=UNREADY), ("move", 2, "uid-2")),
    ("the broken one is not next in line", look("aaa", m0=UNREADY), ("wait", "pod_not_ready")),
    ("two are broken", look("aaa", m2=UNREADY, m1=UNREADY), ("wait", "pod_not_ready")),
    ("two are broken and one is let go", look("aaa", 2, m2=UNREADY, m1=UNREADY), ("wait", "pod_not_ready")),
    ("by hand, any broken one first", look("aaa", 0, spec=ON_DELETE, m0=UNREADY, leader=2), ("move", 0, "uid-0")),
    ("by hand, a broken one whose identity is in doubt", look("aaa", 0, spec=ON_DELETE, m1={**UNREADY, "raft": {"id": 9}}), ("wait", "wrong_id")),
    ("on the way back the newest goes first, by hand", look("abb", 3, spec={**BACK, "update_revision": "a", "current_revision": "a"}), ("move", 1, "uid-1")),
    ("on the way back the broken one goes first", look("abb", 3, spec={"update_revision": "a"}, m2=DEAD), ("move", 2, "uid-2")),
    ("on the way back the partition is of no use", look("aab", 3, spec={"update_revision": "a"}), ("move", 2, "uid-2")),
    ("on the way back, all there", look("aaa", 3, spec={"update_revision": "a"}), ("rest", 0)),
]


@pytest.mark.parametrize("seen, wanted", [c[1:] for c in STEPS], ids=[c[0] for c in STEPS])
def test_the_next_action_of_a_run_that_has_watched_for_a_while(seen: Observation, wanted: tuple[t.Any, ...]) -> None:
    assert told(after(seen, goal=dataclasses.replace(GOAL, patience=1000))) == wanted


WRITES = [c for c in STEPS if c[2][0] in ("move", "rest", "done")]


@pytest.mark.parametrize("seen", [c[1] for c in WRITES], ids=[c[0] for c in WRITES])
def test_no_member_is_moved_and_no_end_declared_at_the_first_look(seen: Observation) -> None:
    assert told(at_once(seen)) in {("wait", "not_stable"), ("hold", "paused")}


@pytest.mark.parametrize("seen", [c[1] for c in STEPS if c[1].set], ids=[c[0] for c in STEPS if c[1].set])
def test_without_the_lease_nothing_is_written(seen: Observation) -> None:
    assert told(after(seen, lease=False)) == ("hold", "lease_lost")


@pytest.mark.parametrize("seen", [c[1] for c in STEPS if c[1].set], ids=[c[0] for c in STEPS if c[1].set])
def test_when_ansible_playbook_is_gone_nothing_is_written(seen: Observation) -> None:
    assert told(at_once(seen, abandoned=True)) == ("hold", "abandoned")


@pytest.mark.parametrize("seen", [c[1] for c in STEPS if c[1].set], ids=[c[0] for c in STEPS if c[1].set])
def test_what_is_not_known_moves_nobody(seen: Observation) -> None:
    blind = dataclasses.replace(seen, unknown=(Reason("unknown_fact", "claims could not be read"),))
    for back in (False, True):
        assert not isinstance(after(blind, goal=dataclasses.replace(GOAL, back=back)), Move | Rest | Done | Enough)


ORDERS = [
    ("leaders last", "aaa", 3, 1),
    ("leaders last, the next", "aba", 3, 0),
    ("only the leader is left", "bba", 3, 2),
    ("a follower leads the lowest", "aaa", 1, 2),
]


@pytest.mark.parametrize("revisions, leader, wanted", [c[1:] for c in ORDERS], ids=[c[0] for c in ORDERS])
def test_leaders_go_last_where_deleting_is_the_strategy(revisions: str, leader: int, wanted: int) -> None:
    goal = dataclasses.replace(GOAL, leader_last=True)
    assert told(after(look(revisions, 0, leader=leader, spec=ON_DELETE), goal=goal)) == ("move", wanted, f"uid-{wanted}")


def test_leaders_last_is_nothing_that_a_partition_could_do() -> None:
    assert told(after(look("aaa", leader=3), goal=dataclasses.replace(GOAL, leader_last=True))) == ("move", 2, "")


def test_the_most_is_enough_once_it_is_proven() -> None:
    goal = dataclasses.replace(GOAL, most=1)
    assert told(after(look("aaa"), goal=goal)) == ("move", 2, "")
    assert told(at_once(look("aab", 2), goal)) == ("wait", "not_stable")
    assert told(after(look("aab", 2), goal=goal)) == ("enough",)
    assert told(after(look("aab", 2, m1=UNREADY), goal=goal)) == ("wait", "pod_not_ready")


def test_the_gap_that_was_measured_holds_the_next_step() -> None:
    gap = (Reason("write_gap", "4,000 ms"),)
    assert told(after(look("aab", 2), gap=gap)) == ("hold", "write_gap")
    assert told(after(look("bbb", 0), gap=gap)) == ("done",)


def test_a_stuck_state_ends_the_wait_early_and_any_other_at_the_timeout() -> None:
    assert told(after(look("aab", 2, m2=DEAD), every=1)) == ("wait", "pod_crashing")
    assert told(after(look("aab", 2, m2=DEAD), every=5)) == ("hold", "pod_crashing")
    assert told(after(look("aab", 2, m2=UNREADY), every=224)) == ("wait", "pod_not_ready")
    held = after(look("aab", 2, m2=UNREADY), every=226)
    assert told(held) == ("hold", "step_timeout")
    assert isinstance(held, Hold) and "pod_not_ready" in held.reasons[0].message and held.reasons[0].member == 2


def test_another_stuck_state_has_patience_of_its_own() -> None:
    image = {**DEAD, "pod": {**DEAD["pod"], "trouble": "pod_image"}}
    assert told(after(look("aab", 2, m2=DEAD), look("aab", 2, m2=image), every=3)) == ("wait", "pod_image")


def test_a_member_that_comes_and_goes_is_never_stable_and_that_is_no_progress() -> None:
    looks = [look("aab", 2, m2={"pod": {"restarts": n}}) for n in range(200)]
    assert told(after(*looks[:100])) == ("move", 1, "")
    memory = Memory()
    for n, seen in enumerate(looks):
        seen = dataclasses.replace(seen, at=5.0 * n)
        verdict = judge(seen, LIMITS)
        memory = remember(memory, seen, verdict, GOAL)
        action = told(decide(Roll(seen, verdict, memory), GOAL))
        assert action == ("wait", "not_stable") if 5.0 * n < 910 else action == ("hold", "step_timeout")


def test_a_majority_that_would_go_holds_the_step() -> None:
    seen = look("aaa")
    verdict = dataclasses.replace(judge(seen, LIMITS), restarts=())
    memory = dataclasses.replace(remember(Memory(), seen, verdict, GOAL), healthy_for=60.0)
    assert told(decide(Roll(seen, verdict, memory), GOAL)) == ("wait", "would_break_quorum")


def test_a_claim_in_doubt_is_no_reason_to_replace_its_pod() -> None:
    seen = look("aaa", m2=UNREADY)
    members = (*seen.members[:2], dataclasses.replace(seen.members[2], claim=None))
    assert told(after(dataclasses.replace(seen, members=members))) == ("wait", "pod_not_ready")


def test_a_broken_one_waits_until_the_one_before_it_is_proven() -> None:
    fine, newer = look("aab", 2), look("aab", 2, m2={"pod": {"uid": "new"}}, m1=UNREADY)
    memory = Memory()
    for at, seen in enumerate([fine] * 20 + [newer] * 10):
        seen = dataclasses.replace(seen, at=float(at))
        verdict = judge(seen, LIMITS)
        memory = remember(memory, seen, verdict, GOAL)
        action = told(decide(Roll(seen, verdict, memory), GOAL))
    assert action == ("wait", "not_stable")


def test_the_way_back_replaces_two_that_are_down_the_lower_first_for_it_holds_up_the_other() -> None:
    spec = {"update_revision": "a"}
    goal = dataclasses.replace(GOAL, back=True, patience=1000)
    both = look("abb", 3, spec=spec, m1=DEAD, m2=DEAD)
    assert told(after(both, goal=goal)) == ("move", 1, "uid-1")
    assert told(after(both, goal=dataclasses.replace(goal, back=False))) == ("wait", "pod_crashing")
    assert told(after(look("abb", 3, spec=spec, m1=DEAD, m2=GONE), goal=goal)) == ("move", 1, "uid-1")
    assert told(after(look("aab", 3, spec=spec, m1=UNREADY, m2=DEAD), goal=goal)) == ("wait", "pod_not_ready")
    assert told(after(look("aab", 3, spec=spec, m1=GONE, m2=DEAD), goal=goal)) == ("wait", "pod_missing")


def drift(*steps: tuple[float, dict[str, t.Any]]) -> Memory:
    memory = Memory()
    for at, more in steps:
        seen = look("aab", 2, at=at, **more)
        memory = remember(memory, seen, judge(seen, LIMITS), GOAL)
    return memory


def logs(head: int, applied: int, leader: int = 1, term: int = 5) -> dict[str, t.Any]:
    """The leader's log ends at ``head``; member 2 has applied so much of it."""

    def side(i: int, done: int) -> dict[str, t.Any]:
        return {"raft": {"last_log": head, "applied": done, "term": term}}

    return {"leader": leader, "m0": side(1, head), "m1": side(2, head), "m2": side(3, applied)}


ANEW = {**logs(150, 110), "m2": {"pod": {"restarts": 1}, "raft": {"last_log": 150, "applied": 110}}}
MEMORIES: list[tuple[str, list[tuple[float, dict[str, t.Any]]], float, set[int]]] = [
    ("healthy all along", [(0, {}), (5, {}), (9, {})], 9, set()),
    ("a restart in place begins the window anew", [(0, {}), (5, {"m0": {"pod": {"restarts": 1}}}), (9, {"m0": {"pod": {"restarts": 1}}})], 4, set()),
    ("a new pod begins it anew", [(0, {}), (5, {"m1": {"pod": {"uid": "n"}}}), (9, {"m1": {"pod": {"uid": "n"}}})], 4, set()),
    ("an election begins it anew", [(0, {}), (5, logs(100, 100, 2, 6)), (9, logs(100, 100, 2, 6))], 4, set()),
    ("a bad look in between begins it anew", [(0, {}), (5, {"m0": SILENT_POD}), (6, {}), (9, {})], 3, set()),
    ("nobody watched for an hour", [(0, {}), (3600, {})], 10, set()),
    ("the clock went back", [(50, {}), (10, {}), (12, {})], 2, set()),
    ("joined, and behind what the leader had", [(0, logs(100, 40)), (5, logs(150, 99))], 0, {2}),
    ("joined, and past what the leader had", [(0, logs(100, 40)), (5, logs(150, 100)), (9, logs(190, 110))], 4, set()),
    ("entries that died with the leader are not waited for", [(0, logs(100, 40)), (5, logs(90, 90, 2, 6)), (9, logs(90, 90, 2, 6))], 4, set()),
    ("a look that could not read it keeps its mark", [(0, logs(100, 40)), (3, {**logs(150, 99), "m2": SILENT_POD}), (5, logs(190, 120))], 0, set()),
    ("a process that began anew has a mark of its own", [(0, logs(100, 99)), (5, ANEW)], 0, {2}),
]


@pytest.mark.parametrize("steps, healthy_for, behind", [c[1:] for c in MEMORIES], ids=[c[0] for c in MEMORIES])
def test_what_a_look_leaves(steps: list[tuple[float, dict[str, t.Any]]], healthy_for: float, behind: set[int]) -> None:
    memory = drift(*steps)
    assert memory.healthy_for == healthy_for
    assert memory.behind == behind


def test_a_member_of_the_old_revision_that_is_behind_holds_the_next_step_though_no_window_was_asked_for() -> None:
    seen = look("aab", 2, m0={"raft": {"applied": 50}})
    verdict = judge(seen, LIMITS)
    assert verdict.healthy
    action = decide(Roll(seen, verdict, remember(Memory(), seen, verdict, GOAL)), dataclasses.replace(GOAL, stable_seconds=0))
    assert told(action) == ("wait", "not_caught_up")


def test_waiting_begins_anew_with_what_is_gained_and_not_with_what_is_written() -> None:
    seen = look("aaa")
    memory = remember(Memory(), seen, judge(seen, LIMITS), GOAL)
    assert memory.gain.waited == 0.0
    for n in range(1, 15):
        memory = remember(memory, dataclasses.replace(seen, at=100.0 + 5 * n), judge(seen, LIMITS), GOAL, wrote=True)
    assert (memory.gain.waited, memory.gain.writes) == (60.0, 12), "the stable window came to its end after 10 s, and that was a gain"
    newer = look("aab", 2, at=171.0)
    assert remember(memory, newer, judge(newer, LIMITS), GOAL).gain.waited == 0.0


@pytest.mark.parametrize(
    "gain, wanted", [(Gain(waited=899.0), ("move", 2, "")), (Gain(waited=910.0), ("hold", "no_progress")), (Gain(writes=50), ("hold", "no_progress"))]
)
def test_writes_that_gain_nothing_come_to_an_end(gain: Gain, wanted: tuple[t.Any, ...]) -> None:
    seen = look("aaa")
    verdict = judge(seen, LIMITS)
    memory = dataclasses.replace(remember(Memory(), seen, verdict, GOAL), healthy_for=60.0, gain=gain)
    assert told(decide(Roll(seen, verdict, memory), GOAL)) == wanted


@pytest.mark.parametrize("asked, cut_off, given", [(900.0, 140, 900.0), (60.0, 140, 150.0), (60.0, 0, 60.0)])
def test_a_step_has_time_for_a_member_that_is_cut_off(asked: float, cut_off: int, given: float) -> None:
    assert lasting(asked, cut_off, GOAL.stable_seconds) == given
