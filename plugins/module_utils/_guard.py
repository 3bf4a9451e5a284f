# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guard of a member's claim: a finalizer for life, so that a claim which somebody deletes keeps its pod away. Pure.

A StatefulSet makes no pod while its claim is being deleted. Without the guard the claim would be gone, the controller would make an empty one,
and a member that starts on it while its peers are down founds a cluster of its own.
"""

from __future__ import annotations

import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils._replacing import HOLD

GUARD = "placement-center.robustmq.io/guard"  # the finalizer

Object = dict[str, t.Any]


def going(claim: Object) -> bool:
    """Somebody has deleted it."""
    return "deletionTimestamp" in claim["metadata"]


def guarded(claim: Object) -> bool:
    """It has the guard."""
    return GUARD in claim["metadata"].get("finalizers", ())


def change(claim: Object, on: bool) -> Object | None:
    """The merge patch that gives a deployment's claim the guard or takes it off; None where nothing is to be written.

    One that is being deleted is left alone: it takes no finalizer any more, and to let it go is no deployment's decision.
    """
    return None if going(claim) or guarded(claim) == on else _patch(claim, (GUARD,), on)


def held(claim: Object) -> bool:
    """It stays until we take a finalizer off: the guard, or that of a replacement which was given up half-way."""
    return guarded(claim) or HOLD in claim["metadata"].get("finalizers", ())


def let_go(claim: Object) -> Object | None:
    """The merge patch by which whoever deletes a claim on purpose takes our finalizers off; None where it has none."""
    return _patch(claim, (GUARD, HOLD), False) if held(claim) else None


def _patch(claim: Object, off: t.Container[str], guard: bool) -> Object:
    """Without the finalizers of ``off``, and with the guard where that is wanted."""
    meta = claim["metadata"]
    left = [f for f in meta.get("finalizers", ()) if f not in off] + ([GUARD] if guard else [])
    return {"metadata": {"resourceVersion": meta["resourceVersion"], "finalizers": left or None}}
