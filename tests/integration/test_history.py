# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Revisions of a real set, as staged and as run; the note that holds updates, made once, lifted once, and never a pod's business."""

from __future__ import annotations

import json
import threading
import time

from .cluster import NAME, Cluster, Object, kubectl

STAGED = "robustmq/placement-center:0.4.0"


def stage(cluster: Cluster) -> None:
    """A second revision that no pod runs: the partition first, then the image."""
    behind = {"spec": {"updateStrategy": {"rollingUpdate": {"partition": 3}}}}
    image = [{"op": "replace", "path": "/spec/template/spec/containers/0/image", "value": STAGED}]
    for kind, patch in (("merge", behind), ("json", image)):
        kubectl("patch", "statefulset", NAME, "-n", cluster.namespace, "--type", kind, "-p", json.dumps(patch))
    end = time.monotonic() + 30
    while len(cluster.get("controllerrevision")["items"]) < 2:
        assert time.monotonic() < end
        time.sleep(0.1)


def pods(cluster: Cluster) -> list[tuple[str, str]]:
    return [(p["metadata"]["uid"], p["metadata"]["labels"]["controller-revision-hash"]) for p in cluster.get("pod")["items"]]


def annotations(cluster: Cluster) -> Object:
    found: Object = cluster.get("statefulset", NAME)["metadata"].get("annotations", {})
    return {key.partition("/")[2]: value for key, value in found.items() if key.startswith("placement-center.robustmq.io/")}


def test_history_and_pause_of_a_staged_update(cluster: Cluster) -> None:
    assert cluster.play("deploy").code == 0
    before = pods(cluster)
    stage(cluster)
    shown = cluster.play("history")
    assert shown.code == 0 and shown.changed == 0, shown.screen
    found = shown.last("pc_history")
    new, old = found["revisions"]
    status = cluster.get("statefulset", NAME)["status"]
    assert (new["name"], old["name"]) == (status["updateRevision"], status["currentRevision"])
    assert (new["version"], new["staged"], new["members"]) == ("0.4.0", True, [])
    assert (old["version"], old["current"], old["members"]) == ("0.3.0", True, [0, 1, 2])
    assert new["change"] == [f"image: robustmq/placement-center:0.3.0 -> {STAGED}"]
    assert found["partition"] == 3 and found["previous"] == old["name"] and not found["paused"]
    assert {(m["version"], m["ready"], m["phase"]) for m in found["members"]} == {("0.3.0", True, "Running")}
    assert old["config_map"] in {c["metadata"]["name"] for c in cluster.get("configmap")["items"]}
    lines = shown.screen.splitlines()
    assert any(line.split()[:4] == ["NAME", "READY", "AGE", "VERSION"] for line in lines)
    assert any("target+staged" in line and "0.4.0" in line for line in lines)
    pause_and_lift(cluster)
    assert pods(cluster) == before, "nobody was restarted"


def pause_and_lift(cluster: Cluster) -> None:
    planned = cluster.play("pause", "--check")
    assert planned.changed == 1 and annotations(cluster) == {}
    assert cluster.play("pause").changed == 1 and annotations(cluster) == {"paused": "true", "state": "paused"}
    assert cluster.play("pause").changed == 0
    assert cluster.module("pc_history")["paused"] and cluster.module("pc_history")["state"] == "paused"
    assert cluster.play("pause", pc_paused=False).changed == 1 and annotations(cluster) == {}
    assert cluster.play("pause", pc_paused=False).changed == 0
    with_somebody_writing(cluster)


def with_somebody_writing(cluster: Cluster) -> None:
    """Another writer of the same object delays the note, and is not overwritten."""
    ended = threading.Event()

    def write() -> None:
        count = 0
        while not ended.wait(0.02):
            count += 1
            kubectl("annotate", "statefulset", NAME, "-n", cluster.namespace, "--overwrite", f"example.com/count={count}")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        said = cluster.module("pc_pause")
    finally:
        ended.set()
        writer.join()
    assert said["changed"] and said["paused"], said
    assert annotations(cluster)["paused"] == "true" and "example.com/count" in cluster.get("statefulset", NAME)["metadata"]["annotations"]


def test_without_a_set_both_say_so(cluster: Cluster) -> None:
    assert cluster.module("pc_history")["reason"] == "set_missing"
    assert cluster.module("pc_pause")["reason"] == "set_missing"
