# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a backup may be asked to be, why it may not be made, and that what it keeps of a cluster's objects can be made again."""

from __future__ import annotations

import copy
import json
import typing as t
from dataclasses import replace

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils import _backup, _verdict
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import BadInput
from ansible_collections.robustmq.placement_center.plugins.module_utils._hints import NEXT, PAGE
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Member, Observation
from ansible_collections.robustmq.placement_center.plugins.module_utils._mover_words import File
from ansible_collections.robustmq.placement_center.plugins.module_utils._volume_model import Class, Facts, Volume
from hypothesis import given
from hypothesis import strategies as st

from .contract import CONTRACT_SET
from .test_verdict import LIMITS, member, observation, three, view
from .test_volumes import FORBIDDEN, OWNER, claim, facts

Object = dict[str, t.Any]
BUCKET = "s3:https://s3.example.com/b"
ASKED: Object = {"method": "snapshot", "source": "auto", "grade_c": False, "ordinal": None, "repository": None, "allow_small": False}


def asked(**other: t.Any) -> _backup.Wish:
    return _backup.wish({**ASKED, **other})


RESTIC = {"method": "restic", "repository": BUCKET}
WARM, STORED, COLD = asked(), asked(**RESTIC), asked(**RESTIC, source="cold")

# The wish

WISHES: list[tuple[str, Object, tuple[str, str]]] = [
    ("nothing said", {}, ("snapshot", "B")),
    ("a snapshot into a repository", RESTIC, ("snapshot", "B")),
    ("a stopped member", {**RESTIC, "source": "cold"}, ("cold", "A")),
    ("live files, in so many words", {**RESTIC, "source": "live", "grade_c": True}, ("live", "C")),
    ("a word that changes nothing", {**RESTIC, "grade_c": True}, ("snapshot", "B")),
    ("a claim", {**RESTIC, "repository": "pvc:repository/pc"}, ("snapshot", "B")),
    ("a claim alone", {**RESTIC, "repository": "pvc:repository"}, ("snapshot", "B")),
    ("a folder with dots", {**RESTIC, "repository": "pvc:repository/a..b/.c/"}, ("snapshot", "B")),
    ("a user without a password in the name", {**RESTIC, "repository": "sftp:backup@host:/folder"}, ("snapshot", "B")),
]


@pytest.mark.parametrize("said, wanted", [c[1:] for c in WISHES], ids=[c[0] for c in WISHES])
def test_how_much_a_copy_is_worth_follows_from_how_it_is_made(said: Object, wanted: tuple[str, str]) -> None:
    found = asked(**said)
    assert (found.source, found.grade) == wanted


CONTRADICTIONS: list[tuple[str, Object, str, str]] = [
    ("restic without a repository", {"method": "restic"}, "repository", "repository_missing"),
    ("restic with an empty one", {"method": "restic", "repository": ""}, "repository", "repository_missing"),
    ("a claim without its name", {"method": "restic", "repository": "pvc:/pc"}, "repository", "bad_input"),
    ("a folder outside of a claim", {"method": "restic", "repository": "pvc:repository/../x"}, "repository", "bad_input"),
    ("a password in the repository", {**RESTIC, "repository": "rest:https://me:word@host/"}, "repository", "bad_input"),
    ("a key in a bucket's name", {**RESTIC, "repository": "s3:http://AKIA:word@host/b"}, "repository", "bad_input"),
    ("a password where none is used", {"repository": "rest:https://me:word@host/"}, "repository", "bad_input"),
    ("a stopped member for a snapshot", {"source": "cold"}, "source", "bad_input"),
    ("live files for a snapshot", {"source": "live", "grade_c": True}, "source", "bad_input"),
    ("live files without saying so", {**RESTIC, "source": "live"}, "source", "live_copy_refused"),
]


