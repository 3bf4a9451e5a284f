# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a deployment would change, and why it may not: facts in, steps or refusals out."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ansible_collections.robustmq.placement_center.plugins.module_utils._admin import Source
from ansible_collections.robustmq.placement_center.plugins.module_utils._claims import claim_name
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import Refused
from ansible_collections.robustmq.placement_center.plugins.module_utils._hints import NEXT
from ansible_collections.robustmq.placement_center.plugins.module_utils._quantities import quantity
from ansible_collections.robustmq.placement_center.plugins.module_utils._settings import EBS, Cluster

Object = dict[str, t.Any]
_NOT_OURS = ("managedFields", "resourceVersion", "generation", "uid", "creationTimestamp", "selfLink")


@dataclass(frozen=True)
class Facts:
    """What was read before anything is decided; None is absent, except where it says otherwise."""

    namespace: Object | None
    stateful_set: Object | None
    storage_class: Object | None
    config_map: Object | None
    drivers: frozenset[str] = frozenset()
    claims: t.Mapping[str, Object] = field(default_factory=dict)
    quotas: tuple[Object, ...] = ()
    nodes: tuple[Object, ...] | None = None  # None: not allowed to know
    api_servers: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()  # "verb resource" that this user may not
    recreating: bool = False  # a set that was deleted to be made again, and is not yet
    founding: bool = False  # a first deployment that never got on its feet
    restoring: str = ""  # the backup of a restore that is under way
    admin: Source | None = None  # the administrator's Secret, where the server has one


@dataclass(frozen=True)
class Step:
    """One object: what is there, what is wanted, what would be there."""

    desired: Object
    live: Object | None
    would_be: Object

    @property
    def action(self) -> str:
        """``create``, ``change`` or ``unchanged``."""
        if self.live is None:
            return "create"
        return "unchanged" if meaning(self.live) == meaning(self.would_be) else "change"


def meaning(obj: Object | None) -> Object:
    """An object without what the API server keeps in it for itself."""
    if obj is None:
        return {}
    meta = {k: v for k, v in obj.get("metadata", {}).items() if k not in _NOT_OURS}
    return {**{k: v for k, v in obj.items() if k not in ("status", "metadata")}, "metadata": meta}


def shown(obj: Object | None) -> Object:
    """What of an object may be shown: of a Secret its keys alone, whoever has made it and noted its text beside it."""
    if obj is None or obj.get("kind") != "Secret":
        return meaning(obj)
    meta = {"name": obj["metadata"]["name"], "labels": obj["metadata"].get("labels", {})}
    return {"kind": "Secret", "metadata": meta, "immutable": obj.get("immutable", False), "data": dict.fromkeys(sorted(obj.get("data") or {}), "...")}


def provisioner(given: str, facts: Facts) -> str:
    """The class's provisioner: the one asked for, the class's own, else the EBS driver that exists."""
    if given:
        return given
    if facts.storage_class is not None and facts.storage_class["provisioner"] in EBS:
        return str(facts.storage_class["provisioner"])
    return EBS[0]


def refusals(where: Cluster, facts: Facts, wanted: t.Sequence[Object], require_driver: bool) -> list[Refused]:
    """Every reason against it that can be seen before the API server is asked; none is a go."""
    found = [denied(d) for d in facts.denied]
    if any("namespace" in o["metadata"] for o in wanted):
        found += _namespace(facts)
    by_kind = {o["kind"]: o for o in wanted}
    if "StorageClass" in by_kind:
        found += _class(by_kind["StorageClass"], facts, require_driver)
    if "StatefulSet" in by_kind:
        found += _set(where, by_kind["StatefulSet"], facts, "StorageClass" in by_kind)
    return found


def template_change(steps: t.Iterable[Step]) -> Step | None:
    """The step that would give a set that exists another pod template, which restarts its members."""
    for step in steps:
        if step.desired["kind"] == "StatefulSet" and step.live is not None and step.live["spec"]["template"] != step.would_be["spec"]["template"]:
            return step
    return None


