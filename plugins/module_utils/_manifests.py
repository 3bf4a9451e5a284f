# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Kubernetes objects of one cluster, as plain dicts. With no option set they are the contract's, field by field."""

from __future__ import annotations

import copy
import hashlib
import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils import _admin, _server_keys, _settings, _versions
from ansible_collections.robustmq.placement_center.plugins.module_utils._claims import TEMPLATE
from ansible_collections.robustmq.placement_center.plugins.module_utils._profiles import Profile
from ansible_collections.robustmq.placement_center.plugins.module_utils._server_keys import Version
from ansible_collections.robustmq.placement_center.plugins.module_utils._settings import FIRST, NEWEST, Cluster

Object = dict[str, t.Any]
Options = t.Mapping[str, t.Any]

# preset -> probe -> initial delay, period, timeout (seconds), successes, failures
PRESETS: dict[str, dict[str, tuple[int, int, int, int, int]]] = {
    "tcp": {"readiness": (30, 10, 5, 1, 3)},
    "basic": {"readiness": (30, 10, 5, 1, 3), "liveness": (60, 30, 10, 1, 3)},
    "tuned": {"readiness": (45, 10, 5, 1, 3), "liveness": (90, 30, 15, 1, 5)},
    "update": {"readiness": (60, 10, 5, 1, 6), "liveness": (90, 30, 15, 1, 5)},
}
_TIMES = ("initialDelaySeconds", "periodSeconds", "timeoutSeconds", "successThreshold", "failureThreshold")
# Until its port listens a member replays its log, for minutes where the log is long, and no other probe may judge it. Asked each second, so
# that a quick start is seen at once; one that has not listened after an hour never will.
STARTUP = {"periodSeconds": 1, "timeoutSeconds": 5, "successThreshold": 1, "failureThreshold": 3600}

RESOURCES = {"requests": {"memory": "512Mi", "cpu": "500m"}, "limits": {"memory": "1Gi", "cpu": "1000m"}}
CONTAINER_SECURITY = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}


def pod_security(user: int) -> Object:
    """Unprivileged, and the owner of the volume."""
    return {
        "runAsNonRoot": True,
        "runAsUser": user,
        "runAsGroup": user,
        "fsGroup": user,
        "fsGroupChangePolicy": "OnRootMismatch",
        "seccompProfile": {"type": "RuntimeDefault"},
    }


def check(where: Cluster, params: Options) -> None:
    """Refuse options that cannot work, before anything is read.

    :raises BadInput: names the option, the value and the way out.
    """
    storage, config, members = params["storage"], params["config"], params["statefulset"]
    if storage:
        _settings.parameters(storage["provisioner"] or _settings.EBS[0], storage["parameters"])
    if config:
        _admin.check(where, config["admin_secret"])
        _settings.config_data(where, config["values"], config["log_level"], version_of(members))
    if members:
        _admin.check(where, members["admin_secret"])
        _admin.own_env(where.profile, members["env"])
        stateful_set(where, members, where.config_map, {})


def notes(where: Cluster, params: Options) -> list[str]:
    """What works, and is perhaps not what was meant; told with every deployment."""
    config, members, profile = params["config"], params["statefulset"], where.profile
    found = []
    if config and (tables := _settings.unread(profile, config["values"])):
        found.append(f"config.values: no release of this server reads {', '.join(tables)}")
    if config and config["log_level"] and not profile.logs:
        found.append(f"config.log_level: a server of profile {profile.name} writes no log at any level; only a crash says something")
    if members and profile.ready_since and version_of(members) is None:
        text = f"image {members['image']} names no version, so readiness is asked of the port alone: Ready then says less"
        found.append(f"{text}; a tag such as v{_server_keys.text(profile.ready_since[0])} says it")
    return found


def version_of(members: Options | None) -> Version | None:
    """The server's version as far as an image that is asked for tells it."""
    return _versions.parse(members["image"]) if members else None


def storage_class(options: Options, provisioner: str) -> Object:
    """The class of the members' volumes; the data outlives pod and claim."""
    return {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": options["name"]},
        "provisioner": provisioner,
        "parameters": _settings.parameters(provisioner, options["parameters"]),
        "allowVolumeExpansion": options["expandable"],
        "reclaimPolicy": options["reclaim_policy"],
        "volumeBindingMode": options["binding_mode"],
    }


def namespace(where: Cluster) -> Object:
    """The namespace alone: nothing in it is ours to set."""
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": where.namespace}}


