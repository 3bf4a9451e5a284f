# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a backup may not be restored, what is lost by it, what restored members must be, and the objects of a restore."""

from __future__ import annotations

import copy
import json
import typing as t
from dataclasses import replace

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils import _identity, _restore_gate, _restore_objects
from ansible_collections.robustmq.placement_center.plugins.module_utils._identity import Who
from ansible_collections.robustmq.placement_center.plugins.module_utils._profiles import PROFILES
from ansible_collections.robustmq.placement_center.plugins.module_utils._restore_checks import Facts, Wish, lost, refusals, told, worthless
from ansible_collections.robustmq.placement_center.plugins.module_utils._restore_journal import Old
from ansible_collections.robustmq.placement_center.plugins.module_utils._restore_telling import kept

from .restore_world import WANTED

Object = dict[str, t.Any]

TEMPLATE = {"metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": "ssd", "resources": {"requests": {"storage": "1Gi"}}}}
STS: Object = {
    "kind": "StatefulSet",
    "metadata": {"name": "pc"},
    "spec": {
        "replicas": 3,
        "selector": {"matchLabels": {"app": "robustmq"}},
        "template": {"spec": {"containers": [{"name": "placement-center", "image": "robustmq/placement-center:0.3.0"}], "volumes": []}},
        "volumeClaimTemplates": [TEMPLATE],
    },
    "status": {"currentRevision": "a", "updateRevision": "a"},
}
PEERS: Object = {"podSelector": {"matchLabels": {"app": "robustmq"}}}
SERVER: Object = {"ipBlock": {"cidr": "10.0.0.1/32"}}
POLICY: Object = {
    "kind": "NetworkPolicy",
    "metadata": {"name": "pc"},
    "spec": {
        "podSelector": {"matchLabels": {"app": "robustmq"}},
        "ingress": [
            {
                "from": [{"podSelector": {"matchLabels": {"app": "robustmq"}}}, {"podSelector": {}}, {"ipBlock": {"cidr": "10.0.0.1/32"}}],
                "ports": [{"port": 1228}],
            },
            {"from": [{"namespaceSelector": {}}]},
        ],
    },
}
PAPER: Object = {
    "id": WANTED.backup,
    "cluster": {"namespace": "ns", "name": "pc", "uid": "here", "profile": "contract", "replicas": 3, "image": "robustmq/placement-center:0.3.0"},
    "source": {"ordinal": 1, "id": 2, "size": "1Gi", "capacity": "2Gi", "class": "ssd", "mode": "ReadWriteOnce"},
    "data": {"snapshot": {"name": "s", "handle": "h", "driver": "ebs.csi.aws.com", "size": 1 << 30}},
    "groups": {"g": {"term": 3, "voters": [[1, 2, 3]], "nodes": {"1": "pc-0:1228", "2": "pc-1:1228", "3": "pc-2:1228"}}},
    "fence": {"g": 812},
    "opened": {"g": {"last_log": 830}},
    "objects": [STS, POLICY],
    "files": [],
}
FACTS = Facts("ns", "pc", "here", sts=STS, storage_class={"provisioner": "kubernetes.io/aws-ebs"})
WISH = Wish(PROFILES["contract"])


def sts(**changes: t.Any) -> Object:
    found = copy.deepcopy(STS)
    for path, value in changes.items():
        where = found
        *parts, last = path.split("__")
        for part in parts:
            where = where.setdefault(part, {})
        where[last] = value
    return found


