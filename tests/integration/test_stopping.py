# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A member stops cleanly and soon in every generation; one that does not heed SIGTERM is sent what it heeds."""

from __future__ import annotations

import time

import pytest

from . import shell_image
from .cluster import NAME, Cluster, Object, kubectl

SOON: Object = {"pc_stable_seconds": 1, "pc_step_timeout": 120}


def seconds_to_stop(cluster: Cluster, ordinal: int) -> float:
    """How long the pod takes to go."""
    start = time.monotonic()
    kubectl("delete", "pod", f"{NAME}-{ordinal}", "-n", cluster.namespace, "--wait=true")
    return time.monotonic() - start


def template(cluster: Cluster) -> Object:
    spec = cluster.get("statefulset", NAME)["spec"]["template"]["spec"]
    return {"grace": spec["terminationGracePeriodSeconds"], "hooks": spec["containers"][0].get("lifecycle")}


@pytest.mark.long
def test_a_server_that_ignores_sigterm_stops_by_its_handler_and_the_handler_can_be_replaced(cluster: Cluster) -> None:
    given: Object = {"pc_profile": "v0_1", "pc_image": shell_image.load()}
    assert cluster.play("deploy", **given).code == 0
    assert template(cluster) == {"grace": 30, "hooks": {"preStop": {"exec": {"command": ["/bin/sh", "-c", "kill -INT 1"]}}}}
    assert seconds_to_stop(cluster, 3) < 20, "long before the grace period is over"
    assert cluster.play("deploy", **given).changed == 0
    update = cluster.play("upgrade", quick=False, pc_profile="v0_1", pc_grace_period=5, pc_pre_stop={}, **SOON)
    assert update.code == 0 and template(cluster) == {"grace": 5, "hooks": None}, update.screen
    assert seconds_to_stop(cluster, 3) > 4, "without it the whole period is waited"
    same = cluster.play("deploy", **given, pc_grace_period=5, pc_pre_stop={})
    assert same.code == 0 and same.changed == 0, "deploy can say the same"
