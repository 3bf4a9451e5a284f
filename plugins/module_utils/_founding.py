# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A first deployment that never got on its feet, as with an image that does not exist: what is corrected in it holds at once.

No gate has anything to protect there: one member at most has a volume, and it does not serve. Kubernetes replaces no pod that never
was ready, so the one that stands on the old template has to go; its volume stays.
"""

from __future__ import annotations

import time
import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils._claims import claim_name
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import TimedOut
from ansible_collections.robustmq.placement_center.plugins.module_utils._kube import Kube
from ansible_collections.robustmq.placement_center.plugins.module_utils._settings import Cluster

Object = dict[str, t.Any]

OBSERVED_SECONDS = 30.0


def founding(where: Cluster, live: Object | None, claims: t.Container[str]) -> bool:
    """Is there a set of which no member is ready, and none but the first ever had a claim?"""
    return live is not None and not live.get("status", {}).get("readyReplicas") and not any(claim_name(where.name, o) in claims for o in where.ordinals[1:])


def stale(pod: Object | None, revision: str) -> bool:
    """Does a pod that is not ready stand on another revision than this one?"""
    if pod is None or "deletionTimestamp" in pod["metadata"]:
        return False
    ready = any(c["type"] == "Ready" and c["status"] == "True" for c in pod.get("status", {}).get("conditions", []))
    return not ready and pod["metadata"].get("labels", {}).get("controller-revision-hash") != revision


def renew(kube: Kube, where: Cluster, changed: bool, check_mode: bool) -> list[Object]:
    """Delete the first member's pod where it stands on an older template than the set has.

    :param changed: the set has (in check mode: would have) another template than before.
    :returns: that action, if there is one. :raises TimedOut: the controller takes no notice of the set.
    """
    revision = "" if check_mode and changed else _revision(kube, where, check_mode)
    pod = kube.get("Pod", f"{where.name}-{where.ordinals[0]}", where.namespace)
    if pod is None or not stale(pod, revision):
        return []
    if not check_mode:
        kube.delete({**pod, "kind": "Pod"})
    return [{"action": "replace", "kind": "Pod", "name": pod["metadata"]["name"]}]


def _revision(kube: Kube, where: Cluster, at_once: bool) -> str:
    """The revision that the controller gives to new pods, once it has seen the set as it is."""
    end = time.monotonic() + OBSERVED_SECONDS
    while True:
        live = kube.get("StatefulSet", where.name, where.namespace) or {"metadata": {}}
        status: Object = live.get("status", {})
        if at_once or status.get("observedGeneration") == live["metadata"].get("generation"):
            return str(status.get("updateRevision", ""))
        if time.monotonic() > end:
            raise TimedOut(f"the controller has not looked at StatefulSet {where.name} for {OBSERVED_SECONDS:.0f} s", "see whether the controller-manager runs")
        time.sleep(0.1)  # nobody may watch a StatefulSet who may only get it
