# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Look after the copies that pod templates name: those that nobody names go, and one that is missing is told before a pod waits for it."""

from __future__ import annotations

import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils import _copies, _history
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import Conflict, Forbidden, Invalid, Refused
from ansible_collections.robustmq.placement_center.plugins.module_utils._hints import hint
from ansible_collections.robustmq.placement_center.plugins.module_utils._kube import Kube
from ansible_collections.robustmq.placement_center.plugins.module_utils._lease import Lease
from ansible_collections.robustmq.placement_center.plugins.module_utils._settings import Cluster

Object = dict[str, t.Any]


def spare(kube: Kube, where: Cluster, coming: Object | None, current: t.Container[_copies.Named]) -> list[Object]:
    """Copies that no revision names. Whoever may not look for them leaves them where they are.

    :param coming: a template that is about to be staged. :param current: kind and name of those that hold now.
    """
    live = kube.get("StatefulSet", where.name, where.namespace)
    if live is None:
        return []
    selector = ",".join(f"{key}={value}" for key, value in where.labels.items())
    kinds = _copies.COPIED if where.profile.admin_env else ("ConfigMap",)
    try:
        there = [o for kind in kinds for o in kube.find(kind, where.namespace, selector).items]
        if not any(_copies.is_copy(o, where.name) and (o["kind"], o["metadata"]["name"]) not in current for o in there):
            return []
        revisions = _history.owned(kube.find("ControllerRevision", where.namespace).items, live)
    except Forbidden:
        return []
    templates = [live["spec"]["template"], *map(_history.template_of, revisions)]
    return _copies.spare(there, where.name, [*templates, *([coming] if coming else [])], current)


def prune(kube: Kube, where: Cluster, coming: Object | None, current: t.Container[_copies.Named]) -> list[Object]:
    """Delete them; returns those that went. A staging writes its copies before its template, so it must not be at work meanwhile."""
    if not spare(kube, where, coming, current):
        return []
    gone = []
    try:
        with Lease(kube, where.namespace, where.name, "prune", wait=0.0):
            for each in spare(kube, where, coming, current):
                kube.delete(each)
                gone.append(each)
    except (Refused, Conflict, Forbidden):
        pass  # the next deployment does it
    return gone


def missing(kube: Kube, namespace: str, template: Object, coming: t.Iterable[Object] = (), what: str = "the pod template") -> list[Refused]:
    """ConfigMaps and Secrets that pods of this template would wait for in vain.

    :param coming: objects that are about to be made.
    """
    made = {(o["kind"], o["metadata"]["name"]) for o in coming}
    found = []
    for (kind, name), needed in sorted(_copies.named(template).items()):
        if needed and (kind, name) not in made and not exists(kube, kind, name, namespace):
            text = f"{what} names {kind} {name}, which does not exist in namespace {namespace}"
            found.append(Refused("named_missing", text, hint("named_missing")))
    return found


def exists(kube: Kube, kind: str, name: str, namespace: str) -> bool:
    """Is it there? A Secret is not read for that: its name is taken, or is not. Who may not know takes it for there."""
    if kind != "Secret":
        return kube.get(kind, name, namespace) is not None
    try:
        kube.create({"apiVersion": "v1", "kind": kind, "metadata": {"name": name, "namespace": namespace}}, dry_run=True)
    except (Conflict, Forbidden):
        return True
    except Invalid:
        return False  # there is no namespace
    return False
