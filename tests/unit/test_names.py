# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shared variables reach the roles: an empty string is unset, a zero is a value."""

from __future__ import annotations

import pathlib

import pytest
import yaml
from jinja2 import Environment

NAMES = yaml.safe_load((pathlib.Path(__file__).parents[2] / "playbooks/vars/names.yml").read_text())
CASES = [
    ("statefulset_stable_seconds", "pc_stable_seconds", "10"),
    ("statefulset_wait_timeout", "pc_step_timeout", "900"),
    ("statefulset_wait_patience", "pc_wait_patience", "15"),
    ("statefulset_user", "pc_user", "1000"),
    ("status_max_lag", "pc_max_lag", "100"),
    ("pc_shared_replicas", "pc_replicas", "3"),
]


@pytest.mark.parametrize("role_variable, shared, default", CASES, ids=[c[1] for c in CASES])
def test_a_number(role_variable: str, shared: str, default: str) -> None:
    template = Environment(autoescape=False).from_string(NAMES[role_variable])
    assert template.render() == default
    assert template.render({shared: ""}) == default
    assert template.render({shared: 0}) == "0" and template.render({shared: "7"}) == "7"
