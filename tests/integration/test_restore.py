# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cluster comes back from one member's copy: what is there again, what is lost, and what is kept."""

from __future__ import annotations

from .backups import made
from .cluster import Cluster
from .restoring import bound, journal, restore
from .test_deploy import wait_healthy
from .updating import deployed
from .writer import Writer


def test_a_running_cluster_goes_back_to_its_backup_and_keeps_the_old_volumes(cluster: Cluster) -> None:
    deployed(cluster)
    wait_healthy(cluster)
    with Writer(cluster) as writer:
        backup = made(cluster)
    before, written = bound(cluster), cluster.versions()
    plan = restore(cluster, "latest", typed=False)
    assert plan.code == 0 and plan.changed == 0 and cluster.versions() == written, plan.screen
    planned = plan.last("pc_restore")
    assert planned["state"] == "planned" and planned["backup"]["id"] == backup["id"]
    print(plan.screen)
    run = restore(cluster, backup["id"])
    print(run.screen)
    assert run.code == 0, run.screen
    result = run.last("pc_restore")
    wait_healthy(cluster)
    after = bound(cluster)
    assert set(after.values()) & set(before.values()) == set()
    assert {k["volume"] for k in result["kept"]} == set(before.values())
    assert journal(cluster)["ended"] == "done"
