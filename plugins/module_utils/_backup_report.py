# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Backups as they are told: what each is worth, and which of them count. Pure."""

from __future__ import annotations

import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils import _manifest
from ansible_collections.robustmq.placement_center.plugins.module_utils._retention import moment

Object = dict[str, t.Any]

COUNTS = 1  # the level from which a backup does


def reason(backup: t.Any, key: bytes | None) -> str:
    """The code of what is wrong with it; empty where nothing is."""
    if backup.trouble:
        return str(backup.trouble)
    if not backup.finished:
        return "backup_unfinished"
    wrong = _manifest.broken(backup.paper, backup.seal, key)
    return wrong or ("" if backup.paper["level"] >= COUNTS else "backup_unverified")


def row(backup: t.Any, key: bytes | None, now: float) -> Object:
    """One backup, told."""
    wrong, paper = reason(backup, key), backup.paper
    told: Object = {"id": backup.id, "where": backup.where, "reason": wrong, "counts": not wrong, "proven": backup.proof}
    if not paper:
        return {**told, "created": "", "age_seconds": 0, "grade": "", "method": "", "level": 0, "bytes": 0, "fence": {}}
    age = int(now - moment(paper["created"]).timestamp())
    parts = {name: paper[name] for name in ("created", "grade", "method", "bytes", "fence")}
    return {**told, **parts, "age_seconds": age, "level": 3 if backup.proof else paper["level"]}


def merged(first: t.Sequence[t.Any], second: t.Sequence[t.Any]) -> list[t.Any]:
    """Both lists as one, the newest first; what is in both is told as the first has it."""
    known = {b.id: b for b in second} | {b.id: b for b in first}
    return sorted(known.values(), key=lambda b: b.id, reverse=True)
