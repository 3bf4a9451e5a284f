# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a killed backup has left is found, and nothing that a finished one is."""

from __future__ import annotations

import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils import _manifest
from ansible_collections.robustmq.placement_center.plugins.module_utils._backup_store import Store
from ansible_collections.robustmq.placement_center.plugins.module_utils._kube import Found, Kube

Object = dict[str, t.Any]

DONE, KILLED = "20261125-070501-4f3a", "20261125-080000-0000"


class Shelf:
    """A cluster that only lists."""

    def __init__(self, *objects: Object) -> None:
        self.objects = objects

    def find(self, kind: str, namespace: str = "", selector: str = "", fields: str = "") -> Found:
        """By kind, namespace and the labels that the selector names."""
        wanted = [part.partition("=") for part in selector.split(",") if part]
        mine = [o for o in self.objects if o["kind"] == kind and o["metadata"].get("namespace", namespace) == namespace]
        return Found([o for o in mine if all(k in o["metadata"]["labels"] and v in ("", o["metadata"]["labels"][k]) for k, _e, v in wanted)], "1")


def thing(kind: str, backup: str, part: str = "", **more: t.Any) -> Object:
    meta = {"name": _manifest.object_name("pc", backup, part), "namespace": "ns", "labels": _manifest.labels("pc", backup)}
    return {"kind": kind, "metadata": meta, **more}


def content(backup: str, name: str, handle: str, of: str = "s1", namespace: str = "ns") -> Object:
    ref = {"name": _manifest.object_name("pc", backup, of), "namespace": namespace}
    meta = {"name": name, "labels": _manifest.labels("pc", backup)}
    return {"kind": "VolumeSnapshotContent", "metadata": meta, "spec": {"volumeSnapshotRef": ref, "source": {}}, "status": {"snapshotHandle": handle}}


def finished(**cluster: str) -> Object:
    """The paper of a backup that was finished, where it is kept."""
    named = {"name": _manifest.object_name("pc", DONE, "s1"), "content": "snapcontent-done", "handle": "snap-done"}
    paper = {"schema": _manifest.SCHEMA, "id": DONE, "cluster": {"namespace": "ns", **cluster}, "data": {"snapshot": named}, "files": []}
    texts = _manifest.data(paper, _manifest.sealed(paper, b"k" * 16))
    found = thing("ConfigMap", DONE, data=texts)
    found["metadata"]["labels"][_manifest.STATE] = _manifest.COMPLETE
    return found


def names(*objects: Object) -> list[tuple[str, str]]:
    store = Store(t.cast(Kube, Shelf(*objects)), "ns", "pc")
    return [(o["kind"], o["metadata"]["name"]) for o in store.leftovers()]


def test_all_that_a_killed_run_made_is_left_over() -> None:
    made = [thing(kind, KILLED, part) for kind, part in (("Job", "hash"), ("Pod", "open"), ("PersistentVolumeClaim", "source"), ("VolumeSnapshot", "s1"))]
    made.append(content(KILLED, "snapcontent-killed", "snap-killed"))
    assert names(finished(), *made) == [(o["kind"], o["metadata"]["name"]) for o in made]


def test_a_finished_backup_keeps_its_snapshot_under_every_name_that_it_has() -> None:
    bound = content(DONE, "ns-again", "snap-done")
    once_more = content(DONE, "by-name-alone", "")
    assert names(finished(), thing("VolumeSnapshot", DONE, "s1"), content(DONE, "snapcontent-done", "snap-done"), bound, once_more) == []


def test_a_copy_that_an_election_has_spoilt_is_left_over_though_its_backup_was_finished() -> None:
    spoilt = content(DONE, "snapcontent-spoilt", "snap-spoilt", of="s0")
    assert names(finished(), spoilt) == [("VolumeSnapshotContent", "snapcontent-spoilt")]


def test_what_is_another_namespaces_is_nobodys_left_over() -> None:
    assert names(content(KILLED, "snapcontent-theirs", "snap-theirs", namespace="other")) == []


def test_a_paper_that_cannot_be_read_keeps_whatever_its_backup_has() -> None:
    paper = finished()
    paper["data"]["manifest.json"] = "{"
    assert names(paper, thing("VolumeSnapshot", DONE, "s1"), content(DONE, "snapcontent-done", "snap-done"), thing("Job", DONE, "hash")) == [
        ("Job", _manifest.object_name("pc", DONE, "hash"))
    ]


def test_the_pods_of_a_job_are_the_jobs_to_remove() -> None:
    pod = thing("Pod", KILLED, "hash")
    pod["metadata"]["ownerReferences"] = [{"kind": "Job", "name": "x"}]
    assert names(thing("Job", KILLED, "hash"), pod) == [("Job", _manifest.object_name("pc", KILLED, "hash"))]
