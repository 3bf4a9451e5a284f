# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A StatefulSet that somebody else has made: how it is known, and how it is taken over as it runs. Pure."""

from __future__ import annotations

import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import Refused
from ansible_collections.robustmq.placement_center.plugins.module_utils._hints import hint
from ansible_collections.robustmq.placement_center.plugins.module_utils._plan import Step, different, meaning
from ansible_collections.robustmq.placement_center.plugins.module_utils._rest import FIELD_MANAGER

Object = dict[str, t.Any]

SHOWN = 6  # fields of one object


def foreign(live: Object | None) -> bool:
    """Is there a set that we have neither applied nor, as a restore does, made? An update patches others' sets too, but only a maker has set the selector."""
    mine = [m for m in (live or {}).get("metadata", {}).get("managedFields", []) if m.get("manager") == FIELD_MANAGER]
    return live is not None and not any(m.get("operation") == "Apply" or "f:selector" in m.get("fieldsV1", {}).get("f:spec", {}) for m in mine)


def fitted(objects: t.Sequence[Object], live: Object) -> list[Object]:
    """What is applied to take it over: its members' template and update strategy as they are, and its configuration left alone."""
    found = []
    for obj in objects:
        if obj["kind"] == "StatefulSet":
            kept = {part: live["spec"][part] for part in ("template", "updateStrategy") if part in live["spec"]}
            obj = {**obj, "spec": {**obj["spec"], **kept}}
        if obj["kind"] not in ("ConfigMap", "Secret"):
            found.append(obj)
    return found


def refusal(live: Object, steps: t.Sequence[Step], wanted: Object) -> Refused:
    """Why it is not taken over unasked; tells what that would add and change, and what of the template would stay as it is.

    :param wanted: the pod template that a deployment from nothing would make.
    """
    makers = sorted({m["manager"] for m in live["metadata"].get("managedFields", []) if not m.get("subresource")}) or ["somebody"]
    told = [f"{step.action} {step.desired['kind']} {step.desired['metadata']['name']}{_fields(step)}" for step in steps if step.action != "unchanged"]
    stays = list(different("", live["spec"]["template"], wanted))
    text = f"StatefulSet {live['metadata']['name']} was made by {', '.join(makers)}; to take it over would {'; '.join(told) or 'change nothing'}"
    if stays:
        text += f"; its pod template stays as it is, which differs in {_few(stays)}"
    return Refused("set_foreign", text, hint("set_foreign"))


def _fields(step: Step) -> str:
    if step.live is None:
        return ""
    return f" ({_few(list(different('', meaning(step.live), meaning(step.would_be))))})"


def _few(fields: list[str]) -> str:
    more = len(fields) - SHOWN
    return ", ".join(fields[:SHOWN]) + (f" and {more} more" if more > 0 else "")
