# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Claims and what was found about them as ``pc_pvc_check`` returns them, and as lines that a person reads."""

from __future__ import annotations

import typing as t
from datetime import datetime

from ansible_collections.robustmq.placement_center.plugins.module_utils import _volume_behind, _volumes
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Usage
from ansible_collections.robustmq.placement_center.plugins.module_utils._volume_model import ClaimFacts, Facts, Finding

Row = dict[str, t.Any]

_BEHIND = ("uid", "size", "capacity", "class", "volume", "reclaim_policy", "driver", "expandable", "snapshot_capable")
_SPACE = (
    "measured",
    "capacity_bytes",
    "used_bytes",
    "free_bytes",
    "inodes",
    "inodes_used",
    "inodes_free",
    "free_percent",
    "bytes_per_hour",
    "hours_until_full",
)


def result(seen: Facts, found: _volumes.Judgement, previous: t.Iterable[t.Any]) -> Row:
    """The return value of the module; ``previous`` are the rows of a former one."""
    before = {row.get("claim"): row for row in previous if isinstance(row, dict)}
    rows = [_row(slot, seen, before.get(slot.claim, {})) for slot in (_volumes.slots(seen.set) if seen.set else [])]
    return {
        "ok": not found.reasons,
        "reasons": [_finding(f) for f in found.reasons],
        "concerns": [_finding(f) for f in found.concerns],
        "claims": rows,
        "orphans": [{**_finding(f), **_brief(f, seen)} for f in found.orphans],
        "foreign": [_finding(f) for f in found.foreign],
        "summary": _summary(rows, found),
        "table": _table(rows),
        "requests": seen.requests,
        "observed_in_ms": seen.took_ms,
    }


def _finding(f: Finding) -> Row:
    return {"code": f.code, "claim": f.claim, "ordinal": f.ordinal, "message": f.message}


def _brief(f: Finding, seen: Facts) -> Row:
    claim = seen.claims[f.claim or ""]
    behind = _volume_behind.volume(claim, seen)
    return {"size": claim.size, "volume": claim.volume or None, "reclaim_policy": behind.reclaim if behind else None}


def _row(slot: _volumes.Slot, seen: Facts, before: Row) -> Row:
    row: Row = {"ordinal": slot.ordinal, "template": slot.template.name, "claim": slot.claim}
    claim = seen.claims.get(slot.claim)
    if claim is None:
        return {**dict.fromkeys(_BEHIND), **dict.fromkeys(_SPACE), **row, "phase": "Missing", "bound": False, "modes": [], "pods": []}
    behind = _volume_behind.volume(claim, seen)
    return {
        **row,
        "uid": claim.uid,
        "phase": "Terminating" if claim.terminating else claim.phase,
        "bound": claim.phase == "Bound",
        "size": claim.size,
        "capacity": claim.capacity or None,
        "class": claim.storage_class,
        "modes": sorted(claim.modes),
        "volume": claim.volume or None,
        "reclaim_policy": behind.reclaim if behind else None,
        "driver": _volume_behind.driver(claim, seen) or None,
        "expandable": _volume_behind.expandable(claim, seen),
        "snapshot_capable": _volume_behind.snapshot_capable(claim, seen),
        "pods": sorted(m.pod for m in claim.mounts),
        **_space(seen.usages.get(slot.claim), claim, before),
    }


def _space(used: Usage | Finding | None, claim: ClaimFacts, before: Row) -> Row:
    if not isinstance(used, Usage):
        return dict.fromkeys(_SPACE)
    free = (used.capacity, used.capacity - used.free, used.free, used.inodes, used.inodes - used.inodes_free, used.inodes_free)
    row = dict(zip(_SPACE, (used.measured, *free, round(used.free_percent, 1))))
    rate = growth(before, {**row, "uid": claim.uid, "volume": claim.volume})
    hours = used.free / rate if rate is not None and rate > 0 else None
    return {**row, "bytes_per_hour": None if rate is None else round(rate), "hours_until_full": None if hours is None else round(hours, 3)}


def growth(before: Row, now: Row) -> float | None:
    """Bytes an hour between two measurements of one volume; None where they do not compare."""
    then, used = before.get("used_bytes"), now["used_bytes"]
    hours = _hours(before.get("measured"), now["measured"])
    same = before.get("uid") == now["uid"] and before.get("volume") == now["volume"]
    if not same or not isinstance(then, int) or hours is None or hours <= 0:
        return None
    return float(used - then) / hours


def _hours(since: object, until: object) -> float | None:
    try:
        return (datetime.fromisoformat(str(until)) - datetime.fromisoformat(str(since))).total_seconds() / 3600
    except (ValueError, TypeError):
        return None


def _summary(rows: list[Row], found: _volumes.Judgement) -> str:
    if found.reasons:
        first, others = found.reasons[0], len(found.reasons) - 1
        return f"not ok: {first.code}: {first.message}{f' (and {others} more)' if others else ''}"
    known = [row["free_percent"] for row in rows if row.get("free_percent") is not None]
    space = f", at least {min(known)} % free" if known else ", free space unknown"
    beside = f"; concerns: {', '.join(sorted({n.code for n in found.concerns}))}" if found.concerns else ""
    return f"ok: {len(rows)} claims{space}{beside}"


def _table(rows: list[Row]) -> list[str]:
    """A row a claim under a heading."""
    lines = [["CLAIM", "PHASE", "SIZE", "CLASS", "RECLAIM", "DRIVER", "USED", "FREE", "GROWS", "FULL IN"]]
    for row in rows:
        cells = [row.get(key) for key in ("claim", "phase", "capacity", "class", "reclaim_policy", "driver")]
        share, rate, hours = (row.get(key) for key in ("free_percent", "bytes_per_hour", "hours_until_full"))
        space = (_size(row.get("used_bytes")), _told(share, " %"), _size(rate, "/h"), _told(hours, " h"))
        lines.append([*(str(cell or "-") for cell in cells), *space])
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    return ["  ".join(cell.ljust(w) for cell, w in zip(line, widths)).rstrip() for line in lines]


def _told(number: float | None, unit: str) -> str:
    return "-" if number is None else f"{number:.1f}{unit}"


def _size(number: int | None, unit: str = "") -> str:
    """Bytes in the multiple that a person reads."""
    if number is None:
        return "-"
    power = max(0, abs(number).bit_length() - 1) // 10
    return f"{number / 1024**power:.{min(power, 1)}f}{('', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi')[power]}{unit}"
