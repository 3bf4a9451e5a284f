# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A backup restored beside the cluster that it was made of: proven, signed, gone again, and that cluster none the wiser."""

from __future__ import annotations

import json
import typing as t

import pytest

from .backups import PREFIX, RESTIC, made, repository
from .cluster import NAME, Cluster, Object, kubectl
from .operator_account import Operator
from .test_deploy import wait_healthy
from .updating import deployed, start, until, upgrade
from .writer import Writer


def left(cluster: Cluster) -> list[str]:
    """Whatever drills of this cluster have made, anywhere."""
    kinds = "namespaces,persistentvolumes,persistentvolumeclaims,jobs,configmaps,services,statefulsets"
    found = json.loads(kubectl("get", kinds, "-A", "-l", f"{PREFIX}/drill={cluster.namespace}", "-o", "json"))["items"]
    return [f"{o['kind']}/{o['metadata']['name']}" for o in found]


def untouched(cluster: Cluster, but: str) -> Object:
    """Every object of the cluster and its pods, with their versions; without the one that may change."""
    pods = {p["metadata"]["name"]: p["metadata"]["uid"] for p in cluster.get("pods")["items"] if p["metadata"]["labels"].get("component") == NAME}
    return {**{name: version for name, version in cluster.versions().items() if name != f"ConfigMap/{but}"}, **pods}


def test_a_drill_proves_a_backup_and_touches_nothing(cluster: Cluster, operator: t.Callable[..., Operator]) -> None:
    kubeconfig = operator("observe", "backup", "drill").kubeconfig
    deployed(cluster)
    wait_healthy(cluster)
    backup = made(cluster)["id"]
    refused = upgrade(cluster, "0.4.0", pc_proof_max_age=1).failure()
    assert refused["reason"] == "proof_too_old", refused
    before = untouched(cluster, f"{NAME}-b-{backup}")
    with Writer(cluster) as writer:
        run = start(cluster, "", "drill", pc_step_timeout=120)
        run.until(lambda: any("on the copy" in line for line in run.lines), "copies that run")
        run.kill()
        assert any(each.startswith("Namespace/") for each in left(cluster))
        cluster.env["K8S_AUTH_KUBECONFIG"] = kubeconfig
        again = cluster.play("drill")
        assert again.code == 0, again.screen
    result = again.last("pc_drill")
    assert result["id"] == backup and result["proven"] and any(each.startswith("Namespace/") for each in result["cleaned"])
    until(lambda: left(cluster) == [], "all of it is gone")
    assert untouched(cluster, f"{NAME}-b-{backup}") == before
    (known,) = cluster.module("pc_backup_info")["backups"]
    assert (known["level"], known["proven"]) == (3, result["proven"])
    del cluster.env["K8S_AUTH_KUBECONFIG"]
    assert upgrade(cluster, "0.4.0", "--check", pc_proof_max_age=1, pc_backup_max_age=1).code == 0
    assert writer.missing() == []


@pytest.mark.long
def test_a_drill_of_a_repository_that_is_a_claim(cluster: Cluster) -> None:
    deployed(cluster)
    wait_healthy(cluster)
    repository(cluster)
    backup = made(cluster, **RESTIC)["id"]
    run = cluster.play("drill", **RESTIC)
    assert run.code == 0 and run.last("pc_drill")["id"] == backup, run.screen
    until(lambda: left(cluster) == [], "all of it is gone")
