#!/usr/bin/python
# -*- coding: utf-8 -*-
# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: pc_health
short_description: Says whether a placement-center cluster is whole, and if not, why
version_added: "0.1.0"
author: The robustmq.placement_center developers (@robustmq)
description:
  - Reads the StatefulSet, its pods and claims, and asks every member at once for its health and for its view of raft, through the
    API server's pod proxy. Changes nothing.
  - Every fact that could not be learned is a reason against health, never an omission.
  - With O(wait_timeout) it waits, on changes of the pods and with quick looks at raft, until the cluster has been healthy for
    O(stable_seconds) without a break, and prints one line for each change of a member.
extends_documentation_fragment:
  - robustmq.placement_center.auth
  - robustmq.placement_center.cluster
  - robustmq.placement_center.attributes
options:
  max_lag:
    description: How many log entries a member may be behind its leader and still count as caught up.
    type: int
    default: 100
  stable_seconds:
    description: How long in seconds the cluster must be healthy without a break. Needs O(wait_timeout) when above 0.
    type: int
    default: 0
  wait_timeout:
    description: How long in seconds to wait for health. With 0 the answer is that of one look.
    type: int
    default: 0
  measure_timeout:
    description:
      - How long in seconds to look again where nothing speaks against health but volumes that their kubelets, which measure once a
        minute, have not measured since a member started. With 0, and with O(wait_timeout), nothing is waited for on that account alone.
    type: int
    default: 0
  wait_patience:
    description:
      - How long in seconds a wait bears a state that seldom mends by itself (no node fits, image cannot be had, container exits at
        start, pod cannot be created) before it ends with that state's own reason. Raise it where an autoscaler adds nodes.
    type: int
    default: 15
  min_free_percent:
    description:
      - How much of every member's volume must be free, of bytes and of inodes alike. Free space that could not be learned does not pass.
      - With 0 nothing is asked of the volumes, and the right to read node statistics (C(nodes/proxy)) is not needed.
    type: int
    default: 10
  checks:
    description: Your own conditions of health, over the result of this module. One that is not true, or cannot be evaluated, is a reason.
    type: list
    elements: dict
    default: []
    suboptions:
      that:
        description: A JMESPath expression; false, null and empty values are not true. It is compiled before anything is read.
        type: str
        required: true
      says:
        description: What it means when the expression is not true.
        type: str
        required: true
  show:
    description: Show the screen that C(status) shows, in colours, when the module has ended.
    type: bool
    default: false
  must_pass:
    description: Fail unless the cluster is healthy; the failure's RV(reason) is the code of the first reason.
    type: bool
    default: false
  progress_file:
    description: Set by the action plugin. A file on the host that runs the module, to which progress is appended.
    type: path
"""

EXAMPLES = r"""
- name: Is the cluster whole?
  robustmq.placement_center.pc_health:
    namespace: robustmq
  register: health

- name: Which members could be restarted now?
  ansible.builtin.debug:
    msg: "{{ health.restart_safe }}"

- name: Whole, on one version, and with a fifth of every volume free
  robustmq.placement_center.pc_health:
    namespace: robustmq
    min_free_percent: 20
    checks:
      - that: "length(members[].version | sort(@)) == length(members) && members[0].version == members[-1].version"
        says: the members run different versions
      - that: "max(members[].restarts) < `5`"
        says: a member restarts again and again

- name: Wait until it has been whole for half a minute, or fail with the first reason
  robustmq.placement_center.pc_health:
    namespace: robustmq
    stable_seconds: 30
    wait_timeout: 600
    must_pass: true
"""

RETURN = r"""
healthy:
  description: Nothing speaks against it.
  type: bool
  returned: always
summary:
  description: The verdict in one sentence.
  type: str
  returned: always
writes_possible:
  description: Every raft group has a leader whom a majority follows.
  type: bool
  returned: always
