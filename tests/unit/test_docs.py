# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation names only what is there: playbooks, variables, reason codes, files, and what the code prints."""

from __future__ import annotations

import itertools
import pathlib
import re

import pytest
import yaml
from ansible_collections.robustmq.placement_center.plugins.module_utils import _report, _verdict
from ansible_collections.robustmq.placement_center.plugins.plugin_utils import _variables

from tests.documented import PAGES, ROOT, RST, commands

from .plugins.module_utils.test_verdict import LIMITS, recorded

PLAYBOOKS = {p.stem for p in (ROOT / "playbooks").glob("*.yml")}
READ = _variables.read_by(p.read_text() for p in (ROOT / "playbooks").rglob("*.yml"))
MODULES = {p.stem for p in (ROOT / "plugins/modules").glob("pc_*.py")}
VARIABLES = {name for name in READ if not name.startswith(_variables.INNER)}
RUNBOOKS = [RST / f"{name}.rst" for name in sorted(PLAYBOOKS)]
SCREENS = [("screen-whole", "whole-leaders-split"), ("screen-leaderless", "leader-dead-3s")]


def test_every_playbook_has_a_runbook_that_calls_it() -> None:
    sections = yaml.safe_load((ROOT / "docs/docsite/extra-docs.yml").read_text())["sections"]
    assert {s["title"]: set(s["toctree"]) for s in sections}["Runbooks"] == PLAYBOOKS
    for page in RUNBOOKS:
        called = {words[1].rpartition(".")[2] for words in commands(page.read_text())}
        assert page.stem in called and "What can go wrong" in page.read_text(), page.name


def test_the_site_shows_every_page_that_the_collection_lists() -> None:
    listed = [name for s in yaml.safe_load((ROOT / "docs/docsite/extra-docs.yml").read_text())["sections"] for name in s["toctree"]]
    assert sorted(listed) == sorted(p.stem for p in RST.glob("*.rst"))
    assert re.findall(r"^   collection/docsite/(\w+)$", (ROOT / "tools/docsite/index.rst").read_text(), re.MULTILINE) == listed


@pytest.mark.parametrize("page", PAGES, ids=[str(p.relative_to(ROOT)) for p in PAGES])
def test_a_command_names_only_playbooks_and_variables_that_exist(page: pathlib.Path) -> None:
    for words in commands(page.read_text()):
        assert words[1].rpartition(".")[2] in PLAYBOOKS, words
        given = [word for before, word in itertools.pairwise(words) if before in ("-e", "--extra-vars")]
        assert {word.partition("=")[0] for word in given if not word.startswith("@")} <= VARIABLES, words


@pytest.mark.parametrize("page", PAGES, ids=[str(p.relative_to(ROOT)) for p in PAGES])
def test_a_variable_that_a_page_names_exists(page: pathlib.Path) -> None:
    named = set(re.findall(r"(?<![\w.])pc_[a-z]\w*", page.read_text()))
    assert named - VARIABLES - MODULES == set()


def test_the_table_of_variables_is_whole() -> None:
    section = (ROOT / "README.md").read_text().partition("\n## Variables\n")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    assert {name for row in rows for name in re.findall(r"pc_\w+", row)} == VARIABLES


def test_every_playbook_looks_at_its_variables_first() -> None:
    first = {p.stem: yaml.safe_load(p.read_text())[0]["pre_tasks"][0] for p in (ROOT / "playbooks").glob("*.yml")}
    assert {name for name, task in first.items() if task["robustmq.placement_center.pc_variables"] == {"own": "{{ pc_shared_own }}"}} == PLAYBOOKS


def test_a_code_under_what_can_go_wrong_is_on_the_page_of_reason_codes() -> None:
    known = set(re.findall(r"^``([a-z_]+)``$", (RST / "reason_codes.rst").read_text(), re.MULTILINE))
    for page in (*RUNBOOKS, RST / "start.rst"):
        lines = re.findall(r"^``[a-z_]+``(?:, ``[a-z_]+``)*$", page.read_text(), re.MULTILINE)
        assert lines and {code for line in lines for code in re.findall(r"[a-z_]+", line)} <= known, page.name


def test_every_role_of_permissions_is_shown_once() -> None:
    shown = re.findall(r"literalinclude:: \.\./\.\./permissions/([a-z_-]+)\.yml", (RST / "permissions.rst").read_text())
    assert sorted(shown) == sorted(p.stem for p in (ROOT / "docs/permissions").glob("*.yml"))


@pytest.mark.parametrize("name, state", SCREENS)
def test_a_screen_of_status_is_what_the_code_prints(name: str, state: str) -> None:
    block = re.search(rf":name: {name}\n\n((?:    .*\n)+)", (RST / "status.rst").read_text())
    seen = recorded(state)
    printed = [line["text"] for line in _report.screen(seen, _verdict.judge(seen, LIMITS))]
    assert block and [line.removeprefix("    ") for line in block[1].splitlines()] == printed
