# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What belongs to one cluster, for taking it down: by name, or by label and name together; never by label alone."""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass

from ansible_collections.robustmq.placement_center.plugins.module_utils import _admin, _copies, _guard, _restore_journal
from ansible_collections.robustmq.placement_center.plugins.module_utils._claims import TEMPLATE
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import Conflict, Forbidden
from ansible_collections.robustmq.placement_center.plugins.module_utils._kube import Kube
from ansible_collections.robustmq.placement_center.plugins.module_utils._learn import learn
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Reason
from ansible_collections.robustmq.placement_center.plugins.module_utils._released import released
from ansible_collections.robustmq.placement_center.plugins.module_utils._wait import Clock, until_stable

Object = dict[str, t.Any]


@dataclass(frozen=True)
class Found:
    """The cluster's objects in the order in which they go, its claims, and the UIDs of its pods."""

    objects: list[Object]
    claims: list[Object]
    pods: frozenset[str]
    secrets: tuple[str, ...] = ()  # that were made for it and stay


def find(kube: Kube, namespace: str, name: str) -> Found:
    """Read what is there."""
    named = [
        ("StatefulSet", name),
        ("NetworkPolicy", name),
        ("PodDisruptionBudget", name),
        ("Service", name),
        ("Service", f"{name}-headless"),
    ]
    objects = [{**o, "kind": kind} for kind, own in named if (o := kube.get(kind, own, namespace))]
    copies = re.compile(re.escape(name) + r"-(config(-[0-9a-f]{10})?|recreate)")
    maps = kube.find("ConfigMap", namespace, f"app=robustmq,component={name}").items
    objects += [m for m in maps if copies.fullmatch(m["metadata"]["name"])]
    logins = _logins(kube, namespace, name)
    objects += [s for s in logins if _copies.is_copy(s, name)]
    restore = kube.get("ConfigMap", _restore_journal.note_name(name), namespace)
    if restore and not _restore_journal.unfinished(restore):  # else it alone knows the volumes of before
        objects.append({**restore, "kind": "ConfigMap"})
    claims = [c for c in kube.find("PersistentVolumeClaim", namespace).items if _claim(name).fullmatch(c["metadata"]["name"])]
    owner = {o["metadata"]["uid"] for o in objects if o["kind"] == "StatefulSet"}
    pods = [p for p in kube.find("Pod", namespace).items if owner & {r["uid"] for r in p["metadata"].get("ownerReferences", [])}]
    stay = tuple(s["metadata"]["name"] for s in logins if s["metadata"]["name"] == _admin.source_name(name))
    return Found(objects, claims, frozenset(p["metadata"]["uid"] for p in pods), stay)


def _logins(kube: Kube, namespace: str, name: str) -> list[Object]:
    """The Secrets that are labelled as the cluster's: the administrator's login, which stays, and its copies."""
    try:
        return kube.find("Secret", namespace, f"app=robustmq,component={name}").items
    except Forbidden:  # of a server without an administrator there are none
        return []


def _claim(name: str) -> re.Pattern[str]:
    return re.compile(rf"{TEMPLATE}-{re.escape(name)}-\d+")


def left_behind(kube: Kube, namespace: str, name: str) -> dict[str, str]:
    """Volume -> claim, of volumes that stay whatever becomes of their claim; none where they may not be listed."""
    found = learn(Reason, lambda: kube.find("PersistentVolume").items)
    return {} if isinstance(found, Reason) else released(found, namespace, _claim(name).fullmatch)


def delete_claim(kube: Kube, claim: Object, dry_run: bool = False) -> None:
    """Delete a claim of a member on purpose: its guard goes first. A run that is killed between the two leaves one that the next deletes."""
    for last in (False, False, True):
        patch, meta = _guard.let_go(claim), claim["metadata"]
        try:
            if patch:
                kube.merge("PersistentVolumeClaim", meta["namespace"], meta["name"], patch, dry_run)
            break
        except Conflict:  # a claim's status is written by others too, as when its pod has just gone
            fresh = kube.get("PersistentVolumeClaim", meta["name"], meta["namespace"])
            if last or fresh is None or fresh["metadata"]["uid"] != meta["uid"]:
                raise
            claim = fresh
    kube.delete({**claim, "kind": "PersistentVolumeClaim"}, dry_run)


def wait_until_gone(kube: Kube, namespace: str, pods: frozenset[str], seconds: float) -> bool:
    """Wait until none of these pods exists."""
    version = ""

    def left() -> frozenset[str]:
        nonlocal version
        found = kube.find("Pod", namespace)
        version = found.version
        return pods & {p["metadata"]["uid"] for p in found.items}

    return until_stable(
        look=left,
        good=lambda those: not those,
        hopeless=lambda those, elapsed: False,
        stable=0,
        timeout=seconds,
        clock=Clock(pause=lambda s: kube.wait_for_change("Pod", namespace, version, s)),
    ).held
