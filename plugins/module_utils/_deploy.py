# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read what a deployment must know, rehearse every write on the server, then write only what differs."""

from __future__ import annotations

import ipaddress
import typing as t
from concurrent.futures import Future, ThreadPoolExecutor

from ansible_collections.robustmq.placement_center.plugins.module_utils import (
    _admin,
    _admin_deploy,
    _founding,
    _guard,
    _manifests,
    _network,
    _plan,
    _recreation,
    _rest,
    _restore_journal,
    _settings,
)
from ansible_collections.robustmq.placement_center.plugins.module_utils._claims import claim_name
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import Forbidden, Refused
from ansible_collections.robustmq.placement_center.plugins.module_utils._kube import POOL, Kube
from ansible_collections.robustmq.placement_center.plugins.module_utils._plan import Facts, Step
from ansible_collections.robustmq.placement_center.plugins.module_utils._rights import ADMIN, GUARD, HEALTH, Right
from ansible_collections.robustmq.placement_center.plugins.module_utils._settings import Cluster

Object = dict[str, t.Any]
Options = t.Mapping[str, t.Any]


def gather(kube: Kube, where: Cluster, params: Options) -> Facts:
    """Everything that the plan stands on, read at once."""
    kube.version()  # first and alone: an API server that is not there is said once, not a dozen times
    storage, members = params["storage"], params["statefulset"]
    class_name = storage["name"] if storage else members["storage_class"] if members else ""
    with ThreadPoolExecutor(max_workers=POOL) as pool:
        inside = members or params["config"]
        namespace = pool.submit(kube.get, "Namespace", where.namespace) if inside else None
        stateful_set = pool.submit(kube.get, "StatefulSet", where.name, where.namespace) if inside else None
        config_map = pool.submit(kube.get, "ConfigMap", where.config_map, where.namespace) if inside else None
        recreate = pool.submit(kube.get, "ConfigMap", _recreation.note_name(where.name), where.namespace) if members else None
        restore = pool.submit(kube.get, "ConfigMap", _restore_journal.note_name(where.name), where.namespace) if members else None
        admin = pool.submit(_admin_deploy.source, kube, where, members["admin_secret"]) if members else None
        storage_class = pool.submit(kube.get, "StorageClass", class_name) if class_name else None
        drivers = pool.submit(kube.find, "CSIDriver") if storage else None
        claim_list = pool.submit(kube.find, "PersistentVolumeClaim", where.namespace) if inside else None
        quotas = pool.submit(kube.find, "ResourceQuota", where.namespace) if members else None
        nodes = pool.submit(_nodes, kube) if members else None
        servers = pool.submit(_api_servers, kube, members) if members else None
        # The health proof after a deployment needs these, and no rehearsed write would show it.
        rights = _needed(where, members) if members else ()
        asked = {r: pool.submit(kube.allowed, r.verb, r.group, r.resource, "" if r.everywhere else where.namespace) for r in rights}
        live = _result(stateful_set)
        claims = {c["metadata"]["name"]: c for c in claim_list.result().items} if claim_list else {}
        return Facts(
            namespace=_result(namespace),
            stateful_set=live,
            founding=_founding.founding(where, live, claims),
            storage_class=_result(storage_class),
            config_map=_result(config_map),
            recreating=_result(recreate) is not None,
            restoring=_restore_journal.unfinished(_result(restore)),
            drivers=frozenset(d["metadata"]["name"] for d in drivers.result().items) if drivers else frozenset(),
            claims=claims,
            quotas=tuple(quotas.result().items) if quotas else (),
            nodes=_result(nodes),
            api_servers=_result(servers) or (),
            admin=_result(admin),
            denied=tuple(_named(r, where.namespace) for r, answer in asked.items() if not answer.result()),
        )


