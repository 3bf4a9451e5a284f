# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real server's administrator: nobody knows the login but the Secret, and another login is an update like another."""

from __future__ import annotations

import json
import secrets

from tests.integration.cluster import NAME, kubectl
from tests.integration.login import logs_in
from tests.integration.test_admin import secret, values

from .conftest import Row
from .members import Real


def let_in(cluster: Real, user: str, password: str) -> list[bool]:
    return [logs_in(str(pod["status"]["podIP"]), user, password) for pod in cluster.pods()]


def logs(cluster: Real) -> str:
    return "".join(kubectl("logs", f"{NAME}-{o}", "-n", cluster.namespace) for o in cluster.ordinals)


def test_only_the_secret_logs_in_and_its_change_is_a_gated_update(fresh: Real, row: Row) -> None:
    fresh.server.only("v0_4", "it has no administrator")
    fresh.passes("deploy")
    before = values(fresh)
    for user, password in (("admin", "admin"), ("false", "false"), ("", "")):
        assert let_in(fresh, user, password) == [False] * 3, (user, password)
    assert let_in(fresh, before["username"], before["password"]) == [True] * 3
    assert not any(before[key] in logs(fresh) for key in ("password", "jwt_secret")), "it logs its whole configuration unless it is told not to"

    after = {"username": 'op"s', "password": f"\\\"'#=[x]ü {secrets.token_hex(8)}", "jwt_secret": secrets.token_hex(32)}
    secret(fresh, **after)
    run = fresh.passes("deploy")
    gaps = [step["write_gap_ms"] for step in run.last("pc_partition_step")["receipt"]["steps"] if step.get("write_gap_ms") is not None]
    row("writes stopped", f"{sum(gaps) / 1000:.1f} s in all" if gaps else "not measured")
    assert let_in(fresh, after["username"], after["password"]) == [True] * 3
    assert let_in(fresh, before["username"], before["password"]) == [False] * 3
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