@pytest.mark.parametrize("said, option, reason", [c[1:] for c in CONTRADICTIONS], ids=[c[0] for c in CONTRADICTIONS])
def test_options_that_contradict_each_other_are_refused_by_name(said: Object, option: str, reason: str) -> None:
    with pytest.raises(BadInput) as caught:
        asked(**said)
    assert caught.value.reason == reason and str(caught.value).startswith(f"{option}: ") and caught.value.hint
    assert ":word@" not in str(caught.value) + caught.value.hint


# Refusals


def look(**changed: t.Any) -> Observation:
    """Members 0, 1, 2 with raft ids 1, 2, 3."""
    seen = three(**changed)

    def moved(m: Member) -> Member:
        return replace(m, ordinal=m.ordinal - 1, claim=replace(m.claim, name=f"data-pc-{m.ordinal - 1}") if m.claim else None)

    return replace(seen, members=tuple(moved(m) for m in seen.members), set=replace(seen.set, update_revision="rev") if seen.set else None)


def codes(want: _backup.Wish, claims: Facts | None = None, **changed: t.Any) -> list[str]:
    seen = look(**changed)
    found = _backup.refusals(seen, _verdict.judge(seen, LIMITS), claims or facts(), LIMITS, want)
    assert all(r.hint and (r.hint != PAGE) for r in found), found
    return [r.reason for r in found]


DELETES = facts(set=replace(OWNER, deletes=("scaled in",)))
SET_GOES = facts(set=replace(OWNER, deletes=("deleted",)))
NO_CLASS = facts(snapshots=frozenset({"other"}))
TABLE: list[tuple[str, _backup.Wish, Facts, Object, list[str]]] = [
    ("a whole cluster", WARM, facts(), {}, []),
    ("a whole cluster, cold", COLD, facts(), {}, []),
    ("nobody leads", WARM, facts(), {"m1": None}, ["no_leader"]),
    ("nobody answers", WARM, facts(), {"m1": None, "m2": None, "m3": None}, ["no_leader"]),
    ("two lead", WARM, facts(), {"m2": {"leader": 2, "quorum_ack_ms": 3}}, ["split_brain"]),
    ("nobody is fit", WARM, facts(), {"m1": {"applied": None}}, ["no_voter_fit"]),
    ("the member asked for lags", asked(ordinal=2), facts(), {"m3": {"applied": 0}, "m1": {"last_log": 400}, "m2": {"applied": 400}}, ["voter_not_fit"]),
    ("one member is away", WARM, facts(), {"m2": None}, []),
    ("one member is away, cold", COLD, facts(), {"m2": None}, ["not_safe_to_stop"]),
    ("another member, cold", asked(**RESTIC, source="cold", ordinal=1), facts(), {}, ["voter_not_fit"]),
    ("the last member by name, cold", asked(**RESTIC, source="cold", ordinal=2), facts(), {}, []),
    ("the last member lags, cold", COLD, facts(), {"m3": {"state": "Learner"}}, ["voter_not_fit"]),
    ("claims go when it is scaled in", WARM, DELETES, {}, []),
    ("claims go when it is scaled in, cold", COLD, DELETES, {}, ["retention_delete"]),
    ("claims go with the set, cold", COLD, SET_GOES, {}, []),
    ("no class for snapshots", WARM, NO_CLASS, {}, ["no_snapshot_class"]),
    ("no class for snapshots, restic from one", STORED, NO_CLASS, {}, ["no_snapshot_class"]),
    ("no class for snapshots, cold", COLD, NO_CLASS, {}, []),
    ("no API for snapshots", WARM, facts(snapshots=None), {}, ["no_snapshot_class"]),
    ("whether there is one is unknown", WARM, facts(snapshots=FORBIDDEN), {}, ["no_snapshot_class"]),
    ("whose volume it is is unknown", WARM, facts(volumes={}, classes={}), {}, ["no_snapshot_class"]),
    ("the claim grows", WARM, facts(claim(2, size="2Gi", resize="NodeResizePending")), {}, ["resize_pending"]),
    ("another claim grows", WARM, facts(claim(1, size="2Gi", resize="NodeResizePending")), {}, []),
    (
        "the growth has failed, and there is no class",
        WARM,
        replace(facts(claim(2, size="2Gi", conditions={"ControllerResizeError": "full"})), snapshots=frozenset()),
        {},
        ["resize_failed", "no_snapshot_class"],
    ),
    ("the claim is unknown", WARM, facts(claims={}), {}, ["claim_missing"]),
]


