# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A claim is deleted on purpose although others write its status at the same moment: a race that no cluster makes on demand."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import Conflict
from ansible_collections.robustmq.placement_center.plugins.module_utils._guard import GUARD
from ansible_collections.robustmq.placement_center.plugins.module_utils._teardown import delete_claim

Object = dict[str, t.Any]


class Contested:
    """An API server on which somebody else writes first, so many times."""

    def __init__(self, writes: int, uid: str = "u") -> None:
        self.writes, self.uid, self.version, self.deleted = writes, uid, 1, ""

    def get(self, _kind: str, _name: str, _namespace: str) -> Object:
        return claim(self.uid, str(self.version))

    def merge(self, _kind: str, _namespace: str, _name: str, patch: Object, _dry_run: bool) -> None:
        if self.writes:
            self.writes, self.version = self.writes - 1, self.version + 1
        if patch["metadata"]["resourceVersion"] != str(self.version):
            raise Conflict("the object has been modified", "run again")

    def delete(self, obj: Object, _dry_run: bool) -> None:
        self.deleted = obj["metadata"]["uid"]


def claim(uid: str = "u", version: str = "1") -> Object:
    return {"metadata": {"name": "data-pc-0", "namespace": "n", "uid": uid, "resourceVersion": version, "finalizers": [GUARD]}}


@pytest.mark.parametrize("writes", [0, 1, 2])
def test_a_guard_goes_although_others_write_meanwhile(writes: int) -> None:
    kube = Contested(writes)
    delete_claim(t.cast(t.Any, kube), claim())
    assert kube.deleted == "u"


def test_who_writes_without_end_is_told() -> None:
    kube = Contested(9)
    with pytest.raises(Conflict):
        delete_claim(t.cast(t.Any, kube), claim())
    assert not kube.deleted


def test_another_claim_of_the_same_name_is_left_alone() -> None:
    kube = Contested(1, uid="another")
    with pytest.raises(Conflict):
        delete_claim(t.cast(t.Any, kube), claim())
    assert not kube.deleted
