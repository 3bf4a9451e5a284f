# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What fails beside others is run once more alone, and only if it is little."""

from __future__ import annotations

import json
import pathlib

import pytest

from tools import integration


@pytest.mark.parametrize(
    "codes, failed, calls, end",
    [
        ([0], 0, 1, 0),
        ([1, 0], 2, 2, 0),
        ([1, 1], 2, 2, 1),
        ([1], integration.FEW + 1, 1, 1),
        ([2], 1, 1, 2),  # interrupted
        ([3], 0, 1, 3),  # no cluster
    ],
)
def test_a_few_are_run_again(monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path, codes: list[int], failed: int, calls: int, end: int) -> None:
    told: list[tuple[str, ...]] = []

    def run(*words: str) -> int:
        told.append(words)
        return codes[len(told) - 1]

    names = [f"tests/integration/test_it.py::test_{n}" for n in range(failed)]
    cache = tmp_path / ".pytest_cache/v/cache"
    cache.mkdir(parents=True)
    (cache / "lastfailed").write_text(json.dumps(dict.fromkeys(names, True)))
    monkeypatch.setattr(integration, "ROOT", tmp_path)
    monkeypatch.setattr(integration, "pytest", run)
    assert integration.main() == end and len(told) == calls
    assert calls == 1 or list(told[1]) == names
