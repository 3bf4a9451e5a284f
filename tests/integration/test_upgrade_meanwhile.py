# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What happens to a cluster while its members are moved: the update waits where it must, goes on, and ends right."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import signal
import time

import pytest

from testbed import node, paths, processes

from .api_proxy import api_server
from .cluster import NAME, Cluster, kubectl
from .faults import kill
from .test_deploy import wait_healthy
from .updating import deployed, identity, images, moving, serves, start, until
from .writer import Writer


def leading(cluster: Cluster, *among: int) -> int:
    """Who of these leads."""
    found: list[int] = []

    def asked() -> bool:
        for ordinal in among:
            with contextlib.suppress(OSError, ValueError):
                found.extend([ordinal] if any(group["state"] == "Leader" for group in cluster.raft(ordinal).values()) else [])
        return bool(found)

    until(asked, f"a leader among {among}", 30)
    return found[0]


def evict(cluster: Cluster, ordinal: int) -> str:
    """Ask for it as a node drain does; returns what the API server says against it."""
    meta = {"name": f"{NAME}-{ordinal}", "namespace": cluster.namespace}
    body = json.dumps({"apiVersion": "policy/v1", "kind": "Eviction", "metadata": meta})
    path = f"/api/v1/namespaces/{cluster.namespace}/pods/{meta['name']}/eviction"
    try:
        kubectl("create", "--raw", path, "-f", "-", text=body)
    except AssertionError as refused:
        return str(refused)
    return ""


def taken_away(cluster: Cluster, ordinal: int) -> None:
    """Evicted, and where the disruption budget refuses that, as it does soon after another has gone, deleted."""
    if said := evict(cluster, ordinal):
        assert "disruption budget" in said, said
        kubectl("delete", "pod", f"{NAME}-{ordinal}", "-n", cluster.namespace, "--wait=false")


def test_members_that_others_take_meanwhile_come_back_on_the_revision_that_is_theirs(cluster: Cluster) -> None:
    """The leader is killed; a member that was not updated yet, and one that was, are taken away."""
    deployed(cluster)
    wait_healthy(cluster)
    with Writer(cluster) as writer:
        run = start(cluster, "0.4.0")
        moving(cluster, run, 2)
        kill(cluster, leading(cluster, 0, 1))
        moving(cluster, run, 1)
        updated = identity(cluster, 2)
        taken_away(cluster, 2)
        assert run.ends() == 0 and images(cluster) == ["0.4.0"] * 3, run.screen
        assert identity(cluster, 2) not in ("", updated)
        run = start(cluster, "0.4.1")
        moving(cluster, run, 2)
        waiting = identity(cluster, 0)
        taken_away(cluster, 0)
        run.until(lambda: identity(cluster, 0) not in ("", waiting) and serves(cluster, 0, "0.4.0"), "member 0 back on the revision that it had")
        assert run.ends() == 0 and images(cluster) == ["0.4.1"] * 3, run.screen
        wait_healthy(cluster)
    assert writer.missing() == []


def restart_kubelet(seconds: float) -> None:
    """Kill the node's kubelet, and start it again as the testbed does."""
    daemon = node.kubelet((paths.BIN / "kubectl").resolve())
    pid = processes.running_pid(daemon)
    assert pid, "the node has a kubelet"
    os.kill(pid, signal.SIGKILL)
    try:
        time.sleep(seconds)
    finally:
        until(lambda: processes.running_pid(daemon) is None, "the old kubelet is gone")
        processes.start(daemon)


@pytest.mark.long
def test_kubelet_and_api_server_may_go_away_in_the_middle(cluster: Cluster, tmp_path: pathlib.Path) -> None:
    """The API server for longer than a Lease lasts, as far as the one who updates can see; the kubelet for a moment; at last the API server for good."""
    deployed(cluster)
    wait_healthy(cluster)
    with Writer(cluster) as writer, api_server() as (options, way):
        kubeconfig = tmp_path / "kubeconfig"
        kubeconfig.write_text(json.dumps(options["kubeconfig"]))
        cluster.env["K8S_AUTH_KUBECONFIG"] = str(kubeconfig)
        run = start(cluster, "0.4.0")
        moving(cluster, run, 2)
        way.away = True
        time.sleep(20)
        assert images(cluster)[:2] == ["0.3.0", "0.3.0"], "who sees nothing moves nobody"
        way.away = False
        moving(cluster, run, 1)
        restart_kubelet(2)
        assert run.ends() == 0 and images(cluster) == ["0.4.0"] * 3, run.screen
        assert way.hurt and any("unreachable" in line for line in run.lines), run.screen
        cluster.env["XDG_STATE_HOME"] = str(tmp_path)
        run = start(cluster, "0.4.1", pc_step_timeout=10)
        moving(cluster, run, 2)
        way.away = True
        assert run.ends() != 0
        way.away = False
        (receipt,) = tmp_path.rglob("receipts/*/*/*.json")
        told = json.loads(receipt.read_text())
        assert (told["state"], told["reason"], told["steps"][0]["ordinal"]) == ("failed", "unreachable", 2), "what was done is worth keeping"
        del cluster.env["K8S_AUTH_KUBECONFIG"]
        wait_healthy(cluster)
    assert writer.missing() == []
