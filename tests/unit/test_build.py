# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later

"""The built collection holds what a user needs, and nothing of the workshop."""

import subprocess
import tarfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = {"LICENSES", "changelogs", "docs", "meta", "playbooks", "plugins", "roles"}
FILES = {
    "CHANGELOG.md",
    "CODE_OF_CONDUCT.md",
    "CONTRIBUTING.md",
    "FILES.json",
    "LICENSE",
    "MAINTAINERS.md",
    "MANIFEST.json",
    "README.md",
    "REUSE.toml",
    "SECURITY.md",
}


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Build the collection; return the files in the archive."""
    folder = tmp_path_factory.mktemp("build")
    built = subprocess.run(["ansible-galaxy", "collection", "build", str(ROOT), "--output-path", str(folder)], capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    (archive,) = folder.glob("robustmq-placement_center-*.tar.gz")
    with tarfile.open(archive) as opened:
        return [member.name for member in opened.getmembers() if member.isfile()]


def test_only_known_rooms(shipped: list[str]) -> None:
    """Anything new at the top level is shipped knowingly, or named in galaxy.yml's build_ignore."""
    top = {name.partition("/")[0] for name in shipped}
    assert top - ROOMS - FILES == set()


def test_modules_roles_and_playbooks_are_in(shipped: list[str]) -> None:
    """Everything that git tracks in the rooms of the collection is in the archive."""
    tracked = subprocess.run(["git", "ls-files", "plugins", "roles", "playbooks", "meta"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(tracked.stdout.split()) <= set(shipped)


def test_no_left_overs(shipped: list[str]) -> None:
    """No cache and no hidden file goes along."""
    assert [name for name in shipped if "__pycache__" in name or any(part.startswith(".") for part in name.split("/"))] == []


def test_licence_of_galaxy_is_a_file_that_is_shipped(shipped: list[str]) -> None:
    """The licence that galaxy.yml names has its text in the archive."""
    assert "LICENSES/GPL-3.0-or-later.txt" in shipped
