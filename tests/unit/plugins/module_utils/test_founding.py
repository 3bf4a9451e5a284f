# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a first deployment may be corrected at once, and which pod has to go for it."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils import _founding, _settings
from ansible_collections.robustmq.placement_center.plugins.module_utils._profiles import PROFILES

WHERE = _settings.Cluster("robustmq", "placement-center", 3, "cluster.local", PROFILES["contract"])
CLAIMS = [f"data-placement-center-{ordinal}" for ordinal in range(3)]


@pytest.mark.parametrize(
    "live, claims, is_so",
    [
        ({"status": {}}, CLAIMS[:1], True),
        ({"status": {"readyReplicas": 0}}, [], True),
        ({}, [*CLAIMS[:1], "data-other-1"], True),
        ({"status": {"readyReplicas": 1}}, CLAIMS[:1], False),
        ({"status": {}}, CLAIMS[:2], False),
        ({"status": {}}, [CLAIMS[0], CLAIMS[2]], False),
        (None, [], False),
    ],
)
def test_only_a_set_without_a_ready_member_and_without_a_second_claim_was_never_on_its_feet(live: t.Any, claims: list[str], is_so: bool) -> None:
    assert _founding.founding(WHERE, live, claims) is is_so


def pod(ready: str = "False", revision: str = "old", **meta: str) -> dict[str, t.Any]:
    return {"metadata": {"labels": {"controller-revision-hash": revision}, **meta}, "status": {"conditions": [{"type": "Ready", "status": ready}]}}


@pytest.mark.parametrize(
    "found, is_so",
    [(pod(), True), ({"metadata": {}}, True), (pod(ready="True"), False), (pod(revision="new"), False), (pod(deletionTimestamp="now"), False), (None, False)],
)
def test_a_pod_goes_that_is_not_ready_and_stands_on_another_revision(found: t.Any, is_so: bool) -> None:
    assert _founding.stale(found, "new") is is_so
