# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which voter is copied, what is in its copy at least, and what breaks the bracket around it."""

from __future__ import annotations

import json
import typing as t
from dataclasses import replace

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils import _fence, _verdict
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import GroupView, Member, Observation, Reason, Verdict
from hypothesis import given
from hypothesis import strategies as st

from .test_verdict import BROKEN, LIMITS, WHOLE, claim, member, observation, recorded, three, view

Views = dict[str, dict[str, t.Any]]
VOTERS = (frozenset({1, 2, 3}),)


def look(**changed: t.Any) -> tuple[Observation, Verdict]:
    seen = three(**changed)
    return seen, _verdict.judge(seen, LIMITS)


def groups(*leaders: int) -> tuple[Observation, Verdict]:
    """Three members of as many groups as leaders are named."""
    seen = observation(member(i, {f"g{n}": view(i, leader) for n, leader in enumerate(leaders)}) for i in (1, 2, 3))
    return seen, _verdict.judge(seen, LIMITS)


def chosen(found: Member | Reason) -> int | str:
    return found.ordinal if isinstance(found, Member) else found.code


# What keeps any copy from being whole


@pytest.mark.parametrize("name", WHOLE)
def test_nothing_speaks_against_a_copy_of_a_whole_cluster(name: str) -> None:
    assert _fence.bars(_verdict.judge(recorded(name), LIMITS)) == ()


BARS = {
    "1-first-alone": set(),
    "two-of-three-joined": set(),
    "two-of-three-quorum": set(),
    "leader-dead-3s": {"no_leader"},
    "leader-stopped-3s-leaders-split": {"no_leader"},
    "14-stopped-leader-continued": {"no_leader"},
    "follower-cannot-rejoin": set(),
    "half-left": {"membership_differs"},
    "half-joined": {"membership_differs"},
    "split-brain-empty-volume": {"split_brain"},
}


@pytest.mark.parametrize("name", [c[0] for c in BROKEN])
def test_what_bars_a_copy_of_a_broken_cluster(name: str) -> None:
    found = {r.code for r in _fence.bars(_verdict.judge(recorded(name), LIMITS))}
    assert BARS[name] <= found <= set(_fence.BARRING) and bool(found) == bool(BARS[name]), found


def test_a_cluster_that_nobody_could_ask_bars() -> None:
    assert [r.code for r in _fence.bars(look(m1=None, m2=None, m3=None)[1])] == ["no_leader"]


# Whom to copy

CHOICE: list[tuple[str, dict[str, t.Any], int | str]] = [
    ("the highest follower", {}, 3),
    ("a learner never", {"m3": {"state": "Learner"}}, 2),
    ("one that the leader does not count as a voter", {"m1": {"voters": (frozenset({1, 2}),)}}, 2),
    ("one that lags too far never", {"m3": {"applied": 0}, "m1": {"last_log": 400, "applied": 400}, "m2": {"applied": 400}}, 2),
    ("one that lags within the limit", {"m3": {"applied": 1}}, 3),
    ("one whose index is unknown never", {"m3": {"applied": None}}, 2),
    ("one of an older term never", {"m3": {"term": 4}}, 2),
    ("one that names nobody never", {"m3": {"leader": None}}, 2),
    ("one whose raft has stopped never", {"m3": {"running": False}}, 2),
    ("one that is silent never", {"m3": None}, 2),
    ("the leader, if it alone is fit", {"m2": None, "m3": {"state": "Learner"}}, 1),
    ("nobody, if what is committed is unknown", {"m1": {"applied": None}}, "no_voter_fit"),
    ("nobody, without a leader", {"m1": None}, "no_voter_fit"),
]


@pytest.mark.parametrize("changed, wanted", [c[1:] for c in CHOICE], ids=[c[0] for c in CHOICE])
def test_whom_to_copy(changed: dict[str, t.Any], wanted: int | str) -> None:
    seen, verdict = look(**changed)
    assert chosen(_fence.voter(seen, verdict, LIMITS)) == wanted


