# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A series stays small and loses neither its ends nor its worst."""

from __future__ import annotations

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils._series import POINTS, Series, grown
from hypothesis import given
from hypothesis import strategies as st


def grow(values: list[int | None]) -> Series:
    series: Series = ()
    for at, value in enumerate(values):
        series = grown(series, float(at), value)
    return series


LEVELS: list[tuple[list[int | None], list[tuple[float, int | None]]]] = [
    ([7], [(0.0, 7)]),
    ([7, 7, 7, 7], [(0.0, 7), (3.0, 7)]),
    ([0, 0, 0, 5, 0], [(0.0, 0), (2.0, 0), (3.0, 5), (4.0, 0)]),
    ([3, None, None, None, 3], [(0.0, 3), (1.0, None), (3.0, None), (4.0, 3)]),
]


@pytest.mark.parametrize("values, kept", LEVELS)
def test_a_level_stretch_is_its_two_ends(values: list[int | None], kept: Series) -> None:
    assert grow(values) == tuple(kept)


@given(st.lists(st.none() | st.integers(0, 10**6), min_size=1, max_size=400))
def test_ends_and_worst_stay_and_it_never_gets_long(values: list[int | None]) -> None:
    series = grow(values)
    assert len(series) <= POINTS and [at for at, _n in series] == sorted(at for at, _n in series)
    assert series[0] == (0.0, values[0]) and series[-1] == (len(values) - 1.0, values[-1])
    assert None not in values[1:-1] or any(n is None for _at, n in series)
    known = [n for n in values if n is not None]
    if len(known) == len(values):
        assert max(n or 0 for _at, n in series) == max(known)
