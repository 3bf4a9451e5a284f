# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The archive is whole or not there, and its owner's alone."""

from __future__ import annotations

import pathlib
import stat
import tarfile

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils import _archive
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import BadInput


def test_everything_is_under_one_folder_of_the_archives_name(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "made" / "a-b.tar.gz"
    _archive.folder(str(path.parent))
    size = _archive.write(str(path), {"x.json": b"{}", "logs/y.log": b"yes"}, 1000)
    assert size == path.stat().st_size and stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]
    with tarfile.open(path) as archive:
        assert archive.getnames() == ["a-b/x.json", "a-b/logs/y.log"]
        assert {(m.mode, m.mtime) for m in archive.getmembers()} == {(0o600, 1000)}


def test_a_folder_that_cannot_be_is_refused(tmp_path: pathlib.Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match="cannot be written to"):
        _archive.folder(str(tmp_path / "file" / "below"))


def test_nothing_is_left_of_an_archive_that_could_not_be_finished(tmp_path: pathlib.Path) -> None:
    (tmp_path / "a.tar.gz").mkdir()
    with pytest.raises(BadInput, match="cannot be written"):
        _archive.write(str(tmp_path / "a.tar.gz"), {"x": b""}, 0)
    assert [p.name for p in tmp_path.iterdir()] == ["a.tar.gz"]
