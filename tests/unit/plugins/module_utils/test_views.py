# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kubernetes' objects into the model: what keeps a pod from running keeps Kubernetes' own words."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils import _views
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
    view = _views.pod_view(found, NAME)
    assert view.trouble == code and words in view.message and view.image == "pc:1"


def test_a_member_in_a_container_of_another_name_is_seen_to_run() -> None:
    found = pod()
    found["spec"]["containers"] = [{"name": "meta", "image": "pc:1"}]
    found["status"]["containerStatuses"][0]["name"] = "meta"
    view = _views.pod_view(found, NAME)
    assert (view.started, view.restarts, view.image) == (True, 2, "pc:1")


def test_absent_fields_are_no_knowledge_and_no_error() -> None:
    bare = {"metadata": {"name": "p", "uid": "u"}, "spec": {"containers": [{"name": "x", "image": "y"}]}}
    view = _views.pod_view(bare, NAME)
    assert (view.phase, view.ready, view.started, view.restarts) == ("Unknown", False, False, 0)


def test_a_set_that_its_controller_has_not_seen_is_not_observed() -> None:
    fresh = {**CONTRACT_SET, "metadata": {**CONTRACT_SET["metadata"], "uid": "u", "generation": 2}}
    assert not _views.set_view({**fresh, "status": {"observedGeneration": 1}}, PROFILES["contract"]).observed
    assert not _views.set_view(fresh, PROFILES["contract"]).observed
    assert _views.set_view({**fresh, "status": {"observedGeneration": 2}}, PROFILES["contract"]).observed


def event(reason: str, at: str, message: str = "", about: str = "pc-0") -> dict[str, t.Any]:
    return {"reason": reason, "lastTimestamp": at, "message": message, "involvedObject": {"kind": "Pod", "name": about}}


EVENTS: list[tuple[str, list[dict[str, t.Any]], str]] = [
    ("none", [], ""),
    ("failed", [event("FailedCreate", "1", "exceeded quota")], "exceeded quota"),
    ("failed, then went well", [event("FailedCreate", "1", "exceeded quota"), event("SuccessfulCreate", "2")], ""),
    ("went well, then failed", [event("SuccessfulCreate", "1"), event("FailedCreate", "2", "exceeded quota")], "exceeded quota"),
]


@pytest.mark.parametrize("events, words", [c[1:] for c in EVENTS], ids=[c[0] for c in EVENTS])
def test_the_controllers_last_word_on_making_a_pod_counts(events: list[dict[str, t.Any]], words: str) -> None:
    assert _views.create_failure(events) == words


def test_only_the_last_minutes_warnings_about_the_members_are_kept_oldest_first() -> None:
    now = _views.seconds("2026-01-01T01:00:00Z")
    assert now is not None
    given = [
        event("Late", "2026-01-01T00:59:00Z"),
        event("Early", "2026-01-01T00:55:00.123456Z"),
        event("Old", "2026-01-01T00:10:00Z"),
        event("Foreign", "2026-01-01T00:59:00Z", about="other"),
    ]
    assert [e.reason for e in _views.events(given, {"pc-0"}, now)] == ["Early", "Late"]


def test_a_node_that_says_nothing_of_itself_is_not_ready() -> None:
    pressed = {"status": {"conditions": [{"type": "Ready", "status": "True"}, {"type": "DiskPressure", "status": "True"}]}}
    assert _views.node_view("n", None).ready is False
    assert _views.node_view("n", {}).ready is False
    assert _views.node_view("n", {"status": {"conditions": [{"type": "Ready", "status": "Unknown"}]}}).ready is False
    assert _views.node_view("n", pressed).pressures == ("DiskPressure",)


SELECTORS: list[tuple[dict[str, t.Any] | None, bool]] = [
    (None, False),
    ({}, True),
    ({"matchLabels": {"app": "robustmq"}}, True),
    ({"matchLabels": {"app": "other"}}, False),
    ({"matchExpressions": [{"key": "app", "operator": "In", "values": ["robustmq"]}]}, True),
    ({"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["robustmq"]}]}, False),
    ({"matchExpressions": [{"key": "app", "operator": "Exists"}, {"key": "x", "operator": "DoesNotExist"}]}, True),
    ({"matchExpressions": [{"key": "x", "operator": "Exists"}]}, False),
]


@pytest.mark.parametrize("selector, covers", SELECTORS)
def test_a_budget_covers_what_its_selector_takes_in(selector: dict[str, t.Any] | None, covers: bool) -> None:
    budget = {"metadata": {"name": "b"}, "spec": {"selector": selector}, "status": {"disruptionsAllowed": 1}}
    assert bool(_views.budgets([budget], {"app": "robustmq"})) is covers


def test_a_pod_that_mounts_a_members_claim_is_an_intruder_until_it_has_ended() -> None:
    def mounting(uid: str, phase: str) -> dict[str, t.Any]:
        volumes = [{"name": "v", "persistentVolumeClaim": {"claimName": "data-pc-1"}}]
        return {"metadata": {"uid": uid, "name": uid}, "spec": {"volumes": volumes}, "status": {"phase": phase}}

    pods = [mounting("member", "Running"), mounting("copy", "Pending"), mounting("done", "Succeeded")]
    assert _views.intruders(pods, {"member"}, {"data-pc-1": 1}) == (("copy", 1),)
