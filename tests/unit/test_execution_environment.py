# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""ansible-builder finds what the collection needs, and takes the definition of an execution environment that the guide shows."""

from __future__ import annotations

import pathlib
import shutil
import subprocess
import typing as t

import yaml

from tools.environment import collections_folder

ROOT = pathlib.Path(__file__).parents[2]
DEFINITION = ROOT / "docs/awx/execution-environment.yml"
GALAXY = yaml.safe_load((ROOT / "galaxy.yml").read_text())
ARCHIVE = f"{GALAXY['namespace']}-{GALAXY['name']}-{GALAXY['version']}.tar.gz"
BUILDERS_OWN = {"PyYAML"}  # ansible-core brings it to every environment, so ansible-builder leaves it out


def build(*words: str, folder: pathlib.Path) -> str:
    done = subprocess.run(["ansible-builder", *words], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_it_finds_what_the_collection_needs(tmp_path: pathlib.Path) -> None:
    told: dict[str, t.Any] = yaml.safe_load(build("introspect", str(collections_folder()), folder=tmp_path))
    wanted = [line for line in (ROOT / "meta/ee-requirements.txt").read_text().splitlines() if not line.startswith("#")]
    found = [line.split("#")[0].strip() for line in told["python"] if "robustmq.placement_center" in line]
    assert found == [line for line in wanted if line.partition(">")[0] not in BUILDERS_OWN]
    assert [line for line in told["system"] if "robustmq" in line] == []


def test_it_takes_the_definition(tmp_path: pathlib.Path) -> None:
    shutil.copy2(DEFINITION, tmp_path)
    (tmp_path / ARCHIVE).write_bytes(b"")
    build("create", "-f", DEFINITION.name, "-c", "context", "--output-filename", "Containerfile", folder=tmp_path)
    collections = {c["name"]: c for c in yaml.safe_load((tmp_path / "context/_build/requirements.yml").read_text())["collections"]}
    assert collections["kubernetes.core"]["version"] == GALAXY["dependencies"]["kubernetes.core"]
    assert (tmp_path / "context/_build" / next(name for name in collections if name.endswith(".tar.gz"))).is_file()
    assert "WORKDIR /build" in (tmp_path / "context/Containerfile").read_text()
