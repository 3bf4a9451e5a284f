#!/usr/bin/python
# -*- coding: utf-8 -*-
# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: pc_stage
short_description: Puts a new pod template where it restarts nobody
version_added: "0.1.0"
author: The robustmq.placement_center developers (@robustmq)
description:
  - Changes image, configuration, resources, probes, environment, grace period or preStop handler of the members' template in one write that also raises the
    partition to the number of members, so that no pod is restarted. M(robustmq.placement_center.pc_partition_step) then moves them.
  - Only what is given is changed; every other field stays as it is, whoever set it.
  - A changed configuration becomes an immutable ConfigMap that the new template names, so that each revision carries its own.
  - The image is brought to every node that runs a member before anything is changed; where it cannot be had, that is the refusal.
  - With nothing to change it writes nothing, and returns the plan of an update that is under way.
extends_documentation_fragment:
  - robustmq.placement_center.auth
  - robustmq.placement_center.cluster
  - robustmq.placement_center.attributes
options:
  template:
    description: A whole pod template, as M(robustmq.placement_center.pc_apply) returns it, instead of the fields below.
    type: dict
  image:
    description: The new image, by tag or digest.
    type: str
  config:
    description: Keys of the server's configuration, over those that it has now; unknown keys are refused, and those of another release.
    type: dict
  log_level:
    description: Level of the server's log, V(trace), V(debug), V(info), V(warn) or V(error). Empty leaves it as it is.
    type: str
    default: ""
  resources:
    description: Requests and limits of the container; replaces those that it has.
    type: dict
  probes:
    description: A preset (V(tcp), V(basic), V(tuned), V(update)) or a table over one, as in M(robustmq.placement_center.pc_apply).
    type: raw
  env:
    description: Environment variables, over those that it has now.
    type: dict
  grace_period:
    description: Seconds that a member is given to stop.
    type: int
  pre_stop:
    description: A Kubernetes lifecycle handler, run before a member is told to stop, in place of the one that it has; an empty one removes it.
    type: dict
  order:
    description:
      - With V(ordinal) the highest ordinal goes first, and a pod that is evicted meanwhile comes back on its old revision.
      - With V(leader_last) followers go first and leaders last. Kubernetes has no partition for that, so the set is C(OnDelete) while it lasts,
        and a pod that is evicted meanwhile comes back on the new revision.
    type: str
    choices: [ordinal, leader_last]
    default: ordinal
  allow_downgrade:
    description: An older version is meant.
    type: bool
    default: false
  allow_unknown_version:
    description: An image without a version in its tag is meant.
    type: bool
    default: false
  force:
    description: Take over the configuration where another field manager has set it, as in a ConfigMap that was applied by hand.
    type: bool
    default: false
  bring_image:
    description: Bring the image to the members' nodes first, by a short-lived pod on each that does not have it.
    type: bool
    default: true
  image_timeout:
    description: Seconds that this may take.
    type: int
    default: 300
  max_lag:
    description: How many log entries a member may be behind its leader and still count as caught up.
    type: int
    default: 100
  min_free_percent:
    description: How much of every member's volume must be free; 0 asks nothing.
    type: int
    default: 10
  backup_max_age:
    description: Refuse unless the newest backup that counts is younger than this, in hours; 0 asks for none.
    type: int
    default: 0
  proof_max_age:
    description: Refuse unless a cluster was restored from a backup (C(drill)) less than this ago, in days; 0 asks for none.
    type: int
    default: 0
  signing_key_file:
    description: The file with the key that backups were signed with, where that is not in the Secret C(NAME-backup-key).
    type: path
  progress_file:
    description: Set by the action plugin. A file on the host that runs the module, to which progress is appended.
    type: path
"""

EXAMPLES = r"""
- name: Put 0.4.0 where it restarts nobody
  robustmq.placement_center.pc_stage:
    namespace: robustmq
    image: robustmq/placement-center:0.4.0

- name: What would a change of the configuration do?
  robustmq.placement_center.pc_stage:
    namespace: robustmq
    config: {raft: {heartbeat_interval_ms: 250}}
  check_mode: true
  register: planned
"""

RETURN = r"""
staged:
  description: Digest of the template that is staged.
  type: str
  returned: success
previous:
  description: The revision that a rollback returns to.
  type: str
  returned: success
plan:
  description: Who goes when, what it is expected to cost, and in C(notes) what no order spares.
  type: dict
  returned: success
  sample: {"order": "ordinal", "members": [{"ordinal": 2, "name": "placement-center-2", "from": "0.3.0", "to": "0.4.0", "leads": []}],
           "forecast": {"ordinal": {"order": [2, 1, 0], "elections": 0, "write_gap_ms": 1850}}, "notes": []}
changes:
  description: The fields of the template that differ.
  type: list
  elements: str
  returned: success
reason:
  description: Stable code of the refusal or failure.
  type: str
  returned: failure
refusals:
  description: Every refusal, not only the first.
  type: list
  elements: dict
  returned: when refused
