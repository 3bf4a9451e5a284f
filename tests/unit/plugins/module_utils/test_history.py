# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Revisions on objects typed out: whose they are, which came before, what each changed, and what a person reads."""

from __future__ import annotations

import copy

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils import _history, _profiles, _views

from .contract import CONTRACT_SET, Object

PROFILE = _profiles.PROFILES["contract"]
BORN = "2026-01-01T00:00:00Z"
NOW = (_views.seconds(BORN) or 0) + 300
TEMPLATE: Object = CONTRACT_SET["spec"]["template"]


def template(image: str = "0.3.0", **container: object) -> Object:
    made = copy.deepcopy(TEMPLATE)
    made["spec"]["containers"][0].update(image=f"robustmq/placement-center:{image}", **container)
    return made


def revision(name: str, number: int, pods: Object, owner: str = "u1") -> Object:
    data = {"spec": {"template": {**pods, "$patch": "replace"}}}
    return {"metadata": {"name": name, "creationTimestamp": BORN, "ownerReferences": [{"uid": owner}]}, "revision": number, "data": data}


def stateful_set(current: str, update: str, partition: int = 0, **notes: str) -> Object:
    made = copy.deepcopy(CONTRACT_SET)
    made["metadata"] |= {"uid": "u1", "annotations": {_history.PREFIX + k: v for k, v in notes.items()}}
    made["spec"]["updateStrategy"]["rollingUpdate"]["partition"] = partition
    made["status"] = {"currentRevision": current, "updateRevision": update}
    return made


def pod(ordinal: int, running: str, image: str = "0.3.0", ready: bool = True) -> Object:
    meta = {
        "name": f"placement-center-{ordinal}",
        "uid": f"p{ordinal}",
        "ownerReferences": [{"uid": "u1"}],
        "labels": {"controller-revision-hash": running},
        "creationTimestamp": BORN,
    }
    conditions = [{"type": "Ready", "status": str(ready)}]
    return {"metadata": meta, "spec": template(image)["spec"], "status": {"phase": "Running", "conditions": conditions}}


OLD, NEW = revision("pc-a", 1, template()), revision("pc-b", 2, template("0.4.0"))


def test_only_the_sets_own_revisions_count_the_newest_first() -> None:
    strange = revision("pc-x", 9, template(), owner="another")
    assert [r["metadata"]["name"] for r in _history.owned([OLD, strange, NEW], stateful_set("pc-a", "pc-b"))] == ["pc-b", "pc-a"]


def test_a_template_comes_without_the_patch_directive() -> None:
    assert _history.template_of(OLD) == template()


THIRD = revision("pc-c", 3, template("0.5.0"))
PREVIOUS = [
    ("there is no other", [OLD], stateful_set("pc-a", "pc-a"), None),
    ("noted at staging", [OLD, NEW, THIRD], stateful_set("pc-b", "pc-c", previous="pc-a"), "pc-a"),
    ("noted but gone", [NEW, THIRD], stateful_set("pc-b", "pc-c", previous="pc-a"), "pc-b"),
    ("noted but it is where the set went back to", [OLD, NEW], stateful_set("pc-a", "pc-a", previous="pc-a"), "pc-b"),
    ("in mid-roll: what the others still run, not what was tried before", [OLD, NEW, THIRD], stateful_set("pc-a", "pc-c"), "pc-a"),
    ("at rest: the newest of the others", [OLD, NEW, THIRD], stateful_set("pc-c", "pc-c"), "pc-b"),
]


@pytest.mark.parametrize("revisions, around, name", [c[1:] for c in PREVIOUS], ids=[c[0] for c in PREVIOUS])
def test_previous(revisions: list[Object], around: Object, name: str | None) -> None:
    found = _history.previous(revisions, around)
    assert (found and found["metadata"]["name"]) == name


