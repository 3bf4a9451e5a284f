# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The writes of a restore, each with a precondition; a conflict means that the next look decides again."""

from __future__ import annotations

import ipaddress
import threading
import typing as t
from dataclasses import dataclass, field, replace

from ansible_collections.robustmq.placement_center.plugins.module_utils import _replacing, _restore_journal, _restore_objects, _teardown
from ansible_collections.robustmq.placement_center.plugins.module_utils import _restore_actions as r
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import Conflict, Forbidden
from ansible_collections.robustmq.placement_center.plugins.module_utils._kube import Kube
from ansible_collections.robustmq.placement_center.plugins.module_utils._restore_fill import Filler
from ansible_collections.robustmq.placement_center.plugins.module_utils._restore_journal import Journal
from ansible_collections.robustmq.placement_center.plugins.module_utils._restore_look import Look
from ansible_collections.robustmq.placement_center.plugins.module_utils._restore_see import Eye

Object = dict[str, t.Any]


def api_servers(kube: Kube) -> tuple[str, ...] | None:
    """Where the API server's pod proxy comes from; None where that may not be read."""
    try:
        found = kube.find("EndpointSlice", "default", "kubernetes.io/service-name=kubernetes").items
    except Forbidden:
        return None
    return tuple(sorted({str(ipaddress.ip_network(a)) for s in found for e in s.get("endpoints", []) for a in e["addresses"]}))


