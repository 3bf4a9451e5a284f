# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What to say of many clusters at the end: a line for each, those that need somebody first. Pure."""

from __future__ import annotations

import typing as t

OURS = "robustmq.placement_center."
LOOKED_AT_NAMES = OURS + "pc_variables"  # has not been to the cluster
WIDTH = 160


class Line(t.NamedTuple):
    """One cluster's last word."""

    host: str
    good: bool
    word: str  # a state or a reason code
    text: str


def read(host: str, action: str, result: t.Mapping[str, t.Any], failed: bool, before: Line | None) -> Line | None:
    """The line of a cluster after one more result; a failure stays, whatever is collected after it."""
    if before is not None and not before.good:
        return before
    if not action.startswith(OURS) or (action == LOOKED_AT_NAMES and not failed):
        return before
    if failed:
        return Line(host, False, str(result.get("reason") or "failed"), _one(result.get("msg") or "no reason was given"))
    good = bool(result.get("healthy", True))
    reasons = result.get("reasons") or [{}]
    word = result.get("state") or ("" if good else reasons[0].get("code")) or (before.word if before else "")
    text = result.get("summary") or result.get("id") or (before.text if before else "")
    return Line(host, good, _one(word or "ok"), _one(text))


def unreached(host: str, text: str) -> Line:
    """The line of a host on which nothing could run."""
    return Line(host, False, "unreachable", _one(text))


def table(lines: t.Collection[Line], asked: t.Collection[str]) -> list[str]:
    """The summary. :param asked: every host that the play was for; those that it never came to are told too."""
    rest = [Line(host, False, "not reached", "the play ended before") for host in asked if host not in {line.host for line in lines}]
    rows = sorted([*lines, *rest], key=lambda line: (line.good, line.word == "not reached", line.host))
    host, word = (max((len(text) for text in column), default=0) for column in ([line.host for line in rows], [line.word for line in rows]))
    good = sum(line.good for line in rows)
    told = [f"{line.host:{host}}  {line.word:{word}}  {line.text}".rstrip()[:WIDTH] for line in rows]
    return [f"{good} of {len(rows)} clusters are as they should be", *told]


def _one(text: object) -> str:
    return " ".join(str(text).split())
