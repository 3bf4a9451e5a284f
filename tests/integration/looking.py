# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""``pc_health`` called where the test runs: the same code and answer, without the two seconds that Ansible takes to start."""

from __future__ import annotations

import time
import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils._entry import AUTH_SPEC, CLUSTER_SPEC, Job
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import PcError
from ansible_collections.robustmq.placement_center.plugins.module_utils._profiles import PROFILES
from ansible_collections.robustmq.placement_center.plugins.modules import pc_health

from .cluster import Object

DEFAULTS: Object = {name: option.get("default") for spec in (AUTH_SPEC, CLUSTER_SPEC, pc_health.SPEC) for name, option in spec.items()}


def look(namespace: str, **options: t.Any) -> Object:
    """One answer over connections of its own."""
    return again(job(namespace, **options))


def job(namespace: str, **options: t.Any) -> Job:
    """What a module's ``work`` is given; its connections stay open between two answers."""
    params = {**DEFAULTS, "namespace": namespace, **options}
    return Job(params, PROFILES[params["profile"]], False)


def again(given: Job) -> Object:
    """One answer; an error of the collection is told as ``run`` would tell it. ``seconds`` is how long it took."""
    start = time.monotonic()
    try:
        found = pc_health.work(given)
    except PcError as exc:
        found = {"failed": True, "reason": exc.reason, "msg": f"{exc} ({exc.hint})", "healthy": False, "reasons": []}
    return {**found, "seconds": time.monotonic() - start}


def codes(found: Object) -> set[str]:
    """The codes of an answer."""
    return {r["code"] for r in found["reasons"]} | ({found["reason"]} if found.get("failed") else set())


def findings(found: Object) -> set[tuple[str, int | None]]:
    """The codes of an answer, each with the member that it is about."""
    return {(r["code"], r["member"]) for r in found["reasons"]}
