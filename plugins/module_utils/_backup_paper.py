# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a backup's paper says of the cluster: read while it is written, since a restore may find nothing else of it."""

from __future__ import annotations

import time
import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils import _backup, _copies, _fence, _manifest
from ansible_collections.robustmq.placement_center.plugins.module_utils._backup_run import Copied, Maker
from ansible_collections.robustmq.placement_center.plugins.module_utils._mover_words import File

Object = dict[str, t.Any]

VERSION = "0.1.0"


def described(maker: Maker, live: Object, copied: Copied, files: tuple[File, ...], facts: Object) -> Object:
    """The paper of a copy. :param facts: where the data is, of which claim it came, and what the server found in it."""
    seen, verdict = copied.before
    mover = maker.copier.runner.mover
    level = 2 if facts["opened"] else 1 if maker.verify or maker.wish.method == "snapshot" else 0
    return {
        "schema": _manifest.SCHEMA,
        "id": maker.id,
        "created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + maker.ahead)),
        "grade": maker.wish.grade,
        "method": maker.wish.method,
        "level": min(level, 1) if maker.wish.grade == "C" else level,
        "tools": {"collection": VERSION, **mover.images},
        "cluster": _cluster(maker, live, copied),
        "groups": _fence.facts(seen, verdict),
        "after": _fence.facts(*copied.after),
        "fence": copied.fence,
        "canary": {"key": _backup.CANARY, "value": maker.id},
        "files": _manifest.rows(files),
        "bytes": sum(f.size for f in files),
        "tree": _manifest.tree(files),
        "objects": _belongings(maker, live),
        **facts,
    }


def _cluster(maker: Maker, live: Object, copied: Copied) -> Object:
    kube, namespace = maker.kube, maker.store.namespace
    uid = (kube.get("Namespace", "kube-system") or {"metadata": {}})["metadata"].get("uid", "")
    mine = (kube.get("Namespace", namespace) or {"metadata": {}})["metadata"].get("uid", "")
    pod = kube.get("Pod", f"{maker.store.name}-{copied.member.ordinal}", namespace) or {}
    images = [c.get("imageID", "") for c in pod.get("status", {}).get("containerStatuses", [])]
    named = {"uid": uid, "namespace": namespace, "namespace_uid": mine, "name": maker.store.name, "profile": maker.raft.observer.profile.name}
    sts = copied.before[0].set
    running = {"set_uid": live["metadata"]["uid"], "revision": sts.update_revision if sts else "", "image": sts.image if sts else ""}
    version = kube.version().get("gitVersion", "")
    return {"kubernetes": version, **named, **running, "image_id": images[0] if images else "", "replicas": live["spec"]["replicas"]}


def _belongings(maker: Maker, live: Object) -> list[Object]:
    """What a namespace that is empty lacks before a restored volume is of any use."""
    spec, name = live["spec"], maker.store.name
    maps = [each for kind, each in _copies.named(spec["template"]) if kind == "ConfigMap"]
    wanted = [("ConfigMap", "v1", each) for each in dict.fromkeys([*maps, f"{name}-config"])]
    wanted += [("Service", "v1", each) for each in dict.fromkeys([spec["serviceName"], name])]
    wanted += [("PodDisruptionBudget", "policy/v1", name), ("NetworkPolicy", "networking.k8s.io/v1", name)]
    found = [_backup.cleaned(live, "StatefulSet", "apps/v1")]
    for kind, version, each in wanted:
        there = maker.kube.get(kind, each, maker.store.namespace)
        if there is not None:
            found.append(_backup.cleaned(there, kind, version))
    return found
