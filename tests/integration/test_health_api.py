# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""pc_health through an API server that is slow, fails, cuts, lies or refuses; and 500 times through a sound one."""

from __future__ import annotations

import base64
import json
import os
import pathlib
import subprocess
import threading
import time
import typing as t

import pytest

from .api_proxy import api_server, through
from .cluster import Cluster, Object, kubectl
from .faults import told
from .health_rows import whole
from .looking import again, codes, findings, job, look

MOODS: tuple[Object, ...] = ({"delay": 2.0}, {"failing": 0.3}, {"cutting": 0.3}, {"failing": 0.15, "cutting": 0.15, "delay": 0.1})
TIMES = 10


def test_an_api_server_that_is_slow_or_fails_changes_no_verdict(cluster: Cluster) -> None:
    """The whole cluster reads healthy through it, and a sick one never does."""
    assert cluster.play("deploy").code == 0
    whole(cluster)
    for mood in MOODS:
        with api_server(**mood) as (options, done):
            for _turn in range(3 if "failing" not in mood and "cutting" not in mood else TIMES):
                found = look(cluster.namespace, **options)
                assert found["healthy"], (mood, found.get("msg") or found["summary"])
            print(mood, f"{done.hurt} of {done.requests} requests hurt, the last look took {found['seconds']:.1f} s")
    with told(cluster, 2, "never_ready"):
        for mood in MOODS:
            with api_server(**mood) as (options, done):
                for _turn in range(2 if "failing" not in mood and "cutting" not in mood else TIMES):
                    found = look(cluster.namespace, **options)
                    assert not found["healthy"] and codes(found) & {"raft_not_ready", "unreachable"}, (mood, found)
    whole(cluster)
    a_node_in_need(cluster)
    credentials(cluster)


def a_node_in_need(cluster: Cluster) -> None:
    """What a real node cannot be made to say while others use it, the proxy says in its place."""

    def condition(kind: str, status: str) -> t.Callable[[str, Object], None]:
        def edit(path: str, said: Object) -> None:
            if said.get("kind") == "Node":
                said["status"]["conditions"] = [{"type": "Ready", "status": "True"}, {"type": kind, "status": status}]

        return edit

    def measured_nothing(path: str, said: Object) -> None:
        for pod in said.get("pods", []) if path.endswith("/stats/summary") else []:
            pod.pop("volume", None)

    members = (0, 1, 2)
    for edit, code in (
        (condition("Ready", "False"), "node_not_ready"),
        (condition("Ready", "Unknown"), "node_not_ready"),
        (condition("DiskPressure", "True"), "node_pressure"),
        (measured_nothing, "free_space_unknown"),
    ):
        with api_server(edit=edit) as (options, _done):
            found = look(cluster.namespace, **options)
        assert findings(found) == {(code, m) for m in members}, (code, findings(found))


def credentials(cluster: Cluster) -> None:
    """Credentials that are wrong, expired or withdrawn are named as such."""
    address = json.loads(kubectl("config", "view", "-o", "json"))["clusters"][0]["cluster"]["server"]
    kubectl("create", "serviceaccount", "watcher", "-n", cluster.namespace)
    token = kubectl("create", "token", "watcher", "-n", cluster.namespace).strip()
    found = look(cluster.namespace, **through(address, token=token))
    assert found["reason"] == "forbidden" and not found["healthy"], found
    kubectl("delete", "serviceaccount", "watcher", "-n", cluster.namespace)
    time.sleep(11)  # the API server remembers a token that was good for ten seconds
    for bad, word in (("nonsense", "credentials"), (expired(token), "the token has expired"), (token, "credentials")):
        found = look(cluster.namespace, **through(address, token=bad))
        assert found["reason"] == "unreachable" and word in found["msg"] and not found["healthy"], found


def expired(token: str) -> str:
    """The same token as if it had been made yesterday, signed by the cluster's own key."""

    def packed(data: bytes) -> str:
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

    head, claims, _signature = token.split(".")
    said = json.loads(base64.urlsafe_b64decode(claims + "=="))
    for claim in ("exp", "iat", "nbf"):
        said[claim] -= 86400
    body = f"{head}.{packed(json.dumps(said).encode())}"
    key = pathlib.Path(os.environ["KUBECONFIG"]).parents[1] / "pki/sa.key"
    signed = subprocess.run(["openssl", "dgst", "-sha256", "-sign", str(key)], input=body.encode(), capture_output=True, check=True)
    return f"{body}.{packed(signed.stdout)}"


class Churn(threading.Thread):
    """Pods of others that come, crash, end and go in the same namespace."""

    def __init__(self, cluster: Cluster, image: str) -> None:
        super().__init__(daemon=True)
        self.namespace, self.image, self.ended, self.turns = cluster.namespace, image, threading.Event(), 0

    def run(self) -> None:
        words = ["-n", self.namespace]
        program = "/robustmq/libs/placement-center"
        kubectl("create", "deployment", "crasher", f"--image={self.image}", *words, "--", program, "--conf", "/none")
        while not self.ended.wait(2):
            self.turns += 1
            kubectl("scale", "deployment", "crasher", f"--replicas={self.turns % 3}", *words)
            kubectl("create", "job", f"job-{self.turns}", f"--image={self.image}", *words, "--", program, "fault", "list")
            kubectl("delete", "job", f"job-{self.turns - 2}", "--ignore-not-found", "--wait=false", *words)


@pytest.mark.long
def test_healthy_reads_healthy_500_times(cluster: Cluster) -> None:
    run = cluster.play("deploy")
    assert run.code == 0
    whole(cluster)
    churn = Churn(cluster, run.last("pc_health")["rollout"]["image"])
    churn.start()
    # New connections for every tenth: what a module does, at half its cost.
    seen = [again(given) for given in (job(cluster.namespace) for _job in range(50)) for _call in range(10)]
    churn.ended.set()
    churn.join()
    untrue = [found.get("msg") or found["summary"] for found in seen if not found["healthy"]]
    took = sorted(found["seconds"] for found in seen)
    print(f"median {took[250]:.3f} s, slowest {took[-1]:.3f} s, {churn.turns} rounds of pods elsewhere")
    assert not untrue, f"{len(untrue)} of 500: {untrue[:3]}"
    assert churn.turns > 5
