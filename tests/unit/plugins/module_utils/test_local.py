# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A file of ours is where people look for it, its owner's alone, and whole."""

from __future__ import annotations

import os
import pathlib
import stat

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils import _local
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import BadInput

PLACES = [
    ("a folder that was named", {"XDG_STATE_HOME": "/state"}, "/given", "/given"),
    ("the state directory", {"XDG_STATE_HOME": "/state"}, None, "/state/robustmq-placement-center/evidence"),
    ("a state directory that is none", {"XDG_STATE_HOME": "state", "HOME": "/home/me"}, "", "/home/me/.local/state/robustmq-placement-center/evidence"),
]


@pytest.mark.parametrize("env, given, place", [p[1:] for p in PLACES], ids=[p[0] for p in PLACES])
def test_a_folder_is_the_one_named_or_the_users_own(env: dict[str, str], given: str | None, place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    assert _local.place("dest", given, "evidence") == place


def test_a_user_without_a_home_must_name_a_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    with pytest.raises(BadInput, match="no home"):
        _local.place("dest", None, "evidence")


def test_a_file_takes_the_place_of_the_one_before(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "a" / "b" / "it.json"
    for text in ("one", "two"):
        _local.put(str(path), text)
    assert path.read_text() == "two" and stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]
    assert [stat.S_IMODE(p.stat().st_mode) for p in (tmp_path / "a", tmp_path / "a/b")] == [0o700, 0o700]


def test_nothing_is_left_of_a_file_that_could_not_be_put(tmp_path: pathlib.Path) -> None:
    (tmp_path / "it").mkdir()
    with pytest.raises(OSError, match="it"):
        _local.put(str(tmp_path / "it"), "text")
    assert [p.name for p in tmp_path.iterdir()] == ["it"]
