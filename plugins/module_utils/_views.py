# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kubernetes' objects into the model. Pure; an absent field has the meaning that the API gives its absence."""

from __future__ import annotations

import hashlib
import json
import re
import typing as t
from datetime import datetime

from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Budget, Claim, Event, Node, Pod, SetView, Usage
from ansible_collections.robustmq.placement_center.plugins.module_utils._profiles import Profile
from ansible_collections.robustmq.placement_center.plugins.module_utils._python import UTC

Object = dict[str, t.Any]

RECENT_SECONDS = 600
RESIZING = ("Resizing", "FileSystemResizePending", "ControllerResizeError", "NodeResizeError")
PRESSURES = ("DiskPressure", "MemoryPressure", "PIDPressure")

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


def seconds(text: str) -> float | None:
    """RFC 3339 in UTC, with or without a fraction, as Unix seconds; None where it is none."""
    try:
        return datetime.fromisoformat(re.sub(r"\.\d+|Z$", "", text)).replace(tzinfo=UTC).timestamp() if text else None
    except ValueError:
        return None


def ordinals(view: SetView | None) -> range:
    """The ordinals that the set is to have."""
    return range(view.first_ordinal, view.first_ordinal + view.replicas) if view else range(0)


def owned(pods: list[Object], sts: Object | None) -> dict[int, Object]:
    """The set's pods by ordinal, known by owner and name."""
    found: dict[int, Object] = {}
    for pod in pods if sts else ():
        owners = [o.get("uid") for o in pod["metadata"].get("ownerReferences", [])]
        match = re.fullmatch(re.escape(sts["metadata"]["name"]) + r"-(\d+)", pod["metadata"]["name"]) if sts else None
        if sts and match and sts["metadata"]["uid"] in owners:
            found[int(match[1])] = pod
    return found


