# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every role leaves one artifact to the job, whether it ends well or not, and each under the playbook's name."""

from __future__ import annotations

import pathlib
import typing as t

import pytest
import yaml

ROOT = pathlib.Path(__file__).parents[2]
ROLES = sorted(p.name for p in (ROOT / "roles").iterdir() if p.is_dir())
PARTS = {"preflight": "deploy", "storage": "deploy", "config": "deploy", "statefulset": "deploy"}  # of one playbook
PLAYBOOKS = {p.stem for p in (ROOT / "playbooks").glob("*.yml")}

Task = dict[str, t.Any]


def tasks(path: pathlib.Path) -> list[Task]:
    found: list[Task] = yaml.safe_load(path.read_text())
    return found


def stats(found: list[Task]) -> list[Task]:
    """Every set_stats below."""
    inner = [task for each in found for part in ("block", "rescue", "always") for task in each.get(part, [])]
    return [task for task in found if "ansible.builtin.set_stats" in task] + (stats(inner) if inner else [])


@pytest.mark.parametrize("role", ROLES)
def test_a_role_leaves_one_artifact_also_when_it_fails(role: str) -> None:
    files = {path.stem: tasks(path) for path in (ROOT / f"roles/{role}/tasks").glob("*.yml")}
    (whole,) = files["main"]
    (left,) = [task for found in files.values() for task in stats(found)]
    assert left in whole["always"], "only what is below always runs whatever happened"
    said = left["ansible.builtin.set_stats"]
    assert said["aggregate"] is False and "per_host" not in said, "AWX keeps what is of no host"
    ((name, value),) = said["data"].items()
    assert name == f"placement_center_{PARTS.get(role, role)}"
    assert "| robustmq.placement_center.outcome(inventory_hostname" in value, "small, and nothing secret"


def test_every_playbook_leaves_one() -> None:
    for playbook in PLAYBOOKS:
        (play,) = yaml.safe_load((ROOT / f"playbooks/{playbook}.yml").read_text())
        names = {PARTS.get(role, role) for role in (entry["role"].rpartition(".")[2] for entry in play["roles"])}
        assert names == {playbook}
