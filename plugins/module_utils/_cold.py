# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""One member away for a copy of its volume, and back: the highest ordinal, since a StatefulSet can do without no other."""

from __future__ import annotations

import time
import typing as t
from dataclasses import dataclass

from ansible_collections.robustmq.placement_center.plugins.module_utils._backup import COLD
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import Conflict, Refused, TimedOut, Unreachable
from ansible_collections.robustmq.placement_center.plugins.module_utils._hints import hint
from ansible_collections.robustmq.placement_center.plugins.module_utils._kube import Kube
from ansible_collections.robustmq.placement_center.plugins.module_utils._stage import live_set
from ansible_collections.robustmq.placement_center.plugins.module_utils._wait import outlast

Object = dict[str, t.Any]

LOOK_SECONDS = 0.5


@dataclass(frozen=True)
class Cold:
    """Sends the highest member away and brings it back."""

    kube: Kube
    namespace: str
    name: str
    say: t.Callable[[str], None]
    alive: t.Callable[[], None]
    patience: float

    def away(self) -> bool:
        """Has a run before this one sent a member away and not brought it back?"""
        live = self.kube.get("StatefulSet", self.name, self.namespace) or {}
        return COLD in live.get("metadata", {}).get("annotations", {})

    def send(self, live: Object) -> None:
        """One member fewer, exactly as the set was looked at; back when its pod is gone and its volume is free.

        :raises Conflict: the set was changed meanwhile.
        """
        replicas, version = live["spec"]["replicas"], live["metadata"]["resourceVersion"]
        notes = {"resourceVersion": version, "annotations": {COLD: str(replicas)}}
        self.kube.merge("StatefulSet", self.namespace, self.name, {"metadata": notes, "spec": {"replicas": replicas - 1}})
        pod = f"{self.name}-{live['spec'].get('ordinals', {}).get('start', 0) + replicas - 1}"
        self.say(f"{pod}: stops for a cold copy; the others keep the quorum")
        end = time.monotonic() + self.patience
        while (found := outlast(lambda: self.kube.get("Pod", pod, self.namespace), self.patience, self.alive)) is not None:
            self.alive()
            if time.monotonic() > end:
                raise TimedOut(f"pod {pod} has not stopped within {self.patience:.0f} s", "look after its node; the next run brings the member back")
            self.kube.wait_for_change("Pod", self.namespace, found["metadata"]["resourceVersion"], LOOK_SECONDS)

    def bring(self) -> bool:
        """As many members as before, if nobody has chosen another number meanwhile; True if one was away."""
        for _attempt in range(5):
            live = outlast(lambda: live_set(self.kube, self.namespace, self.name), self.patience, lambda: None)
            replicas = live["metadata"].get("annotations", {}).get(COLD)
            if replicas is None:
                return False
            ours = live["spec"]["replicas"] == int(replicas) - 1
            notes = {"resourceVersion": live["metadata"]["resourceVersion"], "annotations": {COLD: None}}
            patch = {"metadata": notes, **({"spec": {"replicas": int(replicas)}} if ours else {})}
            try:
                self.kube.merge("StatefulSet", self.namespace, self.name, patch)
            except (Conflict, Unreachable):
                continue
            if ours:
                self.say(f"{self.name}: {replicas} members again")
            return ours
        raise Refused("changed_meanwhile", f"StatefulSet {self.name} changes all the time", hint("changed_meanwhile"))
