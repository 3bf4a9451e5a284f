# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Jobs that move data: unprivileged, without a secret in them, and with no more of a volume than they need."""

from __future__ import annotations

import json
import typing as t
from dataclasses import replace

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils import _manifest, _movers
from ansible_collections.robustmq.placement_center.plugins.module_utils._movers import Mover, Task

Object = dict[str, t.Any]
MOVER = Mover(
    namespace="n",
    labels=_manifest.labels("pc", "20261125-070501-4f3a"),
    user=1000,
    images={"restic": "restic/restic:0.18.1", "rclone": "rclone/rclone:1.76.0"},
    resources={"limits": {"memory": "1Gi"}},
    tolerations=({"key": "db", "operator": "Exists"},),
    repository="s3:https://s3.example.com/b",
    secret="pc-backup",
)
ON_CLAIM = replace(MOVER, repository="pvc:repository/pc")
TASKS = {
    "hashing": _movers.hashing("h", "data-pc-2"),
    "storing": _movers.storing("s", "data-pc-2", "data-pc-2", ["pc-data", "pc-id=x"]),
    "filling": _movers.filling("f", "3dd8abc9", "proof"),
    "asking": _movers.restic("a", "cat", "config"),
    "papers": _movers.restic("p", "backup", _movers.PAPERS, papers="pc-b-x"),
}


def pod(mover: Mover, task: Task) -> Object:
    return t.cast(Object, _movers.job(mover, task)["spec"]["template"]["spec"])


def container(mover: Mover, task: Task) -> Object:
    (one,) = pod(mover, task)["containers"]
    return t.cast(Object, one)


def env(mover: Mover, task: Task) -> dict[str, str]:
    return {each["name"]: each["value"] for each in container(mover, task)["env"]}


def mounts(mover: Mover, task: Task) -> dict[str, Object]:
    return {each["mountPath"]: each for each in container(mover, task)["volumeMounts"]}


@pytest.mark.parametrize("mover", [MOVER, ON_CLAIM], ids=["bucket", "claim"])
@pytest.mark.parametrize("task", TASKS.values(), ids=TASKS.keys())
def test_every_job_is_unprivileged_and_holds_no_secret(mover: Mover, task: Task) -> None:
    spec, one = pod(mover, task), container(mover, task)
    assert spec["securityContext"]["runAsNonRoot"] and spec["securityContext"]["runAsUser"] == 1000
    assert one["securityContext"] == {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}, "readOnlyRootFilesystem": True}
    assert spec["automountServiceAccountToken"] is False and not {"hostNetwork", "hostPID", "serviceAccountName", "initContainers"} & spec.keys()
    assert all("valueFrom" not in each for each in one["env"])
    assert not {name for name in env(mover, task) if "PASSWORD" in name or "SECRET" in name or "KEY" in name}
    assert one.get("envFrom", []) == ([{"secretRef": {"name": "pc-backup"}}] if task.program == "restic" else [])
    assert "secret" not in json.dumps(spec["volumes"])


@pytest.mark.parametrize("task", TASKS.values(), ids=TASKS.keys())
def test_every_job_can_be_found_by_its_backup_and_is_no_member(task: Task) -> None:
    made = _movers.job(MOVER, task)
    for meta in (made["metadata"], made["spec"]["template"]["metadata"]):
        assert meta["labels"] == MOVER.labels
    assert made["metadata"]["namespace"] == "n" and made["metadata"]["name"] == task.name
    assert json.loads(json.dumps(made)) == made


def test_a_job_runs_where_members_may_run_with_the_room_that_it_was_given() -> None:
    spec = pod(MOVER, TASKS["storing"])
    assert spec["tolerations"] == [{"key": "db", "operator": "Exists"}]
    assert container(MOVER, TASKS["storing"])["resources"] == {"limits": {"memory": "1Gi"}}
    assert "tolerations" not in pod(replace(MOVER, tolerations=()), TASKS["storing"])


def test_only_what_is_filled_can_be_written() -> None:
    read_only = {name: mounts(MOVER, task)[_movers.DATA]["readOnly"] for name, task in TASKS.items() if task.claim}
    assert read_only == {"hashing": True, "storing": True, "filling": False}


def test_a_live_claim_is_read_where_its_member_runs() -> None:
    assert pod(MOVER, _movers.hashing("h", "data-pc-2", "node-7"))["nodeName"] == "node-7"
    assert pod(MOVER, _movers.storing("s", "data-pc-2", "data-pc-2", [], "node-7"))["nodeName"] == "node-7"
    assert "nodeName" not in pod(MOVER, TASKS["hashing"])


@pytest.mark.parametrize(
    "repository, path", [("pvc:repository/pc", "/repository/pc"), ("pvc:repository", "/repository/"), ("pvc:repository/a/b", "/repository/a/b")]
)
def test_a_claim_that_is_the_repository_is_mounted_for_restic_alone(repository: str, path: str) -> None:
    mover = replace(MOVER, repository=repository)
    assert env(mover, TASKS["storing"])["RESTIC_REPOSITORY"] == path
    assert {"name": "repository", "persistentVolumeClaim": {"claimName": "repository"}} in pod(mover, TASKS["storing"])["volumes"]
    assert "readOnly" not in mounts(mover, TASKS["storing"])[_movers.REPOSITORY]
    assert _movers.REPOSITORY not in mounts(mover, TASKS["hashing"]) and "RESTIC_REPOSITORY" not in env(mover, TASKS["hashing"])


def test_any_other_repository_is_restics_own_word() -> None:
    assert env(MOVER, TASKS["asking"])["RESTIC_REPOSITORY"] == "s3:https://s3.example.com/b"
    assert [v["name"] for v in pod(MOVER, TASKS["asking"])["volumes"]] == ["tmp"]


def test_papers_are_mounted_one_by_one() -> None:
    found = mounts(MOVER, TASKS["papers"])
    assert {path for path, each in found.items() if each.get("subPath")} == {f"{_movers.PAPERS}/manifest.json", f"{_movers.PAPERS}/seal.json"}
    assert {"name": "papers", "configMap": {"name": "pc-b-x"}} in pod(MOVER, TASKS["papers"])["volumes"]


def test_every_mount_has_its_volume_and_nothing_else_is_mounted() -> None:
    for mover in (MOVER, ON_CLAIM):
        for task in TASKS.values():
            assert {m["name"] for m in mounts(mover, task).values()} == {v["name"] for v in pod(mover, task)["volumes"]}


def test_what_repetition_cannot_mend_ends_the_job() -> None:
    spec = _movers.job(MOVER, TASKS["storing"])["spec"]
    final, evicted = spec["podFailurePolicy"]["rules"]
    assert final["action"] == "FailJob" and final["onExitCodes"] == {"containerName": "restic", "operator": "In", "values": [1, 2, 3, 10, 12]}
    assert evicted["action"] == "Ignore" and evicted["onPodConditions"] == [{"type": "DisruptionTarget", "status": "True"}]
    assert spec["template"]["spec"]["restartPolicy"] == "Never"  # the policy demands it


def test_what_they_are_told() -> None:
    assert TASKS["storing"].args == ("--json", "backup", "--host", "data-pc-2", "--tag", "pc-data,pc-id=x", "--exclude", "/data/lost+found", "/data")
    assert TASKS["filling"].args == ("--json", "restore", "3dd8abc9:/data", "--target", "/data")
    words = " ".join(TASKS["hashing"].args)
    assert words.startswith("lsjson ") and "--hash-type sha256" in words and "--exclude /lost+found/** /data" in words
