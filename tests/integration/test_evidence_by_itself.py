# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A deployment or an update that fails leaves an archive of what explains it, made before anything is put right; its own reason stays the first."""

from __future__ import annotations

import json
import pathlib
import typing as t

import pytest

from .cluster import NAME, Cluster, Object, kubectl
from .test_evidence import unpacked

IMAGE = "robustmq/placement-center:"
BROKEN = IMAGE + "0.4.2-exit-at-start"
SOON: Object = {"pc_stable_seconds": 1, "pc_wait_patience": 5, "pc_step_timeout": 90}


def images(cluster: Cluster) -> list[str]:
    pods = cluster.get("pods", "")["items"]
    return sorted(p["spec"]["containers"][0]["image"].removeprefix(IMAGE) for p in pods)


def ended(run: t.Any) -> str:
    """The message that ends the play."""
    assert run.code != 0, run.screen
    return str(run.last("fail")["msg"])


def archives(folder: pathlib.Path) -> list[pathlib.Path]:
    return sorted(folder.glob("*.tar.gz"))


def test_the_archive_is_made_before_the_members_are_brought_back(cluster: Cluster, tmp_path: pathlib.Path) -> None:
    first = cluster.play("deploy", pc_image=BROKEN, pc_evidence_dest=str(tmp_path / "first"), **SOON)
    (archive,) = archives(tmp_path / "first")
    assert ended(first).startswith(first.last("pc_health")["msg"]) and ended(first).endswith(f"evidence is in {archive}"), first.screen
    assert cluster.play("deploy").code == 0
    run = cluster.play("upgrade", quick=False, pc_image=BROKEN, pc_on_failure="rollback", pc_evidence_dest=str(tmp_path / "made"), **SOON)
    (archive,) = archives(tmp_path / "made")
    held = run.last("pc_partition_step")
    assert ended(run).startswith(held["msg"]) and ended(run).endswith(f"evidence is in {archive}"), run.screen
    assert "the members are back" in ended(run) and images(cluster) == ["0.3.0"] * 3
    files = unpacked(str(archive))
    receipt = json.loads(next(iter(json.loads(files["receipts.json"]).values())))
    assert receipt["state"] == "held" and receipt["reason"] == held["reason"] == "pod_crashing"
    assert "health.json" in files and f"logs/{NAME}-2/{NAME}.previous.log" in files, "the log of the pod that the way back removes"
    assert BROKEN in files["objects/pods.json"].decode()


@pytest.mark.long
def test_what_cannot_be_collected_changes_neither_reason_nor_result(cluster: Cluster, tmp_path: pathlib.Path) -> None:
    assert cluster.play("deploy").code == 0
    (tmp_path / "file").write_text("")
    nowhere = str(tmp_path / "file" / "below")
    run = cluster.play("upgrade", quick=False, pc_image=BROKEN, pc_on_failure="rollback", pc_evidence_dest=nowhere, **SOON)
    message = ended(run)
    assert message.startswith(run.last("pc_partition_step")["msg"]), run.screen
    assert "evidence could not be collected" in message and images(cluster) == ["0.3.0"] * 3, "the way back is taken all the same"
    off = cluster.play("upgrade", quick=False, pc_image=BROKEN, pc_evidence=False, pc_evidence_dest=str(tmp_path / "off"), **SOON)
    assert ended(off) == off.last("pc_partition_step")["msg"] and not archives(tmp_path / "off")
    assert cluster.play("rollback", quick=False, **SOON).code == 0


@pytest.mark.long
def test_a_deploy_and_a_way_back_collect_as_well(cluster: Cluster, tmp_path: pathlib.Path) -> None:
    assert cluster.play("deploy").code == 0
    cluster.env["XDG_STATE_HOME"] = str(tmp_path / "state")
    broken = cluster.play("deploy", pc_image=BROKEN, pc_wait_patience=5)
    (archive,) = archives(tmp_path / "state/robustmq-placement-center/evidence")
    assert ended(broken).startswith(broken.last("pc_partition_step")["msg"]) and ended(broken).endswith(f"evidence is in {archive}"), broken.screen
    assert cluster.play("rollback", quick=False, **SOON).code == 0
    hold_at_nothing(cluster)
    given: Object = {**SOON, "pc_step_timeout": 15, "pc_evidence_dest": str(tmp_path / "both")}
    both = cluster.play("upgrade", quick=False, pc_image=IMAGE + "0.4.0", pc_on_failure="rollback", pc_bring_image=False, **given)
    (archive,) = archives(tmp_path / "both")
    first, second = both.last("pc_partition_step")["msg"], both.last("pc_rollback")["msg"]
    assert ended(both) == f"{first}; the way back failed: {second}; evidence is in {archive}", both.screen
    back = cluster.play("rollback", quick=False, **{**given, "pc_evidence_dest": str(tmp_path / "back")})
    (archive,) = archives(tmp_path / "back")
    assert ended(back) == f"{back.last('pc_rollback')['msg']}; evidence is in {archive}", back.screen


def hold_at_nothing(cluster: Cluster) -> None:
    """No pod is made any more, so that nobody comes back."""
    spec = {"hard": {"pods": "0"}}
    quota = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "none"}, "spec": spec}
    kubectl("apply", "-n", cluster.namespace, "-f", "-", text=json.dumps(quota))


def test_a_canary_and_a_pause_are_no_failure(cluster: Cluster, tmp_path: pathlib.Path) -> None:
    assert cluster.play("deploy").code == 0
    given: Object = {"pc_image": IMAGE + "0.4.0", "pc_evidence_dest": str(tmp_path), **SOON}
    assert cluster.play("upgrade", quick=False, pc_canary=True, **given).code == 0
    assert cluster.play("pause").code == 0
    paused = cluster.play("upgrade", quick=False, **given)
    assert paused.code == 0 and paused.last("pc_partition_step")["state"] == "paused" and not archives(tmp_path)
