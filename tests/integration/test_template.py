# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a newer collection adds to a pod template: with the next change that is asked for, and never by itself; and what it is good for."""

from __future__ import annotations

import json
import typing as t

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils import _manifests, _parts, _settings
from ansible_collections.robustmq.placement_center.plugins.module_utils._profiles import PROFILES
from ansible_collections.robustmq.placement_center.plugins.module_utils._rest import FIELD_MANAGER

from .cluster import NAME, QUICK, Cluster, Object, kubectl
from .waiting import until

DEFAULTS = {name: spec.get("default") for name, spec in _parts.STATEFULSET.items()}


def of_the_first_release(cluster: Cluster) -> list[Object]:
    """What release 0.1.0 applied; a unit test holds the renderer's first generation to its fields."""
    where = _settings.Cluster(cluster.namespace, NAME, 3, "cluster.local", PROFILES["contract"])
    data = _settings.config_data(where, {}, "", None, _settings.FIRST)
    maps = _manifests.config_maps(where, data, True)
    own = {"probes": QUICK["pc_probes"], "resources": QUICK["pc_resources"], "storage_size": QUICK["pc_storage_size"]}
    made = _manifests.stateful_set(where, {**DEFAULTS, **own}, maps[-1]["metadata"]["name"], data, _settings.FIRST)
    return [*maps, *_manifests.services(where), made]


def startup_probes(cluster: Cluster) -> list[bool]:
    return ["startupProbe" in pod["spec"]["containers"][0] for pod in cluster.get("pod")["items"]]


def test_a_newer_collection_restarts_nobody_and_brings_what_it_adds_with_the_next_change(cluster: Cluster) -> None:
    kubectl("create", "namespace", cluster.namespace)
    assert cluster.module("pc_apply", storage={}).get("actions")
    text = json.dumps({"apiVersion": "v1", "kind": "List", "items": of_the_first_release(cluster)})
    kubectl("apply", "--server-side", f"--field-manager={FIELD_MANAGER}", "-f", "-", text=text)
    until(lambda: cluster.get("statefulset", NAME)["status"].get("readyReplicas"), lambda ready: ready == 3, seconds=120)
    pods = {p["metadata"]["name"]: p["metadata"]["uid"] for p in cluster.get("pod")["items"]}

    run = cluster.play("deploy")
    assert run.code == 0, run.screen
    assert {p["metadata"]["name"]: p["metadata"]["uid"] for p in cluster.get("pod")["items"]} == pods, "a pod was replaced"
    assert startup_probes(cluster) == [False] * 3 and not run.last("pc_apply")["template"]
    assert cluster.play("deploy").changed == 0

    asked: Object = {"pc_resources": {**QUICK["pc_resources"], "requests": {"cpu": "10m", "memory": "32Mi"}}}
    changed = cluster.play("deploy", **asked)
    assert changed.code == 0, changed.screen
    assert startup_probes(cluster) == [True] * 3
    assert cluster.play("deploy", **asked).changed == 0


# What a liveness probe would take for a dead process: a member that replays its log and does not listen yet.
REPLAYS: list[t.Any] = [
    pytest.param(
        30, {"preset": "basic", "readiness": {"initialDelaySeconds": 1}, "liveness": {"initialDelaySeconds": 1, "periodSeconds": 1}}, id="a short one"
    ),
    pytest.param(360, "tuned", id="six minutes", marks=pytest.mark.long),
]


@pytest.mark.parametrize("seconds, probes", REPLAYS)
def test_a_long_replay_of_the_log_is_not_killed(cluster: Cluster, seconds: int, probes: t.Any) -> None:
    fault = {"REFERENCE_FAULT": f"slow_start={seconds}"}
    run = cluster.play("deploy", pc_replicas=1, pc_probes=probes, pc_env=fault, pc_step_timeout=seconds + 180, pc_wait_patience=seconds + 60)
    assert run.code == 0, run.screen
    (pod,) = cluster.get("pod")["items"]
    assert pod["status"]["containerStatuses"][0]["restartCount"] == 0
