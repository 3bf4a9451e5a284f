# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each room keeps to its part: imports are read, so that a pure room that reaches out fails here."""

from __future__ import annotations

import ast
import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).parents[2] / "plugins"
UTILS = ROOT / "module_utils"
OURS = "ansible_collections.robustmq.placement_center.plugins.module_utils."

PURE = [
    "_admin",
    "_adoption",
    "_answers",
    "_backup",
    "_backup_report",
    "_canary",
    "_certificate",
    "_claims",
    "_content",
    "_copies",
    "_drill",
    "_errors",
    "_evidence",
    "_fence",
    "_findings",
    "_forecast",
    "_gain",
    "_growth",
    "_growth_checks",
    "_growth_telling",
    "_grpcweb",
    "_guard",
    "_hints",
    "_identity",
    "_history",
    "_images",
    "_kv",
    "_lease_rules",
    "_manifest",
    "_manifests",
    "_memory",
    "_membership",
    "_model",
    "_mover_words",
    "_movers",
    "_network",
    "_opening",
    "_plan",
    "_parts",
    "_pauses",
    "_planned",
    "_profiles",
    "_python",
    "_quantities",
    "_raft",
    "_receipt",
    "_recording",
    "_recreation",
    "_redact",
    "_released",
    "_replacement",
    "_replacement_checks",
    "_replacement_gain",
    "_replacement_gate",
    "_replacement_model",
    "_replacement_telling",
    "_replacing",
    "_report",
    "_report_bars",
    "_report_facts",
    "_report_layout",
    "_report_legend",
    "_report_poster",
    "_report_shapes",
    "_report_style",
    "_report_tables",
    "_report_template",
    "_report_time",
    "_report_values",
    "_report_words",
    "_rest",
    "_restore",
    "_restore_actions",
    "_restore_back",
    "_restore_checks",
    "_restore_gate",
    "_restore_journal",
    "_restore_look",
    "_restore_objects",
    "_restore_telling",
    "_retention",
    "_rights",
    "_rollout",
    "_rollout_gain",
    "_secret_names",
    "_series",
    "_server_keys",
    "_settings",
    "_staging",
    "_telling",
    "_toml",
    "_turns",
    "_verdict",
    "_versions",
    "_views",
    "_volume_behind",
    "_volume_model",
    "_volume_report",
    "_volumes",
]
CALM = {
    "__future__",
    "base64",
    "collections",
    "copy",
    "dataclasses",
    "datetime",
    "difflib",
    "fractions",
    "gzip",
    "hashlib",
    "hmac",
    "json",
    "ipaddress",
    "itertools",
    "re",
    "statistics",
    "tomllib",
    "typing",
    "urllib.parse",
    "zlib",
}
# The one room that may import each of these.
DOORS = {
    "drawsvg": "_report_drawing",
    "jinja2": "_report_page",
    "jmespath": "_checks",
    "kubernetes": "_wire",
    "openshift_client": "_client",
    "tomllib": "_python",
    "urllib3": "_wire",
    "ansible_collections.kubernetes": "_wire",
    "ansible.module_utils.basic": "_entry",
}


def imports(path: pathlib.Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            ours = node.module + "." == OURS
            found |= {f"{node.module}.{alias.name}" for alias in node.names} if ours else {node.module}
    return found


@pytest.mark.parametrize("room", PURE)
def test_a_pure_room_reaches_for_nothing_outside(room: str) -> None:
    for name in imports(UTILS / f"{room}.py"):
        if name.startswith(OURS):
            assert name.removeprefix(OURS).split(".")[0] in PURE, f"{room} imports the edge {name}"
        else:
            assert name in CALM or (room, name) == ("_python", "sys"), f"{room} imports {name}"


@pytest.mark.parametrize("outside, door", DOORS.items())
def test_the_outside_has_one_door(outside: str, door: str) -> None:
    through = {p.stem for p in ROOT.rglob("*.py") if any(n == outside or n.startswith(outside + ".") for n in imports(p))}
    assert through == {door}


def test_what_an_older_python_lacks_is_taken_from_the_room_that_says_so() -> None:
    assert {p.stem for p in ROOT.rglob("*.py") if re.search(r"^ *from datetime import .*\bUTC\b", p.read_text(), re.MULTILINE)} == {"_python"}


def test_only_one_place_ends_a_module() -> None:
    ending = {p.stem for p in ROOT.rglob("*.py") if ".exit_json(" in p.read_text() or ".fail_json(" in p.read_text()}
    assert ending == {"_entry"}


SIZES = [p for p in ROOT.rglob("*.py") if p.parent.name in ("module_utils", "plugin_utils", "action")]


@pytest.mark.parametrize("path", SIZES, ids=lambda p: p.name)
def test_rooms_and_functions_stay_small(path: pathlib.Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= 400
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 40, f"{node.name} is long"
