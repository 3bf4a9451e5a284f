# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The disaster runbook's steps that are done by hand, typed from the page while a cluster is in that state."""

from __future__ import annotations

import contextlib
import shlex
import subprocess

import pytest

from tests.documented import blocks

from . import faults, where
from .cluster import NAME, Cluster, kubectl
from .looking import findings, look
from .test_deploy import wait_healthy
from .test_grow import XFS
from .updating import IMAGE, STEPS, deployed, down, images, serves, until
from .writer import Writer

pytestmark = pytest.mark.long


def page(cluster: Cluster, holds: str, **instead: str) -> None:
    """Type the block that holds these words, in the test's namespace; ``instead``: what the page can only give an example of."""
    (lines,) = (block for block in blocks("disaster") if any(holds in line for line in block))
    for line in lines:
        for example, real in instead.items():
            line = line.replace(example.replace("_", "-"), real)
        print(f"$ {line}", flush=True)
        if line.startswith("ansible-playbook"):
            _program, name, *words = shlex.split(line)
            run = cluster.play(name.rpartition(".")[2], *words, quick=False, **STEPS)
            assert run.code == 0, f"{line}\n{run.screen}"
        else:
            typed = line.replace("-n robustmq", f"-n {cluster.namespace}")
            done = subprocess.run(["bash", "-e", "-c", typed], check=False, capture_output=True, text=True)
            assert done.returncode == 0, f"{typed}\n{done.stdout}{done.stderr}"


def test_one_volume_is_lost_while_all_are_down_and_the_two_others_come_back_first(cluster: Cluster) -> None:
    deployed(cluster)
    wait_healthy(cluster)
    with Writer(cluster) as writer:
        until(lambda: len(writer.acknowledged) > 20, "writes")
    kubectl("scale", "statefulset", NAME, "-n", cluster.namespace, "--replicas=0")
    until(lambda: not cluster.get("pods")["items"], "all are down")
    claim = f"data-{NAME}-0"
    lost = cluster.get("pvc", claim)["spec"]["volumeName"]
    kubectl("patch", "pv", lost, "-p", '{"spec":{"persistentVolumeReclaimPolicy":"Delete"}}')
    kubectl("delete", "pvc", claim, "-n", cluster.namespace)
    page(cluster, '"start":1')
    until(lambda: down(cluster) == [f"{NAME}-0"], "the two others are Ready")
    page(cluster, "pc_ordinal=0")
    wait_healthy(cluster)
    assert writer.acknowledged and writer.missing() == []


def test_a_version_rolled_out_past_the_collection_is_stopped_and_brought_back(cluster: Cluster) -> None:
    deployed(cluster)
    wait_healthy(cluster)
    served = cluster.get("statefulset", NAME)["status"]["currentRevision"]
    with Writer(cluster) as writer:
        kubectl("set", "image", f"statefulset/{NAME}", f"{NAME}={IMAGE}0.4.0", "-n", cluster.namespace)
        until(lambda: serves(cluster, 2, "0.4.0"), "the first member has gone")
        page(cluster, '"partition":3', placement_center_7c9f=served)
        wait_healthy(cluster)
    assert images(cluster) == ["0.3.0"] * 3 and writer.missing() == []


def test_all_volumes_are_full_and_more_is_asked_for_by_hand(cluster: Cluster) -> None:
    deployed(cluster, **XFS)
    wait_healthy(cluster)
    with contextlib.ExitStack() as full:
        for ordinal in range(3):
            full.enter_context(faults.filled(where.data(cluster, ordinal)))
        until(lambda: {("volume_full", o) for o in range(3)} <= findings(look(cluster.namespace, min_free_percent=10)), "all are full", 180)
        page(cluster, "for n in 0 1 2")
        wait_healthy(cluster)
        template = cluster.get("statefulset", NAME)["spec"]["volumeClaimTemplates"][0]
        assert template["spec"]["resources"]["requests"]["storage"] == "40Gi"
