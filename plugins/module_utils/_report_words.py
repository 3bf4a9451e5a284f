# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Operations and backups in plain words, as the page and the picture say them. Pure."""

from __future__ import annotations

import typing as t
from datetime import datetime

from ansible_collections.robustmq.placement_center.plugins.module_utils._hints import NEXT
from ansible_collections.robustmq.placement_center.plugins.module_utils._python import UTC
from ansible_collections.robustmq.placement_center.plugins.module_utils._report_facts import Backup, Operation, Step
from ansible_collections.robustmq.placement_center.plugins.module_utils._report_time import Led

KINDS = {"update": "Update", "rollback": "Rollback", "expand": "Growth of the volumes"}
# What a state is called, and what it means for whoever looks: good, bad or note.
STATES = {
    "done": ("Done", "good"),
    "canary": ("One member first", "note"),
    "paused": ("Paused", "note"),
    "held": ("Held", "bad"),
    "failed": ("Failed", "bad"),
    "rolling": ("Did not end", "bad"),
}
MARKS = {"good": "✓", "bad": "!", "note": "-"}
# What a member does until the phase of that name is reached.
PHASES = {
    "gate": "waits",
    "gone": "stops",
    "created": "pod is made",
    "joined": "starts, joins",
    "caught_up": "catches up",
    "ready": "gets Ready",
    "stable": "proves itself",
}
GRADES = {"A": "a member that had stopped", "B": "a snapshot", "C": "files that were being written"}
LEVELS = ("not verified", "every file was read back", "the server has opened it", "a cluster was restored from it")
UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB")


def state(op: Operation) -> tuple[str, str]:
    """The state's word and its meaning."""
    return STATES.get(op.state, (op.state, "note"))


def title(op: Operation) -> str:
    """What it was, and from which version to which."""
    kind = KINDS.get(op.kind, op.kind)
    if op.claims:
        return f"{kind} to {op.claims[0].after}" if op.claims[0].after else kind
    before, after = (sorted({v for v in versions if v}) for versions in ([s.before for s in op.steps], [s.after for s in op.steps]))
    if not before or not after or before == after:
        return f"{kind} of {', '.join(after or before)}" if after or before else kind
    return f"{kind} {', '.join(before)} → {', '.join(after)}"


def headline(op: Operation) -> str:
    """What happened, in a sentence or two."""
    done = [s for s in op.steps if s.done]
    if op.state == "done" and op.claims:
        return f"Every claim has {op.claims[0].after}."
    moved = len({s.ordinal for s in done})
    if op.state == "done":
        return f"{many(moved, 'member')} went and came back, {'each proven before the next' if moved > 1 else 'and has proven itself'}."
    stuck = next((s for s in reversed(op.steps) if not s.done), None)
    if op.state in ("canary", "paused"):
        return f"It stopped after {many(moved, 'member')}, as it was told to. Run it again to go on."
    where = f"with member {stuck.ordinal} on its way" if stuck else "before the next member"
    others = f"{many(moved, 'member')} had gone before." if moved else "It touched no other member." if stuck else ""
    return f"It stopped {where}: {op.reason or 'no reason was noted'}. {others}".strip()


def advice(code: str) -> str:
    """What to do about a reason code; nothing where no more is known than the code says."""
    return NEXT.get(code, "").replace("``", "")


def figures(op: Operation) -> list[tuple[str, str]]:
    """The numbers that are looked for first: name and value."""
    found = [("Took", "unknown" if op.seconds is None else duration(op.seconds))]
    if op.claims:
        return [*found, ("Claims grown", f"{sum(c.seconds is not None for c in op.claims)} of {len(op.claims)}")]
    found.append(("Members", f"{len({s.ordinal for s in op.steps if s.done})} of {len(op.members)} moved"))
    if "longest_gap_ms" in op.writer:
        found.append(("Longest write gap", duration(op.writer["longest_gap_ms"] / 1000)))
    if "acknowledged" in op.writer:
        found.append(("Writes", f"{op.writer['acknowledged']:,.0f}{_lost(op)}"))
    if "median" in op.latency:
        found.append(("Median of a write", duration(op.latency["median"] / 1000)))
    if "elections" in op.measured:
        found.append(("Elections", f"{op.measured['elections']:g}"))
    lags = [n for s in op.steps for _at, n in s.lag if n is not None]
    if lags:
        found.append(("Most behind", many(max(lags), "entry", "entries")))
    return found