@dataclass
class Hand:
    """Writes what was decided. ``wanted`` is the journal of a restore that has not begun."""

    kube: Kube
    eye: Eye
    filler: Filler
    wanted: Journal
    servers: tuple[str, ...]
    paper: Object
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def act(self, action: r.Action, look: Look) -> bool:
        """True if it wrote."""
        doing = self._doing(action)
        if doing is None:
            return False
        try:
            doing(look)
        except Conflict:
            return False
        return True

    def _doing(self, action: r.Action) -> t.Callable[[Look], t.Any] | None:
        """What an action is here."""
        known: dict[type, t.Callable[[t.Any, Look], t.Any]] = {
            r.Begin: lambda a, look: self._begin(look),
            r.Keep: lambda a, look: self._reclaim(look, a.volume, "Retain"),
            r.Discard: lambda a, look: self._volume(a.volume, _restore_objects.discard(look.volumes[a.volume].version, look.volumes[a.volume].claim)),
            r.Copy: lambda a, look: self._copy(look, a.ordinals),
            r.Narrow: lambda a, look: self._narrow(look),
            r.Widen: lambda a, look: self._widen(look),
            r.Stopped: lambda a, look: self._note(look, stopped=True, newest=_higher(_journal(look).newest, look.newest)),
            r.Scale: lambda a, look: self._scale(look, a.replicas),
            r.Remove: lambda a, look: _teardown.delete_claim(self.kube, self.eye.seen.claims[a.claim]),
            r.Aim: lambda a, look: self._volume(a.volume, _restore_objects.aim(look.volumes[a.volume].version, _journal(look).namespace, a.claim)),
            r.Bind: lambda a, look: self.kube.create(_restore_objects.member_claim(_journal(look), a.ordinal, a.volume)),
            r.Mark: lambda a, look: self._volume(a.volume, _restore_objects.mark(look.volumes[a.volume].version, _journal(look), a.ordinal, a.on)),
            r.Make: lambda a, look: self.kube.create(_restore_objects.again(_restore_objects.described(self.paper)[a.what], _journal(look).backup)),
            r.Tidy: lambda a, look: self._tidy(_journal(look), a.what),
            r.TurnBack: lambda a, look: self._note(look, back=True),
            r.Unmake: lambda a, look: self.kube.delete({**t.cast(Object, self.eye.seen.sts), "kind": "StatefulSet"}),
            r.Opened: lambda a, look: self._note(look, opened=True),
            r.End: lambda a, look: self._note(look, ended=a.state),
        }
        found = known.get(type(action))
        return None if found is None else lambda look: found(action, look)

    # The journal

    def _begin(self, look: Look) -> None:
        before = look.journal
        if before is None or before.ended:
            journal = self.eye.begun(self.wanted)
            if self.eye.seen.note is not None:
                self._store(journal)
                return
            self.kube.create(_restore_journal.note(journal))
            return
        self._store(self.eye.begun(before))

    def _note(self, look: Look, **changes: t.Any) -> None:
        self._store(replace(_journal(look), **changes))

    def _store(self, journal: Journal) -> None:
        meta = t.cast(Object, self.eye.seen.note)["metadata"]
        own = _restore_journal.labels(journal.name, journal.backup)
        patch = {"metadata": {"resourceVersion": meta["resourceVersion"], "labels": own}, "data": _restore_journal.data(journal)}
        self.eye.seen.note = self.kube.merge("ConfigMap", journal.namespace, meta["name"], patch)

    # The copy

    def _copy(self, look: Look, ordinals: t.Sequence[int]) -> None:
        journal = _journal(look)
        places = {o: where for o in ordinals if o in journal.old and (where := self._place(journal.old[o].volume))}

        def done(ordinal: int, volume: str) -> None:
            nonlocal journal
            with self._lock:  # two volumes are filled at a time
                journal = replace(journal, new={**journal.new, ordinal: volume})
                self._store(journal)

        self.filler.bring(journal, ordinals, places, done)

    def _place(self, volume: str) -> Object:
        """Where the old volume could be mounted the new one has to be: members stay spread as they were."""
        required = self.eye.seen.volumes.get(volume, {}).get("spec", {}).get("nodeAffinity", {}).get("required")
        return {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": required}} if required else {}

    def _tidy(self, journal: Journal, what: str) -> None:
        kind, name = what.split("/", 1)
        if kind == "Job":
            self.filler.runner.end(name)
            return
        live = self.kube.get(kind, name, journal.namespace)
        if live is not None:
            self.kube.delete({**live, "kind": kind})

    # Everything else

    def _volume(self, name: str, patch: Object) -> None:
        self.kube.merge("PersistentVolume", "", name, patch)

    def _reclaim(self, look: Look, name: str, policy: str) -> None:
        version = look.volumes[name].version
        self._volume(name, {"metadata": {"resourceVersion": version}, "spec": {"persistentVolumeReclaimPolicy": policy}})

    def _scale(self, look: Look, replicas: int) -> None:
        if look.set is not None:  # and every member gets another volume, so that a replacement which was given up has nothing left to do
            patch = {**_replacing.patch(look.set.version, None), "spec": {"replicas": replicas}}
            self.kube.merge("StatefulSet", self.wanted.namespace, self.wanted.name, patch)

    def _narrow(self, look: Look) -> None:
        journal, live = _journal(look), self.eye.seen.policies.get(self.wanted.name)
        if live is None:
            own = journal.like["labels"]
            self.kube.create(_restore_objects.own_policy(journal, own, self.servers))
            return
        patch = _restore_objects.narrowed(live, journal.backup)
        patch["metadata"]["resourceVersion"] = live["metadata"]["resourceVersion"]
        self.kube.merge("NetworkPolicy", journal.namespace, journal.name, patch)

    def _widen(self, look: Look) -> None:
        journal, own = _journal(look), self.eye.seen.policies.get(_restore_journal.note_name(self.wanted.name))
        live = self.eye.seen.policies.get(journal.name)
        if live is not None and _restore_objects.is_narrow(live):
            patch = _restore_objects.widened(journal.policy)
            patch["metadata"]["resourceVersion"] = live["metadata"]["resourceVersion"]
            self.kube.merge("NetworkPolicy", journal.namespace, journal.name, patch)
        if own is not None:
            self.kube.delete({**own, "kind": "NetworkPolicy"})


def _journal(look: Look) -> Journal:
    """Every action but the first stands on one."""
    return t.cast(Journal, look.journal)


def _higher(one: t.Mapping[str, int], two: t.Mapping[str, int]) -> dict[str, int]:
    return {group: max(one.get(group, 0), two.get(group, 0)) for group in {*one, *two}}