def config_maps(where: Cluster, data: t.Mapping[str, str], versioned: bool) -> list[Object]:
    """The current configuration, file by file, and its immutable copy that a revision names."""
    plain = _object(where, "v1", "ConfigMap", where.config_map, data=data)
    if not versioned:
        return [plain]
    return [plain, _object(where, "v1", "ConfigMap", config_copy(where, data), data=data, immutable=True)]


def config_copy(where: Cluster, data: t.Mapping[str, str]) -> str:
    """The name of the immutable copy of this content."""
    digest = hashlib.sha256("\0".join(f"{k}\0{v}" for k, v in sorted(data.items())).encode()).hexdigest()
    return f"{where.config_map}-{digest[:10]}"


def services(where: Cluster) -> list[Object]:
    """One name for each member, ready or not (peers must find a member that starts), and one for clients, ready only."""
    ports = [{"name": p["name"], "port": p["containerPort"], "targetPort": p["name"], "protocol": "TCP"} for p in ports_of(where.profile)]
    shared = {"selector": where.labels, "ports": ports}
    headless = {"clusterIP": "None", "publishNotReadyAddresses": True, **shared}
    return [
        _object(where, "v1", "Service", where.headless, spec=headless),
        _object(where, "v1", "Service", where.name, spec={"type": "ClusterIP", **copy.deepcopy(shared)}),
    ]


def disruption_budget(where: Cluster) -> Object:
    """At most one member down by anybody's planned doing."""
    spec = {"maxUnavailable": 1, "selector": {"matchLabels": where.labels}}
    return _object(where, "policy/v1", "PodDisruptionBudget", where.name, spec=spec)


def stateful_set(where: Cluster, options: Options, config_map: str, data: t.Mapping[str, str], generation: int = NEWEST, admin: str = "") -> Object:
    """The members.

    :param config_map: which they mount. :param data: what is in it, file by file.
    :param generation: of the template: what it had in the collection's first release, or all that has come since.
    :param admin: the Secret of which the administrator's login comes; empty where the configuration asks for none.
    """
    profile = where.profile
    spec: Object = {
        "serviceName": where.headless,
        "replicas": where.replicas,
        "podManagementPolicy": "OrderedReady",
        "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 0}},
        "selector": {"matchLabels": where.labels},
        "template": {
            "metadata": {"labels": where.labels, **_some(annotations=options["annotations"])},
            "spec": _pod_spec(where, options, config_map, data, generation, _admin.env(where.profile, admin)),
        },
        "volumeClaimTemplates": [
            {
                "metadata": {"name": TEMPLATE},
                "spec": {
                    "accessModes": ["ReadWriteOnce"],
                    "storageClassName": options["storage_class"],
                    "resources": {"requests": {"storage": _settings.size("statefulset.storage_size", options["storage_size"])}},
                },
            }
        ],
    }
    if profile.first_ordinal:
        spec["ordinals"] = {"start": profile.first_ordinal}
    return _object(where, "apps/v1", "StatefulSet", where.name, spec=spec)


def _pod_spec(where: Cluster, options: Options, config_map: str, data: t.Mapping[str, str], generation: int, more: list[Object]) -> Object:
    profile = where.profile
    spread = {
        "maxSkew": 1,
        "topologyKey": "kubernetes.io/hostname",
        "whenUnsatisfiable": options["spread"],
        "labelSelector": {"matchLabels": where.labels},
    }
    container = {
        "name": profile.container,
        "image": _settings.image(options["image"]),
        "imagePullPolicy": "IfNotPresent",
        "command": profile.command(),
        "ports": ports_of(profile),
        "resources": options["resources"] or RESOURCES,
        "volumeMounts": [
            {"name": TEMPLATE, "mountPath": profile.data_dir},
            {"name": "config", "mountPath": profile.config_dir},
        ],
        "securityContext": container_security(profile, data, generation),
        **_some(env=[*_env(profile, options["env"]), *more], lifecycle=lifecycle(profile, options["pre_stop"])),
        **probes(profile, options["probes"], _versions.parse(options["image"]), generation),
    }
    return {
        "containers": [container],
        "volumes": [{"name": "config", "configMap": {"name": config_map}}],
        "securityContext": pod_security(options["user"]),
        "terminationGracePeriodSeconds": profile.grace_seconds if options["grace_period"] is None else options["grace_period"],
        # A Service called like the server's prefix would inject variables that override its configuration.
        "enableServiceLinks": False,
        "automountServiceAccountToken": False,
        "topologySpreadConstraints": [spread],
        **_some(
            imagePullSecrets=[{"name": n} for n in options["pull_secrets"]],
            nodeSelector=options["node_selector"],
            tolerations=options["tolerations"],
            priorityClassName=options["priority_class"],
        ),
    }


