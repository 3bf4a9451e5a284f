# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Claims by name, from template and ordinal, never by label; and what a kubelet measured of them."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Usage

TEMPLATE = "data"


def claim_name(name: str, ordinal: int, template: str = TEMPLATE) -> str:
    """The claim that StatefulSet ``name`` mounts in its pod ``ordinal``."""
    return f"{template}-{name}-{ordinal}"


def claim_ordinal(claim: str, name: str, template: str) -> int | None:
    """The ordinal of StatefulSet ``name`` that a claim's name gives, if it gives one; the reverse of ``claim_name``."""
    match = re.fullmatch(re.escape(f"{template}-{name}-") + "(0|[1-9][0-9]*)", claim)
    return int(match[1]) if match else None


_FIGURES = ("capacityBytes", "availableBytes", "inodes", "inodesFree")


def usages(summary: t.Mapping[str, t.Any], namespace: str) -> dict[str, Usage]:
    """Claim name -> what its volume has, from one kubelet's ``/stats/summary``; a claim without whole figures is left out."""
    found: dict[str, Usage] = {}
    for pod in _list(summary.get("pods")):
        for volume in _list(pod.get("volume")):
            claim = volume.get("pvcRef")
            figures = [n for n in map(volume.get, _FIGURES) if isinstance(n, int) and n >= 0]
            if len(figures) == len(_FIGURES) and isinstance(claim, dict) and claim.get("namespace") == namespace:
                capacity, free, inodes, inodes_free = figures
                found[str(claim.get("name"))] = Usage(capacity, free, inodes, inodes_free, str(volume.get("time", "")))
    return found


def _list(value: object) -> list[dict[str, t.Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
