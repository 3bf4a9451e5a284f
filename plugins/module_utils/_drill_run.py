# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""One drill: copies in a namespace of their own, proven, and gone again. A run that was killed leaves nothing that the next does not remove."""

from __future__ import annotations

import contextlib
import time
import typing as t
from dataclasses import dataclass, field, replace

from ansible_collections.robustmq.placement_center.plugins.module_utils import _admin_restore, _drill, _restore_gate, _restore_objects, _verdict
from ansible_collections.robustmq.placement_center.plugins.module_utils._drill import Scratch
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import Conflict, PcError, Refused, TimedOut
from ansible_collections.robustmq.placement_center.plugins.module_utils._grpcweb import Garbled
from ansible_collections.robustmq.placement_center.plugins.module_utils._hints import hint
from ansible_collections.robustmq.placement_center.plugins.module_utils._kube import Kube
from ansible_collections.robustmq.placement_center.plugins.module_utils._marks import Marker
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Reason
from ansible_collections.robustmq.placement_center.plugins.module_utils._observe import Observer
from ansible_collections.robustmq.placement_center.plugins.module_utils._profiles import Profile
from ansible_collections.robustmq.placement_center.plugins.module_utils._raft import Limits
from ansible_collections.robustmq.placement_center.plugins.module_utils._restore_fill import Filler
from ansible_collections.robustmq.placement_center.plugins.module_utils._settings import Cluster

Object = dict[str, t.Any]

LOOK_SECONDS = 0.5
MADE = ("Job", "ConfigMap", "PersistentVolumeClaim")  # what a drill makes in the cluster's own namespace, for a moment


@dataclass
class Driller:
    """Proves one backup. ``alive`` raises where this run may not go on."""

    kube: Kube
    profile: Profile
    paper: Object
    journal: Scratch
    filler: Filler
    limits: Limits
    say: t.Callable[[str], None]
    alive: t.Callable[[], None]
    patience: float
    stable: float
    volumes: dict[int, str] = field(default_factory=dict)

    @property
    def scratch(self) -> str:
        """The namespace of the copies."""
        return _drill.scratch_name(self.journal.name, self.journal.backup)

    @property
    def own(self) -> dict[str, str]:
        """The labels of all that is made."""
        return _drill.labels(self.journal.namespace, self.journal.name)

    def prove(self, sts: Object) -> None:
        """Restore it, and hold it against the manifest.

        :raises PcError: it is no backup that a cluster comes back from, or that could not be found out.
        """
        hosts = _drill.hosts(self.paper, self.profile)
        self.filler.bring(self.journal, list(self.journal.ordinals), {}, self._brought)
        self.kube.create(_drill.namespace(self.scratch, self.own))
        self.kube.create(_drill.policy(self.scratch, self.own))
        for ordinal, volume in sorted(self.volumes.items()):
            self._moved(ordinal, volume)
        for each in _drill.maps(self.paper, self.scratch):
            self.kube.create(each)
        where = Cluster(self.scratch, self.journal.name, self.journal.replicas, "cluster.local", self.profile)
        for each in _admin_restore.stand_in(where, sts):
            self.kube.create(each)
        addresses = {host: self._address(ordinal) for ordinal, host in sorted(hosts.items())}
        self.kube.create(_drill.stateful_set(sts, self.scratch, self.journal.replicas, addresses))
        self.say(f"{self.scratch}: {self.journal.replicas} members on the copy; the names that they know lead to each other alone")
        self._proven()

    def _brought(self, ordinal: int, volume: str) -> None:
        self.kube.merge("PersistentVolume", "", volume, {"metadata": {"labels": self.own}})
        self.volumes[ordinal] = volume

    def _moved(self, ordinal: int, volume: str) -> None:
        """From the claim that it was filled by to the one that the copy mounts."""
        name, namespace = self.journal.copy(ordinal), self.journal.namespace
        live = self.kube.get("PersistentVolumeClaim", name, namespace)
        if live is not None:
            self.kube.delete({**live, "kind": "PersistentVolumeClaim"})
        self._until(lambda: self.kube.get("PersistentVolumeClaim", name, namespace) is None, f"claim {name} to go")
        version = (self.kube.get("PersistentVolume", volume) or {"metadata": {"resourceVersion": ""}})["metadata"]["resourceVersion"]
        claim = _drill.member_claim(self.scratch, self.journal, ordinal, volume)
        with contextlib.suppress(Conflict):
            self.kube.merge("PersistentVolume", "", volume, _restore_objects.aim(version, self.scratch, claim["metadata"]["name"]))
        self.kube.create(claim)

    def _address(self, ordinal: int) -> str:
        made = self.kube.create(_drill.service(self.scratch, self.journal.name, ordinal, self.profile, self.own))
        return str(made["spec"]["clusterIP"])

    def _proven(self) -> None:
        """Healthy, whole, and with the mark that was written before the fence, for as long as the stable window."""
        observer = Observer(self.kube, self.scratch, self.journal.name, self.profile, measure=False)
        end, since, told = time.monotonic() + self.patience, 0.0, ""
        while True:
            self.alive()
            seen = observer.look()
            own = {self.scratch: frozenset(m.pod.uid for m in seen.members if m.pod)}  # each copy has a service to itself
            seen = replace(seen, served=own)
            verdict = _verdict.judge(seen, self.limits)
            doubts = _restore_gate.unproven(self.paper, seen, verdict, _restore_gate.marks(seen, verdict))
            doubts = doubts or _restore_gate.canary(self.paper["canary"], self._canaries())
            since = 0.0 if doubts else since or time.monotonic()
            if since and time.monotonic() - since >= self.stable:
                self.say("every copy is healthy, has all that the manifest says, and gives the canary back")
                return
            if doubts and doubts[0].code != told:
                told = doubts[0].code
                self.say(f"waits: {told}: {doubts[0].message}")
            if time.monotonic() > end:
                first = doubts[0] if doubts else Reason("not_stable", "it comes and goes")
                text = f"backup {self.journal.backup} gave no healthy cluster: {first.code}: {first.message}"
                raise Refused("drill_failed", text, hint("drill_failed"))
            time.sleep(LOOK_SECONDS)

    def _canaries(self) -> dict[int, str | None]:
        marker = Marker(self.kube, self.scratch, self.profile)
        found: dict[int, str | None] = {}
        for ordinal in self.journal.ordinals:
            try:
                found[ordinal] = marker.get(f"{self.journal.name}-{ordinal}", self.paper["canary"]["key"])
            except (PcError, Garbled):
                found[ordinal] = None
        return found

    def _until(self, so: t.Callable[[], bool], what: str) -> None:
        end = time.monotonic() + self.patience
        while not so():
            self.alive()
            if time.monotonic() > end:
                raise TimedOut(f"waited {self.patience:.0f} s in vain for {what}", "see what holds it; then run again")
            time.sleep(LOOK_SECONDS)


