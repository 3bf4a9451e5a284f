# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verdict, on what the real RobustMQ v0.4.11 answered in states that were made on purpose, and on tables and properties."""

from __future__ import annotations

import dataclasses
import json
import pathlib
import typing as t

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils import _answers, _content, _report, _verdict
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import (
    ADDITIVE,
    COMPLETE,
    EMPTY,
    Answer,
    Budget,
    Claim,
    GroupView,
    Member,
    Node,
    Observation,
    Pod,
    Reason,
    SetView,
    Snapshots,
    Usage,
    Verdict,
)
from ansible_collections.robustmq.placement_center.plugins.module_utils._raft import Limits
from hypothesis import given
from hypothesis import strategies as st

RECORDED = pathlib.Path(__file__).parent / "recorded"
LIMITS = Limits()
OK, SILENT = Answer(True), Answer(False, "port_closed", "connection refused")


def pod(ordinal: int, ready: bool = True) -> Pod:
    return Pod(f"pc-{ordinal}", f"uid-{ordinal}", "Running", ready, False, 0, "img:1", "rev", "node", "10.0.0.1", "", True)


def claim(ordinal: int) -> Claim:
    return Claim(f"data-pc-{ordinal}", "Bound", "1Gi", "ssd", f"pv-{ordinal}", Usage(1000, 900, 1000, 990))


def member(ordinal: int, raft: t.Mapping[str, GroupView] | None, ready: bool = True) -> Member:
    return Member(ordinal, ordinal, pod(ordinal, ready), claim(ordinal), Answer(None), Answer(None), raft, Answer(None) if raft else SILENT)


def observation(members: t.Iterable[Member]) -> Observation:
    found = tuple(members)
    return Observation(
        at=0.0,
        took_ms=1,
        requests=1,
        set=SetView("pc", "u", len(found), 1, True, 0, "r", "r", "img:1"),
        members=found,
        nodes={"node": Node("node", True)},
        budgets=(Budget("pc", 1),),
        served={"pc": frozenset(m.pod.uid for m in found if m.pod and m.pod.ready)},
    )


def recorded(name: str) -> Observation:
    """Ids are ordinals here: the recorded processes were numbered from 1."""
    said = json.loads((RECORDED / f"v0.4.11-{name}.json").read_text())

    def one(i: str) -> Member:
        content = said[i].get("content")
        raft = {g: _answers.view(m) for g, m in content.items()} if isinstance(content, dict) else None
        return member(int(i), raft, ready=raft is not None)

    return observation(one(i) for i in sorted(said))


def codes(verdict: Verdict) -> set[str]:
    return {r.code for r in verdict.reasons}


WHOLE = [
    "whole",
    "whole-leaders-split",
    "whole-leader-returned-same-term",
    "whole-one-copy-restored",
    "9-cold-restart",
    "17-meta-only-on-initialised-data",
    "hollow-follower",  # by all that raft says: 2,123 of 2,511 acknowledged values are missing on member 3
]


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_cluster_is_healthy_and_any_one_member_may_restart(name: str) -> None:
    verdict = _verdict.judge(recorded(name), LIMITS)
    assert verdict.healthy, verdict.reasons
    assert [r.ordinal for r in verdict.restarts if r.ok] == [1, 2, 3]
    assert all(g.writes_possible for g in verdict.groups)


def test_a_member_without_room_is_no_reason_to_let_another_go() -> None:
    seen = recorded("whole")
    used = dataclasses.replace(claim(1), usage=Usage(1000, 0, 1000, 900))
    members = (dataclasses.replace(seen.members[0], claim=used), *seen.members[1:])
    verdict = _verdict.judge(dataclasses.replace(seen, members=members), Limits(min_free_percent=10))
    assert [r.ordinal for r in verdict.restarts if r.ok] == [members[0].ordinal]


@pytest.mark.parametrize(
    "usages, refused, wanted",
    [
        ((None, Usage(1000, 900, 1000, 900)), (), True),
        ((None, Usage(1000, 0, 1000, 900)), (), False),
        ((None, None), (Reason("free_space_unknown", "no right to nodes/proxy"),), False),
        ((Usage(1000, 900, 1000, 900),) * 2, (), False),
    ],
    ids=["one is not measured yet", "another is full", "nobody may ask", "all are measured"],
)
def test_only_what_a_kubelet_will_measure_is_worth_waiting_for(usages: tuple[Usage | None, ...], refused: tuple[Reason, ...], wanted: bool) -> None:
    seen = recorded("whole")
    known = (*usages, Usage(1000, 900, 1000, 900))
    members = tuple(dataclasses.replace(m, claim=dataclasses.replace(claim(m.ordinal), usage=u)) for m, u in zip(seen.members, known))
    seen = dataclasses.replace(seen, members=members, usage_unknown=refused)
    assert _verdict.unmeasured(seen, _verdict.judge(seen, Limits(min_free_percent=10))) is wanted


