# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Restores that are not the usual one: older and newer generations, a repository in S3 alone, another Kubernetes' backup, a way back by itself."""

from __future__ import annotations

import json
import os
import signal
import typing as t

import pytest

from . import faults, where
from . import test_replace_member as replacement
from .backups import made, paper, seal
from .cluster import NAME, Cluster, Object, kubectl
from .health_rows import accepts_writes, host
from .kv import get
from .looking import codes, look
from .restoring import bound, destroyed, restore, start
from .s3 import S3
from .test_deploy import wait_healthy
from .test_profiles import GENERATIONS
from .test_restore import ready
from .updating import deployed, until

VALUE = "written before the backup"


def hosts(cluster: Cluster) -> list[str]:
    """The members' addresses."""
    return [host(cluster, o) for o in range(3)]


def write(cluster: Cluster, key: str, value: str) -> None:
    """A write that the leader acknowledges, whoever it is."""
    until(lambda: accepts_writes(cluster, key, value), "somebody takes a write")


@pytest.mark.long
@pytest.mark.parametrize("generation", GENERATIONS[1:], ids=[g[0] for g in GENERATIONS[1:]])
def test_every_generation_comes_back_with_all_its_groups(cluster: Cluster, generation: tuple[str, str, int]) -> None:
    profile, image, groups = generation
    given = {"pc_profile": profile}
    deployed(cluster, pc_image=image, **given)
    backup = made(cluster, **given)
    opened = paper(cluster, backup["id"])["opened"]
    destroyed(cluster)
    run = restore(cluster, backup["id"], **given)
    assert run.code == 0, run.screen
    assert len(run.last("pc_restore")["lost"]) == groups
    found = cluster.module("pc_health", profile=profile, wait_timeout=60, must_pass=True)
    assert found["healthy"] and {g["name"] for g in found["groups"]} == opened.keys() and len(opened) == groups, found
    again = paper(cluster, made(cluster, **given)["id"])
    assert all(again["opened"][g]["last_log"] >= opened[g]["last_log"] for g in opened), (opened, again["opened"])


@pytest.mark.long
def test_a_repository_in_s3_is_all_that_is_needed(cluster: Cluster) -> None:
    ready(cluster)
    given = {**S3(cluster).variables, "pc_backup_after": True}
    write(cluster, "it", VALUE)
    backup = made(cluster, **given)["id"]
    write(cluster, "it", "written after it")
    destroyed(cluster)
    kubectl("delete", "configmap", f"{NAME}-b-{backup}", "-n", cluster.namespace)
    run = restore(cluster, "latest", typed=False, **given)
    assert run.code == 0 and run.last("pc_restore")["backup"]["id"] == backup, run.screen
    run = restore(cluster, backup, **given)
    assert run.code == 0, run.screen
    wait_healthy(cluster)
    assert [get(each, "it") for each in hosts(cluster)] == [VALUE] * 3
    fresh = run.last("pc_backup")
    assert fresh["id"] != backup and fresh["level"] == 2, "pc_backup_after makes one of what was restored"


def moved_here(cluster: Cluster, backup: str) -> None:
    """The manifest as if another Kubernetes had written it, signed with the same key."""
    name = f"{NAME}-b-{backup}"
    said: Object = json.loads(cluster.get("configmap", name)["data"]["manifest.json"])
    said["cluster"]["uid"] = "00000000-0000-0000-0000-000000000000"
    text = json.dumps(said, sort_keys=True, separators=(",", ":"))
    patch = {"data": {"manifest.json": text, "seal.json": json.dumps(seal(cluster, text))}}
    kubectl("patch", "configmap", name, "-n", cluster.namespace, "-p", json.dumps(patch))


@pytest.mark.long
def test_another_clusters_backup_is_taken_only_where_that_is_said(cluster: Cluster) -> None:
    ready(cluster)
    write(cluster, "it", VALUE)
    backup = made(cluster)["id"]
    moved_here(cluster, backup)
    before = bound(cluster)
    assert restore(cluster, backup).failure()["reason"] == "other_cluster" and bound(cluster) == before
    write(cluster, "it", "written after it")
    run = restore(cluster, backup, pc_restore_clone=True)
    assert run.code == 0, run.screen
    wait_healthy(cluster)
    assert [get(each, "it") for each in hosts(cluster)] == [VALUE] * 3


@pytest.mark.long
def test_what_does_not_get_healthy_goes_back_by_itself_where_that_was_asked(cluster: Cluster) -> None:
    ready(cluster)
    backup = made(cluster)["id"]
    write(cluster, "it", "written after it")
    before = bound(cluster)
    old = {where.served_by(cluster, o) for o in range(3)}
    run = start(cluster, backup, pc_on_failure="rollback", pc_step_timeout=90)  # longer than the grace of a member that stands still

    def new() -> t.Any:
        found = where.server(cluster, 1) if f"{NAME}-1" in kubectl("get", "pods", "-n", cluster.namespace, "-o", "name") else None
        return found if found not in old else None

    run.until(
        lambda: set(bound(cluster).values()).isdisjoint(before.values()) and len(bound(cluster)) == 3 and new(), "the second member runs on its copy", 180
    )
    os.kill(int(new()), signal.SIGSTOP)
    assert run.ends() == 2, run.screen
    assert '"state": "rolled_back"' in run.screen or "rolled back" in run.screen, run.screen
    assert cluster.module("pc_health")["healthy"], run.screen
    assert bound(cluster) == before and [get(each, "it") for each in hosts(cluster)] == ["written after it"] * 3


@pytest.mark.long
def test_a_replacement_that_was_given_up_is_over_with_a_restore(cluster: Cluster) -> None:
    ready(cluster)
    backup = made(cluster)["id"]
    faults.destroy(cluster, 1)
    run = replacement.start(cluster, 1)
    run.until(lambda: replacement.phase(cluster) == "held", "its claim is held")
    run.kill()
    assert "replacement_unfinished" in codes(look(cluster.namespace))
    ended = restore(cluster, backup)
    assert ended.code == 0, ended.screen
    wait_healthy(cluster)
    assert replacement.phase(cluster) == "" and codes(look(cluster.namespace)) == set()
