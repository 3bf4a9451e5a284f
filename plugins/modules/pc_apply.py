#!/usr/bin/python
# -*- coding: utf-8 -*-
# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: pc_apply
short_description: Provisions a placement-center cluster's StorageClass, ConfigMap and StatefulSet, planned before written
version_added: "0.1.0"
author: The robustmq.placement_center developers (@robustmq)
description:
  - Makes the parts that are named (O(storage), O(config), O(statefulset)) as the options say, in one go.
  - Everything is decided before anything is written. Options are checked, the cluster is read, and every write is first rehearsed on
    the API server as a dry run; one refusal, and nothing is changed.
  - Objects that already are as they should be are not written at all, so a second run makes no write.
  - A change that would restart running members is refused; that is the work of an upgrade.
  - Server-side apply with the field manager C(robustmq.placement_center); a field that somebody else has set to another value is
    refused by name unless O(force) is set.
extends_documentation_fragment:
  - robustmq.placement_center.auth
  - robustmq.placement_center.cluster
  - robustmq.placement_center.attributes
  - robustmq.placement_center.parts
options:
  replicas:
    description: Number of members. Must be odd.
    type: int
    default: 3
  cluster_domain:
    description: DNS domain of the Kubernetes cluster.
    type: str
    default: cluster.local
  create_namespace:
    description: Make the namespace if it does not exist. An existing one is never changed.
    type: bool
    default: true
  force:
    description: Take over fields that another field manager has set.
    type: bool
    default: false
  stage:
    description:
      - Leave a changed pod template of a set that exists to M(robustmq.placement_center.pc_stage), as RV(template), and apply the rest.
      - Without it such a change is refused, since it restarts members.
      - A first deployment of which no member is ready yet, and only the first has a claim, is corrected at once in either case.
    type: bool
    default: false
  adopt:
    description:
      - Take over a StatefulSet that this collection has not made, as it runs. Services, disruption budget and network policy are added or
        brought in line, also where another field manager has set them; the pod template and the configuration stay, and no member is restarted.
      - Without it such a set is refused, and the message says what taking it over would add and change. Nothing else of this collection
        needs it, from M(robustmq.placement_center.pc_health) to M(robustmq.placement_center.pc_restore).
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: The whole cluster with the contract's values
  robustmq.placement_center.pc_apply:
    storage: {}
    config: {}
    statefulset: {}

- name: Only the configuration, with shorter elections
  robustmq.placement_center.pc_apply:
    config:
      values:
        raft: {election_timeout_min_ms: 1000, election_timeout_max_ms: 2000}
"""

RETURN = r"""
actions:
  description: What was done (or would be, in check mode) to each object, in order.
  type: list
  elements: dict
  returned: always
  sample: [{"action": "create", "kind": "StorageClass", "name": "ssd"}]
template:
  description: The pod template that is left to be staged; empty where there is none.
  type: dict
  returned: always
unguarded:
  description: Claims that are to be guarded and do not exist yet.
  type: list
  elements: str
  returned: always
admin_secret:
  description:
    - Where the login of the administrator's API is, and whether this run has made it. Its values are never returned.
    - Empty where the server has no administrator. In check mode C(made) is true where a run would make it.
  type: dict
  returned: always
  sample: {"name": "placement-center-admin", "made": false}
reason:
  description: Stable code of the refusal or failure.
  type: str
  returned: failure
refusals:
  description: Every refusal, not only the first.
  type: list
  elements: dict
  returned: when refused
  sample: [{"reason": "image_unpinned", "message": "image names no fixed tag and no digest", "hint": "name the version"}]