def test_one_that_is_asked_for_is_taken_only_if_it_is_fit() -> None:
    seen, verdict = look(m3={"state": "Learner"})
    assert [chosen(_fence.voter(seen, verdict, LIMITS, wanted)) for wanted in (1, 2, 3, 7)] == [1, 2, "voter_not_fit", "voter_not_fit"]


@pytest.mark.parametrize("leaders, wanted", [((3, 3), 2), ((3, 2), 1), ((3, 2, 1), 3), ((3, 3, 2, 1), 2), ((1, 1, 3), 2)])
def test_one_that_leads_nothing_is_rather_taken(leaders: tuple[int, ...], wanted: int) -> None:
    seen, verdict = groups(*leaders)
    assert chosen(_fence.voter(seen, verdict, LIMITS)) == wanted


CLAIMS: list[tuple[str, dict[str, t.Any]]] = [
    ("no claim", {"claim": None}),
    ("a claim that is not bound", {"claim": replace(claim(3), phase="Pending")}),
    ("no pod", {"pod": None}),
]


@pytest.mark.parametrize("changed", [c[1] for c in CLAIMS], ids=[c[0] for c in CLAIMS])
def test_a_member_without_a_volume_of_its_own_cannot_be_copied(changed: dict[str, t.Any]) -> None:
    seen = three()
    seen = replace(seen, members=(*seen.members[:2], replace(seen.members[2], **changed)))
    assert chosen(_fence.voter(seen, _verdict.judge(seen, LIMITS), LIMITS)) == 2


def test_a_member_that_stops_is_not_copied() -> None:
    seen = three()
    going = seen.members[2]
    assert going.pod
    seen = replace(seen, members=(*seen.members[:2], replace(going, pod=replace(going.pod, terminating=True))))
    assert chosen(_fence.voter(seen, _verdict.judge(seen, LIMITS), LIMITS)) == 2


VIEWS = st.fixed_dictionaries(
    {},
    optional={
        "state": st.sampled_from(["Leader", "Follower", "Learner", "Candidate", None]),
        "term": st.sampled_from([4, 5, 6, None]),
        "leader": st.sampled_from([1, 2, 3, None]),
        "last_log": st.sampled_from([0, 100, 300, None]),
        "applied": st.sampled_from([0, 100, 300, None]),
        "voters": st.sampled_from([VOTERS, (frozenset({1, 2}),), (frozenset({1, 2, 3}), frozenset({1, 2})), ()]),
        "running": st.booleans(),
        "quorum_ack_ms": st.sampled_from([3, 9000, None]),
    },
)
ANY = st.fixed_dictionaries({name: st.one_of(st.none(), VIEWS) for name in ("m1", "m2", "m3")})


@given(ANY, st.sampled_from([None, 1, 2, 3]))
def test_no_learner_and_no_lagging_voter_is_ever_chosen(changed: dict[str, t.Any], wanted: int | None) -> None:
    seen, verdict = look(**changed)
    found = _fence.voter(seen, verdict, LIMITS, wanted)
    if isinstance(found, Reason):
        return
    assert wanted in (None, found.ordinal)
    lead = _fence.heads(seen, verdict)["g"]
    mine = (found.raft or {})["g"]
    assert mine.state in ("Leader", "Follower") and found.id in lead.voters[-1] and mine.running
    assert (mine.leader, mine.term) == (lead.id, lead.term)
    assert mine.applied is not None and lead.last_log is not None and lead.last_log - mine.applied <= LIMITS.max_lag
    spare = [m for m in seen.members if isinstance(_fence.voter(seen, verdict, LIMITS, m.ordinal), Member)]
    if wanted is None and any(m.id != lead.id for m in spare):
        assert found.id != lead.id and found.ordinal == max(m.ordinal for m in spare if m.id != lead.id)


# The fence


def test_the_fence_is_what_the_leaders_have_applied() -> None:
    assert _fence.index(*look(m1={"applied": 90, "last_log": 95}, m2={"applied": 80})) == {"g": 90}
    assert _fence.index(*groups(1, 2)) == {"g0": 100, "g1": 100}


