# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a backup of one GiB costs beside a bare VolumeSnapshot, and beside restic that a person runs in a pod on the same data."""

from __future__ import annotations

import json
import statistics
import subprocess
import time
import typing as t

from testbed import paths
from tests.integration import backups
from tests.integration.beside import Peak
from tests.integration.cluster import NAME, Cluster, Object, kubectl
from tools.bench_update import say

MEMBER = 2  # whom a backup copies while it leads nothing
MIB = 1024
SIZE = "3Gi"  # of a member's volume
RESTIC = "restic/restic:0.18.1"
SNAPSHOT, SPEED, MEMORY = 1.3, 0.9, 64  # limits: times, share, MiB
MODULES = (b"AnsiballZ_pc_backup", b"pc_backup.py")


def measure(namespace: str, rounds: int) -> t.Iterator[bool]:
    """Every number of backups."""
    cluster = Cluster(namespace)
    run = cluster.play("deploy", pc_storage_size=SIZE)
    assert run.code == 0, run.screen
    backups.repository(cluster, "40Gi")
    with Peak(*MODULES, field="VmHWM") as small:
        backups.made(cluster)
    fill(cluster)
    pairs = [(snapshot_of_ours(cluster), bare_snapshot(cluster, number)) for number in range(rounds)]
    mine, bare = (statistics.median(times) for times in zip(*pairs, strict=True))
    yield say(
        f"snapshot of 1 GiB until it is ready: {mine / bare:.2f}x of a bare one (limit {SNAPSHOT}x; {mine:.2f} s and {bare:.2f} s)", mine <= SNAPSHOT * bare
    )
    with Peak(*MODULES, field="VmHWM") as large:
        speeds = [(restic_of_ours(cluster, number), restic_by_hand(cluster, number)) for number in range(rounds)]
    mine, hand = (statistics.median(each) for each in zip(*speeds, strict=True))
    yield say(f"restic: {mine / hand:.2f}x of the speed by hand (at least {SPEED}x; {mine:.0f} and {hand:.0f} MiB/s)", mine >= SPEED * hand)
    speeds = [(restore_of_ours(cluster, number), restore_by_hand(cluster, number)) for number in range(rounds, 2 * rounds)]
    mine, hand = (statistics.median(each) for each in zip(*speeds, strict=True))
    yield say(f"restic, giving back: {mine / hand:.2f}x of the speed by hand (at least {SPEED}x; {mine:.0f} and {hand:.0f} MiB/s)", mine >= SPEED * hand)
    grown = large.mib - small.mib
    yield say(f"memory of the module: {small.mib:.0f} MiB with an empty volume, {large.mib:.0f} MiB with 1 GiB (limit +{MEMORY} MiB)", grown < MEMORY)


def fill(cluster: Cluster) -> None:
    """A file of noise in the volume, through the node's mount of it."""
    uid = cluster.get("pod", f"{NAME}-{MEMBER}")["metadata"]["uid"]
    folder = next((paths.KUBELET / "pods" / uid / "volumes").glob("*/*/mount/storage"))
    subprocess.run(["dd", "if=/dev/urandom", f"of={folder}/noise", "bs=1M", f"count={MIB}", "conv=fsync", "status=none"], check=True)
    (folder / "noise").chmod(0o644)


def snapshot_of_ours(cluster: Cluster) -> float:
    """Seconds from the module's start until the snapshot could be used."""
    made: float = backups.made(cluster, pc_backup_verify=False, pc_keep_last=1)["seconds"]["ready"]
    return made


def bare_snapshot(cluster: Cluster, number: int) -> float:
    """The same by kubectl."""
    name = f"bare-{number}"
    spec = {"volumeSnapshotClassName": "ebs-snapshots", "source": {"persistentVolumeClaimName": f"data-{NAME}-{MEMBER}"}}
    made = {"apiVersion": "snapshot.storage.k8s.io/v1", "kind": "VolumeSnapshot", "metadata": {"name": name}, "spec": spec}
    start = time.monotonic()
    kubectl("apply", "-n", cluster.namespace, "-f", "-", text=json.dumps(made))
    kubectl("wait", "volumesnapshot", name, "-n", cluster.namespace, "--for=jsonpath={.status.readyToUse}=true", "--timeout=60s")
    return time.monotonic() - start


def restic_of_ours(cluster: Cluster, number: int) -> float:
    """MiB a second of our Job, from its creation to its end."""
    made = backups.made(cluster, pc_backup_method="restic", pc_backup_repository=f"pvc:repository/ours{number}", pc_backup_verify=False)
    speed: float = made["bytes"] / 2**20 / made["seconds"]["restic"]
    return speed


def restore_of_ours(cluster: Cluster, number: int) -> float:
    """The same of the Job that gives back what has just been stored in a new repository, into a new volume."""
    made = backups.made(cluster, pc_backup_method="restic", pc_backup_repository=f"pvc:repository/ours{number}")
    speed: float = made["bytes"] / 2**20 / made["seconds"]["fill"]
    return speed


def restic_by_hand(cluster: Cluster, number: int) -> float:
    """The same of a pod that a person starts, on a claim made of the bare snapshot."""
    source = {"apiGroup": "snapshot.storage.k8s.io", "kind": "VolumeSnapshot", "name": f"bare-{number}"}
    backups.claim(cluster, f"hand-{number}", SIZE, dataSource=source)
    by_hand(cluster, f"hand-init-{number}", number, "", "init")
    return MIB / by_hand(cluster, f"hand-{number}", number, f"hand-{number}", "backup", "--exclude", "/data/lost+found", "/data")


def restore_by_hand(cluster: Cluster, number: int) -> float:
    """The same of a pod that gives it back into a new volume, and as ours right after it was stored: the disk is still at work on that."""
    bare_snapshot(cluster, number)
    restic_by_hand(cluster, number)
    backups.claim(cluster, f"back-{number}", SIZE)
    return MIB / by_hand(cluster, f"back-{number}", number, f"back-{number}", "restore", "latest:/data", "--target", "/data")


def by_hand(cluster: Cluster, name: str, number: int, data: str, *words: str) -> float:
    """Seconds of a pod that runs restic; ``data`` is the claim that it reads or fills, if any."""
    claims = {"repository": "repository", **({"data": data} if data else {})}
    env = {"RESTIC_REPOSITORY": f"/repository/hand{number}", "HOME": "/tmp", "RESTIC_CACHE_DIR": "/tmp/cache"}
    container = {
        "name": "restic",
        "image": RESTIC,
        "imagePullPolicy": "IfNotPresent",
        "args": list(words),
        "env": [{"name": k, "value": v} for k, v in env.items()],
        "envFrom": [{"secretRef": {"name": f"{NAME}-backup"}}],
        "volumeMounts": [{"name": each, "mountPath": f"/{each}"} for each in claims],
    }
    spec: Object = {
        "restartPolicy": "Never",
        "securityContext": {"runAsUser": 1000, "runAsGroup": 1000, "fsGroup": 1000, "fsGroupChangePolicy": "OnRootMismatch"},
        "containers": [container],
        "volumes": [{"name": each, "persistentVolumeClaim": {"claimName": claim}} for each, claim in claims.items()],
    }
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec}
    start = time.monotonic()
    kubectl("apply", "-n", cluster.namespace, "-f", "-", text=json.dumps(pod))
    kubectl("wait", "pod", name, "-n", cluster.namespace, "--for=jsonpath={.status.phase}=Succeeded", "--timeout=110s")
    return time.monotonic() - start
