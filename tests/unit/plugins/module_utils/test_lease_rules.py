# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may change a cluster now, by what its Lease says and how long it has stood still."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils._lease_rules import decide_lease, micro_time, taken, told

NOW = 1_800_000_000.25
ME = "here:1:ab upgrade"


def lease(holder: str | None = "there:7:cd rollback", renewed: float | None = 3.0, duration: int | None = 15) -> dict[str, t.Any]:
    spec = {"holderIdentity": holder, "leaseDurationSeconds": duration, "leaseTransitions": 4, "acquireTime": micro_time(NOW - 300)}
    return {"spec": {**spec, "renewTime": None if renewed is None else micro_time(NOW - renewed)}}


CASES: list[tuple[str, dict[str, t.Any] | None, float, bool, str]] = [
    ("there is none", None, 0, False, "create"),
    ("nobody holds it", lease(None), 0, False, "take"),
    ("it was released", lease(""), 0, True, "take"),
    ("our own, whose making was not answered", lease(ME), 0, True, "take"),
    ("another's, just seen", lease(), 0, False, "wait"),
    ("another's, renewed under our eyes", lease(), 0, True, "refuse"),
    ("it has stood still for its duration", lease(), 15, False, "take"),
    ("it was renewed, and then stood still", lease(), 15, True, "take"),
    ("it stands still, not yet long enough", lease(), 14.9, False, "wait"),
    ("a holder that asks for more time gets it", lease(duration=40), 20, False, "wait"),
    ("left by a run of yesterday", lease(renewed=80_000), 0, False, "take"),
    ("old by a clock that may differ by a minute", lease(renewed=70), 0, False, "wait"),
    ("its holder's clock is ahead", lease(renewed=-3600), 0, False, "wait"),
    ("it does not say when it was renewed", lease(renewed=None), 0, False, "wait"),
    ("it does not say for how long", lease(duration=None), 15, False, "take"),
]


@pytest.mark.parametrize("found, still, renewed, action", [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_turns(found: dict[str, t.Any] | None, still: float, renewed: bool, action: str) -> None:
    assert decide_lease(found, ME, NOW, still, renewed).action == action


def test_a_wait_says_how_long() -> None:
    assert decide_lease(lease(), ME, NOW, still=5).seconds == 10


def test_a_holder_is_told_with_operation_and_age() -> None:
    assert told(lease(), NOW) == "rollback by there:7:cd (begun 300 s ago, last renewed 3 s ago)"
    assert told({"spec": {"holderIdentity": "kubectl"}}, NOW) == "an operation by kubectl"


def test_a_change_of_hands_is_counted() -> None:
    assert taken(None, ME, NOW)["leaseTransitions"] == 0
    assert taken(lease(), ME, NOW) == {
        "holderIdentity": ME,
        "leaseDurationSeconds": 15,
        "acquireTime": "2027-01-15T08:00:00.250000Z",
        "renewTime": "2027-01-15T08:00:00.250000Z",
        "leaseTransitions": 5,
    }
