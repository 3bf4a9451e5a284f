# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A user of the cluster with the documented Roles and no other right."""

from __future__ import annotations

import json
import pathlib

import yaml
from ansible_collections.robustmq.placement_center.plugins.module_utils._rights import Right

from .cluster import Cluster, Object, kubectl

ROLES = pathlib.Path(__file__).parents[2] / "docs/permissions"


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
