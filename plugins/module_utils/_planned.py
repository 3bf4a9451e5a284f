# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan of an update as people and programs read it. Pure."""

from __future__ import annotations

import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils import _forecast, _turns
from ansible_collections.robustmq.placement_center.plugins.module_utils._content import window
from ansible_collections.robustmq.placement_center.plugins.module_utils._forecast import Costs
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Observation, Verdict
from ansible_collections.robustmq.placement_center.plugins.module_utils._versions import tag


def plan(seen: Observation, verdict: Verdict, image: str, order: str, costs: Costs, clients_feel: str = "") -> dict[str, t.Any]:
    """Who goes when, what both orders are expected to cost, and what no order spares; ``clients_feel`` is the profile's."""
    leads = _leads(seen, verdict)
    orders = _forecast.orders([m.ordinal for m in seen.members], leads)
    told = {name: _forecast.forecast(those, len(seen.members), leads, costs) for name, those in orders.items()}
    forecasts = {name: {"order": list(orders[name]), **found._asdict()} for name, found in told.items()}
    pods = {m.ordinal: m.pod for m in seen.members}
    members = []
    for ordinal in orders[order]:
        pod = pods[ordinal]
        led = sorted(name for name, leader in leads.items() if leader == ordinal)
        name = pod.name if pod else ""
        members.append({"ordinal": ordinal, "name": name, "from": tag(pod.image) if pod else None, "to": tag(image), "leads": led})
    notes = [*window(seen.snapshots, costs.away_ms), *_cut_off(costs), *([clients_feel] if clients_feel else [])]
    return {"order": order, "members": members, "forecast": forecasts, "notes": notes}


def _cut_off(costs: Costs) -> list[str]:
    late = costs.cut_off_seconds
    return [f"a member that is back may be cut off for up to {late} s, while its leader calls the old address; the others write meanwhile"] if late else []


def lines(made: t.Mapping[str, t.Any]) -> list[str]:
    """The plan for people."""
    found = []
    for m in made["members"]:
        leads = f", leads {', '.join(m['leads'])}" if m["leads"] else ""
        found.append(f"plan: {m['name'] or m['ordinal']}  {m['from'] or '?'} -> {m['to']}{leads}")
    other = next(name for name in made["forecast"] if name != made["order"])
    found.append(f"forecast: {_expected(made['forecast'][made['order']])} (order {other}: {_expected(made['forecast'][other])})")
    return [*found, *(f"note: {note}" for note in made["notes"])]


def _expected(forecast: t.Mapping[str, t.Any]) -> str:
    return f"elections {forecast['elections']:g}, writes wait {forecast['write_gap_ms'] / 1000:.1f} s in all"


def rest_of(seen: Observation, verdict: Verdict, group: str, leader_last: bool, back: bool, costs: Costs) -> dict[str, t.Any]:
    """What the members that are still to go are expected to cost one group, from here on."""
    order: list[int] = []
    left = _turns.todo(seen, seen.set) if seen.set else []
    while left and seen.set:
        after = _turns.following(verdict, seen.set, left, leader_last, back)
        order.append(after.ordinal)
        left.remove(after)
    leads = {name: leader for name, leader in _leads(seen, verdict).items() if name == group}
    return {"group": group, **_forecast.forecast(order, len(seen.members), leads, costs)._asdict()}


def _leads(seen: Observation, verdict: Verdict) -> dict[str, int | None]:
    ids = {m.id: m.ordinal for m in seen.members}
    return {g.name: ids.get(g.leader or 0) for g in verdict.groups}
