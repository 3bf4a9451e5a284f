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
  wait_patience:
    description:
      - How long in seconds a wait bears a state that seldom mends by itself (no node fits, image cannot be had, container exits at
        start, pod cannot be created) before it ends with that state's own reason. Raise it where an autoscaler adds nodes.
    type: int
    default: 15
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
members:
  description: One row an ordinal.
  type: list
  elements: dict
  returned: always
  sample: [{"ordinal": 0, "id": 1, "name": "placement-center-0", "ready": true, "phase": "Running", "age": "5m", "version": "0.3.0",
            "roles": {"metadata_0": "Leader"}, "terms": {"metadata_0": 1}, "applied": {"metadata_0": 12}, "lags": {"metadata_0": 0}}]
groups:
  description: One row a raft group, with its leader's ordinal, term and voters (raft ids).
  type: list
  elements: dict
  returned: always
  sample: [{"name": "metadata_0", "leader": 0, "term": 1, "voters": [1, 2, 3], "writes_possible": true}]
rollout:
  description: Replicas, partition, revisions and image of the set.
  type: dict
  returned: always
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
table:
  description: The members as lines of a table, for people.
  type: list
  elements: str
  returned: always
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
from ansible_collections.robustmq.placement_center.plugins.module_utils._entry import Job, run
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import BadInput, Refused
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Observation, Reason, Verdict
from ansible_collections.robustmq.placement_center.plugins.module_utils._observe import Observer
from ansible_collections.robustmq.placement_center.plugins.module_utils._progress import Progress
from ansible_collections.robustmq.placement_center.plugins.module_utils._wait import Clock, Patience, until_stable

Look = tuple[Observation, Verdict]

SPEC: dict[str, t.Any] = {
    "max_lag": {"type": "int", "default": 100},
    "stable_seconds": {"type": "int", "default": 0},
    "wait_timeout": {"type": "int", "default": 0},
    "wait_patience": {"type": "int", "default": 15},
    "must_pass": {"type": "bool", "default": False, "no_log": False},
    "progress_file": {"type": "path"},
}


def work(job: Job) -> dict[str, t.Any]:
    """Look until it is healthy, hopeless or too late; report the last look."""
    want = job.params
    if want["stable_seconds"] >= max(1, want["wait_timeout"]):
        hint = "give wait_timeout, and more of it than stable_seconds"
        raise BadInput("stable_seconds", want["stable_seconds"], f"does not fit into wait_timeout {want['wait_timeout']}", hint)
    observer = Observer(job.kube, job.namespace, job.name, job.profile)
    limits = _verdict.Limits(want["max_lag"], job.profile.quorum_ack_stale_ms)
    progress, version = Progress(want["progress_file"] if want["wait_timeout"] else None), ""

    def look() -> Look:
        nonlocal version
        seen = observer.look()
        version = seen.version
        verdict = _verdict.judge(seen, limits)
        progress.tell(_report.lines(seen, verdict))
        return seen, verdict

    waited = until_stable(
        look,
        good=lambda pair: pair[1].healthy,
        hopeless=Patience[Look](want["wait_patience"], lambda pair: _verdict.stuck(pair[1])),
        stable=want["stable_seconds"],
        timeout=want["wait_timeout"],
        clock=Clock(pause=lambda seconds: job.kube.wait_for_change("Pod", job.namespace, version, seconds)),
    )
    seen, verdict = waited.last
    facts = {
        "changed": False,
        "summary": _report.summary(seen, verdict),
        "table": _report.table(seen, verdict),
        "waited_seconds": round(waited.seconds, 1),
        **_report.result(seen, verdict),
    }
    if want["must_pass"] and not waited.held:
        reasons = verdict.reasons or (Reason("not_stable", "it was not healthy for long enough"),)
        first = next((r for r in reasons if r.code == _verdict.stuck(verdict)), reasons[0])
        late = f" after {waited.seconds:.0f} s" if want["wait_timeout"] else ""
        raise Refused(first.code, f"the cluster is not healthy{late}: {first.code}: {first.message}", "the page of reason codes says what to do", facts)
    return facts


def main() -> None:
    """Entry point."""
    run(work, SPEC)


if __name__ == "__main__":
    main()
