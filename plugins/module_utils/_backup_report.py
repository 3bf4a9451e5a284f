# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Backups as they are told: what each is worth, and which of them count. Pure."""

from __future__ import annotations

import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils import _manifest
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import Refused
from ansible_collections.robustmq.placement_center.plugins.module_utils._hints import hint
from ansible_collections.robustmq.placement_center.plugins.module_utils._retention import moment

Object = dict[str, t.Any]

COUNTS = 1  # the level from which a backup does
UNREAD = ("manifest_damaged", "manifest_unknown_schema")  # nothing that such a paper says is believed


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
    proven = _manifest.proven(backup.proof, backup.id, key)
    told: Object = {"id": backup.id, "where": backup.where, "reason": wrong, "counts": not wrong, "proven": proven}
    if not paper or wrong in UNREAD:
        return {**told, "created": "", "age_seconds": 0, "grade": "", "method": "", "level": 0, "bytes": 0, "fence": {}}
    age = int(now - moment(paper["created"]).timestamp())
    parts = {name: paper[name] for name in ("created", "grade", "method", "bytes", "fence")}
    return {**told, **parts, "age_seconds": age, "level": 3 if proven else paper["level"]}


def stale(rows: t.Sequence[Object], hours: int, days: int, now: float) -> list[Refused]:
    """Why what there is does not insure against an update that goes wrong. :param hours: of a backup. :param days: of a proof; 0 asks for none."""
    found = []
    ages = [row["age_seconds"] for row in rows if row["counts"]]
    if hours and min(ages, default=hours * 3600) >= hours * 3600:
        has = f"the newest that counts is {min(ages) // 3600} h old" if ages else "there is none that counts"
        found.append(Refused("backup_too_old", f"a backup younger than {hours} h is demanded: {has}", hint("backup_too_old")))
    proofs = [now - moment(row["proven"]).timestamp() for row in rows if row["proven"]]
    if days and min(proofs, default=days * 86400) >= days * 86400:
        has = f"the last was {int(min(proofs) // 86400)} days ago" if proofs else "there was none"
        found.append(Refused("proof_too_old", f"a restore within {days} days is demanded: {has}", hint("proof_too_old")))
    return found


def merged(first: t.Sequence[t.Any], second: t.Sequence[t.Any]) -> list[t.Any]:
    """Both lists as one, the newest first; what is in both is told as the first has it."""
    known = {b.id: b for b in second} | {b.id: b for b in first}
    return sorted(known.values(), key=lambda b: b.id, reverse=True)
