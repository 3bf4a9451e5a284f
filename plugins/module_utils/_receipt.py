# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The receipt of an operation: what each step cost, for people, programs and the next operation's forecast. Pure."""

from __future__ import annotations

import json
import re
import typing as t
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime

from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Observation, Reason, Verdict
from ansible_collections.robustmq.placement_center.plugins.module_utils._python import UTC
from ansible_collections.robustmq.placement_center.plugins.module_utils._redact import Redactor
from ansible_collections.robustmq.placement_center.plugins.module_utils._series import POINTS, Series

PHASES = ("gate", "gone", "created", "ready", "joined", "caught_up", "stable")
KEPT = 10  # receipts
ROOM = 900_000  # bytes of one ConfigMap
_FILE = r"\d{8}T\d{6}\.\d{3}Z-[\w-]+\.json"  # what ``key`` makes


@dataclass(frozen=True)
class GroupFacts:
    """One raft group at one moment: the leader's raft id, its term, the last index of its log."""

    leader: int | None
    term: int | None
    last_index: int | None


@dataclass(frozen=True)
class Lead:
    """From a Unix time on, who leads a raft group, by ordinal, and in which term; nobody is None."""

    at: float
    group: str
    member: int | None
    term: int | None


@dataclass(frozen=True)
class Side:
    """A member before or after its step."""

    revision: str
    image: str
    groups: t.Mapping[str, GroupFacts] = field(default_factory=dict)


@dataclass(frozen=True)
class StepReceipt:
    """One member's step. ``reached`` has the Unix time at which each phase was first seen; ``begun`` is the start of the first."""

    ordinal: int
    begun: float
    before: Side
    after: Side | None = None
    reached: t.Mapping[str, float] = field(default_factory=dict)
    holds: tuple[Reason, ...] = ()
    write_gap_ms: int | None = None
    led: tuple[str, ...] = ()  # the groups that it led when its turn came
    lag: Series = ()  # entries behind, by Unix time
    leaders: tuple[Lead, ...] = ()  # each change, the first look included
    write_latency_ms: t.Mapping[str, float] | None = None

    def reach(self, phase: str, at: float) -> StepReceipt:
        """A phase is over; only the first time counts."""
        return self if phase in self.reached else replace(self, reached={**self.reached, phase: at})

    def see(self, leaders: t.Sequence[Lead]) -> StepReceipt:
        """Who leads now; kept where that is news."""
        known = {lead.group: (lead.member, lead.term) for lead in self.leaders}
        news = [lead for lead in leaders if known.get(lead.group) != (lead.member, lead.term)]
        return replace(self, leaders=(*self.leaders, *news)[:POINTS])

    def hold(self, *reasons: Reason) -> StepReceipt:
        """What held it up; the same code of the same member and group is kept once."""
        held: dict[tuple[str, int | None, str | None], Reason] = {}
        for reason in (*self.holds, *reasons):
            held.setdefault((reason.code, reason.member, reason.group), reason)
        return replace(self, holds=tuple(held.values()))


@dataclass(frozen=True)
class Receipt:
    """A whole operation. Times are Unix seconds."""

    operation: str
    name: str
    namespace: str
    started: float
    ended: float | None
    state: str
    reason: str = ""
    steps: tuple[StepReceipt, ...] = ()
    writer: t.Mapping[str, t.Any] = field(default_factory=dict)
    forecast: t.Mapping[str, t.Any] = field(default_factory=dict)  # of the canary's group
    requests: int = 0
    members: tuple[int, ...] = ()  # all ordinals, also those that did not go
    facts: t.Mapping[str, t.Any] = field(default_factory=dict)  # of an operation that does not go member by member
    clients_feel: str = ""  # what a leader's turn costs clients beyond what the writer measured


def groups(seen: Observation, verdict: Verdict) -> dict[str, GroupFacts]:
    """What the receipt keeps of every group at this look."""
    raft = {member.id: member.raft or {} for member in seen.members}
    found = {}
    for group in verdict.groups:
        head = raft.get(group.leader, {}).get(group.name) if group.leader is not None else None
        found[group.name] = GroupFacts(group.leader, group.term, head.last_log if head else None)
    return found


def durations(step: StepReceipt) -> dict[str, float]:
    """Seconds that each phase took, from the end of the phase before it that was seen."""
    found, before = {}, step.begun
    for phase in PHASES:
        if phase in step.reached:
            at = max(before, step.reached[phase])
            found[phase], before = round(at - before, 3), at
    return found


def elections(step: StepReceipt) -> dict[str, int | None]:
    """How often each group got a leader who had not led it in that term; None where nobody was seen to lead, or the end is not known.

    Terms alone would not do: a member that is cut off goes on raising its own, and the others take that over in one step.
    """
    names = sorted({lead.group for lead in step.leaders} | step.before.groups.keys() | (step.after.groups.keys() if step.after else set()))
    return {name: _elections(step, name) for name in names}