UNFINISHED = [
    ("never updated", {}, False),
    ("paused before any update", {"state": "paused", "paused": "true"}, False),
    ("staged and killed", {"staged": "t", "state": "rolling"}, True),
    ("a canary", {"staged": "t", "state": "canary"}, True),
    ("held on its way", {"staged": "t", "state": "held", "reason": "pod_crashing"}, True),
    ("paused on its way, and let go on", {"staged": "t"}, True),
    ("the next after one that ended", {"staged": "u", "state": "held", "finished": "t"}, True),
    ("done", {"staged": "t", "state": "done", "finished": "t"}, False),
    ("done, then paused", {"staged": "t", "state": "paused", "finished": "t"}, False),
    ("done, then a run that held on an ill cluster", {"staged": "t", "state": "held", "reason": "step_timeout", "finished": "t"}, False),
    ("a way back that was killed", {"staged": "t", "state": "rolling-back", "returning": "pc-a"}, True),
]


@pytest.mark.parametrize("notes, so", [c[1:] for c in UNFINISHED], ids=[c[0] for c in UNFINISHED])
def test_what_is_unfinished(notes: dict[str, str], so: bool) -> None:
    assert _history.unfinished(stateful_set("pc-a", "pc-b", **notes)) == so


def test_a_staged_update_with_one_member_on_it() -> None:
    around = stateful_set("pc-a", "pc-b", 2, state="canary", reason="canary", previous="pc-a")
    pods = [pod(0, "pc-a"), pod(2, "pc-b", "0.4.0", ready=False)]
    facts = _history.result(around, pods, [OLD, NEW], PROFILE, NOW)
    new, old = facts["revisions"]
    assert (new["staged"], new["target"], new["current"], new["members"]) == (True, True, False, [2])
    assert (old["staged"], old["target"], old["current"], old["members"]) == (False, False, True, [0])
    assert new["change"] == ["image: robustmq/placement-center:0.3.0 -> robustmq/placement-center:0.4.0"] and old["change"] == []
    assert (new["version"], new["config_map"], new["age"]) == ("0.4.0", "placement-center-config", "5m")
    assert [(m["ordinal"], m["phase"], m["ready"], m["version"]) for m in facts["members"]] == [
        (0, "Running", True, "0.3.0"),
        (1, "Missing", False, ""),
        (2, "Running", False, "0.4.0"),
    ]
    assert (facts["partition"], facts["state"], facts["reason"], facts["paused"], facts["previous"]) == (2, "canary", "canary", False, "pc-a")


def test_the_table_lines_up_and_tells_where_the_operation_stands() -> None:
    around = stateful_set("pc-a", "pc-b", 2, state="paused", paused="true")
    lines = _history.result(around, [pod(0, "pc-a")], [OLD, NEW], PROFILE, NOW)["table"]
    assert lines[0].split() == ["NAME", "READY", "AGE", "VERSION", "REVISION", "PHASE"]
    assert lines[1].split() == ["placement-center-0", "yes", "5m", "0.3.0", "pc-a", "Running"]
    assert lines[5].index("STATE") == lines[6].index("target+staged") == lines[7].index("current+previous")
    assert lines[-1] == "state paused, paused, partition 2"


def env(**values: str) -> list[Object]:
    return [{"name": k, "value": v} for k, v in values.items()]


CHANGES = [
    ("nothing", template(), template(), []),
    ("a new variable, its value untold", template(), template(env=env(A="1")), ["env.A: none -> ..."]),
    ("one of several, the others untouched", template(env=env(A="1", B="2")), template(env=env(B="2")), ["env.A: ... -> none"]),
    ("a limit", template(resources={"limits": {"cpu": "1"}}), template(resources={"limits": {"cpu": "2"}}), ["resources.limits.cpu: 1 -> 2"]),
    ("a long value", template(command=["x" * 90]), template(command=["y" * 90]), ["command: ... -> ..."]),
]


@pytest.mark.parametrize("old, new, said", [c[1:] for c in CHANGES], ids=[c[0] for c in CHANGES])
def test_changes(old: Object, new: Object, said: list[str]) -> None:
    assert _history.changes(old, new, PROFILE) == said
