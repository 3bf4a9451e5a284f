#!/usr/bin/python
# -*- coding: utf-8 -*-
# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: pc_pause
short_description: Holds the updates of a placement-center cluster, or lets them go on
version_added: "0.1.0"
author: The robustmq.placement_center developers (@robustmq)
description:
  - Notes on the StatefulSet that updates are to hold, in one guarded patch of its annotations. An update that runs elsewhere sees the note
    before its next step and holds; a step that has begun is finished first. No pod is touched.
  - The note stays until it is lifted with O(paused=false); an update that is started meanwhile holds at once.
extends_documentation_fragment:
  - robustmq.placement_center.auth
  - robustmq.placement_center.cluster
  - robustmq.placement_center.attributes
options:
  paused:
    description: V(true) holds updates, V(false) lets them go on. The update itself is started again by C(upgrade).
    type: bool
    default: true
"""

EXAMPLES = r"""
- name: Hold the update that runs, after the step that it is in
  robustmq.placement_center.pc_pause:
    namespace: robustmq

- name: Let updates go on
  robustmq.placement_center.pc_pause:
    namespace: robustmq
    paused: false
"""

RETURN = r"""
paused:
  description: Whether updates are held (or would be, in check mode).
  type: bool
  returned: success
state:
  description: Where the last operation stands, as the set says; V(paused) while updates are held.
  type: str
  returned: success
reason:
  description: Stable code of the failure.
  type: str
  returned: failure
"""

import contextlib
import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils._entry import Job, run
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import Conflict
from ansible_collections.robustmq.placement_center.plugins.module_utils._history import note
from ansible_collections.robustmq.placement_center.plugins.module_utils._rollout import PREFIX
from ansible_collections.robustmq.placement_center.plugins.module_utils._stage import live_set

SPEC: dict[str, t.Any] = {"paused": {"type": "bool", "default": True}}
ATTEMPTS = 5  # a set's status moves while its pods do, and each move is a new version


def work(job: Job) -> dict[str, t.Any]:
    """Note it, on the version that was read; read again where somebody was quicker."""
    for _attempt in range(ATTEMPTS - 1):
        with contextlib.suppress(Conflict):
            return _noted(job)
    return _noted(job)


def _noted(job: Job) -> dict[str, t.Any]:
    found = live_set(job.kube, job.namespace, job.name)
    wanted = _wanted(job.params["paused"], note(found, "state"))
    differing = {name: value for name, value in wanted.items() if (value or "") != note(found, name)}
    if differing and not job.check_mode:
        annotations = {PREFIX + name: value for name, value in differing.items()}
        patch = {"metadata": {"resourceVersion": found["metadata"]["resourceVersion"], "annotations": annotations}}
        job.kube.merge("StatefulSet", job.namespace, job.name, patch)
    return {"changed": bool(differing), "paused": bool(wanted["paused"]), "state": wanted["state"] or ""}


def _wanted(paused: bool, state: str) -> dict[str, str | None]:
    """Notes by name; None removes one. A state that is not ours to end stays."""
    if paused:
        return {"paused": "true", "state": "paused"}
    return {"paused": None, "state": None if state == "paused" else state or None}


def main() -> None:
    """Entry point."""
    run(work, SPEC)


if __name__ == "__main__":
    main()
