# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an update is expected to cost, before it begins, against what was measured on the engine."""

from __future__ import annotations

import typing as t
from dataclasses import replace

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils._forecast import Costs, Forecast, forecast, measured_away, orders, restart
from ansible_collections.robustmq.placement_center.plugins.module_utils._planned import lines, plan
from ansible_collections.robustmq.placement_center.plugins.module_utils._profiles import PROFILES
from ansible_collections.robustmq.placement_center.plugins.module_utils._verdict import judge
from hypothesis import given
from hypothesis import strategies as st

from .test_verdict import LIMITS, observation, pod

QUICK, REAL, OLDEST = (1000, 2000), (10000, 20000), (299, 300)
UNKNOWN = 2200


def test_a_dead_leader_costs_what_was_measured_with_real_election_times() -> None:
    assert 33000 <= Costs(60000, REAL).first_vote(2) <= 36100


CASES = [
    ("back in time leads on", (2, 1, 0), {"g": 2}, Costs(2000, QUICK), Forecast(0, 2000)),
    ("too late, and last: one election", (0, 1, 2), {"g": 2}, Costs(9000, QUICK), Forecast(1, 3333)),
    ("too late, and first: again for each heir that has yet to go", (2, 1, 0), {"g": 2}, Costs(9000, QUICK), Forecast(2.25, 7499)),
    ("real times forgive half a minute", (2, 1, 0), {"g": 0}, Costs(30000, REAL), Forecast(0, 30000)),
    ("a leader that does not go costs nothing", (2, 1), {"g": 0}, Costs(9000, QUICK), Forecast(0, 0)),
    ("elections of all groups, the gap of the worst", (2, 1, 0), {"a": 0, "b": 0, "c": 1}, Costs(9000, QUICK), Forecast(3.5, 5000)),
    ("what returns may upset the others", (2, 1, 0), {"g": 1}, Costs(2200, OLDEST, 400, 0.5), Forecast(3.0, 2997)),
    ("and does so whoever goes last", (2, 0, 1), {"g": 1}, Costs(2200, OLDEST, 400, 0.5), Forecast(2.5, 2498)),
    ("nobody is known to lead", (2, 1, 0), {"g": None}, Costs(9000, QUICK), Forecast(0, 0)),
]


@pytest.mark.parametrize("order, leads, costs, wanted", [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_an_order_costs(order: tuple[int, ...], leads: dict[str, int | None], costs: Costs, wanted: Forecast) -> None:
    found = forecast(order, 3, leads, costs)
    assert found.elections == wanted.elections and abs(found.write_gap_ms - wanted.write_gap_ms) <= 1


@given(st.integers(1, 7), st.integers(0, 6), st.integers(100, 60000), st.sampled_from([QUICK, REAL]))
def test_leaders_last_never_costs_more(members: int, leader: int, away: int, times: tuple[int, int]) -> None:
    leads = {"g": leader % members}
    both = orders(range(members), leads)
    last, plain = (forecast(both[name], members, leads, Costs(away, times)) for name in ("leader_last", "ordinal"))
    assert last.elections <= 1 and last.write_gap_ms <= plain.write_gap_ms and last.elections <= plain.elections


def step(led: tuple[str, ...] = (), gap: int | None = 0, elections: int | None = 0, away: int | None = 1900) -> dict[str, t.Any]:
    return {"after": {}, "led": led, "write_gap_ms": gap, "elections": {"g": elections}, "away_ms": away}


AWAY = [
    ("nothing was ever measured", [], UNKNOWN),
    ("nobody came back", [{"steps": [{"after": None}]}], UNKNOWN),
    ("the leader's gap is the best measure", 3 * [{"steps": [step(), step(("g",), 2400)]}], 2400),
    ("a gap with an election is no absence", 3 * [{"steps": [step(("g",), 3300, 1, 8000)]}], 8000),
    ("one operation says little", [{"steps": [step(("g",), 1600)]}], (1600 + UNKNOWN) // 2),
    ("nor do two", [{"steps": [step(("g",), gap)]} for gap in (1600, 2700)], UNKNOWN),
    ("one that met a busy node is outvoted", [{"steps": [step(("g",), gap)]} for gap in (9000, 1500, 1700)], 1700),
    ("what is old counts no more", [{"steps": [step(("g",), gap)]} for gap in (1500, 1500, 1600, 9000, 9000, 9000, 9000)], 1600),
    ("a receipt without steps is skipped", [{"steps": []}, *3 * [{"steps": [step(away=1700)]}]], 1700),
]


@pytest.mark.parametrize("receipts, wanted", [c[1:] for c in AWAY], ids=[c[0] for c in AWAY])
def test_an_absence_is_taken_from_the_last_operations(receipts: list[dict[str, t.Any]], wanted: int) -> None:
    assert measured_away(receipts, "g", UNKNOWN) == wanted


def test_the_plan_is_told_in_plain_lines() -> None:
    members = [
        {"ordinal": 1, "name": "pc-1", "from": "0.3.0", "to": "0.4.0", "leads": []},
        {"ordinal": 0, "name": "pc-0", "from": None, "to": "0.4.0", "leads": ["g"]},
    ]
    expected = {"leader_last": {"elections": 1.0, "write_gap_ms": 3333}, "ordinal": {"elections": 2.25, "write_gap_ms": 7499}}
    assert lines({"order": "ordinal", "members": members, "forecast": expected, "notes": ["it rains"]}) == [
        "plan: pc-1  0.3.0 -> 0.4.0",
        "plan: pc-0  ? -> 0.4.0, leads g",
        "forecast: elections 2.25, writes wait 7.5 s in all (order leader_last: elections 1, writes wait 3.3 s in all)",
        "note: it rains",
    ]


def test_a_plan_tells_how_long_a_member_that_is_back_may_be_cut_off() -> None:
    seen = observation([])
    for seconds, wanted in ((140, ["cut off for up to 140 s"]), (0, [])):
        found = plan(seen, judge(seen, LIMITS), "img:2", "ordinal", Costs(2200, OLDEST, cut_off_seconds=seconds))["notes"]
        assert len(found) == len(wanted) and all(words in note for words, note in zip(wanted, found, strict=True))


# The seconds that each pod took for its volumes and network are made up, and so is what is wanted of the last three rows; the first three have absences
# that were measured on servers whose pods had not been asked for those seconds.
FIRST: list[tuple[str, str, list[int | None], int, float]] = [
    ("the real v0.4.11, its image on the node", "v0_4", [1, 0, 1], 2150, 0.35),
    ("the same, leaders apart", "v0_4", [1, 1, 1], 2510, 0.35),
    ("the service of the contract", "contract", [1, 1, 1], 1700, 0.35),
    ("a Kubernetes that does not tell", "v0_4", [None, None, None], 2200, 0.35),
    ("volumes that are attached for some seconds", "v0_4", [9, 10, 8], 10200, 0.35),
    ("one pod that waited, of three", "v0_4", [1, 4, 1], 2200, 0.5),
]


@pytest.mark.parametrize("profile, prepared, wanted, off", [row[1:] for row in FIRST], ids=[row[0] for row in FIRST])
def test_the_first_update_forecasts_from_the_pods_that_are_there(profile: str, prepared: list[int | None], wanted: int, off: float) -> None:
    pods = [replace(pod(n), prepared=took) for n, took in enumerate(prepared)]
    assert abs(restart(PROFILES[profile].away_ms, [*pods, None]) - wanted) <= off * wanted