DELETES = {"whenScaled": "Delete"}
QUOTA = {"metadata": {"name": "q"}, "status": {"hard": {"requests.storage": "8Gi"}, "used": {"requests.storage": "3Gi"}}}
CANNOT: list[tuple[str, Facts, Wish, list[str]]] = [
    ("nothing speaks against it", FACTS, WISH, []),
    ("under another name", replace(FACTS, name="other"), WISH, ["other_names"]),
    ("in another cluster", replace(FACTS, cluster_uid="there"), WISH, ["other_cluster"]),
    ("unless that is said", replace(FACTS, cluster_uid="there"), replace(WISH, clone=True), []),
    ("with another profile", FACTS, Wish(replace(PROFILES["contract"], name="v0_1")), ["other_profile"]),
    ("in a namespace that ends", replace(FACTS, ending=True), WISH, ["namespace_terminating"]),
    ("into a set of five", replace(FACTS, sts=sts(spec__replicas=5)), WISH, ["replicas_differ"]),
    ("into a set that stands still", replace(FACTS, sts=sts(spec__replicas=0)), WISH, []),
    ("into none", replace(FACTS, sts=None), WISH, []),
    (
        "claims that go with a scale-in",
        replace(FACTS, sts=sts(spec__persistentVolumeClaimRetentionPolicy=DELETES)),
        WISH,
        ["retention_delete"],
    ),
    ("in the middle of an update", replace(FACTS, sts=sts(status={"currentRevision": "a", "updateRevision": "b"})), WISH, ["revisions_differ"]),
    (
        "onto an image of another time",
        replace(FACTS, sts=sts(spec__template={"spec": {"containers": [{"name": "placement-center", "image": "robustmq/placement-center:0.7.0"}]}})),
        WISH,
        ["version_skew"],
    ),
    ("without its class", replace(FACTS, storage_class=None), WISH, ["class_missing"]),
    ("on another driver", replace(FACTS, storage_class={"provisioner": "other"}), WISH, ["driver_differs"]),
    ("three claims too many", replace(FACTS, quotas=(QUOTA,)), WISH, ["quota_exceeded"]),
    ("a snapshot that is gone", replace(FACTS, snapshot="it is gone"), WISH, ["snapshot_gone"]),
]


@pytest.mark.parametrize("facts, wish, codes", [row[1:] for row in CANNOT], ids=[row[0] for row in CANNOT])
def test_what_speaks_against_it(facts: Facts, wish: Wish, codes: list[str]) -> None:
    assert [r.reason for r in refusals(PAPER, facts, wish)] == codes


def test_a_repository_needs_its_secret_and_a_manifest_its_signature() -> None:
    restic = {**PAPER, "data": {"restic": {"repository": "r", "snapshot": "s"}}}
    assert [r.reason for r in refusals(restic, replace(FACTS, secret=False), WISH)] == ["secret_missing"]
    assert [r.reason for r in worthless("b", "signature_bad", replace(WISH, accept_unsigned=True))] == ["signature_bad"]
    assert [r.reason for r in worthless("b", "signature_unknown", WISH)] == ["signature_unknown"]
    assert worthless("b", "signature_unknown", replace(WISH, accept_unsigned=True)) == [] == worthless("b", "", WISH)


def test_what_is_lost_is_said_to_the_entry() -> None:
    (some,), (unknown,), (none,) = lost(PAPER, {"g": 1040}), lost(PAPER, {}), lost(PAPER, {"g": 830})
    assert (some["first"], some["last"], some["entries"]) == (831, 1040, 210) and told(some) == "g: entries 831 to 1040 (210)"
    assert unknown["entries"] is None and "unknown" in told(unknown) and none["entries"] == 0
    (fence,) = lost({**PAPER, "opened": None}, {"g": 1040})
    assert fence["first"] == 813, "where the copy was not opened, only the fence is certain"


def test_only_peers_and_addresses_get_in_meanwhile() -> None:
    patch = _restore_objects.narrowed(POLICY, "b")
    assert patch["spec"]["ingress"] == [{"from": [PEERS, SERVER], "ports": [{"port": 1228}]}]
    everybody = {**POLICY, "spec": {**POLICY["spec"], "ingress": [{}]}}
    assert _restore_objects.narrowed(everybody, "b")["spec"]["ingress"] == [{"from": [{"podSelector": POLICY["spec"]["podSelector"]}]}]
    made = _restore_objects.again(POLICY, "b")
    assert _restore_objects.is_narrow(made) and not _restore_objects.is_narrow(POLICY)
    assert _restore_objects.widened(POLICY)["spec"]["ingress"] == POLICY["spec"]["ingress"]


