# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page: facts, pictures and tables put into the template by jinja2. The only door to it."""

from __future__ import annotations

import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils import _libraries
from ansible_collections.robustmq.placement_center.plugins.module_utils import _report_tables as tables
from ansible_collections.robustmq.placement_center.plugins.module_utils import _report_words as words
from ansible_collections.robustmq.placement_center.plugins.module_utils._report_bars import claims, comparison
from ansible_collections.robustmq.placement_center.plugins.module_utils._report_drawing import svg
from ansible_collections.robustmq.placement_center.plugins.module_utils._report_facts import Backup, Operation
from ansible_collections.robustmq.placement_center.plugins.module_utils._report_layout import lanes
from ansible_collections.robustmq.placement_center.plugins.module_utils._report_shapes import Picture
from ansible_collections.robustmq.placement_center.plugins.module_utils._report_style import PAGE
from ansible_collections.robustmq.placement_center.plugins.module_utils._report_template import TEXT

Object = dict[str, t.Any]

BROAD, SLIM = 920.0, 352.0  # one drawing for each kind of screen: shrunken letters could not be read
COLUMNS = ("Begun", "Took", "Longest write gap", "Elections", "Holds")
FOOT = "Times are UTC. Ages count to the full hour. This page needs no network and runs no script."


class Content(t.NamedTuple):
    """What a report tells; ``backups`` is None where nobody asked, ``unknown`` why they could not be had."""

    title: str
    operations: t.Sequence[Operation]
    backups: t.Sequence[Backup] | None
    unknown: str
    now: float
    left_out: int = 0  # older receipts for which there was no room


def page(content: Content) -> str:
    """The whole page.

    :raises MissingLibrary: jinja2 is not installed where this runs.
    """
    try:
        import jinja2
        import markupsafe
    except ImportError as exc:
        raise _libraries.missing("a report is put together by the Python package jinja2", exc) from exc
    trusted = markupsafe.Markup
    environment: t.Any = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined)
    operations = [_section(op, n, content, trusted) for n, op in enumerate(content.operations, 1)]
    costs = tables.overview(content.operations)
    named = tuple((str(op["title"]), str(op["badge"][0]), *row) for op, row in zip(operations, costs))
    return environment.from_string(TEXT).render(
        title=content.title,
        span=_span(content.operations),
        style=trusted(PAGE),
        operations=operations,
        overview={"columns": COLUMNS, "rows": costs, "crowded": tables.Table("", ("", "", *COLUMNS), named).crowded},
        backups=_backups(content),
        foot=f"{_left_out(content.left_out)}{FOOT}",
    )


def _left_out(number: int) -> str:
    return f"{words.many(number, 'older receipt')} had no room on this page. " if number else ""


def _span(ops: t.Sequence[Operation]) -> str:
    if not ops:
        return ""
    first = "" if len(ops) == 1 else f"{words.many(len(ops), 'operation')}, the newest first: "
    oldest, newest = ops[-1].started, ops[0].started
    return f"{first}{words.moment(oldest)}{'' if oldest == newest else f' to {words.moment(newest)}'}"


def _section(op: Operation, n: int, content: Content, trusted: t.Any) -> Object:
    said, means = words.state(op)
    cluster = f"{op.name} in {op.namespace}"
    when = f"{op.id}, begun {words.moment(op.started)}"
    return {
        "id": f"operation-{n}",
        "title": words.title(op),
        "badge": (said, means, words.MARKS[means]),
        "when": when if cluster == content.title else f"{cluster}: {when}",
        "say": words.headline(op),
        "holds": op.holds,
        "advice": words.advice(op.reason),
        "figures": words.figures(op),
        "notes": op.notes,
        "pictures": [[trusted(svg(draw(width), kind)) for kind, width in (("broad", BROAD), ("slim", SLIM))] for draw in _drawn(op)],
        "tables": [{"id": f"table-{n}-{m}", "table": made} for m, made in enumerate(tables.of(op), 1)],
    }


def _drawn(op: Operation) -> list[t.Callable[[float], Picture]]:
    """The pictures of an operation, each as a function of its width."""
    found: list[t.Callable[[float], Picture]] = [lambda width: claims(op, width) if op.claims else lanes(op, width)]
    if comparison(op, BROAD) is not None:
        found.append(lambda width: t.cast(Picture, comparison(op, width)))
    return found


def _backups(content: Content) -> Object | None:
    if content.backups is None and not content.unknown:
        return None
    if content.backups is None:
        return {"say": f"They could not be read: {content.unknown}", "badge": ("Unknown", "note", words.MARKS["note"]), "table": None}
    said, means = words.newest(content.backups, content.now)
    word = {"good": "Proven", "note": "Not proven", "bad": "None"}[means]
    table = {"id": "table-backups", "table": tables.backups(content.backups, content.now)} if content.backups else None
    return {"say": said, "badge": (word, means, words.MARKS[means]), "table": table}