@pytest.mark.parametrize("applied, short", [(100, []), (99, ["g"]), (101, []), (None, ["g"])])
def test_a_member_is_short_of_the_fence_until_it_has_applied_it(applied: int | None, short: list[str]) -> None:
    seen, _verdict_of_it = look(m2={"applied": applied})
    assert [r.group for r in _fence.short(seen.members[1], {"g": 100})] == short


def test_a_member_that_says_nothing_is_short_of_every_fence() -> None:
    seen, _verdict_of_it = look(m2=None)
    assert [(r.code, r.group) for r in _fence.short(seen.members[1], {"g": 0, "h": 0})] == [("fence_not_reached", "g"), ("fence_not_reached", "h")]


# The bracket


def shifted(leader: int, **other: t.Any) -> Views:
    """Every member's view, under another leader or in another way."""
    return {
        f"m{i}": {"leader": leader, "state": "Leader" if i == leader else "Follower", "quorum_ack_ms": 3 if i == leader else None, **other} for i in (1, 2, 3)
    }


BRACKET: list[tuple[str, Views, str]] = [
    ("nothing has changed", {}, ""),
    ("writes have gone on", shifted(1, applied=900, last_log=900), ""),
    ("a follower is silent now", {"m3": t.cast("dict[str, t.Any]", None)}, ""),
    ("a follower has fallen behind", {"m3": {"applied": 1}}, ""),
    ("another leads", shifted(2, term=6), "its leader was 1 before the copy and 2 after it"),
    ("another leads in the same term", shifted(2), "its leader was 1 before the copy and 2 after it"),
    ("the same leads in a new term", shifted(1, term=6), "its term was 5 before the copy and 6 after it"),
    ("a voter has left", shifted(1, voters=(frozenset({1, 2}),)), "its voters was [[1, 2, 3]] before the copy and [[1, 2]] after it"),
    ("voters are changing", shifted(1, voters=(*VOTERS, frozenset({1, 2}))), "its voters was [[1, 2, 3]] before the copy and [[1, 2, 3], [1, 2]] after it"),
    ("nobody leads now", {"m1": t.cast("dict[str, t.Any]", None)}, "g could not be read after the copy"),
]


@pytest.mark.parametrize("changed, words", [c[1:] for c in BRACKET], ids=[c[0] for c in BRACKET])
def test_what_breaks_the_bracket(changed: Views, words: str) -> None:
    found = _fence.moved(look(), look(**changed))
    assert bool(found) == bool(words) and (not words or (found[0].code == "bracket_broken" and words in found[0].message)), found


@given(ANY, ANY)
def test_two_looks_make_a_bracket_only_if_leader_term_and_voters_agree(one: Views, two: Views) -> None:
    before, after = look(**one), look(**two)

    def told(views: t.Mapping[str, GroupView]) -> dict[str, t.Any]:
        return {name: (v.id, v.term, v.voters) for name, v in views.items()}

    if not _fence.moved(before, after):
        a, b = told(_fence.heads(*before)), told(_fence.heads(*after))
        assert all(b.get(name) == facts for name, facts in a.items())
        assert not _fence.bars(after[1])


def test_every_group_is_bracketed() -> None:
    found = _fence.moved(groups(1, 2, 3), groups(1, 2, 1))
    assert [r.group for r in found] == ["g2"]


# What a manifest tells


def test_the_facts_of_every_group_can_be_written_down() -> None:
    told = _fence.facts(*look(m2={"applied": 90}, m3=None))
    assert json.loads(json.dumps(told)) == told
    group = told["g"]
    assert (group["leader"], group["term"], group["committed"], group["last_log"], group["voters"]) == (1, 5, 100, 100, [[1, 2, 3]])
    assert group["nodes"] == {"1": "a", "2": "b", "3": "c"}
    assert group["members"]["2"] == {"applied": 90, "last_log": 100, "state": "Follower"} and "3" not in group["members"]
