# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shared variables reach the roles: an empty string is unset, a zero and a false are values."""

from __future__ import annotations

import pathlib
import re
import typing as t

import pytest
import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar, trust_as_template

ROOT = pathlib.Path(__file__).parents[2]
NAMES: dict[str, t.Any] = yaml.safe_load((ROOT / "playbooks/vars/names.yml").read_text())
BESIDE = {"storage_options": "the class", "config_options": "the text", "statefulset_options": "the set", "ansible_check_mode": False}


def expressions() -> dict[str, t.Any]:
    """Whatever depends on a variable: what names.yml maps, and what the plays themselves ask."""
    found: dict[str, t.Any] = dict(NAMES)
    for path in (ROOT / "playbooks").glob("*.yml"):
        (play,) = yaml.safe_load(path.read_text())
        found |= {f"{path.stem} {key}": play[key] for key in ("hosts", "serial") if key in play}
        found[f"{path.stem} connection"] = play["module_defaults"]
        found[f"{path.stem} own"] = play["pre_tasks"][0]["robustmq.placement_center.pc_variables"]
        for role in play["roles"]:
            mine = {**role.get("vars", {}), **({"when": f"{{{{ {role['when']} }}}}"} if "when" in role else {})}
            found |= {f"{path.stem} {role['role']} {key}": value for key, value in mine.items()}
    return found


EXPRESSIONS = expressions()
VARIABLES = sorted({name for text in EXPRESSIONS.values() for name in re.findall(r"\bpc_(?!shared_)\w+", str(text))})
MEANT = [name for name in EXPRESSIONS if not name.startswith("pc_shared_")]
FLAG = re.compile(r"(pc_(?!shared_)\w+) \| default\([^)]*\)(?: \| string or true\))? \| bool")
FLAGS = sorted({name for text in EXPRESSIONS.values() for name in FLAG.findall(str(text))})


def trusted(value: t.Any) -> t.Any:
    if isinstance(value, dict):
        return {key: trusted(inner) for key, inner in value.items()}
    return trust_as_template(value) if isinstance(value, str) else value


def depends(expression: str, variable: str) -> bool:
    """Does it name the variable, itself or by what it names?"""
    text = str(EXPRESSIONS[expression])
    return variable in re.findall(r"\w+", text) or any(depends(name, variable) for name in re.findall(r"\bpc_shared_\w+", text))


def values(names: list[str], **given: t.Any) -> dict[str, t.Any]:
    """What they are with these variables; one that is omitted is not there."""
    templar = Templar(loader=DataLoader(), variables={**trusted(NAMES), **BESIDE, **given})
    return t.cast(dict[str, t.Any], templar.template({name: trusted(EXPRESSIONS[name]) for name in names}))


@pytest.mark.parametrize("variable", VARIABLES)
def test_an_empty_string_is_unset(variable: str) -> None:
    concerned = [name for name in MEANT if depends(name, variable)]
    assert concerned, "it reaches nothing"
    assert values(concerned, **{variable: ""}) == values(concerned)


@pytest.mark.parametrize("variable", FLAGS)
@pytest.mark.parametrize("true", [False, True])
def test_a_flag_is_what_was_said(variable: str, true: bool) -> None:
    concerned = [name for name in MEANT if depends(name, variable)]
    for said in (true, str(true), str(true).lower(), int(true)):
        assert values(concerned, **{variable: said}) == values(concerned, **{variable: true})
    assert values(concerned, **{variable: not true}) != values(concerned, **{variable: true})


NUMBERS = [
    ("statefulset_stable_seconds", "pc_stable_seconds", "10"),
    ("statefulset_wait_timeout", "pc_step_timeout", "900"),
    ("statefulset_wait_patience", "pc_wait_patience", "15"),
    ("statefulset_user", "pc_user", "1000"),
    ("status_max_lag", "pc_max_lag", "100"),
    ("preflight_replicas", "pc_replicas", "3"),
]


@pytest.mark.parametrize("role_variable, shared, default", NUMBERS, ids=[n[1] for n in NUMBERS])
def test_a_number(role_variable: str, shared: str, default: str) -> None:
    found = [values([role_variable], **given)[role_variable] for given in ({}, {shared: ""}, {shared: 0}, {shared: "7"})]
    assert list(map(str, found)) == [default, default, "0", "7"]
