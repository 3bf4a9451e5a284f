# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of injected states: each against its exact reason codes, on members that are really hurt."""

from __future__ import annotations

import contextlib
import json
import time
import typing as t

from . import faults, where
from .beside import Beside
from .cluster import NAME, Cluster, kubectl
from .faults import cut_off, filled, frozen, refusing, stopped, told
from .health_rows import ELECTION, PATIENT, Roles, Row, host, table, whole
from .kv import put
from .looking import codes, look
from .where import node_address

Says = t.Callable[[Roles], set[tuple[str, int | None]]]


def one(*names: str) -> Says:
    """These codes about the follower."""
    return lambda r: {(name, r.follower) for name in names}


def every(name: str) -> Says:
    """This code about each member."""
    return lambda r: {(name, ordinal) for ordinal in r}


def nobody(r: Roles) -> set[int]:
    """No member may be restarted."""
    return set()


def anybody(r: Roles) -> set[int]:
    """The state takes nobody's vote away."""
    return {*r}


@contextlib.contextmanager
def far_behind(cluster: Cluster, r: Roles) -> t.Iterator[None]:
    """A follower that takes an entry a second, under two hundred writes."""
    with told(cluster, r.follower, "slow_catch_up", "--value", "1000"):
        leader = host(cluster, r.leader)
        for number in range(200):
            put(leader, f"k{number}", "v")
        yield


@contextlib.contextmanager
def unserved(cluster: Cluster, service: str) -> t.Iterator[None]:
    """A service whose selector leaves out the highest ordinal."""
    label = "statefulset.kubernetes.io/pod-name"

    def choose(pod: str | None) -> None:
        kubectl("patch", "service", service, "-n", cluster.namespace, "-p", json.dumps({"spec": {"selector": {label: pod}}}))

    choose(f"{NAME}-0")
    try:
        yield
    finally:
        choose(None)


@contextlib.contextmanager
def shared(cluster: Cluster, ordinal: int) -> t.Iterator[None]:
    """A pod of somebody else with a member's claim."""
    image = cluster.get("pod", f"{NAME}-0")["spec"]["containers"][0]["image"]
    mount = {"name": "it", "mountPath": "/it"}
    container = {"name": "it", "image": image, "command": [faults.PROGRAM, "--conf", "/none"], "volumeMounts": [mount]}
    volume = {"name": "it", "persistentVolumeClaim": {"claimName": f"data-{NAME}-{ordinal}"}}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "guest"}, "spec": {"containers": [container], "volumes": [volume]}}
    kubectl("apply", "-n", cluster.namespace, "-f", "-", text=json.dumps(pod))
    try:
        yield
    finally:
        kubectl("delete", "pod", "guest", "-n", cluster.namespace, "--now")


SHORT = {"request_timeout": 2}
SERVING = (
    # The five cases of a running process that is not a working service.
    Row("port not listening", lambda c, r: refusing(c, r.follower, 1227, 1228), one("port_closed"), frozenset({"connection_cut"})),
    Row("deadlock", lambda c, r: told(c, r.follower, "deadlock"), one("no_answer"), ELECTION, options=SHORT),
    Row("peers lost", lambda c, r: told(c, r.follower, "peers_lost"), one("cluster_disconnected"), ELECTION),
    Row("disk full by its own word", lambda c, r: told(c, r.follower, "disk_full"), one("storage_error")),
    # "starting" is a row of test_identities_and_data.
    Row("only the raft port not listening", lambda c, r: refusing(c, r.follower, 1228), one("port_closed"), frozenset({"connection_cut"})),
    Row("connections cut", lambda c, r: refusing(c, r.follower, 1227, state="established"), one("connection_cut")),
    Row("SIGSTOP", lambda c, r: stopped(c, r.follower), one("no_answer"), options=SHORT),
    Row("SIGSTOP of the leader", lambda c, r: stopped(c, r.leader), lambda r: {("no_answer", r.leader)}, ELECTION, lambda r: {r.leader}, options=SHORT),
    Row("SIGSTOP of all", lambda c, r: stopped(c, *r), every("no_answer"), frozenset(), nobody, options=SHORT),
    Row("read-only", lambda c, r: told(c, r.follower, "read_only"), one("storage_error")),
    Row("never ready", lambda c, r: told(c, r.follower, "never_ready"), one("raft_not_ready")),
    Row("raft finds no leader", lambda c, r: told(c, r.follower, "no_leader"), one("raft_not_ready", "leaders_differ"), ELECTION),
    Row("main loop stands", lambda c, r: told(c, r.follower, "unresponsive"), one("process_unresponsive")),
    Row("threads dead", lambda c, r: told(c, r.follower, "threads_dead"), one("critical_threads_dead")),
    Row("far behind", far_behind, one("lagging")),
    Row("the service leaves members out", lambda c, r: unserved(c, NAME), lambda r: {("not_in_service", 1), ("not_in_service", 2)}, safe=anybody),
    Row("a foreign pod on a claim", lambda c, r: shared(c, r.follower), one("claim_shared"), safe=anybody),
    # The kubelet measures every ten seconds.
    Row(
        "volume full",
        lambda c, r: filled(where.data(c, r.follower)),
        one("volume_full"),
        frozenset({"storage_error"}),
        within=30,
        options={"min_free_percent": 10},
    ),
    # A member trusts a write that hangs for ten seconds.
    Row("volume hangs", lambda c, r: frozen(c, r.follower), one("storage_error"), frozenset({"process_unresponsive"}), within=20),
)


