# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is rendered is read back the same."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils import _toml
from hypothesis import given
from hypothesis import strategies as st

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
SCALARS = st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False) | TEXT
KEYS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
TABLES = st.recursive(
    st.dictionaries(KEYS, SCALARS | st.lists(SCALARS, max_size=3), max_size=4),
    lambda inner: st.dictionaries(KEYS, SCALARS | inner, max_size=4),
    max_leaves=12,
)


@given(TABLES)
def test_any_table_survives(table: dict[str, t.Any]) -> None:
    assert _toml.parse(_toml.render(table)) == table


def test_a_table_of_peers_stays_on_its_line() -> None:
    assert _toml.render({"node": {"nodes": {"1": "a:1"}}}) == '[node]\nnodes = { 1 = "a:1" }\n'


def test_nothing_is_no_value() -> None:
    with pytest.raises(TypeError):
        _toml.render({"a": None})
