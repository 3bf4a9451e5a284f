# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan of an update as people and programs read it. Pure."""

from __future__ import annotations

import typing as t
from dataclasses import asdict

from ansible_collections.robustmq.placement_center.plugins.module_utils import _forecast
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Observation, Verdict
from ansible_collections.robustmq.placement_center.plugins.module_utils._profiles import Profile
from ansible_collections.robustmq.placement_center.plugins.module_utils._versions import tag

AWAY_MS = 5000  # a member's absence, where none was measured yet


def plan(seen: Observation, verdict: Verdict, profile: Profile, image: str, order: str, away_ms: int = AWAY_MS) -> dict[str, t.Any]:
    """Who goes when, and what both orders are expected to cost."""
    ids = {m.id: m.ordinal for m in seen.members}
    leads = {g.name: ids.get(g.leader or 0) for g in verdict.groups}
    orders = _forecast.orders([m.ordinal for m in seen.members], leads)
    forecasts = {name: asdict(_forecast.forecast(those, leads, away_ms, profile.election_ms)) for name, those in orders.items()}
    pods = {m.ordinal: m.pod for m in seen.members}
    members = []
    for ordinal in orders[order]:
        pod = pods[ordinal]
        led = sorted(name for name, leader in leads.items() if leader == ordinal)
        name = pod.name if pod else ""
        members.append({"ordinal": ordinal, "name": name, "from": tag(pod.image) if pod else None, "to": tag(image), "leads": led})
    return {"order": order, "members": members, "forecast": forecasts}