def _lost(op: Operation) -> str:
    if op.unverified:
        return ", not read back"
    lost = op.writer.get("lost")
    return "" if lost is None else ", 0 lost" if lost == 0 else f", lost in {many(int(lost), 'key')}"


def compared(op: Operation) -> list[tuple[str, float | None, float | None, str]]:
    """Forecast beside measured: what, both numbers, and their unit (``s`` or nothing)."""
    found = []
    for name, key, unit, size in (("Writes waited in all", "write_gap_ms", "s", 1000.0), ("Elections", "elections", "", 1.0)):
        values = [side[key] / size if key in side else None for side in (op.forecast, op.measured)]
        if any(v is not None for v in values):
            found.append((name, values[0], values[1], unit))
    return found


def amount(value: float | None, unit: str) -> str:
    """A number with its unit; unknown is said."""
    return "unknown" if value is None else duration(value) if unit == "s" else f"{value:g}"


def latency(found: t.Mapping[str, float]) -> str:
    """The middle one, and the slow ones."""
    return ", ".join(f"{name} {duration(found[name] / 1000)}" for name in ("median", "p99", "max") if name in found) or "unknown"


def leads(led: Led) -> str:
    """Which groups, and in which term."""
    return "leads " + ", ".join(f"{group} (term {'?' if term is None else term})" for group, term in led.groups)


def stage(step: Step) -> str:
    """From which version to which, as far as it came."""
    return _joined(f"{step.before or '?'} → {step.after or '?'}")


def away(step: Step) -> str:
    """How long it was out of its groups."""
    return "not back" if step.away_ms is None else f"away {duration(step.away_ms / 1000)}"


def duration(seconds: float) -> str:
    """As exactly as it is read."""
    if seconds < 0.9995:
        ms = 1000 * seconds
        return _joined(f"{ms:.1f} ms" if 0 < ms < 9.95 else f"{ms:.0f} ms")
    if seconds < 9.95:
        return _joined(f"{seconds:.1f} s")
    whole = round(seconds)
    if whole < 60:
        return _joined(f"{whole} s")
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return _joined(f"{minutes} min {rest} s" if rest else f"{minutes} min")
    return _joined(f"{minutes // 60} h {minutes % 60} min" if minutes % 60 else f"{minutes // 60} h")


def _joined(words: str) -> str:
    """A line never breaks between a number and its unit."""
    return words.replace(" ", "\u00a0")


def moment(at: float) -> str:
    """A time that everybody reads alike."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S} UTC"


def age(created: float | None, now: float) -> str:
    """How old, in hours or days: what changes with every second would make every page another."""
    if created is None:
        return "unknown"
    hours = max(0, int((now - created) // 3600))
    return "under an hour" if not hours else many(hours, "hour") if hours < 48 else many(hours // 24, "day")


def size(number: float) -> str:
    """Bytes for people."""
    at = 0
    while number >= 1024 and at < len(UNITS) - 1:
        number, at = number / 1024, at + 1
    return f"{number:.1f} {UNITS[at]}" if at else f"{number:.0f} {UNITS[0]}"


def many(number: int, one: str, more: str = "") -> str:
    """A number and what it counts."""
    return f"{number:,} {one if number == 1 else more or one + 's'}"


def newest(backups: t.Sequence[Backup], now: float) -> tuple[str, str]:
    """The backup that would be restored: a sentence, and whether that is good."""
    counts = [b for b in backups if b.counts]
    if not counts:
        return ("No backup that counts is known.", "bad")
    first = max(counts, key=lambda b: b.created or 0.0)
    proofs = [b.proven for b in backups if b.proven is not None]
    proof = f"the last proven restore is {age(max(proofs), now)} old" if proofs else "no restore was ever proven"
    return (f"The newest backup that counts is {age(first.created, now)} old, grade {first.grade}, level {first.level}; {proof}.", "good" if proofs else "note")
