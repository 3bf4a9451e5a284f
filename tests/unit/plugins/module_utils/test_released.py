# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What outlives a cluster is named, and named once."""

from __future__ import annotations

import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils._released import kept, released

Object = dict[str, t.Any]


def volume(name: str, claim: str, reclaim: str = "Retain", namespace: str = "n", at: str = "2026-11-30T10:00:00Z") -> Object:
    spec = {"claimRef": {"name": claim, "namespace": namespace}, "persistentVolumeReclaimPolicy": reclaim}
    return {"metadata": {"name": name, "creationTimestamp": at}, "spec": spec}


def claim(name: str, volume_name: str = "") -> Object:
    return {"metadata": {"name": name}, "spec": {"volumeName": volume_name} if volume_name else {}}


def test_volumes_that_stay_are_those_of_our_claims_that_nobody_deletes() -> None:
    volumes = [
        volume("late", "data-pc-3", at="2026-11-30T11:00:00Z"),
        volume("early", "data-pc-3"),
        volume("goes", "data-pc-2", reclaim="Delete"),
        volume("elsewhere", "data-pc-3", namespace="m"),
        volume("another", "data-other-3"),
        {"metadata": {"name": "free"}, "spec": {"persistentVolumeReclaimPolicy": "Retain"}},
    ]
    found = released(volumes, "n", lambda name: name.startswith("data-pc-"))
    assert list(found.items()) == [("early", "data-pc-3"), ("late", "data-pc-3")]


def test_claims_without_a_volume_are_each_named() -> None:
    claims = [claim("data-pc-1", "v1"), claim("data-pc-2"), claim("data-pc-3")]
    assert kept(claims, {"v1": "data-pc-1", "old": "data-pc-3"}) == [
        {"claim": "data-pc-1", "volume": "v1"},
        {"claim": "data-pc-2", "volume": ""},
        {"claim": "data-pc-3", "volume": ""},
        {"claim": "data-pc-3", "volume": "old"},
    ]
