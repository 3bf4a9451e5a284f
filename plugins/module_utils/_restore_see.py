# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""One look of a restore: journal, set, claims, volumes and, where they are asked, the members. No decision."""

from __future__ import annotations

import time
import typing as t
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from ansible_collections.robustmq.placement_center.plugins.module_utils import (
    _guard,
    _pruning,
    _restore_gate,
    _restore_journal,
    _restore_objects,
    _verdict,
    _views,
)
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import PcError, Refused
from ansible_collections.robustmq.placement_center.plugins.module_utils._grpcweb import Garbled
from ansible_collections.robustmq.placement_center.plugins.module_utils._hints import hint
from ansible_collections.robustmq.placement_center.plugins.module_utils._kube import POOL, Kube
from ansible_collections.robustmq.placement_center.plugins.module_utils._marks import Marker
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Reason
from ansible_collections.robustmq.placement_center.plugins.module_utils._observe import Observer
from ansible_collections.robustmq.placement_center.plugins.module_utils._raft import Limits
from ansible_collections.robustmq.placement_center.plugins.module_utils._restore_journal import RESTORE, Journal, Old
from ansible_collections.robustmq.placement_center.plugins.module_utils._restore_look import NARROW, NONE, OPEN, Claim, Look, Memory, Owner, Volume, home

Object = dict[str, t.Any]

NEW_KEY = "placement-center-restore"  # the first write that restored members take
ENDED = ("Succeeded", "Failed")


@dataclass
class Seen:
    """The objects that a look stands on: what an action needs for its precondition. ``claims`` are all of the namespace."""

    note: Object | None = None
    sts: Object | None = None
    claims: dict[str, Object] = field(default_factory=dict)
    volumes: dict[str, Object] = field(default_factory=dict)
    policies: dict[str, Object] = field(default_factory=dict)


