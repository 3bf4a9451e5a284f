# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The replacement's decisions: the interlock first, nobody starts on an empty volume with a vote, and every state has its next step."""

from __future__ import annotations

import typing as t
from dataclasses import replace

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils import _memory, _verdict
from ansible_collections.robustmq.placement_center.plugins.module_utils._entry import Job
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import BadInput
from ansible_collections.robustmq.placement_center.plugins.module_utils._gain import Gain
from ansible_collections.robustmq.placement_center.plugins.module_utils._guard import GUARD
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Answer, Claim, GroupView, Member, Observation, Pod
from ansible_collections.robustmq.placement_center.plugins.module_utils._pauses import Hold, Wait
from ansible_collections.robustmq.placement_center.plugins.module_utils._profiles import PROFILES
from ansible_collections.robustmq.placement_center.plugins.module_utils._replacement import decide
from ansible_collections.robustmq.placement_center.plugins.module_utils._replacement_checks import kept, plan, refusals
from ansible_collections.robustmq.placement_center.plugins.module_utils._replacement_gain import remember
from ansible_collections.robustmq.placement_center.plugins.module_utils._replacement_gate import without_own
from ansible_collections.robustmq.placement_center.plugins.module_utils._replacement_model import (
    Action,
    Discard,
    Done,
    Fence,
    Free,
    Goal,
    Join,
    Keep,
    Leave,
    Look,
    Memory,
    Stop,
    Write,
)
from ansible_collections.robustmq.placement_center.plugins.module_utils._replacement_telling import Told, groups, news
from ansible_collections.robustmq.placement_center.plugins.module_utils._replacing import DONE, HELD, HOLD, LEFT, RELEASED, REPLACING, Note, patch, read
from ansible_collections.robustmq.placement_center.plugins.module_utils._volume_model import Finding, Volume
from ansible_collections.robustmq.placement_center.plugins.modules import pc_replace_member

from .test_verdict import LIMITS, SILENT, observation
from .test_verdict import claim as bound
from .test_verdict import pod as running

OK = Answer(True)
WHOLE, TWO = frozenset({1, 2, 3}), frozenset({1, 3})
LIVE = {"spec": {"volumeClaimTemplates": [{"metadata": {"name": "data"}}]}}
GOAL = Goal(1, stable_seconds=3, step_timeout=60, patience=5, limits=LIMITS)
OLD = replace(bound(1), uid="old", version="7", finalizers=("kubernetes.io/pvc-protection",))
FENCED = replace(OLD, finalizers=(*OLD.finalizers, HOLD))
GOING = replace(FENCED, terminating=True)
GUARDED = replace(OLD, finalizers=(*OLD.finalizers, GUARD), terminating=True)
NEW = replace(OLD, uid="new", volume="pv-new")
BROKEN = replace(running(1, ready=False), trouble="pod_crashing", message="CrashLoopBackOff", started=False)
RETAINED, DELETED = Volume("Bound", "Retain", "ebs", "old", version="3"), Volume("Bound", "Delete", "ebs", "old", version="3")


def view(member: int, leader: int = 1, voters: frozenset[int] = WHOLE, **other: t.Any) -> GroupView:
    """What a member says that follows, or leads."""
    first = GroupView(
        id=member,
        state="Leader" if member == leader else "Follower",
        term=1,
        leader=leader,
        last_log=100,
        applied=100,
        voters=(voters,),
        nodes={i: f"pc-{i - 1}:1228" for i in voters},
        quorum_ack_ms=1 if member == leader else None,
        running=True,
        members_at=90,
    )
    return replace(first, **other)


def member(ordinal: int, raft: dict[str, GroupView] | None, pod: Pod | None = None, claim: Claim | None = None) -> Member:
    answer = OK if raft else SILENT
    return Member(ordinal, ordinal + 1, pod, claim, answer, answer, raft, Answer(None) if raft else SILENT)


def seen(
    mine: dict[str, GroupView] | None = None,
    pod: Pod | None = BROKEN,
    claim: Claim | None = OLD,
    note: Note | None = None,
    voters: frozenset[int] = WHOLE,
    leaders: tuple[int, ...] = (1,),
) -> Observation:
    """Members 0 and 2 serve; the one between is what it is told to be."""
    said = {i: {f"g{n}": view(i, leader, voters) for n, leader in enumerate(leaders)} for i in (1, 3)}
    others = [member(o, said[o + 1], running(o), bound(o)) for o in (0, 2)]
    found = observation([others[0], member(1, mine, pod, claim), others[1]])
    notes = patch("", note)["metadata"]["annotations"] if note else {}
    return replace(found, set=replace(t.cast(t.Any, found.set), annotations=notes, first_ordinal=0))