def test_a_process_that_runs_and_does_not_serve(cluster: Cluster) -> None:
    assert cluster.play("deploy", pc_probes=PATIENT).code == 0
    table(cluster, SERVING)


CUT = (
    Row("all packets dropped", lambda c, r: cut_off(c, r.follower), one("no_answer"), options=SHORT, writes=True),
    Row(
        "a minority cut off from its peers",
        lambda c, r: cut_off(c, r.follower, keep=(node_address(),)),
        one("cluster_disconnected"),
        ELECTION,
        writes=True,
    ),
    Row(
        "a majority cut off from its peers",
        lambda c, r: cut_off(c, r.follower, r.other, keep=(node_address(),)),
        lambda r: {*every("cluster_disconnected")(r), ("quorum_stale", None)},
        ELECTION,
        nobody,
        writes=False,
    ),
    Row(
        "the leader cut off from its peers",
        lambda c, r: cut_off(c, r.leader, keep=(node_address(),)),
        lambda r: {("cluster_disconnected", r.leader), ("leader_deposed", r.leader)},
        ELECTION | {"split_brain"},
        lambda r: {r.leader},
    ),
)


def test_members_that_do_not_reach_each_other(cluster: Cluster) -> None:
    assert cluster.play("deploy", pc_probes=PATIENT).code == 0
    table(cluster, CUT)
    one_deadline_however_many_hang(cluster)
    killed_leader(cluster)


def one_deadline_however_many_hang(cluster: Cluster) -> None:
    """One silent member costs one deadline, and so do three."""
    whole(cluster)
    for ordinals in ((2,), (0, 1, 2)):
        with stopped(cluster, *ordinals):
            found = look(cluster.namespace, request_timeout=2)
        assert not found["healthy"] and "no_answer" in codes(found) and found["seconds"] < 2 + 1, found["seconds"]


class Looks(Beside):
    """Looks without a pause and keeps every answer with the times of its beginning and end."""

    def __init__(self, cluster: Cluster) -> None:
        super().__init__()
        self.namespace = cluster.namespace
        self.seen: list[tuple[float, float, bool]] = []

    def run(self) -> None:
        while not self.ended.is_set():
            begin = time.monotonic()
            found = look(self.namespace)
            self.seen.append((begin, time.monotonic(), found["healthy"]))


def killed_leader(cluster: Cluster) -> None:
    """While there is no process of the leader, no look may say healthy; looks before and after do."""
    for _kill in range(3):
        victim = whole(cluster)["groups"][0]["leader"]
        with Looks(cluster) as looks:
            time.sleep(0.7)
            gone = faults.kill(cluster, victim)
            killed = time.monotonic()
            back = where.born(where.served_by(cluster, victim, other_than=gone))
            whole(cluster)
            time.sleep(0.7)
        assert any(healthy for begin, end, healthy in looks.seen if end < killed)
        untrue = [(begin - killed, end - killed) for begin, end, healthy in looks.seen if healthy and killed < begin and end < back]
        assert not untrue, f"healthy although the leader was dead: {untrue}"
        assert looks.seen[-1][2]
