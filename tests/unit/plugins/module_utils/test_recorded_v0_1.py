# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What three processes of the real v0.1.28 answered, in states that were made on purpose, with the verdict that each demands."""

from __future__ import annotations

import dataclasses
import json
import typing as t

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils import _answers, _replacement_gate, _verdict
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Member, Observation
from ansible_collections.robustmq.placement_center.plugins.module_utils._profiles import PROFILES
from ansible_collections.robustmq.placement_center.plugins.module_utils._replacement_gate import STALLED, WAITING, seat

from .test_verdict import LIMITS, RECORDED, member, observation

PROFILE = PROFILES["v0_1"]


def recorded(name: str) -> Observation:
    """Its one group has no name of its own; ordinals begin at 1, as raft ids do."""
    said = json.loads((RECORDED / f"v0.1.28-{name}.json").read_text())

    def one(i: str) -> Member:
        content = said[i].get("content")
        raft = {str(PROFILE.single_group): _answers.view(content)} if content else None
        return member(int(i), raft, ready=raft is not None)

    return observation(one(i) for i in sorted(said))


# state, codes that must be there, whether writes are possible, members that answer and could be spared
STATES: list[tuple[str, set[str], bool, set[int]]] = [
    ("whole", set(), True, {1, 2, 3}),
    ("one-alone", {"no_leader"}, False, set()),
    ("emptied-voter", {"member_empty", "lag_unknown"}, True, {3}),
    ("emptied-voter-filled", set(), True, {1, 2, 3}),
    ("cut-off-follower", {"leaders_differ"}, True, {2}),
    ("cut-off-follower-back", set(), True, {1, 2, 3}),
    ("deposed-leader", {"leader_deposed", "term_behind", "leaders_differ"}, True, {3}),
    ("leader-dead", {"no_leader"}, False, set()),
    ("leader-away-new-leader", {"port_closed"}, True, set()),
    ("left", {"voter_missing", "leaders_differ", "membership_differs"}, True, {2}),
    ("empty-outside", {"member_empty", "voter_missing", "leaders_differ"}, True, {2}),
    ("learner", {"not_voter", "voter_missing"}, True, {2}),
    ("joined", set(), True, {1, 2, 3}),
]


@pytest.mark.parametrize("name, wanted, writable, spare", STATES, ids=[row[0] for row in STATES])
def test_a_recorded_state_gets_its_verdict(name: str, wanted: set[str], writable: bool, spare: set[int]) -> None:
    seen = recorded(name)
    verdict = _verdict.judge(seen, LIMITS)
    codes = {r.code for r in verdict.reasons}
    assert wanted <= codes and verdict.healthy is not bool(wanted), verdict.reasons
    assert "split_brain" not in codes and "two_of_one_id" not in codes
    assert [g.writes_possible for g in verdict.groups] == [writable]
    answering = {m.ordinal for m in seen.members if m.raft}
    assert {r.ordinal for r in verdict.restarts if r.ok} & answering == spare


def test_every_recorded_state_has_its_row() -> None:
    assert {f"v0.1.28-{row[0]}.json" for row in STATES} == {path.name for path in RECORDED.glob("v0.1.28-*.json")}


HALF = [("empty-outside", WAITING, "pc-2:1228"), ("learner", STALLED, "pc-2:1228"), ("joined", "", "pc-2:1228")]


@pytest.mark.parametrize("name, half, address", HALF, ids=[row[0] for row in HALF])
def test_a_new_member_waits_to_be_taken_in_and_is_reached_as_its_peers_are(name: str, half: str, address: str) -> None:
    seen = recorded(name)
    it = seat(seen.members[1], seen, _verdict.judge(seen, LIMITS))
    assert _replacement_gate.half(it, LIMITS, taken_in=True) == half
    assert _replacement_gate.address(it, seen) == address


def test_an_address_is_not_taken_from_the_new_member_itself() -> None:
    seen = recorded("empty-outside")
    liar = t.cast(dict[str, t.Any], seen.members[1].raft)
    raft = {name: dataclasses.replace(view, nodes={**view.nodes, 2: "elsewhere:1"}) for name, view in liar.items()}
    seen = dataclasses.replace(seen, members=(seen.members[0], dataclasses.replace(seen.members[1], raft=raft), seen.members[2]))
    it = seat(seen.members[1], seen, _verdict.judge(seen, LIMITS))
    assert _replacement_gate.address(it, seen) == "pc-2:1228"


def test_an_emptied_voter_does_not_serve() -> None:
    seen = recorded("emptied-voter")
    verdict = _verdict.judge(seen, LIMITS)
    assert [seat(m, seen, verdict).serves for m in seen.members] == [True, True, False]