def look(found: Observation | None = None, volume: Volume | Finding | None = RETAINED, memory: Memory | None = None, **other: t.Any) -> Look:
    found = found or seen()
    memory = memory or Memory(_memory.Memory(at=0.0, healthy_for=10.0))
    return Look(found, without_own(_verdict.judge(found, LIMITS)), volume, memory, **other)


def waited(seconds: float, **other: t.Any) -> Memory:
    return Memory(_memory.Memory(at=0.0, gain=Gain(waited=seconds), healthy_for=10.0), **other)


def note(phase: str, claim: str = "old") -> Note:
    return Note(1, claim, ("pv-1",), phase)


def code(action: Action) -> str:
    return action.reasons[0].code if isinstance(action, (Wait, Hold)) else ""


def split(found: Observation) -> Observation:
    return replace(found, members=seen(leaders=(1, 3)).members)


SERVES = {"g0": view(2)}
EMPTY = {"g0": view(2, voters=frozenset(), nodes={}, applied=None, last_log=None, leader=1, state="Learner")}
GONE = {"pod": None, "claim": GOING}
JOINED = {"pod": running(1), "claim": NEW, "note": note(RELEASED)}
HALF: dict[str, GroupView] = {"g0": view(2), "g1": EMPTY["g0"]}


def half_joined() -> Observation:
    """A voter of the first group, unknown to the second."""
    found = seen(HALF, leaders=(1, 1), **JOINED)
    for m in found.members:
        if m.ordinal != 1 and m.raft:
            t.cast(dict[str, GroupView], m.raft)["g1"] = view(m.id, 1, TWO)
    return found