def container_security(profile: Profile, data: t.Mapping[str, str], generation: int) -> Object:
    """No privileges; and nothing to be written but the volume, where the configuration is seen to keep the server's logs on it."""
    closed = generation > FIRST and profile.logger_file in data and _settings.logs_on_volume(profile, data)
    return {**CONTAINER_SECURITY, **({"readOnlyRootFilesystem": True} if closed else {})}


def ports_of(profile: Profile) -> list[Object]:
    """The container's ports; 1227 is declared even where the server leaves it unused, as it is configured."""
    return [
        {"name": "grpc", "containerPort": profile.grpc_port, "protocol": "TCP"},
        {"name": "http", "containerPort": profile.http_port or 1227, "protocol": "TCP"},
    ]


def lifecycle(profile: Profile, own: Options | None) -> Object:
    """What is done before a member is told to stop: the operator's handler (an empty one is none), else what the server needs."""
    needed = {"exec": {"command": list(profile.stop_command)}} if profile.stop_command else {}
    handler = needed if own is None else dict(own)
    return {"preStop": handler} if handler else {}


def probes(profile: Profile, wish: str | Options, version: Version | None, generation: int = NEWEST) -> Object:
    """A preset by name, or a table: ``preset`` (tuned) with fields of ``readiness``, ``liveness`` and ``startup`` over it.

    :param version: of the server, which decides whether there is something better to ask than its port; None where nobody knows.
    """
    own: Object = {"preset": wish} if isinstance(wish, str) else dict(wish)
    name = own.pop("preset", "tuned")
    if name not in PRESETS or set(own) - {"readiness", "liveness", "startup"}:
        hint = f"presets are {', '.join(PRESETS)}; a table has preset, readiness, liveness, startup"
        raise _settings.BadInput("statefulset.probes", wish, "is no preset of probes and no table of them", hint, "probes_invalid")
    port = {"tcpSocket": {"port": profile.grpc_port}}
    made: Object = {}
    if generation > FIRST:
        made["startupProbe"] = {**port, **STARTUP, **(own.get("startup") or {})}
    for kind, path in (("readiness", _readiness_path(profile, version, generation)), ("liveness", profile.alive_path)):
        times = PRESETS[name].get(kind)
        if times is None and not own.get(kind):
            continue
        if kind == "liveness" and path is None:
            continue  # a tcp connect succeeds against a dead server too: nothing to decide a restart on
        how = asking(profile, path) if name != "tcp" else port
        made[f"{kind}Probe"] = {**how, **dict(zip(_TIMES, times or ())), **(own.get(kind) or {})}
    return made


def asking(profile: Profile, path: str | None) -> Object:
    """What a probe does: asks a path, or connects to the port where there is none."""
    return {"tcpSocket": {"port": profile.grpc_port}} if path is None else {"httpGet": {"path": path, "port": profile.http_port}}


def fit_readiness(profile: Profile, container: Object, version: Version | None) -> None:
    """Have the readiness probe of a container ask what this version answers, where it asks what the image before it did; all else of it stays."""
    before = asking(profile, profile.readiness_path(_versions.parse(container["image"])))
    after = asking(profile, profile.readiness_path(version))
    probe = container.get("readinessProbe")
    if not probe or before == after or any(not _covers(probe.get(how), what) for how, what in before.items()):
        return
    container["readinessProbe"] = {**{k: v for k, v in probe.items() if k not in before}, **after}


def _covers(live: object, wanted: Object) -> bool:
    """Has an object all of these fields? The API server adds defaults of its own."""
    return isinstance(live, dict) and all(live.get(key) == value for key, value in wanted.items())


def _readiness_path(profile: Profile, version: Version | None, generation: int) -> str | None:
    return profile.readiness_path(version if generation > FIRST else None)


def _env(profile: Profile, own: Options) -> list[Object]:
    found: list[Object] = [{"name": k, "value": str(v)} for k, v in own.items()]
    if profile.id_env:
        index = {"fieldRef": {"fieldPath": "metadata.labels['apps.kubernetes.io/pod-index']"}}
        found.append({"name": profile.id_env, "valueFrom": index})
    return found


def _object(where: Cluster, api_version: str, kind: str, name: str, **rest: t.Any) -> Object:
    metadata = {"name": name, "namespace": where.namespace, "labels": where.labels}
    return copy.deepcopy({"apiVersion": api_version, "kind": kind, "metadata": metadata, **rest})


def _some(**fields: t.Any) -> Object:
    """Only what has a value: an empty list in an object would be one more byte than the contract."""
    return {name: value for name, value in fields.items() if value}
