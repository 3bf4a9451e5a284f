# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Backups that are hurt while they run: each ends with its code, leaves nothing, and costs the cluster nothing."""

from __future__ import annotations

import calendar
import contextlib
import time
import typing as t

import pytest

from . import waiting
from .api_proxy import api_server
from .backups import LATE, backup, bulk, contents, made, paper, refused, running, tools, volumes
from .cluster import NAME, Cluster, kubectl
from .faults import filled, hidden, snapshot_fails, stopped, told
from .s3 import S3, SECRET
from .test_deploy import wait_healthy
from .test_upgrade_meanwhile import leading
from .updating import Running, deployed, start, until
from .where import data, volume
from .writer import Writer

DATA = [f"data-{NAME}-{ordinal}" for ordinal in range(3)]


@contextlib.contextmanager
def written_to(cluster: Cluster) -> t.Iterator[None]:
    """Three members and a writer; afterwards nothing that was acknowledged is missing, and no pod has been replaced."""
    deployed(cluster)
    wait_healthy(cluster)
    before = identities(cluster)
    with Writer(cluster) as writer:
        yield
    assert writer.missing() == []
    assert identities(cluster) == before


def identities(cluster: Cluster) -> dict[str, tuple[str, int]]:
    """Of every member's pod: its UID, and how often its container was started again."""
    pods = [p for p in cluster.get("pods")["items"] if p["metadata"]["name"] in {f"{NAME}-{o}" for o in range(3)}]
    return {p["metadata"]["name"]: (p["metadata"]["uid"], p["status"]["containerStatuses"][0]["restartCount"]) for p in pods}


def nothing_left(cluster: Cluster, *claims: str, kept: int = 0) -> None:
    """No tool, no volume of one, no snapshot but what backups are, and the Lease is free."""
    assert tools(cluster) == []
    until(lambda: len(contents(cluster)) == kept, "the storage keeps no snapshot that is no backup")
    until(lambda: volumes(cluster) == sorted([*DATA, *claims]), "the volumes that were made for a moment are gone")
    assert not cluster.get("lease", f"{NAME}-operation")["spec"].get("holderIdentity")


def test_storage_that_fails_or_is_full_is_told_before_anything_is_copied(cluster: Cluster) -> None:
    with written_to(cluster):
        s3 = S3(cluster)
        given = {**s3.variables, "pc_step_timeout": 12}
        with s3.failing():
            failed = refused(cluster, **given)
            assert failed["reason"] == "repository_unreachable" and "a disk is on fire" in failed["msg"], failed
        with filled(volume(cluster, "s3")):
            full = refused(cluster, pc_backup_method="restic", pc_backup_repository="pvc:s3/other")
            assert full["reason"] == "repository_full", full
        unknown = refused(cluster, **s3.variables, pc_backup_secret="nobodys", pc_step_timeout=300)  # told long before that
        assert unknown["reason"] == "mover_stuck" and 'secret "nobodys" not found' in unknown["msg"], unknown
        nothing_left(cluster, "s3")


@pytest.mark.long
def test_storage_that_refuses_or_fails_after_the_first_backup_is_told_by_the_next(cluster: Cluster) -> None:
    with written_to(cluster):
        s3 = S3(cluster)
        given = {**s3.variables, "pc_step_timeout": 15}
        with s3.refusing():
            assert refused(cluster, **given)["reason"] == "repository_unreachable"
        s3.authorise("another")
        denied = refused(cluster, **s3.variables)
        assert denied["reason"] == "repository_forbidden" and SECRET not in str(denied), denied
        s3.authorise()
        assert made(cluster, **s3.variables)["level"] == 2
        with filled(volume(cluster, "s3")):
            assert refused(cluster, **given)["reason"] == "repository_unreachable"  # rclone tells nobody why it fails
        bulk(cluster, 64)
        run = begun(cluster, **given, **LATE)
        run.until(lambda: running(cluster, "-store"), "restic stores")
        with s3.cut_off():
            assert run.ends() == 2, run.screen
        assert '"reason": "repository_unreachable"' in run.screen, run.screen
        nothing_left(cluster, "s3")


