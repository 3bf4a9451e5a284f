# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A set that is made again is the one that was read, but for the size of one claim template."""

from __future__ import annotations

import copy
import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils import _recreation

LIVE: dict[str, t.Any] = {
    "apiVersion": "apps/v1",
    "kind": "StatefulSet",
    "metadata": {
        "name": "pc",
        "namespace": "n",
        "uid": "old",
        "resourceVersion": "7",
        "generation": 4,
        "creationTimestamp": "2026-01-01T00:00:00Z",
        "labels": {"app": "robustmq"},
        "annotations": {"placement-center.robustmq.io/staged": "d"},
        "managedFields": [
            {"manager": "robustmq.placement_center", "operation": "Apply", "fieldsV1": {}},
            {"manager": "kubectl-edit", "operation": "Update", "fieldsV1": {}},
            {"manager": "kube-controller-manager", "operation": "Update", "subresource": "status", "fieldsV1": {}},
        ],
    },
    "spec": {
        "template": {"spec": {"containers": []}},
        "volumeClaimTemplates": [
            {"metadata": {"name": name, "creationTimestamp": None}, "spec": {"resources": {"requests": {"storage": "1Gi"}}}, "status": {"phase": "Pending"}}
            for name in ("data", "other")
        ],
    },
    "status": {"replicas": 3},
}


def test_only_one_templates_size_differs() -> None:
    before = copy.deepcopy(LIVE)
    made = _recreation.again(LIVE, "data", "2Gi")
    assert before == LIVE and "status" not in made and set(made["metadata"]) == {"name", "namespace", "labels", "annotations"}
    data, other = made["spec"].pop("volumeClaimTemplates")
    assert data == {"metadata": {"name": "data"}, "spec": {"resources": {"requests": {"storage": "2Gi"}}}}
    assert other["spec"]["resources"]["requests"]["storage"] == "1Gi"
    assert made["spec"] == {"template": LIVE["spec"]["template"]}
    assert _recreation.trial(made)["metadata"]["name"] == "pc-recreate" and made["metadata"]["name"] == "pc"


def test_the_note_gives_back_what_it_was_given() -> None:
    made = _recreation.again(LIVE, "data", "2Gi")
    uid, wanted, managers = _recreation.read(_recreation.note(LIVE, made))
    assert (uid, wanted) == ("old", made)
    assert [m["manager"] for m in managers] == ["robustmq.placement_center", "kubectl-edit"], "the status is the controller's to say again"


def test_fields_are_given_back_only_on_a_set_that_was_just_made() -> None:
    own = {"manager": "robustmq.placement_center", "operation": "Update"}
    status = {"manager": "kube-controller-manager", "operation": "Update", "subresource": "status"}
    assert _recreation.fresh({"metadata": {"managedFields": [own, status]}})
    assert not _recreation.fresh(LIVE)
    assert _recreation.given_back({"metadata": {"resourceVersion": "9"}}, [own])["metadata"] == {"resourceVersion": "9", "managedFields": [own]}
