# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The administrator's login where a server is started from a copy: no backup has it, so it is found again, made anew, or refused by name."""

from __future__ import annotations

import copy
import secrets
import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils import _admin, _admin_deploy, _pruning
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import Refused
from ansible_collections.robustmq.placement_center.plugins.module_utils._hints import hint
from ansible_collections.robustmq.placement_center.plugins.module_utils._kube import Kube
from ansible_collections.robustmq.placement_center.plugins.module_utils._settings import Cluster

Object = dict[str, t.Any]


def completed(kube: Kube, where: Cluster, paper: Object, live: Object | None, given: str) -> Object:
    """A manifest's paper with the Secrets that its members need and the namespace lacks; the paper itself where there are none.

    A set that is made again takes the login that is there now, or a new one. One that is there names its copy, which is made again only
    from the values that it had.

    :param given: the administrator's Secret, where that was named.
    :raises Refused: it cannot be made, and members would wait for it.
    """
    described = live or next((o for o in paper["objects"] if o["kind"] == "StatefulSet"), None)
    wanted = _admin.named(where.profile, described["spec"]["template"]) if described else ""
    if not wanted or _pruning.exists(kube, "Secret", wanted, where.namespace):
        return paper
    source = _admin_deploy.source(kube, where, given)
    if source is None:
        return paper
    made = _admin.copy_of(where, _admin.read(source.secret))
    name = made["metadata"]["name"]
    if name != wanted and live is not None:
        why = "does not exist" if source.new else "holds other values"
        text = f"the members need Secret {wanted}, which does not exist, and Secret {source.name}, of which it was made, {why}"
        raise Refused("named_missing", text, hint("named_missing"))
    found = {**paper, "objects": copy.deepcopy(paper["objects"])}
    for obj in found["objects"]:
        if obj["kind"] == "StatefulSet":
            _admin.rename(where.profile, obj["spec"]["template"], name)
    found["objects"] += [source.secret, made] if source.new else [made]
    return found


def stand_in(where: Cluster, sts: Object) -> list[Object]:
    """For a cluster that lives for a proof alone: a login under the name that its template has, which nobody is told."""
    name = _admin.named(where.profile, sts["spec"]["template"])
    if not name:
        return []
    made = _admin.copy_of(where, _admin.Login("admin", secrets.token_urlsafe(24), secrets.token_urlsafe(48)))
    made["metadata"]["name"] = name
    return [made]