def template_refusal(step: Step) -> Refused:
    """Why a deployment that was not told to stage it does not change a template."""
    fields = ", ".join(sorted(different("", (step.live or {})["spec"]["template"], step.would_be["spec"]["template"])))
    hint = "a change of the template restarts members: set stage and move them with pc_partition_step, as the playbooks do"
    return Refused("template_changed", f"the running StatefulSet has another pod template: {fields}", hint)


def denied(what: str) -> Refused:
    """A permission that is missing: ``what`` names verb and resource."""
    return Refused("forbidden", f"this user may not {what}", "grant it to the user of these credentials")


def _namespace(facts: Facts) -> t.Iterator[Refused]:
    if facts.namespace and facts.namespace.get("status", {}).get("phase") == "Terminating":
        name = facts.namespace["metadata"]["name"]
        yield Refused("namespace_terminating", f"namespace {name} is being deleted", "wait until it is gone, or name another")


def _class(wanted: Object, facts: Facts, require_driver: bool) -> t.Iterator[Refused]:
    name, live = wanted["metadata"]["name"], facts.storage_class
    driver = EBS[0] if wanted["provisioner"] in EBS else wanted["provisioner"]
    if require_driver and driver not in facts.drivers:
        there = ", ".join(sorted(facts.drivers)) or "none"
        hint = f"install the driver, or name another provisioner; CSI drivers here: {there}"
        yield Refused("driver_missing", f"class {name}: no CSI driver {driver} in this cluster", hint)
    if live is None:
        return
    for key in ("provisioner", "parameters", "reclaimPolicy", "volumeBindingMode"):
        if (live.get(key) or {}) != (wanted[key] or {}):
            text = f"StorageClass {name} exists with {key} {live.get(key)!r}, wanted is {wanted[key]!r}"
            hint = "these fields cannot be changed: choose another class name, or use this class as it is without managing it"
            yield Refused("class_differs", text, hint)


def _set(where: Cluster, wanted: Object, facts: Facts, makes_class: bool) -> t.Iterator[Refused]:
    live = facts.stateful_set
    claim = wanted["spec"]["volumeClaimTemplates"][0]["spec"]
    if facts.restoring:  # members would start on empty volumes, or clients be let in to some that are not proven
        text = f"a restore from backup {facts.restoring} is under way: {where.name}-restore has how far it is"
        yield Refused("restore_unfinished", text, NEXT["restore_unfinished"])
    if facts.storage_class is None and not makes_class:
        name = claim["storageClassName"]
        yield Refused("class_missing", f"StorageClass {name} does not exist", "make it with the role storage, or name one that exists")
    if live is None:
        yield from _recreating(where, facts)
        yield from _claims(where, claim, facts)
        yield from _quota(where, wanted, facts)
        yield from too_large(wanted["spec"]["template"]["spec"]["containers"][0]["resources"].get("requests", {}), facts.nodes or ())
        return
    if live["spec"].get("replicas") != where.replicas:
        text = f"the set has {live['spec'].get('replicas')} replicas, wanted are {where.replicas}"
        yield Refused("replicas_changed", text, "members join and leave raft one by one; changing their number is no deployment")
    yield from _claim_template(live, claim)
    for key in ("serviceName", "selector", "podManagementPolicy"):
        if live["spec"].get(key) != wanted["spec"][key]:
            text = f"the set's {key} is {live['spec'].get(key)!r}, wanted is {wanted['spec'][key]!r}"
            yield Refused("set_immutable", text, "this field cannot be changed while the set exists")


def _recreating(where: Cluster, facts: Facts) -> t.Iterator[Refused]:
    if facts.recreating:
        text = f"the set was deleted to be made again with larger claims: {where.name}-recreate has it"
        yield Refused("recreate_pending", text, "run the playbook expand again, which makes it as it was")


