# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a pod template names, and which immutable copies of configuration and login nobody names any more. Pure."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils import _admin

Object = dict[str, t.Any]
Named = tuple[str, str]  # kind, name

COPIED = ("ConfigMap", "Secret")


def named(template: Object) -> dict[Named, bool]:
    """ConfigMaps and Secrets that a pod of this template mounts or takes variables from; False for those that it can do without."""
    spec = template.get("spec", {})
    found: dict[Named, bool] = {}
    references = list(_volumes(spec.get("volumes") or []))
    for container in [*(spec.get("initContainers") or []), *(spec.get("containers") or [])]:
        references += _variables(container)
    for kind, name, optional in references:
        if name:
            found[kind, name] = found.get((kind, name), False) or not optional
    return found


def _volumes(volumes: t.Iterable[Object]) -> t.Iterator[tuple[str, str, bool]]:
    for volume in volumes:
        projected = (volume.get("projected") or {}).get("sources") or []
        for each in [volume, *projected]:
            if "configMap" in each:
                yield "ConfigMap", each["configMap"].get("name", ""), bool(each["configMap"].get("optional"))
            if "secret" in each:
                secret = each["secret"]
                yield "Secret", secret.get("secretName") or secret.get("name", ""), bool(secret.get("optional"))


def _variables(container: Object) -> t.Iterator[tuple[str, str, bool]]:
    sources = [each.get("valueFrom") or {} for each in container.get("env") or []]
    for each in [*sources, *(container.get("envFrom") or [])]:
        for kind, keys in (("ConfigMap", ("configMapKeyRef", "configMapRef")), ("Secret", ("secretKeyRef", "secretRef"))):
            for key in keys:
                if key in each:
                    yield kind, each[key].get("name", ""), bool(each[key].get("optional"))


def is_copy(obj: Object, cluster: str) -> bool:
    """Is it a copy that this collection has made for a revision?"""
    name = obj["metadata"]["name"]
    if obj["kind"] == "Secret":
        return _admin.is_copy(name, cluster)
    return bool(re.fullmatch(rf"{re.escape(cluster)}-config-[0-9a-f]{{10}}", name))


def spare(there: t.Iterable[Object], cluster: str, templates: t.Iterable[Object], current: t.Container[Named]) -> list[Object]:
    """The copies that go: no template names them, and they are not of what holds now.

    :param templates: of every revision, of the set, and of what is about to be staged.
    """
    kept = {each for template in templates for each in named(template)}
    return [o for o in there if is_copy(o, cluster) and (o["kind"], o["metadata"]["name"]) not in kept and (o["kind"], o["metadata"]["name"]) not in current]
