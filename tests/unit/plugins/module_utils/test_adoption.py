# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which set is somebody else's, what is applied to take it over, and what is said before."""

from __future__ import annotations

import copy
import typing as t

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils import _adoption
from ansible_collections.robustmq.placement_center.plugins.module_utils._plan import Step

from .contract import CONTRACT_SET


def made_by(*managers: dict[str, t.Any]) -> dict[str, t.Any]:
    found = copy.deepcopy(CONTRACT_SET)
    found["metadata"]["managedFields"] = list(managers)
    return t.cast(dict[str, t.Any], found)


BY_HAND = {"manager": "kubectl-client-side-apply", "operation": "Update"}
STATUS = {"manager": "kube-controller-manager", "operation": "Update", "subresource": "status"}
PATCHED = {"manager": _adoption.FIELD_MANAGER, "operation": "Update", "fieldsV1": {"f:spec": {"f:template": {}}}}
MADE = {**PATCHED, "fieldsV1": {"f:spec": {"f:selector": {}, "f:template": {}}}}
OURS = {"manager": _adoption.FIELD_MANAGER, "operation": "Apply"}


@pytest.mark.parametrize(
    "managers, is_so",
    [((BY_HAND, STATUS), True), ((), True), ((BY_HAND, OURS), False), (({**OURS, "operation": "Update"},), True), ((BY_HAND, PATCHED), True), ((MADE,), False)],
)
def test_a_set_is_foreign_until_we_have_applied_it_unless_we_made_it(managers: tuple[dict[str, t.Any], ...], is_so: bool) -> None:
    assert _adoption.foreign(made_by(*managers)) is is_so


def test_no_set_is_nobodys() -> None:
    assert not _adoption.foreign(None)


def test_its_template_and_configuration_stay() -> None:
    live = made_by(BY_HAND)
    live["spec"]["template"]["spec"]["containers"][0]["image"] = "mine:1"
    live["spec"]["updateStrategy"] = {"type": "OnDelete"}
    others = [{"kind": "ConfigMap", "metadata": {"name": "c"}}, {"kind": "Service", "metadata": {"name": "s"}}]
    service, found = _adoption.fitted([*others, copy.deepcopy(CONTRACT_SET)], live)
    assert service == others[1]
    assert found["spec"]["template"] == live["spec"]["template"] and found["spec"]["updateStrategy"] == {"type": "OnDelete"}
    assert found["spec"]["selector"] == CONTRACT_SET["spec"]["selector"]


def test_the_refusal_tells_who_made_it_what_would_be_done_and_what_stays() -> None:
    live = made_by(BY_HAND, STATUS)
    live["spec"]["template"]["spec"]["containers"][0]["image"] = "mine:1"
    budget = {"kind": "PodDisruptionBudget", "metadata": {"name": "b"}}
    changed = {"kind": "Service", "metadata": {"name": "s"}, "spec": {"a": 1}}
    steps = [Step(budget, None, budget), Step(changed, {**changed, "spec": {"a": 2}}, changed), Step(changed, changed, changed)]
    told = _adoption.refusal(live, steps, CONTRACT_SET["spec"]["template"])
    assert told.reason == "set_foreign" and str(told) == (
        "StatefulSet placement-center was made by kubectl-client-side-apply; to take it over would create PodDisruptionBudget b; "
        "change Service s (spec.a); its pod template stays as it is, which differs in spec.containers[0].image"
    )