def test_a_snapshot_that_the_driver_fails_or_somebody_deletes_is_no_backup(cluster: Cluster) -> None:
    with written_to(cluster):
        with snapshot_fails(cluster, 2, "RESOURCE_EXHAUSTED too many snapshots"):
            failed = refused(cluster)
            assert failed["reason"] == "snapshot_failed" and "too many snapshots" in failed["msg"], failed
            nothing_left(cluster)
            run = begun(cluster)
            run.until(lambda: snapshots(cluster), "a snapshot that waits")
            forget(cluster)
            assert gone(run)
        nothing_left(cluster)
        run = begun(cluster)
        run.until(lambda: "term has changed" in run.screen, "a snapshot that is ready")
        forget(cluster)
        assert gone(run)
        nothing_left(cluster)


def begun(cluster: Cluster, **variables: t.Any) -> Running:
    """A backup that something will happen to."""
    return start(cluster, playbook="backup", **{"pc_step_timeout": 60, **variables})


def snapshots(cluster: Cluster) -> list[str]:
    """The VolumeSnapshots that nobody has deleted."""
    return [o["metadata"]["name"] for o in cluster.get("volumesnapshot")["items"] if "deletionTimestamp" not in o["metadata"]]


def forget(cluster: Cluster) -> None:
    """Delete every VolumeSnapshot, as somebody who tidies up."""
    kubectl("delete", "volumesnapshot", "--all", "-n", cluster.namespace, "--wait=false")


def gone(run: Running) -> bool:
    """It has ended, and says that its snapshot is gone."""
    assert run.ends() == 2, run.screen
    return '"reason": "snapshot_gone"' in run.screen


@pytest.mark.long
def test_an_election_that_falls_into_a_copy_spoils_it_and_it_is_made_again(cluster: Cluster) -> None:
    deployed(cluster, pc_config={"raft": {"election_timeout_min_ms": 1000, "election_timeout_max_ms": 2000}})
    wait_healthy(cluster)
    with Writer(cluster) as writer:
        first = leading(cluster, 0, 1, 2)
        with snapshot_fails(cluster, 2, "UNAVAILABLE the storage is busy") as fault:
            run = begun(cluster)
            run.until(lambda: snapshots(cluster), "a snapshot that waits")
            with stopped(cluster, first):
                leading(cluster, *{0, 1, 2} - {first})
            fault.unlink()
            assert run.ends() == 0, run.screen
        assert "thrown away: metadata_0: its " in run.screen and run.screen.count("  fence: ") == 2, run.screen
    wait_healthy(cluster)
    nothing_left(cluster, kept=1)
    assert writer.missing() == []


@pytest.mark.long
def test_a_source_that_is_unreadable_behind_or_empty_is_no_backup(cluster: Cluster) -> None:
    with written_to(cluster):
        locked = data(cluster, 2) / "locked"
        locked.write_text("whoever copies this may not")
        locked.chmod(0o600)
        unread = refused(cluster)
        assert unread["reason"] == "backup_incomplete" and "locked" in unread["msg"], unread
        locked.unlink()
        with told(cluster, 2, "slow_catch_up", "--value", "1000"):
            waiting.until(lambda: lag(cluster, 2), lambda found: found > 100, what="it has not fallen behind")
            assert refused(cluster, pc_ordinal=2)["reason"] == "voter_not_fit"
            assert backup(cluster, "--check").last("pc_backup")["member"] != 2
        nothing_left(cluster)
    with hidden(data(cluster, 2)):
        assert refused(cluster, pc_ordinal=2)["reason"] == "source_empty"
    nothing_left(cluster)
    wait_healthy(cluster)


def lag(cluster: Cluster, ordinal: int) -> int:
    """How many entries of its leader's a member has not applied."""
    applied = [cluster.raft(o)["metadata_0"]["last_applied"]["index"] for o in range(3)]
    return int(max(applied) - applied[ordinal])


@pytest.mark.long
@pytest.mark.parametrize("off", [600, -600])
def test_a_clock_that_is_ten_minutes_off_is_told_and_the_clusters_counts(cluster: Cluster, off: int) -> None:
    with written_to(cluster):
        with api_server(clock=off) as (options, _done):
            result = cluster.module("pc_backup", **options)
        assert not result.get("failed") and [c["code"] for c in result["concerns"]] == ["clock_off"], result
        created = calendar.timegm(time.strptime(paper(cluster, result["id"])["created"], "%Y-%m-%dT%H:%M:%SZ"))
        assert abs(created - time.time() - off) < 120
        nothing_left(cluster, kept=1)
