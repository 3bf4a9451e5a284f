# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one job hands to the next: the first failure, and of what came afterwards only whether all is well."""

from __future__ import annotations

import json
import typing as t

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils import _receipt
from ansible_collections.robustmq.placement_center.plugins.module_utils._receipt import Receipt
from ansible_collections.robustmq.placement_center.plugins.plugin_utils._outcome import LONGEST, outcome

Object = dict[str, t.Any]

STAGED: Object = {"changed": True, "staged": "digest"}
DONE: Object = {"changed": True, "state": "done", "healthy": True, "summary": "healthy: 3 members", "receipt": {}, "receipt_path": ""}
RECEIPT: Object = {"started": "2026-01-01T00:00:00.000Z", "operation": "update-1a2b3c", "steps": [{"much": "more"}]}
HELD: Object = {
    "failed": True,
    "changed": True,
    "state": "held",
    "healthy": False,
    "reason": "pod_crashing",
    "msg": "the update holds:\n  pod_crashing",
    "receipt": RECEIPT,
}
ARCHIVE: Object = {"path": "/evidence/a.tar.gz", "changed": False, "state": "file", "mode": "0600"}
SKIPPED: Object = {"skipped": True, "changed": False}

CASES: list[tuple[str, Object, Object]] = [
    ("a good end", {"results": [STAGED, DONE]}, {"state": "done", "reason": "", "message": "healthy: 3 members", "healthy": True, "changed": True}),
    ("a refusal", {"results": [{"failed": True, "reason": "downgrade", "msg": "older"}, {}]}, {"state": "failed", "reason": "downgrade", "changed": False}),
    ("nobody looked", {"results": [{"id": "b1", "state": "done", "changed": True}]}, {"healthy": None, "id": "b1"}),
    ("a hold", {"results": [STAGED, HELD]}, {"state": "held", "reason": "pod_crashing", "message": "the update holds: pod_crashing", "healthy": False}),
    ("its receipt", {"results": [STAGED, HELD]}, {"receipt": "20260101T000000.000Z-update-1a2b3c.json"}),
    ("a receipt by its file", {"results": [{**DONE, "receipt": {}, "receipt_path": "/r/n/p/x.json"}]}, {"receipt": "x.json"}),
    ("the way back", {"results": [STAGED, HELD], "way_back": DONE, "evidence": ARCHIVE}, {"reason": "pod_crashing", "way_back": "done", "healthy": True}),
    ("a way back that failed", {"results": [HELD], "way_back": {"failed": True}}, {"way_back": "failed", "healthy": False}),
    ("evidence of a failure", {"results": [HELD], "evidence": ARCHIVE}, {"file": "/evidence/a.tar.gz"}),
    ("an older archive is not told", {"results": [DONE], "evidence": ARCHIVE}, {"file": ""}),
    ("evidence itself", {"results": [ARCHIVE]}, {"file": "/evidence/a.tar.gz", "state": "done"}),
    ("what did not run", {"results": [DONE, SKIPPED, {}]}, {"state": "done"}),
    ("nothing ran", {"results": [{}, {}]}, {"state": "failed", "reason": "", "changed": False}),
    ("a plan", {"results": [{"changed": True}], "otherwise": "planned"}, {"state": "planned"}),
    ("ill", {"results": [{"healthy": False, "reasons": [{"code": "lagging"}], "summary": "s"}]}, {"reason": "lagging", "state": "done", "healthy": False}),
]


@pytest.mark.parametrize("given, said", [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_the_outcome(given: Object, said: Object) -> None:
    found = outcome(host="a", **given)
    assert {name: found[name] for name in said} == said and found["host"] == "a"


def test_a_receipt_is_named_as_it_is_kept() -> None:
    receipt = Receipt("update-1a2b3c", "placement-center", "robustmq", 1767225600.25, 1767225700.0, "done")
    assert outcome([{**DONE, "receipt": _receipt.build(receipt)}], "a")["receipt"] == _receipt.key(receipt)


def test_it_is_small_and_plain() -> None:
    found = outcome([{**HELD, "msg": "x" * 9999, "receipt": {**RECEIPT, "steps": ["y" * 9999]}}], "a")
    assert len(json.dumps(found)) < LONGEST + 400
