# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report of what really happened: an update and a backup, drawn from the cluster's own receipts under the documented Role."""

from __future__ import annotations

import pathlib
import typing as t

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils._rights import Right

from .backups import made
from .browser import Browser, Tab
from .cluster import NAME, Cluster, Object
from .operator_account import Operator
from .test_deploy import wait_healthy
from .updating import deployed, upgrade

OUTPUT = pathlib.Path(__file__).parents[2] / "tests/output/report"


def report(cluster: Cluster, folder: pathlib.Path, *flags: str, **variables: t.Any) -> Object:
    """The playbook's own result."""
    run = cluster.play("report", *flags, quick=False, pc_report_dest=str(folder), **variables)
    assert run.code == 0, run.screen
    return run.last("pc_report")


def test_an_update_can_be_looked_at(cluster: Cluster, operator: t.Callable[..., Operator], tmp_path: pathlib.Path) -> None:
    kubeconfig = operator("report").kubeconfig
    deployed(cluster)
    empty = report(cluster, tmp_path / "empty")
    assert empty["operations"] == [] and "No operation has left a receipt" in pathlib.Path(empty["path"]).read_text()
    done = upgrade(cluster, "0.4.0").last("pc_partition_step")["receipt"]
    wait_healthy(cluster)
    backup = made(cluster)["id"]
    before = cluster.versions()
    cluster.env["K8S_AUTH_KUBECONFIG"] = kubeconfig
    planned = report(cluster, tmp_path / "out", "--check")
    assert planned["changed"] and not pathlib.Path(planned["path"]).exists() and "nothing was written" in planned["summary"][-1]
    told = report(cluster, tmp_path / "out")
    page, picture = pathlib.Path(told["path"]), pathlib.Path(told["picture"])
    assert told["changed"] and told["operations"] == [done["operation"]] and page.name == f"{cluster.namespace}-{NAME}.html"
    assert backup in page.read_text() and "0.3.0\u00a0→\u00a00.4.0" in page.read_text() and picture.read_text().startswith("<svg")
    again = report(cluster, tmp_path / "out", pc_receipts=done["operation"])
    assert not again["changed"] and again["summary"][-1].endswith("nothing has changed")
    assert cluster.versions() == before, "a report writes nothing into the cluster"
    check_receipt(done)
    with Browser(tmp_path) as browser:
        for width in (1280, 390):
            tab = Tab(browser, page.as_uri(), width, dark=False)
            assert tab.ask("document.documentElement.scrollWidth") <= width and tab.complaints == [] and tab.requests == [page.as_uri()]
            tab.picture(OUTPUT / f"cluster-{width}.png")


def check_receipt(receipt: Object) -> None:
    """What is drawn was measured: lag and leaders over time, how long writes took, totals."""
    assert receipt["members"] == [0, 1, 2] and receipt["totals"]["members"] == 3 and receipt["totals"]["most_behind"] is not None
    assert receipt["writer"]["lost"] == 0 and 0 < receipt["writer"]["latency_ms"]["median"] <= receipt["writer"]["latency_ms"]["max"]
    for step in receipt["steps"]:
        assert 2 <= len(step["lag"]) <= 60 and [at for at, _n in step["lag"]] == sorted(at for at, _n in step["lag"])
        assert any(n is None for _at, n in step["lag"]), "it was silent while it was away"
        assert step["leaders"][0]["at"] == 0 and step["reached"]["stable"] == max(step["reached"].values())
        assert step["write_latency_ms"]["median"] <= step["write_latency_ms"]["p99"] <= step["write_latency_ms"]["max"]


@pytest.mark.long
def test_without_the_right_to_backups_the_receipts_are_drawn_all_the_same(
    cluster: Cluster, operator: t.Callable[..., Operator], tmp_path: pathlib.Path
) -> None:
    kubeconfig = operator("report", without=Right("list", "volumesnapshotcontents", "snapshot.storage.k8s.io", True)).kubeconfig
    deployed(cluster)
    upgrade(cluster, "0.4.0")
    cluster.env["K8S_AUTH_KUBECONFIG"] = kubeconfig
    told = report(cluster, tmp_path)
    assert len(told["operations"]) == 1 and "could not be read" in pathlib.Path(told["path"]).read_text()
    run = cluster.play("report", quick=False, pc_report_dest=str(tmp_path), pc_receipts="update-none")
    assert run.failure()["reason"] == "receipt_missing" and told["operations"][0] in run.failure()["msg"], run.screen
