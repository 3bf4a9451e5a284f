# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A new pod template, put where no pod is restarted by it: what was asked, over what is there. Pure."""

from __future__ import annotations

import copy
import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils import _admin, _manifests, _settings, _toml, _versions, _views
from ansible_collections.robustmq.placement_center.plugins.module_utils._rollout import FINISHED, PREVIOUS, RETURNING, STAGED, STATE, WHY
from ansible_collections.robustmq.placement_center.plugins.module_utils._server_keys import Version
from ansible_collections.robustmq.placement_center.plugins.module_utils._settings import Cluster

Object = dict[str, t.Any]
Options = t.Mapping[str, t.Any]


def changed(where: Cluster, template: Object, want: Options, config_map: str) -> Object:
    """The template with what was asked for, and nothing else: whoever made it, all other fields stay.

    :param want: ``image``, ``resources``, ``probes``, ``env``, ``grace_period``, ``pre_stop``; None leaves a field as it is.
    :param config_map: the ConfigMap to mount; empty leaves that as it is.
    :raises BadInput: an option cannot work.
    """
    new: Object = copy.deepcopy(template)
    container = _views.container(new["spec"], where.profile.container)
    if want.get("image"):
        wanted = _settings.image(want["image"])
        _manifests.fit_readiness(where.profile, container, _versions.parse(wanted))
        container["image"] = wanted
    if want.get("resources") is not None:
        container["resources"] = want["resources"]
    if want.get("probes") is not None:
        made = _manifests.probes(where.profile, want["probes"], _versions.parse(container["image"]))
        for kind in ("readinessProbe", "livenessProbe", "startupProbe"):
            container.pop(kind, None)
        container.update(made)
    if want.get("env"):
        _admin.own_env(where.profile, want["env"])
        own = {str(k): str(v) for k, v in want["env"].items()}
        kept = [e for e in container.get("env", []) if e["name"] not in own]
        container["env"] = kept + [{"name": k, "value": v} for k, v in own.items()]
    if want.get("grace_period") is not None:
        new["spec"]["terminationGracePeriodSeconds"] = want["grace_period"]
    if want.get("pre_stop") is not None:
        others = {kind: handler for kind, handler in container.pop("lifecycle", {}).items() if kind != "preStop"}
        hooks = {**others, **_manifests.lifecycle(where.profile, want["pre_stop"])}
        container.update({"lifecycle": hooks} if hooks else {})
    if config_map:
        _views.config_volume(new)["configMap"]["name"] = config_map
    return new


def config_objects(where: Cluster, data: t.Mapping[str, str], values: Options, level: str, version: Version | None) -> list[Object]:
    """The ConfigMaps that carry ``values`` over the text that members have now: the current one, and its immutable copy.

    :param level: of the log; empty leaves it as it is. :param version: of the server that will read it; None where nobody knows.
    :raises BadInput: a key is unknown to the profile or the version, or the text now is no TOML.
    """
    profile = where.profile
    now = parsed(where, data)
    log = {"log": {**profile.log_tables().get("log", {}), **now.get("log", {})}}  # what a change of the configuration brings along
    if level and "level" in profile.config_keys["log"]:
        log["log"]["level"] = level
    text = _settings.config_over(where, {**now, **(log if log["log"] else {})}, values, version)
    logger = _settings.logger_data(profile, level)
    if not level:  # as it is, where it is there
        logger = {name: data.get(name, made) for name, made in logger.items()}
    return _manifests.config_maps(where, {**data, profile.config_file: text, **logger}, True)


def parsed(where: Cluster, data: t.Mapping[str, str]) -> dict[str, t.Any]:
    """The server's configuration that is in a ConfigMap's data.

    :raises BadInput: it is no TOML.
    """
    try:
        return _toml.parse(data.get(where.profile.config_file, ""))
    except ValueError as exc:
        hint = f"correct the ConfigMap {where.config_map} first"
        raise _settings.BadInput("config", where.config_map, f"holds no TOML: {exc}", hint, "config_invalid") from exc


def patch(live: Object, template: Object, digest: str, leader_last: bool, state: str, returning: str = "") -> Object:
    """One write: the new template, nobody taken, and what is needed to go on from here or back; a merge patch with its precondition.

    :param returning: the revision that a rollback brings members back to.
    """
    strategy: Object = {"type": "OnDelete", "rollingUpdate": None}
    if not leader_last:
        strategy = {"type": "RollingUpdate", "rollingUpdate": {"partition": live["spec"].get("replicas", 1)}}
    notes = {STAGED: digest, FINISHED: None, PREVIOUS: previous(live), STATE: state, WHY: None, RETURNING: returning or None}
    return {
        "metadata": {"resourceVersion": live["metadata"]["resourceVersion"], "annotations": notes},
        "spec": {"updateStrategy": strategy, "template": merge_patch(live["spec"]["template"], template)},
    }


def previous(live: Object) -> str:
    """The revision to return to: where the pods are, or in mid-roll where they came from."""
    return str(live.get("status", {}).get("currentRevision", ""))


def merge_patch(old: object, new: object) -> t.Any:
    """The JSON merge patch (RFC 7386) that makes ``new`` of ``old``."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        return new
    found: Object = {key: None for key in old if key not in new}
    found.update({key: merge_patch(old.get(key), value) for key, value in new.items() if old.get(key) != value})
    return found


def state_patch(version: str, state: str, why: str = "", finished: str = "") -> Object:
    """What people see of the operation on the StatefulSet. :param finished: digest of the template with which it is done."""
    notes = {STATE: state, WHY: why or None, **({FINISHED: finished} if finished else {})}
    return {"metadata": {"resourceVersion": version, "annotations": notes}}
