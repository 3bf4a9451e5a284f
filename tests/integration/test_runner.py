# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The workflow of AWX, job by job under ansible-runner: to its good end, by its way back, and cancelled in the middle."""

from __future__ import annotations

import pathlib
import typing as t

import pytest

from .awx_jobs import Awx
from .cluster import Cluster
from .operator_account import Operator
from .test_deploy import wait_healthy
from .updating import IMAGE, deployed, down, identity, images, note, partition, until
from .writer import Writer

RIGHTS = ("observe", "node-statistics", "upgrade", "backup", "drill", "evidence")
NEW, BROKEN, SKIPPING = (IMAGE + version for version in ("0.4.0", "0.4.2-exit-at-start", "9.9.9"))


@pytest.fixture
def awx(cluster: Cluster, operator: t.Callable[..., Operator], tmp_path: pathlib.Path) -> Awx:
    """AWX with the account of the guide, and a healthy cluster of three."""
    made = Awx(cluster, tmp_path, operator(*RIGHTS).kubeconfig)
    deployed(cluster)
    wait_healthy(cluster)
    return made


@pytest.mark.long
def test_the_workflow_goes_through(awx: Awx, cluster: Cluster) -> None:
    with Writer(cluster) as writer:
        looked = awx.runs("status")
        assert (looked["state"], looked["healthy"], looked["changed"]) == ("done", True, False)
        saved = awx.runs("backup")
        assert saved["state"] == "done" and saved["id"]
        canary = awx.runs("canary", pc_image=NEW)
        assert (canary["state"], canary["healthy"]) == ("canary", True) and images(cluster) == ["0.3.0", "0.3.0", "0.4.0"]
        rest = awx.runs("upgrade", pc_image=NEW)
        assert (rest["state"], rest["healthy"], rest["changed"]) == ("done", True, True) and images(cluster) == ["0.4.0"] * 3
        assert rest["receipt"] in cluster.get("configmap", "placement-center-receipts")["data"]
        proven = awx.runs("drill")
        assert (proven["state"], proven["id"]) == ("done", saved["id"])
        assert awx.runs("canary", "failed", pc_image=SKIPPING)["reason"] == "version_skew"
        left = awx.runs("rollback")
        assert (left["reason"], left["changed"], left["healthy"]) == ("nothing_unfinished", False, True)
        assert images(cluster) == ["0.4.0"] * 3, "the last good update stays"
    assert set(awx.artifacts) == {f"placement_center_{name}" for name in ("status", "backup", "upgrade", "drill", "rollback")}
    assert writer.missing() == []


def test_a_canary_that_breaks_is_explained_and_taken_back(awx: Awx, cluster: Cluster) -> None:
    with Writer(cluster) as writer:
        held = awx.runs("canary", "failed", pc_image=BROKEN)
        assert (held["state"], held["reason"], held["changed"], held["healthy"]) == ("held", "pod_crashing", True, False)
        assert pathlib.Path(held["file"]).is_file() and held["receipt"] and images(cluster)[:2] == ["0.3.0", "0.3.0"]
        explained = awx.runs("evidence")
        assert pathlib.Path(explained["file"]).is_file() and explained["file"] != held["file"]
        back = awx.runs("rollback")
        assert (back["state"], back["reason"], back["changed"], back["healthy"]) == ("done", "", True, True)
        assert images(cluster) == ["0.3.0"] * 3 and note(cluster, "state") == "done"
        wait_healthy(cluster)
        before = cluster.versions()
        refused = awx.runs("canary", "failed", pc_image=SKIPPING)
        assert (refused["state"], refused["reason"], refused["changed"]) == ("failed", "version_skew", False)
        left = awx.runs("rollback")
        assert (left["reason"], left["changed"], left["healthy"]) == ("nothing_unfinished", False, True)
        assert cluster.versions() == before
    assert writer.missing() == []


@pytest.mark.long
@pytest.mark.parametrize("way", ["by_the_button", "with_its_container"])
def test_a_cancelled_job_is_launched_again_and_goes_on(awx: Awx, cluster: Cluster, way: str) -> None:
    with Writer(cluster) as writer:
        before = identity(cluster, 2)
        job = awx.launch("upgrade", pc_image=NEW)
        job.until(lambda: identity(cluster, 2) != before, "member 2 let go")
        if way == "by_the_button":
            assert job.cancel() == "canceled", job.screen
        else:
            job.kill()
        until(lambda: not job.lives_on, "the end of what was left of it", 30)
        assert job.artifacts == {} and len(down(cluster)) <= 1 and images(cluster)[:2] == ["0.3.0", "0.3.0"]
        again = awx.runs("upgrade", pc_image=NEW)
        assert (again["state"], again["reason"], again["healthy"]) == ("done", "", True)
        assert images(cluster) == ["0.4.0"] * 3 and partition(cluster) == 0 and note(cluster, "state") == "done"
        wait_healthy(cluster)
    assert writer.missing() == []
