# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Delete a StatefulSet without its pods and make it again; and finish what a run before did not."""

from __future__ import annotations

import contextlib
import time
import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils import _recreation
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import Conflict, Refused
from ansible_collections.robustmq.placement_center.plugins.module_utils._kube import Kube

Object = dict[str, t.Any]
Say = t.Callable[[str], None]

LEAVE_SECONDS = 120.0  # the garbage collector takes the set's name from its pods, claims and revisions first
LOOK_SECONDS = 0.2


def rehearse(kube: Kube, live: Object, template: str, size: str) -> None:
    """Would the API server let it be deleted and made? Asked before anything is changed.

    :raises PcError: it would not; the words are its own.
    """
    kube.create(_recreation.trial(_recreation.again(live, template, size)), dry_run=True)
    kube.delete({**live, "kind": "StatefulSet"}, dry_run=True)


def recreate(kube: Kube, live: Object, template: str, size: str, say: Say) -> None:
    """Delete exactly this version, leaving its pods, and make it with larger claims.

    :raises Conflict: it was changed since it was read; nothing was done.
    """
    meta = live["metadata"]
    kube.apply(_recreation.note(live, _recreation.again(live, template, size)), force=True)
    say(f"{meta['name']}: deleted without its pods, to be made again with claims of {size}")
    kube.delete({**live, "kind": "StatefulSet"}, orphan=True)
    repair(kube, meta["namespace"], meta["name"], say)


def pending(kube: Kube, namespace: str, name: str) -> Object | None:
    """The note of a set that is to be made again."""
    return kube.get("ConfigMap", _recreation.note_name(name), namespace)


def repair(kube: Kube, namespace: str, name: str, say: Say) -> bool:
    """Finish it from the note; True where the set was not there."""
    found = pending(kube, namespace, name)
    if found is None:
        return False
    uid, wanted, managers = _recreation.read(found)
    live = _once_gone(kube, namespace, name, uid)
    made = live is None
    if live is None:
        with contextlib.suppress(Conflict):  # somebody was quicker
            kube.create(wanted)
            say(f"{name}: made again; its pods are its own as before")
        live = kube.get("StatefulSet", name, namespace)
    if live is not None and live["metadata"]["uid"] != uid and managers and _recreation.fresh(live):
        _give_back(kube, namespace, name, managers)
    kube.delete({**found, "kind": "ConfigMap"})
    return made


def _once_gone(kube: Kube, namespace: str, name: str, uid: str) -> Object | None:
    """The set that is there, if it is not one that is just being deleted.

    :raises Refused: it does not go.
    """
    end = time.monotonic() + LEAVE_SECONDS
    while True:
        live = kube.get("StatefulSet", name, namespace)
        if live is None or live["metadata"]["uid"] != uid or "deletionTimestamp" not in live["metadata"]:
            return live
        if time.monotonic() > end:
            text = f"StatefulSet {name} is being deleted and does not go; its pods run on, and ConfigMap {name}-recreate has what is to be made"
            raise Refused("recreate_pending", text, "look after the controller manager, whose garbage collector lets it go; then run expand again")
        time.sleep(LOOK_SECONDS)


def _give_back(kube: Kube, namespace: str, name: str, managers: list[Object]) -> None:
    for _attempt in range(10):  # the controller writes the status of a new set several times at first
        live = kube.get("StatefulSet", name, namespace)
        if live is None:
            return
        with contextlib.suppress(Conflict):
            kube.merge("StatefulSet", namespace, name, _recreation.given_back(live, managers))
            return
