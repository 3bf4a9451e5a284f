# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a refusal of the API server means, by the words that it came with."""

from __future__ import annotations

import json
import typing as t

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils import _probe, _rest

FORBIDDEN = 'storageclasses.storage.k8s.io is forbidden: User "u" cannot create resource "storageclasses" at the cluster scope'
QUOTA = 'pods "x" is forbidden: exceeded quota: small, requested: pods=1, used: pods=2, limited: pods=2'
CONFLICT = 'Apply failed with 1 conflict: conflict with "kubectl-edit" using apps/v1: .spec.replicas'

CASES: list[tuple[str, int, dict[str, t.Any], str]] = [
    ("no permission", 403, {"message": FORBIDDEN, "reason": "Forbidden"}, "forbidden"),
    ("a quota", 403, {"message": QUOTA, "reason": "Forbidden"}, "invalid_object"),
    ("an expired token", 401, {"message": "Unauthorized"}, "unreachable"),
    ("somebody wrote meanwhile", 409, {"message": "the object has been modified", "reason": "Conflict"}, "changed_meanwhile"),
    ("somebody else's field", 409, {"message": CONFLICT, "details": {"causes": [{"reason": "FieldManagerConflict"}]}}, "field_conflict"),
    ("a bad object", 422, {"message": 'StatefulSet "x" is invalid', "reason": "Invalid"}, "invalid_object"),
    ("too busy", 429, {"message": "too many requests"}, "unreachable"),
    ("broken", 500, {"message": "etcdserver: request timed out"}, "unreachable"),
]


@pytest.mark.parametrize("status, said, reason", [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_a_refusal_keeps_the_servers_words_and_gets_its_code(status: int, said: dict[str, t.Any], reason: str) -> None:
    body = json.dumps({"kind": "Status", "apiVersion": "v1", **said}).encode()
    error = _rest.error(_rest.Reply(status, {}, body), "do it", "https://host")
    assert error.reason == reason and said["message"] in str(error)


def test_a_page_that_is_no_status_is_told_by_number_and_host() -> None:
    error = _rest.error(_rest.Reply(502, {}, b"<html>bad gateway</html>"), "do it", "https://host")
    assert error.reason == "unreachable" and "HTTP 502 from https://host" in str(error)


PATHS = [
    (("Pod", "n", "p"), "/api/v1/namespaces/n/pods/p"),
    (("StorageClass", "", "ssd"), "/apis/storage.k8s.io/v1/storageclasses/ssd"),
    (("StatefulSet", "n"), "/apis/apps/v1/namespaces/n/statefulsets"),
    (("ConfigMap", "a/b", "../x"), "/api/v1/namespaces/a%2Fb/configmaps/..%2Fx"),
]


@pytest.mark.parametrize("given, path", PATHS)
def test_paths(given: tuple[str, ...], path: str) -> None:
    assert _rest.path(*given) == path


@pytest.mark.parametrize("kind, named", [("Pod", ("", "pods")), ("StatefulSet", ("apps", "statefulsets"))])
def test_rbac_names(kind: str, named: tuple[str, str]) -> None:
    assert _rest.resource(kind) == named


WORDS = [
    ("error trying to reach service: dial tcp 10.0.0.1:1228: connect: connection refused", 503, "port_closed"),
    ("Read timed out. (read timeout=5)", None, "no_answer"),
    ("error trying to reach service: dial tcp 10.0.0.1:1228: i/o timeout", 503, "no_answer"),
    ('pods "x-1" not found', 404, "pod_missing"),
    ("error trying to reach service: EOF", 502, "connection_cut"),
    ("read: connection reset by peer", 502, "connection_cut"),
]


@pytest.mark.parametrize("words, status, code", WORDS)
def test_silence_has_kinds(words: str, status: int | None, code: str) -> None:
    assert _probe._code(words, status) == code
