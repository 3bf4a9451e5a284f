# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later

"""A binary's key changes with what it is built from, and with nothing else."""

from pathlib import Path

import pytest

from testbed import paths, settings
from testbed.artifacts import content_key, source_files
from testbed.building import is_unit


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "main.go").write_text("package main")
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "a.go").write_text("package inner")
    return tmp_path


def key(folder: Path, *facts: str) -> str:
    return content_key(folder, source_files(folder), *facts)


def test_the_same_content_has_the_same_key_wherever_it_lies(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("clone")
    (other / "inner").mkdir()
    for name in ("main.go", "inner/a.go"):
        (other / name).write_bytes((folder / name).read_bytes())
    assert key(folder, "go1") == key(other, "go1")


def test_a_changed_source_a_new_one_and_another_tool_change_the_key(folder: Path) -> None:
    keys = [key(folder, "go1"), key(folder, "go2")]
    (folder / "main.go").write_text("package main // changed")
    keys.append(key(folder, "go1"))
    (folder / "new.go").write_text("package main")
    keys.append(key(folder, "go1"))
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("name", ["README.md", "main_test.go", "target/x.rs", "tests/x.rs"])
def test_what_no_build_reads_leaves_the_key(folder: Path, name: str) -> None:
    before = key(folder)
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("anything")
    assert key(folder) == before


@pytest.mark.parametrize(
    "folder_name, module, version",
    [
        ("kube", "k8s.io/kubernetes", settings.KUBERNETES_VERSION),
        ("restic", "github.com/restic/restic", settings.RESTIC_VERSION),
        ("rclone", "github.com/rclone/rclone", settings.RCLONE_VERSION),
    ],
)
def test_a_program_is_built_in_the_version_that_its_name_says(folder_name: str, module: str, version: str) -> None:
    assert f"{module} v{version}" in (paths.TESTBED / folder_name / "go.mod").read_text()


@pytest.mark.parametrize(
    "line, counts",
    [("k8s.io/api/core/v1\n", True), ("   Compiling serde v1.0.1\n", True), ("# a/package\n", False), ("go: downloading x v1\n", False)],
)
def test_packages_are_counted(line: str, counts: bool) -> None:
    assert is_unit(line) is counts
