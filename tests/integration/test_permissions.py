# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documented Roles are enough, each right in them is needed, and a missing one is said by name."""

from __future__ import annotations

import json
import pathlib
import typing as t

import pytest
import yaml
from ansible_collections.robustmq.placement_center.plugins.module_utils._rights import HEALTH, Right

from .cluster import NAME, Cluster, Object, kubectl
from .looking import codes, look
from .test_deploy import wait_healthy

ROLES = pathlib.Path(__file__).parents[2] / "docs/permissions"
SPACE_OFF = {"min_free_percent": 0}


class Operator:
    """A service account with the rights of some files, and a kubeconfig of its own."""

    def __init__(self, cluster: Cluster, folder: pathlib.Path, *files: str, without: Right | None = None) -> None:
        self.cluster, self.made = cluster, list[Object]()
        kubectl("create", "namespace", cluster.namespace)
        kubectl("create", "serviceaccount", "operator", "-n", cluster.namespace)
        for file in files:
            found = yaml.safe_load((ROLES / f"{file}.yml").read_text())
            for role in found.get("items", [found]):
                self.grant(role, without)
        self.kubeconfig = self._kubeconfig(folder)

    def grant(self, role: Object, without: Right | None = None) -> None:
        """Make a Role of its own name, and bind it."""
        space = role["metadata"].get("namespace", self.cluster.namespace)
        name = f"{role['metadata']['name']}-{self.cluster.namespace}"
        role = {**role, "metadata": {"name": name}, "rules": less(role["rules"], without)}
        binding = {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": f"{role['kind']}Binding",
            "metadata": {"name": name},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": role["kind"], "name": name},
            "subjects": [{"kind": "ServiceAccount", "name": "operator", "namespace": self.cluster.namespace}],
        }
        for made in (role, binding):
            kubectl("apply", "-n", space, "-f", "-", text=json.dumps(made))
            self.made.append({"kind": made["kind"], "name": name, "namespace": space})

    def _kubeconfig(self, folder: pathlib.Path) -> str:
        token = kubectl("create", "token", "operator", "-n", self.cluster.namespace).strip()
        config = json.loads(kubectl("config", "view", "--raw", "-o", "json"))
        config["users"] = [{"name": "operator", "user": {"token": token}}]
        config["contexts"] = [{"name": "operator", "context": {"cluster": config["clusters"][0]["name"], "user": "operator"}}]
        path = folder / "kubeconfig"
        path.write_text(json.dumps({**config, "current-context": "operator"}))
        return str(path)

    def remove(self) -> None:
        for made in self.made:
            kubectl("delete", made["kind"], made["name"], "-n", made["namespace"], check=False)


def less(rules: list[Object], without: Right | None) -> list[Object]:
    """The rules without one verb on one resource."""
    kept = []
    for rule in rules:
        for resource in rule["resources"]:
            verbs = [v for v in rule["verbs"] if without is None or (v, resource) != (without.verb, without.resource)]
            kept += [{**rule, "resources": [resource], "verbs": verbs}] if verbs else []
    return kept


@pytest.fixture
def operator(cluster: Cluster, tmp_path: pathlib.Path) -> t.Iterator[t.Callable[..., Operator]]:
    made: list[Operator] = []

    def make(*files: str, without: Right | None = None) -> Operator:
        made.append(Operator(cluster, tmp_path, *files, without=without))
        return made[-1]

    yield make
    for each in made:
        each.remove()


def test_the_documented_roles_are_enough_for_every_playbook(cluster: Cluster, operator: t.Callable[..., Operator]) -> None:
    cluster.env["K8S_AUTH_KUBECONFIG"] = operator("observe", "deploy", "api-server", "node-statistics").kubeconfig
    run = cluster.play("deploy")
    assert run.code == 0, run.screen
    again = cluster.play("deploy")
    assert again.code == 0 and again.changed == 0, again.screen
    kubectl("wait", "--for=condition=Ready", "pod", "-l", f"component={NAME}", "-n", cluster.namespace, check=False)
    wait_healthy(cluster)
    status = cluster.play("status", pc_must_pass=True)
    assert status.code == 0, status.screen
    claims = cluster.module("pc_pvc_check")
    assert claims["ok"], claims
    gone = cluster.play("destroy", pc_confirm=NAME, pc_destroy_claims=True)
    assert gone.code == 0, gone.screen


def test_without_node_statistics_free_space_is_unknown_and_only_that(cluster: Cluster, operator: t.Callable[..., Operator]) -> None:
    kubeconfig = operator("observe").kubeconfig
    assert cluster.play("deploy").code == 0
    found = look(cluster.namespace, kubeconfig=kubeconfig)
    assert codes(found) == {"free_space_unknown"} and all("nodes/proxy" in r["message"] for r in found["reasons"])
    assert look(cluster.namespace, kubeconfig=kubeconfig, **SPACE_OFF)["healthy"]
    for right in HEALTH:
        admin_takes_away_and_gives_back(cluster, kubeconfig, right)


def admin_takes_away_and_gives_back(cluster: Cluster, kubeconfig: str, right: Right) -> None:
    kind = "ClusterRole" if right.everywhere else "Role"
    name = f"placement-center-observe-{cluster.namespace}"
    role = json.loads(kubectl("get", kind, name, "-n", cluster.namespace, "-o", "json"))
    poorer = {**role, "metadata": {"name": name}, "rules": less(role["rules"], right)}
    kubectl("apply", "-n", cluster.namespace, "-f", "-", text=json.dumps(poorer))
    found = look(cluster.namespace, kubeconfig=kubeconfig, **SPACE_OFF, wait_timeout=1 if right.verb == "watch" else 0)
    kubectl("apply", "-n", cluster.namespace, "-f", "-", text=json.dumps({**role, "metadata": {"name": name}}))
    if right.verb == "watch":  # only shortens a wait
        return
    assert not found["healthy"] and "forbidden" in codes(found), (right, found)
    said = found.get("msg", "") + " ".join(r["message"] for r in found["reasons"] if r["code"] == "forbidden")
    assert right.verb in said and right.resource.split("/")[0] in said, (right, said)


def test_a_deployment_asks_for_what_its_proof_will_need(cluster: Cluster, operator: t.Callable[..., Operator]) -> None:
    cluster.env["K8S_AUTH_KUBECONFIG"] = operator("observe", "deploy", "api-server", without=Right("list", "events")).kubeconfig
    failure = cluster.play("deploy").failure()
    assert failure["reason"] == "forbidden" and "list events" in failure["msg"]
    assert cluster.get("configmap")["items"] == [c for c in cluster.get("configmap")["items"] if c["metadata"]["name"] == "kube-root-ca.crt"]
