#!/usr/bin/python
# -*- coding: utf-8 -*-
# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: pc_history
short_description: Shows the revisions of a placement-center cluster and which members run which
version_added: "0.1.0"
author: The robustmq.placement_center developers (@robustmq)
description:
  - Reads the StatefulSet, its pods and its ControllerRevisions at once, in three requests. Changes nothing and asks no member.
  - Kubernetes keeps C(spec.revisionHistoryLimit) old revisions (ten, if the set does not say). A revision that is used again gets the
    highest number; it is not listed twice.
extends_documentation_fragment:
  - robustmq.placement_center.auth
  - robustmq.placement_center.cluster
  - robustmq.placement_center.attributes
options:
  show:
    description: Show RV(table) when the module has ended.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: What ran here, and what runs now?
  robustmq.placement_center.pc_history:
    namespace: robustmq
    show: true
  register: history

- name: The image of the revision that a rollback would return to
  ansible.builtin.debug:
    msg: "{{ (history.revisions | selectattr('name', 'equalto', history.previous) | first).image }}"
  when: history.previous != ''

- name: Do all members run the same revision?
  ansible.builtin.assert:
    that: history.members | map(attribute='revision') | unique | length == 1
"""

RETURN = r"""
revisions:
  description: One row a revision, the newest first.
  type: list
  elements: dict
  returned: success
  contains:
    name: {description: Name of the ControllerRevision., type: str, returned: success}
    number: {description: Its number; the highest is the newest., type: int, returned: success}
    image: {description: Image of the member's container., type: str, returned: success}
    version: {description: "The image's tag, else the beginning of its digest.", type: str, returned: success}
    config_map: {description: ConfigMap that the server reads its configuration from., type: str, returned: success}
    created: {description: When the revision was made., type: str, returned: success}
    age: {description: How long ago that was., type: str, returned: success}
    change:
      description: Where its pod template differs from that of the revision before, a line a field. Values of environment variables are not told.
      type: list
      elements: str
      returned: success
    current: {description: "The set calls it current: pods that are behind the partition come back on it.", type: bool, returned: success}
    target: {description: It is what the set's pod template says., type: bool, returned: success}
    staged: {description: It is behind a partition that keeps some or all members from it., type: bool, returned: success}
    members: {description: Ordinals whose pods run it., type: list, elements: int, returned: success}
  sample: [{"name": "placement-center-7c9f", "number": 2, "image": "robustmq/placement-center:0.4.0", "version": "0.4.0",
            "config_map": "placement-center-config-dca223d415", "created": "2026-01-01T00:00:00Z", "age": "5m",
            "change": ["image: robustmq/placement-center:0.3.0 -> robustmq/placement-center:0.4.0"],
            "current": false, "target": true, "staged": true, "members": [2]}]
members:
  description: One row an ordinal.
  type: list
  elements: dict
  returned: success
  contains:
    ordinal: {description: Its ordinal., type: int, returned: success}
    name: {description: Name of its pod., type: str, returned: success}
    ready: {description: Whether its pod is Ready., type: bool, returned: success}
    age: {description: How old its pod is; empty where there is none., type: str, returned: success}
    version: {description: Tag of its image., type: str, returned: success}
    revision: {description: Name of the revision that its pod was made from., type: str, returned: success}
    phase: {description: "The pod's phase, V(Terminating) or V(Missing).", type: str, returned: success}
  sample: [{"ordinal": 2, "name": "placement-center-2", "ready": true, "age": "4m", "version": "0.4.0",
            "revision": "placement-center-7c9f", "phase": "Running"}]
partition:
  description: How many members, counted from the first, keep their revision whatever the template says.
  type: int
  returned: success
state:
  description: Where the last operation stands (rolling, canary, paused, held, rolling-back, done); empty where none was.
  type: str
  returned: success
reason:
  description: On success, why that operation holds, by its stable code. On failure, the code of the failure.
  type: str
  returned: always
paused:
  description: Whether updates are held by C(pause).
  type: bool
  returned: success
previous:
  description: Name of the revision that a rollback returns to unless told otherwise; empty where there is none.
  type: str
  returned: success
table:
  description: The same for people, line by line.
  type: list
  elements: str
  returned: success
"""

import time
import typing as t
from concurrent.futures import ThreadPoolExecutor

from ansible_collections.robustmq.placement_center.plugins.module_utils import _history
from ansible_collections.robustmq.placement_center.plugins.module_utils._entry import Job, run
from ansible_collections.robustmq.placement_center.plugins.module_utils._stage import live_set

SPEC: dict[str, t.Any] = {"show": {"type": "bool", "default": False}}


def work(job: Job) -> dict[str, t.Any]:
    """Read the three at once and tell what they say together."""
    with ThreadPoolExecutor(max_workers=3) as pool:
        asked = pool.submit(live_set, job.kube, job.namespace, job.name)
        pods, revisions = (pool.submit(job.kube.find, kind, job.namespace) for kind in ("Pod", "ControllerRevision"))
    return {"changed": False, **_history.result(asked.result(), pods.result().items, revisions.result().items, job.profile, time.time())}


def main() -> None:
    """Entry point."""
    run(work, SPEC)


if __name__ == "__main__":
    main()
