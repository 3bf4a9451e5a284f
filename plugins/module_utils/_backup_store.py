# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where backups' papers and their key are kept in a cluster, and what a run that was killed has left of an unfinished one."""

from __future__ import annotations

import base64
import contextlib
import os
import secrets
import typing as t
from dataclasses import dataclass

from ansible_collections.robustmq.placement_center.plugins.module_utils import _manifest, _restore_journal
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import BadInput, Conflict, Refused
from ansible_collections.robustmq.placement_center.plugins.module_utils._hints import hint
from ansible_collections.robustmq.placement_center.plugins.module_utils._kube import Kube
from ansible_collections.robustmq.placement_center.plugins.module_utils._manifest import BACKUP, BESIDE, COMPLETE, SET, STATE, UNFINISHED, Seal
from ansible_collections.robustmq.placement_center.plugins.module_utils._snapshots import Snapshots

Object = dict[str, t.Any]

KEY = "key"
PROOF = "proof.json"
SNAPSHOT = {"VolumeSnapshot": "name", "VolumeSnapshotContent": "content"}  # kind -> where a paper names its own


@dataclass(frozen=True)
class Stored:
    """One backup as it was found: its paper, or what is wrong with that."""

    id: str
    where: str  # cluster, storage or repository
    paper: Object
    seal: Seal
    finished: bool = True
    proof: str = ""  # words that say when a cluster was restored from it
    trouble: str = ""  # code of what is wrong with the paper
    found: Object | None = None  # the object that it was read from


@dataclass(frozen=True)
class Store:
    """The papers of one cluster."""

    kube: Kube
    namespace: str
    name: str

    def restoring(self) -> list[Refused]:
        """Why nothing may be copied or cleared now: a restore is under way, and stands on what is there."""
        backup = _restore_journal.unfinished(self.kube.get("ConfigMap", _restore_journal.note_name(self.name), self.namespace))
        return [Refused("restore_unfinished", f"a restore from backup {backup} is under way", hint("restore_unfinished"))] if backup else []

    # The key

    def key(self, path: str | None, make: bool = False) -> bytes | None:
        """The signing key: of a file, else of the Secret ``NAME-backup-key``, which is made where it is missing and ``make`` says so.

        :raises BadInput: the file cannot be read, or is too short to be a key.
        """
        if path:
            try:
                with open(os.path.expanduser(path), "rb") as file:
                    found = file.read().strip()
            except OSError as exc:
                raise BadInput("signing_key_file", path, f"cannot be read: {exc.strerror}", "name a file with at least 16 bytes") from exc
            if len(found) < 16:
                raise BadInput("signing_key_file", path, "is too short for a key", "write at least 16 random bytes into it")
            return found
        name = f"{self.name}-backup-key"
        live = self.kube.get("Secret", name, self.namespace)
        if live is None and make:
            data = {KEY: base64.b64encode(secrets.token_hex(32).encode()).decode()}  # letters, so that a copy in a file is the same
            meta = {"name": name, "namespace": self.namespace, "labels": {SET: self.name}}
            with contextlib.suppress(Conflict):
                self.kube.create({"apiVersion": "v1", "kind": "Secret", "metadata": meta, "type": "Opaque", "data": data})
            live = self.kube.get("Secret", name, self.namespace)
        return base64.b64decode(live["data"][KEY]).strip() if live else None

    # The papers

    def all(self) -> list[Stored]:
        """Every backup that the cluster or its storage knows, the newest first; one in both is told once."""
        here = {b.id: b for b in self.here()}
        return sorted(({b.id: b for b in self.beside()} | here).values(), key=lambda b: b.id, reverse=True)

    def here(self) -> list[Stored]:
        """Those that have a ConfigMap."""
        found = self.kube.find("ConfigMap", self.namespace, f"{SET}={self.name},{BACKUP}").items
        return [_stored(o, o.get("data") or {}, "cluster") for o in found]

    def beside(self) -> list[Stored]:
        """Those whose paper lies beside a snapshot, of this namespace, whether that still exists or not."""
        found = self.kube.find("VolumeSnapshotContent", selector=f"{SET}={self.name},{BACKUP}").items
        told = []
        for content in found:
            text = content["metadata"].get("annotations", {}).get(BESIDE)
            if not text:
                continue
            try:
                each = _stored(content, _manifest.unpacked(text), "storage")
            except ValueError:
                each = _stored(content, {}, "storage")
            if each.trouble or each.paper.get("cluster", {}).get("namespace") == self.namespace:
                told.append(each)
        return told

    def write(self, paper: Object, seal: Seal, finished: bool) -> str:
        """Keep a paper in the cluster; returns the ConfigMap's name.

        :raises Refused: it is too large for one.
        """
        name, texts = _manifest.object_name(self.name, paper["id"]), _manifest.data(paper, seal)
        size = sum(map(len, texts.values()))
        if size > _manifest.LARGEST:
            raise Refused("manifest_too_large", f"the manifest has {size} bytes: the volume has {len(paper['files'])} files", hint("manifest_too_large"))
        labels = {**_manifest.labels(self.name, paper["id"]), STATE: COMPLETE if finished else UNFINISHED}
        meta = {"name": name, "namespace": self.namespace, "labels": labels}
        self.kube.apply({"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": texts}, force=True)
        return name

    def prove(self, backup: Stored, proof: str) -> None:
        """Note beside a paper that a cluster was restored from it."""
        live = self.kube.get("ConfigMap", _manifest.object_name(self.name, backup.id), self.namespace)
        if live is not None:
            self.kube.merge("ConfigMap", self.namespace, live["metadata"]["name"], {"data": {PROOF: proof}})

    # What was left behind

    def leftovers(self, only: str = "") -> list[Object]:
        """Objects of backups that were never finished, and tools of those that were, in the order in which they may be removed.

        :param only: the id of one backup.
        """
        finished = [b for b in self.all() if b.finished]
        kept = {("ConfigMap", _manifest.object_name(self.name, b.id)) for b in finished}
        taken = [b.paper["data"]["snapshot"] for b in finished if "snapshot" in b.paper.get("data", {})]
        kept |= {(kind, s[part]) for s in taken for kind, part in SNAPSHOT.items()}
        unread = [b.id for b in finished if b.trouble]  # whose paper tells nothing: its snapshot may be all there is
        kept |= {(kind, o["metadata"]["name"]) for backup in unread for kind in SNAPSHOT for o in self._made(kind, backup)}
        kinds = ("Job", "Pod", "PersistentVolumeClaim", *SNAPSHOT, "ConfigMap")
        handles = {s["handle"] for s in taken}
        found = [o for kind in kinds for o in self._made(kind, only) if (kind, o["metadata"]["name"]) not in kept and not _holds(o, handles, kept)]
        # A Job's pods go with it, a little later.
        return [o for o in found if "deletionTimestamp" not in o["metadata"] and not _of_a_job(o)]

    def _made(self, kind: str, backup: str = "") -> list[Object]:
        """What a backup, or any, has made of a kind."""
        selector = f"{SET}={self.name},{BACKUP}" + (f"={backup}" if backup else "")
        found = self.kube.find(kind, self.namespace, selector).items
        return [o for o in found if o.get("spec", {}).get("volumeSnapshotRef", {"namespace": self.namespace})["namespace"] == self.namespace]

    def remove(self, objects: t.Iterable[Object], snapshots: Snapshots) -> None:
        """Delete what was left behind, with the volumes that were made for it."""
        for each in objects:
            if each["kind"] == "VolumeSnapshot":
                snapshots.remove(each)
                continue
            if each["kind"] == "VolumeSnapshotContent":
                snapshots.remove_content(each["metadata"]["name"])
                continue
            if each["kind"] == "PersistentVolumeClaim":
                drop_volume_with(self.kube, each)
            self.kube.delete(each)


