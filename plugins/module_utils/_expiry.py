# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Backups that the rules let go, removed: restic's by their exact ids, snapshots with what the storage keeps, papers last."""

from __future__ import annotations

import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils import _backup_report, _manifest, _mover_words, _movers, _retention
from ansible_collections.robustmq.placement_center.plugins.module_utils._backup_store import Store, Stored
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import PcError
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Reason
from ansible_collections.robustmq.placement_center.plugins.module_utils._mover import Runner
from ansible_collections.robustmq.placement_center.plugins.module_utils._retention import Kept, Rules
from ansible_collections.robustmq.placement_center.plugins.module_utils._snapshots import Snapshots

Object = dict[str, t.Any]
Say = t.Callable[[str], None]


def expire(store: Store, snapshots: Snapshots, runner: Runner, rules: Rules, key: bytes, latest: Object, say: Say) -> tuple[list[str], list[Reason]]:
    """Called after a good backup only, and among those that were kept in the same way and place as this ``latest``.

    A paper that is not as it was signed neither protects another backup nor is a reason to delete anything. What cannot be removed now
    is told, and is tried again by the next.
    """
    if not rules.any:
        return [], []
    try:
        known = {b.id: b for b in store.all() if _backup_report.reason(b, key) in ("", "backup_unverified") and _place(b.paper) == _place(latest)}
        kept = [Kept(b.id, b.paper["created"], not _backup_report.reason(b, key)) for b in known.values()]
        old = [known[i] for i in _retention.surplus(kept, rules)]
        _forget([b.id for b in old if "restic" in b.paper["data"]], store, runner, latest)
        for backup in old:
            _remove(backup, store, snapshots)
            say(f"removed {backup.id}, as the rules say")
    except PcError as exc:
        return [], [Reason("retention_failed", f"old backups could not be removed: {exc}")]
    return [b.id for b in old], []


def _place(paper: Object) -> str:
    return str(paper["data"].get("restic", {}).get("repository", ""))


def _forget(old: list[str], store: Store, runner: Runner, latest: Object) -> None:
    """Both snapshots of each, data and paper, and data that killed runs have left; then what nothing uses any more.

    :raises PcError: restic failed; the papers stay.
    """
    if not old:
        return
    mine, last = f"pc-set={store.namespace}/{store.name}", latest["id"]
    listed = runner.good(_movers.restic(_manifest.object_name(store.name, last, "list"), "snapshots", "--tag", mine))
    ids = _retention.forgotten(_mover_words.array(listed.log), old, latest["created"])
    if ids:
        # A killed pod leaves its lock for ever, and a prune minds every lock; unlock takes those that nobody has renewed for half an hour.
        runner.good(_movers.restic(_manifest.object_name(store.name, last, "unlock"), "unlock"))
        runner.good(_movers.restic(_manifest.object_name(store.name, last, "forget"), "forget", "--prune", *ids))


def _remove(backup: Stored, store: Store, snapshots: Snapshots) -> None:
    data = backup.paper["data"]
    if "snapshot" in data:
        found = store.kube.get("VolumeSnapshot", data["snapshot"]["name"], store.namespace)
        if found is not None:
            snapshots.remove(found)
        snapshots.remove_content(data["snapshot"]["content"])
    paper = store.kube.get("ConfigMap", _manifest.object_name(store.name, backup.id), store.namespace)
    if paper is not None:
        store.kube.delete({**paper, "kind": "ConfigMap"})
