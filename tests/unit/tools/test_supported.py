# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is said to be supported is what `make matrix` tries: its oldest row is the floor that every file names."""

import re
import zipfile
from pathlib import Path

import pytest
import yaml

from tools import interpreters, matrix, suite

ROOT = Path(__file__).resolve().parents[3]
REQUIREMENTS = ROOT / "requirements"
OLDEST = matrix.ROWS[0]


def pinned(row: matrix.Row, name: str) -> str:
    """The version of a package in a row."""
    return matrix.pinned(REQUIREMENTS / f"{row.pins}.txt", name)


def numbers(version: str) -> tuple[int, ...]:
    """The first two parts, to compare by."""
    return tuple(int(part) for part in re.findall(r"\d+", version)[:2])


@pytest.mark.parametrize("row", matrix.ROWS, ids=[row.core for row in matrix.ROWS])
def test_a_row_is_what_it_is_called(row: matrix.Row) -> None:
    """And its Python is one that the tools find."""
    assert pinned(row, "ansible-core").startswith(f"{row.core}.")
    assert interpreters.OLDEST_MINOR <= row.minor <= interpreters.NEWEST_MINOR


def test_the_oldest_ansible_core_is_the_one_that_is_required() -> None:
    """`meta/runtime.yml` refuses anything older."""
    assert yaml.safe_load((ROOT / "meta/runtime.yml").read_text())["requires_ansible"] == f">={OLDEST.core}.0"
    for path in ROOT.glob("roles/*/meta/main.yml"):
        assert yaml.safe_load(path.read_text())["galaxy_info"]["min_ansible_version"] == OLDEST.core, path


def test_the_oldest_kubernetes_core_is_the_one_that_is_required() -> None:
    """The pinned list says which release of the package ansible has which version of it."""
    told = dict(re.findall(r"^(ansible==[\d.]+)  # kubernetes\.core ([\d.]+)$", matrix.BUNDLED.read_text(), re.MULTILINE))
    assert list(told) == matrix.bundled()
    floor = yaml.safe_load((ROOT / "galaxy.yml").read_text())["dependencies"]["kubernetes.core"]
    assert floor == f">={told[matrix.bundled()[0]]}"


def test_the_oldest_client_and_python_are_those_that_are_documented() -> None:
    """In the requirements of execution environments, in every manual, on the page of dependencies."""
    client = pinned(OLDEST, "kubernetes")
    (asked,) = re.findall(r"^kubernetes>=(.+)$", (ROOT / "meta/ee-requirements.txt").read_text(), re.MULTILINE)
    assert numbers(asked) == numbers(client)
    assert f"kubernetes >= {client}" in (ROOT / "plugins/doc_fragments/attributes.py").read_text()
    assert f"python >= 3.{OLDEST.minor}" in (ROOT / "plugins/doc_fragments/attributes.py").read_text()
    assert f"need Python 3.{OLDEST.minor} or newer" in (ROOT / "plugins/module_utils/_python.py").read_text()
    assert yaml.safe_load((ROOT / "tests/config.yml").read_text())["modules"]["python_requires"] == f">=3.{OLDEST.minor}"


def test_the_newest_are_those_of_the_other_checks() -> None:
    """A row that takes the newest has what `make pins` has found."""
    main = REQUIREMENTS / "python312.txt"
    assert matrix.bundled()[-1] == f"ansible=={matrix.pinned(main, 'ansible')}"
    for row in matrix.ROWS:
        assert not row.newest or pinned(row, "kubernetes") == matrix.pinned(main, "kubernetes")


def test_the_matrix_is_too_heavy_for_every_test() -> None:
    """It makes an environment for each row."""
    assert "matrix" not in suite.STEPS and "package" in suite.STEPS


def test_a_collection_is_taken_out_of_a_release_alone(tmp_path: Path) -> None:
    """The rest of the release stays in its archive."""
    with zipfile.ZipFile(tmp_path / "ansible-1.whl", "w") as made:
        made.writestr("ansible_collections/kubernetes/core/MANIFEST.json", '{"collection_info": {"version": "9.8.7"}}')
        made.writestr("ansible_collections/other/one/MANIFEST.json", "{}")
    matrix.extract(tmp_path / "ansible-1.whl", tmp_path / "out")
    assert [str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*.json")] == ["out/9.8.7/ansible_collections/kubernetes/core/MANIFEST.json"]
