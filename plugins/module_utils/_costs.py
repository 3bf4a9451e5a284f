# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an update's forecast stands on: the election times that are configured, how long members were away the last time, and how their pods came up."""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.robustmq.placement_center.plugins.module_utils import _receipts, _toml
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import PcError
from ansible_collections.robustmq.placement_center.plugins.module_utils._forecast import Costs, measured_away, restart
from ansible_collections.robustmq.placement_center.plugins.module_utils._kube import Kube
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Observation
from ansible_collections.robustmq.placement_center.plugins.module_utils._profiles import Profile


def read(kube: Kube, namespace: str, seen: Observation, profile: Profile, config_map: str) -> Costs:
    """What cannot be read is assumed: a forecast is worth no refusal."""
    first = restart(profile.away_ms, [m.pod for m in seen.members])
    known = Costs(first, profile.election_ms, profile.settle_ms, profile.upsets, profile.cut_off_seconds)
    try:
        data = (kube.get("ConfigMap", config_map, namespace) or {}).get("data", {}) if config_map else {}
        elections = profile.elections(_toml.parse(data.get(profile.config_file, "")))
        away = measured_away(_receipts.stored(kube, namespace, seen.set.name), profile.kv_group, first) if seen.set else first
        return replace(known, away_ms=away, election_ms=elections)
    except (PcError, ValueError, TypeError):
        return known
