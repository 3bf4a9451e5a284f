#!/usr/bin/python
# -*- coding: utf-8 -*-
# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: pc_drill
short_description: Restores a backup into a namespace of its own, proves it, and removes it again
version_added: "0.1.0"
author: The robustmq.placement_center developers (@robustmq)
description:
  - The copy is brought to new volumes and every file compared; then as many members as the cluster has run on it in a namespace that is made
    for it, until they are healthy, hold all that the manifest says, and give the canary back that was written before the fence. The
    backup gets a signed proof, and is of level 3 from then on. Namespace and volumes are removed.
  - Production is not touched. Raft knows the members by production's names; the copies know no DNS, and their hosts files lead
    those names to the copies. A network policy lets nothing out of the namespace.
  - A run that was killed leaves nothing that the next one does not remove.
extends_documentation_fragment:
  - robustmq.placement_center.auth
  - robustmq.placement_center.cluster
  - robustmq.placement_center.mover
  - robustmq.placement_center.attributes
options:
  backup_id:
    description: The backup's exact id, or V(latest) for the newest that is finished, verified and signed; the result names it.
    type: str
    default: latest
  stable_seconds:
    description: How long in seconds the copies must be proven without a break.
    type: int
    default: 10
"""

EXAMPLES = r"""
- name: Does the newest backup restore?
  robustmq.placement_center.pc_drill:
    namespace: robustmq
"""

RETURN = r"""
state:
  description: V(done), or V(planned) in check mode.
  type: str
  returned: success
id:
  description: The backup.
  type: str
  returned: success
scratch:
  description: The namespace that was made for it.
  type: str
  returned: success
proven:
  description: When it was proven; empty in check mode.
  type: str
  returned: success
seconds:
  description: From the first write until all was removed again.
  type: float
  returned: success and not check mode
cleaned:
  description: What a run that was killed had left, and was removed (in check mode would be).
  type: list
  elements: str
  returned: success
reason:
  description: Stable code of the refusal or failure.
  type: str
  returned: failure
"""

import contextlib
import time
import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils import (
    _drill,
    _drill_run,
    _manifest,
    _opening,
    _restore_checks,
    _restore_find,
    _restore_objects,
)
from ansible_collections.robustmq.placement_center.plugins.module_utils._backup_store import Store, Stored
from ansible_collections.robustmq.placement_center.plugins.module_utils._drill_run import Driller
from ansible_collections.robustmq.placement_center.plugins.module_utils._entry import Job, run
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import stop_if
from ansible_collections.robustmq.placement_center.plugins.module_utils._lease import Lease
from ansible_collections.robustmq.placement_center.plugins.module_utils._mover import Runner
from ansible_collections.robustmq.placement_center.plugins.module_utils._mover_options import MOVER_SPEC, guard
from ansible_collections.robustmq.placement_center.plugins.module_utils._progress import Progress
from ansible_collections.robustmq.placement_center.plugins.module_utils._raft import Limits
from ansible_collections.robustmq.placement_center.plugins.module_utils._restore_fill import Filler
from ansible_collections.robustmq.placement_center.plugins.module_utils._snapshots import Snapshots

SPEC: dict[str, t.Any] = {
    "backup_id": {"type": "str", "default": "latest"},
    "stable_seconds": {"type": "int", "default": 10},
    **MOVER_SPEC,
}


def work(job: Job) -> dict[str, t.Any]:
    """Find the backup, refuse; then restore it elsewhere, prove it, remove it, sign it."""
    progress, store = Progress(job.params["progress_file"]), Store(job.kube, job.namespace, job.name)
    key = store.key(job.params["signing_key_file"])
    stored, wrong = _restore_find.find(job, job.params["backup_id"], key, False, progress)
    stop_if(_restore_checks.worthless(stored.id, wrong, _restore_checks.Wish(job.profile)))
    _drill.hosts(stored.paper, job.profile)
    stop_if(store.restoring())
    facts: dict[str, t.Any] = {"id": stored.id, "scratch": _drill.scratch_name(job.name, stored.id)}
    if job.check_mode:
        left = [f"{o['kind']}/{o['metadata']['name']}" for o in _drill_run.leftovers(job.kube, job.namespace, job.name)]
        return {"changed": True, "state": "planned", "proven": "", "cleaned": left, **facts}
    began = time.monotonic()
    with Lease(job.kube, job.namespace, f"{job.name}-drill", "drill", tell=progress.say) as lease:
        proven, cleaned = _drilled(job, stored, lease, progress)
    store.prove(stored, _manifest.proof(stored.id, proven, key or b""))
    progress.say(f"backup {stored.id} is proven: a cluster was restored from it, and is gone again")
    return {"changed": True, "state": "done", "proven": proven, "cleaned": cleaned, "seconds": round(time.monotonic() - began, 1), **facts}


def _drilled(job: Job, stored: Stored, lease: Lease, progress: Progress) -> tuple[str, list[str]]:
    """When it was proven, and what had been left before; what was made is removed, however it ends."""
    want, paper = job.params, stored.paper
    alive = guard(lease, progress)
    cleaned = _drill_run.remove(job.kube, job.namespace, job.name, want["step_timeout"])
    sts = _restore_find.set_of(paper) or {}
    template = _opening.spec_template(sts)
    journal = _drill.Scratch(
        backup=stored.id,
        run="drill",
        began=paper["created"],
        namespace=job.namespace,
        name=job.name,
        template=template,
        first=sts["spec"].get("ordinals", {}).get("start", 0),
        replicas=paper["cluster"]["replicas"],
        before=None,
        like=_restore_objects.like(paper, sts, template),
    )
    mover = _restore_find.mover_for(job, _drill.labels(job.namespace, job.name), paper)
    runner = Runner(job.kube, mover, progress.say, alive, want["step_timeout"])
    filler = Filler(job.kube, runner, Snapshots(job.kube, job.namespace, alive, want["step_timeout"]), paper, job.profile, progress.say)
    limits = Limits(want["max_lag"], job.profile.quorum_ack_stale_ms, 0)
    driller = Driller(job.kube, job.profile, paper, journal, filler, limits, progress.say, alive, want["step_timeout"], want["stable_seconds"])
    try:
        driller.prove(sts)
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + job.kube.ahead()))
    except BaseException:
        with contextlib.suppress(Exception):
            _drill_run.remove(job.kube, job.namespace, job.name, want["step_timeout"])
        raise
    _drill_run.remove(job.kube, job.namespace, job.name, want["step_timeout"])
    return at, cleaned


def main() -> None:
    """Entry point."""
    run(work, SPEC)


if __name__ == "__main__":
    main()
