# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Volumes that are made for a moment: of a snapshot or empty, read, filled, opened, and removed."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.robustmq.placement_center.plugins.module_utils import _mover_words, _movers
from ansible_collections.robustmq.placement_center.plugins.module_utils._backup_store import drop_volume_with
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import Refused
from ansible_collections.robustmq.placement_center.plugins.module_utils._hints import hint
from ansible_collections.robustmq.placement_center.plugins.module_utils._kube import Kube
from ansible_collections.robustmq.placement_center.plugins.module_utils._mover import Runner
from ansible_collections.robustmq.placement_center.plugins.module_utils._mover_words import File
from ansible_collections.robustmq.placement_center.plugins.module_utils._quantities import quantity

Object = dict[str, t.Any]


def claim(namespace: str, name: str, labels: t.Mapping[str, str], like: t.Mapping[str, t.Any], snapshot: str = "", least: int = 0) -> Object:
    """A claim like the one that a paper's ``source`` describes: empty, or of a snapshot. :param least: bytes that the snapshot needs."""
    size = like["size"] if quantity(like["size"]) >= least else str(least)
    spec: Object = {"accessModes": [like["mode"] or "ReadWriteOnce"], "resources": {"requests": {"storage": size}}}
    if like["class"]:
        spec["storageClassName"] = like["class"]
    if snapshot:
        spec["dataSource"] = {"apiGroup": "snapshot.storage.k8s.io", "kind": "VolumeSnapshot", "name": snapshot}
    meta = {"name": name, "namespace": namespace, "labels": dict(labels)}
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": meta, "spec": spec}


@dataclass(frozen=True)
class Copier:
    """Reads and fills volumes by Jobs."""

    kube: Kube
    runner: Runner

    def list(self, name: str, claim_name: str, node: str = "") -> tuple[File, ...]:
        """Every file of a volume with its hash.

        :raises Refused: the list is not whole.
        """
        ended = self.runner.good(_movers.hashing(name, claim_name, node))
        files = _mover_words.files(ended.log)
        if files is None and (unread := _mover_words.unread(ended.log)):
            raise Refused("backup_incomplete", f"{name}: a file could not be read: {unread}", hint("backup_incomplete"))
        if files is None:
            raise Refused("listing_incomplete", f"{name}: the list of files was cut off", hint("listing_incomplete"))
        return files

    def drop(self, name: str) -> None:
        """Remove a claim that was made for a moment, with its volume."""
        live = self.kube.get("PersistentVolumeClaim", name, self.runner.mover.namespace)
        if live is not None:
            drop_volume_with(self.kube, live)
            self.kube.delete({**live, "kind": "PersistentVolumeClaim"})


def told(log: str) -> str:
    """How far restic is, for people."""
    pace = _mover_words.pace(log)
    if pace is None:
        return ""
    left = "" if pace.seconds_left is None else f", {pace.seconds_left} s left"
    return f"{_mib(pace.bytes_done)} of {_mib(pace.bytes_total)} MiB, {pace.files_done} files{left}"


def _mib(number: int) -> str:
    return f"{number / 2**20:.0f}"
