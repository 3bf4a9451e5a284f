# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Kubernetes tells against health: each fact its code, and what is not known is never healthy."""

from __future__ import annotations

import dataclasses
import typing as t

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils import _verdict
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Answer, Budget, Node, Observation, Reason, Usage
from ansible_collections.robustmq.placement_center.plugins.module_utils._raft import Limits
from hypothesis import given
from hypothesis import strategies as st

from .test_verdict import FAULTS, LIMITS, SILENT, codes, three

Change = t.Callable[[Observation], Observation]
REFUSED = Answer(False, "port_closed", "connection refused")


def seen(**fields: t.Any) -> Change:
    """Replaces fields of the observation."""
    return lambda o: dataclasses.replace(o, **fields)


def member(**fields: t.Any) -> Change:
    """Replaces fields of the second member."""
    return lambda o: dataclasses.replace(o, members=tuple(dataclasses.replace(m, **fields) if m.ordinal == 2 else m for m in o.members))


def _inner(part: str, fields: dict[str, t.Any]) -> Change:
    def change(o: Observation) -> Observation:
        found = getattr(o.members[1], part) if o.members else None
        return o if found is None else member(**{part: dataclasses.replace(found, **fields)})(o)

    return change


def pod(**fields: t.Any) -> Change:
    """Replaces fields of the second member's pod."""
    return _inner("pod", fields)


def claim(**fields: t.Any) -> Change:
    """Replaces fields of the second member's claim."""
    return _inner("claim", fields)


def raft(**fields: t.Any) -> Change:
    """Replaces fields of what the second member says of its group."""

    def change(o: Observation) -> Observation:
        said = o.members[1].raft if o.members else None
        return o if said is None else member(raft={"g": dataclasses.replace(said["g"], **fields)})(o)

    return change


def also(*changes: Change) -> Change:
    """All of them, one after the other."""

    def change(o: Observation) -> Observation:
        for one in changes:
            o = one(o)
        return o

    return change


NOT_ALLOWED = (Reason("forbidden", "could not get Node"),)
UNHEALTHY: list[tuple[str, Change, set[str]]] = [
    ("scaled to zero", seen(members=()), {"no_members"}),
    ("a pod of the set beyond its ordinals", seen(foreign_pods=("pc-7",)), {"foreign_pod"}),
    ("another pod on a member's volume", seen(intruders=(("copy", 2),)), {"claim_shared"}),
    ("a right is missing", seen(unknown=NOT_ALLOWED), {"forbidden"}),
    ("services unknown without a reason", seen(served=None), {"unknown_fact"}),
    ("budgets unknown without a reason", seen(budgets=None), {"unknown_fact"}),
    ("nodes unknown without a reason", seen(nodes={}), {"unknown_fact"}),
    ("nodes unknown for a reason", seen(nodes={}, unknown=NOT_ALLOWED), {"forbidden"}),
    ("node gone", seen(nodes={"node": Node("node", False)}), {"node_not_ready"}),
    ("node's disk fills", seen(nodes={"node": Node("node", True, ("DiskPressure",))}), {"node_pressure"}),
    ("no pod", member(pod=None), {"pod_missing"}),
    ("pod goes", pod(terminating=True), {"pod_terminating"}),
    ("pod not Ready", pod(ready=False), {"pod_not_ready"}),
    ("Ready, but no traffic", pod(uid="new"), {"not_in_service"}),
    ("no service at all", seen(served={}), {"not_in_service"}),
    ("no claim", member(claim=None), {"claim_missing"}),
    ("claims unknown without a reason", also(member(claim=None), seen(claims_known=False)), {"unknown_fact"}),
    ("claim waits", claim(phase="Pending"), {"claim_pending"}),
    ("claim grows", claim(resizing="NodeResizePending"), {"claim_resizing"}),
    ("claim lost", claim(phase="Lost"), {"claim_lost"}),
    ("space unknown", claim(usage=None), {"free_space_unknown"}),
    ("few bytes", claim(usage=Usage(1000, 50, 1000, 900)), {"volume_full"}),
    ("few inodes", claim(usage=Usage(1000, 900, 1000, 50)), {"volume_full"}),
    ("ready says no", member(ready=Answer(False, "storage_error", "x")), {"storage_error"}),
    ("alive says no", member(alive=Answer(False, "process_unresponsive", "x")), {"process_unresponsive"}),
    ("Ready, and nobody was asked", also(member(raft=None), pod(started=False)), {"no_answer"}),
    ("port closed for long", also(member(raft=None, raft_error=REFUSED), pod(started_at="1969-12-31T00:00:00Z", grace=60)), {"port_closed"}),
    ("port closed while Ready", also(member(raft=None, raft_error=REFUSED), pod(started_at="1970-01-01T00:00:00Z", grace=60)), {"port_closed"}),
    (
        "port not open yet",
        also(member(raft=None, raft_error=REFUSED), pod(started_at="1970-01-01T00:00:00Z", grace=60, ready=False)),
        {"starting", "pod_not_ready"},
    ),
    ("raft unread without a reason", member(raft=None), {"no_answer"}),
]


@pytest.mark.parametrize("change, wanted", [c[1:] for c in UNHEALTHY], ids=[c[0] for c in UNHEALTHY])
def test_each_fact_has_its_own_code(change: Change, wanted: set[str]) -> None:
    verdict = _verdict.judge(change(three()), LIMITS)
    assert codes(verdict) == wanted and not verdict.healthy


WARNED: list[tuple[str, Change, str]] = [
    ("no budget", seen(budgets=()), "budget_missing"),
    ("a budget that grants nothing", seen(budgets=(Budget("pc", 0),)), "budget_exhausted"),
    ("two revisions", pod(revision="next"), "revisions_differ"),
    ("restarted just now", also(pod(restarts=1, started_at="1970-01-01T00:00:00Z"), seen(at=30.0)), "restarted"),
]


@pytest.mark.parametrize("change, code", [c[1:] for c in WARNED], ids=[c[0] for c in WARNED])
def test_a_concern_does_not_speak_against_health(change: Change, code: str) -> None:
    verdict = _verdict.judge(change(three()), LIMITS)
    assert [w.code for w in verdict.concerns] == [code] and verdict.healthy


def test_a_restart_long_ago_is_no_news() -> None:
    assert _verdict.judge(also(pod(restarts=9, started_at="1970-01-01T00:00:00Z"), seen(at=9000.0))(three()), LIMITS).concerns == ()


def test_the_gate_on_free_space_can_be_switched_off_in_so_many_words() -> None:
    blind = also(claim(usage=None), seen(usage_unknown=NOT_ALLOWED))(three())
    assert [r.message for r in _verdict.judge(blind, LIMITS).reasons] == ["data-pc-2: could not get Node"]
    assert _verdict.judge(blind, Limits(min_free_percent=0)).healthy


WORSE = [change for name, change, codes in UNHEALTHY] + [raft(**fault) for fault in FAULTS] + [member(raft=None, raft_error=SILENT)]


@given(st.lists(st.sampled_from(WORSE), min_size=1, max_size=6))
def test_whatever_is_added_or_forgotten_unhealthy_stays_unhealthy(changes: list[Change]) -> None:
    o = three()
    assert _verdict.judge(o, LIMITS).healthy
    free = {1, 2, 3}
    for change in changes:
        o = change(o)
        verdict = _verdict.judge(o, LIMITS)
        assert not verdict.healthy
        now = {r.ordinal for r in verdict.restarts if r.ok}
        assert now - {2} <= free, "what ails the second member never frees another for a restart"
        free = now
