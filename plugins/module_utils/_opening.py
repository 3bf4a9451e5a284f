# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A copy that the server itself opens, alone: the pod for it, and whether what it then says is what the manifest demands. Pure.

The pod has a member's name and a member's data. Were it to reach the members, it would be one more of them: so it knows no DNS, and it
carries none of the labels that services and the StatefulSet select by.
"""

from __future__ import annotations

import copy
import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils._claims import TEMPLATE
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import GroupView, Reason

Object = dict[str, t.Any]

NOWHERE = {"dnsPolicy": "None", "dnsConfig": {"nameservers": ["127.0.0.1"], "options": [{"name": "attempts", "value": "1"}, {"name": "timeout", "value": "1"}]}}
INDEX = "apps.kubernetes.io/pod-index"
PROBES = ("livenessProbe", "readinessProbe", "startupProbe", "lifecycle")


def pod(sts: Object, ordinal: int, claim: str, name: str, labels: t.Mapping[str, str]) -> Object:
    """A pod like member ``ordinal`` of the set, on another claim, out of everybody's reach."""
    spec = copy.deepcopy(sts["spec"]["template"]["spec"])
    template = spec_template(sts)
    volumes = [v for v in spec.get("volumes", []) if v["name"] != template]
    spec["volumes"] = [*volumes, {"name": template, "persistentVolumeClaim": {"claimName": claim}}]
    spec |= {"hostname": f"{sts['metadata']['name']}-{ordinal}", "restartPolicy": "Never", "terminationGracePeriodSeconds": 1, **copy.deepcopy(NOWHERE)}
    for each in spec["containers"]:
        for probe in PROBES:
            each.pop(probe, None)
    for gone in ("topologySpreadConstraints", "affinity", "hostNetwork", "hostAliases", "subdomain"):
        spec.pop(gone, None)
    meta = {"name": name, "namespace": sts["metadata"]["namespace"], "labels": {**labels, INDEX: str(ordinal)}}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": spec}


def spec_template(sts: Object) -> str:
    """The name of the claim template that holds the data: ours, else the only one."""
    names = [each["metadata"]["name"] for each in sts["spec"].get("volumeClaimTemplates", [])]
    return TEMPLATE if TEMPLATE in names or not names else str(names[0])


def doubts(said: t.Mapping[str, GroupView], fence: t.Mapping[str, int], groups: t.Mapping[str, t.Any]) -> tuple[Reason, ...]:
    """What an opened copy does not have that the manifest demands: every entry up to the fence, the term, the voters."""
    found = []
    for name, mark in sorted(fence.items()):
        view = said.get(name)
        if view is None or view.last_log is None:
            found.append(Reason("copy_short", f"{name}: the copy tells no log index", group=name))
            continue
        if view.last_log < mark:
            found.append(Reason("copy_short", f"{name}: the copy's log ends at {view.last_log}, {mark} was committed before it was made", group=name))
        wanted = groups[name]
        if (view.term or 0) < wanted["term"]:
            found.append(Reason("copy_short", f"{name}: the copy is in term {view.term}, the cluster was in {wanted['term']}", group=name))
        voters = [sorted(c) for c in view.voters]
        if voters != wanted["voters"]:
            found.append(Reason("copy_short", f"{name}: the copy knows voters {voters}, the cluster had {wanted['voters']}", group=name))
    return tuple(found)


def facts(said: t.Mapping[str, GroupView]) -> Object:
    """What an opened copy has, as a manifest tells it."""
    return {name: {"last_log": v.last_log, "applied": v.applied, "voters": [sorted(c) for c in v.voters]} for name, v in sorted(said.items())}