def wanted(where: Cluster, params: Options, facts: Facts) -> list[Object]:
    """The objects of the parts that were asked for, in the order in which they are written.

    :raises BadInput: an option cannot work. :raises Refused: the members' configuration does not exist yet.
    """
    storage, config, members = params["storage"], params["config"], params["statefulset"]
    objects: list[Object] = []
    if storage:
        objects.append(_manifests.storage_class(storage, _plan.provisioner(storage["provisioner"], facts)))
    if (config or members) and params["create_namespace"] and facts.namespace is None:
        objects.append(_manifests.namespace(where))
    if config:
        objects += _config_maps(where, params, facts)
    if members:
        objects += _manifests.services(where)
        objects += [_manifests.disruption_budget(where)] if members["disruption_budget"] else []
        if members["network_policy"]:
            objects.append(_network.policy(where, members["clients"], members["http_clients"], facts.api_servers))
        objects += _admin_deploy.objects(where, facts, _mounted(where, params, facts)[1])
        objects.append(_stateful_set(where, params, facts))
    return objects


def _stateful_set(where: Cluster, params: Options, facts: Facts, generation: int = _settings.NEWEST) -> Object:
    name, data = _mounted(where, params, facts)
    made = _manifests.stateful_set(where, params["statefulset"], name, data, generation, _admin_deploy.copy_name(where, facts, data))
    # The partition of an update that is under way is not a deployment's to move.
    if facts.stateful_set is not None and not facts.founding:
        made["spec"]["updateStrategy"] = facts.stateful_set["spec"]["updateStrategy"]
    return made


def _mounted(where: Cluster, params: Options, facts: Facts) -> tuple[str, t.Mapping[str, str]]:
    """The ConfigMap that the members mount, and what is in it file by file."""
    if params["config"]:
        mounted = _config_maps(where, params, facts)[-1]
        return mounted["metadata"]["name"], mounted["data"]
    return _config_name(where, params["statefulset"], facts), (facts.config_map or {}).get("data", {})


def _config_maps(where: Cluster, params: Options, facts: Facts) -> list[Object]:
    """The configuration's objects; their content is what is there, where an older generation made just that of the same wishes."""
    config, version = params["config"], _manifests.version_of(params["statefulset"])
    made = [_settings.config_data(where, config["values"], config["log_level"], version, g) for g in (_settings.NEWEST, _settings.FIRST)]
    there = (facts.config_map or {}).get("data", {})
    kept = there in made and facts.stateful_set is not None and not facts.founding
    if config["admin_secret"]:  # a login that is named is a change that is asked for, also of a set that had none of its own
        kept = kept and there == made[0]
    return _manifests.config_maps(where, there if kept else made[0], config["versioned"])


def open_to_all(where: Cluster, params: Options, facts: Facts) -> list[str]:
    """Members that an older release of this collection gave no login of their own keep everybody's until a change is asked for; this says so."""
    if not params["statefulset"] or facts.admin is None or _admin.asked(where.profile, _mounted(where, params, facts)[1]):
        return []
    text = "the members have the administrator's login of the server's own template, which everybody knows"
    return [f"{text}: make a Secret and name it (admin_secret, pc_admin_secret), which updates them one by one"]


def rehearse(kube: Kube, where: Cluster, objects: list[Object], facts: Facts, force: bool) -> list[Step]:
    """Ask the API server what each write would make, without writing: validation, admission and permission included."""
    with ThreadPoolExecutor(max_workers=POOL) as pool:
        asked = [pool.submit(_rehearse_one, kube, obj, facts, force) for obj in objects]
    return [a.result() for a in asked]


def settled(kube: Kube, where: Cluster, params: Options, facts: Facts, steps: list[Step], force: bool) -> list[Step]:
    """The steps, with the set's template left as it is where an older generation of this collection made just that of the same wishes.

    What a newer collection adds to a template comes with the next change that is asked for: to bring a newer collection restarts nobody.
    """
    changed = _plan.template_change(steps)
    if changed is None or facts.founding:
        return steps
    older = _rehearse_one(kube, _stateful_set(where, params, facts, _settings.FIRST), facts, force)
    return steps if _plan.template_change([older]) else [older if step is changed else step for step in steps]


def perform(kube: Kube, steps: list[Step], force: bool) -> None:
    """Write what differs; each write carries the version that the plan was made on."""
    for step in steps:
        if step.action == "unchanged":
            continue
        obj = step.desired
        if obj["kind"] == "Secret":
            kube.create(obj)
            continue
        if step.live is not None:
            version = step.live["metadata"]["resourceVersion"]
            obj = {**obj, "metadata": {**obj["metadata"], "resourceVersion": version}}
        kube.apply(obj, force=force)


