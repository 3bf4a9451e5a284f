# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""One pass over a cluster and all its members, concurrently, into one Observation. No verdict here."""

from __future__ import annotations

import re
import time
import typing as t
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

from ansible_collections.robustmq.placement_center.plugins.module_utils import _answers, _probe
from ansible_collections.robustmq.placement_center.plugins.module_utils._claims import claim_name
from ansible_collections.robustmq.placement_center.plugins.module_utils._kube import POOL, Kube
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import (
    Answer,
    Claim,
    GroupView,
    Member,
    Observation,
    Pod,
    SetView,
)
from ansible_collections.robustmq.placement_center.plugins.module_utils._profiles import Profile
from ansible_collections.robustmq.placement_center.plugins.module_utils._rest import Reply

Object = dict[str, t.Any]

NOT_ASKED = Answer(None)
NOT_STARTED = Answer(False, "not_started", "its container does not run")


class Asked(t.NamedTuple):
    """The questions to one member, under way."""

    ready: Future[Reply | _probe.Silent | None]
    alive: Future[Reply | _probe.Silent | None]
    raft: Future[tuple[dict[str, GroupView] | None, Answer]]


# What Kubernetes says of a container that waits -> our stable code.
WAITING = {
    "CrashLoopBackOff": "pod_crashing",
    "CreateContainerConfigError": "pod_config",
    "CreateContainerError": "pod_config",
    "ErrImageNeverPull": "pod_image",
    "ErrImagePull": "pod_image",
    "ImageInspectError": "pod_image",
    "ImagePullBackOff": "pod_image",
    "InvalidImageName": "pod_image",
    "RunContainerError": "pod_config",
}


@dataclass(frozen=True)
class Observer:
    """Looks at one cluster; keep one for a whole wait, so that connections are reused."""

    kube: Kube
    namespace: str
    name: str
    profile: Profile

    def look(self) -> Observation:
        """One pass."""
        start, before = time.monotonic(), self.kube.requests
        with ThreadPoolExecutor(max_workers=POOL) as pool:
            found = pool.submit(self.kube.get, "StatefulSet", self.name, self.namespace)
            claims = pool.submit(self.kube.find, "PersistentVolumeClaim", self.namespace)
            pods = self.kube.find("Pod", self.namespace)
            sts = found.result()
            view = None if sts is None else set_view(sts, self.profile)
            owned = _owned(pods.items, sts)
            seen = {o: pod_view(owned.pop(o), self.profile.container) if o in owned else None for o in _ordinals(view)}
            asked = {o: self._asked(pool, pod.name) for o, pod in seen.items() if pod and pod.started}
            if view and None in seen.values():
                view = replace(view, create_failure=create_failure(self.kube.find("Event", self.namespace).items, view))
            named = {c["metadata"]["name"]: claim_view(c) for c in claims.result().items}
            members = tuple(self._member(o, pod, named.get(claim_name(self.name, o)), asked.get(o)) for o, pod in seen.items())
            return Observation(
                at=time.time(),
                members=members,
                took_ms=round((time.monotonic() - start) * 1000),
                requests=self.kube.requests - before,
                set=view,
                version=pods.version,
                foreign_pods=tuple(p["metadata"]["name"] for p in owned.values()),
            )

    def _asked(self, pool: ThreadPoolExecutor, pod: str) -> Asked:
        ready, alive = (pool.submit(self._ask, pod, path) for path in (self.profile.ready_path, self.profile.alive_path))
        return Asked(ready, alive, pool.submit(self._raft, pod))

    def _member(self, ordinal: int, pod: Pod | None, claim: Claim | None, asked: Asked | None) -> Member:
        member_id = self.profile.member_id(ordinal)
        if asked is None:
            return Member(ordinal, member_id, pod, claim, NOT_STARTED, NOT_STARTED, None, NOT_STARTED)
        ready, alive = _read(asked.ready.result(), _answers.ready), _read(asked.alive.result(), _answers.alive)
        return Member(ordinal, member_id, pod, claim, ready, alive, *asked.raft.result())

    def _ask(self, pod: str, path: str | None) -> Reply | _probe.Silent | None:
        if path is None or self.profile.http_port is None:
            return None
        return _probe.http(self.kube, self.namespace, pod, self.profile.http_port, path)

    def _raft(self, pod: str) -> tuple[dict[str, GroupView] | None, Answer]:
        said = _probe.grpc(self.kube, self.namespace, pod, self.profile.grpc_port, self.profile.status_path)
        if isinstance(said, _probe.Silent):
            return None, said.why
        try:
            return _answers.groups(self.profile, said.status, said.headers, said.body), NOT_ASKED
        except _answers.Garbled as exc:
            return None, Answer(False, "garbled", f"raft metrics: {exc}")


