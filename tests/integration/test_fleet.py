# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many clusters from one inventory: in waves that end at the first that holds, one line for each at the end, and what that costs."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import time
import typing as t
import uuid

import pytest

from .beside import Peak
from .cluster import QUICK, Cluster, Object
from .updating import IMAGE

COUNT = int(os.environ.get("FLEET", "25"))
FORKS = 8
TINY: Object = {**QUICK, "pc_resources": {"requests": {"cpu": "5m", "memory": "16Mi"}, "limits": {"cpu": "1000m", "memory": "256Mi"}}}


class Fleet:
    """Clusters named c01, c02, … in namespaces of their own."""

    def __init__(self, folder: pathlib.Path) -> None:
        tag = uuid.uuid4().hex[:4]
        self.clusters = {f"c{n:02}": Cluster(f"fleet-{tag}-{n:02}") for n in range(1, COUNT + 1)}
        self.inventory = folder / "inventory.json"
        self.facts({})

    def facts(self, more: dict[str, Object]) -> None:
        """What is true of one cluster alone."""
        hosts = {name: {"pc_namespace": each.namespace, **more.get(name, {})} for name, each in self.clusters.items()}
        self.inventory.write_text(json.dumps({"all": {"hosts": hosts}}))

    def play(self, playbook: str, limit: str = "all", **variables: t.Any) -> tuple[int, list[str], float]:
        """Exit code, the lines after the recap, and seconds."""
        # Elsewhere members do not share their cores with Ansible; here they go first, or they lose their leaders to it.
        words = ["nice", "-n", "10", "ansible-playbook", "-i", str(self.inventory), "-f", str(FORKS), f"robustmq.placement_center.{playbook}"]
        env = {**os.environ, "ANSIBLE_CALLBACKS_ENABLED": "robustmq.placement_center.summary", "ANSIBLE_NOCOLOR": "1"}
        start = time.monotonic()
        given = json.dumps({"pc_hosts": limit, "pc_evidence": False, **variables})
        done = subprocess.run([*words, "-e", given], check=False, capture_output=True, text=True, env=env, timeout=1800)
        seconds = time.monotonic() - start
        head, _mark, tail = done.stdout.partition("CLUSTERS ***")
        assert tail, head + done.stderr
        return done.returncode, [line for line in tail.splitlines()[1:] if line], seconds

    def images(self) -> dict[str, set[str]]:
        """Cluster -> the versions that its members run."""
        found = {name: each.get("pods")["items"] for name, each in self.clusters.items()}
        return {name: {p["spec"]["containers"][0]["image"].removeprefix(IMAGE) for p in pods} for name, pods in found.items()}


@pytest.fixture
def fleet(tmp_path: pathlib.Path) -> t.Iterator[Fleet]:
    made = Fleet(tmp_path)
    yield made
    for each in made.clusters.values():
        each.remove()


@pytest.mark.long
def test_a_fleet_is_updated_in_waves_and_no_wave_begins_after_a_cluster_that_holds(fleet: Fleet) -> None:
    code, told, seconds = fleet.play("deploy", **TINY)
    assert code == 0 and told[0] == f"{COUNT} of {COUNT} clusters are as they should be", told
    print(f"{COUNT} clusters deployed in {seconds:.0f} s")
    one = min(fleet.play("status", "c01")[2] for _round in range(3))
    with Peak(b"ansible-playbook", field="RssAnon") as peak:  # 75 members on few cores lose a leader now and then, which takes longer
        code, told, every = min((fleet.play("status") for _round in range(3)), key=lambda look: look[2])
    print(f"status of {COUNT}: {every:.1f} s, {every / one:.1f}x of one; {peak.mib:.0f} MiB a process")
    assert code == 0 and told[0].startswith(f"{COUNT} of {COUNT}"), told
    assert peak.mib < 100
    ill, wave = "c03", {"c01", "c02", "c03", "c04"}
    given: Object = {"pc_stable_seconds": 1, "pc_wait_patience": 5, "pc_step_timeout": 120, "pc_serial": [1, 3, "100%"]}
    fleet.facts({name: {"pc_image": IMAGE + ("0.4.2-exit-at-start" if name == ill else "0.4.0")} for name in fleet.clusters})
    code, told, _seconds = fleet.play("upgrade", **given)
    assert code == 2 and told[1].startswith(f"{ill}  pod_crashing"), told
    assert [line.split()[0] for line in told if "not reached" in line] == sorted(fleet.clusters.keys() - wave), told
    versions = fleet.images()
    assert all(versions[name] == {"0.4.0"} for name in wave - {ill}) and versions[ill] == {"0.3.0", "0.4.2-exit-at-start"}, versions
    assert all(versions[name] == {"0.3.0"} for name in fleet.clusters.keys() - wave), versions
    assert fleet.play("rollback", ill, pc_stable_seconds=1, pc_wait_patience=5)[0] == 0
    fleet.facts({name: {"pc_image": IMAGE + "0.4.0"} for name in fleet.clusters})
    code, told, seconds = fleet.play("upgrade", **{**given, "pc_serial": "50%"})
    print(f"{COUNT} clusters updated in {seconds:.0f} s")
    assert code == 0 and set().union(*fleet.images().values()) == {"0.4.0"}, told
    assert every <= 12 * one