reasons:
  description: All that speaks against health, each with a stable code; empty when healthy.
  type: list
  elements: dict
  returned: always
  contains:
    code: {description: Stable code of the finding., type: str, returned: always}
    member: {description: Ordinal of the member it is about., type: int, returned: always}
    group: {description: Raft group it is about., type: str, returned: always}
    message: {description: The finding in words., type: str, returned: always}
    next: {description: What to do about it; empty where only the message can tell., type: str, returned: always}
concerns:
  description: Worth knowing, in the same form; does not speak against health.
  type: list
  elements: dict
  returned: always
  sample: [{"code": "restarted", "member": 2, "group": null, "message": "placement-center-2 restarted 40 s ago, after exit code 137 (OOMKilled)",
            "next": "Read why it ended."}]
members:
  description: One row an ordinal.
  type: list
  elements: dict
  returned: always
  sample: [{"ordinal": 0, "id": 1, "name": "placement-center-0", "ready": true, "phase": "Running", "age": "5m", "version": "0.3.0",
            "image": "robustmq/placement-center:0.3.0", "revision": "placement-center-6d5f", "node": "node-1", "node_ready": true,
            "restarts": 0, "last_exit": "", "uid": "8d0c", "claim": "data-placement-center-0",
            "disk": {"capacity_bytes": 21003583488, "free_bytes": 20981000000, "inodes": 1310720, "inodes_free": 1310700,
                     "free_percent": 99.9, "measured": "2026-01-01T00:00:00Z"},
            "roles": {"metadata_0": "Leader"}, "terms": {"metadata_0": 1}, "votes": {"metadata_0": "term 1 for 1, committed"},
            "applied": {"metadata_0": 12}, "lags": {"metadata_0": 0}}]
groups:
  description: One row a raft group, with its leader's ordinal, term and voters (raft ids).
  type: list
  elements: dict
  returned: always
  sample: [{"name": "metadata_0", "leader": 0, "term": 1, "voters": [1, 2, 3], "writes_possible": true}]
rollout:
  description: Replicas, partition, revisions and image of the set, and whether its controller has seen the newest specification.
  type: dict
  returned: always
  sample: {"replicas": 3, "observed": true, "partition": 0, "current_revision": "placement-center-6d5f",
           "update_revision": "placement-center-6d5f", "image": "robustmq/placement-center:0.3.0"}
budgets:
  description: The disruption budgets that cover the members, and how many disruptions each would grant now.
  type: list
  elements: dict
  returned: always
  sample: [{"name": "placement-center", "disruptions_allowed": 1}]
events:
  description: Warnings of the last ten minutes about the set, its pods and its claims, the oldest first.
  type: list
  elements: dict
  returned: always
  sample: [{"object": "Pod/placement-center-2", "reason": "Unhealthy", "message": "Readiness probe failed", "count": 3, "at": "2026-01-01T00:00:00Z"}]
restart_safe:
  description: Ordinals whose loss every raft group would survive now.
  type: list
  elements: int
  returned: always
restart:
  description: For each ordinal whether it may be restarted, and why not.
  type: list
  elements: dict
  returned: always
  sample: [{"ordinal": 2, "safe": true, "reason": "every group keeps a majority of caught-up voters"}]
screen:
  description: The screen of C(status), line by line, each with a state (V(good), V(bad) or V(note)) that gives its colour.
  type: list
  elements: dict
  returned: always
  sample: [{"text": "healthy: 3 members, metadata_0 led by 0 in term 1", "state": "good"}]
waited_seconds:
  description: How long it waited.
  type: float
  returned: always
observed_in_ms:
  description: Duration of the last look in milliseconds.
  type: int
  returned: always
requests:
  description: API requests of the last look.
  type: int
  returned: always
reason:
  description: Stable code of the failure.
  type: str
  returned: failure
