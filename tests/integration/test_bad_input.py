# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each bad input gets its own message, and nothing is changed."""

from __future__ import annotations

import json
import time
import typing as t

import pytest
import yaml

from .cluster import NAME, QUICK, Cluster, Object, kubectl

BIG = {"requests": {"memory": "500Gi", "cpu": "20m"}, "limits": {"memory": "500Gi"}}

# name, variables, reason, words in the message
REFUSED: list[tuple[str, Object, str, str]] = [
    ("a slip in a name", {"pc_imag": "robustmq/placement-center:0.3.0"}, "variable_unknown", "did you mean pc_image?"),
    ("Windows line ends", {"pc_image": "robustmq/placement-center:0.3.0\r"}, "line_end", "pc_image"),
    ("even replicas", {"pc_replicas": 4}, "replicas_even", "odd number"),
    ("an image without a tag", {"pc_image": "robustmq/placement-center"}, "image_unpinned", "robustmq/placement-center"),
    ("TOML with an unknown key", {"pc_config": {"raft": {"hartbeat_interval_ms": 1}}}, "config_unknown_key", "did you mean heartbeat_interval_ms"),
    ("a missing driver", {"pc_storage_class": "gone", "pc_storage_provisioner": "csi.example.com"}, "driver_missing", "csi.example.com"),
    ("an unknown class parameter", {"pc_storage_parameters": {"type": "gp3", "iopz": "1"}}, "class_parameter", "iopz"),
    ("a name that is none", {"pc_name": "Placement_Center"}, "name_invalid", "Placement_Center"),
    ("no node is large enough", {"pc_resources": BIG}, "node_too_small", "500Gi"),
    ("a preset that is none", {"pc_probes": "fast"}, "probes_invalid", "fast"),
]


@pytest.mark.parametrize("variables, reason, words", [c[1:] for c in REFUSED], ids=[c[0] for c in REFUSED])
def test_refused_before_anything_is_made(cluster: Cluster, variables: Object, reason: str, words: str) -> None:
    failure = cluster.play("deploy", **variables).failure()
    assert failure["reason"] == reason and words in failure["msg"], failure["msg"]
    assert failure["hint"]
    assert kubectl("get", "namespace", cluster.namespace, "--ignore-not-found") == ""


def test_no_cluster_behind_the_kubeconfig(cluster: Cluster) -> None:
    cluster.env = {"K8S_AUTH_KUBECONFIG": "", "KUBECONFIG": "", "K8S_AUTH_HOST": "https://127.0.0.1:1", "K8S_AUTH_API_KEY": "x"}
    started = time.monotonic()
    failure = cluster.play("deploy").failure()
    assert failure["reason"] == "unreachable" and "https://127.0.0.1:1" in failure["msg"]
    assert time.monotonic() - started < 20


def test_rbac_names_verb_and_resource(cluster: Cluster, tmp_path: t.Any) -> None:
    kubectl("create", "namespace", cluster.namespace)
    kubectl("create", "serviceaccount", "reader", "-n", cluster.namespace)
    kubectl("create", "rolebinding", "reader", "--clusterrole=view", f"--serviceaccount={cluster.namespace}:reader", "-n", cluster.namespace)
    config = json.loads(kubectl("config", "view", "--raw", "--minify", "-o", "json"))
    config["users"][0]["user"] = {"token": kubectl("create", "token", "reader", "-n", cluster.namespace)}
    path = tmp_path / "kubeconfig"
    path.write_text(yaml.safe_dump(config))
    cluster.env = {"K8S_AUTH_KUBECONFIG": str(path), "KUBECONFIG": str(path)}
    before = Cluster(cluster.namespace).versions()
    failure = cluster.play("deploy").failure()
    assert failure["reason"] == "forbidden"
    assert "storageclasses" in failure["msg"] or "pods/proxy" in failure["msg"]
    assert any(verb in failure["msg"] for verb in ("get", "list", "patch", "create"))
    assert Cluster(cluster.namespace).versions() == before
    told = cluster.module("pc_health")
    assert told["reasons"][0]["code"] == "set_missing"