def _read(said: Reply | _probe.Silent | None, parse: t.Callable[[int, bytes], Answer]) -> Answer:
    if said is None:
        return NOT_ASKED
    return said.why if isinstance(said, _probe.Silent) else parse(said.status, said.body)


def _ordinals(view: SetView | None) -> range:
    return range(view.first_ordinal, view.first_ordinal + view.replicas) if view else range(0)


def _owned(pods: list[Object], sts: Object | None) -> dict[int, Object]:
    """The set's pods by ordinal, known by owner and name."""
    owned: dict[int, Object] = {}
    for pod in pods if sts else ():
        owners = [o.get("uid") for o in pod["metadata"].get("ownerReferences", [])]
        match = re.fullmatch(re.escape(sts["metadata"]["name"]) + r"-(\d+)", pod["metadata"]["name"]) if sts else None
        if sts and match and sts["metadata"]["uid"] in owners:
            owned[int(match[1])] = pod
    return owned


def set_view(sts: Object, profile: Profile) -> SetView:
    """A StatefulSet as the model has it; absent counters mean zero."""
    spec, status = sts["spec"], sts.get("status", {})
    containers = spec["template"]["spec"]["containers"]
    image = next((c["image"] for c in containers if c["name"] == profile.container), containers[0]["image"])
    return SetView(
        name=sts["metadata"]["name"],
        uid=sts["metadata"]["uid"],
        replicas=spec.get("replicas", 1),
        first_ordinal=spec.get("ordinals", {}).get("start", 0),
        observed=status.get("observedGeneration", 0) >= sts["metadata"].get("generation", 1),
        partition=spec.get("updateStrategy", {}).get("rollingUpdate", {}).get("partition", 0),
        current_revision=status.get("currentRevision", ""),
        update_revision=status.get("updateRevision", ""),
        image=image,
    )


def create_failure(events: list[Object], sts: SetView) -> str:
    """The controller's words, when its newest attempt to create a pod of the set failed."""
    mine = [e for e in events if e["involvedObject"].get("uid") == sts.uid and e.get("reason") in ("FailedCreate", "SuccessfulCreate")]
    newest = max(mine, key=lambda e: str(e.get("lastTimestamp") or e.get("eventTime") or ""), default={})
    return str(newest.get("message", "")) if newest.get("reason") == "FailedCreate" else ""


def pod_view(pod: Object, container: str) -> Pod:
    """A pod as the model has it, with what keeps it from running in Kubernetes' own words."""
    meta, spec, status = pod["metadata"], pod["spec"], pod.get("status", {})
    conditions = {c["type"]: c for c in status.get("conditions", [])}
    mine: Object = next((c for c in status.get("containerStatuses", []) if c["name"] == container), {})
    trouble, message = _trouble(conditions, mine)
    image = next((c["image"] for c in spec["containers"] if c["name"] == container), spec["containers"][0]["image"])
    return Pod(
        name=meta["name"],
        uid=meta["uid"],
        phase=status.get("phase", "Unknown"),
        ready=conditions.get("Ready", {}).get("status") == "True",
        terminating="deletionTimestamp" in meta,
        restarts=mine.get("restartCount", 0),
        image=image,
        revision=meta.get("labels", {}).get("controller-revision-hash", ""),
        node=spec.get("nodeName", ""),
        ip=status.get("podIP", ""),
        created=meta.get("creationTimestamp", ""),
        started="running" in mine.get("state", {}),
        trouble=trouble,
        message=message,
    )


def _trouble(conditions: Object, container: Object) -> tuple[str, str]:
    scheduled: Object = conditions.get("PodScheduled", {})
    if scheduled.get("status") == "False":
        return "pod_unschedulable", str(scheduled.get("message", scheduled.get("reason", "")))
    waiting = container.get("state", {}).get("waiting", {})
    if waiting.get("reason") in WAITING:
        last = container.get("lastState", {}).get("terminated", {})
        ended = f"; last exit code {last['exitCode']}" if "exitCode" in last else ""
        return WAITING[waiting["reason"]], f"{waiting['reason']}: {waiting.get('message', '')}{ended}"
    return "", str(waiting.get("reason", ""))


def claim_view(claim: Object) -> Claim:
    """A claim as the model has it."""
    spec = claim["spec"]
    return Claim(
        name=claim["metadata"]["name"],
        phase=claim.get("status", {}).get("phase", "Unknown"),
        size=str(spec.get("resources", {}).get("requests", {}).get("storage", "")),
        storage_class=spec.get("storageClassName", ""),
        volume=spec.get("volumeName", ""),
    )
