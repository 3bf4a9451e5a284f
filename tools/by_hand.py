# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The facts of one pc_health, asked for as a playbook would without this collection: kubernetes.core and uri tasks."""

from __future__ import annotations

import base64
import json
import pathlib
import typing as t

from tests.integration.cluster import NAME, kubectl

Task = dict[str, t.Any]

KINDS = {
    "StatefulSet": "apps/v1",
    "Pod": "v1",
    "PersistentVolumeClaim": "v1",
    "PodDisruptionBudget": "policy/v1",
    "EndpointSlice": "discovery.k8s.io/v1",
    "Event": "v1",
    "Node": "v1",
}
STATUS = ":1228/proxy/meta.service.common.MetaServiceService/ClusterStatus"


def tasks(name: str, namespace: str, members: int, folder: pathlib.Path) -> list[Task]:
    """Tasks of one name, one a question; ``folder`` must stay until they have run."""
    ask = _asker(namespace, folder)
    frame = folder / "empty-message"
    frame.write_bytes(b"\0\0\0\0\0")
    node = json.loads(kubectl("get", "nodes", "-o", "json"))["items"][0]["metadata"]["name"]
    found: list[Task] = [{"kubernetes.core.k8s_info": {"kind": kind, "api_version": version, "namespace": namespace}} for kind, version in KINDS.items()]
    found.append(ask(f"nodes/{node}/proxy/stats/summary"))
    for ordinal in range(members):
        pod = f"namespaces/{namespace}/pods/{NAME}-{ordinal}"
        found += [ask(f"{pod}:1227/proxy/health/ready"), ask(f"{pod}:1227/proxy/health/alive")]
        found.append(ask(pod + STATUS, frame, **{"Content-Type": "application/grpc-web+proto", "X-Grpc-Web": "1"}))
    return [{"name": name, **task} for task in found]


def _asker(namespace: str, folder: pathlib.Path) -> t.Callable[..., Task]:
    """Makes uri tasks that ask the API server as a service account who may do everything."""
    kubectl("create", "serviceaccount", "by-hand", "-n", namespace)
    kubectl("create", "clusterrolebinding", f"{namespace}-by-hand", "--clusterrole=cluster-admin", f"--serviceaccount={namespace}:by-hand")
    token = kubectl("create", "token", "by-hand", "-n", namespace).strip()
    cluster = json.loads(kubectl("config", "view", "--raw", "--minify", "-o", "json"))["clusters"][0]["cluster"]
    authority = folder / "ca.crt"
    authority.write_bytes(base64.b64decode(cluster["certificate-authority-data"]))

    def ask(path: str, body: pathlib.Path | None = None, **headers: str) -> Task:
        options = {"url": f"{cluster['server']}/api/v1/{path}", "ca_path": str(authority), "return_content": not body}
        sent = {"method": "POST", "src": str(body), "remote_src": True} if body else {}
        return {"ansible.builtin.uri": {**options, **sent, "headers": {"Authorization": f"Bearer {token}", **headers}}}

    return ask


def clear(namespace: str) -> None:
    """The right that the questions needed."""
    kubectl("delete", "clusterrolebinding", f"{namespace}-by-hand", "--ignore-not-found")