def _claim_template(live: Object, claim: Object) -> t.Iterator[Refused]:
    have = live["spec"]["volumeClaimTemplates"][0]["spec"]
    old, new = have["resources"]["requests"]["storage"], claim["resources"]["requests"]["storage"]
    if have.get("storageClassName") != claim["storageClassName"]:
        text = f"the claims are of class {have.get('storageClassName')}, wanted is {claim['storageClassName']}"
        yield Refused("claim_template_changed", text, "a claim keeps its class for life")
    if quantity(old) != quantity(new):
        hint = "claims grow with the playbook expand" if quantity(new) > quantity(old) else "claims never shrink"
        yield Refused("claim_template_changed", f"the claims are of {old}, wanted is {new}", hint)


def _claims(where: Cluster, wanted: Object, facts: Facts) -> t.Iterator[Refused]:
    """A claim that is left from before is met again, so it must be the one that the set would make."""
    size = wanted["resources"]["requests"]["storage"]
    for ordinal in where.ordinals:
        live = facts.claims.get(claim_name(where.name, ordinal))
        if live is None:
            continue
        name, spec = live["metadata"]["name"], live["spec"]
        have = spec["resources"]["requests"]["storage"]
        if quantity(have) != quantity(size) or spec.get("storageClassName") != wanted["storageClassName"]:
            text = f"claim {name} exists with {have} of class {spec.get('storageClassName')}"
            hint = f"wanted are {size} of class {wanted['storageClassName']}: name these values, or move that claim away"
            yield Refused("claim_taken", text, hint)


def _quota(where: Cluster, wanted: Object, facts: Facts) -> t.Iterator[Refused]:
    claim = wanted["spec"]["volumeClaimTemplates"][0]["spec"]
    container = wanted["spec"]["template"]["spec"]["containers"][0]["resources"]
    missing = sum(claim_name(where.name, o) not in facts.claims for o in where.ordinals)
    of_class = f"{claim['storageClassName']}.storageclass.storage.k8s.io/"
    storage = quantity(claim["resources"]["requests"]["storage"]) * missing
    need = {"pods": quantity(where.replicas), "persistentvolumeclaims": quantity(missing), "requests.storage": storage}
    need |= {of_class + "persistentvolumeclaims": quantity(missing), of_class + "requests.storage": storage}
    for kind in ("requests", "limits"):
        for name, value in container.get(kind, {}).items():
            need[f"{kind}.{name}"] = quantity(value) * where.replicas
            if kind == "requests":
                need[name] = need[f"{kind}.{name}"]
    for quota in facts.quotas:
        status = quota.get("status", {})
        for resource, hard in status.get("hard", {}).items():
            used = status.get("used", {}).get(resource, "0")
            if resource in need and quantity(used) + need[resource] > quantity(hard):
                text = f"quota {quota['metadata']['name']} allows {hard} of {resource}, {used} are used, {where.replicas} members need more"
                yield Refused("quota_exceeded", text, "raise the quota, or ask for less")


def too_large(requests: t.Mapping[str, t.Any], every: t.Iterable[Object]) -> t.Iterator[Refused]:
    """A member that fits on no node, however empty, would wait for ever."""
    nodes = [n for n in every if not n["spec"].get("unschedulable")]
    for resource, value in requests.items():
        room = [quantity(n["status"]["allocatable"].get(resource, "0")) for n in nodes]
        if room and max(room) < quantity(value):
            most = max((n["status"]["allocatable"].get(resource, "0") for n in nodes), key=quantity)
            text = f"a member requests {resource} {value}; the largest of {len(nodes)} nodes has {most} allocatable"
            yield Refused("node_too_small", text, "ask for less, or add a larger node")


def different(path: str, old: object, new: object) -> t.Iterator[str]:
    """The places where two trees differ, as short paths."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(set(old) | set(new)):
            yield from different(f"{path}.{key}" if path else key, old.get(key), new.get(key))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (a, b) in enumerate(zip(old, new)):
            yield from different(f"{path}[{index}]", a, b)
    elif old != new:
        yield path
