# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The growth's decisions: one claim at a time, only while the cluster is well, and the template last."""

from __future__ import annotations

import typing as t
from dataclasses import replace

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils._gain import WRITES, Gain
from ansible_collections.robustmq.placement_center.plugins.module_utils._growth import (
    Action,
    Ask,
    Done,
    Goal,
    Look,
    Memory,
    Recreate,
    decide,
    ordered,
    remember,
)
from ansible_collections.robustmq.placement_center.plugins.module_utils._growth_checks import plan, refusals
from ansible_collections.robustmq.placement_center.plugins.module_utils._growth_telling import news
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Observation, Reason, SetView, Usage, Verdict
from ansible_collections.robustmq.placement_center.plugins.module_utils._pauses import Hold, Wait
from ansible_collections.robustmq.placement_center.plugins.module_utils._volume_model import ClaimFacts, Class, Facts, Finding
from hypothesis import given
from hypothesis import strategies as st

from .test_volumes import DATA, NOW, OWNER, claim, facts

GIB = 1 << 30
GOAL = Goal("2Gi", stable_seconds=3, step_timeout=60, patience=5)
SET = SetView("pc", "set", 3, 0, True, 0, "r1", "r1", "image")
SEEN = Observation(0.0, 1, 1, SET, ())
WELL = Verdict(True, (), (), ())
STEADY = Memory(at=0.0, healthy_for=10.0)
NEW = replace(OWNER, templates=(replace(DATA, size="2Gi"),))


def grown(ordinal: int, **other: t.Any) -> ClaimFacts:
    return claim(ordinal, size="2Gi", capacity="2Gi", **other)


def measured(seen: Facts, *ordinals: int) -> Facts:
    """The kubelet has measured the new size of these."""
    return replace(seen, usages={**seen.usages, **{f"data-pc-{o}": Usage(2 * GIB, GIB, 1000, 900, "2026-01-01T00:00:00Z") for o in ordinals}})


def look(seen: Facts, memory: Memory = STEADY, verdict: Verdict = WELL, **other: t.Any) -> Look:
    return Look(seen, SEEN, verdict, memory, **other)


def ill(*reasons: Reason) -> Verdict:
    return Verdict(not reasons, reasons, (), ())


def asked(action: Action) -> int | None:
    return action.claim.ordinal if isinstance(action, Ask) else None


def code(action: Action) -> str:
    return action.reasons[0].code if isinstance(action, (Wait, Hold)) else ""


ALL = measured(facts(grown(0), grown(1), grown(2)), 0, 1, 2)
ONE = measured(facts(grown(2)), 2)
PENDING = facts(claim(2, size="2Gi", resize="NodeResizePending"))
BROKEN = facts(claim(2, size="2Gi", conditions={"ControllerResizeError": "the pool is full"}))
WARNED = claim(2, size="2Gi", resize="ControllerResizeInProgress", words="VolumeResizeFailed: the pool is full", heard=NOW - 20)

TABLE: list[tuple[str, Look, type, str]] = [
    ("nothing there", look(facts(set=None)), Hold, "set_missing"),
    ("the lease is lost", look(facts(), lease=False), Hold, "lease_lost"),
    ("nobody is left to hear of it", look(facts(), abandoned=True), Hold, "abandoned"),
    ("the first is asked", look(facts()), Ask, ""),
    ("the next is asked once the first has grown", look(ONE), Ask, ""),
    ("a growth is waited for", look(PENDING), Wait, "resize_pending"),
    ("not for ever", look(PENDING, replace(STEADY, gain=Gain(waited=61))), Hold, "step_timeout"),
    ("the file system must have it too", look(facts(grown(2))), Wait, "resize_pending"),
    ("a measurement that is forbidden is said", look(facts(grown(2), usages={"data-pc-2": Finding("forbidden", "no")})), Wait, "forbidden"),
    ("a failure is borne a while", look(BROKEN), Wait, "resize_failed"),
    ("and then held for", look(BROKEN, replace(STEADY, failed_for=5)), Hold, "resize_failed"),
    ("a warning alone is a failure too", look(facts(WARNED), replace(STEADY, failed_for=5)), Hold, "resize_failed"),
    (
        "one of a driver that has succeeded since is none",
        look(facts(replace(WARNED, resize="NodeResizePending")), replace(STEADY, failed_for=5)),
        Wait,
        "resize_pending",
    ),
    ("an old warning is none", look(facts(replace(WARNED, heard=NOW - 100)), replace(STEADY, failed_for=5)), Wait, "resize_pending"),
    ("an ill cluster bars the next", look(ONE, verdict=ill(Reason("no_leader", "none"))), Wait, "no_leader"),
    ("not for ever either", look(ONE, replace(STEADY, gain=Gain(waited=61)), ill(Reason("no_leader", "none"))), Hold, "step_timeout"),
    ("well, but not for long", look(ONE, replace(STEADY, healthy_for=1)), Wait, "not_stable"),
    ("the template comes last", look(ALL), Recreate, ""),
    ("all is done", look(replace(ALL, set=NEW)), Done, ""),
    ("done, and nothing asked of the cluster's health", look(replace(ALL, set=NEW), verdict=ill(Reason("no_leader", "none"))), Done, ""),
    ("after a write the end is proven", look(replace(ALL, set=NEW), replace(STEADY, wrote=True), ill(Reason("pod_missing", "p", 1))), Wait, "pod_missing"),
]


