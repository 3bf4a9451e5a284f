# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bring a backup's copy to new volumes, compare every file with the manifest, and make each the copy of its own member.

It may be killed anywhere and run again: a claim that is there is filled on, a Job that still runs is waited for, and nothing counts
before every file was read back.
"""

from __future__ import annotations

import contextlib
import threading
import typing as t
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from ansible_collections.robustmq.placement_center.plugins.module_utils import _copying, _identity, _manifest, _mover_words, _movers, _restore_objects
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import Conflict, Refused
from ansible_collections.robustmq.placement_center.plugins.module_utils._hints import hint
from ansible_collections.robustmq.placement_center.plugins.module_utils._identity import Who
from ansible_collections.robustmq.placement_center.plugins.module_utils._kube import Kube
from ansible_collections.robustmq.placement_center.plugins.module_utils._mover import Runner
from ansible_collections.robustmq.placement_center.plugins.module_utils._mover_words import File
from ansible_collections.robustmq.placement_center.plugins.module_utils._movers import Task
from ansible_collections.robustmq.placement_center.plugins.module_utils._profiles import Profile
from ansible_collections.robustmq.placement_center.plugins.module_utils._restore_journal import Journal
from ansible_collections.robustmq.placement_center.plugins.module_utils._snapshots import Snapshots

Object = dict[str, t.Any]

AT_ONCE = 2  # volumes
SEPARATOR = "\n-- next file --\n"


@dataclass
class Filler:
    """Fills the volumes of one restore. ``runner`` goes on with Jobs that are there; ``said`` is what its lines begin with."""

    kube: Kube
    runner: Runner
    snapshots: Snapshots
    paper: Object
    profile: Profile
    say: t.Callable[[str], None]
    _texts: dict[str, str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def bring(self, journal: Journal, ordinals: t.Sequence[int], places: t.Mapping[int, Object], done: t.Callable[[int, str], None]) -> None:
        """Fill one volume for each ordinal, two at a time.

        :param places: ordinal -> affinity of the pods by which its volume is made. :param done: told each ordinal and its volume.
        :raises Refused: a file differs, or a program failed.
        """
        snapshot = self._snapshot()
        with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
            asked = [pool.submit(self._one, journal, o, snapshot, places.get(o), done) for o in ordinals]
            try:
                for each in asked:
                    each.result()
            except BaseException:
                for each in asked:
                    each.cancel()
                raise

    def _snapshot(self) -> str:
        """The VolumeSnapshot, bound here where its own namespace is gone; nothing where restic has the data."""
        found = self.paper["data"].get("snapshot")
        if not found:
            return ""
        namespace = self.runner.mover.namespace
        live = self.kube.get("VolumeSnapshot", found["name"], namespace)
        if live is None:
            self.say(f"snapshot {found['name']}: bound to namespace {namespace}")
        own = _manifest.labels(self.runner.mover.labels[_manifest.SET], self.paper["id"])
        return self.snapshots.bind(found["name"], found["handle"], found["driver"], own).name if live is None else str(found["name"])

    def _one(self, journal: Journal, ordinal: int, snapshot: str, place: Object | None, done: t.Callable[[int, str], None]) -> None:
        claim = journal.copy(ordinal)
        with contextlib.suppress(Conflict):
            self.kube.create(_restore_objects.copy_claim(journal, ordinal, snapshot))
        restic = self.paper["data"].get("restic")
        if restic:
            task = _movers.filling(self._named(journal, f"fill{ordinal}"), restic["snapshot"], claim)._replace(affinity=place)
            self.runner.good(task, _copying.told)
        files = self._listed(_movers.hashing(self._named(journal, f"hash{ordinal}"), claim)._replace(affinity=place))
        self._identified(journal, ordinal, claim, files)
        live = self.kube.get("PersistentVolumeClaim", claim, journal.namespace) or {"spec": {}}
        volume = live["spec"].get("volumeName", "")
        if not volume:
            raise Refused("claim_pending", f"{claim} is not bound", hint("claim_pending"))
        self.kube.merge("PersistentVolume", "", volume, {"spec": {"persistentVolumeReclaimPolicy": "Retain"}})
        self.say(f"{journal.claim(ordinal)}: the copy is on {volume}, {len(files)} files, each compared")
        done(ordinal, volume)
        texts = self.kube.get("ConfigMap", self._named(journal, f"i{ordinal}"), journal.namespace)
        if texts is not None:  # not before: without it nobody could tell what was written from damage
            self.kube.delete({**texts, "kind": "ConfigMap"})

    def _named(self, journal: Journal, part: str) -> str:
        return _manifest.object_name(journal.name, journal.backup, part)

    def _listed(self, task: Task) -> tuple[File, ...]:
        ended = self.runner.good(task)
        files = _mover_words.files(ended.log)
        if files is None:
            raise Refused("listing_incomplete", f"{task.name}: the list of files was cut off", hint("listing_incomplete"))
        return files

    # Whose copy it is

    def _identified(self, journal: Journal, ordinal: int, claim: str, files: tuple[File, ...]) -> None:
        """Compare with the manifest; where the server would not take another's data, name this member in it and compare again."""
        paths = _identity.paths(self.paper, self.profile.identity)
        own = self.profile.member_id(ordinal) == self.paper["source"]["id"]
        if own or not paths:
            return self._agree(self.paper, files, claim)
        name = self._named(journal, f"i{ordinal}")
        self._agree(self.paper, files, claim, but=paths)
        expected = _identity.expected(self.paper, self._written(journal, ordinal, name, claim, paths, files))
        if _manifest.differences(expected, files):
            # A folder's time can only be set by its owner, whom a server that runs as root does not tell.
            words = ("copy", _movers.PAPERS, _movers.DATA, "--ignore-times", "--no-update-dir-modtime", "--log-level", "ERROR")
            self.runner.good(Task(self._named(journal, f"name{ordinal}"), "rclone", words, claim, True, name, paths=paths))
            again = self._listed(_movers.hashing(self._named(journal, f"again{ordinal}"), claim))
            self._agree(expected, again, claim)
        return None

    def _agree(self, wanted: t.Mapping[str, t.Any], files: t.Sequence[File], claim: str, but: t.Collection[str] = ()) -> None:
        rows = {"files": [f for f in wanted["files"] if f["path"] not in but]}
        wrong = _manifest.differences(rows, [f for f in files if f.path not in but])
        if wrong:
            more = f" and {len(wrong) - 1} more" if len(wrong) > 1 else ""
            raise Refused("data_damaged", f"{claim} is not what was backed up: {wrong[0]}{more}", hint("data_damaged"))

    def _written(self, journal: Journal, ordinal: int, name: str, claim: str, paths: tuple[str, ...], files: tuple[File, ...]) -> dict[str, str]:
        """The files that name a member, as this one's; kept where a run after this one finds them, since the volume's own will be gone."""
        live = self.kube.get("ConfigMap", name, journal.namespace)
        if live is not None:
            return {path: live["data"][path.replace("/", ".")] for path in paths}
        self._agree(self.paper, files, claim)
        who = _identity.members(self.paper)
        source, target = who.get(self.paper["source"]["id"]), who.get(self.profile.member_id(ordinal))
        texts = self._read(journal, ordinal, claim, paths)
        made = {path: _identity.rewritten(text, source or Who(0, ""), target or Who(0, "")) for path, text in texts.items()}
        for path, text in made.items():
            if text is None or target is None:
                raise Refused("identity_unknown", f"{claim}: {path} does not name member {self.paper['source']['id']}", hint("identity_unknown"))
        found = {path: str(text) for path, text in made.items()}
        meta = {"name": name, "namespace": journal.namespace, "labels": dict(self.runner.mover.labels)}
        self.kube.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": _identity.data(found)})
        return found

    def _read(self, journal: Journal, ordinal: int, claim: str, paths: tuple[str, ...]) -> dict[str, str]:
        """They are the same in every copy, so one is read."""
        with self._lock:
            if not self._texts:
                included = [word for path in paths for word in ("--include", f"/{path}")]
                words = ("cat", _movers.DATA, *included, "--separator", SEPARATOR, "--log-level", "ERROR")
                ended = self.runner.good(Task(self._named(journal, f"read{ordinal}"), "rclone", words, claim))
                texts = _identity.separate(ended.log, SEPARATOR, self.paper, paths)
                if texts is None:
                    raise Refused("identity_unknown", f"{claim}: {', '.join(paths)} could not be read", hint("identity_unknown"))
                self._texts.update(texts)
            return dict(self._texts)
