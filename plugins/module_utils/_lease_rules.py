# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose turn it is: what the Lease of a cluster's operations allows. Pure.

Clocks of two machines are never compared for less than a minute: a holder counts as gone once its Lease has stood still for its whole
duration by the clock of the one who waits.
"""

from __future__ import annotations

import typing as t
from datetime import datetime

from ansible_collections.robustmq.placement_center.plugins.module_utils._python import UTC

Object = dict[str, t.Any]

DURATION = 15  # seconds after which a holder that has not renewed is gone
SKEW = 60.0  # seconds that two machines' clocks may differ


class Turn(t.NamedTuple):
    """``action``: create, take, wait or refuse; ``seconds`` until waiting has an end."""

    action: str
    seconds: float = 0.0


def decide_lease(lease: Object | None, me: str, now: float, still: float = 0.0, renewed: bool = False) -> Turn:
    """What the one who wants the Lease does next.

    :param now: Unix seconds. :param still: how long we have seen it unchanged. :param renewed: its holder renewed it under our eyes.
    """
    if lease is None:
        return Turn("create")
    holder, spec = holder_of(lease), lease.get("spec", {})
    if not holder or holder == me:
        return Turn("take")
    duration = float(spec.get("leaseDurationSeconds") or DURATION)
    age = age_of(lease, now)
    if still >= duration or (age is not None and age > duration + SKEW):
        return Turn("take")
    return Turn("refuse") if renewed else Turn("wait", duration - still)


def holder_of(lease: Object) -> str:
    """Who holds it; empty when nobody does."""
    return str(lease.get("spec", {}).get("holderIdentity") or "")


def age_of(lease: Object, now: float) -> float | None:
    """Seconds since its last renewal, by the holder's clock and ours; None where it does not say."""
    return _since(lease, "renewTime", now)


def told(lease: Object, now: float) -> str:
    """Who holds it, for what and since when."""
    who, _space, operation = holder_of(lease).partition(" ")
    started, renewed = _since(lease, "acquireTime", now), age_of(lease, now)
    times = [f"{word} {max(0, round(age))} s ago" for word, age in (("begun", started), ("last renewed", renewed)) if age is not None]
    return f"{operation or 'an operation'} by {who}" + (f" ({', '.join(times)})" if times else "")


def micro_time(now: float) -> str:
    """Unix seconds as Kubernetes' MicroTime."""
    return datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def taken(lease: Object | None, me: str, now: float) -> Object:
    """The ``spec`` of a Lease that is taken now."""
    before = (lease or {}).get("spec", {}).get("leaseTransitions") or 0
    stamp = micro_time(now)
    spec = {"holderIdentity": me, "leaseDurationSeconds": DURATION, "acquireTime": stamp, "renewTime": stamp}
    return {**spec, "leaseTransitions": before + (lease is not None)}


def _since(lease: Object, field: str, now: float) -> float | None:
    try:
        then = datetime.strptime(str(lease.get("spec", {}).get(field)), "%Y-%m-%dT%H:%M:%S.%fZ")
    except ValueError:
        return None
    return now - then.replace(tzinfo=UTC).timestamp()
