#!/usr/bin/python
# -*- coding: utf-8 -*-
# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: pc_restore
short_description: Restores a whole cluster from one backup, keeps the volumes of before, and can be undone
version_added: "0.1.0"
author: The robustmq.placement_center developers (@robustmq)
description:
  - Without O(confirm_name) and O(confirm_id) it is the dry run. It says what would be done and exactly which log entries would be lost,
    and changes nothing; where a restic repository has to be asked, a Job does that and is removed again.
  - The copy of the backup comes to one new volume for each member, and every file is compared with the signed manifest. Only then the
    members are stopped and the claims exchanged. The volumes of before are never written to; they stay, with C(Retain), until somebody
    removes them, and the result has the command for each.
  - The restored members start while only they and the API server's proxy are let in. Clients are let in once every raft group has one
    leader, the manifest's voters, at least its term and index, every member has the same entries and the canary that was written before the
    backup, and has taken a new write. Until then it can be undone with O(rollback).
  - Objects that are missing are made again from the manifest, the namespace included; so a total loss takes the same call.
  - The whole cluster is restored or nothing. A single old member in a quorum that lives on would lose data, and there is no option for it.
  - It may be killed at any moment. Run again it goes on from the ConfigMap C(NAME-restore) and from what it finds.
extends_documentation_fragment:
  - robustmq.placement_center.auth
  - robustmq.placement_center.cluster
  - robustmq.placement_center.mover
  - robustmq.placement_center.attributes
options:
  backup_id:
    description:
      - The backup's exact id, or V(latest), the newest that is finished, verified and properly signed. The plan names it.
      - Not needed with O(rollback).
    type: str
    default: ""
  confirm_name:
    description: The cluster's name, typed by the operator.
    type: str
    default: ""
  confirm_id:
    description: The backup's exact id, typed by the operator.
    type: str
    default: ""
  rollback:
    description: Undo a restore that has not let clients in yet. Every claim gets the volume that it had; the copies go.
    type: bool
    default: false
  on_failure:
    description:
      - What becomes of a restore that cannot go on. V(hold) leaves it as it is, for the next run to go on with; V(rollback) undoes it.
      - A backup that turns out to be damaged while nothing was stopped for it is always undone.
    type: str
    choices: [hold, rollback]
    default: hold
  again:
    description: Restore the backup that was restored last once more. Without it that changes nothing.
    type: bool
    default: false
  clone:
    description: Take a backup that was made in another Kubernetes cluster, under the same namespace and name.
    type: bool
    default: false
  admin_secret:
    description:
      - Name of the Secret with the login of the administrator's API (O(profile=v0_4)), which no backup has. Empty means C(NAME-admin).
      - Where the members' copy of it is missing, it is made again of this one. A set that is made again takes what this one holds now, or new
        random values where there is none. One that is there keeps its template, and the values must be those of before.
    type: str
    default: ""
  accept_unsigned:
    description: Take a backup whose manifest cannot be proven since the key is lost. One with a wrong signature is never taken.
    type: bool
    default: false
  stable_seconds:
    description: How long in seconds the restored members must be proven without a break before clients are let in.
    type: int
    default: 10
"""

EXAMPLES = r"""
- name: What would be done, and what would be lost?
  robustmq.placement_center.pc_restore:
    namespace: robustmq
    backup_id: latest

- name: Restore
  robustmq.placement_center.pc_restore:
    namespace: robustmq
    backup_id: 20261125-070501-4f3a
    confirm_name: placement-center
    confirm_id: 20261125-070501-4f3a
"""

RETURN = r"""
state:
  description: V(planned) for a dry run, V(done), V(held), or V(rolled_back).
  type: str
  returned: success or held
backup:
  description: The backup.
  type: dict
  returned: success or held
  sample: {"id": "20261125-070501-4f3a", "created": "2026-11-25T07:05:01Z", "grade": "B", "method": "snapshot", "level": 2}
plan:
  description: The plan in words, line by line.
  type: list
  elements: str
  returned: success or held
lost:
  description:
    - For each raft group the log entries that were in the cluster and are not in the backup; C(last) is null where no member told
      its newest.
  type: list
  elements: dict
  returned: success or held
  sample: [{"group": "metadata_0", "first": 813, "last": 1040, "entries": 228}]
kept:
  description: The volumes of before, with the command that removes each with its data.
  type: list
  elements: dict
  returned: success or held
members:
  description: How many members an undone restore has left to run on the volumes of before.
  type: int
  returned: when undone
made:
  description: Objects that were missing, and are made again.
  type: list
  elements: str
  returned: success or held
concerns:
  description: What else is worth knowing.
  type: list
  elements: dict
  returned: success or held
reason:
  description: Stable code of the refusal, hold or failure.
  type: str
  returned: failure
reasons:
  description: All reasons of a hold, the first one first.
  type: list
  elements: dict
  returned: held
refusals:
  description: Every refusal, not only the first.
  type: list
  elements: dict
  returned: when refused
"""

import contextlib
import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils import _restore_end, _restore_start
from ansible_collections.robustmq.placement_center.plugins.module_utils._backup_store import Store
from ansible_collections.robustmq.placement_center.plugins.module_utils._companion import LazyLease
from ansible_collections.robustmq.placement_center.plugins.module_utils._entry import Job, run
from ansible_collections.robustmq.placement_center.plugins.module_utils._mover_options import MOVER_SPEC
from ansible_collections.robustmq.placement_center.plugins.module_utils._progress import Progress

SPEC: dict[str, t.Any] = {
    "backup_id": {"type": "str", "default": ""},
    "confirm_name": {"type": "str", "default": ""},
    "confirm_id": {"type": "str", "default": ""},
    "rollback": {"type": "bool", "default": False},
    "on_failure": {"type": "str", "choices": ["hold", "rollback"], "default": "hold"},
    "again": {"type": "bool", "default": False},
    "admin_secret": {"type": "str", "default": "", "no_log": False},  # its name
    "clone": {"type": "bool", "default": False},
    "accept_unsigned": {"type": "bool", "default": False},
    "stable_seconds": {"type": "int", "default": 10},
    **MOVER_SPEC,
}


def work(job: Job) -> dict[str, t.Any]:
    """Say what would be; with the operator's word, do it."""
    progress = Progress(job.params["progress_file"])
    _restore_start.check(job)
    key = Store(job.kube, job.namespace, job.name).key(job.params["signing_key_file"])
    with contextlib.ExitStack() as stack:
        lease = LazyLease(job, "restore", stack, progress.say)
        plan = _restore_start.undoing(job, progress) if job.params["rollback"] else _restore_start.planned(job, key, progress)
        if not plan.confirmed or plan.over:
            return _restore_end.planned(plan)
        _restore_start.housed(job)
        lease.take()
        return _restore_end.performed(job, plan, _restore_start.restorer(job, plan, lease, progress))


def main() -> None:
    """Entry point."""
    run(work, SPEC)


if __name__ == "__main__":
    main()
