# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kubernetes' objects into the model: what keeps a pod from running keeps Kubernetes' own words."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils import _observe
from ansible_collections.robustmq.placement_center.plugins.module_utils._profiles import PROFILES

from .contract import CONTRACT_SET

NAME = "placement-center"
UNSCHEDULABLE = "0/3 nodes are available: 3 Insufficient memory."


def pod(phase: str = "Running", ready: str = "True", state: dict[str, t.Any] | None = None, **status: t.Any) -> dict[str, t.Any]:
    container = {"name": NAME, "restartCount": 2, "state": {"running": {}} if state is None else state, **status.pop("container", {})}
    return {
        "metadata": {"name": "placement-center-0", "uid": "u", "creationTimestamp": "2026-01-01T00:00:00Z", **status.pop("metadata", {})},
        "spec": {"containers": [{"name": "sidecar", "image": "x:1"}, {"name": NAME, "image": "pc:1"}]},
        "status": {"phase": phase, "conditions": [{"type": "Ready", "status": ready}], "containerStatuses": [container], **status},
    }


def waiting(reason: str, message: str = "words") -> dict[str, t.Any]:
    return {"waiting": {"reason": reason, "message": message}}


TROUBLE: list[tuple[str, dict[str, t.Any], str, str]] = [
    ("runs", pod(), "", ""),
    ("is being made", pod("Pending", "False", waiting("ContainerCreating")), "", "ContainerCreating"),
    ("no image", pod("Pending", "False", waiting("ImagePullBackOff", "no such tag")), "pod_image", "no such tag"),
    ("no config", pod("Pending", "False", waiting("CreateContainerConfigError")), "pod_config", "words"),
    (
        "crashes",
        pod("Running", "False", waiting("CrashLoopBackOff"), container={"lastState": {"terminated": {"exitCode": 137}}}),
        "pod_crashing",
        "exit code 137",
    ),
    (
        "no room",
        {**pod("Pending", "False"), "status": {"conditions": [{"type": "PodScheduled", "status": "False", "message": UNSCHEDULABLE}]}},
        "pod_unschedulable",
        UNSCHEDULABLE,
    ),
]


@pytest.mark.parametrize("found, code, words", [c[1:] for c in TROUBLE], ids=[c[0] for c in TROUBLE])
def test_trouble(found: dict[str, t.Any], code: str, words: str) -> None:
    view = _observe.pod_view(found, NAME)
    assert view.trouble == code and words in view.message and view.image == "pc:1"


def test_absent_fields_are_no_knowledge_and_no_error() -> None:
    bare = {"metadata": {"name": "p", "uid": "u"}, "spec": {"containers": [{"name": "x", "image": "y"}]}}
    view = _observe.pod_view(bare, NAME)
    assert (view.phase, view.ready, view.started, view.restarts) == ("Unknown", False, False, 0)


def test_a_set_that_its_controller_has_not_seen_is_not_observed() -> None:
    fresh = {**CONTRACT_SET, "metadata": {**CONTRACT_SET["metadata"], "uid": "u", "generation": 2}}
    assert not _observe.set_view({**fresh, "status": {"observedGeneration": 1}}, PROFILES["contract"]).observed
    assert not _observe.set_view(fresh, PROFILES["contract"]).observed
    assert _observe.set_view({**fresh, "status": {"observedGeneration": 2}}, PROFILES["contract"]).observed


def event(reason: str, at: str, message: str = "", uid: str = "u") -> dict[str, t.Any]:
    return {"reason": reason, "lastTimestamp": at, "message": message, "involvedObject": {"uid": uid}}


EVENTS: list[tuple[str, list[dict[str, t.Any]], str]] = [
    ("none", [], ""),
    ("failed", [event("FailedCreate", "1", "exceeded quota")], "exceeded quota"),
    ("failed, then went well", [event("FailedCreate", "1", "exceeded quota"), event("SuccessfulCreate", "2")], ""),
    ("went well, then failed", [event("SuccessfulCreate", "1"), event("FailedCreate", "2", "exceeded quota")], "exceeded quota"),
    ("another's", [event("FailedCreate", "1", "exceeded quota", uid="v")], ""),
]


@pytest.mark.parametrize("events, words", [c[1:] for c in EVENTS], ids=[c[0] for c in EVENTS])
def test_the_controllers_last_word_on_making_a_pod_counts(events: list[dict[str, t.Any]], words: str) -> None:
    fresh = {**CONTRACT_SET, "metadata": {**CONTRACT_SET["metadata"], "uid": "u"}}
    assert _observe.create_failure(events, _observe.set_view(fresh, PROFILES["contract"])) == words
