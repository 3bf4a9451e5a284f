# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A slip in a variable's name is told with the name that was meant; what is somebody else's is left alone."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import typing as t

import pytest
from ansible_collections.robustmq.placement_center.plugins.plugin_utils import _variables

ROOT = pathlib.Path(__file__).parents[4]
KNOWN = {"pc_image", "pc_storage_class", "pc_checks", "pc_shared_image", "pc_own_variables"}
RESULT = {"changed": False, "failed": False}

CASES: list[tuple[str, dict[str, t.Any], list[tuple[str, str]]]] = [
    ("all are right", {"pc_image": "a:1", "pc_checks": [{"that": "x"}]}, []),
    ("a slip", {"pc_imag": "a:1"}, [("variable_unknown", "pc_imag: no such variable; did you mean pc_image?")]),
    ("nothing is near", {"pc_zzz": 1}, [("variable_unknown", "pc_zzz: no such variable")]),
    ("nobody is told to set an inner one", {"pc_shared_imag": 1}, [("variable_unknown", "pc_shared_imag: no such variable")]),
    ("another prefix", {"pcimage": 1, "upgrade_imag": 2}, []),
    ("somebody's own", {"pc_ticket": 1}, []),
    ("a registered result", {"pc_found": RESULT}, []),
    ("a table of the operator's is no result", {"pc_found": {"changed": 1}}, [("variable_unknown", "pc_found: no such variable")]),
    ("Windows line ends", {"pc_image": "a:1\r"}, [("line_end", "pc_image: its value has a carriage return: saved with Windows line ends")]),
    ("an inner one is made of the others", {"pc_shared_image": "a\r"}, []),
    (
        "deep inside",
        {"pc_checks": [{"that": "x", "says": "y\r\nz"}]},
        [("line_end", "pc_checks: its value has a carriage return: saved with Windows line ends")],
    ),
    ("the name is told first", {"pc_imag": "a\r"}, [("variable_unknown", "pc_imag: no such variable; did you mean pc_image?")]),
]


@pytest.mark.parametrize("variables, told", [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_what_is_told(variables: dict[str, t.Any], told: list[tuple[str, str]]) -> None:
    given = _variables.to_check(variables, KNOWN, own=["pc_ticket"])
    assert [(r.reason, str(r)) for r in _variables.refusals(given, KNOWN, {})] == told


def test_the_place_is_told_where_it_is_known() -> None:
    (refusal,) = _variables.refusals({"pc_imag": 1}, KNOWN, {"pc_imag": "/srv/cluster.yml:3:10"})
    assert str(refusal).startswith("pc_imag (/srv/cluster.yml:3:10): no such variable")


def test_names_are_those_that_playbooks_read() -> None:
    text = 'x: "{{ pc_image | default(pc_storage_class) }}"\nrobustmq.placement_center.pc_health: {}\nnot_pc_this: 1'
    assert _variables.read_by([text]) == {"pc_image", "pc_storage_class"}


def play(folder: pathlib.Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The playbook that needs the least, without a cluster: what comes after our task is another failure."""
    env = {**os.environ, "ANSIBLE_NOCOLOR": "1", "K8S_AUTH_KUBECONFIG": str(folder / "none")}
    command = ["ansible-playbook", "robustmq.placement_center.pause", *words]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=120)


RUNS: list[tuple[str, str, str]] = [
    ("a slip in a file", "pc_namespace: a\npc_imag: b\n", "mine.yml:2:10): no such variable; did you mean pc_image?"),
    ("two slips", "pc_imag: a\npc_namespac: b\n", "(and 1 more, see refusals)"),
    ("a carriage return", 'pc_name: "a\\r"\n', "mine.yml:1:10): its value has a carriage return"),
]


@pytest.mark.parametrize("text, told", [r[1:] for r in RUNS], ids=[r[0] for r in RUNS])
def test_a_playbook_ends_before_it_has_done_anything(tmp_path: pathlib.Path, text: str, told: str) -> None:
    (tmp_path / "mine.yml").write_text(text)
    done = play(tmp_path, "--check", "-e", "@mine.yml")
    assert done.returncode == 2 and told in done.stdout + done.stderr, done.stdout + done.stderr
    assert done.stdout.count("TASK [") == 1


def test_own_variables_of_the_operator_and_of_other_hosts_pass(tmp_path: pathlib.Path) -> None:
    hosts = {"here": {"ansible_connection": "local", "pc_ticket": 7}, "there": {"pc_imag": "x"}}
    (tmp_path / "hosts.json").write_text(json.dumps({"all": {"hosts": hosts}}))
    given = {"pc_hosts": "here", "pc_own_variables": ["pc_ticket"]}
    done = play(tmp_path, "-i", "hosts.json", "-e", json.dumps(given))
    assert "no such variable" not in done.stdout + done.stderr
    assert "no usable connection" in done.stdout + done.stderr, done.stdout + done.stderr
