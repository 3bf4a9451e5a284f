# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later

"""The built collection holds what a user needs, and nothing of the workshop."""

import subprocess
from pathlib import Path

import pytest

from tools import package

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Build the collection; return the files in the archive."""
    return package.shipped(package.build(tmp_path_factory.mktemp("build")))


def test_only_what_a_user_needs(shipped: list[str]) -> None:
    """Anything new at the top level is shipped knowingly, or named in galaxy.yml's build_ignore."""
    assert package.strangers(shipped) == []


@pytest.mark.parametrize(
    "name",
    [
        "testbed/api.py",
        "tests/output/lint.log",
        "tools/package.py",
        "build/package/importer.log",
        "Makefile",
        ".gitignore",
        "plugins/modules/__pycache__/pc_health.cpython-313.pyc",
        "roles/status/.cache",
    ],
)
def test_what_belongs_to_the_workshop_is_strange(name: str) -> None:
    """The look at the archive would see it."""
    assert package.strangers(["README.md", name]) == [name]


def test_modules_roles_and_playbooks_are_in(shipped: list[str]) -> None:
    """Everything that git tracks in the rooms of the collection is in the archive."""
    tracked = subprocess.run(["git", "ls-files", "plugins", "roles", "playbooks", "meta"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(tracked.stdout.split()) <= set(shipped)


def test_licence_of_galaxy_is_a_file_that_is_shipped(shipped: list[str]) -> None:
    """The licence that galaxy.yml names has its text in the archive."""
    assert "LICENSES/GPL-3.0-or-later.txt" in shipped
