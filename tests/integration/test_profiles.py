# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every generation of the server is deployed, read and judged alike; v0_4 with its real elections of 10-20 s."""

from __future__ import annotations

import typing as t

import pytest

from .cluster import Cluster, Object
from .faults import cut_off, filled, stopped
from .looking import codes, findings, look
from .waiting import until
from .where import data, node_address

GENERATIONS = [
    ("contract", "robustmq/placement-center:0.4.0", 1),
    ("v0_1", "robustmq/placement-center:0.1.28", 1),
    ("v0_4", "ghcr.io/robustmq/robustmq:v0.4.11", 3),
]


@pytest.mark.parametrize("profile, image, groups", [pytest.param(*g, id=g[0], marks=[pytest.mark.long] if g[0] == "v0_1" else []) for g in GENERATIONS])
def test_the_same_faults_have_the_same_codes_in_every_generation(cluster: Cluster, profile: str, image: str, groups: int) -> None:
    run = cluster.play("deploy", pc_profile=profile, pc_image=image)
    assert run.code == 0, run.screen

    def ask(**options: t.Any) -> Object:
        return look(cluster.namespace, profile=profile, request_timeout=2, **options)

    def whole(found: Object) -> bool:
        return bool(found["healthy"])

    first = until(ask, whole)
    assert len(first["groups"]) == groups and len(first["restart_safe"]) == 3
    assert ask(checks=[{"that": "length(groups) == `9`", "says": "nine groups"}])["reasons"][0]["code"] == "check_failed"
    lead = first["groups"][0]["leader"]
    one, other = sorted(set(first["restart_safe"]) - {lead})

    with stopped(cluster, one):
        hung = ask()
        assert ("no_answer", one) in findings(hung) and hung["writes_possible"] and hung["seconds"] < 3
        assert not {lead, other} & set(hung["restart_safe"]), "without it they are all that is left of the majority"
    until(ask, whole)

    with cut_off(cluster, one, keep=(node_address(),)):
        alone = until(ask, lambda found: ("leaders_differ", one) in findings(found))
        assert alone["writes_possible"] and lead not in alone["restart_safe"]
    until(ask, whole)

    with filled(data(cluster, one)):
        until(ask, lambda found: ("volume_full", one) in findings(found))
    until(ask, whole)

    lead = ask()["groups"][0]["leader"]
    with stopped(cluster, lead):
        dead = ask()
        assert {"no_answer", "no_leader"} <= codes(dead) and dead["restart_safe"] == [] and not dead["writes_possible"]
        followed = until(ask, lambda found: bool(found["writes_possible"]))
        assert not followed["healthy"] and followed["groups"][0]["leader"] != lead
    until(ask, whole)
