# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A namespace for each test, the user's own commands, and an observer that shares no code with the modules."""

from __future__ import annotations

import json
import pathlib
import re
import typing as t
import uuid

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils._rights import Right

from .cluster import Cluster, kubectl
from .operator_account import Operator

ROOT = pathlib.Path(__file__).parents[2]


@pytest.fixture
def cluster(request: pytest.FixtureRequest) -> t.Iterator[Cluster]:
    """A name for a namespace that does not exist yet; gone afterwards, with its volumes."""
    name = re.sub(r"[^a-z0-9]+", "-", request.node.name.removeprefix("test_").lower())[:30].strip("-")
    made = Cluster(f"{name}-{uuid.uuid4().hex[:6]}")
    yield made
    if request.node.stash.get(FAILED, False):
        made.leave_evidence(ROOT / "tests/output" / made.namespace)
    made.remove()


@pytest.fixture
def operator(cluster: Cluster, tmp_path: pathlib.Path) -> t.Iterator[t.Callable[..., Operator]]:
    """Makes an account with the rights of some files in docs/permissions; its Roles go with the test."""
    made: list[Operator] = []

    def make(*files: str, without: Right | None = None) -> Operator:
        made.append(Operator(cluster, tmp_path, *files, without=without))
        return made[-1]

    yield make
    for each in made:
        each.remove()


FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> t.Iterator[None]:
    report = yield
    if t.cast(pytest.TestReport, report).failed:
        item.stash[FAILED] = True
    return report


def pytest_sessionstart(session: pytest.Session) -> None:
    """One clear line instead of fifty failures when there is no cluster."""
    if json.loads(kubectl("get", "nodes", "-o", "json", check=False) or "{}").get("items") is None:
        pytest.exit("no cluster answers: run 'make up' first, then 'make integration'", returncode=3)
