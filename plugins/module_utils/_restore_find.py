# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which backup a restore is of, and what it finds; everything that the refusals stand on. It reads only."""

from __future__ import annotations

import secrets
import typing as t
from dataclasses import replace

from ansible_collections.robustmq.placement_center.plugins.module_utils import (
    _backup_report,
    _in_repository,
    _manifest,
    _mover_words,
    _movers,
    _opening,
    _restore_objects,
)
from ansible_collections.robustmq.placement_center.plugins.module_utils._backup_store import Store, Stored
from ansible_collections.robustmq.placement_center.plugins.module_utils._entry import Job
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import Conflict, Forbidden, Invalid, Refused
from ansible_collections.robustmq.placement_center.plugins.module_utils._hints import hint
from ansible_collections.robustmq.placement_center.plugins.module_utils._mover import Runner
from ansible_collections.robustmq.placement_center.plugins.module_utils._mover_options import mover_of
from ansible_collections.robustmq.placement_center.plugins.module_utils._movers import Mover
from ansible_collections.robustmq.placement_center.plugins.module_utils._progress import Progress
from ansible_collections.robustmq.placement_center.plugins.module_utils._restore_checks import Facts

Object = dict[str, t.Any]


# Which backup


def find(job: Job, wanted: str, key: bytes | None, accept_unsigned: bool, progress: Progress) -> tuple[Stored, str]:
    """The backup that is meant, and the code of what is wrong with it. ``latest`` is the newest with which nothing is.

    :raises Refused: there is none.
    """
    store = Store(job.kube, job.namespace, job.name)
    known = store.all()
    exact = wanted != "latest"
    if job.params["repository"] and not any(b.id == wanted or (not exact and b.where == "cluster") for b in known):
        known = _backup_report.merged(known, _in_repository.read(_reader(job, progress), job.namespace, job.name, wanted if exact else ""))
    for backup in known:
        wrong = _backup_report.reason(backup, key)
        if (exact and backup.id == wanted) or (not exact and (not wrong or (accept_unsigned and wrong == "signature_unknown"))):
            return backup, wrong
    there = ", ".join(f"{b.id} ({_backup_report.reason(b, key) or 'good'})" for b in known) or "none"
    what = f"no backup {wanted}" if exact else "no backup that is finished, verified and signed"
    raise Refused("backup_missing", f"there is {what} of {job.namespace}/{job.name}; known: {there}", hint("backup_missing"))


def _reader(job: Job, progress: Progress, paper: Object | None = None) -> Runner:
    """Runs the Jobs that only read; the next backup removes what a killed one leaves."""
    mover = mover_for(job, _manifest.labels(job.name, "info"), paper)
    return Runner(job.kube, mover, progress.say, lambda: None, job.params["step_timeout"])


def mover_for(job: Job, labels: t.Mapping[str, str], paper: Object | None) -> Mover:
    """Movers as the manifest would have them, if there is one: its user, and its repository unless another was named."""
    template = ((set_of(paper) or {}) if paper else {}).get("spec", {}).get("template", {}).get("spec", {})
    mover = mover_of(job, labels, template)
    repository = (paper or {}).get("data", {}).get("restic", {}).get("repository", "")
    return mover if mover.repository else replace(mover, repository=repository)


# What is there


def gather(job: Job, paper: Object, progress: Progress, going_on: bool) -> Facts:
    """Everything that the refusals stand on. :param going_on: a restore is under way, so what it has made is there already."""
    kube, data = job.kube, paper["data"]
    sts = kube.get("StatefulSet", job.name, job.namespace)
    described = sts or set_of(paper)
    name = _restore_objects.like(paper, described, _opening.spec_template(described))["class"] if described else ""
    there = "restic" not in data or _secret(job)
    return Facts(
        namespace=job.namespace,
        name=job.name,
        ending=bool((kube.get("Namespace", job.namespace) or {}).get("metadata", {}).get("deletionTimestamp")),
        cluster_uid=(kube.get("Namespace", "kube-system") or {"metadata": {}})["metadata"].get("uid", ""),
        sts=sts,
        storage_class=kube.get("StorageClass", name) if name else None,
        quotas=() if going_on else tuple(kube.find("ResourceQuota", job.namespace).items),
        secret=there,
        snapshot=_unusable(job, paper, progress) if there and not going_on else "",
    )


def _secret(job: Job) -> bool:
    """Is there one? Rehearsed, since whoever reads it has the password: the name of one that is there is taken."""
    meta = {"name": job.params["secret"] or f"{job.name}-backup", "namespace": job.namespace}
    try:
        job.kube.create({"apiVersion": "v1", "kind": "Secret", "metadata": meta}, dry_run=True)
    except Conflict:
        return True
    except Forbidden:
        return True  # not known; restic says it
    except Invalid:
        return False  # there is no namespace
    return False


def set_of(paper: Object) -> Object | None:
    """The StatefulSet that the manifest has."""
    return next((o for o in paper["objects"] if o["kind"] == "StatefulSet"), None)


def _unusable(job: Job, paper: Object, progress: Progress) -> str:
    """What keeps the data from being read, in words."""
    restic, found = paper["data"].get("restic"), paper["data"].get("snapshot")
    if restic:
        runner = _reader(job, progress, paper)
        task = _movers.restic(f"{job.name[:30]}-r-{secrets.token_hex(3)}-look", "snapshots", "--no-lock", "--tag", f"pc-id={paper['id']}")
        listed = _mover_words.array(runner.good(task).log)
        return "" if restic["snapshot"] in {s["id"] for s in listed} else f"the repository has no snapshot {restic['snapshot']}"
    live = job.kube.get("VolumeSnapshot", found["name"], job.namespace)
    if live is not None:
        status = live.get("status", {})
        return "" if status.get("readyToUse") else str(status.get("error", {}).get("message") or "it is not ready to use")
    if job.params["clone"]:
        return ""  # only the storage knows, and tells when it is bound
    contents = job.kube.find("VolumeSnapshotContent").items
    handles = {c.get("status", {}).get("snapshotHandle") or c["spec"]["source"].get("snapshotHandle") for c in contents}
    return "" if found["handle"] in handles else f"VolumeSnapshot {found['name']} and what stood for it in the storage are gone"
