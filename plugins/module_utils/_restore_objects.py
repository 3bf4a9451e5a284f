# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects of a restore: claims and what volumes say, the policy that keeps clients away, and what is made again. Pure."""

from __future__ import annotations

import copy
import json
import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils import _copies
from ansible_collections.robustmq.placement_center.plugins.module_utils._quantities import quantity
from ansible_collections.robustmq.placement_center.plugins.module_utils._restore_journal import KEPT, RESTORE, Journal, labels, note_name

Object = dict[str, t.Any]

ORDER = ("Secret", "ConfigMap", "Service", "PodDisruptionBudget", "NetworkPolicy", "StatefulSet")  # in which they are made


# Claims and volumes


def like(paper: t.Mapping[str, t.Any], sts: Object, template: str) -> Object:
    """What the new claims ask for: what the template does, and as much as the copy needs."""
    source = paper["source"]
    found: Object = next((each["spec"] for each in sts["spec"]["volumeClaimTemplates"] if each["metadata"]["name"] == template), {})
    sizes = [found.get("resources", {}).get("requests", {}).get("storage", "0"), source["size"], source.get("capacity") or "0"]
    sizes.append(str(paper["data"].get("snapshot", {}).get("size") or 0))
    mode = (found.get("accessModes") or [source["mode"] or "ReadWriteOnce"])[0]
    own = sts["spec"]["selector"].get("matchLabels", {})
    return {"size": max(sizes, key=quantity), "class": found.get("storageClassName", source["class"]), "mode": mode, "labels": own}


def copy_claim(journal: Journal, ordinal: int, snapshot: str) -> Object:
    """The claim that the copy is brought to: of a snapshot, or empty."""
    found = _claim(journal, journal.copy(ordinal), journal.like, journal.labels)
    if snapshot:
        found["spec"]["dataSource"] = {"apiGroup": "snapshot.storage.k8s.io", "kind": "VolumeSnapshot", "name": snapshot}
    return found


def member_claim(journal: Journal, ordinal: int, volume: str) -> Object:
    """A member's own claim for a volume that is there."""
    old = journal.old.get(ordinal)
    name = journal.claim(ordinal)
    if old is not None and old.volume == volume:
        spec = {k: v for k, v in old.claim["spec"].items() if k not in ("dataSource", "dataSourceRef")}
        meta = {"name": name, "namespace": journal.namespace, "labels": old.claim.get("labels", {})}
        return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": meta, "spec": {**spec, "volumeName": volume}}
    found = _claim(journal, name, journal.like, journal.like["labels"])
    found["spec"]["volumeName"] = volume
    return found


def _claim(journal: Journal, name: str, wanted: Object, own: t.Mapping[str, str]) -> Object:
    spec: Object = {"accessModes": [wanted["mode"]], "resources": {"requests": {"storage": wanted["size"]}}}
    if wanted["class"]:
        spec["storageClassName"] = wanted["class"]
    meta = {"name": name, "namespace": journal.namespace, "labels": dict(own)}
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": meta, "spec": spec}


def old_claim(live: Object) -> Object:
    """A claim as the journal keeps it."""
    meta = live["metadata"]
    return {"uid": meta["uid"], "labels": meta.get("labels", {}), "spec": live["spec"]}


def aim(version: str, namespace: str, claim: str) -> Object:
    """The patch by which a volume waits for this claim and no other."""
    ref = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "namespace": namespace, "name": claim, "uid": None, "resourceVersion": None}
    return {"metadata": {"resourceVersion": version}, "spec": {"claimRef": ref}}


def discard(version: str, claim: tuple[str, str]) -> Object:
    """The patch by which a volume goes with its claim. One that only waits for a claim was never released: it gets a claim that is gone."""
    freed = {} if claim[1] else {"claimRef": {"uid": "discarded"}}
    return {"metadata": {"resourceVersion": version}, "spec": {"persistentVolumeReclaimPolicy": "Delete", **freed}}


def mark(version: str, journal: Journal, ordinal: int, on: bool) -> Object:
    """The patch by which a volume says that it was kept, or no longer does."""
    said = json.dumps({"since": journal.began, "claim": f"{journal.namespace}/{journal.claim(ordinal)}"})
    own = {key: value if on else None for key, value in labels(journal.name, journal.backup).items()}
    return {"metadata": {"resourceVersion": version, "labels": own, "annotations": {KEPT: said if on else None}}}


# The network policy


def narrowed(policy: Object, backup: str) -> Object:
    """The patch by which only peers, and whoever comes by address (the API server's proxy), still get in."""
    own = policy["spec"].get("podSelector", {})
    rules = [_rule(rule, own) for rule in policy["spec"].get("ingress") or []]
    spec = {"ingress": [rule for rule in rules if rule["from"]] or [{"from": [{"podSelector": own}]}]}
    return {"metadata": {"annotations": {RESTORE: backup}}, "spec": spec}


def _rule(rule: Object, own: Object) -> Object:
    """A rule without a source lets everybody in; one that is left with none has to go."""
    kept = [source for source in rule.get("from") or [{"podSelector": own}] if "ipBlock" in source or source == {"podSelector": own}]
    return {**rule, "from": kept}


def widened(original: Object) -> Object:
    """The patch by which it is as it was."""
    return {"metadata": {"annotations": {RESTORE: None}}, "spec": {"ingress": original["spec"].get("ingress")}}


def is_narrow(policy: Object) -> bool:
    """Is it the narrow one?"""
    return RESTORE in policy["metadata"].get("annotations", {})


def own_policy(journal: Journal, own: t.Mapping[str, str], api_servers: t.Iterable[str]) -> Object:
    """A policy for as long as the restore lasts, where the cluster has none."""
    sources = [{"podSelector": {"matchLabels": dict(own)}}, *({"ipBlock": {"cidr": cidr}} for cidr in api_servers)]
    meta = {"name": note_name(journal.name), "namespace": journal.namespace, "labels": labels(journal.name, journal.backup)}
    spec = {"podSelector": {"matchLabels": dict(own)}, "policyTypes": ["Ingress"], "ingress": [{"from": sources}]}
    return {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": meta, "spec": spec}


# What is made again


def described(paper: t.Mapping[str, t.Any]) -> dict[str, Object]:
    """kind/name -> object that the manifest has, in the order in which they are made."""
    found = sorted(paper["objects"], key=lambda o: ORDER.index(o["kind"]) if o["kind"] in ORDER else -1)
    return {f"{o['kind']}/{o['metadata']['name']}": o for o in found}


def needed(paper: t.Mapping[str, t.Any], live: Object | None) -> list[str]:
    """Those that have to be there: all, or of ConfigMaps only those that the set which is there mounts."""
    mounted = _copies.named(live["spec"]["template"]) if live else None
    return [what for what, o in described(paper).items() if o["kind"] != "ConfigMap" or mounted is None or ("ConfigMap", o["metadata"]["name"]) in mounted]


def again(wanted: Object, backup: str) -> Object:
    """An object as it is made: a set without members, a policy for peers alone."""
    found = copy.deepcopy(wanted)
    if found["kind"] == "StatefulSet":
        found["spec"]["replicas"] = 0
    if found["kind"] == "NetworkPolicy":
        patch = narrowed(found, backup)
        found["spec"] |= patch["spec"]
        found["metadata"]["annotations"] = {**found["metadata"].get("annotations", {}), **patch["metadata"]["annotations"]}
    return found
