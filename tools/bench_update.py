# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an update costs beside Kubernetes' own rolling update of the same template: its time, its requests, and how long writes wait."""

from __future__ import annotations

import itertools
import statistics
import subprocess
import threading
import time
import typing as t

from tests.integration.cluster import NAME, Cluster, Object, kubectl
from tests.integration.faults import tell
from tests.integration.writer import Writer

IMAGES = ("robustmq/placement-center:0.4.0", "robustmq/placement-center:0.4.1")
REAL = {"heartbeat_interval_ms": 500, "election_timeout_min_ms": 10000, "election_timeout_max_ms": 20000}
QUICK = {"heartbeat_interval_ms": 250, "election_timeout_min_ms": 1000, "election_timeout_max_ms": 2000}
# A member is Ready at the kubelet's next question: each second one, for what is compared must not be chance. The delay is a third of the lightest preset's.
PROBES = {"preset": "basic", "readiness": {"initialDelaySeconds": 10, "periodSeconds": 1}}
SLOW_START = {"REFERENCE_FAULT": "slow_start=5"}  # so that elections of 1-2 s are quicker than a restart
WARM = 3  # updates before the first that counts: a forecast stands on those that were measured, and a kubelet's tick makes them differ
FIELDS = ("{.metadata.name}", "{.metadata.deletionTimestamp}", "{.status.containerStatuses[0].ready}", "{.status.containerStatuses[0].state.running.startedAt}")


class Watch(threading.Thread):
    """When each member's pod began to end, ran again, and was Ready again, by the clock of this process; as a context."""

    def __init__(self, namespace: str) -> None:
        super().__init__(daemon=True)
        words = ["kubectl", "get", "pods", "-n", namespace, "-w", "-o", f"jsonpath={'|'.join(FIELDS)}{{'\\n'}}"]
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        self.ends: dict[str, float] = {}
        self.runs: dict[str, float] = {}
        self.ready: dict[str, float] = {}

    def __enter__(self) -> Watch:
        self.start()
        return self

    def __exit__(self, *_failure: object) -> None:
        self.process.kill()
        self.process.wait()
        self.join()

    def run(self) -> None:
        for line in self.process.stdout or ():
            name, ending, ready, running = line.rstrip("\n").split("|")
            if ending:
                self.ends.setdefault(name, time.monotonic())
            elif name in self.ends:
                for found, when in ((running, self.runs), (ready == "true", self.ready)):
                    if found:
                        when.setdefault(name, time.monotonic())

    def absence(self, ordinal: int) -> float:
        """Seconds from the first sign that a member ends until its container ran again."""
        name = f"{NAME}-{ordinal}"
        return self.runs[name] - self.ends[name]

    def gate_to_write(self) -> float:
        """Seconds from Ready to the first sign that the next member ends, the longest: an upper bound of our part of it."""
        order = sorted(self.ends, key=lambda name: self.ends[name])
        return max(self.ends[after] - self.ready[name] for name, after in itertools.pairwise(order))


class Update(t.NamedTuple):
    """One update under a writer; ``receipt`` is empty for Kubernetes' own."""

    leader: int
    seconds: float
    stopped: float
    lost: int
    pods: Watch
    receipt: Object


def next_image(cluster: Cluster) -> str:
    """The one of the two that does not run."""
    now = cluster.get("statefulset", NAME)["spec"]["template"]["spec"]["containers"][0]["image"]
    return IMAGES[now == IMAGES[0]]


def plain(cluster: Cluster) -> Object:
    """Kubernetes' own rolling update."""
    kubectl("set", "image", f"statefulset/{NAME}", f"{NAME}={next_image(cluster)}", "-n", cluster.namespace)
    kubectl("rollout", "status", f"statefulset/{NAME}", "-n", cluster.namespace, "--timeout=110s")
    return {}


def ours(order: str) -> t.Callable[[Cluster], Object]:
    """The playbook without a stable window: kubectl waits for none."""

    def update(cluster: Cluster) -> Object:
        given = {"pc_image": next_image(cluster), "pc_stable_seconds": 0, "pc_allow_downgrade": True, "pc_order": order}
        run = cluster.play("upgrade", quick=False, **given)
        assert run.code == 0, run.screen
        return t.cast(Object, run.last("pc_partition_step")["receipt"])

    return update


def observed(cluster: Cluster, update: t.Callable[[Cluster], Object]) -> Update:
    """Do it under a writer and a watch."""
    leader = int(cluster.module("pc_health", wait_timeout=60)["groups"][0]["leader"])
    with Watch(cluster.namespace) as pods, Writer(cluster) as writer:
        time.sleep(1)
        start = time.monotonic()
        receipt = update(cluster)
        seconds = time.monotonic() - start
        time.sleep(1)
    return Update(leader, seconds, writer.stopped, len(writer.missing()), pods, receipt)


