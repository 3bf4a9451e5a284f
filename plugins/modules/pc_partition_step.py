#!/usr/bin/python
# -*- coding: utf-8 -*-
# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: pc_partition_step
short_description: Moves members to the staged revision, one at a time, each behind proof
version_added: "0.1.0"
author: The robustmq.placement_center developers (@robustmq)
description:
  - Before a member goes, every other one must be Ready, alive and caught up, every raft group must keep a majority without it, nobody may
    have changed the template, no pod may be on its way out, no volume short of space, and the operation's Lease ours.
  - After it, its pod must be another one, on the staged revision, Ready, a voter in every group, with everything applied that the leader had
    when it joined, and all of that for O(stable_seconds) without a break. Only then it returns, or goes on.
  - A writer writes through the leader all the while; the longest time between two acknowledgements is the write gap that is reported.
  - It may be killed at any moment. Run again it goes on from what it finds; all state is in Kubernetes.
  - Where a gate stays shut it holds, with the reason, and leaves the cluster as it is.
extends_documentation_fragment:
  - robustmq.placement_center.auth
  - robustmq.placement_center.cluster
  - robustmq.placement_center.attributes
  - robustmq.placement_center.steps
options:
  to:
    description:
      - How far to go. V(next) moves one member, V(all) every one; an ordinal moves members until that one is on the staged revision.
      - V(canary) moves one only where none is on the staged revision yet.
    type: str
    default: next
"""

EXAMPLES = r"""
- name: One member, proven for half a minute
  robustmq.placement_center.pc_partition_step:
    namespace: robustmq
    stable_seconds: 30
  register: step

- name: What would it do next?
  robustmq.placement_center.pc_partition_step:
    namespace: robustmq
  check_mode: true
"""

RETURN = r"""
state:
  description: V(done), V(canary) (it went as far as was asked), V(paused), or V(held).
  type: str
  returned: always
next_action:
  description: In check mode, what would be done first.
  type: str
  returned: check mode
receipt:
  description: What each step took, caused and cost; empty where no member was moved. The last ten are kept in the ConfigMap C(NAME-receipts).
  type: dict
  returned: always
  contains:
    operation: {description: Its name., type: str}
    started: {description: When it began., type: str}
    ended: {description: When it ended., type: str}
    seconds: {description: How long it took., type: float}
    state: {description: How it ended., type: str}
    reason: {description: Code of what it holds for., type: str}
    requests: {description: Requests to the API server without those of the canary writer., type: int}
    forecast:
      description: What was expected of the canary's raft group when the first member went - elections and milliseconds without writes.
      type: dict
    measured: {description: The same as it came., type: dict}
    writer:
      description:
        - What the canary writer saw - writes acknowledged, the longest time without one, the sum of those of a quarter of a second and more.
        - C(excused_ms) was its own silence or the API server's, and counts as no gap.
        - C(latency_ms) is how long acknowledged writes took (C(median), C(p99), C(max)); C(lost) the keys in which an acknowledged write was
          missing at the end, null where that could not be found out.
      type: dict
    totals:
      description:
        - Of all steps together the members that went, holds and elections; C(longest_away_ms), C(longest_write_gap_ms), and C(most_behind) in
          entries. Null is unknown.
      type: dict
    notes:
      description: What the turn of a leader costs clients beyond what the writer measures, where the server is known for it and a leader went.
      type: list
      elements: str
    members: {description: All ordinals., type: list, elements: int}
    steps:
      description:
        - For each member its revision, image and the leader, term and last index of every group before and after.
        - The seconds of each phase, the groups that it led, milliseconds until it was back among its peers, elections, write gap and holds.
        - All that follows counts from the step's begin - in C(reached) the second at which each phase ended; in C(lag) pairs of second and
          entries behind, null where the member did not answer, 60 at most; in C(leaders) each change of who leads a group (C(member) is an
          ordinal) and its term.
        - C(write_latency_ms) has C(median), C(p99) and C(max) of the acknowledged writes of this step; null where there was none.
      type: list
      elements: dict
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
  description: Stable code of the hold or failure.
  type: str
  returned: failure
reasons:
  description: All reasons of a hold, the first one first.
  type: list
  elements: dict
  returned: failure
"""

import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils import _stage
from ansible_collections.robustmq.placement_center.plugins.module_utils._entry import Job, run
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import BadInput
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Observation
from ansible_collections.robustmq.placement_center.plugins.module_utils._steps import STEP_SPEC, goal_of, roll, would_do

SPEC: dict[str, t.Any] = {"to": {"type": "str", "default": "next"}, **STEP_SPEC}


def work(job: Job) -> dict[str, t.Any]:
    """Find out how far to go, then go."""
    live = _stage.live_set(job.kube, job.namespace, job.name)
    leader_last = live["spec"].get("updateStrategy", {}).get("type") == "OnDelete"

    def goal(seen: Observation) -> t.Any:
        return goal_of(job.params, leader_last, _most(job.params["to"], seen, leader_last))

    if job.check_mode:
        return would_do(job, goal)
    return roll(job, goal, "rolling", "update")


def _most(to: str, seen: Observation, leader_last: bool) -> int | None:
    """How many members may be on the staged revision at the end; None is all."""
    done = sum(1 for m in seen.members if seen.set and m.pod and m.pod.revision == seen.set.update_revision)
    if to in ("all", "next", "canary"):
        return {"all": None, "next": done + 1, "canary": max(1, done)}[to]
    ordinals = [str(m.ordinal) for m in seen.members]
    if to not in ordinals or leader_last:
        hint = "use next or all" if leader_last else f"ordinals are {', '.join(ordinals)}; or use next or all"
        raise BadInput("to", to, "is no way to say how far", hint)
    return len(ordinals) - ordinals.index(to)


def main() -> None:
    """Entry point."""
    run(work, SPEC)


if __name__ == "__main__":
    main()
