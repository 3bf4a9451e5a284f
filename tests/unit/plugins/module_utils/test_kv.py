# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The server's key-value calls: our bytes, and its answers as they were measured."""

from __future__ import annotations

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils import _kv
from ansible_collections.robustmq.placement_center.plugins.module_utils._grpcweb import Garbled, first_string, message
from hypothesis import given
from hypothesis import strategies as st

OK = b"\x80\0\0\0\x0fgrpc-status:0\r\n"
EMPTY = b"\0\0\0\0\0"
FORWARD = "has to forward request to: Some(2), Some(Node { node_id: 2 })"
NOBODY = "has to forward request to: None, None"


def test_a_set_is_two_strings_in_a_frame() -> None:
    assert _kv.set_message("key", "12") == b"\0\0\0\0\x09\x0a\x03key\x12\x0212"
    assert _kv.key_message("k" * 200)[5:8] == b"\x0a\xc8\x01"


WRITTEN: list[tuple[str, int, dict[str, str], bytes, _kv.Said]] = [
    ("stored", 200, {}, EMPTY + OK, _kv.Said(True, None, "grpc-status 0: ")),
    ("stored, with the status among the headers", 200, {"Grpc-Status": "0"}, b"", _kv.Said(True, None, "grpc-status 0: ")),
    ("a follower names the leader", 200, {"grpc-status": "13", "grpc-message": FORWARD}, b"", _kv.Said(False, 2, f"grpc-status 13: {FORWARD}")),
    (
        "a follower names the leader, escaped",
        200,
        {"grpc-status": "13", "grpc-message": "forward%20request%20to:%20Some(3)"},
        b"",
        _kv.Said(False, 3, "grpc-status 13: forward request to: Some(3)"),
    ),
    (
        "nobody leads",
        200,
        {"grpc-status": "13", "grpc-message": NOBODY},
        b"",
        _kv.Said(False, None, f"grpc-status 13: {NOBODY}"),
    ),
    ("a failure in the trailers", 200, {}, EMPTY + b"\x80\0\0\0\x10grpc-status:13\r\n", _kv.Said(False, None, "grpc-status 13: ")),
    ("no status at all", 200, {}, EMPTY, _kv.Said(False, None, "grpc-status None: ")),
    ("the trailers are cut short", 200, {}, EMPTY + OK[:-3], _kv.Said(False, None, "grpc-status None: ")),
    ("not gRPC", 404, {}, b"gone", _kv.Said(False, None, "HTTP 404: 'gone'")),
]


@pytest.mark.parametrize("status, headers, body, said", [c[1:] for c in WRITTEN], ids=[c[0] for c in WRITTEN])
def test_only_a_status_of_zero_acknowledges(status: int, headers: dict[str, str], body: bytes, said: _kv.Said) -> None:
    assert _kv.written(status, headers, body) == said


def test_values() -> None:
    assert _kv.value(200, {}, b"\0\0\0\0\x04\x0a\x0242" + OK) == "42"
    assert _kv.value(200, {}, EMPTY + OK) == ""


@pytest.mark.parametrize(
    "status, headers, body",
    [(500, {}, b""), (200, {"grpc-status": "13"}, b""), (200, {}, b"\0\0\0\0\x04\x0a\x0242"), (200, {"grpc-status": "0"}, b"<html>")],
    ids=["not 200", "a failure", "no status", "no frame"],
)
def test_no_value_is_never_an_empty_one(status: int, headers: dict[str, str], body: bytes) -> None:
    with pytest.raises(Garbled):
        _kv.value(status, headers, body)


@given(st.text(max_size=300))
def test_what_is_sent_can_be_read(text: str) -> None:
    assert first_string(message(_kv.key_message(text))) == text


@given(st.binary(max_size=200), st.integers(0, 600))
def test_any_bytes_end_in_an_answer(body: bytes, status: int) -> None:
    assert not _kv.written(status, {}, body).acknowledged or b"grpc-status" in body
