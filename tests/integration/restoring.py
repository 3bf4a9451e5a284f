# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Restores as a person starts them, and what kubectl says of them afterwards."""

from __future__ import annotations

import json
import typing as t

from .cluster import NAME, Cluster, Object, Run, kubectl
from .updating import Running

QUICK: Object = {"pc_stable_seconds": 1, "pc_step_timeout": 120}
CLAIM = f"data-{NAME}-"
KEPT = "placement-center.robustmq.io/kept"


def restore(cluster: Cluster, backup: str, *flags: str, typed: bool = True, **variables: t.Any) -> Run:
    """The playbook; ``typed``: with both confirmations."""
    return cluster.play("restore", *flags, quick=False, **_given(backup, typed, variables))


def start(cluster: Cluster, backup: str, **variables: t.Any) -> Running:
    """Begin, and return at once."""
    return Running(cluster, "restore", _given(backup, True, variables))


def _given(backup: str, typed: bool, variables: Object) -> Object:
    words = {"pc_confirm": NAME, "pc_confirm_backup": backup} if typed else {}
    return {**QUICK, "pc_backup_id": backup, **words, **variables}


def journal(cluster: Cluster) -> Object:
    """What the restore has noted; empty where there is no note."""
    found = json.loads(kubectl("get", "configmap", f"{NAME}-restore", "-n", cluster.namespace, "-o", "json", "--ignore-not-found") or "{}")
    return t.cast(Object, json.loads(found["data"]["journal.json"])) if found else {}


def bound(cluster: Cluster) -> dict[int, str]:
    """Ordinal -> volume that its claim is bound to."""
    found = {c["metadata"]["name"].removeprefix(CLAIM): c for c in cluster.get("pvc")["items"] if c["metadata"]["name"].startswith(CLAIM)}
    return {int(o): c["spec"]["volumeName"] for o, c in found.items() if c.get("status", {}).get("phase") == "Bound"}


def volumes() -> dict[str, Object]:
    """Every volume of the cluster, by name."""
    return {v["metadata"]["name"]: v for v in json.loads(kubectl("get", "pv", "-o", "json"))["items"]}


def destroyed(cluster: Cluster) -> None:
    """All members, their claims and their volumes are gone, as by somebody who had meant another cluster."""
    mine = bound(cluster)
    kubectl("scale", "statefulset", NAME, "-n", cluster.namespace, "--replicas=0")
    for volume in mine.values():
        kubectl("patch", "pv", volume, "-p", '{"spec":{"persistentVolumeReclaimPolicy":"Delete"}}')
    kubectl("delete", "pod", "-n", cluster.namespace, "-l", f"component={NAME}", "--grace-period=0", "--force", check=False)
    kubectl("delete", "pvc", "-n", cluster.namespace, *(f"{CLAIM}{o}" for o in mine))


def undo(cluster: Cluster, backup: str) -> Run:
    """The playbook, told to go back."""
    return restore(cluster, backup, pc_restore_rollback=True)


def leftovers(cluster: Cluster, kinds: str = "job,pod,configmap,persistentvolumeclaim,networkpolicy") -> list[str]:
    """What a restore has made that is neither a member's nor a kept volume."""
    label = "placement-center.robustmq.io/restore"
    found = kubectl("get", kinds, "-n", cluster.namespace, "-l", label, "-o", "name").split()
    return sorted(name.replace(".networking.k8s.io", "").replace(".batch", "") for name in found)