"""

import time
import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils import (
    _costs,
    _manifests,
    _plan,
    _settings,
    _stage,
    _staging,
    _versions,
    _views,
)
from ansible_collections.robustmq.placement_center.plugins.module_utils._entry import Job, run
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import Refused, stop_if
from ansible_collections.robustmq.placement_center.plugins.module_utils._lease import Lease
from ansible_collections.robustmq.placement_center.plugins.module_utils._planned import lines, plan
from ansible_collections.robustmq.placement_center.plugins.module_utils._progress import Progress
from ansible_collections.robustmq.placement_center.plugins.module_utils._pull import bring_image
from ansible_collections.robustmq.placement_center.plugins.module_utils._raft import Limits

Object = dict[str, t.Any]

SPEC: dict[str, t.Any] = {
    "template": {"type": "dict"},
    "image": {"type": "str"},
    "config": {"type": "dict"},
    "log_level": {"type": "str", "default": ""},
    "resources": {"type": "dict"},
    "probes": {"type": "raw"},
    "env": {"type": "dict"},
    "grace_period": {"type": "int"},
    "pre_stop": {"type": "dict"},
    "order": {"type": "str", "choices": ["ordinal", "leader_last"], "default": "ordinal"},
    "allow_downgrade": {"type": "bool", "default": False},
    "allow_unknown_version": {"type": "bool", "default": False},
    "force": {"type": "bool", "default": False},
    "bring_image": {"type": "bool", "default": True},
    "image_timeout": {"type": "int", "default": 300},
    "max_lag": {"type": "int", "default": 100},
    "min_free_percent": {"type": "int", "default": 10},
    "backup_max_age": {"type": "int", "default": 0},
    "proof_max_age": {"type": "int", "default": 0},
    "signing_key_file": {"type": "path", "no_log": False},  # its name
    "progress_file": {"type": "path"},
}


def work(job: Job) -> dict[str, t.Any]:
    """Check, look, rehearse, refuse; then bring the image and write."""
    want = job.params
    if want["image"]:
        _settings.image(want["image"])
    if want["probes"] is not None:
        _manifests.probes(job.profile, want["probes"], None)
    _settings.log_level(want["log_level"])
    kube, progress = job.kube, Progress(want["progress_file"])
    live = _stage.live_set(kube, job.namespace, job.name)
    where = _settings.Cluster(job.namespace, job.name, live["spec"].get("replicas", 1), "cluster.local", job.profile)
    config_map = _views.config_volume(live["spec"]["template"])["configMap"]["name"]
    configs = _configs(job, where, live, config_map)
    template = want["template"] or _staging.changed(where, live["spec"]["template"], want, configs[-1]["metadata"]["name"] if configs else "")
    rules = _stage.Rules(want["allow_downgrade"], want["allow_unknown_version"], want["order"] == "leader_last")
    staged = _stage.rehearse(kube, live, template, rules)
    limits = Limits(want["max_lag"], job.profile.quorum_ack_stale_ms, want["min_free_percent"])
    seen, verdict = _stage.look(kube, job.namespace, job.name, job.profile, limits)
    costs = _costs.read(kube, job.namespace, seen, job.profile, config_map)
    container = _views.container(staged.would_be["spec"]["template"]["spec"], job.profile.container)
    made = plan(seen, verdict, container["image"], want["order"], costs, job.profile.clients_feel)
    if staged.changed:
        _stage.apply(kube, configs, want["force"], dry_run=True)
        stop_if([*_stage.refusals(kube, job.profile, seen, verdict, staged, rules, configs), *_insurance(job)])
        for line in lines(made):
            progress.say(line)
        if not job.check_mode:
            _write(job, seen, staged, configs, progress)
    return {
        "changed": staged.changed,
        "staged": _views.digest(staged.would_be["spec"]["template"]),
        "previous": _staging.previous(live),
        "changes": sorted(_plan.different("", live["spec"]["template"], staged.would_be["spec"]["template"])),
        "plan": made,
    }


def _configs(job: Job, where: _settings.Cluster, live: Object, config_map: str) -> list[Object]:
    """The ConfigMaps that a changed configuration needs; none where none is asked for.

    :raises BadInput: a key is not one of the server that will read it.
    """
    values, level = job.params["config"] or {}, job.params["log_level"]
    image = job.params["image"] or _views.container(live["spec"]["template"]["spec"], job.profile.container)["image"]
    version = _versions.parse(image)
    if not values and not level and (version is None or not job.params["image"]):
        return []
    now = (job.kube.get("ConfigMap", config_map, job.namespace) or {}).get("data", {})
    if values or level:
        return _staging.config_objects(where, now, values, level, version)
    if lost := _settings.of_another_version(job.profile, _staging.parsed(where, now), version):
        hint = "give the setting's new place with config, in the same change"
        text = f"the configuration that members have now has {lost}, which {image} would ignore without a word"
        raise Refused("config_other_version", text, hint)
    return []


def _insurance(job: Job) -> list[Refused]:
    """Is there a backup to return to, as young and as proven as was asked for?"""
    want = job.params
    if not want["backup_max_age"] and not want["proof_max_age"]:
        return []
    from ansible_collections.robustmq.placement_center.plugins.module_utils import _backup_report  # here: who asks for none need not load them
    from ansible_collections.robustmq.placement_center.plugins.module_utils._backup_store import Store

    store = Store(job.kube, job.namespace, job.name)
    key = store.key(want["signing_key_file"])
    rows = [_backup_report.row(each, key, time.time()) for each in store.all()]
    return _backup_report.stale(rows, want["backup_max_age"], want["proof_max_age"], time.time())


def _write(job: Job, seen: t.Any, staged: _stage.Staged, configs: list[Object], progress: Progress) -> None:
    image = _views.container(staged.would_be["spec"]["template"]["spec"], job.profile.container)["image"]
    nodes = sorted({m.pod.node for m in seen.members if m.pod and m.pod.node})
    with Lease(job.kube, job.namespace, job.name, "stage", tell=progress.say):
        if job.params["bring_image"] and image not in {m.pod.image for m in seen.members if m.pod}:
            bring_image(job.kube, job.profile, staged.would_be, image, nodes, job.params["image_timeout"], progress.say)
        _stage.apply(job.kube, configs, job.params["force"])  # first: a revision never names what is not there
        _stage.write(job.kube, staged)


def main() -> None:
    """Entry point."""
    run(work, SPEC)


if __name__ == "__main__":
    main()
