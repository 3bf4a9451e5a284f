# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real server for every test, a cluster of it for those that want one, and a table of what they measured.

``server``   the images and the profile; a test is skipped where none is given.
``fresh``    a cluster in a namespace that does not exist yet.
``members``  a deployed cluster that the tests of one file share; ``cluster`` is the same, healthy when the test begins.
``row``      ``row("gap", "2.2 s")``: a figure for the table in the last lines.
"""

from __future__ import annotations

import json
import pathlib
import re
import typing as t
import uuid

import pytest

from tests.integration.cluster import kubectl

from . import servers, table
from .members import Real
from .servers import Server

ROOT = pathlib.Path(__file__).parents[2]
NONE_GIVEN = "no real server is given: make real SERVER=PATH [NEXT=PATH]"
Row = t.Callable[[str, object], None]


@pytest.fixture(scope="session")
def server() -> Server:
    """The server that ``make real`` was given."""
    found = servers.given()
    if found is None:
        pytest.skip(NONE_GIVEN)
    return found


def _named(server: Server, name: str) -> Real:
    short = re.sub(r"[^a-z0-9]+", "-", name.rpartition("/")[2].removesuffix(".py").removeprefix("test_").lower())[:30].strip("-")
    return Real.of(server, f"real-{short}-{uuid.uuid4().hex[:6]}")


@pytest.fixture
def fresh(request: pytest.FixtureRequest, server: Server) -> t.Iterator[Real]:
    """A name for a namespace that does not exist yet; gone afterwards, with its volumes."""
    made = _named(server, request.node.name)
    yield made
    made.remove()


@pytest.fixture(scope="module")
def members(request: pytest.FixtureRequest, server: Server) -> t.Iterator[Real]:
    """Three members that serve, for all tests of a file."""
    made = _named(server, request.node.name)
    try:
        made.passes("deploy")
        yield made
    finally:
        made.remove()


@pytest.fixture
def cluster(members: Real) -> Real:
    """The file's members, healthy before the test begins."""
    members.whole()
    return members


@pytest.fixture
def row(record_property: t.Callable[[str, object], None]) -> Row:
    """Puts a figure into the table."""
    return lambda name, value: record_property("row", f"{name}: {value}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> t.Iterator[None]:
    """What a failed test leaves behind is kept while its members are still there."""
    report = yield
    if t.cast(pytest.TestReport, report).failed and call.when == "call":
        hurt = {id(v): v for v in getattr(item, "funcargs", {}).values() if isinstance(v, Real)}
        for each in hurt.values():
            each.leave_evidence(ROOT / "tests/output" / each.namespace)
    return report


def pytest_sessionstart(session: pytest.Session) -> None:
    """One clear line instead of many failures when there is no cluster."""
    if servers.given() and json.loads(kubectl("get", "nodes", "-o", "json", check=False) or "{}").get("items") is None:
        pytest.exit("no cluster answers: run 'make up' first", returncode=3)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The table, above pytest's own last line."""
    found = servers.given()
    rows = [line for result, reports in terminalreporter.stats.items() for line in _lines(result, reports)]
    if found is None or not rows:
        return
    terminalreporter.section(f"real server {found.tag}, profile {found.profile}")
    title = f"{found.image}, updated to {found.next}"
    for text in table.lines(title, sorted(rows, key=lambda line: line.story)):
        terminalreporter.line(text)


def _lines(result: str, reports: t.Iterable[object]) -> t.Iterator[table.Line]:
    for report in reports:
        if isinstance(report, pytest.TestReport) and result and (report.when == "call" or report.skipped or report.failed):
            figures = [str(value) for name, value in report.user_properties if name == "row"]
            if report.skipped and isinstance(report.longrepr, tuple):
                figures.append(str(report.longrepr[2]).removeprefix("Skipped: "))
            yield table.Line(table.story_of(report.nodeid), result, report.duration, tuple(figures))
