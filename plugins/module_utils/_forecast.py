# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an update will cost, before it begins: who goes when, the elections that follow, and how long writes wait. Pure.

A leader that is back before its followers lose patience leads on in its term; one that is away for longer is replaced by an election
(measured on RobustMQ v0.4.11, where leadership cannot be handed over). Patience is a lease of the longest election timeout, and on top
of it the timeout that each process has drawn (openraft 0.9.24, ``raft_core.rs``: with 10 to 20 s, writes wait for 33 s and more).
"""

from __future__ import annotations

import statistics
import typing as t
from dataclasses import dataclass

from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Pod

PREPARED_SECONDS = 1  # from a pod's place on a node until its volumes and network are there, where a profile's own figure was measured
RECENT = 5  # operations that are asked how long it was: a kubelet that looks once a second makes one of them half as long as another
ENOUGH = 3  # operations from which on they alone are believed, since one of them says little


@dataclass(frozen=True)
class Costs:
    """What decides how long writes wait; milliseconds.

    ``away_ms``: from the end of a member's process until it serves again. ``election_ms``: the configured shortest and longest timeout.
    ``settle_ms``: from the first vote until writes are taken. ``upsets``: elections that a returning member costs, since it was cut off and
    has raised its term meanwhile. ``cut_off_seconds``: for how long that may be.
    """

    away_ms: int
    election_ms: tuple[int, int]
    settle_ms: int = 0
    upsets: float = 0.0
    cut_off_seconds: int = 0

    def first_vote(self, followers: int) -> int:
        """When the first of the followers loses patience, on average: after the lease, the least of so many even draws."""
        shortest, longest = self.election_ms
        return longest + shortest + (longest - shortest) // (followers + 1)

    def election(self, followers: int) -> int:
        """How long writes wait for another leader."""
        return self.first_vote(followers) + self.settle_ms


class Forecast(t.NamedTuple):
    """What is expected: a successor is as likely as any other, so the number of elections need not be whole."""

    elections: float
    write_gap_ms: int


def forecast(order: t.Sequence[int], members: int, leads: t.Mapping[str, int | None], costs: Costs) -> Forecast:
    """Walk through an order: the elections of all groups, and the gap of the group that waits longest.

    :param order: the ordinals that will go, in turn. :param members: how many there are in all. :param leads: group -> the ordinal that leads it now.
    """
    places = [order.index(leader) for leader in leads.values() if leader in order]
    upsets = costs.upsets * len(order)
    walks = [_walk(at, len(order), members, costs) for at in places]
    walks = [(elections + upsets, gap + upsets * costs.election(members - 1)) for elections, gap in walks]
    return Forecast(round(sum(w[0] for w in walks), 2), round(max((w[1] for w in walks), default=0)))


def _walk(at: int, going: int, members: int, costs: Costs) -> tuple[float, float]:
    """Elections and milliseconds of one group, from the turn of its leader on."""
    vote = costs.election(members - 1)
    if members == 1 or costs.away_ms <= costs.first_vote(members - 1):
        return 0, costs.away_ms
    later = [_walk(heir, going, members, costs) for heir in range(at + 1, going)]
    return 1 + sum(w[0] for w in later) / (members - 1), vote + sum(w[1] for w in later) / (members - 1)


def orders(ordinals: t.Sequence[int], leads: t.Mapping[str, int | None]) -> dict[str, tuple[int, ...]]:
    """Both orders that an update can take: by ordinal, the highest first; and leaders last."""
    led = {o: sum(leader == o for leader in leads.values()) for o in ordinals}
    return {
        "ordinal": tuple(sorted(ordinals, reverse=True)),
        "leader_last": tuple(sorted(ordinals, key=lambda o: (led[o], -o))),
    }


def restart(away_ms: int, pods: t.Iterable[Pod | None]) -> int:
    """How long a member will be away that nobody has seen go yet: the server's own time, and what this cluster takes for a pod.

    Whole seconds lie between a pod's place on a node and its volumes and network; an image that was pulled then comes after that and does not
    count.

    :param away_ms: as the profile has it. :param pods: those that serve now.
    """
    took = [pod.prepared for pod in pods if pod is not None and pod.prepared is not None]
    slower = max(0.0, statistics.mean(took) - PREPARED_SECONDS) if took else 0.0
    return away_ms + round(1000 * slower)


def measured_away(receipts: t.Sequence[t.Mapping[str, t.Any]], group: str, first: int) -> int:
    """How long members were away: the median of the newest operations that tell it; while there are few, with the ``first`` guess as one of them.

    The canary knows best: the gap when the leader went and came back without an election. Else what was seen, as exactly as looks are apart.
    """
    told: list[int] = []
    for receipt in receipts:
        steps = [s for s in receipt.get("steps", []) if s.get("after") is not None]
        gaps = [s.get("write_gap_ms") or 0 for s in steps if group in s.get("led", ()) and (s.get("elections") or {}).get(group) == 0]
        found = max(gaps, default=0) or max((s.get("away_ms") or 0 for s in steps), default=0)
        told += [int(found)] if found else []
    return round(statistics.median(told[:RECENT] if len(told) >= ENOUGH else [*told, first]))