def _of_a_job(obj: Object) -> bool:
    return any(owner.get("kind") == "Job" for owner in obj["metadata"].get("ownerReferences", []))


def _holds(content: Object, handles: t.Collection[str], kept: t.Collection[tuple[str, str]]) -> bool:
    """Is this another object for the snapshot of a finished backup? A restore makes one where the namespace had gone."""
    if content["kind"] != "VolumeSnapshotContent":
        return False
    spec = content["spec"]
    handle = content.get("status", {}).get("snapshotHandle") or spec.get("source", {}).get("snapshotHandle")
    return handle in handles or ("VolumeSnapshot", spec["volumeSnapshotRef"].get("name")) in kept


def drop_volume_with(kube: Kube, claim: Object) -> None:
    """Let a claim's volume go with it, whatever its class says: it is a copy that was made for a moment."""
    volume = claim["spec"].get("volumeName")
    if volume:
        with contextlib.suppress(Conflict):
            kube.merge("PersistentVolume", "", volume, {"spec": {"persistentVolumeReclaimPolicy": "Delete"}})


def _stored(found: Object, texts: t.Mapping[str, str], where: str) -> Stored:
    labels = found["metadata"]["labels"]
    finished = labels.get(STATE, COMPLETE) == COMPLETE
    try:
        paper, seal = _manifest.read(texts)
    except (ValueError, KeyError, TypeError):
        return Stored(labels[BACKUP], where, {}, Seal("", ""), finished, trouble="manifest_damaged", found=found)
    return Stored(paper["id"], where, paper, seal, finished, texts.get(PROOF, ""), found=found)
