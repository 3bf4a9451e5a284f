# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values out of papers that people can edit: what is of another kind than it should be is unknown, and everything has an end. Pure."""

from __future__ import annotations

import re
import typing as t
from datetime import datetime

from ansible_collections.robustmq.placement_center.plugins.module_utils._python import UTC

Object = t.Mapping[str, t.Any]

MOST = 60  # of anything
LONGEST = 600  # characters of a text
LARGEST = 1e15  # of a number
# Control characters, and those that turn the direction of what follows: no page and no picture shows them.
_UNSEEN = re.compile("[^\x20-\x7e\xa0-\u200a\u2010-\u2027\u202f-\u2065\u206a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


def text(value: t.Any) -> str:
    """One line of a string; nothing of anything else."""
    if not isinstance(value, str):
        return ""
    line = _UNSEEN.sub("", " ".join(value[: 4 * LONGEST].split()))
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


def number(value: t.Any) -> float | None:
    """A number of a size that can be drawn."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not -LARGEST < value < LARGEST:
        return None
    return float(value)


def whole(value: t.Any) -> int | None:
    """A whole number."""
    return value if isinstance(value, int) and number(value) is not None else None


def table(value: t.Any) -> Object:
    """A table, by text."""
    return {k: v for k, v in list(value.items())[:MOST] if isinstance(k, str)} if isinstance(value, dict) else {}


def items(value: t.Any) -> list[t.Any]:
    """A list's items."""
    return list(value[:MOST]) if isinstance(value, (list, tuple)) else []


def rows(value: t.Any) -> list[Object]:
    """A list's tables."""
    return [table(row) for row in items(value) if isinstance(row, dict)]


def numbers(value: t.Any) -> dict[str, float]:
    """What is a number in a table."""
    found = {name: number(each) for name, each in table(value).items()}
    return {name: each for name, each in found.items() if each is not None}


def moment(value: t.Any) -> float | None:
    """Unix time of what a receipt or a manifest writes; None where it is no such time."""
    try:
        at = datetime.fromisoformat(text(value).replace("Z", "+00:00"))
        return at.replace(tzinfo=at.tzinfo or UTC).timestamp()
    except (ValueError, OverflowError):
        return None
