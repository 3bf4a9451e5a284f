# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guard of claims: what a deployment writes, what it leaves alone, and who takes it off."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils._guard import GUARD, change, let_go
from ansible_collections.robustmq.placement_center.plugins.module_utils._replacing import HOLD
from ansible_collections.robustmq.placement_center.plugins.module_utils._restore_actions import Remove
from ansible_collections.robustmq.placement_center.plugins.module_utils._restore_look import Claim, Goal, Look, removed

Object = dict[str, t.Any]
USED = "kubernetes.io/pvc-protection"


def claim(*finalizers: str, going: bool = False) -> Object:
    """As the API server has it."""
    deleted = {"deletionTimestamp": "2026-01-01T00:00:00Z"} if going else {}
    return {"metadata": {"name": "data-pc-0", "resourceVersion": "7", "finalizers": list(finalizers), **deleted}}


def patch(*finalizers: str) -> Object:
    return {"metadata": {"resourceVersion": "7", "finalizers": list(finalizers) or None}}


@pytest.mark.parametrize(
    "what, live, on, written",
    [
        ("it is added", claim(USED), True, patch(USED, GUARD)),
        ("once", claim(USED, GUARD), True, None),
        ("it is taken off, and nobody else's", claim(USED, GUARD), False, patch(USED)),
        ("the last one too", claim(GUARD), False, patch()),
        ("where there is none nothing is written", claim(USED), False, None),
        ("a claim that is being deleted takes none", claim(USED, going=True), True, None),
        ("and is not let go by a deployment", claim(GUARD, going=True), False, None),
    ],
)
def test_a_deployment(what: str, live: Object, on: bool, written: Object | None) -> None:
    assert change(live, on) == written, what


def test_a_claim_without_finalizers_at_all_can_be_guarded() -> None:
    assert change({"metadata": {"name": "data-pc-0", "resourceVersion": "7"}}, True) == patch(GUARD)


def test_who_deletes_on_purpose_takes_it_off() -> None:
    assert let_go(claim(USED, GUARD, going=True)) == patch(USED) and let_go(claim(USED)) is None
    assert let_go(claim(USED, HOLD, going=True)) == patch(USED), "and the hold of a replacement that was given up"


@pytest.mark.parametrize("going, held, goes", [(False, False, True), (False, True, True), (True, True, True), (True, False, False)])
def test_a_restore_lets_a_claim_go_that_only_we_keep(going: bool, held: bool, goes: bool) -> None:
    look = Look(0.0, None, claims={"data-pc-0": Claim("u", "pv", True, going, held)})
    assert (removed(look, Goal("r"), "data-pc-0", 0) == Remove("data-pc-0")) is goes
