# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Is the image on the node? By the node's list, and by the state of the pod that brings it."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils import _images
from ansible_collections.robustmq.placement_center.plugins.module_utils._profiles import PROFILES

from .contract import CONTRACT_SET, LABELS

NODE = {
    "status": {
        "images": [
            {"names": ["docker.io/robustmq/placement-center@sha256:12", "docker.io/robustmq/placement-center:0.4.0"]},
            {"names": ["docker.io/library/busybox:1"]},
            {"names": ["registry:5000/pc:1", "ghcr.io/robustmq/robustmq:v0.4.11"]},
            {},
        ]
    }
}

LISTED = [
    ("robustmq/placement-center:0.4.0", True),
    ("docker.io/robustmq/placement-center:0.4.0", True),
    ("robustmq/placement-center@sha256:12", True),
    ("robustmq/placement-center:0.4.1", False),
    ("busybox:1", True),
    ("registry:5000/pc:1", True),
    ("ghcr.io/robustmq/robustmq:v0.4.11", True),
    ("other.io/robustmq/placement-center:0.4.0", False),
]


@pytest.mark.parametrize("image, there", LISTED)
def test_listed(image: str, there: bool) -> None:
    assert _images.has(NODE, image) is there


def waits(reason: str, message: str = "") -> dict[str, t.Any]:
    return {"phase": "Pending", "containerStatuses": [{"state": {"waiting": {"reason": reason, "message": message}}}]}


def ended(**how: t.Any) -> dict[str, t.Any]:
    return {"phase": "Failed", "containerStatuses": [{"state": {"terminated": how}}]}


STATES: list[tuple[str, dict[str, t.Any], str]] = [
    ("nothing yet", {"phase": "Pending"}, "coming"),
    ("being made", waits("ContainerCreating"), "coming"),
    ("runs", {"phase": "Running", "containerStatuses": [{"state": {"running": {}}}]}, "here"),
    ("said its version", ended(exitCode=0, reason="Completed"), "here"),
    ("does not know --version", ended(exitCode=2, reason="Error"), "here"),
    ("has no such program", ended(exitCode=128, reason="StartError"), "here"),
    ("may not start as configured", waits("CreateContainerConfigError"), "here"),
    ("cannot be made", waits("CreateContainerError"), "here"),
    ("is not in the registry", waits("ErrImagePull", "not found"), "unavailable"),
    ("is still not in the registry", waits("ImagePullBackOff"), "unavailable"),
    ("has a bad name", waits("InvalidImageName"), "unavailable"),
    ("may not be pulled", waits("ErrImageNeverPull"), "unavailable"),
    ("does not fit", {"phase": "Failed", "reason": "OutOfmemory", "message": "no room"}, "failed"),
    ("evicted while it came", {"phase": "Failed", "reason": "Evicted", "containerStatuses": waits("ContainerCreating")["containerStatuses"]}, "failed"),
    ("out of time before it began", ended(exitCode=137, reason="ContainerStatusUnknown"), "failed"),
]


@pytest.mark.parametrize("status, kind", [s[1:] for s in STATES], ids=[s[0] for s in STATES])
def test_states(status: dict[str, t.Any], kind: str) -> None:
    assert _images.state({"status": status}).kind == kind


def test_words_are_the_kubelets() -> None:
    assert _images.state({"status": waits("ErrImagePull", "not found")}).words == "ErrImagePull: not found"
    assert _images.state({"status": {"phase": "Failed", "reason": "OutOfcpu", "message": "m"}}).words == "OutOfcpu: m"
    assert _images.state(None).kind == "failed"


def test_the_pod_is_no_member_but_may_do_what_one_may() -> None:
    template = CONTRACT_SET["spec"]["template"]
    more = {"imagePullSecrets": [{"name": "s"}], "tolerations": [{"operator": "Exists"}], "securityContext": {"runAsUser": 7}}
    made = {**CONTRACT_SET, "metadata": {**CONTRACT_SET["metadata"], "uid": "u"}, "spec": {**CONTRACT_SET["spec"]}}
    made["spec"]["template"] = {**template, "spec": {**template["spec"], **more}}
    pod = _images.pull_pod(made, PROFILES["contract"], "i:2", "node-1", 90)
    assert not set(LABELS.items()) <= set(pod["metadata"]["labels"].items())
    assert pod["metadata"]["ownerReferences"] == [{"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "placement-center", "uid": "u"}]
    spec = pod["spec"]
    assert {key: spec[key] for key in more} == more
    assert spec["nodeName"] == "node-1" and spec["restartPolicy"] == "Never" and "volumes" not in spec
    assert spec["containers"][0]["command"] == ["/robustmq/libs/placement-center", "--version"]