TABLE: list[tuple[str, Look, type, str]] = [
    ("nothing there", look(replace(seen(), set=None)), Hold, "set_missing"),
    ("no such member", look(replace(seen(), members=seen().members[:1])), Hold, "ordinal_unknown"),
    ("the lease is lost", look(lease=False), Hold, "lease_lost"),
    ("nobody is left to hear of it", look(abandoned=True), Hold, "abandoned"),
    ("a lost volume: it begins", look(), Write, ""),
    ("a member that serves is left alone", look(seen(SERVES, running(1))), Hold, "nothing_to_replace"),
    ("so is one whose image is missing", look(seen(pod=replace(BROKEN, trouble="pod_image"))), Hold, "pod_image"),
    ("leaders apart: nothing begins", look(seen(leaders=(1, 3))), Hold, "join_blocked"),
    ("it leads, beside another", look(seen({"g0": view(2, 2), "g1": view(2)}, running(1), leaders=(2, 1))), Hold, "member_leads"),
    ("no quorum without it: nothing begins", look(replace(seen(), members=(seen().members[0], *seen().members[1:2]))), Hold, "would_break_quorum"),
    ("another member's is under way", look(seen(note=Note(2, "x", (), HELD))), Hold, "replacement_unfinished"),
    ("a note that cannot be read", look(replace(seen(), set=replace(t.cast(t.Any, seen().set), annotations={REPLACING: "?"}))), Hold, "replacement_unfinished"),
    ("its volume is kept first", look(seen(note=note(HELD)), DELETED), Keep, ""),
    ("not if that may not be known", look(seen(note=note(HELD)), Finding("forbidden", "no")), Hold, "forbidden"),
    ("then its claim is held", look(seen(note=note(HELD))), Fence, ""),
    ("a volume that is gone need not be kept", look(seen(note=note(HELD)), None), Fence, ""),
    ("then deleted", look(seen(claim=FENCED, note=note(HELD))), Discard, ""),
    ("then its pod goes", look(seen(claim=GOING, note=note(HELD))), Stop, ""),
    ("which is waited for", look(seen(pod=replace(BROKEN, terminating=True), claim=GOING, note=note(HELD))), Wait, "pod_terminating"),
    ("not for ever", look(seen(pod=replace(BROKEN, terminating=True), claim=GOING, note=note(HELD)), memory=waited(61)), Hold, "step_timeout"),
    ("then it leaves", look(seen(note=note(HELD), **GONE)), Leave, ""),
    ("a refusal is not borne for ever", look(seen(note=note(HELD), **GONE), memory=waited(61, refused="no")), Hold, "step_timeout"),
    ("leaders apart meanwhile: it waits", look(split(seen(note=note(HELD), **GONE))), Wait, "join_blocked"),
    ("and then holds for that", look(split(seen(note=note(HELD), **GONE)), memory=waited(6)), Hold, "join_blocked"),
    ("it has left", look(seen(note=note(HELD), voters=TWO, **GONE)), Write, ""),
    ("the claim is held no longer", look(seen(note=note(LEFT), voters=TWO, **GONE)), Free, ""),
    ("one that somebody deleted, and its guard keeps: it leaves at once", look(seen(pod=None, claim=GUARDED, note=note(HELD))), Leave, ""),
    ("or its pod goes first", look(seen(claim=GUARDED, note=note(HELD))), Stop, ""),
    ("and the guard goes with it", look(seen(pod=None, claim=GUARDED, note=note(LEFT), voters=TWO)), Free, ""),
    ("but not while it could lose the quorum", look(split(seen(note=note(LEFT), voters=TWO, **GONE))), Wait, "join_blocked"),
    ("not while it votes", look(seen(note=note(LEFT), **GONE)), Write, ""),
    ("a pod that slipped in goes first", look(seen(claim=GOING, note=note(LEFT), voters=TWO)), Stop, ""),
    (
        "what others keep is waited for",
        look(seen(pod=None, claim=replace(GOING, finalizers=("other",)), note=note(LEFT), voters=TWO)),
        Wait,
        "claim_terminating",
    ),
    ("its claim is gone: the controller is told", look(seen(pod=None, claim=None, note=note(LEFT), voters=TWO)), Write, ""),
    ("its claim is new", look(seen(claim=NEW, note=note(LEFT), voters=TWO)), Write, ""),
    ("it is waited for", look(seen(pod=None, claim=None, note=note(RELEASED), voters=TWO)), Wait, "pod_missing"),
    ("not for ever", look(seen(pod=None, claim=None, note=note(RELEASED), voters=TWO), memory=waited(61)), Hold, "step_timeout"),
    ("it has joined, and is behind", look(seen(SERVES, **JOINED), memory=Memory(_memory.Memory(at=0.0, behind=frozenset({1})))), Wait, "not_caught_up"),
    ("it serves, but not for long", look(seen(SERVES, **JOINED), memory=Memory(_memory.Memory(at=0.0, healthy_for=1.0))), Wait, "not_stable"),
    ("it has proven itself", look(seen(SERVES, **JOINED)), Write, ""),
    ("all is done", look(seen(SERVES, running(1), NEW, note(DONE, "new"))), Done, ""),
    (
        "done once, and its volume is lost since",
        look(seen(SERVES, running(1), replace(NEW, phase="Lost"), note(DONE, "new"))),
        Hold,
        "nothing_to_replace",
    ),
    ("done once is not done for another claim", look(seen(claim=NEW, note=note(DONE))), Write, ""),
    ("half a join is given time", look(half_joined()), Wait, "member_empty"),
    ("and then finished", look(half_joined(), memory=Memory(half="stalled", half_for=5.0)), Join, ""),
    ("back by itself: the claim is held no longer", look(seen(SERVES, running(1), FENCED, note(HELD))), Free, ""),
    ("and nothing was given up", look(seen(SERVES, running(1), OLD, note(HELD))), Write, ""),
    ("a claim that is going cannot be given back", look(seen(SERVES, running(1), GOING, note(HELD))), Stop, ""),
    ("another claim, while it votes", look(seen(claim=NEW, note=note(HELD))), Write, ""),
    (
        "no claim that could be held: its volume is kept first",
        look(seen(claim=replace(OLD, terminating=True), note=note(HELD)), DELETED),
        Keep,
        "",
    ),
    (
        "then it leaves before its pod goes",
        look(seen(claim=replace(OLD, terminating=True), note=note(HELD))),
        Leave,
        "",
    ),
]


