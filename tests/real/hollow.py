# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Members that raft's numbers call whole and that are not; and promises about them that are not kept yet.

A story first makes such a member and proves it from what each member itself holds, by plain assertions: where that fails, so does the test.
Only what the collection then does wrong is ``Unkept``, and only that is expected to happen: ``not_yet`` is strict.
"""

from __future__ import annotations

import typing as t

import pytest

from tests.integration.waiting import until

from .flood import Flood
from .members import Real

CAUGHT_UP = 60  # seconds


class Unkept(Exception):
    """A promise of the collection that it does not keep yet."""


def promise(kept: object, otherwise: str) -> None:
    """:raises Unkept: it is not kept; ``otherwise`` says what happened instead."""
    if not kept:
        raise Unkept(otherwise)


def not_yet(why: str) -> pytest.MarkDecorator:
    """The promise is known to be broken; once it is kept the test fails until this is taken away."""
    return pytest.mark.xfail(raises=Unkept, strict=True, reason=why)


def followers(cluster: Real) -> list[int]:
    """Who leads no group, the highest ordinal first."""
    leading = set(cluster.leaders().values())
    return [o for o in sorted(cluster.ordinals, reverse=True) if o not in leading]


def caught_up(cluster: Real, seconds: float = CAUGHT_UP) -> None:
    """Every member has applied the same entries of every group, as it says."""

    def applied() -> list[dict[str, int]]:
        try:
            return [cluster.applied(o) for o in cluster.ordinals]
        except OSError:  # one does not listen yet
            return []

    until(applied, lambda found: found and all(each == found[0] for each in found), seconds)


def lacks(cluster: Real, flood: Flood) -> dict[int, int]:
    """Ordinal -> how many of the acknowledged values it does not hold, though it has caught up; whoever has all of them is left out."""
    caught_up(cluster)
    wanted = set(flood.acknowledged)
    found = {o: len(wanted - set(cluster.values(o, flood.name))) for o in cluster.ordinals}
    return {ordinal: missing for ordinal, missing in found.items() if missing}


def says(found: t.Mapping[str, t.Any]) -> str:
    """What ``pc_health`` makes of a cluster, in one line."""
    return f"healthy: {found['healthy']}; reasons {sorted({r['code'] for r in found['reasons']})}; concerns {[c['code'] for c in found['concerns']]}"
