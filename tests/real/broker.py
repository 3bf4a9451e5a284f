# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""One broker beside the members, from the same image: what MQTT clients of such a cluster talk to."""

from __future__ import annotations

import json
import pathlib
import socket
import subprocess

from tests.integration.cluster import NAME, Object, kubectl
from tests.integration.waiting import until

from .members import Real

POD = "broker"
USER, PASSWORD = "mqtt", "kept-for-this-test"  # not the template's own, which opens every such broker
MQTT = 1883
ID = 101  # not a member's
DATA, CONFIG = "/robustmq/data", "/robustmq/config"


def start(cluster: Real, folder: pathlib.Path) -> str:
    """Make it and wait until it takes clients; ``folder`` is for its certificate. Returns its address."""
    for made in (_files("configmap", _texts(cluster)), _files("secret", _certificate(folder)), _pod(cluster)):
        kubectl("apply", "-n", cluster.namespace, "-f", "-", text=json.dumps(made))
    address = until(lambda: cluster.get("pod", POD)["status"].get("podIP"), what="the broker's pod has no address")
    until(lambda: _listens(address), seconds=60, what=f"the broker does not listen: {kubectl('logs', POD, '-n', cluster.namespace, check=False)[-2000:]}")
    return str(address)


def _listens(address: str) -> bool:
    with socket.socket() as each:
        each.settimeout(1)
        return each.connect_ex((address, MQTT)) == 0


def _files(kind: str, texts: dict[str, str]) -> Object:
    if kind == "secret":
        return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": POD}, "stringData": texts}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": POD}, "data": texts}


def _texts(cluster: Real) -> dict[str, str]:
    peers = "\n".join(f'{o} = "{NAME}-{o}.{NAME}-headless.{cluster.namespace}.svc.cluster.local:1228"' for o in cluster.ordinals)
    server = f"""
cluster_name = "{NAME}"
broker_id = {ID}
roles = ["broker", "engine"]
grpc_port = 1228
http_port = 58080
data_path = "{DATA}"

[meta_addrs]
{peers}

[log]
log_config = "{CONFIG}/logger.toml"
log_path = "{DATA}/logs"

[runtime]
server_worker_threads = 16

[storage_runtime]
data_path = ["{DATA}/engine"]

[broker_network]
tls_cert = "/robustmq/certificate/cert.pem"
tls_key = "/robustmq/certificate/key.pem"

[mqtt_runtime.auth]
default_user = "{USER}"
default_password = "{PASSWORD}"
"""
    logger = '[stdout]\nkind = "console"\ntargets = [{ path = "", level = "info" }]\n'
    return {"server.toml": server, "logger.toml": logger}


def _certificate(folder: pathlib.Path) -> dict[str, str]:
    """Self-signed: it has to exist, and no client here looks at it."""
    words = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={POD}", "-keyout", "key.pem", "-out", "cert.pem"]
    subprocess.run(words, cwd=folder, check=True, capture_output=True)
    return {name: (folder / name).read_text() for name in ("cert.pem", "key.pem")}


def _pod(cluster: Real) -> Object:
    container = {
        "name": POD,
        "image": cluster.server.image,
        "command": ["/robustmq/libs/broker-server", f"--conf={CONFIG}/server.toml"],
        "resources": {"requests": {"cpu": "20m", "memory": "64Mi"}, "limits": {"memory": "1Gi"}},
        "volumeMounts": [
            {"name": "config", "mountPath": CONFIG},
            {"name": "certificate", "mountPath": "/robustmq/certificate"},
            {"name": "data", "mountPath": DATA},
        ],
    }
    volumes = [
        {"name": "config", "configMap": {"name": POD}},
        {"name": "certificate", "secret": {"secretName": POD}},
        {"name": "data", "emptyDir": {}},
    ]
    security = {"runAsUser": 1000, "runAsGroup": 1000, "fsGroup": 1000}
    spec = {"containers": [container], "volumes": volumes, "securityContext": security, "terminationGracePeriodSeconds": 1}
    # By this label the members' network policy knows their clients.
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": POD, "labels": {"app": "robustmq", "component": POD}}, "spec": spec}
