# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Receipts as operations have left them, and what a report is made of: tests of its rooms and of its page share them."""

from __future__ import annotations

import json
import pathlib
import typing as t
from datetime import UTC, datetime

from ansible_collections.robustmq.placement_center.plugins.module_utils._report_facts import Operation, backup, operation
from ansible_collections.robustmq.placement_center.plugins.module_utils._report_page import Content

RECEIPTS = pathlib.Path(__file__).parent / "receipts"
ALL = ("rollback", "hold", "update", "growth")  # the newest first
NOW = datetime(2026, 11, 25, 4, tzinfo=UTC).timestamp()
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>]]></style></svg>{{ 7 * 7 }}&amp;\u202e"


def said(name: str) -> t.Any:
    """A receipt as its file has it."""
    return json.loads((RECEIPTS / f"{name}.json").read_text())


def drawn(name: str) -> Operation:
    """A receipt's facts."""
    found = operation(said(name))
    assert found is not None
    return found


def content(*names: str) -> Content:
    """A report of these receipts, and of the backups."""
    return Content("placement-center in robustmq", [drawn(n) for n in names], [backup(b) for b in said("backups")], "", NOW)


def poisoned(value: t.Any) -> t.Any:
    """The same with something hostile in every text that is no time, and in no key."""
    if isinstance(value, dict):
        kept = ("started", "ended", "begun", "created", "proven", "state")
        return {k: v if k in kept else poisoned(v) for k, v in value.items()}
    if isinstance(value, list):
        return [poisoned(v) for v in value]
    return HOSTILE + value if isinstance(value, str) else value


def contrast(one: t.Sequence[float], other: t.Sequence[float]) -> float:
    """WCAG 2's ratio of two colours, red, green and blue from 0 to 255."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: t.Sequence[float]) -> float:
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in (part / 255 for part in colour[:3]))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
