# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The main job on a real server: in order, under any numeric user, with nothing but the profile's defaults, and as quick as kubectl."""

from __future__ import annotations

import json
import statistics
import time
import typing as t
import urllib.error
import urllib.request
from datetime import datetime
from itertools import pairwise

import pytest

from tests.integration.cluster import NAME, Object, kubectl
from tests.integration.test_deploy import ready_since
from tests.integration.waiting import until

from .conftest import Row
from .members import QUICK, Real

USER = 23456  # neither the image's own nor the collection's default


@pytest.mark.core
def test_members_start_one_after_the_other_and_a_second_deploy_writes_nothing(fresh: Real, row: Row) -> None:
    start = time.monotonic()
    run = fresh.passes("deploy", pc_user=USER)
    row("proven after", f"{time.monotonic() - start:.1f} s")
    pods = fresh.pods()
    for before, after in pairwise(pods):
        assert datetime.fromisoformat(after["metadata"]["creationTimestamp"]) >= ready_since(before)
    assert all(p["spec"]["securityContext"]["runAsUser"] == USER for p in pods)
    assert all(c["restartCount"] == 0 for p in pods for c in p["status"]["containerStatuses"])
    health = run.last("pc_health")
    assert health["healthy"] and health["restart_safe"] == list(fresh.ordinals)
    for ordinal in fresh.ordinals:
        assert set(map(tuple, fresh.voters(ordinal).values())) == {(1, 2, 3)}
    fresh.write("told", "to all")
    until(lambda: [fresh.values(o, "told") for o in fresh.ordinals], lambda found: found == [["to all"]] * 3)
    written = fresh.versions()
    again = fresh.passes("deploy", pc_user=USER)
    assert again.changed == 0 and fresh.versions() == written, again.screen


def test_it_is_deployed_with_the_defaults_of_its_profile_alone(fresh: Real, row: Row) -> None:
    """Probes, resources and sizes are those that nobody has named; the node of a build server is small, so only what it asks for is not."""
    start = time.monotonic()
    small = {"pc_resources": {**QUICK["pc_resources"], "limits": {"memory": "1Gi", "cpu": "1000m"}}}
    run = fresh.passes("deploy", quick=False, **small)
    assert run.last("pc_health")["healthy"]
    row("proven after", f"{time.monotonic() - start:.1f} s")
    assert fresh.passes("deploy", quick=False, **small).changed == 0


def _applied_to(items: list[Object], one: str, other: str) -> str:
    """The objects of a deployment as somebody would keep them in a file, for another namespace."""
    for item in items:
        item.pop("status", None)
        kept = {k: v for k, v in item["metadata"].items() if k in ("name", "labels")}
        item["metadata"] = {**kept, "namespace": other}
        if item["kind"] == "Service":
            item["spec"] = {k: v for k, v in item["spec"].items() if k in ("ports", "selector", "publishNotReadyAddresses")} | (
                {"clusterIP": "None"} if item["spec"]["clusterIP"] == "None" else {}
            )
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": items}).replace(f".{one}.svc", f".{other}.svc")


def _gone(cluster: Real) -> None:
    cluster.remove()
    kubectl("wait", "--for=delete", f"namespace/{cluster.namespace}", "--timeout=110s")


def test_three_members_are_proven_within_half_as_much_again_as_kubectl_takes(fresh: Real, row: Row) -> None:
    """``kubectl apply`` of the same objects and its own wait, in turn with the playbook that also proves them."""
    other = Real.of(fresh.server, f"{fresh.namespace}-k")
    kinds = "secret,configmap,service,pdb,networkpolicy,statefulset"
    mine, theirs = list[float](), list[float]()
    try:
        for _time in range(2):
            start = time.monotonic()
            fresh.passes("deploy", pc_stable_seconds=0)
            mine.append(time.monotonic() - start)
            items = json.loads(kubectl("get", kinds, "-n", fresh.namespace, "-l", "app=robustmq", "-o", "json"))["items"]
            text = _applied_to(items, fresh.namespace, other.namespace)
            _gone(fresh)
            start = time.monotonic()
            kubectl("create", "namespace", other.namespace)
            kubectl("apply", "-f", "-", text=text)
            kubectl("rollout", "status", f"statefulset/{NAME}", "-n", other.namespace, "--timeout=110s")
            theirs.append(time.monotonic() - start)
            _gone(other)
    finally:
        other.remove()
    ratio = statistics.median(mine) / statistics.median(theirs)
    row("beside kubectl apply and rollout status", f"{ratio:.2f}x (limit 1.5x): {_seconds(mine)} and {_seconds(theirs)}")
    assert ratio <= 1.5


def _seconds(taken: t.Sequence[float]) -> str:
    return "/".join(f"{each:.1f}" for each in taken) + " s"


def test_a_login_with_the_password_of_the_makers_template_is_refused(cluster: Real) -> None:
    cluster.server.only("v0_4", "it has no administrator")
    for pod in cluster.pods():
        said = login(str(pod["status"]["podIP"]), "admin", "admin")
        assert "token" not in said, said


def login(address: str, user: str, password: str) -> str:
    """What a member's HTTP port answers to a login, whatever its status."""
    body = json.dumps({"username": user, "password": password}).encode()
    asked = urllib.request.Request(f"http://{address}:58080/api/v1/login", body, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(asked, timeout=5) as answer:
            return str(answer.read().decode())
    except urllib.error.HTTPError as refused:
        return refused.read().decode()
