# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an update will cost, before it begins: who goes when, the elections that follow, and how long writes wait. Pure.

A leader that is back before its followers lose patience leads on in its term; one that is away for longer is replaced by an election
(measured on RobustMQ v0.4.11, where leadership cannot be handed over).
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass


@dataclass(frozen=True)
class Forecast:
    """One order of members and what it costs; times in milliseconds."""

    order: tuple[int, ...]
    elections: int
    write_gap_ms: int


def forecast(ordinals: t.Sequence[int], leads: t.Mapping[str, int | None], away_ms: int, election_ms: tuple[int, int]) -> Forecast:
    """Walk through an order.

    :param ordinals: in the order in which they go.
    :param leads: group -> the ordinal that leads it now.
    :param away_ms: how long a restarting member does not serve.
    :param election_ms: shortest and longest time that a follower waits for its leader.
    """
    now = dict(leads)
    elections, gap = 0, 0
    for at, ordinal in enumerate(ordinals):
        led = [name for name, leader in now.items() if leader == ordinal]
        if not led:
            continue
        if away_ms <= election_ms[0]:
            gap += away_ms
            continue
        elections += len(led)
        gap += min(away_ms, _first_vote(election_ms, len(ordinals) - 1))
        for name in led:  # the heir may be anybody else; one that has been restarted already is hoped for, as it costs nothing more
            now[name] = ordinals[at - 1] if at else ordinals[-1]
    return Forecast(tuple(ordinals), elections, gap)


def _first_vote(election_ms: tuple[int, int], followers: int) -> int:
    """When the first of the followers loses patience, on average: the least of so many even draws."""
    shortest, longest = election_ms
    return shortest + (longest - shortest) // (followers + 1)


def orders(ordinals: t.Sequence[int], leads: t.Mapping[str, int | None]) -> dict[str, tuple[int, ...]]:
    """Both orders that an update can take: by ordinal, the highest first; and leaders last."""
    led = {o: sum(leader == o for leader in leads.values()) for o in ordinals}
    return {
        "ordinal": tuple(sorted(ordinals, reverse=True)),
        "leader_last": tuple(sorted(ordinals, key=lambda o: (led[o], -o))),
    }
