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
  storage:
    description: The StorageClass of the members' volumes. Left alone when not given.
    type: dict
    suboptions:
      name:
        description: Name of the class.
        type: str
        default: ssd
      provisioner:
        description:
          - V(ebs.csi.aws.com), its in-tree name V(kubernetes.io/aws-ebs), or any other.
          - Empty means the provisioner of the class if the class exists, else V(ebs.csi.aws.com).
        type: str
        default: ""
      parameters:
        description: Parameters of the class. With an EBS provisioner the default is gp3 with 3000 iops and 125 MiB/s, else none.
        type: dict
      expandable:
        description: Whether claims can grow.
        type: bool
        default: true
      reclaim_policy:
        description: What becomes of a volume when its claim is deleted.
        type: str
        choices: [Retain, Delete]
        default: Retain
      binding_mode:
        description: When a volume is made. V(WaitForFirstConsumer) makes it in the zone of the pod.
        type: str
        choices: [WaitForFirstConsumer, Immediate]
        default: WaitForFirstConsumer
      require_driver:
        description: Refuse when the cluster has no CSIDriver object of the provisioner. Switch off for provisioners that are no CSI driver.
        type: bool
        default: true
  config:
    description: The ConfigMap with the server's configuration. Left alone when not given.
    type: dict
    suboptions:
      values:
        description: Keys of the server's TOML, laid over the defaults. A key that the profile's server does not know is refused.
        type: dict
        default: {}
      versioned:
        description: Keep an immutable copy beside the current text, which the members mount, so that a revision carries its configuration.
        type: bool
        default: true
  statefulset:
    description: The services, disruption budget, network policy and StatefulSet. Left alone when not given.
    type: dict
    suboptions:
      image:
        description: Image by tag (not C(latest)) or digest.
        type: str
        default: robustmq/placement-center:0.3.0
      storage_class:
        description: StorageClass of the claims.
        type: str
        default: ssd
      storage_size:
        description: Size of each claim.
        type: str
        default: 20Gi
      probes:
        description:
          - A preset, V(tcp), V(basic), V(tuned) or V(update).
          - Or a table with C(preset) and, under C(readiness) and C(liveness), fields of a Kubernetes probe that go over the preset's.
        type: raw
        default: tuned
      resources:
        description: Requests and limits. The default requests 512Mi and 500m and is limited to 1Gi and 1000m.
        type: dict
      config_versioned:
        description: Mount the immutable copy of the ConfigMap rather than the ConfigMap itself. The same as O(config.versioned).
        type: bool
        default: true
      user:
        description: Numeric user, group and file system group of the members.
        type: int
        default: 1000
      grace_period:
        description: Seconds that a member has to stop by itself. When unset, 60 for O(profile=contract), 30 for the others.
        type: int
      pre_stop:
        description:
          - A Kubernetes lifecycle handler, run before a member is told to stop. An empty one is none.
          - When unset, O(profile=v0_1) sends SIGINT by a shell, because that server does not heed SIGTERM; the others need none.
        type: dict
      spread:
        description: What to do when members cannot be spread over nodes.
        type: str
        choices: [ScheduleAnyway, DoNotSchedule]
        default: ScheduleAnyway
      disruption_budget:
        description: Make a PodDisruptionBudget that lets at most one member be evicted.
        type: bool
        default: true
      network_policy:
        description: Make a NetworkPolicy that lets in only peers, O(statefulset.clients) and the API server.
        type: bool
        default: true
      clients:
        description: Who may reach the members, as NetworkPolicy peers. The default is every pod of the namespace that is labelled C(app=robustmq).
        type: list
        elements: dict
        default: [{podSelector: {matchLabels: {app: robustmq}}}]
      api_server_cidrs:
        description: Where the API server's pod proxy comes from. The default is the endpoints of the service C(kubernetes).
        type: list
        elements: str
      guard_claims:
        description:
          - Give the members' claims a finalizer for life, so that a claim which somebody deletes never leads to an empty member. No pod is made
            behind a claim that is being deleted; M(robustmq.placement_center.pc_replace_member) and M(robustmq.placement_center.pc_restore)
            let it go, and M(robustmq.placement_center.pc_destroy) where it deletes claims.
          - Claims that do not exist yet are in RV(unguarded); call again when they do.
          - Switched off it is taken off again, but never from a claim that is being deleted.
        type: bool
        default: false
      env:
        description: Further environment variables of the container.
        type: dict
        default: {}
      annotations:
        description: Annotations of the pods.
        type: dict
        default: {}
      node_selector:
        description: Node labels that the pods need.
        type: dict
        default: {}
      tolerations:
        description: Tolerations of the pods.
        type: list
        elements: dict
        default: []
      priority_class:
        description: Priority class of the pods.
        type: str
        default: ""
      pull_secrets:
        description: Names of secrets to pull the image with.
        type: list
        elements: str
        default: []
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

from ansible_collections.robustmq.placement_center.plugins.module_utils import _adoption, _deploy, _founding, _manifests, _plan, _settings
from ansible_collections.robustmq.placement_center.plugins.module_utils._entry import Job, run
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import stop_if

