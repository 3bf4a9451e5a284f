# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which backups may go: never the newest that is verified, and never one that nothing newer and verified stands for. Pure."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass
from datetime import datetime

from ansible_collections.robustmq.placement_center.plugins.module_utils._python import UTC


class Kept(t.NamedTuple):
    """One backup, as far as it matters here."""

    id: str
    created: str  # RFC 3339
    verified: bool


@dataclass(frozen=True)
class Rules:
    """How many to keep; all zero keeps everything."""

    last: int = 0
    daily: int = 0
    weekly: int = 0

    @property
    def any(self) -> bool:
        """Is anything ever removed?"""
        return bool(self.last or self.daily or self.weekly)


def surplus(backups: t.Sequence[Kept], rules: Rules) -> list[str]:
    """Ids that may be removed, the oldest first. Only a verified backup takes a place; an unverified one goes once a newer verified one is kept."""
    if not rules.any:
        return []
    good = sorted((b for b in backups if b.verified), key=lambda b: b.created, reverse=True)
    keep = {b.id for b in good[: max(rules.last, 1)]}  # the newest that is verified stays, whatever the rules say
    keep |= _newest_of_each(good, rules.daily, lambda at: at.strftime("%Y-%m-%d"))
    keep |= _newest_of_each(good, rules.weekly, lambda at: at.strftime("%G-%V"))
    if not good:
        return []
    old = [b for b in backups if b.id not in keep and b.created < good[0].created]
    return [b.id for b in sorted(old, key=lambda b: b.created)]


def _newest_of_each(good: t.Sequence[Kept], number: int, period: t.Callable[[datetime], str]) -> set[str]:
    found: dict[str, str] = {}
    for backup in good:
        found.setdefault(period(moment(backup.created)), backup.id)
    return set(list(found.values())[:number])


def moment(text: str) -> datetime:
    """A time in UTC."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC)


# In a restic repository

DATA, PAPER, ID = "pc-data", "pc-manifest", "pc-id="
ORPHAN_HOURS = 24  # what is younger may be the data of a backup that another cluster of this name is making


def forgotten(snapshots: t.Sequence[t.Mapping[str, t.Any]], gone: t.Collection[str], now: str) -> list[str]:
    """restic's own ids of what may be forgotten there: both snapshots of each backup that goes, and data whose manifest was never stored.

    :param now: when the newest backup was made, RFC 3339.
    """
    found = [(str(s["id"]), frozenset(s.get("tags") or ()), str(s["time"])) for s in snapshots]
    finished = {_backup_of(tags) for _restic, tags, _time in found if PAPER in tags}
    told = []
    for restic, tags, made in found:
        backup = _backup_of(tags)
        orphan = DATA in tags and bool(backup) and backup not in finished and (moment(now) - moment(made)).total_seconds() > ORPHAN_HOURS * 3600
        if backup in gone or orphan:
            told.append(restic)
    return told


def _backup_of(tags: t.Iterable[str]) -> str:
    return next((tag.removeprefix(ID) for tag in sorted(tags) if tag.startswith(ID)), "")
