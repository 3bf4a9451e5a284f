# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Claims judged against ordinals: one fault, one code; what is not known never passes."""

from __future__ import annotations

import typing as t
from dataclasses import replace

import pytest
import yaml
from ansible_collections.robustmq.placement_center.plugins.module_utils import _volume_report, _volumes
from ansible_collections.robustmq.placement_center.plugins.module_utils._claims import claim_name, claim_ordinal
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Usage
from ansible_collections.robustmq.placement_center.plugins.module_utils._volume_model import (
    ClaimFacts,
    Class,
    Facts,
    Finding,
    Mount,
    Owner,
    Template,
    Volume,
)
from ansible_collections.robustmq.placement_center.plugins.modules import pc_pvc_check
from hypothesis import given
from hypothesis import strategies as st

MODES = frozenset({"ReadWriteOnce", "Filesystem"})
DATA = Template("data", "1Gi", "ssd", MODES)
OWNER = Owner("pc", range(3), (DATA,), {"app": "robustmq"}, frozenset({"set", "pod-0", "pod-1", "pod-2"}))
GIB = 1 << 30
NOW = 1767225600.0  # 2026-01-01
HALF = Usage(GIB, GIB // 2, 1000, 900, "2026-01-01T00:00:00Z")
FORBIDDEN = Finding("forbidden", "could not get it: forbidden")
LEAST = 10


def claim(ordinal: int, **other: t.Any) -> ClaimFacts:
    name = f"data-pc-{ordinal}"
    fields: dict[str, t.Any] = {
        "name": name,
        "ordinal": ordinal,
        "uid": f"uid-{name}",
        "phase": "Bound",
        "size": "1Gi",
        "capacity": "1Gi",
        "storage_class": "ssd",
        "modes": MODES,
        "volume": f"pv-{name}",
        "labels": {"app": "robustmq"},
        "mounts": (Mount(f"pc-{ordinal}", "node", ordinal),),
    }
    return ClaimFacts(**{**fields, **other})


def facts(*claims: ClaimFacts, **other: t.Any) -> Facts:
    """Three members whose claims are whole; a claim given replaces the one of its name or is added."""
    held = {c.name: c for c in (*(claim(o) for o in range(3)), *claims)}
    fields: dict[str, t.Any] = {
        "claims": held,
        "volumes": {c.volume: Volume("Bound", "Retain", "ebs", c.uid) for c in held.values()},
        "classes": {"ssd": Class("ebs", True, True)},
        "snapshots": frozenset({"ebs"}),
        "usages": dict.fromkeys(held, HALF),
    }
    return Facts(NOW, 1, 1, **{"set": OWNER, **fields, **other})


def codes(findings: t.Iterable[Finding]) -> list[str]:
    return sorted(f.code for f in findings)


def volume(**other: t.Any) -> Facts:
    whole = facts()
    return replace(whole, volumes={**whole.volumes, "pv-data-pc-1": replace(Volume("Bound", "Retain", "ebs", "uid-data-pc-1"), **other)})


def without(field: str, key: str) -> Facts:
    whole = facts()
    return replace(whole, **{field: {k: v for k, v in getattr(whole, field).items() if k != key}})


def used(usage: Usage | Finding) -> Facts:
    return facts(usages={**dict.fromkeys(facts().usages, HALF), "data-pc-1": usage})


REASONS: list[tuple[str, Facts, list[str]]] = [
    ("nothing is wrong", facts(), []),
    ("no set", facts(set=None), ["set_missing"]),
    ("no members", facts(set=replace(OWNER, ordinals=range(0))), ["no_members"]),
    ("no claim template", facts(set=replace(OWNER, templates=())), ["no_claim_template"]),
    ("no container mounts it", facts(set=replace(OWNER, templates=(replace(DATA, mounted=False),))), ["claim_unused"]),
    ("a claim is not there", without("claims", "data-pc-1"), ["claim_missing"]),
    ("a claim waits", facts(claim(1, phase="Pending", volume="", capacity="")), ["claim_pending"]),
    ("a phase nobody knows", facts(claim(1, phase="Unknown")), ["claim_pending"]),
    ("a claim has lost its volume", facts(claim(1, phase="Lost")), ["claim_lost"]),
    ("the volume does not exist", without("volumes", "pv-data-pc-1"), ["claim_lost"]),
    ("the volume has failed", volume(phase="Failed"), ["claim_lost"]),
    ("the volume is another claim's", volume(claim_uid="other"), ["claim_lost"]),
    ("the volume is being deleted", volume(terminating=True), ["claim_terminating"]),
    ("the claim is being deleted", facts(claim(1, terminating=True)), ["claim_terminating"]),
    ("too small", facts(claim(1, size="500Mi")), ["claim_size"]),
    ("the same size in other words", facts(claim(1, size="1024Mi")), []),
    ("another class", facts(claim(1, storage_class="slow"), classes={"ssd": Class("ebs", True, True), "slow": Class("ebs", True, True)}), ["claim_class"]),
    ("no class", facts(claim(1, storage_class="")), ["claim_class"]),
    ("any class will do", facts(set=replace(OWNER, templates=(replace(DATA, storage_class=None),))), []),
    ("another access mode", facts(claim(1, modes=frozenset({"ReadWriteMany", "Filesystem"}))), ["claim_mode"]),
    ("a block device", facts(claim(1, modes=frozenset({"ReadWriteOnce", "Block"}))), ["claim_mode"]),
    ("made for another set", facts(claim(1, labels={"app": "other"})), ["claim_foreign"]),
    ("made by hand, without labels", facts(claim(1, labels={})), []),
    ("owned by somebody else", facts(claim(1, owners={"x": "Backup b"})), ["claim_foreign"]),
    ("owned by the set, which deletes it one day", facts(claim(1, owners={"set": "StatefulSet pc"})), []),
    ("owned by its pod, which was scaled in", facts(claim(1, owners={"pod-1": "Pod pc-1"})), []),
    ("a stranger mounts it too", facts(claim(1, mounts=(*claim(1).mounts, Mount("job", "node", None)))), ["claim_shared"]),
    ("another member mounts it", facts(claim(1, mounts=(Mount("pc-2", "node", 2),))), ["claim_shared"]),
    ("it grows", facts(claim(1, conditions={"Resizing": ""})), ["resize_pending"]),
    ("its file system grows", facts(claim(1, conditions={"FileSystemResizePending": "waits for the pod"})), ["resize_pending"]),
    ("asked to grow, nobody has begun", facts(claim(1, size="2Gi")), ["resize_pending"]),
    ("its size is unknown", facts(claim(1, capacity="")), ["resize_pending"]),
    ("it grows on the node", facts(claim(1, resize="NodeResizePending")), ["resize_pending"]),
    ("it cannot grow", facts(claim(1, resize="ControllerResizeInfeasible")), ["resize_failed"]),
    ("it could not grow", facts(claim(1, conditions={"ControllerResizeError": "no room"})), ["resize_failed"]),
    ("a condition of something else", facts(claim(1, conditions={"ModifyingVolume": ""})), []),
    ("short of bytes", used(HALF._replace(free=GIB // 11)), ["volume_full"]),
    ("short of inodes", used(HALF._replace(inodes_free=99)), ["volume_full"]),
    ("just enough", used(HALF._replace(inodes_free=100)), []),
    ("inodes are not counted there", used(HALF._replace(inodes=0, inodes_free=0)), []),
    ("a file system of no size", used(HALF._replace(capacity=0, free=0, inodes=0, inodes_free=0)), ["volume_full"]),
    ("not measured for a quarter of an hour", replace(facts(), at=NOW + 901), ["free_space_unknown"] * 3),
    ("measured nobody knows when", used(HALF._replace(measured="")), ["free_space_unknown"]),
    ("statistics are forbidden", used(FORBIDDEN), ["free_space_unknown"]),
    ("not measured yet", without("usages", "data-pc-1"), ["free_space_unknown"]),
    ("volumes are forbidden", facts(volumes=dict.fromkeys(facts().volumes, FORBIDDEN)), ["forbidden"] * 3),
    ("the class is forbidden", facts(classes={"ssd": FORBIDDEN}), ["forbidden"]),
    ("snapshot classes are forbidden", facts(snapshots=FORBIDDEN), ["forbidden"]),
    ("pods are forbidden", facts(unknown=(FORBIDDEN,)), ["forbidden"]),
]


@pytest.mark.parametrize("seen, wanted", [c[1:] for c in REASONS], ids=[c[0] for c in REASONS])
def test_one_fault_has_its_own_code(seen: Facts, wanted: list[str]) -> None:
    assert codes(_volumes.judge(seen, LEAST).reasons) == wanted


CONCERNS: list[tuple[str, Facts, list[str]]] = [
    ("no concern", facts(), []),
    ("the volume goes with the claim", volume(reclaim="Delete"), ["reclaim_delete"]),
    ("the set deletes its claims", facts(set=replace(OWNER, deletes=("deleted",))), ["retention_delete"]),
    ("the class does not let it grow", facts(classes={"ssd": Class("ebs", False, True)}), ["not_expandable"]),
    ("the class is gone", facts(classes={"ssd": None}), ["class_missing"]),
    ("no snapshot class", facts(snapshots=frozenset({"other"})), ["no_snapshot_class"]),
    ("no CSI driver", facts(volumes={c.volume: Volume("Bound", "Retain", "", c.uid) for c in facts().claims.values()}), ["no_snapshot_class"]),
    ("no snapshot API", facts(snapshots=None), ["no_snapshot_class"]),
    ("larger than the template", facts(claim(1, size="2Gi", capacity="2Gi")), ["claim_larger"]),
    ("left by a scale-in", facts(claim(3, mounts=())), ["orphan"]),
]


@pytest.mark.parametrize("seen, wanted", [c[1:] for c in CONCERNS], ids=[c[0] for c in CONCERNS])
def test_what_is_worth_knowing_is_no_reason(seen: Facts, wanted: list[str]) -> None:
    found = _volumes.judge(seen, LEAST)
    assert codes(found.concerns) == wanted and found.reasons == ()


def test_an_orphan_that_was_made_for_something_else_is_named_as_foreign() -> None:
    found = _volumes.judge(facts(claim(3, labels={"app": "other"}), claim(4)), LEAST)
    assert [f.claim for f in found.foreign] == ["data-pc-3"] and [f.claim for f in found.orphans] == ["data-pc-4"]
    assert found.reasons == () and "still mounted by pc-4" in found.orphans[0].message


def test_ordinals_may_begin_anywhere_and_every_template_is_checked() -> None:
    owner = replace(OWNER, ordinals=range(2, 4), templates=(DATA, replace(DATA, name="log")))
    found = _volumes.judge(facts(set=owner), LEAST)
    assert [(r.claim, r.ordinal) for r in found.reasons] == [("log-pc-2", 2), ("data-pc-3", 3), ("log-pc-3", 3)]
    assert [f.claim for f in found.orphans] == ["data-pc-0", "data-pc-1"]


def test_a_pending_claim_tells_the_provisioners_words_else_what_it_waits_for() -> None:
    waiting = claim(1, phase="Pending", volume="", capacity="", mounts=())

    def said(one: ClaimFacts) -> str:
        return _volumes.judge(facts(one), LEAST).reasons[0].message

    assert said(replace(waiting, words="ProvisioningFailed: no room")).endswith("Pending: ProvisioningFailed: no room")
    assert "once a pod is scheduled" in said(waiting)
    assert "nobody says why" in said(replace(waiting, mounts=claim(1).mounts))


def test_without_the_gate_free_space_is_nobodys_concern() -> None:
    for usages in ({}, dict.fromkeys(facts().usages, FORBIDDEN), dict.fromkeys(facts().usages, HALF._replace(free=0))):
        assert _volumes.judge(facts(usages=usages), 0).reasons == ()


NAMES = [("data-pc-0", 0), ("data-pc-12", 12), ("data-pc-01", None), ("data-pc--1", None), ("data-pc-0-0", None), ("data-pcx-0", None), ("x-data-pc-0", None)]


@pytest.mark.parametrize("name, ordinal", NAMES)
def test_a_claims_name_gives_its_ordinal_or_none(name: str, ordinal: int | None) -> None:
    assert claim_ordinal(name, "pc", "data") == ordinal
    assert ordinal is None or claim_name("pc", ordinal) == name


FAULTS: list[tuple[str, t.Any]] = [
    ("claims", {"phase": "Pending"}),
    ("claims", {"phase": "Lost"}),
    ("claims", {"phase": ""}),
    ("claims", {"terminating": True}),
    ("claims", {"size": "1Mi"}),
    ("claims", {"storage_class": None}),
    ("claims", {"modes": frozenset()}),
    ("claims", {"labels": {"app": "other"}}),
    ("claims", {"owners": {"x": "Job j"}}),
    ("claims", {"mounts": (Mount("x", "node", None),)}),
    ("claims", {"capacity": ""}),
    ("claims", {"conditions": {"NodeResizeError": ""}}),
    ("claims", {"resize": "NodeResizeInfeasible"}),
    ("claims", {"volume": ""}),
    ("volumes", {"phase": "Released"}),
    ("volumes", {"claim_uid": ""}),
    ("volumes", {"terminating": True}),
    ("usages", {"free": 0}),
    ("usages", {"inodes_free": 0}),
    *((field, forget) for field in ("claims", "volumes", "usages") for forget in (None, FORBIDDEN) if (field, forget) != ("claims", FORBIDDEN)),
    ("unknown", (FORBIDDEN,)),
    ("classes", {"ssd": FORBIDDEN}),
    ("snapshots", FORBIDDEN),
]


def worse(seen: Facts, field: str, fault: t.Any, ordinal: int) -> Facts:
    """One fact changed to a fault, or forgotten (None), or told as unlearned."""
    if field in ("unknown", "classes", "snapshots"):
        return replace(seen, **{field: fault})
    key = {"volumes": f"pv-data-pc-{ordinal}"}.get(field, f"data-pc-{ordinal}")
    have = dict(getattr(seen, field))
    old = have.pop(key, None)
    if isinstance(fault, Finding):
        have[key] = fault
    elif fault is not None and old is not None:
        have[key] = old if isinstance(old, Finding) else old._replace(**fault) if isinstance(old, Usage) else replace(old, **fault)
    return replace(seen, **{field: have})


@given(st.lists(st.tuples(st.sampled_from(FAULTS), st.integers(0, 2)), min_size=1, max_size=6))
def test_adding_faults_or_removing_knowledge_never_makes_it_good(history: list[tuple[tuple[str, t.Any], int]]) -> None:
    seen = facts()
    for (field, fault), ordinal in history:
        seen = worse(seen, field, fault, ordinal)
        found = _volumes.judge(seen, LEAST)
        assert found.reasons
        told = _volume_report.result(seen, found, [])
        assert not told["ok"] and len(told["claims"]) == 3 and len(told["table"]) == 4


def row(**other: t.Any) -> dict[str, t.Any]:
    return {"claim": "data-pc-1", "uid": "uid-data-pc-1", "volume": "pv-data-pc-1", "used_bytes": 0, "measured": "2025-12-31T23:30:00Z", **other}


GROWTH: list[tuple[str, dict[str, t.Any], int | None, float | None]] = [
    ("half full in half an hour", row(), GIB, 0.5),
    ("it shrinks", row(used_bytes=GIB), -GIB, None),
    ("it stands still", row(used_bytes=GIB // 2), 0, None),
    ("not measured anew", row(measured=HALF.measured), None, None),
    ("measured later than now", row(measured="2027-01-01T00:00:00Z"), None, None),
    ("another claim", row(uid="x"), None, None),
    ("another volume", row(volume="x"), None, None),
    ("unknown then", row(used_bytes=None, measured=None), None, None),
    ("no time", row(measured="yesterday"), None, None),
    ("a time without a zone", row(measured="2025-12-31T23:30:00"), None, None),
    ("nothing", {}, None, None),
]


@pytest.mark.parametrize("before, rate, hours", [c[1:] for c in GROWTH], ids=[c[0] for c in GROWTH])
def test_growth_is_told_where_two_measurements_compare(before: dict[str, t.Any], rate: int | None, hours: float | None) -> None:
    seen = facts()
    now = _volume_report.result(seen, _volumes.judge(seen, LEAST), [before, "garbage"])["claims"][1]
    assert (now["bytes_per_hour"], now["hours_until_full"]) == (rate, hours)


def test_a_row_tells_what_is_behind_the_claim_and_null_where_it_is_unknown() -> None:
    seen = facts(claim(2, phase="Pending", volume=""), volumes={"pv-data-pc-0": Volume("Bound", "Delete", "ebs", "uid-data-pc-0"), "pv-data-pc-1": FORBIDDEN})
    first, second, third = _volume_report.result(seen, _volumes.judge(seen, LEAST), [])["claims"]
    assert (first["reclaim_policy"], first["driver"], first["snapshot_capable"], first["expandable"]) == ("Delete", "ebs", True, True)
    assert (second["reclaim_policy"], second["driver"]) == (None, "ebs")
    assert (third["bound"], third["volume"], third["driver"]) == (False, None, "ebs")
    assert (first["used_bytes"], first["free_percent"], first["inodes_used"]) == (GIB // 2, 50.0, 100)


def test_every_row_has_the_fields_that_the_manual_names() -> None:
    documented = set(yaml.safe_load(pc_pvc_check.RETURN)["claims"]["contains"])
    for seen in (facts(), without("claims", "data-pc-1"), without("usages", "data-pc-1")):
        for told in _volume_report.result(seen, _volumes.judge(seen, LEAST), [])["claims"]:
            assert set(told) == documented


def test_the_answer_is_one_sentence_and_a_line_a_claim() -> None:
    seen = facts(claim(3, mounts=()))
    told = _volume_report.result(seen, _volumes.judge(seen, LEAST), [row()])
    assert told["summary"] == "ok: 3 claims, at least 50.0 % free; concerns: orphan"
    assert "512.0Mi" in told["table"][2] and "1.0Gi/h" in told["table"][2] and "0.5 h" in told["table"][2]
    assert told["orphans"] == [
        {
            "code": "orphan",
            "claim": "data-pc-3",
            "ordinal": 3,
            "message": "data-pc-3 is no member's: keep it for when the set grows, or delete it",
            "size": "1Gi",
            "volume": "pv-data-pc-3",
            "reclaim_policy": "Retain",
        }
    ]
    full = used(HALF._replace(free=0))
    now = row(used_bytes=GIB - 100)
    assert _volume_report.result(full, _volumes.judge(full, LEAST), [now])["table"][2].endswith("1.0Gi    0.0 %   200/h  0.0 h")
    seen = facts(set=None)
    assert _volume_report.result(seen, _volumes.judge(seen, LEAST), [])["summary"] == "not ok: set_missing: the StatefulSet does not exist"
