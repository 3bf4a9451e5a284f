# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Let the server open a copy, alone, and ask it what is in there."""

from __future__ import annotations

import time
import typing as t
from dataclasses import dataclass

from ansible_collections.robustmq.placement_center.plugins.module_utils import _opening, _pruning, _views
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import Refused
from ansible_collections.robustmq.placement_center.plugins.module_utils._hints import hint
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import GroupView
from ansible_collections.robustmq.placement_center.plugins.module_utils._observe import Observer
from ansible_collections.robustmq.placement_center.plugins.module_utils._wait import outlast

Object = dict[str, t.Any]

LOOK_SECONDS = 0.5


@dataclass(frozen=True)
class Opener:
    """Opens copies of one cluster's members."""

    observer: Observer
    labels: t.Mapping[str, str]
    alive: t.Callable[[], None]
    patience: float  # seconds for the whole of it

    def open(self, sts: Object, ordinal: int, claim: str, name: str) -> dict[str, GroupView] | str:
        """What the server says of every raft group in the copy; words, where its pod could not be run here.

        :raises Refused: the server ended on it, or said nothing.
        """
        kube = self.observer.kube
        waited = _pruning.missing(kube, self.observer.namespace, sts["spec"]["template"])
        if waited:
            return str(waited[0])
        made = kube.create(_opening.pod(sts, ordinal, claim, name, self.labels))
        try:
            return self._asked(name)
        finally:
            kube.delete({**made, "kind": "Pod"})
            self._gone(name)

    def _asked(self, name: str) -> dict[str, GroupView] | str:
        kube, namespace, end = self.observer.kube, self.observer.namespace, time.monotonic() + self.patience
        why = "it has not started"
        while True:
            self.alive()
            found = outlast(lambda: kube.get("Pod", name, namespace), self.patience, self.alive)
            if found is None:
                raise Refused("mover_killed", f"pod {name} was deleted by somebody", hint("mover_killed"))
            view = _views.pod_view(found, self.observer.profile.container)
            if view.started:
                said, failed = self.observer.raft(name)
                if said:
                    return said
                why = failed.detail or failed.reason
            if view.phase in ("Failed", "Succeeded"):
                words = kube.log(namespace, name, 5).strip() or "it said nothing"
                raise Refused("copy_does_not_open", f"the server ended on the copy: {words[-500:]}", hint("copy_does_not_open"))
            if time.monotonic() > end:
                if not view.started:
                    return f"{view.trouble or view.phase}: {view.message or why}"
                raise Refused("copy_does_not_open", f"the server runs on the copy and does not answer: {why}", hint("copy_does_not_open"))
            kube.wait_for_change("Pod", namespace, found["metadata"]["resourceVersion"], LOOK_SECONDS)

    def _gone(self, name: str) -> None:
        """Its volume is free once it is."""
        kube, namespace, end = self.observer.kube, self.observer.namespace, time.monotonic() + self.patience
        while time.monotonic() < end and kube.get("Pod", name, namespace) is not None:
            time.sleep(LOOK_SECONDS)