@pytest.mark.parametrize("seen, kind, reason", [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_one_look_one_action(seen: Look, kind: type, reason: str) -> None:
    action = decide(seen, GOAL)
    assert isinstance(action, kind) and code(action) == reason, action


def test_the_highest_ordinal_goes_first_and_a_full_volume_before_it() -> None:
    assert asked(decide(look(facts()), GOAL)) == 2 and asked(decide(look(ONE), GOAL)) == 1
    brim = replace(facts(), usages={**facts().usages, "data-pc-0": Usage(GIB, 0, 1000, 900, "2026-01-01T00:00:00Z")})
    sick = ill(Reason("storage_error", "no space left on device", 0), Reason("pod_not_ready", "p", 0))
    assert asked(decide(look(brim, verdict=sick), GOAL)) == 0, "growth is the cure"
    assert code(decide(look(brim, verdict=ill(Reason("pod_not_ready", "p", 1))), GOAL)) == "pod_not_ready"


def test_without_measuring_the_claims_status_is_believed() -> None:
    assert asked(decide(look(facts(grown(2))), replace(GOAL, measure=False))) == 1


CANNOT: list[tuple[str, Look, str, str]] = [
    ("no set", look(facts(set=None)), "2Gi", "set_missing"),
    ("smaller than the template", look(facts()), "512Mi", "claim_shrink"),
    ("smaller than a claim", look(facts(grown(1))), "1536Mi", "claim_shrink"),
    ("back to what a failed one has", look(BROKEN), "1Gi", "claim_shrink"),
    ("a class that does not grow", look(facts(classes={"ssd": Class("ebs", False, True)})), "2Gi", "not_expandable"),
    ("a class that is gone", look(facts(classes={"ssd": None})), "2Gi", "class_missing"),
    ("a class that may not be read", look(facts(classes={"ssd": Finding("forbidden", "no")})), "2Gi", "forbidden"),
    ("a claim that is missing", look(replace(facts(), claims={c.name: c for c in (claim(0), claim(1))})), "2Gi", "claim_missing"),
    ("a cluster that is ill", look(facts(), verdict=ill(Reason("lagging", "behind", 1))), "2Gi", "lagging"),
    ("claims that go with the set", look(facts(set=replace(OWNER, deletes=("deleted",)))), "2Gi", "retention_delete"),
]


def quota(hard: str, used: str = "3Gi", resource: str = "requests.storage") -> dict[str, t.Any]:
    return {"metadata": {"name": "q"}, "status": {"hard": {resource: hard}, "used": {resource: used}}}


@pytest.mark.parametrize("seen, size, reason", [row[1:] for row in CANNOT], ids=[row[0] for row in CANNOT])
def test_what_cannot_work_is_refused(seen: Look, size: str, reason: str) -> None:
    assert reason in [r.reason for r in refusals(seen, replace(GOAL, size=size), [])]


def test_what_can_work_is_not_refused() -> None:
    assert refusals(look(facts()), GOAL, [quota("6Gi")]) == []
    assert refusals(look(BROKEN), replace(GOAL, size="1536Mi"), []) == [], "a failed growth may be asked for with less"
    assert refusals(look(PENDING, verdict=ill(Reason("claim_resizing", "grows", 2))), GOAL, []) == [], "what was begun is gone on with"


@pytest.mark.parametrize("resource", ["requests.storage", "ssd.storageclass.storage.k8s.io/requests.storage"])
def test_a_quota_without_room_is_refused_with_what_is_missing(resource: str) -> None:
    (refused,) = refusals(look(facts()), GOAL, [quota("5Gi", resource=resource)])
    assert refused.reason == "quota_exceeded" and "3Gi more" in str(refused)


def test_every_refusal_is_told() -> None:
    seen = look(facts(classes={"ssd": Class("ebs", False, True)}), verdict=ill(Reason("lagging", "behind", 1)))
    assert {r.reason for r in refusals(seen, GOAL, [quota("3Gi")])} == {"not_expandable", "lagging", "quota_exceeded"}


def test_the_plan_names_what_is_to_grow_in_its_order() -> None:
    assert [(row["ordinal"], row["now"]) for row in plan(look(ONE), GOAL)] == [(1, "small"), (0, "small")]


def test_a_line_for_each_change_of_a_claim_and_for_nothing_else() -> None:
    seen = look(facts())
    told, lines = news({}, seen, GOAL, decide(seen, GOAL), {})
    assert lines == ["data-pc-2  1Gi -> 2Gi  asked for, 00:00"]
    for after, words in ((PENDING, "the node is next"), (facts(grown(2)), "1.00Gi, to be measured"), (ONE, "has the size; its file system: 2.00Gi")):
        seen = look(replace(after, at=seen.claims.at + 61))
        told, lines = news(told, seen, GOAL, Wait((Reason("not_stable", "s"),)), {"data-pc-2": seen.claims.at - 61})
        assert len(lines) == 1 and words in lines[0] and lines[0].endswith("01:01"), lines
        assert news(told, seen, GOAL, Wait((Reason("not_stable", "s"),)), {})[1] == []


STEPS = st.lists(st.tuples(st.sampled_from(["grow", "measure", "fail", "mend", "sick", "well", "nothing"]), st.integers(0, 2)), max_size=60)


@given(STEPS)
def test_whatever_happens_one_claim_grows_at_a_time_and_the_template_last(steps: list[tuple[str, int]]) -> None:
    """A small world: claims that were asked for grow, fail and are measured in any order, while the cluster falls ill and mends."""
    seen, memory, verdict, wrote = facts(), Memory(), WELL, False
    for what, ordinal in steps:
        seen = replace(_happens(what, ordinal, seen), at=seen.at + 2)
        verdict = {"sick": ill(Reason("no_leader", "none")), "well": WELL}.get(what, verdict)
        now = look(seen, memory, verdict)
        memory = remember(memory, now, GOAL, wrote)
        now = replace(now, memory=memory)
        action = decide(now, GOAL)
        under_way = [c for c in ordered(seen) if c.size == "2Gi" and not (c.capacity == "2Gi" and _fs(seen, c) == 2 * GIB)]
        assert len(under_way) <= 1
        wrote = isinstance(action, (Ask, Recreate))
        if isinstance(action, Ask):
            assert verdict.healthy and not under_way and action.claim.size == "1Gi"
            seen = replace(seen, claims={**seen.claims, action.claim.name: replace(action.claim, size="2Gi")})
        if isinstance(action, (Recreate, Done)):
            assert all(_fs(seen, c) == 2 * GIB for c in ordered(seen))
        if isinstance(action, Recreate):
            assert verdict.healthy
            seen = replace(seen, set=NEW)


def _fs(seen: Facts, c: ClaimFacts) -> int:
    used = seen.usages[c.name]
    return used.capacity if isinstance(used, Usage) else 0


def _happens(what: str, ordinal: int, seen: Facts) -> Facts:
    c = seen.claims[f"data-pc-{ordinal}"]
    if c.size == "1Gi":
        return seen
    if what == "measure" and c.capacity == "2Gi":
        return measured(seen, ordinal)
    changed = {
        "grow": replace(c, capacity="2Gi", conditions={}),
        "fail": replace(c, conditions={"NodeResizeError": "no"}) if c.capacity == "1Gi" else c,
        "mend": replace(c, conditions={}),
    }.get(what, c)
    return replace(seen, claims={**seen.claims, c.name: changed})


UNREST = ("no_leader", "lagging", "pod_missing")


@pytest.mark.parametrize("how", ["never_grows", "shrunk_again", "restless", "template_undone"])
def test_a_growth_that_gains_nothing_ends_in_a_hold(how: str) -> None:
    """Somebody takes back what is written, the driver says something else at every look, or the members come and go."""
    seen, memory, wrote, writes, action = facts(), Memory(), False, 0, t.cast(Action, Done())
    if how == "template_undone":
        seen = ALL
    for turn in range(400):
        seen = replace(seen, at=seen.at + 2)
        if how == "never_grows":
            words = ("NodeResizePending", "ControllerResizeInProgress")[turn % 2]
            seen = replace(seen, claims={n: replace(c, resize=words) if c.size == "2Gi" else c for n, c in seen.claims.items()})
        verdict = ill(Reason(UNREST[turn % 3], "now this")) if how == "restless" and turn % 2 else WELL
        now = look(seen, memory, verdict)
        memory = remember(memory, now, GOAL, wrote)
        action = decide(replace(now, memory=memory), GOAL)
        if isinstance(action, Hold):
            break
        wrote = isinstance(action, (Ask, Recreate))
        writes += wrote
        if isinstance(action, Ask) and how != "shrunk_again":
            seen = replace(seen, claims={**seen.claims, action.claim.name: replace(action.claim, size="2Gi")})
    assert isinstance(action, Hold) and action.reasons[0].code in ("step_timeout", "no_progress"), action
    assert writes <= WRITES + 1
