# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A set as RobustMQ's own operator makes it: one configuration for all pods, so that each says that it is member 1 and founds a cluster of its own."""

from __future__ import annotations

import json

from tests.integration.cluster import Object, kubectl
from tests.integration.looking import codes
from tests.integration.waiting import until

from .conftest import Row
from .members import QUICK, STEPS, Real

NAME = "robustmq-meta"
LABELS = {"app": "robustmq", "component": "meta", "instance": "robustmq"}
LOGGER = '[stdout]\nkind = "console"\ntargets = [{ path = "", level = "info" }]\n'
CONFIG = """cluster_name = "robustmq"
broker_id = 1
roles = ["meta", "engine"]
grpc_port = 1228
data_path = "/robustmq/data"
meta_addrs = { 1 = "127.0.0.1:1228" }
[log]
log_config = "/robustmq/config/logger.toml"
log_path = "/robustmq/data/logs"
[runtime]
server_worker_threads = 16
[meta_runtime]
meta_worker_threads = 16
[storage_runtime]
data_path = ["/robustmq/data/engine"]
"""


def as_the_operator_does(cluster: Real) -> list[Object]:
    """Labels, container, configuration and claim in its shape; no probe, no strategy, no gate."""
    container = {
        "name": "robustmq-meta",
        "image": cluster.server.image,
        "args": ["--conf=/robustmq/config/server.toml"],
        "ports": [{"name": "grpc", "containerPort": 1228}],
        "resources": QUICK["pc_resources"],
        "volumeMounts": [
            {"name": "config", "mountPath": "/robustmq/config", "readOnly": True},
            {"name": "data", "mountPath": "/robustmq/data"},
        ],
    }
    claim = {"accessModes": ["ReadWriteOnce"], "storageClassName": "ssd", "resources": {"requests": {"storage": "1Gi"}}}
    pod = {
        "securityContext": {"fsGroup": 999},
        "containers": [container],
        "volumes": [{"name": "config", "configMap": {"name": "robustmq-config"}}],
    }
    spec = {
        "replicas": 3,
        "serviceName": "robustmq-meta-service",
        "selector": {"matchLabels": LABELS},
        "template": {"metadata": {"labels": LABELS}, "spec": pod},
        "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": claim}],
    }
    ports = [{"name": "grpc", "port": 1228}]
    return [
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "robustmq-config"}, "data": {"server.toml": CONFIG, "logger.toml": LOGGER}},
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "robustmq-meta-service"}, "spec": {"selector": LABELS, "ports": ports}},
        {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": NAME, "labels": LABELS}, "spec": spec},
    ]


def test_a_set_whose_pods_all_say_that_they_are_member_1_is_refused_by_name(fresh: Real, row: Row) -> None:
    fresh.server.only("v0_4", "its operator makes no set of it")
    kubectl("create", "namespace", fresh.namespace)
    items = {"apiVersion": "v1", "kind": "List", "items": as_the_operator_does(fresh)}
    kubectl("apply", "-n", fresh.namespace, "-f", "-", text=json.dumps(items))
    kubectl("rollout", "status", f"statefulset/{NAME}", "-n", fresh.namespace, "--timeout=110s")
    written = fresh.versions()
    found = until(lambda: fresh.look(name=NAME), lambda said: "two_of_one_id" in codes(said), 60)
    same = next(reason for reason in found["reasons"] if reason["code"] == "two_of_one_id")
    row("pc_health", f"{', '.join(sorted(codes(found)))}; {same['message']}")
    assert not found["healthy"]
    for playbook in ("deploy", "upgrade"):
        given = {"pc_name": NAME, "pc_image": fresh.server.next, "pc_storage_size": "1Gi"}
        failure = fresh.play(playbook, quick=False, **STEPS, **given).failure()
        refused = [failure["reason"], *(each["reason"] for each in failure.get("refusals", []))]
        row(playbook, f"refused: {', '.join(dict.fromkeys(refused))}")
    assert fresh.versions() == written, "nothing of it is touched"
