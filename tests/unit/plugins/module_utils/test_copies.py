# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a pod template names, and which copies nobody names any more."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils import _copies

NAMED: list[tuple[str, dict[str, t.Any], dict[tuple[str, str], bool]]] = [
    ("nothing", {"containers": [{}]}, {}),
    ("a volume", {"volumes": [{"configMap": {"name": "c"}}, {"secret": {"secretName": "s"}}]}, {("ConfigMap", "c"): True, ("Secret", "s"): True}),
    ("one that it can do without", {"volumes": [{"configMap": {"name": "c", "optional": True}}]}, {("ConfigMap", "c"): False}),
    (
        "a projected volume",
        {"volumes": [{"projected": {"sources": [{"secret": {"name": "s"}}, {"configMap": {"name": "c"}}]}}]},
        {("ConfigMap", "c"): True, ("Secret", "s"): True},
    ),
    ("a variable", {"containers": [{"env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}]}]}, {("Secret", "s"): True}),
    ("a whole environment", {"initContainers": [{"envFrom": [{"configMapRef": {"name": "c"}}]}]}, {("ConfigMap", "c"): True}),
    ("a plain variable", {"containers": [{"env": [{"name": "A", "value": "x"}, {"name": "B", "valueFrom": {"fieldRef": {}}}]}]}, {}),
]


@pytest.mark.parametrize("spec, named", [c[1:] for c in NAMED], ids=[c[0] for c in NAMED])
def test_named(spec: dict[str, t.Any], named: dict[tuple[str, str], bool]) -> None:
    assert _copies.named({"spec": spec}) == named


def test_one_that_is_named_twice_is_needed_if_either_needs_it() -> None:
    volumes = [{"configMap": {"name": "c", "optional": True}}, {"configMap": {"name": "c"}}]
    assert _copies.named({"spec": {"volumes": volumes}}) == {("ConfigMap", "c"): True}


def obj(kind: str, name: str) -> dict[str, t.Any]:
    return {"kind": kind, "metadata": {"name": name}}


def test_what_no_revision_names_and_is_not_of_now_goes_and_nothing_that_is_no_copy() -> None:
    there = [
        *(obj("ConfigMap", f"pc-config-000000000{n}") for n in range(3)),
        *(obj("Secret", f"pc-admin-000000000{n}") for n in range(3)),
        *(obj("ConfigMap", name) for name in ("pc-config", "pc-receipts", "pc-config-mine", "pc-x-config-0000000009")),
        *(obj("Secret", name) for name in ("pc-admin", "pc-backup-key", "pc-admin-mine", "pc-admin-old-0000000009")),
    ]
    revision = {"spec": {"volumes": [{"configMap": {"name": "pc-config-0000000000"}}, {"secret": {"secretName": "pc-admin-0000000000"}}]}}
    current = {("ConfigMap", "pc-config-0000000001"), ("Secret", "pc-admin-0000000001")}
    gone = _copies.spare(there, "pc", [revision], current)
    assert [o["metadata"]["name"] for o in gone] == ["pc-config-0000000002", "pc-admin-0000000002"]