@pytest.mark.parametrize("want, claims, changed, wanted", [c[1:] for c in TABLE], ids=[c[0] for c in TABLE])
def test_why_a_backup_may_not_be_made(want: _backup.Wish, claims: Facts, changed: Object, wanted: list[str]) -> None:
    assert codes(want, claims, **changed) == wanted


def test_none_is_made_while_members_are_on_different_revisions() -> None:
    seen = look()
    seen = replace(seen, set=replace(seen.set, update_revision="newer") if seen.set else None)
    found = _backup.refusals(seen, _verdict.judge(seen, LIMITS), facts(), LIMITS, WARM)
    assert [r.reason for r in found] == ["revisions_differ"] and "0, 1, 2" in str(found[0])


def test_the_highest_of_many_is_stopped_for_a_cold_copy_whoever_leads() -> None:
    seen = observation(member(i, {"g": view(i, 3)}) for i in (1, 2, 3))
    found = _backup.member(seen, _verdict.judge(seen, LIMITS), LIMITS, COLD)
    assert isinstance(found, Member) and found.ordinal == 3


def test_every_refusal_of_a_broken_cluster_names_a_way_out() -> None:
    assert {"no_leader", "no_voter_fit", "voter_not_fit", "not_safe_to_stop", "claim_missing", "resize_failed", "resize_pending"} <= NEXT.keys()


# Whether the copy looks like one


def files(*sizes: int) -> list[File]:
    return [File(f"f{n}", size, "0644", "a" * 64) for n, size in enumerate(sizes)]


SIZES: list[tuple[str, list[File], int | None, bool, str]] = [
    ("the first backup", files(10), None, False, ""),
    ("no files", files(), None, False, "source_empty"),
    ("empty files", files(0, 0), None, False, "source_empty"),
    ("no files, whatever is allowed", files(), 100, True, "source_empty"),
    ("half", files(50), 100, False, ""),
    ("less than half", files(20, 29), 100, False, "source_small"),
    ("less than half, as it should be", files(49), 100, True, ""),
    ("more", files(500), 100, False, ""),
]


@pytest.mark.parametrize("found, before, allow, code", [c[1:] for c in SIZES], ids=[c[0] for c in SIZES])
def test_an_empty_or_shrunken_source_is_a_mistake(found: list[File], before: int | None, allow: bool, code: str) -> None:
    refused = _backup.suspicious(found, before, asked(allow_small=allow))
    assert (refused.reason if refused else "") == code


# Objects that are made again

GIVEN = {
    "uid": "u",
    "resourceVersion": "7",
    "generation": 4,
    "creationTimestamp": "2026-01-01T00:00:00Z",
    "managedFields": [{"manager": "x"}],
    "ownerReferences": [{"uid": "o"}],
    "finalizers": ["x/y"],
    "deletionTimestamp": "2026-01-01T00:00:00Z",
}


def live(kind: str, **parts: t.Any) -> Object:
    notes = {"placement-center.robustmq.io/staged": "d", "kubectl.kubernetes.io/last-applied-configuration": "{}", "team": "a"}
    meta = {"name": "pc", "namespace": "n", "labels": {"app": "robustmq"}, "annotations": notes, **GIVEN}
    return {"metadata": meta, "status": {"replicas": 3}, **parts}