def guards(kube: Kube, where: Cluster, on: bool, facts: Facts) -> list[Step]:
    """The members' claims that are there, with the guard or without; each write is rehearsed, those that are right are ``unchanged``."""
    found = []
    for claim in (facts.claims[name] for name in _claim_names(where) if name in facts.claims):
        live = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", **claim}
        patch = _guard.change(claim, on)
        meta = claim["metadata"]
        named = {"name": meta["name"], "namespace": meta["namespace"], **(patch["metadata"] if patch else {})}
        would_be = live if patch is None else kube.merge(live["kind"], meta["namespace"], meta["name"], patch, dry_run=True)
        found.append(Step({"kind": live["kind"], "metadata": named}, live, would_be))
    return found


def guard(kube: Kube, steps: list[Step]) -> None:
    """Write the guards that differ, each under the version that was read."""
    for step in steps:
        if step.action != "unchanged":
            meta = step.desired["metadata"]
            kube.merge(step.desired["kind"], meta["namespace"], meta["name"], {"metadata": meta})


def unguarded(where: Cluster, facts: Facts) -> list[str]:
    """Claims of members that are not there yet, so that no guard can be on them."""
    return [name for name in _claim_names(where) if name not in facts.claims]


def _claim_names(where: Cluster) -> list[str]:
    return [claim_name(where.name, ordinal) for ordinal in where.ordinals]


def _needed(where: Cluster, members: Options) -> tuple[Right, ...]:
    return (*HEALTH, *([GUARD] if members["guard_claims"] else []), *(ADMIN if where.profile.admin_env else ()))


def _rehearse_one(kube: Kube, obj: Object, facts: Facts, force: bool) -> Step:
    meta = obj["metadata"]
    space = meta.get("namespace", "")
    if space and facts.namespace is None:  # nothing to rehearse in: its namespace is only planned
        group, plural = _rest.resource(obj["kind"])
        for verb in ("create",) if obj["kind"] == "Secret" else ("create", "patch"):
            if not kube.allowed(verb, group, plural, space):
                raise _plan.denied(f"{verb} {plural} in namespace {space}")
        return Step(obj, None, obj)
    if obj["kind"] == "Secret":
        return _admin_deploy.rehearse(kube, obj)
    live = kube.get(obj["kind"], meta["name"], space)
    return Step(obj, live, kube.apply(obj, dry_run=True, force=force))


def _config_name(where: Cluster, members: Options, facts: Facts) -> str:
    """The ConfigMap that the pods mount when the configuration is not part of this call: the one that is there."""
    if not members["config_versioned"]:
        return where.config_map
    if facts.config_map is None:
        hint = "make it with the role config, before the role statefulset"
        raise Refused("config_missing", f"ConfigMap {where.config_map} does not exist", hint)
    return _manifests.config_copy(where, facts.config_map.get("data", {}))


def _nodes(kube: Kube) -> tuple[Object, ...] | None:
    try:
        return tuple(kube.find("Node").items)
    except Forbidden:
        return None  # a check less, not a failure: the scheduler will say it


def _api_servers(kube: Kube, members: Options) -> tuple[str, ...]:
    """Where the API server's pod proxy comes from: named by the operator, else the endpoints of the service kubernetes."""
    if members["api_server_cidrs"] is not None or not members["network_policy"]:
        return tuple(members["api_server_cidrs"] or ())
    found = kube.find("EndpointSlice", "default", "kubernetes.io/service-name=kubernetes").items
    addresses = sorted({a for s in found for e in s.get("endpoints", []) for a in e["addresses"]})
    return tuple(str(ipaddress.ip_network(a)) for a in addresses)


def _named(right: Right, namespace: str) -> str:
    return f"{right.verb} {right.resource} {'at the cluster scope' if right.everywhere else f'in namespace {namespace}'}"


def _result(future: Future[t.Any] | None) -> t.Any:
    return None if future is None else future.result()