def test_rbac_is_asked_before_a_namespace_is_made(cluster: Cluster) -> None:
    """A user who could make the class and the namespace, but not the members: neither is made."""
    user = f"half-{cluster.namespace[-6:]}"
    rules = [
        {"apiGroups": ["", "storage.k8s.io", "discovery.k8s.io", "apps"], "resources": ["*"], "verbs": ["get", "list"]},
        {"apiGroups": ["", "storage.k8s.io"], "resources": ["namespaces", "storageclasses", "configmaps"], "verbs": ["create", "patch"]},
        {"apiGroups": [""], "resources": ["pods/proxy"], "verbs": ["create"]},
    ]
    role = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": user}, "rules": rules}
    kubectl("apply", "-f", "-", text=json.dumps(role))
    kubectl("create", "clusterrolebinding", user, f"--clusterrole={user}", f"--user={user}")
    try:
        cluster.env = {"K8S_AUTH_IMPERSONATE_USER": user}
        failure = cluster.play("deploy", pc_storage_class=user).failure()
        assert failure["reason"] == "forbidden" and f"in namespace {cluster.namespace}" in failure["msg"], failure["msg"]
        assert kubectl("get", "namespace", cluster.namespace, "--ignore-not-found") == ""
        assert kubectl("get", "storageclass", user, "--ignore-not-found") == ""
    finally:
        kubectl("delete", "clusterrole,clusterrolebinding", user)


def test_a_class_with_other_parameters_is_not_replaced(cluster: Cluster) -> None:
    name = f"other-{cluster.namespace[-6:]}"
    wanted = {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": name}, "provisioner": "ebs.csi.aws.com"}
    kubectl("apply", "-f", "-", text=json.dumps({**wanted, "parameters": {"type": "gp2"}}))
    try:
        failure = cluster.play("deploy", pc_storage_class=name).failure()
        assert failure["reason"] == "class_differs" and "gp2" in json.dumps(failure["refusals"])
        assert kubectl("get", "namespace", cluster.namespace, "--ignore-not-found") == ""
    finally:
        kubectl("delete", "storageclass", name)


def test_a_claim_of_another_size_is_not_taken(cluster: Cluster) -> None:
    kubectl("create", "namespace", cluster.namespace)
    claim = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": f"data-{NAME}-1"},
        "spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": "ssd", "resources": {"requests": {"storage": "3Gi"}}},
    }
    kubectl("apply", "-n", cluster.namespace, "-f", "-", text=json.dumps(claim))
    before = cluster.versions()
    failure = cluster.play("deploy").failure()
    assert failure["reason"] == "claim_taken" and "3Gi" in failure["msg"] and "1Gi" in failure["msg"]
    assert cluster.versions() == before


def test_a_namespace_that_is_being_deleted(cluster: Cluster) -> None:
    kubectl("create", "namespace", cluster.namespace)
    kubectl("create", "configmap", "stays", "-n", cluster.namespace)
    kubectl("patch", "configmap", "stays", "-n", cluster.namespace, "-p", '{"metadata":{"finalizers":["example.com/stays"]}}')
    kubectl("delete", "namespace", cluster.namespace, "--wait=false")
    try:
        failure = cluster.play("deploy").failure()
        assert failure["reason"] == "namespace_terminating" and cluster.namespace in failure["msg"]
    finally:
        kubectl("patch", "configmap", "stays", "-n", cluster.namespace, "--type=json", "-p", '[{"op":"remove","path":"/metadata/finalizers"}]')


def test_a_quota_without_room(cluster: Cluster) -> None:
    kubectl("create", "namespace", cluster.namespace)
    kubectl("create", "quota", "small", "--hard=pods=2", "-n", cluster.namespace)
    end = time.monotonic() + 20
    while not cluster.get("resourcequota", "small").get("status", {}).get("hard") and time.monotonic() < end:
        time.sleep(0.2)
    before = cluster.versions()
    failure = cluster.play("deploy").failure()
    assert failure["reason"] == "quota_exceeded" and "small allows 2 of pods" in failure["msg"]
    assert cluster.versions() == before


def test_a_node_without_room_is_told_in_the_schedulers_words(cluster: Cluster) -> None:
    node = json.loads(kubectl("get", "nodes", "-o", "json"))["items"][0]
    half = f"{int(node['status']['allocatable']['memory'].removesuffix('Ki')) * 6 // 10}Ki"
    resources = {"requests": {"cpu": "10m", "memory": half}, "limits": {"memory": half}}
    started = time.monotonic()
    run = cluster.play("deploy", **{**QUICK, "pc_resources": resources})
    failure = run.failure()
    assert failure["reason"] == "pod_unschedulable" and "Insufficient memory" in failure["msg"], failure["msg"]
    pending = [p for p in cluster.get("pods")["items"] if p["status"]["phase"] == "Pending"]
    assert len(pending) == 1 and time.monotonic() - started < 60
    assert failure["waited_seconds"] < 60
