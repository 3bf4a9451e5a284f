#!/usr/bin/python
# -*- coding: utf-8 -*-
# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: pc_destroy
short_description: Takes a placement-center cluster down and keeps its data unless told otherwise
version_added: "0.1.0"
author: The robustmq.placement_center developers (@robustmq)
description:
  - Deletes the StatefulSet, services, disruption budget, network policy and ConfigMaps of one cluster, each under its UID, and waits
    until its pods are gone.
  - Claims and volumes stay. With O(delete_claims) the claims go too; volumes of a class with C(Retain) still stay. A guard
    that M(robustmq.placement_center.pc_apply) has given them is taken off.
  - The StorageClass and the namespace are shared with others and are left alone.
extends_documentation_fragment:
  - robustmq.placement_center.auth
  - robustmq.placement_center.cluster
  - robustmq.placement_center.attributes
options:
  confirm:
    description: The cluster's name, typed by the operator. Anything else is refused.
    type: str
    required: true
  delete_claims:
    description: Delete the members' claims as well.
    type: bool
    default: false
  wait_timeout:
    description: How long in seconds to wait for the pods to be gone.
    type: int
    default: 180
"""

EXAMPLES = r"""
- name: Take the cluster down, keep its data
  robustmq.placement_center.pc_destroy:
    namespace: robustmq
    confirm: placement-center
"""

RETURN = r"""
actions:
  description: What was deleted (or would be, in check mode).
  type: list
  elements: dict
  returned: always
  sample: [{"action": "delete", "kind": "StatefulSet", "name": "placement-center"}]
kept:
  description:
    - Claims that stay, with their volumes; then volumes that claims of this cluster have left behind, or leave behind now, and that stay with
      their data, where persistent volumes may be listed.
  type: list
  elements: dict
  returned: always
  sample: [{"claim": "data-placement-center-0", "volume": "pvc-1b4e"}]
kept_secrets:
  description: Secrets that were made for the cluster and stay, with the login of the administrator's API; a later deployment takes them again.
  type: list
  elements: str
  returned: success
reason:
  description: Stable code of the refusal or failure.
  type: str
  returned: failure
"""

import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils import _teardown
from ansible_collections.robustmq.placement_center.plugins.module_utils._entry import Job, run
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import BadInput, TimedOut
from ansible_collections.robustmq.placement_center.plugins.module_utils._released import kept

SPEC: dict[str, t.Any] = {
    "confirm": {"type": "str", "required": True},
    "delete_claims": {"type": "bool", "default": False},
    "wait_timeout": {"type": "int", "default": 180},
}


def work(job: Job) -> dict[str, t.Any]:
    """Refuse without the typed name; delete what is the cluster's; wait for its pods."""
    if job.params["confirm"] != job.name:
        raise BadInput("confirm", job.params["confirm"], f"is not the cluster's name {job.name}", "type the name to destroy it", "not_confirmed")
    found = _teardown.find(job.kube, job.namespace, job.name)
    claims = found.claims if job.params["delete_claims"] else []
    for obj in found.objects:
        job.kube.delete(obj, dry_run=job.check_mode)
    for claim in claims:
        _teardown.delete_claim(job.kube, claim, dry_run=job.check_mode)
    going = found.objects + claims
    facts: dict[str, t.Any] = {
        "changed": bool(going),
        "actions": [{"action": "delete", "kind": o["kind"], "name": o["metadata"]["name"]} for o in going],
        "kept": _kept(job, found, claims),
        "kept_secrets": list(found.secrets),
    }
    if not job.check_mode and not _teardown.wait_until_gone(job.kube, job.namespace, found.pods, job.params["wait_timeout"]):
        raise TimedOut("the members' pods are still there", "look at the pods; run again to go on waiting", facts)
    return facts


def _kept(job: Job, found: _teardown.Found, going: list[dict[str, t.Any]]) -> list[dict[str, str]]:
    """Claims that do not go, and volumes that have none any more."""
    return kept([c for c in found.claims if c not in going], _teardown.left_behind(job.kube, job.namespace, job.name))


def main() -> None:
    """Entry point."""
    run(work, SPEC)


if __name__ == "__main__":
    main()
