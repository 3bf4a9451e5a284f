# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Volumes that claims have left behind: what outlives a claim still names it. Pure."""

from __future__ import annotations

import typing as t

Object = dict[str, t.Any]


def released(volumes: t.Iterable[Object], namespace: str, is_ours: t.Callable[[str], object]) -> dict[str, str]:
    """Volume -> the claim that it belonged to, oldest first; those of claims of that namespace whose name ``is_ours``.

    A volume that is to be deleted with its claim is none of them, whatever its state is now.
    """
    found = [v for v in volumes if _of(v, namespace, is_ours) and v["spec"].get("persistentVolumeReclaimPolicy") == "Retain"]
    found.sort(key=lambda v: (v["metadata"].get("creationTimestamp", ""), v["metadata"]["name"]))
    return {v["metadata"]["name"]: v["spec"]["claimRef"]["name"] for v in found}


def kept(claims: t.Sequence[Object], left: t.Mapping[str, str]) -> list[dict[str, str]]:
    """What stays of a cluster: claims with their volumes, one without a volume too; then the volumes that no such claim names.

    :param left: volume -> the claim that it belonged to.
    """
    found = [{"claim": c["metadata"]["name"], "volume": c["spec"].get("volumeName", "")} for c in claims]
    named = {k["volume"] for k in found}
    return found + [{"claim": claim, "volume": volume} for volume, claim in left.items() if volume not in named]


def _of(volume: Object, namespace: str, is_ours: t.Callable[[str], object]) -> bool:
    claim = volume["spec"].get("claimRef") or {}
    return claim.get("namespace") == namespace and bool(is_ours(claim.get("name", "")))
