# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Backups of a cluster that is written to: what is in them, what proves them, what they refuse, and what they leave behind."""

from __future__ import annotations

import pytest

from .backups import RESTIC, backup, contents, made, paper, refused, repository, secret, tools, volumes
from .cluster import NAME, Cluster
from .test_deploy import wait_healthy
from .test_profiles import GENERATIONS
from .updating import deployed, until
from .writer import Writer

DATA = [f"data-{NAME}-{ordinal}" for ordinal in range(3)]


def test_a_snapshot_is_kept_and_proven_while_the_cluster_is_written_to(cluster: Cluster) -> None:
    deployed(cluster)
    wait_healthy(cluster)
    before = cluster.versions()
    planned = backup(cluster, "--check")
    assert planned.code == 0 and planned.last("pc_backup")["state"] == "planned" and planned.last("pc_backup")["member"] == 2, planned.screen
    assert cluster.versions() == before and tools(cluster) == [] and contents(cluster) == []
    with Writer(cluster) as writer:
        first = made(cluster)
        applied = cluster.raft(0)["metadata_0"]["last_applied"]["index"]
        second = made(cluster, pc_keep_last=1)
    assert (first["grade"], first["level"]) == ("B", 2) and 0 < first["fence"]["metadata_0"] <= applied
    assert second["removed"] == [first["id"]] and second["fence"]["metadata_0"] > first["fence"]["metadata_0"]
    found = paper(cluster, second["id"])
    assert found["opened"]["metadata_0"]["last_log"] >= second["fence"]["metadata_0"]
    assert found["bytes"] == sum(f["size"] for f in found["files"]) and "raft/metadata" in {f["path"] for f in found["files"]}
    until(lambda: len(contents(cluster)) == 1, "the storage has let the first one go")
    kept = contents(cluster)[0]
    assert kept["spec"]["deletionPolicy"] == "Retain" and kept["metadata"]["name"] == found["data"]["snapshot"]["content"]
    assert tools(cluster) == []
    until(lambda: volumes(cluster) == DATA, "the volumes that were made for a moment are gone")
    assert writer.missing() == []


def test_restic_stores_a_snapshot_or_a_stopped_member_and_gives_every_file_back(cluster: Cluster) -> None:
    deployed(cluster)
    wait_healthy(cluster)
    repository(cluster)
    with Writer(cluster) as writer:
        warm = made(cluster, **RESTIC)
        cold = made(cluster, **RESTIC, pc_backup_source="cold")
        wait_healthy(cluster)
        secret(cluster, RESTIC_PASSWORD="another one")
        wrong = refused(cluster, **RESTIC)
        assert wrong["reason"] == "repository_password", wrong
        assert "another one" not in str(wrong)
    assert ((warm["grade"], warm["level"]), (cold["grade"], cold["level"])) == (("B", 2), ("A", 2))
    assert paper(cluster, cold["id"])["source"]["ordinal"] == 2
    assert tools(cluster) == [] and contents(cluster) == []
    until(lambda: volumes(cluster) == [*DATA, "repository"], "the volumes that were made for a moment are gone")
    assert writer.missing() == []


def test_what_cannot_be_a_good_copy_is_refused_and_nothing_is_left(cluster: Cluster) -> None:
    deployed(cluster)
    wait_healthy(cluster)
    before = cluster.versions()
    assert refused(cluster, pc_backup_method="restic")["reason"] == "repository_missing"
    assert refused(cluster, **RESTIC, pc_backup_source="live")["reason"] == "live_copy_refused"
    assert refused(cluster, pc_backup_method="restic", pc_backup_repository="rest:https://me:word@host/")["reason"] == "bad_input"
    assert refused(cluster, pc_snapshot_class="loop-snapshots")["reason"] == "no_snapshot_class"
    assert cluster.versions() == before and tools(cluster) == [] and contents(cluster) == []


@pytest.mark.parametrize("generation", [pytest.param(GENERATIONS[1], marks=pytest.mark.long, id="v0_1"), pytest.param(GENERATIONS[2], id="v0_4")])
def test_every_generation_is_copied_and_opened_with_all_its_groups(cluster: Cluster, generation: tuple[str, str, int]) -> None:
    profile, image, groups = generation
    deployed(cluster, pc_profile=profile, pc_image=image)
    found = paper(cluster, made(cluster, pc_profile=profile)["id"])
    assert found["level"] == 2 and len(found["fence"]) == groups and found["opened"].keys() == found["fence"].keys()
