#!/usr/bin/python
# -*- coding: utf-8 -*-
# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: pc_backup_info
short_description: Lists the backups of a cluster, what each is worth, and what is left of unfinished ones
version_added: "0.1.0"
author: The robustmq.placement_center developers (@robustmq)
description:
  - Reads the manifests that the cluster keeps, and those that lie beside snapshots, which outlive the namespace. Each is held against its
    hash and its signature. It changes nothing.
  - With O(repository) the manifests in a restic repository are read too, by a Job that is removed again; that is how the backups of a cluster
    that is gone are found.
extends_documentation_fragment:
  - robustmq.placement_center.auth
  - robustmq.placement_center.cluster
  - robustmq.placement_center.mover
  - robustmq.placement_center.attributes
"""

EXAMPLES = r"""
- name: Which backups are there?
  robustmq.placement_center.pc_backup_info:
    namespace: robustmq
  register: known

- name: The newest that counts is younger than a day
  ansible.builtin.assert:
    that: known.newest.age_seconds < 86400
"""

RETURN = r"""
backups:
  description: Every backup that is known, the newest first.
  type: list
  elements: dict
  returned: success
  contains:
    id: {description: Its id., type: str}
    created: {description: When it was made., type: str}
    age_seconds: {description: How old it is., type: int}
    grade: {description: 'V(A), V(B) or V(C).', type: str}
    method: {description: How it is kept., type: str}
    level: {description: How far it is proven; 3 means that a cluster was restored from it., type: int}
    counts: {description: Whether a restore would take it without further questions., type: bool}
    reason: {description: Stable code of what is wrong with it; empty where nothing is., type: str}
    where: {description: 'Where its manifest was read: V(cluster), V(storage) or V(repository).', type: str}
    bytes: {description: Size of all files., type: int}
    fence: {description: Raft group and log index., type: dict}
    proven: {description: When a cluster was restored from it; empty for never., type: str}
newest:
  description: The newest that counts; empty where there is none.
  type: dict
  returned: success
unfinished:
  description: What runs that were killed have left; the next backup removes it.
  type: list
  elements: str
  returned: success
reason:
  description: Stable code of the failure.
  type: str
  returned: failure
"""

import time
import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils import _backup_report, _manifest
from ansible_collections.robustmq.placement_center.plugins.module_utils._backup_store import Store
from ansible_collections.robustmq.placement_center.plugins.module_utils._entry import Job, run
from ansible_collections.robustmq.placement_center.plugins.module_utils._in_repository import read
from ansible_collections.robustmq.placement_center.plugins.module_utils._mover import Runner
from ansible_collections.robustmq.placement_center.plugins.module_utils._mover_options import MOVER_SPEC, mover_of
from ansible_collections.robustmq.placement_center.plugins.module_utils._progress import Progress

SPEC = MOVER_SPEC


def work(job: Job) -> dict[str, t.Any]:
    """Read, hold against hash and signature, tell."""
    store = Store(job.kube, job.namespace, job.name)
    key = store.key(job.params["signing_key_file"])
    found = store.all()
    if job.params["repository"]:
        found = _backup_report.merged(found, _repository(job))
    rows = [_backup_report.row(each, key, time.time()) for each in found]
    newest = next((row for row in rows if row["counts"]), {})
    left = [f"{o['kind']}/{o['metadata']['name']}" for o in store.leftovers()]
    return {"changed": False, "backups": rows, "newest": newest, "unfinished": left}


def _repository(job: Job) -> list[t.Any]:
    template = (job.kube.get("StatefulSet", job.name, job.namespace) or {}).get("spec", {}).get("template", {}).get("spec", {})
    mover = mover_of(job, _manifest.labels(job.name, "info"), template)
    say = Progress(job.params["progress_file"]).say
    return read(Runner(job.kube, mover, say, lambda: None, job.params["step_timeout"]), job.namespace, job.name)


def main() -> None:
    """Entry point."""
    run(work, SPEC)


if __name__ == "__main__":
    main()
