# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Makefile, the steps of `make test` and the pinned lists agree with each other."""

import os
import re
from pathlib import Path

import pytest
import yaml

from tools import environment, interpreters, lint, make_help, matrix, suite

ROOT = Path(__file__).resolve().parents[3]
MAKEFILE = (ROOT / "Makefile").read_text()


def names(path: Path) -> set[str]:
    """The packages that a requirements file and those it includes name, as PyPI compares them."""
    found: set[str] = set()
    for line in path.read_text().splitlines():
        if line.startswith("-r "):
            found |= names(path.parent / line[3:])
        elif line and not line.startswith("#"):
            found.add(re.split(r"[<>=~]", line)[0].lower().replace("_", "-"))
    return found


def test_help_names_every_target() -> None:
    """A target without a word about it would be a secret."""
    (phony,) = re.findall(r"^\.PHONY: (.+)$", MAKEFILE, flags=re.MULTILINE)
    assert [name for name, _text in make_help.targets(MAKEFILE)] == phony.split()


def test_every_step_of_the_suite_is_a_target() -> None:
    """What fails in `make test` can be run alone."""
    assert set(suite.STEPS) <= {name for name, _text in make_help.targets(MAKEFILE)}


def test_hooks_before_a_commit_are_linters_of_make_lint() -> None:
    """By the programs of the same environment: nothing is fetched from elsewhere."""
    (repository,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    entries = [hook["entry"].removeprefix("python3 -m tools.environment run ").split() for hook in repository["hooks"]]
    assert repository["repo"] == "local" and {hook["language"] for hook in repository["hooks"]} == {"system"}
    assert {words[0] for words in entries} <= {command[0] for _name, command, _folder in lint.LINTERS}


@pytest.mark.parametrize("name", ["python311", "python312", "package", *(row.pins for row in matrix.ROWS)])
def test_every_requirement_is_pinned(name: str) -> None:
    """The list holds what was asked for, and each line one version."""
    lines = (ROOT / "requirements" / f"{name}.txt").read_text().splitlines()
    assert [line for line in lines if not line.startswith("#") and not re.fullmatch(r"[\w.-]+==[\w.]+", line)] == []
    assert names(ROOT / "requirements" / f"{name}.in") <= names(ROOT / "requirements" / f"{name}.txt")


def test_variables_name_no_folder_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exports evaluated twice leave PATH as it was after the first time."""
    once = environment.variables(tmp_path)["PATH"]
    monkeypatch.setenv("PATH", once)
    assert environment.variables(tmp_path)["PATH"] == once
    assert once.split(os.pathsep)[0] == str(tmp_path / "bin")


def test_the_newest_python_that_runs_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A shim that refuses to run is passed over; so is a Python that is too new for the lists."""
    for minor, answer in ((15, "echo 3.15.0"), (14, "exit 1"), (13, "echo 3.13.2"), (12, "echo 3.12.9")):
        program = tmp_path / f"python3.{minor}"
        program.write_text(f"#!/bin/sh\n{answer}\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    assert interpreters.newest() == (str(tmp_path / "python3.13"), "3.13.2")
