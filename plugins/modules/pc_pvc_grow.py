#!/usr/bin/python
# -*- coding: utf-8 -*-
# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: pc_pvc_grow
short_description: Grows the members' claims while they serve, one at a time, then the claim template
version_added: "0.1.0"
author: The robustmq.placement_center developers (@robustmq)
description:
  - Asks for the new size of one claim, waits until its file system has it, and goes on only while the cluster is healthy. No pod is
    restarted.
  - Everything is checked first and all refusals are told at once. The class must allow growth, no claim may get smaller, the quota must
    have room, no update may be under way, and every member must be well; only a member whose volume is full may be ill, and its claim
    grows first.
  - A claim template cannot be changed, so at the end the StatefulSet is deleted without its pods and made again as it was, with the new
    size. Pods, claims and revisions become its own again; nothing is rolled out.
  - It may be killed at any moment. Run again it goes on from what it finds; what is to be made again is kept in the ConfigMap
    C(NAME-recreate) until it is made.
  - With nothing to change it writes nothing.
extends_documentation_fragment:
  - robustmq.placement_center.auth
  - robustmq.placement_center.cluster
  - robustmq.placement_center.attributes
options:
  size:
    description: The size of every claim, as a Kubernetes quantity.
    type: str
    required: true
  measure:
    description:
      - Wait until the kubelet has measured that the file system itself has the size, which needs C(get) on C(nodes/proxy).
      - Without it the claim's own status is believed.
    type: bool
    default: true
  stable_seconds:
    description: How long in seconds everything must be healthy without a break before the next claim, and before the end.
    type: int
    default: 10
  step_timeout:
    description: How long in seconds one claim may stand still, and a shut gate may stay shut, before it holds.
    type: int
    default: 900
  wait_patience:
    description: How long in seconds the driver may go on failing before it holds with the driver's own words.
    type: int
    default: 30
  max_lag:
    description: How many log entries a member may be behind its leader and still count as caught up.
    type: int
    default: 100
  receipt_dest:
    description:
      - Folder for the receipt as a file, on the host where the task runs, in NAMESPACE/NAME below it; the last ten are kept. An empty string
        means no file.
      - When unset, C(robustmq-placement-center/receipts) in the user's state directory (C($XDG_STATE_HOME), else C(~/.local/state)).
    type: path
  progress_file:
    description: Set by the action plugin. A file on the host that runs the module, to which progress is appended.
    type: path
"""

EXAMPLES = r"""
- name: What would be done?
  robustmq.placement_center.pc_pvc_grow:
    namespace: robustmq
    size: 40Gi
  check_mode: true
  register: planned

- name: Grow every claim to 40Gi
  robustmq.placement_center.pc_pvc_grow:
    namespace: robustmq
    size: 40Gi
"""

RETURN = r"""
state:
  description: V(done), V(planned) in check mode, or V(held).
  type: str
  returned: success or held
plan:
  description: The claims that were to grow, in their order; O(size) is what they are to have and C(now) how far each was at first.
  type: list
  elements: dict
  returned: success or held
  sample: [{"claim": "data-placement-center-2", "ordinal": 2, "from": "20Gi", "to": "40Gi", "now": "small"}]
claims:
  description: The claims as they are at the end.
  type: list
  elements: dict
  returned: success or held
  contains:
    claim: {description: Its name., type: str}
    ordinal: {description: The member., type: int}
    size: {description: Size asked for., type: str}
    capacity: {description: Size that it has., type: str}
    filesystem_bytes: {description: What the kubelet has measured., type: int}
    seconds: {description: From being asked to having the size; null where it had it already., type: float}
template:
  description: Size of the claim template before and after.
  type: dict
  returned: success or held
  sample: {"from": "20Gi", "to": "40Gi"}
repaired:
  description: A run before this one had deleted the StatefulSet and not made it again; this one has.
  type: bool
  returned: success or held
receipt_path:
  description: The receipt as a file; empty where none was written.
  type: str
  returned: success or held
concerns:
  description: What else is worth knowing.
  type: list
  elements: str
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
import time
import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils import _events, _growth_checks, _receipts, _recreate, _settings
from ansible_collections.robustmq.placement_center.plugins.module_utils._companion import LazyLease
from ansible_collections.robustmq.placement_center.plugins.module_utils._entry import Job, run
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import Conflict, PcError, Refused, Unreachable, stop_if
from ansible_collections.robustmq.placement_center.plugins.module_utils._grow import Grower, Outcome
from ansible_collections.robustmq.placement_center.plugins.module_utils._growth import Goal, Look, Memory, chosen, ordered
from ansible_collections.robustmq.placement_center.plugins.module_utils._hints import hint
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Usage
from ansible_collections.robustmq.placement_center.plugins.module_utils._observe import Observer
from ansible_collections.robustmq.placement_center.plugins.module_utils._pauses import Hold
from ansible_collections.robustmq.placement_center.plugins.module_utils._progress import Progress
from ansible_collections.robustmq.placement_center.plugins.module_utils._quantities import quantity
from ansible_collections.robustmq.placement_center.plugins.module_utils._raft import Limits
from ansible_collections.robustmq.placement_center.plugins.module_utils._receipt import Receipt
from ansible_collections.robustmq.placement_center.plugins.module_utils._storage import Storage

Object = dict[str, t.Any]

SPEC: dict[str, t.Any] = {
    "size": {"type": "str", "required": True},
    "measure": {"type": "bool", "default": True},
    "stable_seconds": {"type": "int", "default": 10},
    "step_timeout": {"type": "int", "default": 900},
    "wait_patience": {"type": "int", "default": 30},
    "max_lag": {"type": "int", "default": 100},
    "receipt_dest": {"type": "path"},
    "progress_file": {"type": "path"},
}
SETTLE_SECONDS = 60.0  # a set that was made again finds its pods within seconds