"""

import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils import (
    _admin_deploy,
    _adoption,
    _deploy,
    _founding,
    _manifests,
    _plan,
    _pruning,
    _settings,
)
from ansible_collections.robustmq.placement_center.plugins.module_utils._entry import Job, run
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import stop_if
from ansible_collections.robustmq.placement_center.plugins.module_utils._parts import PARTS_SPEC

SPEC: dict[str, t.Any] = {
    "replicas": {"type": "int", "default": 3},
    "cluster_domain": {"type": "str", "default": "cluster.local"},
    "create_namespace": {"type": "bool", "default": True},
    "force": {"type": "bool", "default": False},
    "stage": {"type": "bool", "default": False},
    "adopt": {"type": "bool", "default": False},
    **PARTS_SPEC,
}


def work(job: Job) -> dict[str, t.Any]:
    """Check the options, read, refuse or rehearse, then write what differs."""
    want, members = job.params, job.params["statefulset"]
    where = _settings.cluster(want, job.profile)
    _manifests.check(where, want)
    facts = _deploy.gather(job.kube, where, want)
    steps, force = _rehearsed(job, where, facts)
    changed = _plan.template_change(steps)
    moved = None if facts.founding else changed
    if moved and not want["stage"]:
        stop_if([_plan.template_refusal(moved)])
    guards = _deploy.guards(job.kube, where, members["guard_claims"], facts) if members else []
    if not job.check_mode:
        _deploy.guard(job.kube, guards)  # first, since the claims' versions are those that were read
        _deploy.perform(job.kube, [step for step in steps if step is not moved], force)
    renewed = _founding.renew(job.kube, where, bool(changed), job.check_mode) if facts.founding else []
    template = moved.would_be["spec"]["template"] if moved else {}
    pruned = _pruned(job, where, facts, steps, template) if members else []
    steps += [step for step in guards if step.action != "unchanged"]
    told = _admin_deploy.teller(where, facts, job.check_mode)
    done = [{"action": s.action, "kind": s.desired["kind"], "name": told(s.desired["metadata"]["name"])} for s in steps]
    return {
        "changed": bool(renewed or pruned) or any(step.action != "unchanged" for step in steps if job.check_mode or step is not moved),
        "template": template,
        "unguarded": _deploy.unguarded(where, facts) if members and members["guard_claims"] else [],
        "actions": [*done, *renewed, *pruned],
        "admin_secret": _admin_deploy.result(facts, steps),
        "diff": [_diff(step, told) for step in steps if step.action != "unchanged"],
        "warnings": [*_manifests.notes(where, want), *_deploy.open_to_all(where, want, facts)],
    }


def _pruned(job: Job, where: _settings.Cluster, facts: _plan.Facts, steps: list[_plan.Step], template: dict[str, t.Any]) -> list[dict[str, str]]:
    """Copies of configuration and login that no revision names any more go, or in check mode would."""
    current = {(s.desired["kind"], s.desired["metadata"]["name"]) for s in steps}
    if facts.config_map is not None:
        current.add(("ConfigMap", _manifests.config_copy(where, facts.config_map.get("data", {}))))
    coming = {"spec": template["spec"]} if template else None
    gone = (_pruning.spare if job.check_mode else _pruning.prune)(job.kube, where, coming, current)
    return [{"action": "delete", "kind": o["kind"], "name": o["metadata"]["name"]} for o in gone]


def _rehearsed(job: Job, where: _settings.Cluster, facts: _plan.Facts) -> tuple[list[_plan.Step], bool]:
    """What each write would make, and whether other field managers are overruled: where a set is adopted they are.

    :raises Refused: something speaks against it, or the set is somebody else's and is not to be adopted.
    """
    want, live = job.params, facts.stateful_set
    objects = _deploy.wanted(where, want, facts)
    stop_if(_plan.refusals(where, facts, objects, bool(want["storage"] and want["storage"]["require_driver"])))
    if live is None or not _adoption.foreign(live):
        steps = _deploy.rehearse(job.kube, where, objects, facts, want["force"])
        return _deploy.settled(job.kube, where, want, facts, steps, want["force"]), want["force"]
    steps = _deploy.rehearse(job.kube, where, _adoption.fitted(objects, live), facts, force=True)
    if not want["adopt"]:
        template = next(o["spec"]["template"] for o in objects if o["kind"] == "StatefulSet")
        stop_if([_adoption.refusal(live, steps, template)])
    return steps, True


def _diff(step: _plan.Step, told: t.Callable[[str], str]) -> dict[str, str]:
    import yaml  # comes with the kubernetes library, whose absence is reported before

    header = told(f"{step.desired['kind']} {step.desired['metadata']['name']}")
    texts = [told(yaml.safe_dump(_plan.shown(o), sort_keys=True)) if o else "" for o in (step.live, step.would_be)]
    return {"before_header": header, "after_header": header, "before": texts[0], "after": texts[1]}


def main() -> None:
    """Entry point."""
    run(work, SPEC)


if __name__ == "__main__":
    main()
