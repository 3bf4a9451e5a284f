# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The administrator's Secret of a deployment: the one that is there, or one with random values; and the copy that the members name."""

from __future__ import annotations

import secrets
import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils import _admin
from ansible_collections.robustmq.placement_center.plugins.module_utils._admin import Source
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import Refused
from ansible_collections.robustmq.placement_center.plugins.module_utils._hints import hint
from ansible_collections.robustmq.placement_center.plugins.module_utils._kube import Kube
from ansible_collections.robustmq.placement_center.plugins.module_utils._plan import Facts, Step
from ansible_collections.robustmq.placement_center.plugins.module_utils._settings import Cluster

Object = dict[str, t.Any]
PLANNED = "<hash>"  # in place of what only the values tell, which do not exist in a plan


def source(kube: Kube, where: Cluster, given: str) -> Source | None:
    """The administrator's Secret; None where this server has no administrator.

    :raises Refused: the one that was named does not exist.
    """
    if not where.profile.admin_env:
        return None
    name = _admin.source_name(where.name, given)
    live = kube.get("Secret", name, where.namespace)
    if live is not None:
        return Source(live)
    if given:
        raise _admin.missing(where, name)
    return Source(_admin.made(where, secrets.token_urlsafe(24), secrets.token_urlsafe(48)), new=True)


def objects(where: Cluster, facts: Facts, data: t.Mapping[str, str]) -> list[Object]:
    """What is made for members of this configuration.

    :param data: file by file. :raises Refused: the Secret cannot be used; the message names the key.
    """
    if facts.admin is None or not _admin.asked(where.profile, data):
        return []
    copy = _admin.copy_of(where, _admin.read(facts.admin.secret))
    return [facts.admin.secret, copy] if facts.admin.new else [copy]


def copy_name(where: Cluster, facts: Facts, data: t.Mapping[str, str]) -> str:
    """The copy that their template names; empty where there is none."""
    made = objects(where, facts, data)
    return str(made[-1]["metadata"]["name"]) if made else ""


def rehearse(kube: Kube, wanted: Object) -> Step:
    """A Secret is made once and never written over; none is read but by its name.

    :raises Refused: there is another under the copy's name.
    """
    meta = wanted["metadata"]
    live = kube.get("Secret", meta["name"], meta["namespace"])
    if live is None:
        return Step(wanted, None, kube.create(wanted, dry_run=True))
    if live.get("data") != wanted["data"]:
        text = f"Secret {meta['name']} exists, and does not hold what its name says"
        raise Refused("admin_copy_differs", text, hint("admin_copy_differs"))
    return Step(wanted, live, live)


def teller(where: Cluster, facts: Facts, check_mode: bool) -> t.Callable[[str], str]:
    """Plans of one deployment are alike: where the values would be random, the name that they lead to is not told."""
    if facts.admin is None or not (facts.admin.new and check_mode):
        return lambda text: text
    name = _admin.copy_name(where, _admin.read(facts.admin.secret))
    return lambda text: text.replace(name, f"{where.name}-admin-{PLANNED}")


def result(facts: Facts, steps: t.Iterable[Step]) -> Object:
    """Where the login is, and whether it is new; nothing where this deployment gives the members none."""
    if facts.admin is None or not any(step.desired["kind"] == "Secret" for step in steps):
        return {}
    return {"name": facts.admin.name, "made": facts.admin.new}
