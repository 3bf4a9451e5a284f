# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later

"""Real servers as images: what a path holds is told before anything is changed, and what cannot be used in one line."""

import gzip
import io
import json
import stat
import tarfile
from pathlib import Path

import pytest

from testbed import oci, paths
from testbed.progress import Failure
from tests.real import table
from tools import image_archive, real, real_core, real_images

BROKER, CENTER = real_images.GENERATIONS
PROGRAMS = [BROKER.program, CENTER.program]


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "CACHE", tmp_path / "cache")


@pytest.mark.parametrize(
    ("path", "release"),
    [
        ("/a/broker-server-v0.4.11", "v0.4.11"),
        ("/a/broker-server-0.4.11.xz", "v0.4.11"),
        ("/a/robustmq-v0.4.12-linux/broker-server", "v0.4.12"),
        ("/a/v0.4.11/broker-server-next", "v0.4.11"),
        ("/v0.4.11/a/broker-server", ""),
        ("/a/broker-server-next", ""),
    ],
)
def test_a_release_is_told_by_the_name_of_a_file_or_its_folder(path: str, release: str) -> None:
    assert real_images.release_of(Path(path)) == release


def test_what_has_no_release_comes_after_what_has() -> None:
    assert real_images.after("v0.4.11") == "v0.4.12-next"


def image(tmp_path: Path, *files: str, name: str = "ghcr.io/robustmq/robustmq:v0.4.11") -> Path:
    """An archive of an image with these files."""
    path = tmp_path / "image.tar"
    path.write_bytes(oci.pack([oci.Spec(name, oci.pack_layer(dict.fromkeys(files, b"it"), {}), ("./it",))]))
    return path


def docker(tmp_path: Path, *files: str) -> Path:
    """The same as docker saves it, compressed."""
    path = tmp_path / "docker.tar"
    with tarfile.open(path, "w") as archive:
        entry = [{"Config": "c.json", "RepoTags": ["robustmq:v0.4.12"], "Layers": ["l/layer.tar"]}]
        for member, content in (
            ("manifest.json", json.dumps(entry).encode()),
            ("c.json", b"{}"),
            ("l/layer.tar", gzip.compress(oci.pack_layer(dict.fromkeys(files, b"it"), {}))),
        ):
            info = tarfile.TarInfo(member)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


def test_an_archive_is_known_by_the_program_in_it(tmp_path: Path) -> None:
    found = real_images.examine(image(tmp_path, BROKER.program))
    assert (found.generation, found.release, found.is_archive) == (BROKER, "v0.4.11", True)
    found = real_images.examine(docker(tmp_path, CENTER.program))
    assert (found.generation, found.release) == (CENTER, "v0.4.12")


def test_an_archive_is_loaded_under_a_name_of_ours(tmp_path: Path) -> None:
    original = image(tmp_path, BROKER.program)
    renamed = tmp_path / "renamed.tar"
    digest = image_archive.rename(original, renamed, "real.testbed/broker-server:v0.4.11")
    with tarfile.open(original) as one, tarfile.open(renamed) as other:
        before, after = (json.load(tar.extractfile("index.json"))["manifests"][0] for tar in (one, other))  # type: ignore[arg-type]
    assert digest == before["digest"] == after["digest"]
    assert set(after["annotations"].values()) == {"real.testbed/broker-server:v0.4.11"}
    saved = docker(tmp_path, CENTER.program)
    image_archive.rename(saved, renamed, "real.testbed/placement-center:v0.1.28")
    with tarfile.open(renamed) as tar:
        assert json.load(tar.extractfile("manifest.json"))[0]["RepoTags"] == ["real.testbed/placement-center:v0.1.28"]  # type: ignore[arg-type]
    assert image_archive.read(renamed, PROGRAMS).program == CENTER.program


def program(tmp_path: Path, content: bytes) -> Path:
    """A file that may be run."""
    path = tmp_path / "broker-server"
    path.write_bytes(content)
    path.chmod(stat.S_IRWXU)
    return path


def unusable(path: Path) -> str:
    """The one line that a path is refused with."""
    with pytest.raises(Failure) as caught:
        real_images.examine(path)
    assert "\n" not in str(caught.value) and str(path) in str(caught.value)
    return str(caught.value)


def test_what_cannot_be_used_is_one_line(tmp_path: Path) -> None:
    assert "there is no such file" in unusable(tmp_path / "nothing")
    assert "does not run here" in unusable(program(tmp_path, b"\x7fELF and nothing more"))
    assert "neither a program" in unusable(program(tmp_path, b"#!/bin/sh\necho\n"))
    assert "neither broker-server nor placement-center" in unusable(Path("/bin/ls"))
    assert f"has none of /{BROKER.program}" in unusable(image(tmp_path, "usr/bin/nothing"))
    (tmp_path / "tar").mkdir()
    with tarfile.open(tmp_path / "tar" / "other.tar", "w") as archive:
        archive.add("/bin/true", "true")
    assert "of no image" in unusable(tmp_path / "tar" / "other.tar")
    broken = tmp_path / "broker-server-v0.4.11.xz"
    broken.write_bytes(b"\xfd7zXZ\x00 cut short")
    assert "no whole xz archive" in unusable(broken)


def test_a_next_must_be_of_the_same_generation_and_have_a_name_of_its_own(tmp_path: Path) -> None:
    first = image(tmp_path, BROKER.program)
    with pytest.raises(Failure, match="cannot follow"):
        real.choose(first, docker(tmp_path, CENTER.program))
    (tmp_path / "other").mkdir()
    other = image(tmp_path / "other", BROKER.program, "more")
    with pytest.raises(Failure, match=r"both called v0\.4\.11"):
        real.choose(first, other)
    assert real.choose(first, first).next is None
    nameless = image(tmp_path / "other", BROKER.program, "more", name="robustmq:latest")
    assert real.choose(first, nameless).next_release == "v0.4.12-next"


def test_the_core_is_left_out_with_a_reason(tmp_path: Path) -> None:
    folder = tmp_path / "shared" / "real"
    folder.mkdir(parents=True)
    assert "lacks broker-server-v0.4.11.xz" in real_core.left_out(0, folder)
    for pair in real_core.PAIRS:
        for name in filter(None, pair):
            (folder / name).touch()
    assert real_core.left_out(69 * 60, folder) == ""
    assert real_core.left_out(71 * 60, folder) == "71 minutes are used, and 90 are the limit"


def test_the_table_has_a_line_for_each_story_and_its_figures() -> None:
    rows = [table.Line(table.story_of("tests/real/test_a.py::test_it_serves[x]"), "passed", 75, ("gap: 2.2 s", "lost: 0")), table.Line("b", "skipped", 0, ())]
    assert table.lines("v0.4.11", rows) == [
        "v0.4.11",
        "story         result      took  measured",
        "it serves[x]  passed      1:15  gap: 2.2 s",
        "                                lost: 0",
        "b             skipped     0:00",
    ]
