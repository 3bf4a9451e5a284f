# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Members that are not who they should be, or whose data is not theirs: each against its exact reason codes."""

from __future__ import annotations

import contextlib
import os
import signal
import time
import typing as t

from . import faults, where
from .cluster import NAME, Cluster, kubectl
from .faults import cut_off, restart_with, told
from .health_rows import ELECTION, PATIENT, Roles, Row, host, table
from .kv import put, set_voters
from .where import node_address

# What a member without data says on top of being empty.
BLANK = frozenset({*ELECTION, "raft_not_ready", "lag_unknown", "not_voter", "membership_differs", "pod_not_ready", "cluster_disconnected", "starting"})


@contextlib.contextmanager
def second_cluster(cluster: Cluster, ordinal: int) -> t.Iterator[None]:
    """A member whose volume is empty and who sees no peer founds a cluster of its own; it joins the old one when it sees it again."""
    with cut_off(cluster, ordinal, keep=(node_address(),)):
        restart_with(cluster, ordinal, faults.wipe)
        yield


@contextlib.contextmanager
def emptied(cluster: Cluster, ordinal: int) -> t.Iterator[None]:
    """A member whose volume is empty, and who finds no leader to join: it is held before it can found a cluster."""
    with cut_off(cluster, ordinal, keep=(node_address(),)):
        gone = restart_with(cluster, ordinal, faults.wipe)
        where.served_by(cluster, ordinal, other_than=gone)
        yield


@contextlib.contextmanager
def never_catches_up(cluster: Cluster, r: Roles) -> t.Iterator[None]:
    """A member that is no voter any more, and takes an entry a minute while others write."""
    leader = host(cluster, r.leader)
    set_voters(leader, {r.leader + 1, r.other + 1})
    try:
        with told(cluster, r.follower, "slow_catch_up", "--value", "60000"):
            for number in range(150):
                put(leader, f"k{number}", "v")
            yield
    finally:
        set_voters(leader, {1, 2, 3})


@contextlib.contextmanager
def anothers_data(cluster: Cluster, r: Roles) -> t.Iterator[None]:
    """A member that starts on a copy of another's data directory."""
    source = where.data(cluster, r.other)
    restart_with(cluster, r.follower, faults.replaced_by(source))
    try:
        yield
    finally:
        faults.wipe(where.data(cluster, r.follower))
        kubectl("delete", "pod", f"{NAME}-{r.follower}", "-n", cluster.namespace, "--now")


def replace_with(cluster: Cluster, *settings: str) -> None:
    """The highest ordinal anew, on an empty volume and with these environment variables."""
    pid, folder = where.served_by(cluster, 2), where.data(cluster, 2)
    os.kill(pid, signal.SIGSTOP)
    kubectl("set", "env", f"statefulset/{NAME}", "-n", cluster.namespace, *settings)
    # In a pod that does not go yet, the kubelet would start the container once more, with the old variables and on the empty volume; and
    # the controller does not replace a pod that is not Ready.
    kubectl("delete", "pod", f"{NAME}-2", "-n", cluster.namespace, "--wait=false")
    time.sleep(1)
    faults.wipe(folder)
    os.kill(pid, signal.SIGKILL)


@contextlib.contextmanager
def one_id_twice(cluster: Cluster) -> t.Iterator[None]:
    """A pod that takes itself for its neighbour, as where ids are set by hand."""
    replace_with(cluster, "PLACEMENT_CENTER_NODE_ID=2")
    try:
        yield
    finally:
        replace_with(cluster, "PLACEMENT_CENTER_NODE_ID-")


@contextlib.contextmanager
def slow_start(cluster: Cluster) -> t.Iterator[None]:
    """A member that runs and does not listen yet."""
    replace_with(cluster, "REFERENCE_FAULT=slow_start=8")
    yield


# The order spares the kubelet's back-off: a container that dies twice waits, a new pod does not.
IDENTITY = (
    Row(
        "a learner that never catches up",
        never_catches_up,
        lambda r: {(code, r.follower) for code in ("not_voter", "voter_missing", "lagging")},
    ),
    Row("another's data directory", anothers_data, lambda r: {("pod_crashing", r.follower)}, within=20),
    Row(
        "a second cluster beside",
        lambda c, r: second_cluster(c, r.follower),
        lambda r: {("split_brain", None)},
        frozenset({"pod_not_ready"}),
        lambda r: set(),
        within=25,
    ),
    Row("an empty volume", lambda c, r: emptied(c, r.other), lambda r: {("member_empty", r.other)}, BLANK, lambda r: {r.other}, within=6),
    Row(
        "one id twice",
        lambda c, r: one_id_twice(c),
        lambda r: {("two_of_one_id", None), ("wrong_id", 2)},
        BLANK | {"split_brain"},  # a neighbour that leads makes the newcomer believe that it leads too
        lambda r: {2},
        within=20,
    ),
    Row("starting", lambda c, r: slow_start(c), lambda r: {("starting", 2), ("pod_not_ready", 2)}, safe=lambda r: {2}, within=20),
)


def test_identities_and_data(cluster: Cluster) -> None:
    assert cluster.play("deploy", pc_probes=PATIENT).code == 0
    # A template that changes below is for the highest ordinal alone.
    kubectl("patch", "statefulset", NAME, "-n", cluster.namespace, "-p", '{"spec":{"updateStrategy":{"rollingUpdate":{"partition":2}}}}')
    table(cluster, IDENTITY)
