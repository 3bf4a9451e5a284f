# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of injected states on a real server: each against its reason codes, on members that are really hurt."""

from __future__ import annotations

import contextlib
import time
import typing as t

import pytest

from tests.integration import faults, where
from tests.integration.beside import Beside
from tests.integration.cluster import Cluster
from tests.integration.faults import cut_off, filled, stopped
from tests.integration.health_rows import ELECTION, Roles, Row, differs, host
from tests.integration.kv import leave, set_voters
from tests.integration.looking import codes, findings, look
from tests.integration.waiting import until
from tests.integration.where import node_address

from . import conftest
from .members import Real

Says = t.Callable[[Roles], set[tuple[str, int | None]]]
SHORT = {"request_timeout": 2}
# Probes of these generations are TCP connects: what a member has lost meanwhile, Kubernetes may notice too.
NOTICED = ELECTION | {"pod_not_ready", "not_in_service", "lag_unknown", "lagging"}


def one(*names: str) -> Says:
    """These codes about the follower."""
    return lambda r: {(name, r.follower) for name in names}


def nobody(r: Roles) -> set[int]:
    """No member may be restarted."""
    return set()


@contextlib.contextmanager
def full(cluster: Cluster, ordinal: int) -> t.Iterator[None]:
    """A volume that is full. A server that had to write meanwhile may have ended its raft for good while its process lives on: it is restarted."""
    with filled(where.data(cluster, ordinal)):
        yield
    found = look(cluster.namespace, profile=cluster.profile, min_free_percent=0, **SHORT)
    if ("raft_stopped", ordinal) in findings(found):
        gone = faults.kill(cluster, ordinal)
        where.served_by(cluster, ordinal, other_than=gone, seconds=120)


CORE = (
    Row("stopped", lambda c, r: stopped(c, r.follower), one("no_answer"), NOTICED, options=SHORT, writes=True),
    Row("cut off", lambda c, r: cut_off(c, r.follower), one("no_answer"), NOTICED, options=SHORT, writes=True),
    Row("cut off from its peers", lambda c, r: cut_off(c, r.follower, keep=(node_address(),)), one("leaders_differ"), NOTICED, within=45, options=SHORT),
    Row("disk full", lambda c, r: full(c, r.follower), one("volume_full"), NOTICED | {"raft_stopped"}, within=45, options={**SHORT, "min_free_percent": 10}),
)
MORE = (
    Row("only the raft port not listening", lambda c, r: faults.refusing(c, r.follower, 1228), one("port_closed"), NOTICED | {"connection_cut"}, options=SHORT),
    Row(
        "all stopped",
        lambda c, r: stopped(c, *r),
        lambda r: {("no_answer", o) for o in r},
        NOTICED,
        nobody,
        options=SHORT,
    ),
    Row(
        "a majority cut off",
        lambda c, r: cut_off(c, r.follower, r.other),
        lambda r: {("no_answer", r.follower), ("no_answer", r.other)},
        NOTICED,
        nobody,
        within=45,
        options=SHORT,
    ),
)


def _table(cluster: Real, row: conftest.Row, rows: t.Sequence[Row]) -> None:
    wrong = []
    for each in rows:
        cluster.whole()
        start = time.monotonic()
        text = differs(cluster, each)
        row(each.name, "not told" if text else f"told as {', '.join(sorted(c for c, _o in each.says(Roles(1, 2, 3))))}, {time.monotonic() - start:.0f} s")
        wrong += [text] if text else []
    cluster.whole()
    assert not wrong, "\n".join(wrong)


@pytest.mark.core
def test_a_member_that_runs_and_does_not_serve_is_told(cluster: Real, row: conftest.Row) -> None:
    _table(cluster, row, CORE)


class Looks(Beside):
    """Looks without a pause and keeps each verdict with the times of its beginning and end."""

    def __init__(self, cluster: Real) -> None:
        super().__init__()
        self.cluster = cluster
        self.seen: list[tuple[float, float, bool]] = []

    def run(self) -> None:
        while not self.ended.is_set():
            begin = time.monotonic()
            healthy = self.cluster.look()["healthy"]
            self.seen.append((begin, time.monotonic(), healthy))


@pytest.mark.core
def test_no_look_calls_it_healthy_while_a_member_is_dead(cluster: Real, row: conftest.Row) -> None:
    victim = max(set(cluster.ordinals) - set(cluster.leaders().values()))
    with Looks(cluster) as looks:
        time.sleep(0.7)
        gone = faults.kill(cluster, victim)
        killed = time.monotonic()
        back = where.born(where.served_by(cluster, victim, other_than=gone, seconds=120))
        cluster.whole()
        whole = time.monotonic()
        time.sleep(0.7)
    row("killed", f"its process was away for {back - killed:.1f} s, whole again after {whole - killed:.1f} s")
    assert any(healthy for begin, end, healthy in looks.seen if end < killed)
    untrue = [(begin - killed, end - killed) for begin, end, healthy in looks.seen if healthy and killed < begin and end < back]
    assert not untrue, f"healthy although it was dead: {untrue}"


def test_what_more_can_befall_members(cluster: Real, row: conftest.Row) -> None:
    _table(cluster, row, MORE)


def test_a_member_that_the_others_no_longer_count_is_told(cluster: Real, row: conftest.Row) -> None:
    """A learner on the older generation, on the newer one a member that has left every group."""
    leader = set(cluster.leaders().values())
    assert len(leader) == 1, f"leaders are apart: {leader}"
    victim = max(set(cluster.ordinals) - leader)
    address = host(cluster, leader.pop())
    if cluster.profile == "v0_1":
        set_voters(address, {1, 2, 3} - {victim})
    else:
        leave(address, victim)
    found = until(cluster.look, lambda said: ("voter_missing", victim) in findings(said), 30)
    row("learner or left", f"told as {', '.join(sorted(codes(found)))}")
    assert not found["healthy"] and set(found["restart_safe"]) <= {victim}
    if cluster.profile == "v0_1":
        set_voters(address, {1, 2, 3})
        cluster.whole()
    else:
        run = cluster.passes("replace_member", quick=False, pc_ordinal=victim, pc_stable_seconds=1, pc_wait_patience=3)
        row("brought back by replace_member", run.last("pc_replace_member")["state"])
        cluster.whole()
