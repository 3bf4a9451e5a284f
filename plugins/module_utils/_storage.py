# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""One pass over a set's claims and what stands behind them, concurrently, into Facts. No judgement here."""

from __future__ import annotations

import re
import time
import typing as t
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

from ansible_collections.robustmq.placement_center.plugins.module_utils._claims import claim_ordinal, usages
from ansible_collections.robustmq.placement_center.plugins.module_utils._kube import POOL, Kube
from ansible_collections.robustmq.placement_center.plugins.module_utils._learn import learn
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Usage
from ansible_collections.robustmq.placement_center.plugins.module_utils._quantities import quantity
from ansible_collections.robustmq.placement_center.plugins.module_utils._settings import EBS
from ansible_collections.robustmq.placement_center.plugins.module_utils._views import seconds
from ansible_collections.robustmq.placement_center.plugins.module_utils._volume_model import (
    ClaimFacts,
    Class,
    Facts,
    Finding,
    Mount,
    Owner,
    Template,
    Volume,
)

Object = dict[str, t.Any]
T = t.TypeVar("T")


@dataclass(frozen=True)
class Storage:
    """Looks at the claims of one StatefulSet."""

    kube: Kube
    namespace: str
    name: str

    def look(self) -> Facts:
        """One pass.

        :raises PcError: the set or the claims could not be read; what else could not be is among the facts.
        """
        start, before = time.monotonic(), self.kube.requests
        with ThreadPoolExecutor(max_workers=POOL) as pool:
            seen = self._look(pool)
        return replace(seen, took_ms=round((time.monotonic() - start) * 1000), requests=self.kube.requests - before)

    def _look(self, pool: ThreadPoolExecutor) -> Facts:
        asked_set = pool.submit(self.kube.get, "StatefulSet", self.name, self.namespace)
        asked_pods = pool.submit(learn, Finding, lambda: self.kube.find("Pod", self.namespace).items)
        asked_snapshots = pool.submit(learn, Finding, self._snapshots)
        claims = self.kube.find("PersistentVolumeClaim", self.namespace).items
        sts, found = asked_set.result(), asked_pods.result()
        seen = Facts(time.time(), 0, 0, None, snapshots=asked_snapshots.result())
        if sts is None:
            return seen
        pods = [] if isinstance(found, Finding) else found
        owner = owner_view(sts, pods)
        seen = replace(seen, set=owner, unknown=(found,) if isinstance(found, Finding) else ())
        return self._behind(pool, seen, owner.templates, claim_views(claims, owner, mounts(pods, sts)))

    def _behind(self, pool: ThreadPoolExecutor, seen: Facts, templates: tuple[Template, ...], claims: list[ClaimFacts]) -> Facts:
        """What stands behind the claims: volumes, classes, use; and the words about those that are not at rest."""

        def each(kind: str, names: t.Iterable[str | None], view: t.Callable[[Object], T]) -> dict[str, Future[T | Finding | None]]:
            return {name: pool.submit(learn, Finding, self._one, kind, name, view) for name in set(names) if name}

        volumes = each("PersistentVolume", (c.volume for c in claims), volume_view)
        classes = each("StorageClass", (*(c.storage_class for c in claims), *(wanted.storage_class for wanted in templates)), class_view)
        stats = {n: pool.submit(learn, Finding, self.kube.stats, n) for n in {m.node for c in claims for m in c.mounts if m.node}}
        events = learn(Finding, self._events) if any(_restless(c) for c in claims) else []
        heard = [] if isinstance(events, Finding) else events
        return replace(
            seen,
            claims={c.name: replace(c, words=words(heard, c.uid), heard=heard_at(heard, c.uid)) for c in claims},
            volumes={name: asked.result() for name, asked in volumes.items()},
            classes={name: asked.result() for name, asked in classes.items()},
            usages=usage_by_claim({node: asked.result() for node, asked in stats.items()}, claims, self.namespace),
            unknown=(*seen.unknown, *([events] if isinstance(events, Finding) else ())),
        )

    def _one(self, kind: str, name: str, view: t.Callable[[Object], T]) -> T | None:
        found = self.kube.get(kind, name)
        return None if found is None else view(found)

    def _snapshots(self) -> frozenset[str] | None:
        found = self.kube.find("VolumeSnapshotClass")
        return frozenset(o["driver"] for o in found.items) if found.version else None  # a list that exists has a version

    def _events(self) -> list[Object]:
        return self.kube.find("Event", self.namespace, fields="involvedObject.kind=PersistentVolumeClaim").items


def _restless(claim: ClaimFacts) -> bool:
    """Not bound, or growing: what is told about it matters."""
    small = quantity(claim.capacity or "0") < quantity(claim.size)
    return claim.phase != "Bound" or bool(claim.conditions or claim.resize) or small


def owner_view(sts: Object, pods: list[Object]) -> Owner:
    """A StatefulSet as far as its claims go; ``pods`` are those of its namespace."""
    spec, uid = sts["spec"], sts["metadata"]["uid"]
    first = spec.get("ordinals", {}).get("start", 0)
    policy = spec.get("persistentVolumeClaimRetentionPolicy", {})
    return Owner(
        name=sts["metadata"]["name"],
        ordinals=range(first, first + spec.get("replicas", 1)),
        templates=tuple(_template(o, spec["template"]["spec"]) for o in spec.get("volumeClaimTemplates", [])),
        labels=spec["selector"].get("matchLabels", {}),
        uids=frozenset([uid, *(p["metadata"]["uid"] for p in pods if _owned(p, uid))]),
        deletes=tuple(when for key, when in (("whenDeleted", "deleted"), ("whenScaled", "scaled in")) if policy.get(key) == "Delete"),
    )


