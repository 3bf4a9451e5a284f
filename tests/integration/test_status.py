# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The status playbook: a screen for people, facts for programs, both whatever the cluster is like."""

from __future__ import annotations

import json

from .cluster import NAME, Cluster, kubectl


def test_one_screen_says_how_a_cluster_is_and_what_to_do(cluster: Cluster) -> None:
    assert cluster.play("deploy").code == 0
    whole = cluster.play("status")  # at once: what no kubelet has measured yet is waited for
    lines = whole.screen.splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("healthy: 3 members, metadata_0 led by 0 in term "))
    assert lines[at + 1].split() == ["NAME", "READY", "AGE", "VERSION", "ROLE", "TERM", "LAG", "DISK", "RESTARTS", "STATE"]
    assert [line.split()[0] for line in lines[at + 2 : at + 5]] == [f"{NAME}-{o}" for o in range(3)]
    assert lines[at + 2].split()[1:5:2] == ["yes", "0.3.0"] and "% free" in lines[at + 2]
    kubectl("delete", "pdb", NAME, "-n", cluster.namespace)
    kubectl("delete", "pod", f"{NAME}-2", "-n", cluster.namespace, "--wait=false")
    hurt = cluster.play("status", pc_must_pass=True)
    assert hurt.code != 0 and "not healthy: " in hurt.screen and "    next: " in hurt.screen
    assert "budget_missing: no disruption budget covers the members" in hurt.screen


def test_the_facts_are_left_to_programs_even_when_the_play_fails(cluster: Cluster) -> None:
    cluster.env["ANSIBLE_SHOW_CUSTOM_STATS"] = "1"
    run = cluster.play("status", pc_must_pass=True, pc_status_format="json")
    assert run.code != 0
    artifact = run.screen.split("CUSTOM STATS:")[1].split("RUN:")[1].strip().splitlines()[0]
    told = json.loads(artifact)["placement_center_status"]
    facts = run.last("pc_health")
    assert told["reason"] == facts["reason"] == "set_missing" and told["healthy"] is False and told["state"] == "failed"
    assert facts["reasons"][0]["next"]
    assert '"status_health": {' in run.screen and not any(line.startswith("NAME") for line in run.screen.splitlines())
