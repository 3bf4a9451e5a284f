# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cluster that somebody has applied by hand: looked after as it is, taken over only when told, and no member is restarted for that."""

from __future__ import annotations

import json

import pytest

from .backups import made
from .cluster import NAME, Cluster, Object, kubectl
from .kv import get
from .restoring import destroyed, restore
from .test_deploy import wait_healthy
from .test_grow import XFS
from .test_restore_ways import VALUE, hosts, write
from .updating import identity, images, until, upgrade

PAIR = {"app": "robustmq", "component": NAME}
PORTS = {"grpc": 1228, "http": 1227}
CLASSES = {"ssd": {"type": "gp3", "iops": "3000", "throughput": "125"}, XFS["pc_storage_class"]: XFS["pc_storage_parameters"]}


def config(namespace: str) -> str:
    """As a person writes it."""
    nodes = ", ".join(f'{o + 1} = "{NAME}-{o}.{NAME}-headless.{namespace}.svc.cluster.local:1228"' for o in range(3))
    return f"""# our metadata servers
cluster_name = "{NAME}"
[node]
nodes = {{ {nodes} }}
[network]
local_ip = "0.0.0.0"
grpc_port = 1228
http_port = 1227
[rocksdb]
data_path = "/robustmq/data"
[raft]
heartbeat_interval_ms = 250
election_timeout_min_ms = 1000
election_timeout_max_ms = 2000
"""


def service(name: str, **spec: object) -> Object:
    ports = [{"name": port, "port": number} for port, number in PORTS.items()]
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": {"selector": PAIR, "ports": ports, **spec}}


def storage(name: str) -> Object:
    return {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": name},
        "provisioner": "ebs.csi.aws.com",
        "parameters": CLASSES[name],
        "allowVolumeExpansion": True,
        "reclaimPolicy": "Retain",
        "volumeBindingMode": "WaitForFirstConsumer",
    }


def by_hand(namespace: str, kind: str) -> Object:
    """A plain ConfigMap, two services and the set; no budget, no policy, no security context, and a label of their own on the pods."""
    probe = {"httpGet": {"path": "/health/ready", "port": 1227}, "initialDelaySeconds": 1, "periodSeconds": 1}
    container = {
        "name": NAME,
        "image": "robustmq/placement-center:0.3.0",
        "command": ["/robustmq/libs/placement-center", "--conf", "/etc/robustmq/placement-center.toml"],
        "ports": [{"name": port, "containerPort": number} for port, number in PORTS.items()],
        "readinessProbe": probe,
        "resources": {"requests": {"cpu": "20m", "memory": "32Mi"}, "limits": {"memory": "256Mi"}},
        "volumeMounts": [{"name": "data", "mountPath": "/robustmq/data"}, {"name": "config", "mountPath": "/etc/robustmq"}],
    }
    claim = {"accessModes": ["ReadWriteOnce"], "storageClassName": kind, "resources": {"requests": {"storage": "1Gi"}}}
    spec = {
        "serviceName": f"{NAME}-headless",
        "replicas": 3,
        "selector": {"matchLabels": PAIR},
        "template": {
            "metadata": {"labels": {**PAIR, "team": "messaging"}},
            "spec": {"containers": [container], "volumes": [{"name": "config", "configMap": {"name": f"{NAME}-config"}}]},
        },
        "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": claim}],
    }
    text = {"placement-center.toml": config(namespace)}
    return {
        "apiVersion": "v1",
        "kind": "List",
        "items": [
            storage(kind),
            {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}},
            {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": f"{NAME}-config"}, "data": text},
            service(NAME),
            service(f"{NAME}-headless", clusterIP="None", publishNotReadyAddresses=True),
            {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": NAME, "labels": PAIR}, "spec": spec},
        ],
    }


def applied(cluster: Cluster, kind: str = "ssd") -> None:
    """What a person has typed a year ago, or a minute."""
    for item in by_hand(cluster.namespace, kind)["items"]:
        where = [] if item["kind"] in ("StorageClass", "Namespace") else ["-n", cluster.namespace]
        kubectl("apply", *where, "-f", "-", text=json.dumps(item))
    kubectl("rollout", "status", f"statefulset/{NAME}", "-n", cluster.namespace, "--timeout=100s")


def test_a_cluster_made_by_hand_is_adopted_updated_backed_up_and_restored(cluster: Cluster) -> None:
    applied(cluster)
    wait_healthy(cluster)
    before, pods = cluster.versions(), [identity(cluster, o) for o in range(3)]
    refused = cluster.play("deploy").failure()
    assert refused["reason"] == "set_foreign" and "kubectl-client-side-apply" in refused["msg"], refused
    assert f"create PodDisruptionBudget {NAME}" in refused["msg"] and "its pod template stays as it is, which differs in" in refused["msg"], refused
    assert cluster.versions() == before, "nothing is taken over unasked"
    adopted = cluster.play("deploy", pc_adopt=True)
    assert adopted.code == 0, adopted.screen
    assert [identity(cluster, o) for o in range(3)] == pods, "and no member is restarted for it"
    assert cluster.get("configmap", f"{NAME}-config")["data"]["placement-center.toml"] == config(cluster.namespace)
    assert cluster.get("poddisruptionbudget", NAME)["spec"]["maxUnavailable"] == 1
    write(cluster, "it", VALUE)
    run = upgrade(cluster, "0.4.0")
    assert run.code == 0 and images(cluster) == ["0.4.0"] * 3, run.screen
    template = cluster.get("statefulset", NAME)["spec"]["template"]
    assert template["metadata"]["labels"]["team"] == "messaging" and "securityContext" not in template["spec"]["containers"][0], template
    backup = made(cluster)["id"]
    write(cluster, "it", "written after the backup")
    destroyed(cluster)
    back = restore(cluster, backup)
    assert back.code == 0, back.screen
    wait_healthy(cluster)
    assert [get(host, "it") for host in hosts(cluster)] == [VALUE] * 3 and images(cluster) == ["0.4.0"] * 3


@pytest.mark.long
def test_it_is_updated_grown_and_copied_without_being_adopted(cluster: Cluster) -> None:
    applied(cluster, XFS["pc_storage_class"])
    wait_healthy(cluster)
    assert made(cluster)["level"] == 2
    grown = cluster.play("expand", quick=False, pc_storage_size="2Gi", pc_stable_seconds=1)
    assert grown.code == 0, grown.screen
    change: Object = {"pc_config": {"raft": {"election_timeout_max_ms": 2500}}}
    assert upgrade(cluster, "0.4.0", **change).failure()["reason"] == "field_conflict" and images(cluster) == ["0.3.0"] * 3
    run = upgrade(cluster, "0.4.0", **change, pc_force=True)
    assert run.code == 0 and images(cluster) == ["0.4.0"] * 3, run.screen
    until(lambda: cluster.module("pc_pvc_check")["reasons"] == [], "the kubelet has measured what the new pods use", 60)