def lead_by(cluster: Cluster, ordinal: int) -> None:
    """Depose leaders until this member leads."""
    while (leader := cluster.module("pc_health", wait_timeout=60, must_pass=True)["groups"][0]["leader"]) != ordinal:
        tell(cluster, leader, "no_leader", "--seconds", "5")
        time.sleep(6)


def deploy(cluster: Cluster, **variables: t.Any) -> None:
    """Three members."""
    run = cluster.play("deploy", pc_stable_seconds=0, **variables)
    assert run.code == 0, run.screen


def gaps(namespace: str, rounds: int) -> t.Iterator[bool]:
    """How long writes wait, with real election times and with quick ones."""
    cluster = Cluster(namespace)
    deploy(cluster, pc_config={"raft": REAL})
    for _ in range(WARM):
        observed(cluster, ours("ordinal"))
    for order in ("ordinal", "leader_last"):
        runs = [observed(cluster, ours(order)) for _ in range(rounds)]
        over = statistics.median(r.stopped - r.pods.absence(r.leader) for r in runs)
        elections = [r.receipt["measured"]["elections"] for r in runs]
        yield say(
            f"write gap, real elections, {order}: leader's absence {over:+.2f} s (limit +0.5 s), elections {elections} (limit 0)",
            over <= 0.5 and not any(elections),
        )
        yield _forecast(order, runs)
        yield _lost(runs)
    cluster.remove()
    kubectl("wait", "--for=delete", f"namespace/{namespace}", "--timeout=110s")
    deploy(cluster, pc_config={"raft": QUICK}, pc_env=SLOW_START)
    observed(cluster, ours("ordinal"))
    yield from _quick(cluster, rounds)


def _quick(cluster: Cluster, rounds: int) -> t.Iterator[bool]:
    mine: list[Update] = []
    theirs: list[Update] = []
    for _ in range(rounds):
        for runs, update in ((mine, ours("leader_last")), (theirs, plain)):
            lead_by(cluster, 2)
            runs.append(observed(cluster, update))
    ratio = statistics.median(r.stopped for r in mine) / statistics.median(r.stopped for r in theirs)
    elections = [r.receipt["measured"]["elections"] for r in mine]
    yield say(
        f"write gap, quick elections, leader_last: {ratio:.2f}x of a plain rolling update (limit 0.6x), elections {elections} (limit 1)",
        ratio <= 0.6 and set(elections) == {1},
    )
    yield _forecast("leader_last", mine)
    yield _lost([*mine, *theirs])


def _forecast(order: str, runs: list[Update]) -> bool:
    off = statistics.median(abs(r.receipt["forecast"]["write_gap_ms"] / 1000 - r.stopped) / r.stopped for r in runs)
    return say(f"  forecast against the writer's figure, {order}: {100 * off:.0f} % off (limit 25 %)", off <= 0.25)


def _lost(runs: list[Update]) -> bool:
    lost = sum(r.lost for r in runs)
    return say(f"  acknowledged writes lost: {lost}", not lost)


def cost(namespace: str, rounds: int) -> t.Iterator[bool]:
    """Time, requests and the way from gate to write."""
    cluster = Cluster(namespace)
    deploy(cluster, pc_probes=PROBES)
    mine: list[Update] = []
    theirs: list[Update] = []
    for _ in range(rounds):
        mine.append(observed(cluster, ours("ordinal")))
        theirs.append(observed(cluster, plain))
    ratio = statistics.median(r.seconds for r in mine) / statistics.median(r.seconds for r in theirs)
    yield say(f"update: {ratio:.2f}x of kubectl set image and rollout status (limit 1.15x), {_seconds(mine)} and {_seconds(theirs)}", ratio <= 1.15)
    requests = statistics.median(r.receipt["requests"] / len(r.receipt["steps"]) for r in mine)
    yield say(f"requests of a step: {requests:.0f} (limit 60; the canary's are not counted)", requests <= 60)
    wait = statistics.median(r.pods.gate_to_write() for r in mine)
    yield say(f"from Ready to the end of the next member: {wait:.2f} s (limit 2 s)", wait <= 2)
    yield _lost([*mine, *theirs])


def _seconds(runs: list[Update]) -> str:
    return "/".join(f"{r.seconds:.1f}" for r in runs) + " s"


def say(line: str, good: bool) -> bool:
    """One line; ``good`` as it came."""
    print(f"{line}{'' if good else '  MISSED'}", flush=True)
    return good
