# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Deployed with no variable but the namespace's, the live objects are the contract's, field by field."""

from __future__ import annotations

import json
import pathlib
import sys
import typing as t

from .cluster import NAME, Cluster, Object, kubectl

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "unit/plugins/module_utils"))
from contract import ADDED, CONTRACT_CLASS, CONTRACT_SET, overlay

# What the API server adds by itself to fields that are not set.
DEFAULTED = {
    "creationTimestamp",
    "dnsPolicy",
    "maxUnavailable",
    "persistentVolumeClaimRetentionPolicy",
    "restartPolicy",
    "revisionHistoryLimit",
    "schedulerName",
    "scheme",
    "serviceAccount",
    "status",
    "terminationMessagePath",
    "terminationMessagePolicy",
    "volumeMode",
    "defaultMode",
    "apiVersion",
    "kind",
}


def differences(path: str, want: t.Any, live: t.Any) -> t.Iterator[str]:
    """Every place where the live object is not the wanted one; a field of its own must be one that the server defaults."""
    if isinstance(want, dict) and isinstance(live, dict):
        for key in want.keys() - live.keys():
            yield f"{path}.{key} is missing"
        for key in live.keys() - want.keys() - DEFAULTED:
            yield f"{path}.{key} is more than the contract: {live[key]!r}"
        for key in want.keys() & live.keys():
            yield from differences(f"{path}.{key}", want[key], live[key])
    elif isinstance(want, list) and isinstance(live, list) and len(want) == len(live):
        for index, (a, b) in enumerate(zip(want, live)):
            yield from differences(f"{path}[{index}]", a, b)
    elif normal(want) != normal(live):
        yield f"{path}: {live!r}, the contract says {want!r}"


def normal(value: t.Any) -> t.Any:
    """1000m and 1 are one quantity; the API server writes the shorter."""
    return "1" if value == "1000m" else value


def test_the_live_set_and_class_are_the_contract(cluster: Cluster) -> None:
    cluster.namespace = "robustmq"
    run = cluster.play("deploy", quick=False)
    assert run.code == 0, run.screen
    live = cluster.get("statefulset", NAME)
    config = live["spec"]["template"]["spec"]["volumes"][0]["configMap"]["name"]
    copy, plain = cluster.get("configmap", config), cluster.get("configmap", f"{NAME}-config")
    assert config.startswith(f"{NAME}-config-") and copy["immutable"] and copy["data"] == plain["data"]
    want: Object = overlay(CONTRACT_SET, ADDED)
    want["spec"]["template"]["spec"]["volumes"][0]["configMap"]["name"] = config
    assert list(differences("spec", want["spec"], live["spec"])) == []
    assert live["metadata"]["labels"] == want["metadata"]["labels"]
    kind = json.loads(kubectl("get", "storageclass", "ssd", "-o", "json"))
    kind.pop("metadata")
    wanted_class = {k: v for k, v in CONTRACT_CLASS.items() if k != "metadata"} | {"volumeBindingMode": "WaitForFirstConsumer"}
    assert list(differences("class", wanted_class, kind)) == []
    for claim in cluster.get("pvc")["items"]:
        assert claim["status"]["capacity"]["storage"] == "20Gi" and claim["spec"]["accessModes"] == ["ReadWriteOnce"]
        volume = json.loads(kubectl("get", "pv", claim["spec"]["volumeName"], "-o", "json"))
        assert volume["spec"]["persistentVolumeReclaimPolicy"] == "Retain"
    headless, client = cluster.get("service", f"{NAME}-headless"), cluster.get("service", NAME)
    assert headless["spec"]["clusterIP"] == "None" and headless["spec"]["publishNotReadyAddresses"]
    assert [p["port"] for p in client["spec"]["ports"]] == [1228, 1227]
    assert cluster.get("pdb", NAME)["spec"]["maxUnavailable"] == 1
    assert run.last("pc_health")["healthy"]
