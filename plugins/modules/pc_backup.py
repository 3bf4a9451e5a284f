#!/usr/bin/python
# -*- coding: utf-8 -*-
# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: pc_backup
short_description: Backs up the data of one caught-up voter, and proves that the copy is whole
version_added: "0.1.0"
author: The robustmq.placement_center developers (@robustmq)
description:
  - One member is copied; a restore brings that copy to every ordinal. The copy lies between two looks at raft that agree on leader, term
    and voters of every group, and its member had applied all that was committed when it was asked for. An election in between throws the
    copy away, and it is made again.
  - Method V(snapshot) keeps a VolumeSnapshot, with C(Retain) whatever its class says. Method V(restic) stores the volume in a restic
    repository, from a claim made of a snapshot, or from the claim of the highest ordinal while that is stopped (O(source=cold)).
  - Every file is hashed; with restic it is read back out of the repository into a volume of its own and compared. Then the server opens
    the copy in a pod that reaches no member. What was proven is the V(level) in the result.
  - The manifest is written last, signed, and kept in the cluster and beside the data. A run that was killed leaves nothing that the next
    one does not remove.
extends_documentation_fragment:
  - robustmq.placement_center.auth
  - robustmq.placement_center.cluster
  - robustmq.placement_center.mover
  - robustmq.placement_center.attributes
options:
  method:
    description: How the copy is kept.
    type: str
    choices: [snapshot, restic]
    default: snapshot
  source:
    description:
      - Of what restic copies. V(snapshot) is a claim made of a VolumeSnapshot; V(cold) the claim of the highest ordinal, which is
        stopped for as long as restic reads; V(live) is database files while they are written, and wants O(grade_c).
      - V(auto) is V(snapshot).
    type: str
    choices: [auto, snapshot, cold, live]
    default: auto
  grade_c:
    description: Take a copy of live files all the same. It may not open, and may lack acknowledged writes.
    type: bool
    default: false
  ordinal:
    description: The member to copy. Without it a follower that has caught up, the highest ordinal of them.
    type: int
  snapshot_class:
    description: The VolumeSnapshotClass. Without it the driver's default, else its first by name.
    type: str
    default: ""
  verify:
    description: Prove the copy. Without it nothing is read back and nothing is opened.
    type: bool
    default: true
  allow_small:
    description: Take a copy that has less than half the bytes of the newest verified backup.
    type: bool
    default: false
  keep_last:
    description:
      - How many verified backups to keep of those that are kept in the same way and place; 0 keeps all, unless another rule is given.
      - The newest verified one is never removed, and nothing is after a backup that failed.
    type: int
    default: 0
  keep_daily:
    description: Of how many days to keep the newest verified backup.
    type: int
    default: 0
  keep_weekly:
    description: Of how many weeks to keep the newest verified backup.
    type: int
    default: 0
"""

EXAMPLES = r"""
- name: A snapshot of one member
  robustmq.placement_center.pc_backup:
    namespace: robustmq

- name: Into S3, the keys being in Secret placement-center-backup
  robustmq.placement_center.pc_backup:
    namespace: robustmq
    method: restic
    repository: s3:https://s3.example.com/placement-center
    keep_last: 7
    keep_weekly: 4
"""

RETURN = r"""
state:
  description: V(done), or V(planned) in check mode.
  type: str
  returned: success
id:
  description: The backup's id.
  type: str
  returned: success and not check mode
level:
  description: How far it is proven; 1 every file was read back, 2 the server opened it.
  type: int
  returned: success and not check mode
grade:
  description: V(A) a stopped member, V(B) a snapshot in one term of one leader, V(C) live files.
  type: str
  returned: success
member:
  description: Ordinal that is copied.
  type: int
  returned: success
fence:
  description: Raft group and the log index up to which the copy has everything.
  type: dict
  returned: success and not check mode
  sample: {"metadata_0": 812}
bytes:
  description: Size of all files.
  type: int
  returned: success and not check mode
files:
  description: Number of files.
  type: int
  returned: success and not check mode
seconds:
  description:
    - How long each part took; C(whole) is all of it. C(snapshot) and C(ready) are from its request, and from the start, until it could be used.
    - C(restic) is the Job that stores, C(fill) the one that gives back.
  type: dict
  returned: success and not check mode
removed:
  description: Backups that retention has removed.
  type: list
  elements: str
  returned: success
cleaned:
  description: What a run that was killed had left, and was removed (in check mode would be).
  type: list
  elements: str
  returned: success
concerns:
  description: What else is worth knowing.
  type: list
  elements: dict
  returned: success
reason:
  description: Stable code of the refusal or failure.
  type: str
  returned: failure
refusals:
  description: Every refusal, not only the first.
  type: list
  elements: dict
  returned: when refused
