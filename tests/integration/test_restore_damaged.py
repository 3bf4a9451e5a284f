# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A backup that is not what it was is told by its reason; nothing is restored, and the running cluster is as it was."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import subprocess
import tempfile
import typing as t

import pytest

from .backups import RESTIC, made, repository, secret
from .cluster import NAME, Cluster, kubectl
from .restoring import bound, journal, leftovers, restore, volumes
from .test_deploy import wait_healthy
from .test_restore import ready
from .updating import until

STATE = pathlib.Path(os.environ.get("PC_TESTBED_STATE", "/var/lib/robustmq-testbed")) / "csi"


class Before:
    """What a refusal must not have touched."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster, self.bound, self.versions = cluster, bound(cluster), self._versions(cluster)
        self.pods = self._pods()

    def _pods(self) -> set[str]:
        return {p["metadata"]["uid"] for p in self.cluster.get("pods")["items"] if p["metadata"]["name"].startswith(f"{NAME}-")}

    @staticmethod
    def _versions(cluster: Cluster) -> dict[str, str]:
        own = (f"ConfigMap/{NAME}-restore", "PersistentVolumeClaim/repository")  # Kubernetes notes in a claim when it is used
        return {k: v for k, v in cluster.versions().items() if k not in own}

    def stands(self) -> None:
        until(lambda: self._versions(self.cluster) == self.versions, "everything as it was")
        assert bound(self.cluster) == self.bound and self._pods() == self.pods
        until(
            lambda: len([v for v in volumes().values() if v["spec"]["claimRef"]["namespace"] == self.cluster.namespace]) == len(self.claims()),
            "no copy is left",
        )
        wait_healthy(self.cluster)

    def claims(self) -> list[str]:
        return [c["metadata"]["name"] for c in self.cluster.get("pvc")["items"]]


def refused(cluster: Cluster, backup: str, reason: str, **variables: t.Any) -> None:
    failure = restore(cluster, backup, **variables).failure()
    assert failure["reason"] == reason, failure


def flipped(image: pathlib.Path, marker: bytes) -> None:
    """Change one letter of a word wherever it stands in a volume's image."""
    data = image.read_bytes()
    assert marker in data
    image.write_bytes(data.replace(marker, marker[:-1] + b"?"))


@contextlib.contextmanager
def opened(cluster: Cluster, claim: str) -> t.Iterator[pathlib.Path]:
    """The files of a claim that no pod mounts any more."""
    found = volumes()[cluster.get("pvc", claim)["spec"]["volumeName"]]["spec"]["csi"]
    image = STATE / found["driver"] / "volumes" / f"{found['volumeHandle']}.img"
    until(lambda: not subprocess.run(["losetup", "-j", str(image)], capture_output=True, check=True).stdout, "nobody has it")
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["mount", "-o", "loop", str(image), folder], check=True)
        try:
            yield pathlib.Path(folder)
        finally:
            subprocess.run(["umount", folder], check=True)


def packs(folder: pathlib.Path) -> list[pathlib.Path]:
    """The files in which restic keeps data."""
    return [file for file in (folder / "pc/data").rglob("*") if file.is_file()]


def test_a_manifest_or_a_snapshot_that_was_changed_is_never_restored(cluster: Cluster, tmp_path: pathlib.Path) -> None:
    ready(cluster)
    backup = made(cluster)["id"]
    name = f"{NAME}-b-{backup}"
    paper = cluster.get("configmap", name)["data"]
    (tmp_path / "key").write_text("another key, and long enough")
    before = Before(cluster)
    refused(cluster, backup, "signature_bad", pc_backup_signing_key_file=str(tmp_path / "key"))
    refused(cluster, "20200101-000000-aaaa", "backup_missing")
    changed = paper["manifest.json"].replace('"replicas":3', '"replicas":1')
    kubectl("patch", "configmap", name, "-n", cluster.namespace, "-p", json.dumps({"data": {"manifest.json": changed}}))
    refused(cluster, backup, "manifest_damaged")
    kubectl("patch", "configmap", name, "-n", cluster.namespace, "-p", json.dumps({"data": paper}))
    before.versions[f"ConfigMap/{name}"] = cluster.get("configmap", name)["metadata"]["resourceVersion"]
    before.stands()
    found = json.loads(paper["manifest.json"])["data"]["snapshot"]
    flipped(STATE / found["driver"] / "snapshots" / f"{found['handle']}.img", backup.encode())
    refused(cluster, backup, "data_damaged")
    assert journal(cluster)["ended"] == "rolled_back" and leftovers(cluster) == [f"configmap/{NAME}-restore"]
    before.stands()
    content = found["content"]
    kubectl("delete", "volumesnapshot", found["name"], "-n", cluster.namespace)
    kubectl("patch", "volumesnapshotcontent", content, "--type=merge", "-p", '{"spec":{"deletionPolicy":"Delete"}}')
    kubectl("delete", "volumesnapshotcontent", content)
    refused(cluster, backup, "snapshot_gone")
    before.stands()


@pytest.mark.long
def test_a_repository_that_was_damaged_is_never_restored_from(cluster: Cluster) -> None:
    ready(cluster)
    repository(cluster)
    backup = made(cluster, **RESTIC)["id"]
    before = Before(cluster)
    secret(cluster, RESTIC_PASSWORD="wrong")
    refused(cluster, backup, "repository_password")
    secret(cluster, RESTIC_PASSWORD="correct horse battery staple")
    before.versions[f"Secret/{NAME}-backup"] = cluster.get("secret", f"{NAME}-backup")["metadata"]["resourceVersion"]
    before.stands()
    with opened(cluster, "repository") as folder:
        for pack in packs(folder):
            whole = pack.read_bytes()
            pack.chmod(0o600)
            pack.write_bytes(whole[:50] + bytes([whole[50] ^ 1]) + whole[51:])
    refused(cluster, backup, "data_damaged")
    before.stands()
    with opened(cluster, "repository") as folder:
        for pack in packs(folder):
            pack.unlink()
    refused(cluster, backup, "data_damaged")
    assert leftovers(cluster) == [f"configmap/{NAME}-restore"]
    before.stands()
