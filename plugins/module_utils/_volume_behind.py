# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands behind a claim: its volume, its class, its driver."""

from __future__ import annotations

import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils._volume_model import ClaimFacts, Class, Facts, Finding, Volume


def volume(claim: ClaimFacts, seen: Facts) -> Volume | None:
    """The volume behind a claim, where it was learned."""
    found = seen.volumes.get(claim.volume)
    return found if isinstance(found, Volume) else None


def storage_class(claim: ClaimFacts, seen: Facts) -> Class | None:
    """The class of a claim, where it was learned."""
    found = seen.classes.get(claim.storage_class or "")
    return found if isinstance(found, Class) else None


def driver(claim: ClaimFacts, seen: Facts) -> str | None:
    """Who keeps a claim's volume: what the volume says, else its class. Empty is no CSI driver, None is unknown."""
    found, made_by = volume(claim, seen), storage_class(claim, seen)
    return found.driver if found else made_by.driver if made_by else None


def expandable(claim: ClaimFacts, seen: Facts) -> bool | None:
    """May it grow? None is unknown; a claim without a class never grows."""
    name = claim.storage_class or ""
    found = seen.classes.get(name) if name else None
    return None if isinstance(found, Finding) else found is not None and found.expandable


def snapshot_capable(claim: ClaimFacts, seen: Facts) -> bool | None:
    """Has its driver a snapshot class? None is unknown."""
    keeper = driver(claim, seen)
    if isinstance(seen.snapshots, Finding) or keeper is None:
        return None
    return keeper in (seen.snapshots or ())


def class_concerns(seen: Facts) -> t.Iterator[Finding]:
    """Classes that are gone, or hold their claims at one size."""
    for name, found in sorted(seen.classes.items()):
        if found is None:
            yield Finding("class_missing", f"StorageClass {name} does not exist: no claim of it can be made or grow")
        elif isinstance(found, Class) and not found.expandable:
            yield Finding("not_expandable", f"StorageClass {name} does not allow its claims to grow")


def snapshot_concerns(seen: Facts) -> t.Iterator[Finding]:
    """Drivers whose volumes cannot be snapshotted."""
    if isinstance(seen.snapshots, Finding):
        return
    drivers = {keeper for keeper in (driver(claim, seen) for claim in seen.claims.values()) if keeper is not None}
    for name in sorted(drivers - (seen.snapshots or frozenset())):
        why = "this cluster has no snapshot API" if seen.snapshots is None else "no VolumeSnapshotClass names it"
        yield Finding("no_snapshot_class", f"volumes of {name or 'no CSI driver'} cannot be snapshotted: {why}")