def _template(obj: Object, pod: Object) -> Template:
    name, spec = obj["metadata"]["name"], obj["spec"]
    used = {m["name"] for c in pod["containers"] for m in (*c.get("volumeMounts", []), *c.get("volumeDevices", []))}
    return Template(name, spec["resources"]["requests"]["storage"], spec.get("storageClassName"), _modes(spec), name in used)


def _modes(spec: Object) -> frozenset[str]:
    return frozenset([*spec.get("accessModes", []), spec.get("volumeMode", "Filesystem")])


def _owned(pod: Object, uid: str) -> bool:
    return any(o.get("uid") == uid for o in pod["metadata"].get("ownerReferences", []))


def mounts(pods: list[Object], sts: Object) -> dict[str, tuple[Mount, ...]]:
    """Claim name -> the pods that mount it; a pod that has ended mounts nothing."""
    found: dict[str, tuple[Mount, ...]] = {}
    for pod in pods:
        name = pod["metadata"]["name"]
        match = re.fullmatch(re.escape(sts["metadata"]["name"]) + r"-(\d+)", name)
        ordinal = int(match[1]) if match and _owned(pod, sts["metadata"]["uid"]) else None
        claims = [v["persistentVolumeClaim"]["claimName"] for v in pod["spec"].get("volumes", []) if "persistentVolumeClaim" in v]
        for claim in claims if pod.get("status", {}).get("phase") not in ("Succeeded", "Failed") else ():
            found[claim] = (*found.get(claim, ()), Mount(name, pod["spec"].get("nodeName", ""), ordinal))
    return found


def claim_views(claims: list[Object], owner: Owner, mounted: t.Mapping[str, tuple[Mount, ...]]) -> list[ClaimFacts]:
    """Those claims that bear a name of the set's, as the model has them."""
    found = []
    for claim in claims:
        name = claim["metadata"]["name"]
        for template in owner.templates:
            ordinal = claim_ordinal(name, owner.name, template.name)
            if ordinal is not None:
                found.append(claim_view(claim, ordinal, mounted.get(name, ())))
    return found


def claim_view(claim: Object, ordinal: int, mounted: tuple[Mount, ...] = ()) -> ClaimFacts:
    """A claim as the model has it."""
    meta, spec, status = claim["metadata"], claim["spec"], claim.get("status", {})
    return ClaimFacts(
        name=meta["name"],
        ordinal=ordinal,
        uid=meta["uid"],
        phase=status.get("phase", "Unknown"),
        size=spec["resources"]["requests"]["storage"],
        capacity=status.get("capacity", {}).get("storage", ""),
        storage_class=spec.get("storageClassName"),
        modes=_modes(spec),
        volume=spec.get("volumeName", ""),
        labels=meta.get("labels", {}),
        owners={o["uid"]: f"{o['kind']} {o['name']}" for o in meta.get("ownerReferences", [])},
        terminating="deletionTimestamp" in meta,
        conditions={c["type"]: c.get("message", "") for c in status.get("conditions", []) if c.get("status") != "False"},
        resize=status.get("allocatedResourceStatuses", {}).get("storage", ""),
        mounts=mounted,
        version=meta.get("resourceVersion", ""),
    )


def volume_view(volume: Object) -> Volume:
    """A PersistentVolume as the model has it."""
    spec = volume["spec"]
    return Volume(
        phase=volume.get("status", {}).get("phase", "Unknown"),
        reclaim=spec.get("persistentVolumeReclaimPolicy", ""),
        driver=EBS[0] if "awsElasticBlockStore" in spec else spec.get("csi", {}).get("driver", ""),
        claim_uid=spec.get("claimRef", {}).get("uid", ""),
        terminating="deletionTimestamp" in volume["metadata"],
        version=volume["metadata"].get("resourceVersion", ""),
    )


def class_view(obj: Object) -> Class:
    """A StorageClass as the model has it; the in-tree name of EBS means its driver."""
    driver = EBS[0] if obj["provisioner"] in EBS else obj["provisioner"]
    return Class(driver, bool(obj.get("allowVolumeExpansion")), obj.get("volumeBindingMode") == "WaitForFirstConsumer")


def words(events: list[Object], uid: str) -> str:
    """The newest warning about an object, else the newest event: a refusal is not hidden by the waiting that follows it."""
    newest = _newest(events, uid)
    return f"{newest.get('reason')}: {newest.get('message')}" if newest else ""


def heard_at(events: list[Object], uid: str) -> float | None:
    """When those words were said."""
    return seconds(_when(_newest(events, uid)))


def _newest(events: list[Object], uid: str) -> Object:
    mine = [e for e in events if e["involvedObject"].get("uid") == uid]
    loud = [e for e in mine if e.get("type") == "Warning"]
    return max(loud or mine, key=_when, default={})


def _when(event: Object) -> str:
    return str(event.get("lastTimestamp") or event.get("eventTime") or "")


def usage_by_claim(said: t.Mapping[str, Object | Finding], claims: list[ClaimFacts], namespace: str) -> dict[str, Usage | Finding]:
    """What each node said of the claims that are mounted on it, or why it said nothing."""
    found: dict[str, Usage | Finding] = {}
    for node, answer in said.items():
        if isinstance(answer, Finding):
            found |= {c.name: answer for c in claims if any(m.node == node for m in c.mounts) and c.name not in found}
        else:
            found |= usages(answer, namespace)
    return found
