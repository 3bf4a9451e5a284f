# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A StatefulSet that is made again with larger claims: what it will be, and the note that outlives whoever does it. Pure.

A claim template can never be changed in place. The note is written before the set is deleted and removed once it is there again, so that
a run which was killed between the two is finished by the next.
"""

from __future__ import annotations

import copy
import json
import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils._rest import FIELD_MANAGER

Object = dict[str, t.Any]
KEPT = ("name", "namespace", "labels", "annotations", "finalizers", "ownerReferences")


def note_name(name: str) -> str:
    """The ConfigMap with the note."""
    return f"{name}-recreate"


def again(live: Object, template: str, size: str) -> Object:
    """The set as it is to be made: all of it but what the API server keeps for itself, and one claim template's size."""
    spec = copy.deepcopy(live["spec"])
    for each in spec["volumeClaimTemplates"]:
        each.pop("status", None)
        each["metadata"].pop("creationTimestamp", None)
        if each["metadata"]["name"] == template:
            each["spec"]["resources"]["requests"]["storage"] = size
    meta = {key: copy.deepcopy(value) for key, value in live["metadata"].items() if key in KEPT}
    return {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": meta, "spec": spec}


def trial(wanted: Object) -> Object:
    """The same under a name that is free, for a rehearsal while the set is still there."""
    return {**wanted, "metadata": {**wanted["metadata"], "name": note_name(wanted["metadata"]["name"])}}


def note(live: Object, wanted: Object) -> Object:
    """The ConfigMap."""
    meta = live["metadata"]
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": note_name(meta["name"]),
            "namespace": meta["namespace"],
            "labels": {"app": "robustmq", "component": meta["name"]},
        },
        "data": {"uid": meta["uid"], "set": json.dumps(wanted), "managers": json.dumps(_managers(live))},
    }


def read(found: Object) -> tuple[str, Object, list[Object]]:
    """UID of the set that was to be deleted, the set to make, and who managed its fields."""
    data = found["data"]
    return data["uid"], json.loads(data["set"]), json.loads(data["managers"])


def _managers(live: Object) -> list[Object]:
    """Who has set which field; the status' fields are the controller's to set again."""
    return [m for m in live["metadata"].get("managedFields", []) if not m.get("subresource")]


def fresh(live: Object) -> bool:
    """Was it just made by us, so that its fields have to be given back to those who had set them?"""
    return {(m.get("manager"), m.get("operation")) for m in _managers(live)} <= {(FIELD_MANAGER, "Update")}


def given_back(live: Object, managers: list[Object]) -> Object:
    """The patch that says again who has set which field: a later deployment takes away only what is its own."""
    return {"metadata": {"resourceVersion": live["metadata"]["resourceVersion"], "managedFields": managers}}