def work(job: Job) -> dict[str, t.Any]:
    """Finish what was begun, look, refuse; then grow."""
    want = job.params
    size = _settings.size("size", want["size"])
    goal = Goal(size, want["stable_seconds"], want["step_timeout"], want["wait_patience"], want["measure"])
    progress = Progress(want["progress_file"])
    say = progress.say
    with contextlib.ExitStack() as stack:
        lease = LazyLease(job, "expand", stack, say)
        grower = _grower(job, goal, lease, progress)
        unfinished = _recreate.pending(job.kube, job.namespace, job.name) is not None
        if unfinished and not job.check_mode:
            lease.take()
            unfinished = _recreate.repair(job.kube, job.namespace, job.name, say)
        try:
            return _grown(job, grower, unfinished)
        except PcError as exc:
            exc.partial["changed"] = bool(exc.partial.get("changed") or grower.writes or (unfinished and not job.check_mode))
            raise


def _grower(job: Job, goal: Goal, lease: LazyLease, progress: Progress) -> Grower:
    observer = Observer(job.kube, job.namespace, job.name, job.profile, measure=False)
    limits = Limits(job.params["max_lag"], job.profile.quorum_ack_stale_ms, 0)
    storage = Storage(job.kube, job.namespace, job.name)
    return Grower(job.kube, storage, observer, limits, goal, lease, progress.say, lambda: progress.abandoned)


def _grown(job: Job, grower: Grower, repaired: bool) -> dict[str, t.Any]:
    """The growth itself, from the first look on."""
    goal, end = grower.goal, time.monotonic() + (SETTLE_SECONDS if repaired and not job.check_mode else 0.0)
    look, refused = _first(job, grower)
    while refused and time.monotonic() < end:
        time.sleep(1)
        look, refused = _first(job, grower)
    template = chosen(look.claims)
    planned = _growth_checks.plan(look, goal)
    facts: Object = {
        "receipt_path": "",
        "concerns": [],
        "plan": planned,
        "repaired": repaired,
        "template": {"from": template.size if template else "", "to": goal.size},
    }
    needed = bool(planned) or template is None or quantity(template.size) != quantity(goal.size)
    if needed:
        stop_if(refused)
        stop_if(_rehearsed(job, template.name if template else "", goal))
    if not (needed or repaired) or job.check_mode:
        return {"changed": needed or repaired, "state": "planned" if job.check_mode else "done", **facts, "claims": _claims(look, {})}
    grower.lease.take()  # before the loop's first look, since it may have to be waited for
    began = time.time()
    ended = grower.run(wrote=repaired)
    return _told(job, ended, began, {**facts, "changed": repaired or ended.writes > 0, "claims": _claims(ended.look, ended.seconds)})


def _first(job: Job, grower: Grower) -> tuple[Look, list[Refused]]:
    look = grower.look(Memory(), False)
    return look, _growth_checks.refusals(look, grower.goal, job.kube.find("ResourceQuota", job.namespace).items)


def _rehearsed(job: Job, template: str, goal: Goal) -> list[Refused]:
    """What the API server would say to the set's deletion and to the new one."""
    live = job.kube.get("StatefulSet", job.name, job.namespace)
    if live is None:
        return []
    try:
        _recreate.rehearse(job.kube, live, template, goal.size)
    except (Conflict, Unreachable):
        raise
    except PcError as exc:
        return [Refused(exc.reason, str(exc), exc.hint)]
    return []


def _claims(look: Look, seconds: t.Mapping[str, float]) -> list[Object]:
    rows = []
    for claim in ordered(look.claims):
        used = look.claims.usages.get(claim.name)
        measured = used.capacity if isinstance(used, Usage) else None
        row = {"claim": claim.name, "ordinal": claim.ordinal, "size": claim.size, "capacity": claim.capacity, "filesystem_bytes": measured}
        rows.append({**row, "seconds": seconds.get(claim.name)})
    return rows


def _told(job: Job, ended: Outcome, began: float, facts: Object) -> dict[str, t.Any]:
    """The result; a hold is a failure."""
    held = ended.action if isinstance(ended.action, Hold) else None
    code = held.reasons[0].code if held else "expand"
    if ended.writes:
        kept = {name: facts[name] for name in ("plan", "claims", "template")}
        why = held.reasons[0].code if held else ""
        receipt = Receipt(
            "expand", job.name, job.namespace, began, ended.look.claims.at, "held" if held else "done", why, requests=job.kube.requests, facts=kept
        )
        facts["receipt_path"], concerns = _receipts.leave(job.kube, receipt, job.params["receipt_dest"])
        facts["concerns"] = [r.message for r in concerns]
        _tell(job, "Warning" if held else "Normal", code, held.reasons[0].message if held else f"every claim has {facts['template']['to']}")
    if held is None:
        return {**facts, "state": "done"}
    first = held.reasons[0]
    reasons = [{"code": r.code, "member": r.member, "message": r.message} for r in held.reasons]
    raise Refused(first.code, f"the growth holds: {first.code}: {first.message}", hint(first.code), {**facts, "state": "held", "reasons": reasons})


def _tell(job: Job, kind: str, code: str, text: str) -> None:
    live = job.kube.get("StatefulSet", job.name, job.namespace)
    if live is not None:
        _events.tell(job.kube, live, kind, code, text)


def main() -> None:
    """Entry point."""
    run(work, SPEC)


if __name__ == "__main__":
    main()