def test_objects_are_made_in_their_order_and_without_members() -> None:
    assert list(_restore_objects.described(PAPER)) == ["NetworkPolicy/pc", "StatefulSet/pc"]
    assert _restore_objects.again(STS, "b")["spec"]["replicas"] == 0 and STS["spec"]["replicas"] == 3
    config = {"kind": "ConfigMap", "metadata": {"name": "old-config"}}
    paper = {**PAPER, "objects": [STS, config]}
    assert _restore_objects.needed(paper, STS) == ["StatefulSet/pc"], "a set that is there mounts another configuration"
    assert _restore_objects.needed(paper, None) == ["ConfigMap/old-config", "StatefulSet/pc"]


def test_a_claim_asks_for_as_much_as_the_copy_needs() -> None:
    assert _restore_objects.like(PAPER, STS, "data") == {"size": "2Gi", "class": "ssd", "mode": "ReadWriteOnce", "labels": {"app": "robustmq"}}
    back = replace(WANTED, old={0: Old({"uid": "u", "labels": {"a": "b"}, "spec": {"storageClassName": "x", "dataSource": {}, "volumeName": "old"}}, "old")})
    claim = _restore_objects.member_claim(back, 0, "old")
    assert claim["spec"] == {"storageClassName": "x", "volumeName": "old"} and claim["metadata"]["labels"] == {"a": "b"}
    assert _restore_objects.member_claim(back, 0, "new")["spec"]["volumeName"] == "new"
    assert [row["volume"] for row in kept(back, {"old"})] == ["old"] and kept(back, set()) == []


def test_a_volume_that_only_waits_for_a_claim_is_freed_before_it_goes() -> None:
    assert "claimRef" not in _restore_objects.discard("1", ("c", "uid"))["spec"]
    assert _restore_objects.discard("1", ("c", ""))["spec"]["claimRef"] == {"uid": "discarded"}


def test_a_copy_names_the_member_whose_it_is_and_keeps_its_vote() -> None:
    who = _identity.members(PAPER)
    vote = {"leader_id": {"term": 3, "node_id": 2}, "committed": True}
    text = json.dumps({"node_id": 2, "groups": {"g": {"vote": vote}}})
    said = json.loads(_identity.rewritten(text, who[2], who[3]) or "")
    assert said == {"node_id": 3, "groups": {"g": {"vote": vote}}}, "raft's own state is never touched"
    lines = 'node_id = 2\nrpc_addr = "pc-1:1228"\n'
    assert _identity.rewritten(lines, who[2], who[3]) == 'node_id = 3\nrpc_addr = "pc-2:1228"\n'
    assert _identity.rewritten('{"node_id": 1}', who[2], who[3]) is None and _identity.rewritten("what", who[2], Who(3, "")) is None


def test_files_that_were_read_together_are_told_apart_by_their_hashes() -> None:
    texts = {"a/b": "one\n", "c": "two"}
    rows = [{"path": p, "size": 0, "sha256": _identity._digest(text)} for p, text in texts.items()]
    log = "two\n--\none\n\n--\n"
    assert _identity.separate(log, "\n--\n", {"files": rows}, ["a/b", "c"]) == texts
    assert _identity.separate("two\n--\n", "\n--\n", {"files": rows}, ["a/b", "c"]) is None
    assert _identity.data(texts) == {"a.b": "one\n", "c": "two"}


def test_a_member_without_the_canary_is_named() -> None:
    (missing,) = _restore_gate.canary({"key": "k", "value": "v"}, {0: "v", 1: "", 2: "v"})
    assert missing.code == "canary_missing" and missing.member == 1 and "nothing" in missing.message
    assert _restore_gate.canary({"key": "k", "value": "v"}, {0: None})[0].message.endswith("does not answer")