def _elections(step: StepReceipt, group: str) -> int | None:
    led = [(lead.member, lead.term) for lead in step.leaders if lead.group == group and lead.member is not None]
    known = step.after is not None and group in step.after.groups and step.after.groups[group].leader is not None
    if not (led and known):
        return None
    return sum(led[n] != led[n - 1] for n in range(1, len(led)))


def measured(receipt: Receipt) -> dict[str, t.Any]:
    """What stands beside the forecast: the same group's elections, and how long its writes waited altogether."""
    group = receipt.forecast.get("group")
    grown = [elections(s).get(str(group)) for s in receipt.steps if s.after]
    known = [n for n in grown if n is not None]
    return {"group": group, "elections": sum(known) if known else None, "write_gap_ms": receipt.writer.get("stopped_ms")}


def totals(receipt: Receipt) -> dict[str, t.Any]:
    """The steps together: sums of what adds up, and the worst of what does not; None where nothing is known."""
    steps = [_step(s) for s in receipt.steps]
    grown = [n for s in steps for n in (s["elections"] or {}).values() if n is not None]
    lags = [n for s in steps for _at, n in s["lag"] if n is not None]
    return {
        "members": len({s["ordinal"] for s in steps}),
        "holds": sum(len(s["holds"]) for s in steps),
        "elections": sum(grown) if grown else None,
        "longest_away_ms": max((s["away_ms"] for s in steps if s["away_ms"] is not None), default=None),
        "longest_write_gap_ms": receipt.writer.get("longest_gap_ms"),
        "most_behind": max(lags, default=None),
    }


def build(receipt: Receipt) -> dict[str, t.Any]:
    """The receipt as plain data, with nothing secret in it."""
    whole = {**asdict(receipt), "steps": [_step(s) for s in receipt.steps], "measured": measured(receipt), "totals": totals(receipt)}
    del whole["clients_feel"]
    whole["notes"] = [receipt.clients_feel] if receipt.clients_feel and any(s.led for s in receipt.steps) else []
    for field_name in ("started", "ended"):
        whole[field_name] = _time(whole[field_name])
    seconds = None if receipt.ended is None else round(receipt.ended - receipt.started, 3)
    redactor = Redactor(kept=(receipt.namespace, receipt.name, receipt.operation))
    return t.cast(dict[str, t.Any], redactor.everywhere(redactor.tree({**whole, "seconds": seconds})))


def key(receipt: Receipt) -> str:
    """Its name in the ConfigMap; names sort by time."""
    return named(_time(receipt.started) or "", receipt.operation)


def named(started: str, operation: str) -> str:
    """The name of a receipt that says these of itself."""
    return f"{re.sub('[-:]', '', started)}-{operation}.json"


def kept(data: t.Mapping[str, str], new: str, text: str) -> dict[str, str | None]:
    """What to merge into the ConfigMap: the new receipt, and null for each that is one too many or too much."""
    names = sorted({*data, new}, reverse=True)
    change: dict[str, str | None] = {new: text}
    room = ROOM - len(text.encode())
    for at, name in enumerate(name for name in names if name != new):
        room -= len(data[name].encode())
        if at >= KEPT - 1 or room < 0:
            change[name] = None
    return change


def surplus(names: t.Iterable[str], new: str) -> list[str]:
    """Of the files in a folder, the receipts that are too many once ``new`` is there; nothing else is ours to remove."""
    ours = sorted((n for n in names if n != new and re.fullmatch(_FILE, n)), reverse=True)
    return ours[KEPT - 1 :]


def text(receipt: Receipt) -> str:
    """As it is stored."""
    return json.dumps(build(receipt), separators=(",", ":"), sort_keys=True)


def _step(step: StepReceipt) -> dict[str, t.Any]:
    after = step.after
    return {
        "ordinal": step.ordinal,
        "begun": _time(step.begun),
        "before": asdict(step.before),
        "after": None if after is None else asdict(after),
        "durations": durations(step),
        "holds": [asdict(r) for r in step.holds],
        "elections": None if after is None else elections(step),
        "write_gap_ms": step.write_gap_ms,
        "led": list(step.led),
        "away_ms": round(1000 * (step.reached["joined"] - step.begun)) if "joined" in step.reached else None,
        "reached": {phase: round(at - step.begun, 3) for phase, at in step.reached.items()},
        "lag": [[round(at - step.begun, 1), n] for at, n in step.lag],
        "leaders": [{**asdict(lead), "at": round(lead.at - step.begun, 1)} for lead in step.leaders],
        "write_latency_ms": step.write_latency_ms,
    }


def _time(at: float | None) -> str | None:
    return None if at is None else datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
