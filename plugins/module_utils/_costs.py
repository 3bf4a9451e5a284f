# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an update's forecast stands on: the election times that are configured, and how long members were away the last time."""

from __future__ import annotations

from ansible_collections.robustmq.placement_center.plugins.module_utils import _receipts, _toml
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import PcError
from ansible_collections.robustmq.placement_center.plugins.module_utils._forecast import AWAY_MS, Costs, measured_away
from ansible_collections.robustmq.placement_center.plugins.module_utils._kube import Kube
from ansible_collections.robustmq.placement_center.plugins.module_utils._profiles import Profile


def read(kube: Kube, namespace: str, name: str, profile: Profile, config_map: str) -> Costs:
    """What cannot be read is assumed: a forecast is worth no refusal."""
    try:
        data = (kube.get("ConfigMap", config_map, namespace) or {}).get("data", {}) if config_map else {}
        elections = profile.elections(_toml.parse(data.get(profile.config_file, "")))
        return Costs(measured_away(_receipts.stored(kube, namespace, name), profile.kv_group), elections)
    except (PcError, ValueError, TypeError):
        return Costs(AWAY_MS, profile.election_ms)
