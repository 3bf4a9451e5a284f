# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real server's administrator: nobody knows the login but the Secret, and another login is an update like another."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
import urllib.error
import urllib.request

from tests.integration.cluster import NAME, kubectl
from tests.integration.login import logs_in
from tests.integration.test_admin import secret, values

from .conftest import Row
from .members import Real


def let_in(cluster: Real, user: str, password: str) -> list[bool]:
    return [logs_in(str(pod["status"]["podIP"]), user, password) for pod in cluster.pods()]


def token(jwt_secret: str) -> str:
    """What whoever knows the secret of the tokens makes for himself, without a login."""

    def plain(raw: bytes) -> str:
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

    now = int(time.time())
    parts = [plain(json.dumps(part).encode()) for part in ({"typ": "JWT", "alg": "HS256"}, {"sub": "admin", "iat": now, "exp": now + 600})]
    return ".".join([*parts, plain(hmac.new(jwt_secret.encode(), ".".join(parts).encode(), hashlib.sha256).digest())])


def taken(cluster: Real, given: str) -> list[bool]:
    """Does the administrator's API take this token?"""
    found = []
    for pod in cluster.pods():
        url = f"http://{pod['status']['podIP']}:58080/api/cluster/config/get"
        try:
            urllib.request.urlopen(urllib.request.Request(url, b"{}", {"Authorization": f"Bearer {given}", "Content-Type": "application/json"}), timeout=5)
            found.append(True)
        except urllib.error.HTTPError as refused:
            found.append(refused.code != 401)
    return found


def logs(cluster: Real) -> str:
    return "".join(kubectl("logs", f"{NAME}-{o}", "-n", cluster.namespace) for o in cluster.ordinals)


def test_only_the_secret_logs_in_and_its_change_is_a_gated_update(fresh: Real, row: Row) -> None:
    fresh.server.only("v0_4", "it has no administrator")
    fresh.passes("deploy")
    before = values(fresh)
    for user, password in (("admin", "admin"), ("false", "false"), ("", "")):
        assert let_in(fresh, user, password) == [False] * 3, (user, password)
    assert let_in(fresh, before["username"], before["password"]) == [True] * 3
    assert taken(fresh, token("robustmq-change-me-in-production")) == [False] * 3, "signed with the template's secret"
    assert taken(fresh, token(before["jwt_secret"])) == [True] * 3
    assert not any(before[key] in logs(fresh) for key in ("password", "jwt_secret")), "it logs its whole configuration unless it is told not to"

    after = {"username": 'op"s', "password": f"\\\"'#=[x]ü {secrets.token_hex(8)}", "jwt_secret": secrets.token_hex(32)}
    secret(fresh, **after)
    run = fresh.passes("deploy")
    gaps = [step["write_gap_ms"] for step in run.last("pc_partition_step")["receipt"]["steps"] if step.get("write_gap_ms") is not None]
    row("writes stopped", f"{sum(gaps) / 1000:.1f} s in all" if gaps else "not measured")
    assert let_in(fresh, after["username"], after["password"]) == [True] * 3
    assert let_in(fresh, before["username"], before["password"]) == [False] * 3
    assert taken(fresh, token(before["jwt_secret"])) == [False] * 3, "tokens of before are void"
    assert not any(after[key] in logs(fresh) for key in ("password", "jwt_secret"))


def test_a_member_without_the_variables_does_not_start(fresh: Real) -> None:
    """What stands in the file is no text, so that the server ends rather than let anybody in by it."""
    fresh.server.only("v0_4", "it has no administrator")
    fresh.passes("deploy")
    index = {"name": "ROBUST_MQ_SERVER_BROKER_ID", "valueFrom": {"fieldRef": {"fieldPath": "metadata.labels['apps.kubernetes.io/pod-index']"}}}
    alone = fresh.get("pod", f"{NAME}-3")["spec"]["containers"][0] | {"env": [index]}
    for part in ("readinessProbe", "startupProbe"):
        alone.pop(part, None)
    alone["volumeMounts"] = [m for m in alone["volumeMounts"] if m["name"] in ("config", "data")]
    config = next(v for v in fresh.get("statefulset", NAME)["spec"]["template"]["spec"]["volumes"] if v["name"] == "config")
    meta = {"name": "alone", "labels": {"apps.kubernetes.io/pod-index": "9"}}
    spec = {"containers": [alone], "volumes": [config, {"name": "data", "emptyDir": {}}], "restartPolicy": "Never", "securityContext": {"runAsUser": 1000}}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": spec}
    kubectl("apply", "-n", fresh.namespace, "-f", "-", text=json.dumps(pod))
    kubectl("wait", "pod/alone", "-n", fresh.namespace, "--for=jsonpath={.status.phase}=Failed", "--timeout=60s")
    assert "expected a string" in kubectl("logs", "alone", "-n", fresh.namespace)
