# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""VolumeSnapshots: made of a claim and kept whatever becomes of their namespace, bound again where that is gone, removed for good."""

from __future__ import annotations

import contextlib
import time
import typing as t
from dataclasses import dataclass

from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import Conflict, PcError, Refused, TimedOut
from ansible_collections.robustmq.placement_center.plugins.module_utils._hints import hint
from ansible_collections.robustmq.placement_center.plugins.module_utils._kube import Kube
from ansible_collections.robustmq.placement_center.plugins.module_utils._wait import outlast

Object = dict[str, t.Any]

API = "snapshot.storage.k8s.io/v1"
LOOK_SECONDS = 0.2
PATIENCE = 10.0  # seconds that a driver may go on failing: it repeats by itself


class Taken(t.NamedTuple):
    """A snapshot that can be used."""

    name: str
    content: str
    handle: str
    driver: str
    created: str  # RFC 3339, when the driver cut it
    size: int  # bytes that a volume made of it needs at least; 0 is unknown


@dataclass(frozen=True)
class Snapshots:
    """The snapshots of one namespace."""

    kube: Kube
    namespace: str
    alive: t.Callable[[], None]
    patience: float  # seconds that one may take

    def class_for(self, driver: str, wanted: str) -> str:
        """The class to use: the one that is named, else the only one of the driver or its default.

        :raises Refused: there is none.
        """
        found = [c for c in self.kube.find("VolumeSnapshotClass").items if c.get("driver") == driver]
        names = sorted(c["metadata"]["name"] for c in found)
        if wanted:
            if wanted not in names:
                raise Refused(
                    "no_snapshot_class", f"VolumeSnapshotClass {wanted} is none of {driver}'s: {', '.join(names) or 'none'}", hint("no_snapshot_class")
                )
            return wanted
        mark = "snapshot.storage.kubernetes.io/is-default-class"
        preferred = [c["metadata"]["name"] for c in found if c["metadata"].get("annotations", {}).get(mark) == "true"]
        if not names:
            raise Refused("no_snapshot_class", f"no VolumeSnapshotClass names the driver {driver}", hint("no_snapshot_class"))
        return str((preferred or names)[0])

    def take(self, name: str, claim: str, snapshot_class: str, labels: t.Mapping[str, str]) -> Taken:
        """Snapshot a claim, and wait until it can be used and would outlive its namespace.

        :raises Refused: the driver fails; the words are its own. :raises TimedOut: it does not get ready.
        """
        spec = {"volumeSnapshotClassName": snapshot_class, "source": {"persistentVolumeClaimName": claim}}
        meta = {"name": name, "namespace": self.namespace, "labels": dict(labels)}
        self.kube.create({"apiVersion": API, "kind": "VolumeSnapshot", "metadata": meta, "spec": spec})
        return self._ready(name, labels)

    def bind(self, name: str, handle: str, driver: str, labels: t.Mapping[str, str]) -> Taken:
        """Make a snapshot that the storage still has known here again; one that is bound already is as good."""
        content = f"{self.namespace}-{name}"
        ref = {"name": name, "namespace": self.namespace}
        spec = {"deletionPolicy": "Retain", "driver": driver, "source": {"snapshotHandle": handle}, "volumeSnapshotRef": ref}
        with contextlib.suppress(Conflict):
            self.kube.create({"apiVersion": API, "kind": "VolumeSnapshotContent", "metadata": {"name": content, "labels": dict(labels)}, "spec": spec})
        meta = {"name": name, "namespace": self.namespace, "labels": dict(labels)}
        with contextlib.suppress(Conflict):
            source = {"source": {"volumeSnapshotContentName": content}}
            self.kube.create({"apiVersion": API, "kind": "VolumeSnapshot", "metadata": meta, "spec": source})
        return self._ready(name, labels)

    def _ready(self, name: str, labels: t.Mapping[str, str]) -> Taken:
        end, failing = time.monotonic() + self.patience, 0.0
        while True:
            self.alive()
            found = self.demand(name)
            status = found.get("status", {})
            content = status.get("boundVolumeSnapshotContentName", "")
            if content and status.get("readyToUse"):
                return self._kept(name, content, found, labels)
            words = status.get("error", {}).get("message", "")
            failing = (failing or time.monotonic()) if words else 0.0
            if words and time.monotonic() - failing > PATIENCE:
                raise Refused("snapshot_failed", f"VolumeSnapshot {name}: {words}", hint("snapshot_failed"))
            if time.monotonic() > end:
                text = f"VolumeSnapshot {name} is not ready after {self.patience:.0f} s"
                raise TimedOut(text, "look after the snapshot controller and the driver; then run again")
            self.kube.wait_for_change("VolumeSnapshot", self.namespace, found["metadata"]["resourceVersion"], LOOK_SECONDS)

    def demand(self, name: str) -> Object:
        """One that nobody is deleting.

        :raises Refused: somebody is, or has.
        """
        found = outlast(lambda: self.kube.get("VolumeSnapshot", name, self.namespace), self.patience, self.alive)
        if found is None or "deletionTimestamp" in found["metadata"]:
            raise Refused("snapshot_gone", f"VolumeSnapshot {name} was deleted by somebody", hint("snapshot_gone"))
        return found

    def _kept(self, name: str, content: str, found: Object, labels: t.Mapping[str, str]) -> Taken:
        """Whatever the class says, this one is not deleted with its object."""
        live = self.kube.merge("VolumeSnapshotContent", "", content, {"metadata": {"labels": dict(labels)}, "spec": {"deletionPolicy": "Retain"}})
        status = live.get("status", {})
        handle = status.get("snapshotHandle") or live["spec"]["source"].get("snapshotHandle", "")
        created = found.get("status", {}).get("creationTime", "")
        return Taken(name, content, handle, live["spec"]["driver"], created, int(status.get("restoreSize") or 0))

    def write_beside(self, content: str, annotations: t.Mapping[str, str]) -> None:
        """Keep these words on the storage's side, where they outlive the namespace."""
        self.kube.merge("VolumeSnapshotContent", "", content, {"metadata": {"annotations": dict(annotations)}})

    def remove(self, snapshot: Object, keep: bool = False) -> None:
        """Delete one with what the storage keeps of it, or (``keep``) only its objects here."""
        content = snapshot.get("status", {}).get("boundVolumeSnapshotContentName") or f"snapcontent-{snapshot['metadata']['uid']}"
        self._decide(content, keep)  # first: a run that ends here is finished by the next, which still finds the snapshot
        self.kube.delete({**snapshot, "kind": "VolumeSnapshot"})
        self.remove_content(content, keep)

    def remove_content(self, content: str, keep: bool = False) -> None:
        """Delete what stands for a snapshot in the storage, with it or (``keep``) without."""
        live = self._decide(content, keep)
        if live is not None:
            self.kube.delete({**live, "kind": "VolumeSnapshotContent"})

    def _decide(self, content: str, keep: bool) -> Object | None:
        if not content or self.kube.get("VolumeSnapshotContent", content) is None:
            return None
        try:
            return self.kube.merge("VolumeSnapshotContent", "", content, {"spec": {"deletionPolicy": "Retain" if keep else "Delete"}})
        except PcError:
            if self.kube.get("VolumeSnapshotContent", content) is None:  # the snapshot controller has been quicker
                return None
            raise
