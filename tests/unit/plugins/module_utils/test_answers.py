# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A member's bytes: the real ones are read, and no garbage is ever read as health or ends in a traceback."""

from __future__ import annotations

import json
import typing as t

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils import _answers, _grpcweb
from ansible_collections.robustmq.placement_center.plugins.module_utils._profiles import PROFILES
from hypothesis import given
from hypothesis import strategies as st

CONTRACT, OLD = PROFILES["contract"], PROFILES["v0_1"]
METRICS = {
    "id": 1,
    "state": "Leader",
    "current_term": 3,
    "current_leader": 1,
    "last_log_index": 9,
    "last_applied": {"index": 8, "leader_id": {"term": 3, "node_id": 1}},
    "membership_config": {"membership": {"configs": [[1, 2, 3]], "nodes": {"1": {"node_id": 1, "rpc_addr": "a:1228"}}}},
    "millis_since_quorum_ack": 4,
    "running_state": {"Ok": None},
}


def frame(text: str) -> bytes:
    data = text.encode()
    size, varint = len(data), b""
    while True:
        size, low = size >> 7, size & 0x7F
        varint += bytes([low | (0x80 if size else 0)])
        if not size:
            break
    message = b"\x0a" + varint + data
    trailer = b"grpc-status:0\r\n"
    return b"\0" + len(message).to_bytes(4, "big") + message + b"\x80" + len(trailer).to_bytes(4, "big") + trailer


READY = [
    ("ready", 200, b'{"status":"ready","checks":["raft_ok","cluster_ok","storage_ok"]}', True, ""),
    ("raft is not", 503, b'{"status":"not_ready","reason":"raft_not_ready"}', False, "raft_not_ready"),
    ("peers are not", 503, b'{"status":"not_ready","reason":"cluster_disconnected"}', False, "cluster_disconnected"),
    ("storage is not", 503, b'{"status":"not_ready","reason":"storage_error"}', False, "storage_error"),
    ("a reason that is none", 503, b'{"status":"not_ready","reason":"bored"}', False, "garbled"),
    ("a reason of another type", 503, b'{"status":"not_ready","reason":["storage_error"]}', False, "garbled"),
    ("503 that says ready", 503, b'{"status":"ready"}', False, "garbled"),
    ("200 that says not ready", 200, b'{"status":"not_ready","reason":"storage_error"}', False, "garbled"),
    ("200 with a list", 200, b'["ready"]', False, "garbled"),
    ("200 with nothing", 200, b"", False, "garbled"),
    ("200 with HTML", 200, b"<html>ready</html>", False, "garbled"),
    ("a redirect", 302, b"", False, "garbled"),
]


@pytest.mark.parametrize("status, body, ok, reason", [c[1:] for c in READY], ids=[c[0] for c in READY])
def test_ready(status: int, body: bytes, ok: bool, reason: str) -> None:
    answer = _answers.ready(status, body)
    assert (answer.ok, answer.reason) == (ok, reason)


@pytest.mark.parametrize("reason", sorted(_answers.DEAD))
def test_alive_names_what_died(reason: str) -> None:
    assert _answers.alive(500, json.dumps({"status": "dead", "reason": reason}).encode()).reason == reason
    assert _answers.alive(200, b'{"status":"alive","uptime":3}').ok


def test_metrics_of_both_eras_become_the_same_view() -> None:
    new = _answers.groups(CONTRACT, 200, {}, frame(json.dumps({"metadata_0": METRICS})))
    old = _answers.groups(OLD, 200, {}, frame(json.dumps(METRICS)))
    assert new["metadata_0"] == old["placement_center"]
    assert new["metadata_0"].voters == (frozenset({1, 2, 3}),) and new["metadata_0"].applied == 8


REFUSED: list[tuple[str, int, dict[str, str], bytes]] = [
    ("an HTTP error", 500, {}, frame("{}")),
    ("a refusal in the headers", 200, {"Grpc-Status": "13", "grpc-message": "has to forward request to"}, b""),
    ("nothing", 200, {}, b""),
    ("only a trailer", 200, {}, b"\x80\0\0\0\0"),
    ("a frame cut short", 200, {}, frame(json.dumps({"g": METRICS}))[:40]),
    ("no group", 200, {}, frame("{}")),
    ("a group that is a string", 200, {}, frame('{"g": "Leader"}')),
    ("no JSON", 200, {}, frame("Leader")),
]


@pytest.mark.parametrize("status, headers, body", [c[1:] for c in REFUSED], ids=[c[0] for c in REFUSED])
def test_a_reply_without_metrics_is_garbled(status: int, headers: dict[str, str], body: bytes) -> None:
    with pytest.raises(_grpcweb.Garbled):
        _answers.groups(CONTRACT, status, headers, body)


@given(st.integers(100, 599), st.binary(max_size=300))
def test_garbage_never_reads_as_health(status: int, body: bytes) -> None:
    assert not _answers.ready(status, body).ok
    assert not _answers.alive(status, body).ok
    try:
        _answers.groups(CONTRACT, status, {}, body)
    except _grpcweb.Garbled:
        return
    raise AssertionError(f"{body!r} was read as raft metrics")


ANYTHING: st.SearchStrategy[t.Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*METRICS, "Ok", "index", "membership"]), inner, max_size=5),
    max_leaves=20,
)


@given(ANYTHING)
def test_metrics_of_any_shape_are_a_view_or_garbled(said: t.Any) -> None:
    try:
        _answers.groups(CONTRACT, 200, {}, frame(json.dumps({"g": said})))
    except _grpcweb.Garbled:
        pass