# What is made is removed, by this run or by the next


def leftovers(kube: Kube, namespace: str, name: str) -> list[Object]:
    """All that drills of a cluster have left, volumes last."""
    selector = _drill.selector(namespace, name)
    found = [o for kind in MADE for o in kube.find(kind, namespace, selector).items]
    return [*found, *kube.find("Namespace", selector=selector).items, *kube.find("PersistentVolume", selector=selector).items]


def remove(kube: Kube, namespace: str, name: str, patience: float) -> list[str]:
    """Remove it, and wait until it is gone; returns what there was.

    :raises TimedOut: something does not go.
    """
    there, end = leftovers(kube, namespace, name), time.monotonic() + patience
    left = there
    while left:
        for each in left:
            if each["kind"] == "PersistentVolume":
                _discard(kube, each)
            elif "deletionTimestamp" not in each["metadata"]:
                kube.delete(each)
        if time.monotonic() > end:
            names = ", ".join(f"{o['kind']}/{o['metadata']['name']}" for o in left)
            raise TimedOut(f"what a drill has made does not go: {names}", "see what holds it; the next drill removes it")
        time.sleep(LOOK_SECONDS)
        left = leftovers(kube, namespace, name)
    return [f"{o['kind']}/{o['metadata']['name']}" for o in there]


def _discard(kube: Kube, volume: Object) -> None:
    """Let a volume go with its claim, whether that is there, was there, or was only aimed at."""
    meta, ref = volume["metadata"], volume["spec"].get("claimRef", {})
    if "deletionTimestamp" in meta or (volume["spec"]["persistentVolumeReclaimPolicy"] == "Delete" and ref.get("uid")):
        return
    with contextlib.suppress(Conflict):
        patch = _restore_objects.discard(meta["resourceVersion"], (ref.get("name", ""), ref.get("uid", "")))
        kube.merge("PersistentVolume", "", meta["name"], patch)