@dataclass
class Eye:
    """Looks at one restore."""

    kube: Kube
    observer: Observer
    limits: Limits
    marker: Marker
    paper: Object
    seen: Seen = field(default_factory=Seen)
    _marks: dict[str, int] = field(default_factory=dict)
    _written: str = ""

    def look(self, memory: Memory | None = None, lease: bool = True, abandoned: bool = False) -> Look:
        """One pass.

        :raises PcError: something could not be read; what is not known is never acted on.
        """
        kube, namespace, name = self.kube, self.observer.namespace, self.observer.name
        with ThreadPoolExecutor(max_workers=POOL) as pool:
            note = pool.submit(kube.get, "ConfigMap", _restore_journal.note_name(name), namespace)
            sts = pool.submit(kube.get, "StatefulSet", name, namespace)
            lists = {kind: pool.submit(kube.find, kind, namespace) for kind in ("PersistentVolumeClaim", "PersistentVolume", "VolumeAttachment", "Pod")}
            tools = {kind: pool.submit(kube.find, kind, namespace, RESTORE) for kind in ("Job", "ConfigMap")}
            policies = {each: pool.submit(kube.get, "NetworkPolicy", each, namespace) for each in (name, _restore_journal.note_name(name))}
            found = {kind: each.result().items for kind, each in lists.items()}
            every = {c["metadata"]["name"]: c for c in found["PersistentVolumeClaim"]}
            self.seen = Seen(note.result(), sts.result(), every, policies={n: p for n, f in policies.items() if (p := f.result())})
            made = [o for each in tools.values() for o in each.result().items]
        journal = self.journal()
        owned = _views.owned(found["Pod"], self.seen.sts)
        look = Look(
            time.time(),
            journal,
            _owner(self.seen.sts),
            pods=tuple(sorted(p["metadata"]["name"] for p in owned.values())),
            policy=self._policy(journal),
            memory=memory or Memory(),
            lease=lease,
            abandoned=abandoned,
        )
        return look if journal is None else self._more(look, journal, found, made)

    def journal(self) -> Journal | None:
        """The journal as it was seen.

        :raises Refused: it cannot be read.
        """
        if self.seen.note is None:
            return None
        try:
            return _restore_journal.read(self.seen.note)
        except ValueError as exc:
            text = f"ConfigMap {_restore_journal.note_name(self.observer.name)}: {exc}"
            raise Refused("journal_damaged", text, hint("journal_damaged")) from exc

    def begun(self, wanted: Journal) -> Journal:
        """The journal of a restore that begins now; what stands in ``wanted`` about before is replaced by what is there."""
        live = self.seen.sts
        old = {o: Old(_restore_objects.old_claim(c), c["spec"].get("volumeName", "")) for o, c in self._members(wanted).items()}
        before = live["spec"].get("replicas", 1) if live else None
        return replace(wanted, old=old, before=before, policy=self._original(wanted))

    # Inside

    def _members(self, journal: Journal) -> dict[int, Object]:
        return {o: c for o in journal.ordinals if (c := self.seen.claims.get(journal.claim(o)))}

    def _original(self, journal: Journal) -> Object:
        """The network policy as it is when no restore is under way."""
        live = self.seen.policies.get(journal.name)
        if live is not None and not _restore_objects.is_narrow(live):
            return {"spec": live["spec"]}
        wanted = _restore_objects.described(self.paper).get(f"NetworkPolicy/{journal.name}", {}) if self.paper else {}
        return journal.policy or ({"spec": wanted["spec"]} if wanted else {})

    def _policy(self, journal: Journal | None) -> str:
        name = self.observer.name
        own, live = self.seen.policies.get(_restore_journal.note_name(name)), self.seen.policies.get(name)
        if live is not None:
            return NARROW if _restore_objects.is_narrow(live) else OPEN
        if own is not None:
            return NARROW
        return NONE if journal is not None and journal.policy else OPEN

    def _more(self, look: Look, journal: Journal, found: t.Mapping[str, list[Object]], made: list[Object]) -> Look:
        names = {n for o in journal.ordinals for n in (journal.claim(o), journal.copy(o))}
        claims = {n: c for n, c in self.seen.claims.items() if n in names}
        known = {*journal.new.values(), *(old.volume for old in journal.old.values()), *(c["spec"].get("volumeName") for c in claims.values())}
        space = journal.namespace
        volumes = {n: v for v in found["PersistentVolume"] if (n := v["metadata"]["name"]) in known or _reference(v, space)[0] in names}
        self.seen.volumes = volumes
        tools = [f"{o['kind']}/{o['metadata']['name']}" for o in made if o["metadata"]["labels"][RESTORE] == journal.backup]
        note = f"ConfigMap/{_restore_journal.note_name(journal.name)}"
        told: Object = {
            "claims": {n: _claim(c) for n, c in claims.items()},
            "volumes": {n: _volume(v, space) for n, v in volumes.items()},
            "mounted": _mounted(found["Pod"], names),
            "attached": frozenset(a for o in found["VolumeAttachment"] if (a := o["spec"]["source"].get("persistentVolumeName")) in volumes),
            "tools": tuple(sorted(each for each in tools if each != note)),
            "fresh": self.begun(journal) == journal,
        }
        return self._asked(replace(look, **told), journal)

    def _asked(self, look: Look, journal: Journal) -> Look:
        """With what the members say, where anybody waits for it."""
        restored = bool(journal.new) and len(journal.new) == journal.replicas and home(look, journal, journal.new)
        told: Object = {}
        if not journal.ended and len(journal.new) == journal.replicas and not journal.back and self.paper:
            told["missing"] = self._missing()
        if not restored and not journal.ended and look.pods:
            told["newest"] = _restore_gate.newest(self.observer.look())
        if restored and look.set is not None and look.set.replicas == journal.replicas and not (journal.opened or journal.back):
            told["unproven"] = self._unproven(journal)
        return replace(look, **told)

    def _missing(self) -> tuple[str, ...]:
        wanted = _restore_objects.needed(self.paper, self.seen.sts)
        parts = [each.split("/", 1) for each in wanted]
        return tuple(f"{kind}/{name}" for kind, name in parts if not _pruning.exists(self.kube, kind, name, self.observer.namespace))

    def _unproven(self, journal: Journal) -> tuple[Reason, ...]:
        """Raft first; then what was written before the copy was made; then a write of our own."""
        seen = self.observer.look()
        verdict = _verdict.judge(seen, self.limits)
        if verdict.healthy and not self._marks:
            self._marks = _restore_gate.marks(seen, verdict)
        found = _restore_gate.unproven(self.paper, seen, verdict, self._marks)
        if found:
            return found
        pods = {m.ordinal: f"{journal.name}-{m.ordinal}" for m in seen.members}
        canary = self.paper.get("canary")
        if canary and (found := _restore_gate.canary(canary, self._read(pods, canary["key"]))):
            return found
        if not self._written:
            try:
                self.marker.put(list(pods.values()), NEW_KEY, journal.run)
            except Refused as exc:
                return (Reason(exc.reason, str(exc)),)
            self._written = journal.run
        return _restore_gate.canary({"key": NEW_KEY, "value": journal.run}, self._read(pods, NEW_KEY))

    def _read(self, pods: t.Mapping[int, str], key: str) -> dict[int, str | None]:
        found: dict[int, str | None] = {}
        for ordinal, pod in pods.items():
            try:
                found[ordinal] = self.marker.get(pod, key)
            except (PcError, Garbled):
                found[ordinal] = None
        return found


def _owner(sts: Object | None) -> Owner | None:
    return Owner(sts["metadata"]["uid"], sts["metadata"]["resourceVersion"], sts["spec"].get("replicas", 1)) if sts else None


def _claim(claim: Object) -> Claim:
    meta = claim["metadata"]
    bound = claim.get("status", {}).get("phase") == "Bound"
    return Claim(meta["uid"], claim["spec"].get("volumeName", ""), bound, _guard.going(claim), _guard.held(claim))


def _reference(volume: Object, namespace: str) -> tuple[str, str]:
    ref = volume["spec"].get("claimRef") or {}
    return (ref.get("name", ""), ref.get("uid", "")) if ref.get("namespace") == namespace else ("", "")


def _volume(volume: Object, namespace: str) -> Volume:
    meta = volume["metadata"]
    bound = volume.get("status", {}).get("phase") == "Bound"
    kept = _restore_journal.KEPT in meta.get("annotations", {})
    reclaim = volume["spec"].get("persistentVolumeReclaimPolicy", "")
    return Volume(meta["resourceVersion"], reclaim, bound, _reference(volume, namespace), kept, "deletionTimestamp" in meta)


def _mounted(pods: list[Object], claims: t.Container[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for pod in pods:
        for volume in pod["spec"].get("volumes", []) if pod.get("status", {}).get("phase") not in ENDED else ():
            name = volume.get("persistentVolumeClaim", {}).get("claimName")
            if name in claims:
                found[name] = (*found.get(name, ()), pod["metadata"]["name"])
    return found