KINDS: list[tuple[str, str, Object]] = [
    ("ConfigMap", "v1", {"data": {"a": "b"}, "binaryData": {"c": "ZA=="}, "immutable": True}),
    ("Service", "v1", {"spec": {"clusterIP": "10.0.0.7", "clusterIPs": ["10.0.0.7"], "ports": [{"port": 1228}], "selector": {"app": "robustmq"}}}),
    ("PodDisruptionBudget", "policy/v1", {"spec": {"maxUnavailable": 1}}),
    ("NetworkPolicy", "networking.k8s.io/v1", {"spec": {"podSelector": {}, "policyTypes": ["Ingress"]}}),
    (
        "StatefulSet",
        "apps/v1",
        {"spec": {**CONTRACT_SET["spec"], "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": {}, "status": {"phase": "Pending"}}]}},
    ),
]


@pytest.mark.parametrize("kind, version, parts", KINDS, ids=[k[0] for k in KINDS])
def test_an_object_is_kept_as_it_could_be_made_again(kind: str, version: str, parts: Object) -> None:
    found = _backup.cleaned(live(kind, **copy.deepcopy(parts)), kind, version)
    assert (found["apiVersion"], found["kind"]) == (version, kind) and "status" not in found
    assert found["metadata"] == {"name": "pc", "namespace": "n", "labels": {"app": "robustmq"}, "annotations": {"team": "a"}}
    kept = {part: value for part, value in found.items() if part in parts}
    assert kept.keys() == parts.keys()
    assert "clusterIP" not in json.dumps(found) and "10.0.0.7" not in json.dumps(found) and '"status"' not in json.dumps(found)
    assert json.loads(json.dumps(found)) == found


def test_a_headless_service_stays_one() -> None:
    found = _backup.cleaned(live("Service", spec={"clusterIP": "None", "clusterIPs": ["None"]}), "Service", "v1")
    assert found["spec"]["clusterIP"] == "None"


def test_what_is_kept_is_a_copy() -> None:
    one = live("Service", spec={"clusterIP": "10.0.0.7", "ports": [{"port": 1}]})
    before = copy.deepcopy(one)
    found = _backup.cleaned(one, "Service", "v1")
    found["spec"]["ports"].append({"port": 2})
    found["metadata"]["labels"]["x"] = "y"
    assert one == before


@given(st.dictionaries(st.sampled_from(["name", "namespace", "labels", *GIVEN]), st.just({"a": "b"})))
def test_cleaning_again_changes_nothing(meta: Object) -> None:
    once = _backup.cleaned({"metadata": {**meta, "annotations": {"team": "a"}}, "data": {}}, "ConfigMap", "v1")
    assert _backup.cleaned(once, "ConfigMap", "v1") == once


# The source, as the paper tells it


def test_the_source_tells_what_a_like_claim_needs() -> None:
    whole = replace(claim(2), modes=frozenset({"ReadWriteOnce", "Filesystem"}))
    seen = look().members[2]
    told = _backup.source(seen, whole, "ebs", "snap-1")
    wanted = {"ordinal": 2, "id": 3, "claim": "data-pc-2", "claim_uid": "uid-data-pc-2", "size": "1Gi", "capacity": "1Gi"}
    assert told == {**wanted, "class": "ssd", "mode": "ReadWriteOnce", "volume": "pv-data-pc-2", "driver": "ebs", "handle": "snap-1"}
    assert _backup.source(seen, replace(whole, storage_class=None, modes=frozenset()), "", "")["class"] == ""


def test_the_claim_of_a_member_is_its_own() -> None:
    seen = look()
    assert [c.ordinal for m in seen.members if (c := _backup.claim_of(facts(), m))] == [0, 1, 2]
    assert _backup.claim_of(facts(), replace(seen.members[0], claim=None)) is None
    assert _backup.claim_of(facts(volumes={"pv": Volume("Bound", "Retain", "ebs", "x")}, classes={"ssd": Class("ebs", True, True)}), seen.members[1])
