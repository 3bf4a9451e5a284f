# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Backups as a person starts them, and what they leave behind, as kubectl tells it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import shutil
import typing as t

from .cluster import NAME, Cluster, Object, Run, kubectl
from .where import data

PREFIX = "placement-center.robustmq.io"
RESTIC: Object = {"pc_backup_method": "restic", "pc_backup_repository": "pvc:repository/pc"}
LATE: Object = {"pc_mover_resources": {"limits": {"cpu": "150m"}}}  # so that who interferes with a program is early enough
PASSWORD = "correct horse battery staple"


def backup(cluster: Cluster, *flags: str, **variables: t.Any) -> Run:
    """The playbook."""
    return cluster.play("backup", *flags, **variables)


def made(cluster: Cluster, **variables: t.Any) -> Object:
    """A backup that must succeed: what the module says of it."""
    run = backup(cluster, **variables)
    assert run.code == 0, run.screen
    return run.last("pc_backup")


def refused(cluster: Cluster, **variables: t.Any) -> Object:
    """A backup that must not: why."""
    run = backup(cluster, **variables)
    assert run.code != 0, run.screen
    return run.failure()


def claim(cluster: Cluster, name: str, size: str, **more: t.Any) -> None:
    """A claim beside those of the members."""
    spec = {"accessModes": ["ReadWriteOnce"], "storageClassName": "ssd", "resources": {"requests": {"storage": size}}, **more}
    found = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": name}, "spec": spec}
    kubectl("apply", "-n", cluster.namespace, "-f", "-", text=json.dumps(found))


def repository(cluster: Cluster, size: str = "1Gi", password: str = PASSWORD) -> None:
    """A claim to hold a restic repository, and the Secret with its password."""
    claim(cluster, "repository", size)
    secret(cluster, RESTIC_PASSWORD=password)


def secret(cluster: Cluster, **values: str) -> None:
    """What restic finds in its environment."""
    found = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": f"{NAME}-backup"}, "stringData": values}
    kubectl("apply", "-n", cluster.namespace, "-f", "-", text=json.dumps(found))


def paper(cluster: Cluster, backup_id: str) -> Object:
    """A manifest, whose signature was recomputed here."""
    found = cluster.get("configmap", f"{NAME}-b-{backup_id}")
    assert found["metadata"]["labels"][f"{PREFIX}/backup-state"] == "complete"
    text = found["data"]["manifest.json"]
    assert json.loads(found["data"]["seal.json"]) == seal(cluster, text)
    return t.cast(Object, json.loads(text))


def seal(cluster: Cluster, text: str) -> Object:
    """Hash and signature of a manifest, computed here."""
    key = base64.b64decode(cluster.get("secret", f"{NAME}-backup-key")["data"]["key"])
    return {"sha256": hashlib.sha256(text.encode()).hexdigest(), "hmac": hmac.new(key, text.encode(), hashlib.sha256).hexdigest()}


def tools(cluster: Cluster) -> list[str]:
    """Everything that backups have made and that is no backup: there must be none when a run has ended."""
    kinds = "job,pod,persistentvolumeclaim,volumesnapshot,configmap"
    going = {"deletionTimestamp", "ownerReferences"}  # a Job's pods go with it, a little later
    items = [o for o in json.loads(_list(cluster, kinds)) if not going & o["metadata"].keys()]
    kept = {o["metadata"]["labels"][f"{PREFIX}/backup"]: o for o in items if o["metadata"]["labels"].get(f"{PREFIX}/backup-state") == "complete"}
    papers = {i: json.loads(o["data"]["manifest.json"]) for i, o in kept.items()}
    mine = {p["data"]["snapshot"]["name"] for p in papers.values() if "snapshot" in p["data"]} | {o["metadata"]["name"] for o in kept.values()}
    return sorted(f"{o['kind']}/{o['metadata']['name']}" for o in items if o["metadata"]["name"] not in mine)


def _list(cluster: Cluster, kinds: str) -> str:
    found = json.loads(kubectl("get", kinds, "-n", cluster.namespace, "-l", f"{PREFIX}/backup", "-o", "json"))
    return json.dumps(found["items"])


def contents(cluster: Cluster) -> list[Object]:
    """The VolumeSnapshotContents of this namespace."""
    found = json.loads(kubectl("get", "volumesnapshotcontent", "-o", "json"))["items"]
    return [o for o in found if o["spec"]["volumeSnapshotRef"]["namespace"] == cluster.namespace and "deletionTimestamp" not in o["metadata"]]


def volumes(cluster: Cluster) -> list[str]:
    """The claims of this namespace that a PersistentVolume stands for."""
    found = json.loads(kubectl("get", "pv", "-o", "json"))["items"]
    return sorted(v["spec"]["claimRef"]["name"] for v in found if v["spec"].get("claimRef", {}).get("namespace") == cluster.namespace)


def bulk(cluster: Cluster, mib: int) -> None:
    """As much more in every volume, of what nobody can compress: a database of that size would need members with more memory."""
    for ordinal in range(3):
        file = data(cluster, ordinal) / "bulk"
        file.write_bytes(os.urandom(mib << 20))
        shutil.chown(file, 1000, 1000)


def running(cluster: Cluster, part: str) -> list[str]:
    """The pods of a Job that run."""
    pods = [p for p in cluster.get("pods")["items"] if p["metadata"].get("labels", {}).get("batch.kubernetes.io/job-name", "").endswith(part)]
    return [p["metadata"]["name"] for p in pods if p["status"].get("phase") == "Running" and "deletionTimestamp" not in p["metadata"]]
