# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pod in which the server opens a copy is nobody's member, and what it finds is held against the manifest."""

from __future__ import annotations

import copy
import json
import typing as t
from dataclasses import replace

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils import _fence, _manifest, _opening
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import GroupView
from hypothesis import given
from hypothesis import strategies as st

from .contract import CONTRACT_SET
from .test_fence import look
from .test_verdict import view

Object = dict[str, t.Any]
LABELS = _manifest.labels("placement-center", "20261125-070501-4f3a")


def live(**more: t.Any) -> Object:
    found = copy.deepcopy(CONTRACT_SET)
    found["spec"]["template"]["spec"] |= more
    return found


def opened(sts: Object) -> Object:
    return _opening.pod(sts, 2, "pc-b-proof", "pc-b-open", LABELS)


DRESSED = live(
    topologySpreadConstraints=[{"maxSkew": 1}],
    affinity={"podAntiAffinity": {}},
    hostAliases=[{"ip": "10.0.0.1", "hostnames": ["placement-center-0"]}],
    hostNetwork=True,
    subdomain="placement-center-headless",
    nodeSelector={"disk": "fast"},
    tolerations=[{"operator": "Exists"}],
)


def test_it_carries_no_label_that_services_and_the_set_select_by() -> None:
    labels = opened(DRESSED)["metadata"]["labels"]
    selector = CONTRACT_SET["spec"]["selector"]["matchLabels"]
    assert not selector.items() & labels.items() and LABELS.items() <= labels.items()
    assert "ownerReferences" not in opened(DRESSED)["metadata"]


def test_it_knows_no_name_of_a_member() -> None:
    spec = opened(DRESSED)["spec"]
    assert spec["dnsPolicy"] == "None" and spec["dnsConfig"]["nameservers"] == ["127.0.0.1"] and "searches" not in spec["dnsConfig"]
    assert not {"hostAliases", "hostNetwork", "subdomain"} & spec.keys()


def test_nothing_probes_it_and_it_stops_at_once() -> None:
    sts = live()
    sts["spec"]["template"]["spec"]["containers"][0] |= {"lifecycle": {"preStop": {"sleep": {"seconds": 9}}}, "startupProbe": {"httpGet": {}}}
    spec = opened(sts)["spec"]
    for each in spec["containers"]:
        assert not {"livenessProbe", "readinessProbe", "startupProbe", "lifecycle"} & each.keys()
    assert spec["restartPolicy"] == "Never" and spec["terminationGracePeriodSeconds"] == 1


def test_it_is_that_member_on_another_claim() -> None:
    made = opened(DRESSED)
    spec, was = made["spec"], CONTRACT_SET["spec"]["template"]["spec"]
    assert spec["hostname"] == "placement-center-2" and made["metadata"]["labels"][_opening.INDEX] == "2"
    assert {"name": "data", "persistentVolumeClaim": {"claimName": "pc-b-proof"}} in spec["volumes"]
    assert [v["persistentVolumeClaim"]["claimName"] for v in spec["volumes"] if "persistentVolumeClaim" in v] == ["pc-b-proof"]
    assert {"name": "config", "configMap": {"name": "placement-center-config"}} in spec["volumes"]
    one, its = spec["containers"][0], was["containers"][0]
    assert all(one[part] == its[part] for part in ("image", "command", "volumeMounts", "ports", "resources"))


def test_it_runs_where_a_member_might_but_beside_any() -> None:
    spec = opened(DRESSED)["spec"]
    assert spec["nodeSelector"] == {"disk": "fast"} and spec["tolerations"] == [{"operator": "Exists"}]
    assert not {"topologySpreadConstraints", "affinity"} & spec.keys()


def test_the_set_that_it_is_made_of_is_not_touched() -> None:
    before = copy.deepcopy(DRESSED)
    opened(DRESSED)["spec"]["dnsConfig"]["nameservers"].append("10.0.0.10")
    assert before == DRESSED and _opening.NOWHERE["dnsConfig"]["nameservers"] == ["127.0.0.1"]  # type: ignore[index]


@pytest.mark.parametrize("names, wanted", [(["data"], "data"), (["logs", "data"], "data"), (["store"], "store"), ([], "data")])
def test_the_template_that_holds_the_data(names: list[str], wanted: str) -> None:
    sts = live()
    sts["spec"]["volumeClaimTemplates"] = [{"metadata": {"name": name}} for name in names]
    assert _opening.spec_template(sts) == wanted


# What the server finds

GROUPS = _fence.facts(*look())
ALONE = view(3, leader=None, state="Candidate", term=6, applied=95)
DOUBTS: list[tuple[str, GroupView | None, str]] = [
    ("all that was committed", ALONE, ""),
    ("and more", replace(ALONE, last_log=140), ""),
    ("the term of then", replace(ALONE, term=5), ""),
    ("an entry less than the fence", replace(ALONE, last_log=99), "the copy's log ends at 99, 100 was committed"),
    ("an unknown log", replace(ALONE, last_log=None), "the copy tells no log index"),
    ("no such group", None, "the copy tells no log index"),
    ("an older term", replace(ALONE, term=4), "the copy is in term 4, the cluster was in 5"),
    ("no term", replace(ALONE, term=None), "the copy is in term None"),
    ("other voters", replace(ALONE, voters=(frozenset({1, 2}),)), "the copy knows voters [[1, 2]], the cluster had [[1, 2, 3]]"),
    ("no voters", replace(ALONE, voters=()), "the copy knows voters []"),
]


@pytest.mark.parametrize("found, words", [c[1:] for c in DOUBTS], ids=[c[0] for c in DOUBTS])
def test_what_an_opened_copy_must_have(found: GroupView | None, words: str) -> None:
    doubts = _opening.doubts({"g": found} if found else {}, {"g": 100}, GROUPS)
    assert bool(doubts) == bool(words) and all(r.code == "copy_short" and r.group == "g" for r in doubts)
    assert not words or words in doubts[0].message


@given(st.integers(0, 200), st.integers(0, 9), st.integers(0, 200))
def test_a_copy_that_lacks_anything_is_never_without_doubt(last_log: int, term: int, fence: int) -> None:
    doubts = _opening.doubts({"g": replace(ALONE, last_log=last_log, term=term)}, {"g": fence}, GROUPS)
    assert bool(doubts) == (last_log < fence or term < 5)


def test_the_facts_of_a_copy_can_be_written_down() -> None:
    told = _opening.facts({"g": ALONE})
    assert told == {"g": {"last_log": 100, "applied": 95, "voters": [[1, 2, 3]]}} and json.loads(json.dumps(told)) == told