def intruders(pods: list[Object], members: t.Collection[str], claims: t.Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    """Pods that run, mount one of the ``claims`` (name -> ordinal) and are none of the ``members`` (UIDs)."""
    found = []
    for pod in pods:
        if pod["metadata"]["uid"] in members or pod.get("status", {}).get("phase") in ("Succeeded", "Failed"):
            continue
        for volume in pod["spec"].get("volumes", []):
            name = volume.get("persistentVolumeClaim", {}).get("claimName")
            if name in claims:
                found.append((pod["metadata"]["name"], claims[name]))
    return tuple(found)


def set_view(sts: Object, profile: Profile) -> SetView:
    """A StatefulSet as the model has it; absent counters mean zero."""
    spec, status = sts["spec"], sts.get("status", {})
    return SetView(
        name=sts["metadata"]["name"],
        uid=sts["metadata"]["uid"],
        replicas=spec.get("replicas", 1),
        first_ordinal=spec.get("ordinals", {}).get("start", 0),
        observed=status.get("observedGeneration", 0) >= sts["metadata"].get("generation", 1),
        partition=spec.get("updateStrategy", {}).get("rollingUpdate", {}).get("partition", 0),
        current_revision=status.get("currentRevision", ""),
        update_revision=status.get("updateRevision", ""),
        image=container(spec["template"]["spec"], profile.container)["image"],
        strategy=spec.get("updateStrategy", {}).get("type", "RollingUpdate"),
        template=digest(spec["template"]),
        annotations=sts["metadata"].get("annotations", {}),
        version=sts["metadata"].get("resourceVersion", ""),
        config_map=config_volume(spec["template"])["configMap"].get("name", ""),
    )


def config_volume(template: Object) -> Object:
    """The volume with the configuration; one that names no ConfigMap where there is none."""
    volumes = [v for v in template["spec"].get("volumes", []) if "configMap" in v]
    found: Object = next((v for v in volumes if v["name"] == "config"), volumes[0] if volumes else {"configMap": {"name": ""}})
    return found


def digest(template: Object) -> str:
    """Short name of a pod template as the API server keeps it: equal templates, equal names."""
    return hashlib.sha256(json.dumps(template, sort_keys=True).encode()).hexdigest()[:16]


def create_failure(events: list[Object]) -> str:
    """The controller's words, when its newest attempt to create a pod failed; ``events`` are those of the set."""
    mine = [e for e in events if e.get("reason") in ("FailedCreate", "SuccessfulCreate")]
    newest = max(mine, key=_when, default={})
    return str(newest.get("message", "")) if newest.get("reason") == "FailedCreate" else ""


def pod_view(pod: Object, name: str) -> Pod:
    """A pod as the model has it, with what keeps it from running in Kubernetes' own words."""
    meta, spec, status = pod["metadata"], pod["spec"], pod.get("status", {})
    conditions = {c["type"]: c for c in status.get("conditions", [])}
    described = container(spec, name)
    mine: Object = next((c for c in status.get("containerStatuses", []) if c["name"] == described["name"]), {})
    trouble, message = _trouble(conditions, mine)
    return Pod(
        name=meta["name"],
        uid=meta["uid"],
        phase=status.get("phase", "Unknown"),
        ready=conditions.get("Ready", {}).get("status") == "True",
        terminating="deletionTimestamp" in meta,
        restarts=mine.get("restartCount", 0),
        image=described["image"],
        revision=meta.get("labels", {}).get("controller-revision-hash", ""),
        node=spec.get("nodeName", ""),
        ip=status.get("podIP", ""),
        created=meta.get("creationTimestamp", ""),
        started="running" in mine.get("state", {}),
        trouble=trouble,
        message=message,
        started_at=mine.get("state", {}).get("running", {}).get("startedAt", ""),
        last_exit=_exit(mine.get("lastState", {}).get("terminated")),
        grace=_grace(described.get("startupProbe") or described.get("livenessProbe") or described.get("readinessProbe") or {}),
        prepared=_between(conditions, "PodScheduled", "PodReadyToStartContainers"),
    )


def container(spec: Object, name: str) -> Object:
    """The member's container; the first where none has that name, as in a set made by hand."""
    found: Object = next((c for c in spec["containers"] if c["name"] == name), spec["containers"][0])
    return found


def _between(conditions: t.Mapping[str, Object], first: str, then: str) -> int | None:
    """Whole seconds from one condition of a pod to another; None where either does not hold, or is not told by this Kubernetes."""
    at = [seconds(c.get("lastTransitionTime", "")) if (c := conditions.get(kind, {})).get("status") == "True" else None for kind in (first, then)]
    return None if at[0] is None or at[1] is None else max(0, int(at[1] - at[0]))


def _grace(probe: Object) -> int:
    """Seconds that Kubernetes itself gives a container before it acts on this probe."""
    return int(probe.get("initialDelaySeconds", 0)) + int(probe.get("periodSeconds", 10)) * int(probe.get("failureThreshold", 3))


def _exit(ended: Object | None) -> str:
    if not ended:
        return ""
    reason = ended.get("reason", "")
    return f"exit code {ended.get('exitCode')}{f' ({reason})' if reason else ''} at {ended.get('finishedAt', '?')}"


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


def claim_view(claim: Object, usage: Usage | None = None) -> Claim:
    """A claim as the model has it."""
    spec, status = claim["spec"], claim.get("status", {})
    told = sorted(c["type"] for c in status.get("conditions", []) if c.get("status") != "False" and c["type"] in RESIZING)
    return Claim(
        name=claim["metadata"]["name"],
        phase=status.get("phase", "Unknown"),
        size=str(spec.get("resources", {}).get("requests", {}).get("storage", "")),
        storage_class=spec.get("storageClassName", ""),
        volume=spec.get("volumeName", ""),
        usage=usage,
        resizing=status.get("allocatedResourceStatuses", {}).get("storage", "") or ", ".join(told),
        uid=claim["metadata"].get("uid", ""),
        version=claim["metadata"].get("resourceVersion", ""),
        terminating="deletionTimestamp" in claim["metadata"],
        finalizers=tuple(claim["metadata"].get("finalizers", ())),
    )


def node_view(name: str, node: Object | None) -> Node:
    """A node as the model has it; one that does not exist is not ready."""
    if node is None:
        return Node(name, False)
    said = {c["type"]: c.get("status") for c in node.get("status", {}).get("conditions", [])}
    ready = {"True": True, "False": False}.get(said.get("Ready", "Unknown"), False)
    return Node(name, ready, tuple(p for p in PRESSURES if said.get(p) == "True"))


def budgets(objects: list[Object], labels: t.Mapping[str, str]) -> tuple[Budget, ...]:
    """The budgets whose selector takes in pods with these labels."""
    covering = [b for b in objects if selects(b["spec"].get("selector"), labels)]
    return tuple(Budget(b["metadata"]["name"], b.get("status", {}).get("disruptionsAllowed", 0)) for b in covering)


def selects(selector: Object | None, labels: t.Mapping[str, str]) -> bool:
    """Does a label selector take in what has these labels? None takes in nothing, an empty one everything."""
    if selector is None:
        return False
    tests: dict[str, t.Callable[[str | None, list[str]], bool]] = {
        "In": lambda value, values: value in values,
        "NotIn": lambda value, values: value not in values,
        "Exists": lambda value, values: value is not None,
        "DoesNotExist": lambda value, values: value is None,
    }
    wanted: Object = selector.get("matchLabels") or {}
    rules = selector.get("matchExpressions") or []
    return all(labels.get(k) == v for k, v in wanted.items()) and all(tests[r["operator"]](labels.get(r["key"]), r.get("values") or []) for r in rules)


def served(slices: list[Object]) -> dict[str, frozenset[str]]:
    """Service -> UIDs of the pods that it sends traffic to."""
    found: dict[str, set[str]] = {}
    for piece in slices:
        service = piece["metadata"].get("labels", {}).get("kubernetes.io/service-name", "")
        ready = [e for e in piece.get("endpoints") or [] if (e.get("conditions") or {}).get("ready") is not False]
        found.setdefault(service, set()).update(str((e.get("targetRef") or {}).get("uid", "")) for e in ready)
    return {service: frozenset(uids) for service, uids in found.items()}


def events(objects: list[Object], names: t.Collection[str], now: float) -> tuple[Event, ...]:
    """Warnings of the last minutes about these names, the oldest first."""
    found = []
    for e in objects:
        about, at = e["involvedObject"], seconds(_when(e))
        if about.get("name") in names and (at is None or now - at <= RECENT_SECONDS):
            count = int(e.get("count") or (e.get("series") or {}).get("count") or 1)
            found.append(Event(f"{about.get('kind')}/{about.get('name')}", str(e.get("reason", "")), str(e.get("message", "")), count, _when(e)))
    return tuple(sorted(found, key=lambda e: e.at))


def _when(event: Object) -> str:
    return str((event.get("series") or {}).get("lastObservedTime") or event.get("lastTimestamp") or event.get("eventTime") or "")
