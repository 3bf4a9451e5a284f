# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the plugins import beyond the standard library is what the page of dependencies names, each with its reason."""

from __future__ import annotations

import pathlib
import re
import sys

from tools import matrix

from .test_rooms import imports

ROOT = pathlib.Path(__file__).parents[2]
PAGE = (ROOT / "docs/docsite/rst/dependencies.rst").read_text()
OURS = "ansible_collections.robustmq.placement_center"
# What is imported -> what the page calls it.
CALLED = {
    "ansible": "``ansible-core``",
    "ansible_collections.kubernetes": "the collection ``kubernetes.core``",
    "drawsvg": "the package ``drawsvg``",
    "jinja2": "the package ``Jinja2``",
    "jmespath": "the package ``jmespath``",
    "kubernetes": "the package ``kubernetes``",
    "markupsafe": "the package ``MarkupSafe``",
    "openshift_client": "the package ``openshift-client``",
    "urllib3": "the package ``urllib3``",
    "yaml": "the package ``PyYAML``",
}


def outside() -> set[str]:
    """Names of what is imported from outside, collections by two parts."""
    found = {name for path in (ROOT / "plugins").rglob("*.py") for name in imports(path) if not name.startswith(OURS)}
    short = {".".join(name.split(".")[: 2 if name.startswith("ansible_collections.") else 1]) for name in found}
    return short - sys.stdlib_module_names


def test_every_import_is_explained_and_every_explained_package_is_imported() -> None:
    assert outside() == CALLED.keys()
    listed = re.findall(r"^   \* - (the (?:collection|package) ``\S+``|``ansible-core``)$", PAGE, re.MULTILINE)
    assert sorted(listed) == sorted(CALLED.values())


def test_each_row_has_a_version_a_reason_and_what_is_lost_without_it() -> None:
    table = PAGE.partition("Where playbooks run")[2].partition("In the cluster")[0]
    rows = re.findall(r"^   \* - .*\n((?:     - .+\n)+)", table, re.MULTILINE)
    assert len(rows) == len(CALLED) + 3  # the head, Python, oc or kubectl
    assert {row.count("     - ") for row in rows} == {3}


def test_an_execution_environment_gets_what_ansible_does_not_bring() -> None:
    named = set(re.findall(r"^([\w-]+)>=", (ROOT / "meta/ee-requirements.txt").read_text(), re.MULTILINE))
    packages = {called.split("``")[1] for called in CALLED.values() if called.startswith("the package")}
    assert named == packages - {"urllib3", "Jinja2", "MarkupSafe"}  # which the client and ansible-core bring along


def test_the_rows_of_the_matrix_are_on_the_page() -> None:
    table = PAGE.partition("Supported together")[2]
    rows = re.findall(r"^   \* - (2\.\d+)\n     - 3\.(\d+)\n     - (oldest|newest)$", table, re.MULTILINE)
    assert rows == [(row.core, str(row.minor), "newest" if row.newest else "oldest") for row in matrix.ROWS]
