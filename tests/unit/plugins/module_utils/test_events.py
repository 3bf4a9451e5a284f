# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""An Event as it is written: its names, its limits, its form for ``kubectl describe``."""

from __future__ import annotations

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils import _events

SET = {"metadata": {"name": "placement-center", "namespace": "n", "uid": "u", "resourceVersion": "7", "labels": {"secret": "x"}}}


@pytest.mark.parametrize("code, name", [("write_lost", "WriteLost"), ("done", "Done"), ("MemberUpdated", "MemberUpdated")])
def test_codes_in_camel_case(code: str, name: str) -> None:
    assert _events.camel(code) == name


def test_an_event_stands_on_the_set() -> None:
    made = _events.event(SET, "Warning", "write_lost", "é" * 900, 0.5)
    assert made["involvedObject"] == {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "name": "placement-center",
        "namespace": "n",
        "uid": "u",
        "resourceVersion": "7",
    }
    assert made["firstTimestamp"] == made["lastTimestamp"] == "1970-01-01T00:00:00Z" and made["count"] == 1
    assert made["message"] == "é" * 500 and made["reason"] == "WriteLost" and made["reportingComponent"] == "robustmq.placement_center"


def test_two_events_of_one_moment_have_two_names() -> None:
    first, second = (_events.event(SET, "Normal", "done", "", 1.0)["metadata"]["name"] for _each in range(2))
    assert first != second
