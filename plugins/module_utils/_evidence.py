# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is evidence about a cluster: which objects belong to it, which nodes and volumes are behind it, which logs there are. Pure."""

from __future__ import annotations

import json
import re
import typing as t
from dataclasses import dataclass

from ansible_collections.robustmq.placement_center.plugins.module_utils import _rest
from ansible_collections.robustmq.placement_center.plugins.module_utils._profiles import Profile
from ansible_collections.robustmq.placement_center.plugins.module_utils._redact import Redactor
from ansible_collections.robustmq.placement_center.plugins.module_utils._views import selects

Object = dict[str, t.Any]

LISTED = (
    *("Pod", "PersistentVolumeClaim", "PodDisruptionBudget", "Service", "EndpointSlice"),
    *("NetworkPolicy", "ConfigMap", "ControllerRevision", "Lease"),
)


@dataclass(frozen=True)
class About:
    """By what a cluster's objects are known."""

    name: str
    uid: str
    labels: t.Mapping[str, str]


class Log(t.NamedTuple):
    """One container's log."""

    pod: str
    container: str
    previous: bool

    @property
    def entry(self) -> str:
        """Where it is in the archive."""
        return f"logs/{self.pod}/{self.container}{'.previous' if self.previous else ''}.log"


def resource(kind: str) -> str:
    """A kind as ``oc`` and ``kubectl`` take it without doubt: with its group."""
    group, plural = _rest.resource(kind)
    return f"{plural}.{group}" if group else plural


def entry(kind: str) -> str:
    """Where a kind's objects are in the archive."""
    return f"objects/{_rest.resource(kind)[1]}.json"


def about(name: str, sets: list[Object]) -> About:
    """The set's own marks; without a set those that the collection gives."""
    if not sets:
        return About(name, "", {"app": "robustmq", "component": name})
    return About(name, sets[0]["metadata"]["uid"], sets[0]["spec"]["template"]["metadata"].get("labels", {}))


def belongs(kind: str, obj: Object, cluster: About) -> bool:
    """Is it the cluster's, or does it reach its members?"""
    meta, spec = obj["metadata"], obj.get("spec", {})
    own = meta.get("labels") or {}
    if kind in ("PodDisruptionBudget", "NetworkPolicy"):
        return selects(spec.get("selector" if kind == "PodDisruptionBudget" else "podSelector"), cluster.labels)
    if kind == "Service":
        return bool(spec.get("selector")) and selects({"matchLabels": spec["selector"]}, cluster.labels)
    owned = bool(cluster.uid) and cluster.uid in [o.get("uid") for o in meta.get("ownerReferences", [])]
    if kind == "Pod":
        return owned or selects({"matchLabels": cluster.labels}, own)
    if kind == "PersistentVolumeClaim":
        return bool(re.fullmatch(rf".+-{re.escape(cluster.name)}-\d+", meta["name"]))
    if kind == "ControllerRevision":
        return owned
    return meta["name"].startswith(f"{cluster.name}-") and own.get("component", cluster.name) == cluster.name


def behind(pods: list[Object], claims: list[Object]) -> dict[str, list[str]]:
    """Kind -> names of what stands behind the members."""
    found = {
        "Node": {p["spec"].get("nodeName") for p in pods},
        "PersistentVolume": {c["spec"].get("volumeName") for c in claims},
        "StorageClass": {c["spec"].get("storageClassName") for c in claims},
    }
    return {kind: sorted(name for name in names if name) for kind, names in found.items() if any(names)}


def logs(pods: list[Object]) -> list[Log]:
    """Every container's log that there is: of this one where it has started, and of the one before."""
    found = []
    for pod in pods:
        said = pod.get("status", {})
        for container in [*said.get("initContainerStatuses", []), *said.get("containerStatuses", [])]:
            ended = "terminated" in container.get("lastState", {})
            if ended or "running" in container.get("state", {}) or "terminated" in container.get("state", {}):
                found.append(Log(pod["metadata"]["name"], container["name"], False))
            found += [Log(pod["metadata"]["name"], container["name"], True)] if ended else []
    return found


def notes(profile: Profile) -> list[str]:
    """What is not to be found in an archive of this server, whatever is collected."""
    if profile.logs:
        return []
    return [f"a server of profile {profile.name} writes no log: files in logs are empty but for a crash's last words"]


def receipts(config_maps: list[Object], name: str) -> Object | None:
    """What the operations on this cluster have left."""
    return next((m.get("data") or {} for m in config_maps if m["metadata"]["name"] == f"{name}-receipts"), None)


def files(found: t.Mapping[str, t.Any], redactor: Redactor) -> dict[str, bytes]:
    """Entries as they are written; objects are redacted first, so that their secrets are known when the logs' turn comes."""
    trees = {name: redactor.tree(value) for name, value in found.items() if not isinstance(value, str)}
    texts = {name: redactor.line(value) for name, value in found.items() if isinstance(value, str)}
    written = {name: json.dumps(redactor.everywhere(tree), indent=1, ensure_ascii=False) + "\n" for name, tree in trees.items()}
    written |= {name: redactor.everywhere(text) for name, text in texts.items()}
    return {name: text.encode(errors="replace") for name, text in sorted(written.items())}