@pytest.mark.parametrize("found, kind, reason", [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_one_look_one_action(found: Look, kind: type, reason: str) -> None:
    action = decide(found, GOAL)
    assert isinstance(action, kind) and code(action) == reason, action


WRITTEN: list[tuple[str, Look, Note | None]] = [
    ("it begins with the claim that it has", look(), note(HELD)),
    ("it has left", look(seen(note=note(HELD), voters=TWO, **GONE)), note(LEFT)),
    ("it has joined again by itself on its old claim", look(seen(note=note(LEFT), **GONE)), note(HELD)),
    ("the controller is told", look(seen(pod=None, claim=None, note=note(LEFT), voters=TWO)), note(RELEASED)),
    ("done", look(seen(SERVES, **JOINED)), note(DONE, "new")),
    ("given back", look(seen(SERVES, running(1), OLD, note(HELD))), None),
    ("a volume that is gone is not kept", look(volume=None), Note(1, "old", (), HELD)),
    ("another claim is set aside too", look(seen(claim=NEW, note=note(HELD))), Note(1, "new", ("pv-1", "pv-new"), HELD, 2)),
]


@pytest.mark.parametrize("found, wanted", [row[1:] for row in WRITTEN], ids=[row[0] for row in WRITTEN])
def test_the_note_says_what_cannot_be_seen(found: Look, wanted: Note | None) -> None:
    assert decide(found, GOAL) == Write(wanted)


def test_what_the_leader_has_not_yet_settled_is_waited_for() -> None:
    found = seen(note=note(LEFT), voters=TWO, **GONE)
    for m in found.members:
        if m.raft:
            t.cast(dict[str, GroupView], m.raft)["g0"] = replace(m.raft["g0"], members_at=101)
    assert code(decide(look(found), GOAL)) == "membership_changing"


def test_a_member_that_serves_is_replaced_only_if_it_is_meant() -> None:
    found = look(seen(SERVES, running(1)))
    assert isinstance(decide(found, replace(GOAL, discard=True)), Write)
    again = look(seen(SERVES, running(1), NEW, note(DONE, "new")))
    assert isinstance(decide(again, replace(GOAL, discard=True)), Write)
    assert isinstance(decide(look(seen(SERVES, running(1), FENCED, note(HELD))), replace(GOAL, discard=True)), Discard)


def test_a_member_with_data_that_no_group_knows_begins_anew() -> None:
    found = seen(SERVES, voters=TWO, **JOINED)
    assert decide(look(found, memory=Memory(half="outside", half_for=5.0)), GOAL) == Write(Note(1, "new", ("pv-1", "pv-new"), HELD, 2))


@pytest.mark.parametrize(
    "mine, now",
    [
        ({"g0": view(2), "g1": view(2, voters=TWO, nodes={2: "a"})}, "stalled"),
        ({"g0": view(2), "g1": view(2, applied=None)}, "stalled"),
        (None, ""),
    ],
)
def test_how_long_a_join_stands_still_is_remembered(mine: dict[str, GroupView] | None, now: str) -> None:
    found = half_joined()
    found = replace(found, members=tuple(replace(m, raft=mine) if m.ordinal == 1 else m for m in found.members))
    memory = remember(Memory(), look(found), GOAL)
    assert memory.half == now
    later = remember(memory, look(replace(found, at=4.0)), GOAL)
    assert later.half_for == (4.0 if now else 0.0)
    assert remember(later, look(replace(found, at=8.0)), GOAL, wrote=True).half_for == 0.0


CANNOT: list[tuple[str, Look, dict[str, t.Any] | None, set[str]]] = [
    ("no set", look(replace(seen(), set=None)), None, {"set_missing"}),
    ("other claim templates", look(), {"spec": {}}, {"no_claim_template"}),
    ("no such member", look(replace(seen(), members=seen().members[:1])), LIVE, {"ordinal_unknown"}),
    ("another's is under way", look(seen(note=Note(2, "x", (), HELD))), LIVE, {"replacement_unfinished"}),
    (
        "it serves, and leaders are apart",
        look(seen({"g0": view(2), "g1": view(2, 3)}, running(1), leaders=(1, 3))),
        LIVE,
        {"nothing_to_replace", "join_blocked"},
    ),
    ("two voters", look(seen(voters=frozenset({1, 2}))), LIVE, {"too_few_voters", "would_break_quorum"}),
    (
        "it leads one of two groups",
        look(seen({"g0": view(2, 2, quorum_ack_ms=1), "g1": view(2)}, running(1), leaders=(2, 1))),
        LIVE,
        {"member_leads", "nothing_to_replace"},
    ),
]


@pytest.mark.parametrize("found, live, wanted", [row[1:] for row in CANNOT], ids=[row[0] for row in CANNOT])
def test_what_cannot_work_is_refused_and_all_of_it_is_told(found: Look, live: dict[str, t.Any] | None, wanted: set[str]) -> None:
    assert {r.reason for r in refusals(found, GOAL, live)} == wanted


def test_what_can_work_is_not_refused() -> None:
    assert refusals(look(), GOAL, LIVE) == []
    assert refusals(look(seen(SERVES, running(1), FENCED, note(HELD))), GOAL, LIVE) == [], "what was begun is gone on with"


def test_the_plan_has_the_steps_that_are_left() -> None:
    def steps(found: Look) -> list[str]:
        return [row["step"] for row in plan(found, GOAL)]

    assert steps(look(volume=DELETED)) == ["keep", "hold", "delete", "stop", "leave", "release", "join"]
    assert steps(look(seen(note=note(HELD), **GONE))) == ["leave", "release", "join"]
    assert steps(look(seen(note=note(LEFT), voters=TWO, **GONE))) == ["release", "join"]
    assert steps(look(seen(SERVES, **JOINED))) == ["join"]
    assert steps(look(seen(SERVES, running(1), NEW, note(DONE, "new")))) == []
    assert plan(look(half_joined()), GOAL) == [{"step": "join", "object": "pc-1", "groups": ["g1"]}]


def test_a_name_that_is_not_the_members_is_refused_before_anything_is_read() -> None:
    params = {name: option.get("default") for name, option in pc_replace_member.SPEC.items()}
    job = Job({**params, "namespace": "n", "name": "pc", "ordinal": 1, "discard": "pc-0"}, PROFILES["contract"], False)
    with pytest.raises(BadInput, match=r"'pc-0' is not the name pc-1") as refused:
        pc_replace_member.work(job)
    assert refused.value.reason == "not_confirmed"


def test_the_note_is_read_as_it_was_written() -> None:
    for phase in (HELD, LEFT, RELEASED, DONE):
        assert read(patch("7", note(phase))["metadata"]["annotations"]) == note(phase)
    assert read({}) is None and kept(None) == []
    (row,) = kept(note(DONE))
    assert row["volume"] == "pv-1" and row["remove"].startswith("kubectl patch pv pv-1 ")


def test_a_line_for_each_step_and_for_nothing_else() -> None:
    told, said = Told(), list[str]()
    story = [
        (look(), "its claim (volume pv-1) is set aside"),
        (look(seen(note=note(HELD))), "its claim is held"),
        (look(seen(claim=FENCED, note=note(HELD))), "its claim is deleted"),
        (look(seen(claim=GOING, note=note(HELD))), "its pod is stopped"),
        (look(seen(note=note(HELD), **GONE)), "leaves through pc-0"),
        (look(seen(note=note(HELD), voters=TWO, **GONE)), "votes nowhere any more; voters are g0 [1, 3]"),
        (look(seen(note=note(LEFT), voters=TWO, **GONE)), "its old claim goes"),
        (look(seen(pod=None, claim=None, note=note(LEFT), voters=TWO)), "a new claim and a new pod are made"),
        (look(seen(pod=None, claim=None, note=note(RELEASED), voters=TWO)), "its pod is gone"),
        (look(seen(SERVES, **JOINED)), "serves from its new volume"),
    ]
    for found, words in story:
        action = decide(found, GOAL)
        told, lines = news(told, found, GOAL, action)
        assert len(lines) == 1 and words in lines[0], (lines, words)
        assert news(told, found, GOAL, action)[1] == []
        said += lines
    assert all(line.startswith("pc-1  ") and line.endswith(", 00:00") for line in said)
    (held,) = news(told, look(lease=False), GOAL, decide(look(lease=False), GOAL))[1]
    assert held.startswith("holds: lease_lost")
    assert groups(look(half_joined()), GOAL) == [
        {"group": "g0", "leader": 1, "voters": [1, 2, 3], "member": "voter"},
        {"group": "g1", "leader": 1, "voters": [1, 3], "member": "none"},
    ]