ALL = {"data_0", "metadata_0", "offset_0"}
# state, codes that must be there, groups that can still be written, members that answer and could be spared
BROKEN: list[tuple[str, set[str], set[str], set[int]]] = [
    ("1-first-alone", {"voter_missing", "port_closed"}, ALL, set()),
    ("two-of-three-joined", {"voter_missing", "port_closed"}, ALL, set()),
    ("two-of-three-quorum", {"port_closed", "join_blocked"}, ALL, set()),
    ("leader-dead-3s", {"no_leader"}, set(), set()),
    ("leader-stopped-3s-leaders-split", {"no_leader"}, {"data_0"}, set()),
    ("14-stopped-leader-continued", {"no_leader"}, set(), set()),
    ("follower-cannot-rejoin", {"port_closed", "join_blocked"}, ALL, set()),
    ("half-left", {"membership_differs", "voter_missing", "join_blocked"}, ALL, set()),
    ("half-joined", {"not_voter", "member_empty", "term_behind", "voter_missing", "membership_differs"}, ALL, {2}),
    ("split-brain-empty-volume", {"split_brain", "voter_missing"}, {"data_0", "offset_0"}, set()),
]


@pytest.mark.parametrize("name, wanted, writable, spare", BROKEN, ids=[c[0] for c in BROKEN])
def test_a_broken_cluster_says_what_is_broken_and_which_member_could_be_spared(name: str, wanted: set[str], writable: set[str], spare: set[int]) -> None:
    seen = recorded(name)
    verdict = _verdict.judge(seen, LIMITS)
    assert not verdict.healthy
    assert wanted <= codes(verdict)
    assert {g.name for g in verdict.groups if g.writes_possible} == writable
    answering = {m.ordinal for m in seen.members if m.raft}
    assert {r.ordinal for r in verdict.restarts if r.ok} & answering == spare


def test_a_dead_leader_is_no_leader_although_two_members_name_it() -> None:
    verdict = _verdict.judge(recorded("leader-dead-3s"), LIMITS)
    assert {r.group for r in verdict.reasons if r.code == "no_leader"} == {"data_0", "metadata_0", "offset_0"}
    assert all("still name [1]" in r.message for r in verdict.reasons if r.code == "no_leader")


def test_only_the_groups_of_a_stopped_leader_are_without_one() -> None:
    verdict = _verdict.judge(recorded("leader-stopped-3s-leaders-split"), LIMITS)
    assert {r.group for r in verdict.reasons if r.code == "no_leader"} == {"metadata_0", "offset_0"}


def test_a_half_joined_member_is_named_with_its_group() -> None:
    verdict = _verdict.judge(recorded("half-joined"), LIMITS)
    assert {(r.member, r.group) for r in verdict.reasons if r.code == "not_voter"} == {(2, "metadata_0")}


def view(i: int, leader: int | None = 1, **other: t.Any) -> GroupView:
    state = "Leader" if leader == i else "Follower"
    voters = (frozenset({1, 2, 3}),)
    fields: dict[str, t.Any] = {
        "id": i,
        "state": state,
        "term": 5,
        "leader": leader,
        "last_log": 100,
        "applied": 100,
        "voters": voters,
        "nodes": {1: "a", 2: "b", 3: "c"},
        "quorum_ack_ms": 3 if leader == i else None,
        "running": True,
    }
    return GroupView(**{**fields, **other})


def three(**changed: t.Any) -> Observation:
    """Three members; m1, m2, m3 replace fields of one member's view, or its whole view by None."""

    def one(i: int) -> Member:
        change = changed.get(f"m{i}", {})
        return member(i, None if change is None else {"g": view(i, **change)})

    return observation(one(i) for i in (1, 2, 3))