"""

import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils import _report, _verdict
from ansible_collections.robustmq.placement_center.plugins.module_utils._checks import Checks
from ansible_collections.robustmq.placement_center.plugins.module_utils._entry import Job, run
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import BadInput, Refused
from ansible_collections.robustmq.placement_center.plugins.module_utils._hints import hint
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Observation, Reason, Verdict
from ansible_collections.robustmq.placement_center.plugins.module_utils._observe import Observer
from ansible_collections.robustmq.placement_center.plugins.module_utils._progress import Progress
from ansible_collections.robustmq.placement_center.plugins.module_utils._raft import Limits
from ansible_collections.robustmq.placement_center.plugins.module_utils._wait import Clock, Patience, Waited, until_stable

Look = tuple[Observation, Verdict]

SPEC: dict[str, t.Any] = {
    "max_lag": {"type": "int", "default": 100},
    "stable_seconds": {"type": "int", "default": 0},
    "wait_timeout": {"type": "int", "default": 0},
    "measure_timeout": {"type": "int", "default": 0},
    "wait_patience": {"type": "int", "default": 15},
    "min_free_percent": {"type": "int", "default": 10},
    "checks": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {"that": {"type": "str", "required": True}, "says": {"type": "str", "required": True}},
    },
    "show": {"type": "bool", "default": False},
    "must_pass": {"type": "bool", "default": False, "no_log": False},
    "progress_file": {"type": "path"},
}


def work(job: Job) -> dict[str, t.Any]:
    """Look until it is healthy, hopeless or too late; report the last look."""
    want = job.params
    checks = Checks(want["checks"])
    _refuse(want)
    observer = Observer(job.kube, job.namespace, job.name, job.profile, measure=want["min_free_percent"] > 0)
    limits = Limits(want["max_lag"], job.profile.quorum_ack_stale_ms, want["min_free_percent"])
    progress, version = Progress(want["progress_file"]), ""

    def look() -> Look:
        nonlocal version
        seen = observer.look()
        version = seen.version
        verdict = _verdict.judge(seen, limits)
        verdict = _verdict.with_reasons(verdict, checks.failures(_report.result(seen, verdict)))
        if want["wait_timeout"]:
            progress.tell(_report.lines(seen, verdict))
        elif want["measure_timeout"] and _verdict.unmeasured(seen, verdict):
            progress.tell([f"waits: {r.code}: {r.message}" for r in verdict.reasons])
        return seen, verdict

    stuck = Patience[Look](want["wait_patience"], lambda pair: _verdict.stuck(pair[1]))
    waited = until_stable(
        look,
        good=lambda pair: pair[1].healthy,
        hopeless=stuck if want["wait_timeout"] else lambda pair, _elapsed: not _verdict.unmeasured(*pair),
        stable=want["stable_seconds"],
        timeout=want["wait_timeout"] or want["measure_timeout"],
        clock=Clock(pause=lambda seconds: job.kube.wait_for_change("Pod", job.namespace, version, seconds)),
    )
    return _told(waited, want)


def _refuse(want: dict[str, t.Any]) -> None:
    if want["stable_seconds"] >= max(1, want["wait_timeout"]):
        hint = "give wait_timeout, and more of it than stable_seconds"
        raise BadInput("stable_seconds", want["stable_seconds"], f"does not fit into wait_timeout {want['wait_timeout']}", hint)
    if not 0 <= want["min_free_percent"] < 100:
        raise BadInput("min_free_percent", want["min_free_percent"], "is no percentage below 100", "give 0 to ask nothing of the volumes")


def _told(waited: Waited[Look], want: dict[str, t.Any]) -> dict[str, t.Any]:
    """The result, or the refusal that carries it."""
    seen, verdict = waited.last
    facts = {
        "changed": False,
        "summary": _report.summary(seen, verdict),
        "screen": _report.screen(seen, verdict),
        "waited_seconds": round(waited.seconds, 1),
        **_report.result(seen, verdict),
    }
    if want["must_pass"] and not waited.held:
        reasons = verdict.reasons or (Reason("not_stable", "it was not healthy for long enough"),)
        first = next((r for r in reasons if r.code == _verdict.stuck(verdict)), reasons[0])
        late = f" after {waited.seconds:.0f} s" if want["wait_timeout"] else ""
        raise Refused(first.code, f"the cluster is not healthy{late}: {first.code}: {first.message}", hint(first.code), facts)
    return facts


def main() -> None:
    """Entry point."""
    run(work, SPEC)


if __name__ == "__main__":
    main()
