#!/usr/bin/python
# -*- coding: utf-8 -*-
# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: pc_rollback
short_description: Brings all members back to an earlier revision, one at a time, each behind proof
version_added: "0.1.0"
author: The robustmq.placement_center developers (@robustmq)
description:
  - Puts the template of an earlier revision back, with the configuration that it names, and replaces the members that are not on it, the
    newest first, through the same gates as M(robustmq.placement_center.pc_partition_step).
  - A pod that is stuck on a broken revision is deleted, with its UID as the precondition, because Kubernetes does not replace it by itself.
  - It may be killed at any moment. Run again it goes on from what it finds. When all are back, another run writes nothing.
extends_documentation_fragment:
  - robustmq.placement_center.auth
  - robustmq.placement_center.cluster
  - robustmq.placement_center.attributes
  - robustmq.placement_center.steps
options:
  revision:
    description:
      - Name of the revision, as M(robustmq.placement_center.pc_history) lists it. Without it, the one from which the last update began.
    type: str
  unfinished_only:
    description:
      - Take back only an update, or go on with a way back, that has not come to its end. Otherwise nothing is done (V(nothing_unfinished)), so that
        the last good update stays after one that was refused.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Back to where the update began
  robustmq.placement_center.pc_rollback:
    namespace: robustmq

- name: Back to a revision by name
  robustmq.placement_center.pc_rollback:
    namespace: robustmq
    revision: placement-center-6d5f8b7c4

- name: Whatever has become of the update before, end on a revision that has served
  robustmq.placement_center.pc_rollback:
    namespace: robustmq
    unfinished_only: true
"""

RETURN = r"""
state:
  description: V(done), V(paused), or V(held).
  type: str
  returned: always
revision:
  description: The revision that members are brought back to; empty where nothing was unfinished.
  type: str
  returned: always
next_action:
  description: In check mode, what would be done first.
  type: str
  returned: check mode
changes:
  description: The fields of the template that differ.
  type: list
  elements: str
  returned: always
receipt:
  description: What each step took, caused and cost.
  type: dict
  returned: always
receipt_path:
  description: The file that holds it; empty where nothing was done, none was wanted, or none could be written.
  type: str
  returned: always
  sample: /home/me/.local/state/robustmq-placement-center/receipts/robustmq/placement-center/20260101T000000.000Z-update-1a2b3c.json
summary:
  description: The verdict at the end, in one sentence.
  type: str
  returned: always
healthy:
  description: Nothing speaks against the cluster's health at the end.
  type: bool
  returned: always
reason:
  description: Stable code of the refusal, hold or failure; without one V(nothing_unfinished), where O(unfinished_only) left all as it is.
  type: str
  returned: failure, or nothing was unfinished
"""

import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils import _history, _plan, _pruning, _report, _stage, _versions, _views
from ansible_collections.robustmq.placement_center.plugins.module_utils._entry import Job, run
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import BadInput, Refused, stop_if
from ansible_collections.robustmq.placement_center.plugins.module_utils._lease import Lease
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Observation, Reason
from ansible_collections.robustmq.placement_center.plugins.module_utils._progress import Progress
from ansible_collections.robustmq.placement_center.plugins.module_utils._raft import Limits
from ansible_collections.robustmq.placement_center.plugins.module_utils._steps import STEP_SPEC, goal_of, roll

Object = dict[str, t.Any]

SPEC: dict[str, t.Any] = {"revision": {"type": "str"}, "unfinished_only": {"type": "bool", "default": False}, **STEP_SPEC}


def work(job: Job) -> dict[str, t.Any]:
    """Find the revision, put its template back, bring the members back."""
    kube = job.kube
    live = _stage.live_set(kube, job.namespace, job.name)
    if job.params["unfinished_only"] and not _history.unfinished(live):
        return _left_alone(job)
    target = _target(job, live)
    template = _history.template_of(target)
    staged = _stage.rehearse(kube, live, template, _stage.Rules(leader_last=True, state="rolling-back", returning=target["metadata"]["name"]))
    pods = kube.find("Pod", job.namespace).items
    running = {_views.container(p["spec"], job.profile.container)["image"] for p in _views.owned(pods, live).values()}
    wanted = _views.container(template["spec"], job.profile.container)["image"]
    moved = [r for r in _versions.refusals(job.profile, running, wanted, True, True) if r.reason == "storage_format_moved"]
    named = _pruning.missing(kube, job.namespace, template, what=f"revision {target['metadata']['name']}")
    stop_if([*moved, *named])
    facts = {
        "revision": target["metadata"]["name"],
        "changes": sorted(_plan.different("", live["spec"]["template"], staged.would_be["spec"]["template"])),
    }
    if job.check_mode:
        return {"changed": staged.changed, "state": "planned", "next_action": "stage" if staged.changed else "step", **facts}
    if staged.changed:
        with Lease(kube, job.namespace, job.name, "rollback", tell=Progress(job.params["progress_file"]).say):
            _stage.apply(kube, _plain_config(job, template), force=False)
            _stage.write(kube, staged)

    def goal(seen: Observation) -> t.Any:
        return goal_of(job.params, False, None, back=True)

    done = roll(job, goal, "rolling-back", "rollback")
    return {**done, **facts, "changed": staged.changed or done["changed"]}


def _left_alone(job: Job) -> dict[str, t.Any]:
    """Nothing is taken back; how the members are is told all the same."""
    nothing = Reason("nothing_unfinished", "nothing unfinished: the last update has come to its end, or there was none")
    limits = Limits(job.params["max_lag"], job.profile.quorum_ack_stale_ms, job.params["min_free_percent"])
    seen, verdict = _stage.look(job.kube, job.namespace, job.name, job.profile, limits)
    told = {"changed": False, "state": "done", "reason": nothing.code, "msg": nothing.message, "revision": "", "changes": []}
    return {**told, "summary": _report.summary(seen, verdict), "healthy": verdict.healthy, "receipt": {}, "receipt_path": ""}


def _target(job: Job, live: Object) -> Object:
    """The revision by name; else the one that an unfinished way back is already on; else the one before.

    :raises BadInput: there is none of that name. :raises Refused: there is none to go back to.
    """
    revisions = _history.owned(job.kube.find("ControllerRevision", job.namespace).items, live)
    names = {r["metadata"]["name"]: r for r in revisions}
    wanted = job.params["revision"]
    if wanted and wanted not in names:
        raise BadInput("revision", wanted, "is no revision of this set", f"there are: {', '.join(names)}", "revision_missing")
    returning = _history.note(live, "returning")
    found = names.get(wanted or returning) or _history.previous(revisions, live)
    if found is None:
        raise Refused("revision_missing", "there is no earlier revision to go back to", "history lists what there is")
    return found


def _plain_config(job: Job, template: Object) -> list[Object]:
    """The current text becomes that of the revision again, where the revision has a copy of its own."""
    name = _views.config_volume(template)["configMap"]["name"]
    copy = job.kube.get("ConfigMap", name, job.namespace) if name else None
    if copy is None or name == f"{job.name}-config":
        return []
    meta = {"name": f"{job.name}-config", "namespace": job.namespace, "labels": copy["metadata"].get("labels", {})}
    return [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": copy.get("data", {})}]


def main() -> None:
    """Entry point."""
    run(work, SPEC)


if __name__ == "__main__":
    main()