STORAGE: dict[str, t.Any] = {
    "name": {"type": "str", "default": "ssd"},
    "provisioner": {"type": "str", "default": ""},
    "parameters": {"type": "dict"},
    "expandable": {"type": "bool", "default": True},
    "reclaim_policy": {"type": "str", "default": "Retain", "choices": ["Retain", "Delete"]},
    "binding_mode": {"type": "str", "default": "WaitForFirstConsumer", "choices": ["WaitForFirstConsumer", "Immediate"]},
    "require_driver": {"type": "bool", "default": True},
}
CONFIG: dict[str, t.Any] = {
    "values": {"type": "dict", "default": {}},
    "versioned": {"type": "bool", "default": True},
}
STATEFULSET: dict[str, t.Any] = {
    "image": {"type": "str", "default": "robustmq/placement-center:0.3.0"},
    "storage_class": {"type": "str", "default": "ssd"},
    "storage_size": {"type": "str", "default": "20Gi"},
    "probes": {"type": "raw", "default": "tuned"},
    "resources": {"type": "dict"},
    "config_versioned": {"type": "bool", "default": True},
    "user": {"type": "int", "default": 1000},
    "grace_period": {"type": "int"},
    "pre_stop": {"type": "dict"},
    "spread": {"type": "str", "default": "ScheduleAnyway", "choices": ["ScheduleAnyway", "DoNotSchedule"]},
    "disruption_budget": {"type": "bool", "default": True},
    "network_policy": {"type": "bool", "default": True},
    "clients": {"type": "list", "elements": "dict", "default": [{"podSelector": {"matchLabels": {"app": "robustmq"}}}]},
    "api_server_cidrs": {"type": "list", "elements": "str"},
    "guard_claims": {"type": "bool", "default": False},
    "env": {"type": "dict", "default": {}},
    "annotations": {"type": "dict", "default": {}},
    "node_selector": {"type": "dict", "default": {}},
    "tolerations": {"type": "list", "elements": "dict", "default": []},
    "priority_class": {"type": "str", "default": ""},
    "pull_secrets": {"type": "list", "elements": "str", "default": [], "no_log": False},
}
SPEC: dict[str, t.Any] = {
    "replicas": {"type": "int", "default": 3},
    "cluster_domain": {"type": "str", "default": "cluster.local"},
    "create_namespace": {"type": "bool", "default": True},
    "force": {"type": "bool", "default": False},
    "stage": {"type": "bool", "default": False},
    "adopt": {"type": "bool", "default": False},
    "storage": {"type": "dict", "options": STORAGE},
    "config": {"type": "dict", "options": CONFIG},
    "statefulset": {"type": "dict", "options": STATEFULSET},
}


def work(job: Job) -> dict[str, t.Any]:
    """Check the options, read, refuse or rehearse, then write what differs."""
    want = job.params
    where = _settings.cluster(want, job.profile)
    _manifests.check(where, want)
    facts = _deploy.gather(job.kube, where, want)
    objects = _deploy.wanted(where, want, facts)
    require_driver = bool(want["storage"] and want["storage"]["require_driver"])
    stop_if(_plan.refusals(where, facts, objects, require_driver))
    members, live = want["statefulset"], facts.stateful_set
    template: dict[str, t.Any] = next((o["spec"]["template"] for o in objects if o["kind"] == "StatefulSet"), {})
    foreign = _adoption.foreign(live)
    if foreign:
        objects = _adoption.fitted(objects, live or {})
    force = want["force"] or foreign
    steps = _deploy.rehearse(job.kube, where, objects, facts, force)
    if foreign and not want["adopt"]:
        stop_if([_adoption.refusal(live or {}, steps, template)])
    founding = bool(members) and _founding.founding(where, live, facts.claims)
    changed = _plan.template_change(steps)
    moved = None if founding else changed
    if moved and not want["stage"]:
        stop_if([_plan.template_refusal(moved)])
    guards = _deploy.guards(job.kube, where, members["guard_claims"], facts) if members else []
    if not job.check_mode:
        _deploy.guard(job.kube, guards)  # first, since the claims' versions are those that were read
        _deploy.perform(job.kube, [step for step in steps if step is not moved], force)
    renewed = _founding.renew(job.kube, where, bool(changed), job.check_mode) if founding else []
    steps += [step for step in guards if step.action != "unchanged"]
    return {
        "changed": bool(renewed) or any(step.action != "unchanged" for step in steps if job.check_mode or step is not moved),
        "template": moved.would_be["spec"]["template"] if moved else {},
        "unguarded": _deploy.unguarded(where, facts) if members and members["guard_claims"] else [],
        "actions": [*({"action": s.action, "kind": s.desired["kind"], "name": s.desired["metadata"]["name"]} for s in steps), *renewed],
        "diff": [_diff(step) for step in steps if step.action != "unchanged"],
    }


def _diff(step: _plan.Step) -> dict[str, str]:
    import yaml  # comes with the kubernetes library, whose absence is reported before

    header = f"{step.desired['kind']} {step.desired['metadata']['name']}"
    texts = [yaml.safe_dump(_plan.meaning(o), sort_keys=True) if o else "" for o in (step.live, step.would_be)]
    return {"before_header": header, "after_header": header, "before": texts[0], "after": texts[1]}


def main() -> None:
    """Entry point."""
    run(work, SPEC)


if __name__ == "__main__":
    main()