FINDINGS = [
    ("nothing is wrong", {}, set()),
    ("a follower is a little behind", {"m2": {"applied": 10}}, set()),
    ("a follower is far behind", {"m1": {"last_log": 400}, "m2": {"applied": 400}}, {"lagging"}),
    ("how far it is behind is unknown", {"m2": {"applied": None}}, {"lag_unknown"}),
    ("a learner that never catches up", {"m3": {"state": "Learner", "applied": 1, "last_log": 1}}, {"not_voter"}),
    ("a follower is in an older term", {"m3": {"term": 4}}, {"term_behind"}),
    ("a follower names nobody", {"m3": {"leader": None}}, {"leaders_differ"}),
    ("two lead, and both are heard", {"m2": {"leader": 2, "term": 6, "quorum_ack_ms": 3}}, {"split_brain"}),
    ("an old leader that nobody hears", {"m2": {"leader": 2, "term": 4, "quorum_ack_ms": 9000}}, {"leader_deposed", "term_behind"}),
    ("a member has another's identity", {"m3": {"id": 2}}, {"wrong_id", "two_of_one_id"}),
    ("a member on an empty volume", {"m3": {"state": "Learner", "applied": None, "voters": (), "leader": None}}, {"member_empty", "not_voter"}),
    ("two lead in one term", {"m2": {"leader": 2, "quorum_ack_ms": 3}}, {"split_brain"}),
    ("raft has stopped", {"m3": {"running": False}}, {"raft_stopped"}),
    ("the leader has lost its quorum", {"m1": {"quorum_ack_ms": 60000}}, {"quorum_stale"}),
    ("the leader never had a quorum", {"m1": {"quorum_ack_ms": None}}, {"quorum_stale"}),
    ("membership is changing", {"m1": {"voters": (frozenset({1, 2, 3}), frozenset({1, 2}))}}, {"membership_changing", "membership_differs"}),
    ("a member is silent", {"m3": None}, {"port_closed"}),
]


@pytest.mark.parametrize("changed, wanted", [c[1:] for c in FINDINGS], ids=[c[0] for c in FINDINGS])
def test_one_fault_has_its_own_code(changed: dict[str, t.Any], wanted: set[str]) -> None:
    found = codes(_verdict.judge(three(**changed), LIMITS))
    assert found == wanted if not wanted else wanted <= found


def test_a_restart_is_judged_without_the_member_itself() -> None:
    verdict = _verdict.judge(three(m3={"applied": 0, "last_log": 0}, m1={"last_log": 9000, "applied": 9000}, m2={"applied": 9000}), LIMITS)
    assert [r.ordinal for r in verdict.restarts if r.ok] == [3]


def test_a_member_that_calls_itself_unfit_is_not_counted_though_kubernetes_still_says_ready() -> None:
    members = list(three().members)
    members[2] = dataclasses.replace(members[2], ready=Answer(False, "storage_error", "says so itself"))
    verdict = _verdict.judge(observation(members), LIMITS)
    assert [r.ordinal for r in verdict.restarts if r.ok] == [3] and codes(verdict) == {"storage_error"}


def test_no_set_is_not_healthy() -> None:
    verdict = _verdict.judge(Observation(0.0, 1, 1, None, ()), LIMITS)
    assert not verdict.healthy and codes(verdict) == {"set_missing"}


def told(verdict: Verdict) -> dict[str, str]:
    """The concerns about raft, by code."""
    return {r.code: r.message for r in verdict.concerns}


def three_groups(*leaders: int | None) -> Observation:
    """Three members that serve; one group each for these leaders."""
    groups = {f"g{n}": leader for n, leader in enumerate(leaders)}
    return observation(member(i, {name: view(i, leader) for name, leader in groups.items()}) for i in (1, 2, 3))


def without(seen: Observation, ordinal: int) -> Observation:
    members = tuple(dataclasses.replace(m, raft=None, raft_error=SILENT) if m.ordinal == ordinal else m for m in seen.members)
    return dataclasses.replace(seen, members=members)


# What was seen, the concern, a reason that says it already.
APART = [
    ("one leads all", recorded("whole"), False, False),
    ("recorded: all serve, two lead", recorded("whole-leaders-split"), True, False),
    ("recorded: the leader came back and leads less", recorded("whole-leader-returned-same-term"), True, False),
    ("recorded: so it stays through a cold start", recorded("9-cold-restart"), True, False),
    ("recorded: one is missing", recorded("two-of-three-quorum"), False, True),
    ("recorded: one has left some groups", recorded("half-left"), False, True),
    ("recorded: no leader at all", recorded("leader-dead-3s"), False, False),
    ("three groups, three leaders", three_groups(1, 2, 3), True, False),
    ("one group is without a leader, the others are apart", three_groups(1, 2, None), True, False),
    ("one group is without a leader, the others are not", three_groups(1, 1, None), False, False),
    ("a member is silent", without(three_groups(1, 2, 2), 3), False, True),
    ("one group", three_groups(2), False, False),
]


@pytest.mark.parametrize("seen, concern, reason", [c[1:] for c in APART], ids=[c[0] for c in APART])
def test_leaders_apart_are_a_concern_until_they_stand_in_the_way(seen: Observation, concern: bool, reason: bool) -> None:
    verdict = _verdict.judge(seen, LIMITS)
    assert ("leaders_apart" in told(verdict), "join_blocked" in codes(verdict)) == (concern, reason)