"""

import contextlib
import time
import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils import _backup, _backup_make, _backup_report, _expiry, _manifest
from ansible_collections.robustmq.placement_center.plugins.module_utils._backup_run import Maker, new_id
from ansible_collections.robustmq.placement_center.plugins.module_utils._backup_store import Store
from ansible_collections.robustmq.placement_center.plugins.module_utils._cold import Cold
from ansible_collections.robustmq.placement_center.plugins.module_utils._companion import LazyLease
from ansible_collections.robustmq.placement_center.plugins.module_utils._copying import Copier
from ansible_collections.robustmq.placement_center.plugins.module_utils._entry import Job, run
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import PcError, stop_if
from ansible_collections.robustmq.placement_center.plugins.module_utils._fencing import Fencing
from ansible_collections.robustmq.placement_center.plugins.module_utils._marks import Marker
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Reason
from ansible_collections.robustmq.placement_center.plugins.module_utils._mover import Runner
from ansible_collections.robustmq.placement_center.plugins.module_utils._mover_options import MOVER_SPEC, guard, mover_of
from ansible_collections.robustmq.placement_center.plugins.module_utils._observe import Observer
from ansible_collections.robustmq.placement_center.plugins.module_utils._progress import Progress
from ansible_collections.robustmq.placement_center.plugins.module_utils._raft import Limits
from ansible_collections.robustmq.placement_center.plugins.module_utils._retention import Rules
from ansible_collections.robustmq.placement_center.plugins.module_utils._snapshots import Snapshots
from ansible_collections.robustmq.placement_center.plugins.module_utils._stage import live_set

SPEC: dict[str, t.Any] = {
    "method": {"type": "str", "choices": ["snapshot", "restic"], "default": "snapshot"},
    "source": {"type": "str", "choices": list(_backup.SOURCES), "default": "auto"},
    "grade_c": {"type": "bool", "default": False},
    "ordinal": {"type": "int"},
    "snapshot_class": {"type": "str", "default": ""},
    "verify": {"type": "bool", "default": True},
    "allow_small": {"type": "bool", "default": False},
    "keep_last": {"type": "int", "default": 0},
    "keep_daily": {"type": "int", "default": 0},
    "keep_weekly": {"type": "int", "default": 0},
    **MOVER_SPEC,
}
CLOCK_SECONDS = 60


def work(job: Job) -> dict[str, t.Any]:
    """Finish or remove what was left, look, refuse; then copy, prove and seal."""
    want, progress = job.params, Progress(job.params["progress_file"])
    wish = _backup.wish(want)
    store = Store(job.kube, job.namespace, job.name)
    given = store.key(want["signing_key_file"]) if want["signing_key_file"] else None
    stop_if(store.restoring())
    with contextlib.ExitStack() as stack:
        lease = LazyLease(job, "backup", stack, progress.say)
        maker = _maker(job, wish, store, lease, progress)
        left = store.leftovers()
        if (left or maker.cold.away()) and not job.check_mode:
            lease.take()
            left = store.leftovers()  # anew: what another run was still making may be a backup by now
            store.remove(left, maker.snapshots)
            if maker.cold.bring():
                maker.raft.settle()
        refused, member = maker.preflight()
        named = [f"{o['kind']}/{o['metadata']['name']}" for o in left]
        facts = {"grade": wish.grade, "member": member.ordinal if member else None, "cleaned": named, "removed": []}
        stop_if(refused)
        if job.check_mode:
            return {"changed": True, "state": "planned", "concerns": [], **facts}
        lease.take()
        return _made(job, maker, given, facts)


def _maker(job: Job, wish: _backup.Wish, store: Store, lease: LazyLease, progress: Progress) -> Maker:
    want, alive, ahead = job.params, guard(lease, progress), job.kube.ahead()
    backup = new_id(time.time() + ahead)
    template = live_set(job.kube, job.namespace, job.name)["spec"]["template"]["spec"]
    mover = mover_of(job, _manifest.labels(job.name, backup), template)
    observer = Observer(job.kube, job.namespace, job.name, job.profile, measure=False)
    limits = Limits(want["max_lag"], job.profile.quorum_ack_stale_ms, 0)
    maker = Maker(
        kube=job.kube,
        store=store,
        raft=Fencing(observer, limits, wish, progress.say, alive, want["step_timeout"]),
        wish=wish,
        copier=Copier(job.kube, Runner(job.kube, mover, progress.say, alive, want["step_timeout"])),
        snapshots=Snapshots(job.kube, job.namespace, alive, want["step_timeout"]),
        cold=Cold(job.kube, job.namespace, job.name, progress.say, alive, want["step_timeout"]),
        marker=Marker(job.kube, job.namespace, job.profile),
        say=progress.say,
        alive=alive,
        patience=want["step_timeout"],
        id=backup,
        ahead=ahead,
        snapshot_class=want["snapshot_class"],
        verify=want["verify"],
    )
    if abs(ahead) > CLOCK_SECONDS:
        text = f"this machine's clock is {abs(ahead):.0f} s {'behind' if ahead > 0 else 'ahead of'} the cluster's, which is the one that counts"
        maker.concerns.append(Reason("clock_off", text))
    return maker


def _made(job: Job, maker: Maker, given: bytes | None, facts: dict[str, t.Any]) -> dict[str, t.Any]:
    want, start = job.params, time.monotonic()
    key = given or maker.store.key(None, make=True) or b""
    known = [b for b in maker.store.all() if not _backup_report.reason(b, key)]
    try:
        paper = _backup_make.make(maker, key, known[0].paper["bytes"] if known else None)
    except PcError as exc:
        exc.partial["changed"] = True
        raise
    finally:
        maker.clean()
    rules = Rules(want["keep_last"], want["keep_daily"], want["keep_weekly"])
    removed, concerns = _expiry.expire(maker.store, maker.snapshots, maker.copier.runner, rules, key, paper, maker.say)
    told = [{"code": r.code, "message": r.message} for r in [*maker.concerns, *concerns]]
    result = {"changed": True, "state": "done", **facts, "id": paper["id"], "level": paper["level"], "fence": paper["fence"], "bytes": paper["bytes"]}
    seconds = {**maker.seconds, "whole": round(time.monotonic() - start, 1)}
    return {**result, "files": len(paper["files"]), "seconds": seconds, "removed": removed, "concerns": told}


def main() -> None:
    """Entry point."""
    run(work, SPEC)


if __name__ == "__main__":
    main()
