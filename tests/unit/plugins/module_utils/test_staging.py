# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A new template has what was asked for, and nothing else of it is touched."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils import _staging
from ansible_collections.robustmq.placement_center.plugins.module_utils._profiles import PROFILES
from ansible_collections.robustmq.placement_center.plugins.module_utils._rollout import FINISHED, STAGED, STATE, WHY
from ansible_collections.robustmq.placement_center.plugins.module_utils._settings import Cluster

WHERE = Cluster("n", "placement-center", 3, "cluster.local", PROFILES["v0_1"])
START, STOP, SLEEP = {"exec": {"command": ["a"]}}, {"exec": {"command": ["b"]}}, {"sleep": {"seconds": 3}}

HOOKS: list[tuple[str, dict[str, t.Any], dict[str, t.Any], dict[str, t.Any] | None]] = [
    ("not given, not touched", {"preStop": STOP}, {}, {"preStop": STOP}),
    ("another", {"preStop": STOP, "postStart": START}, {"pre_stop": SLEEP}, {"preStop": SLEEP, "postStart": START}),
    ("none any more", {"preStop": STOP}, {"pre_stop": {}}, None),
    ("none, beside somebody's own", {"preStop": STOP, "postStart": START}, {"pre_stop": {}}, {"postStart": START}),
]


def test_what_is_staged_is_not_finished_and_what_is_done_is() -> None:
    live = {"metadata": {"resourceVersion": "7"}, "spec": {"template": {}}, "status": {}}
    notes = _staging.patch(live, {}, "digest", False, "rolling")["metadata"]["annotations"]
    assert (notes[STAGED], notes[FINISHED]) == ("digest", None)
    assert _staging.state_patch("8", "done", "", "digest")["metadata"]["annotations"] == {STATE: "done", WHY: None, FINISHED: "digest"}
    assert FINISHED not in _staging.state_patch("8", "held", "pod_crashing")["metadata"]["annotations"], "a hold of a later run takes nothing back"


@pytest.mark.parametrize("had, want, has", [h[1:] for h in HOOKS], ids=[h[0] for h in HOOKS])
def test_a_handler_is_replaced_and_others_stay(had: dict[str, t.Any], want: dict[str, t.Any], has: dict[str, t.Any] | None) -> None:
    template = {"metadata": {"annotations": {"a": "b"}}, "spec": {"hostname": "x", "containers": [{"name": "placement-center", "lifecycle": had}]}}
    made = _staging.changed(WHERE, template, want, "")
    container = made["spec"]["containers"][0]
    assert container.get("lifecycle") == has and container["name"] == "placement-center"
    assert {**made, "spec": {**made["spec"], "containers": []}} == {**template, "spec": {"hostname": "x", "containers": []}}