def test_leaders_apart_say_who_leads_what_and_what_it_forbids() -> None:
    verdict = _verdict.judge(recorded("whole-leaders-split"), LIMITS)
    text = "different members lead the raft groups (metadata_0, offset_0 by 2; data_0 by 3): while they do, no member can be replaced, join or leave"
    assert verdict.healthy and told(verdict) == {"leaders_apart": text}


CUT = {"m1": {"purged": 40}}
# What the server's snapshots carry, what the members say; what is told of them.
UNSEEN = [
    ("everything", COMPLETE, three(**CUT), ""),
    ("nothing", EMPTY, three(**CUT), "brings nothing; with lag 0 it then lacks what was written meanwhile"),
    ("all but deletions", ADDITIVE, three(**CUT), "deletes nothing; with lag 0 it then still has what was deleted meanwhile"),
    ("recorded: one lacks 2123 of 2511 values", EMPTY, recorded("hollow-follower"), "lacks what was written meanwhile"),
    ("recorded: a young one, whose logs are whole", EMPTY, recorded("whole"), ""),
    ("nothing, and every log is whole", EMPTY, three(), ""),
    ("nothing, and there is one member", EMPTY, observation([member(1, {"g": view(1, purged=40, voters=(frozenset({1}),))})]), ""),
    ("nothing, and the one that tells it is silent", EMPTY, without(three(**CUT), 1), ""),
]


@pytest.mark.parametrize("carry, seen, wanted", [c[1:] for c in UNSEEN], ids=[c[0] for c in UNSEEN])
def test_what_a_snapshot_does_not_carry_is_told_where_one_may_have_been_taken(carry: str, seen: Observation, wanted: str) -> None:
    seen = dataclasses.replace(seen, snapshots=Snapshots(carry, 1000))
    verdict = _verdict.judge(seen, LIMITS)
    text = told(verdict).get("content_unknown", "")
    assert text.endswith(wanted) and bool(text) == bool(wanted)
    assert verdict.healthy == (SILENT not in {m.raft_error for m in seen.members})


def test_it_is_one_line_and_the_last() -> None:
    seen = dataclasses.replace(three_groups(1, 2), snapshots=Snapshots(EMPTY, 1000), budgets=())
    members = tuple(dataclasses.replace(m, raft={name: dataclasses.replace(v, purged=1) for name, v in (m.raft or {}).items()}) for m in seen.members)
    seen = dataclasses.replace(seen, members=members)
    verdict = _verdict.judge(seen, LIMITS)
    assert [r.code for r in verdict.concerns] == ["budget_missing", "leaders_apart", "content_unknown"]
    assert _report.screen(seen, verdict)[-1]["text"].startswith("content_unknown: ")


WINDOWS = [
    ("everything is carried", Snapshots(), 2500, None),
    ("away as long as was measured", Snapshots(EMPTY, 1000), 2500, 400),
    ("away for longer, so fewer", Snapshots(EMPTY, 1000), 10000, 100),
    ("other words, the same window", Snapshots(ADDITIVE, 1000), 2500, 400),
    ("no time at all", Snapshots(EMPTY, 1000), 0, 1000000),
]


@pytest.mark.parametrize("snapshots, away, rate", [c[1:] for c in WINDOWS], ids=[c[0] for c in WINDOWS])
def test_a_plan_says_how_fast_may_be_written(snapshots: Snapshots, away: int, rate: int | None) -> None:
    said = _content.window(snapshots, away)
    assert bool(said) == (rate is not None) and (not said or f"from some {rate} a second on" in said[0])


FAULTS: list[dict[str, t.Any]] = [
    {"term": None},
    {"applied": None},
    {"leader": None},
    {"state": None},
    {"state": "Learner"},
    {"running": False},
    {"voters": ()},
    {"id": 9},
    {"id": None},
]


@given(st.lists(st.tuples(st.integers(1, 3), st.sampled_from([*FAULTS, None])), min_size=1, max_size=4))
def test_adding_faults_or_removing_knowledge_never_makes_it_healthy_nor_frees_a_restart(faults: list[tuple[int, t.Any]]) -> None:
    members = list(three().members)
    free = 3
    for i, fault in faults:
        raft = members[i - 1].raft
        worse = None if fault is None or raft is None else {"g": dataclasses.replace(raft["g"], **fault)}
        members[i - 1] = dataclasses.replace(members[i - 1], raft=worse, raft_error=SILENT if worse is None else Answer(None))
        verdict = _verdict.judge(observation(members), LIMITS)
        assert not verdict.healthy
        now = sum(r.ok for r in verdict.restarts)
        assert now <= free
        free = now
