# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A restore is killed, at places that matter and at random ones; the next run ends it, and nothing is left over."""

from __future__ import annotations

import os
import random
import time
import typing as t

import pytest

from .backups import RESTIC, made, paper, repository
from .cluster import NAME, Cluster
from .restoring import bound, destroyed, journal, leftovers, restore, start
from .test_deploy import wait_healthy
from .test_restore import accounted, ready
from .writer import Writer


def ends_right(cluster: Cluster, writer: Writer, backup: str, index: int) -> None:
    """Restored, healthy, and every entry accounted for."""
    last = restore(cluster, backup)
    assert last.code == 0 and last.last("pc_restore")["state"] == "done", last.screen
    wait_healthy(cluster)
    accounted(cluster, writer, paper(cluster, backup), index)
    assert leftovers(cluster) == [f"configmap/{NAME}-restore"]


def filling(cluster: Cluster) -> bool:
    return bool(leftovers(cluster, "job"))


def compared(cluster: Cluster) -> bool:
    return len(journal(cluster).get("new", {})) >= 1


def stopped(cluster: Cluster) -> bool:
    return bool(journal(cluster).get("stopped"))


def exchanged(cluster: Cluster) -> bool:
    new = set(journal(cluster).get("new", {}).values())
    return bool(new & set(bound(cluster).values()))


def starting(cluster: Cluster) -> bool:
    return exchanged(cluster) and cluster.get("statefulset", NAME)["spec"]["replicas"] == 3


PLACES: list[t.Callable[[Cluster], bool]] = [filling, compared, stopped, exchanged, starting]


@pytest.mark.long
def test_killed_at_the_places_that_matter_it_goes_on(cluster: Cluster) -> None:
    index = ready(cluster)
    with Writer(cluster) as writer:
        backup = made(cluster)["id"]
    for place in PLACES:
        run = start(cluster, backup)
        run.until(lambda place=place: place(cluster), place.__name__, 240)
        run.kill()
    ends_right(cluster, writer, backup, index)


@pytest.mark.long
def test_killed_at_any_moment_a_lost_cluster_comes_back_all_the_same(cluster: Cluster) -> None:
    index = ready(cluster)
    with Writer(cluster) as writer:
        backup = made(cluster)["id"]
        destroyed(cluster)
    for _kill in range(int(os.environ.get("KILLS", "4"))):
        run = start(cluster, backup)
        time.sleep(random.uniform(3, 25))
        run.kill()
    ends_right(cluster, writer, backup, index)


@pytest.mark.long
def test_a_repository_is_read_again_where_it_was_left_off(cluster: Cluster) -> None:
    index = ready(cluster)
    repository(cluster)
    with Writer(cluster) as writer:
        backup = made(cluster, **RESTIC)["id"]
        destroyed(cluster)
    run = start(cluster, backup)
    run.until(lambda: filling(cluster), "a volume being filled", 180)
    run.kill()
    ends_right(cluster, writer, backup, index)
