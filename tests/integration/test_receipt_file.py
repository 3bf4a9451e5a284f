# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The receipt of an update is also a file on the controller: the same as beside the cluster, its owner's alone, the last ten."""

from __future__ import annotations

import json
import pathlib
import stat

import pytest

from .cluster import NAME, Cluster, Object

SOON: Object = {"pc_stable_seconds": 1, "pc_step_timeout": 90, "pc_allow_downgrade": True}


@pytest.mark.long
def test_a_receipt_is_a_file_too(cluster: Cluster, tmp_path: pathlib.Path) -> None:
    assert cluster.play("deploy").code == 0
    cluster.env["XDG_STATE_HOME"] = str(tmp_path / "state")
    folder = tmp_path / "state/robustmq-placement-center/receipts" / cluster.namespace / NAME
    folder.mkdir(parents=True, mode=0o700)
    for day in range(10, 22):
        (folder / f"202501{day}T000000.000Z-update-a.json").write_text("{}")
    (folder / "notes.txt").write_text("mine")
    step = cluster.play("upgrade", quick=False, pc_image="robustmq/placement-center:0.4.0", **SOON).last("pc_partition_step")
    path = pathlib.Path(step["receipt_path"])
    assert path.parent == folder and stat.S_IMODE(path.stat().st_mode) == 0o600
    kept = sorted(p.name for p in folder.iterdir())
    assert len(kept) == 11 and kept[-2:] == [path.name, "notes.txt"] and kept[0].startswith("20250113"), "the last ten, and what is not ours"
    stored = cluster.get("configmap", f"{NAME}-receipts")["data"]
    assert path.read_text() == stored[path.name] + "\n" and json.loads(path.read_text())["state"] == "done"
    again = cluster.play("upgrade", quick=False, pc_image="robustmq/placement-center:0.4.0", **SOON).last("pc_partition_step")
    assert again["receipt_path"] == "" and sorted(p.name for p in folder.iterdir()) == kept, "nothing was done"
    named = cluster.play("rollback", quick=False, pc_receipt_dest=str(tmp_path / "named"), **SOON).last("pc_rollback")
    assert pathlib.Path(named["receipt_path"]).parent == tmp_path / "named" / cluster.namespace / NAME
    assert stat.S_IMODE((tmp_path / "named").stat().st_mode) == 0o700
    (tmp_path / "file").write_text("")
    config: Object = {"pc_config": {"raft": {"heartbeat_interval_ms": 150}}}
    odd = cluster.play("deploy", pc_receipt_dest=str(tmp_path / "file"), **config)
    said = odd.last("pc_partition_step")
    assert odd.code == 0 and said["receipt_path"] == "", odd.screen
    assert any("cannot be written" in concern for concern in said["receipt"]["concerns"]), said["receipt"]["concerns"]
    none = cluster.play("deploy", upgrade_receipt_dest="", statefulset_receipt_dest="").last("pc_partition_step")
    assert none["receipt_path"] == "" and none["receipt"]["concerns"] == []
